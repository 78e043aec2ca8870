"""
The little language of the tables: what happened | what is asked | what follows.

A word is a kind of command (`uphold-freeze`), a kind of event (`promise-broken`), or one of the
`WORDS` below, which are commands with something particular about them. `ana:approve-release` says
who asks. What follows is events and the position of the case (`freeze-upheld -> upheld`), or
`refused by` a rule, or `not now:` and why not. The moves are a table of their own: one line a kind
of event, one column a position; `.` changes nothing of the position and `-` cannot happen.

What is told here is what a command leads to, as the gates of the standard policy judge it. What is
owed besides, and missed before, is for the tables of the policy.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.appeals import AppealLevel, Finding
from freezecase.core.commands import Command, asked
from freezecase.core.decide import decide, fits
from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.evolve import evolve, fold, unopened
from freezecase.core.needs import why_not
from freezecase.core.ruling import Ruling, Verdict
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.core.values import (
    Amount,
    Capability,
    Channel,
    Ground,
    Scope,
    Stated,
    Verification,
)
from freezecase.errors import NotAllowedNow, PolicyForbids
from freezecase.policy.judge import judge
from freezecase.policy.question import Question
from freezecase.policy.standard import standard
from tests.core.samples import (
    ANA,
    CASE,
    COMMANDS,
    COURT,
    ENGINE,
    EVENTS,
    LAB,
    LATER,
    NARROW,
    NOW,
    OWNER,
    ROB,
    WHY,
    WIDE,
    WIDEST,
)

Story = tuple[str, str, str]
Move = tuple[str, Status, str]

ACTORS: Final = {
    "ana": ANA,
    "rob": ROB,
    "engine": ENGINE,
    "owner": OWNER,
    "lab": LAB,
    "court": COURT,
    "lead": Actor.staff("lee", "lead"),
    "chief": Actor.staff("eva", "officer"),
    "stranger": Actor.customer("acct-0815"),
}
USUALLY: Final[dict[type[Command], Actor]] = {
    do.ImposeFreeze: ENGINE,
    do.NarrowScope: COURT,
    do.ExtendObligation: ACTORS["lead"],
    do.OffboardAccount: ACTORS["chief"],
    do.ForfeitFunds: COURT,
    do.FileAppeal: OWNER,
    do.WithdrawAppeal: OWNER,
    do.OrderRelease: COURT,
    do.PlaceLegalHold: COURT,
    do.LiftLegalHold: COURT,
    do.ProposeRelease: ANA,
}
"""Who usually asks; what is not named, Rob asks."""

_LEFT: Final = Scope.of(Capability.TRANSFER, assets=["BTC"], amount=Amount.of("0.1", "BTC"))
WORDS: Final[dict[str, Command]] = {
    # the freeze
    "impose-a-little": do.ImposeFreeze(
        account="acct-4711", ground=Ground.ACCOUNT_TAKEOVER, scope=_LEFT
    ),
    "narrow-to-the-same": do.NarrowScope(CASE, scope=WIDE),
    "narrow-to-the-same-said-otherwise": do.NarrowScope(
        CASE,
        scope=Scope.of(Capability.TRANSFER, assets=["BTC"], amount=Amount.of("0.10", "BTC")),
    ),
    "narrow-to-more": do.NarrowScope(CASE, scope=WIDEST),
    "widen-to-the-same": do.WidenScope(CASE, scope=WIDE, reason=WHY),
    "widen-to-less": do.WidenScope(CASE, scope=NARROW, reason=WHY),
    "widen-to-something-else": do.WidenScope(CASE, scope=Scope.of(Capability.LOG_IN), reason=WHY),
    # checks
    "request-what-is-planned": do.RequestChecks(CASE),
    "request-checks-with-reason": do.RequestChecks(
        CASE, checks=[Verification(kind="device")], reason=WHY
    ),
    "request-identity": do.RequestChecks(
        CASE, checks=[Verification(kind="identity", instead=("video-call",))]
    ),
    "request-device-and-identity": do.RequestChecks(
        CASE, checks=[Verification(kind="device"), Verification(kind="identity")]
    ),
    "show-video-call": do.SubmitEvidence(CASE, check="identity", shown="video-call"),
    "show-letter": do.SubmitEvidence(CASE, check="identity", shown="authority-letter"),
    "fail-check-for-good": do.FailCheck(
        CASE, check="device", reason=WHY, appeal_to=AppealLevel.INTERNAL_REVIEW
    ),
    # the desk
    "tell-of-extension": do.SendNotice(CASE, notice="extension", channel=Channel.LETTER),
    "make-another-promise": do.MakePromise(CASE, promise="letter", due=LATER),
    "supersede-letter": do.SupersedePromise(
        CASE, promise="letter", by_promise="call-back", due=LATER, reason=WHY
    ),
    "answer-with-a-promise": do.SendReply(
        CASE, channel=Channel.PHONE, promises=[Stated(promise="call-back", due=LATER)]
    ),
    "tell-with-a-promise": do.SendNotice(
        CASE,
        notice="freeze-imposed",
        channel=Channel.EMAIL,
        promises=[Stated(promise="call-back", due=LATER)],
    ),
    "tell-by-letter": do.SendNotice(CASE, notice="freeze-imposed", channel=Channel.LETTER),
    "promise-anew": do.SupersedePromise(
        CASE, promise="call-back", by_promise="call-back", due=LATER, reason=WHY
    ),
    "meet-something-else": do.MeetObligation(CASE, obligation="reply", subject="another"),
    # appeals
    "contest-the-second-decision": do.FileAppeal(CASE, contests=2, statement=WHY),
    "go-back-a-level": do.FileAppeal(
        CASE, contests=1, statement=WHY, level=AppealLevel.INTERNAL_REVIEW
    ),
    "ask-an-ombudsman-about-nothing": do.OpenExternalReview(CASE, contests=9, body="ombudsman"),
    "appeal-outside": do.FileAppeal(
        CASE, contests=1, statement=WHY, level=AppealLevel.EXTERNAL_BODY
    ),
    "reject-for-good": do.RejectAppeal(CASE, reason=WHY, bar="final-judgement"),
    "decide-that-it-falls": do.DecideExternalReview(CASE, finding=Finding.FREEZE_FALLS),
    # release
    "propose-in-part": do.ProposeRelease(CASE, reason=WHY, leaving=NARROW),
    "propose-leaving-all": do.ProposeRelease(CASE, reason=WHY, leaving=WIDE),
    "order-in-part": do.OrderRelease(CASE, reason=WHY, leaving=NARROW),
    "order-leaving-all": do.OrderRelease(CASE, reason=WHY, leaving=WIDE),
    "place-another-hold": do.PlaceLegalHold(CASE, hold="order-8", basis="court-order"),
}


def rows(table: str) -> Iterator[list[str]]:
    """Return the cells of each row, without the comment after `#`."""
    for line in table.strip().splitlines():
        row = line.partition("#")[0].rstrip()
        if row:
            yield [cell.strip() for cell in row.split("|")]


def stories(table: str) -> list[Story]:
    """Return the rows of a table of stories."""
    return [(given_, when, then) for given_, when, then in rows(table)]


def moves(table: str) -> list[Move]:
    """Return every cell of a table of moves: kind of event, position, what becomes of it."""
    (_, *head), *body = (row[0].split() for row in rows(table))
    return [
        (kind, Status(where), cell)
        for kind, *cells in body
        for where, cell in zip(head, cells, strict=True)
    ]


HISTORIES: Final = {
    "frozen": "impose-freeze",
    "asked": "impose-freeze request-checks",
    "appealed": "impose-freeze file-appeal",
    "released": "impose-freeze order-release confirm-release",
    "offboarded": "impose-freeze offboard-account",
    "closed": "impose-freeze offboard-account close-case",
}
"""Words for how most stories begin."""


# --- stories -----------------------------------------------------------------------------------

_KINDS: Final = {asked(kind): command for kind, command in COMMANDS.items()}
_PAST: Final = {kind_of(kind): event for kind, event in EVENTS.items()}


def tell(history: str, when: str, then: str) -> None:
    """Play a story and demand that it ends as the table says."""
    state = unopened(CASE)
    first, _, rest = history.partition(" ")
    for word in (HISTORIES.get(first, first) + " " + rest).split():
        state = fold([_PAST[word]] if word in _PAST else _led_to(state, word, NOW), state)
    if when in _PAST:
        _expect_of_event(state, _PAST[when], then)
    else:
        assert then in _what_comes_of(state, when)


def _led_to(state: CaseState, word: str, now: datetime) -> tuple[CaseEvent, ...]:
    """Return what a command leads to, or raise `Refused`."""
    command, by = _said(word)
    fits(command, state)
    ruling = judge(standard(), Question(command, state, by, now, {}))
    return decide(command, state, ruling)


def _said(word: str) -> tuple[Command, Actor]:
    """Return the command that a word stands for, and who asks for it."""
    who, _, what = word.rpartition(":")
    command = WORDS.get(what) or _KINDS[what]
    return command, ACTORS[who] if who else USUALLY.get(type(command), ROB)


def kind_said(word: str) -> str:
    """Return the kind of command or event that a word stands for."""
    what = word.rpartition(":")[2]
    return asked(WORDS[what]) if what in WORDS else what


def _what_comes_of(state: CaseState, word: str) -> set[str]:
    """Return what comes of a command, in each way in which a table may say it."""
    try:
        events = _led_to(state, word, LATER + timedelta(hours=1))
    except NotAllowedNow as misfit:
        return {f"not now: {misfit.position}"}
    except PolicyForbids as refused:
        return _refusals(refused.ruling)
    return {" ".join([*map(kind_of, events), "->", fold(events, state).status])}


def _refusals(ruling: Ruling) -> set[str]:
    nobody = all(opinion.verdict is not Verdict.ALLOW for opinion in ruling.opinions)
    by_rule = {f"refused by {rule}" for rule in ruling.decided_by}
    return by_rule | ({"refused: no rule allows it"} if nobody else set())


def _expect_of_event(state: CaseState, event: CaseEvent, then: str) -> None:
    misfit = why_not(state, event)
    if misfit is None:
        assert then == f"-> {evolve(state, event).status}"
    else:
        assert then == f"not now: {misfit.position}"


# --- moves -------------------------------------------------------------------------------------

_THE_WAY: Final[dict[Status, tuple[type[CaseEvent], ...]]] = {
    Status.UNOPENED: (),
    Status.IN_FORCE: (),
    Status.UPHELD: (e.FreezeUpheld,),
    Status.APPEALED: (e.FreezeUpheld, e.AppealFiled),
    Status.RELEASING: (e.ReleaseOrdered,),
    Status.RELEASED: (e.ReleaseOrdered, e.ReleaseEnforced),
    Status.FORFEITED: (e.FundsForfeited,),
    Status.OFFBOARDED: (e.AccountOffboarded,),
    Status.CLOSED: (e.AccountOffboarded, e.CaseClosed),
}
"""How a case comes to stand somewhere, once the freeze is imposed."""

_BEFOREHAND: Final[dict[type[CaseEvent], tuple[type[CaseEvent], ...]]] = {
    **dict.fromkeys(
        (e.EvidenceSubmitted, e.CheckPassed, e.CheckFailed, e.CheckWaived, e.CheckExpired),
        (e.ChecksRequested,),
    ),
    **dict.fromkeys((e.DeliveryConfirmed, e.DeliveryFailed), (e.NoticeSent,)),
    **dict.fromkeys((e.PromiseKept, e.PromiseBroken, e.PromiseSuperseded), (e.PromiseMade,)),
    **dict.fromkeys(
        (e.ObligationMet, e.ObligationMissed, e.ObligationExtended, e.ObligationWaived),
        (e.ObligationOpened,),
    ),
    **dict.fromkeys((e.ReleaseApproved, e.ReleaseRefused), (e.ReleaseProposed,)),
    **dict.fromkeys(
        (
            *(e.AppealAcknowledged, e.AppealAssigned, e.AppealUpheld),
            *(e.AppealRejected, e.AppealWithdrawn),
        ),
        (e.AppealFiled,),
    ),
    e.ExternalReviewDecided: (e.ExternalReviewOpened,),
    e.HandOverAccepted: (e.CaseTransferred,),
}
"""What must have happened before something can, wherever the case stands."""


def standing(status: Status, kind: type[CaseEvent]) -> CaseState:
    """Return a case that stands at *status* and lacks nothing for an event of *kind*."""
    if status is Status.UNOPENED:
        return unopened(CASE)
    hold = (e.LegalHoldPlaced,) if kind is e.LegalHoldLifted else ()
    way = (e.FreezeImposed, *hold, *_THE_WAY[status])
    state = fold([EVENTS[one] for one in way], unopened(CASE))
    if kind is e.ScopeNarrowed and status is Status.RELEASING:  # it ends a release in part
        return evolve(state, e.ReleaseOrdered(by=ROB.person, leaving=NARROW))
    for beforehand in _BEFOREHAND.get(kind, ()):
        after = evolve(state, EVENTS[beforehand])
        state = after if after.status is status else state
    return state


def move(kind: str, status: Status, cell: str) -> None:
    """Let an event happen to a case at *status*, and demand what the table says of it."""
    event = _PAST[kind]
    state = standing(status, type(event))
    misfit = why_not(state, event)
    assert status is state.status
    if cell == "-":
        assert f"the case is `{status}`" == (misfit and misfit.position)
        return
    assert misfit is None
    assert _meant(cell, status) is evolve(state, event).status


def _meant(cell: str, status: Status) -> Status:
    if cell == ".":
        return status
    if cell == "back":
        return {Status.APPEALED: Status.UPHELD, Status.CLOSED: Status.OFFBOARDED}[status]
    return Status(cell)
