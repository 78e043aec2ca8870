"""What follows from a command, to the letter."""

from datetime import timedelta

import attrs
import pytest

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.appeals import AppealLevel, Finding
from freezecase.core.checked import replace
from freezecase.core.commands import ASKED_AS, Command, asked
from freezecase.core.decide import decide, fits, refusal
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import evolve, fold, unopened
from freezecase.core.leads import LEADS
from freezecase.core.moves import MOVES
from freezecase.core.owing import next_due
from freezecase.core.ruling import Opinion, Verdict
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.core.values import Channel, Stated, Verification
from freezecase.errors import NotAllowedNow, PolicyForbids
from tests.core.lifecycle.table import standing
from tests.core.samples import (
    ALLOWED,
    ANA,
    BY,
    CASE,
    COMMANDS,
    COURT,
    DUTY,
    ENGINE,
    EVENTS,
    LATER,
    NARROW,
    NOW,
    OWNER,
    ROB,
    WHY,
)

FROZEN = evolve(unopened(CASE), EVENTS[e.FreezeImposed])
SAID = tuple(Stated(promise=name, due=LATER) for name in ("answer", "letter"))


def _ready(kind: type[Command]) -> CaseState:
    """Return a case that lacks nothing for a command of *kind*."""
    event = LEADS[kind]
    legal = [status for status in Status if event in MOVES[status]]
    states = [standing(status, event) for status in legal]
    return next(state for state in states if _takes(state, COMMANDS[kind]))


def _takes(state: CaseState, command: Command) -> bool:
    try:
        fits(command, state)
    except NotAllowedNow:
        return False
    return True


_PERSONS: dict[type[Command], Actor] = {
    **dict.fromkeys((do.AcceptHandOver, do.UpholdAppeal, do.RejectAppeal), ROB),
    **dict.fromkeys((do.ApproveRelease, do.RefuseRelease), ROB),
    **dict.fromkeys((do.PlaceLegalHold, do.LiftLegalHold, do.ForfeitFunds), COURT),
}
_MORE: dict[type[Command], tuple[CaseEvent, ...]] = {
    do.ApproveRelease: (EVENTS[e.ReleaseOrdered],),
    do.SupersedePromise: (e.PromiseMade(promise="letter", due=LATER, by=BY),),
}


@pytest.mark.parametrize("kind", [kind for kind in ASKED_AS if kind in LEADS], ids=asked)
def test_a_command_leads_to_the_event_that_says_it_happened(kind: type[Command]) -> None:
    """Its fields are carried over, and who asked is written into it."""
    by = _PERSONS.get(kind, ROB if kind is do.OrderRelease else ANA)
    events = decide(COMMANDS[kind], _ready(kind), replace(ALLOWED, by=by.person))
    assert (EVENTS[LEADS[kind]], *_MORE.get(kind, ())) == events


def test_what_the_ruling_forbids_is_not_decided() -> None:
    """The error carries the whole ruling."""
    ruling = replace(ALLOWED, allowed=False)
    with pytest.raises(PolicyForbids) as caught:
        decide(COMMANDS[do.UpholdFreeze], FROZEN, ruling)
    assert caught.value.ruling is ruling


def test_what_does_not_fit_is_refused_before_the_ruling_is_looked_at() -> None:
    """Whoever asks: the error names every command that the position allows."""
    with pytest.raises(NotAllowedNow) as caught:
        decide(COMMANDS[do.ReopenCase], unopened(CASE), replace(ALLOWED, allowed=False))
    assert caught.value.allowed == {"impose-freeze"}
    assert (caught.value.asked, caught.value.position) == (
        *("reopen-case", "the case is `unopened`"),
    )
    with pytest.raises(NotAllowedNow, match="approve-release") as caught:
        decide(COMMANDS[do.ApproveRelease], FROZEN, replace(ALLOWED, allowed=False))
    assert caught.value.asked == "approve-release"


def test_a_second_event_that_does_not_fit_refuses_the_command_by_its_name() -> None:
    """The promise that should replace another is open already; nothing is decided."""
    other = e.PromiseMade(promise="letter", due=LATER, by=BY)
    with pytest.raises(NotAllowedNow) as caught:
        decide(COMMANDS[do.SupersedePromise], fold([EVENTS[e.PromiseMade], other], FROZEN), ALLOWED)
    assert caught.value.asked == "supersede-promise"
    assert caught.value.position == "promise `letter` is open already"


def test_the_new_promise_says_what_the_command_said() -> None:
    """It takes the place of the old one under its own name, by its own time."""
    command = do.SupersedePromise(
        CASE, promise="call-back", by_promise="letter", due=LATER, reason="moved", text="Friday"
    )
    _, made = decide(command, fold([EVENTS[e.PromiseMade]], FROZEN), ALLOWED)
    assert made == e.PromiseMade(promise="letter", due=LATER, by=BY, text="Friday")


def test_what_is_shown_is_the_check_itself_unless_said() -> None:
    """An alternative is named."""
    state = fold(
        [e.ChecksRequested(checks=(Verification(kind="identity"),), by=BY)],
        FROZEN,
    )
    command = do.SubmitEvidence(CASE, check="identity", shown="identity")
    assert decide(command, state, ALLOWED) == decide(replace(command, shown=None), state, ALLOWED)


@pytest.mark.parametrize(
    ("by", "human"), [(ANA, True), (ENGINE, False), (OWNER, False)], ids=["staff", "bot", "owner"]
)
def test_only_staff_are_human_in_a_reply(by: Actor, human: bool) -> None:
    """A bot's reply is never taken for a person's."""
    ruling = replace(ALLOWED, by=by.person)
    (reply,) = decide(COMMANDS[do.SendReply], FROZEN, ruling)
    assert isinstance(reply, e.ReplySent)
    assert human is reply.human


@pytest.mark.parametrize(
    ("said", "level"),
    [
        (None, AppealLevel.SECOND_INSTANCE),
        (AppealLevel.EXTERNAL_BODY, AppealLevel.EXTERNAL_BODY),
    ],
)
def test_an_appeal_goes_to_the_next_level_unless_said(
    said: AppealLevel | None, level: AppealLevel
) -> None:
    """After a rejection that is the level it named."""
    state = fold([EVENTS[e.AppealFiled], EVENTS[e.AppealRejected]], FROZEN)
    command = replace(COMMANDS[do.FileAppeal], level=said)
    (filed,) = decide(command, state, ALLOWED)
    assert filed == replace(EVENTS[e.AppealFiled], level=level)


@pytest.mark.parametrize(
    ("history", "follows"),
    [
        ((), (e.ReleaseOrdered(by=BY),)),
        ((e.LegalHoldPlaced,), ()),
        ((e.ReleaseOrdered, e.ReleaseEnforced), ()),
    ],
    ids=["frozen", "under a hold", "free already"],
)
def test_where_a_body_outside_finds_that_the_freeze_falls_the_release_follows(
    history: tuple[type[CaseEvent], ...], follows: tuple[CaseEvent, ...]
) -> None:
    """Unless a legal hold still binds, or nothing is restricted."""
    state = fold([EVENTS[kind] for kind in (*history, e.ExternalReviewOpened)], FROZEN)
    falls = do.DecideExternalReview(CASE, finding=Finding.FREEZE_FALLS)
    decided = e.ExternalReviewDecided(finding=Finding.FREEZE_FALLS)
    assert decide(falls, state, ALLOWED) == (decided, *follows)


def test_a_release_is_ordered_by_the_last_signature_it_needs() -> None:
    """With two signatures, the first approves and the second also orders."""
    two = replace(ALLOWED, by=ROB.person, signatures=2)
    state = evolve(FROZEN, EVENTS[e.ReleaseProposed])
    first = decide(COMMANDS[do.ApproveRelease], state, two)
    assert first == (EVENTS[e.ReleaseApproved],)
    second = decide(COMMANDS[do.ApproveRelease], fold(first, state), two)
    assert second == (EVENTS[e.ReleaseApproved], EVENTS[e.ReleaseOrdered])


def test_a_release_that_nobody_ordered_is_confirmed_as_a_whole() -> None:
    """As in a history from elsewhere that does not say what was to be left."""
    state = attrs.evolve(FROZEN, status=Status.RELEASING)
    confirmed = decide(do.ConfirmRelease(CASE, reference="job-7"), state, ALLOWED)
    assert confirmed == (e.ReleaseEnforced(reference="job-7"),)


def test_a_release_in_part_narrows_the_freeze_and_what_is_left_binds() -> None:
    """The order says what is left, and the confirmation makes it so."""
    proposed = e.ReleaseProposed(by=BY, reason=WHY, leaving=NARROW)
    state = evolve(FROZEN, proposed)
    approved = decide(COMMANDS[do.ApproveRelease], state, replace(ALLOWED, by=ROB.person))
    assert approved[1] == e.ReleaseOrdered(by=ROB.person, leaving=NARROW)
    state = fold(approved, state)
    confirmed = decide(do.ConfirmRelease(CASE, reference="job-7"), state, ALLOWED)
    assert confirmed == (
        e.ScopeNarrowed(scope=NARROW, by=BY),
        e.EnforcementConfirmed(reference="job-7"),
    )
    after = fold(confirmed, state)
    assert (after.status, after.scope, after.enforced) == (Status.IN_FORCE, NARROW, True)


def test_an_obligation_opens_on_its_first_rung_at_the_instant_of_the_ruling() -> None:
    """The clock is in the ruling, nowhere else."""
    (opened,) = decide(COMMANDS[do.OpenObligation], FROZEN, ALLOWED)
    assert opened == e.ObligationOpened(obligation=DUTY)
    assert (DUTY.opened_at, DUTY.rung) == (NOW, 0)


def _owed(hours: int, subject: str) -> CaseEvent:
    due = NOW + timedelta(hours=hours)
    return e.ObligationOpened(obligation=replace(DUTY, subject=subject, due=due))


def _promised(hours: int) -> CaseEvent:
    return e.PromiseMade(promise="call-back", due=NOW + timedelta(hours=hours), by=BY)


@pytest.mark.parametrize(
    ("open_", "missed"),
    [
        ((), None),
        ((_owed(1, "late"),), None),
        ((_owed(0, "now"),), e.ObligationMissed(obligation="reply", subject="now")),
        ((_promised(0),), e.PromiseBroken(promise="call-back")),
        ((_promised(1),), None),
        (
            (_owed(-1, "first"), _owed(-2, "longest"), _promised(-1)),
            e.ObligationMissed(obligation="reply", subject="longest"),
        ),
        ((_owed(-1, "a"), _promised(-2)), e.PromiseBroken(promise="call-back")),
        ((_owed(-1, "a"), _promised(-1)), e.PromiseBroken(promise="call-back")),
    ],
    ids=["nothing", "later", "now", "promise", "promised later", "longest", "promise first", "tie"],
)
def test_time_passing_misses_the_one_thing_that_is_due_longest(
    open_: tuple[CaseEvent, ...], missed: CaseEvent | None
) -> None:
    """What is due at the very instant is missed; of two, the promise to the customer first."""
    state = fold(open_, FROZEN)
    assert missed == next_due(state, NOW)
    assert decide(do.LetTimePass(CASE), state, ALLOWED) == (() if missed is None else (missed,))


@pytest.mark.parametrize(
    ("history", "missed"),
    [
        ((_owed(-1, "a"),), e.ObligationMissed(obligation="reply", subject="a")),
        ((_owed(1, "a"),), None),
        ((_promised(-1),), None),
        ((_promised(-2), _owed(-1, "a")), e.ObligationMissed(obligation="reply", subject="a")),
    ],
    ids=["owed", "owed later", "promised", "both"],
)
def test_in_a_closed_case_what_is_owed_is_missed_and_what_was_promised_is_not(
    history: tuple[CaseEvent, ...], missed: CaseEvent | None
) -> None:
    """Whoever writes about it is owed an answer; a promise that is left over is a muddle."""
    state = fold([*history, EVENTS[e.CaseClosed]], FROZEN)
    assert missed == next_due(state, NOW)
    assert decide(do.LetTimePass(CASE), state, ALLOWED) == (() if missed is None else (missed,))


def test_nothing_is_due_in_a_case_that_is_none_yet() -> None:
    """In a foreign history something may be owed before there was a freeze."""
    state = fold([_owed(-1, "a"), _promised(-1)], unopened(CASE))
    assert next_due(state, NOW) is None


PLANNED = tuple(Verification(kind=kind) for kind in ("device", "liveness"))
PLANS = replace(ALLOWED, checks=PLANNED)


@pytest.mark.parametrize(
    ("named", "asked_before", "asks"),
    [
        ((), (), PLANNED),
        ((), (PLANNED[0],), PLANNED[1:]),
        ((Verification(kind="address"),), (), (Verification(kind="address"),)),
        ((PLANNED[1],), (PLANNED[0],), (PLANNED[1],)),
    ],
    ids=["the plan", "the rest of the plan", "another check", "one of the plan"],
)
def test_checks_are_those_that_are_named_or_those_that_are_planned(
    named: tuple[Verification, ...],
    asked_before: tuple[Verification, ...],
    asks: tuple[Verification, ...],
) -> None:
    """A name beats the plan, and nobody is asked for the same thing twice."""
    state = fold([e.ChecksRequested(checks=asked_before, by=BY)], FROZEN)
    (requested,) = decide(do.RequestChecks(CASE, checks=named), state, PLANS)
    assert requested == e.ChecksRequested(checks=asks, by=BY)


@pytest.mark.parametrize("planned", [(), PLANNED], ids=["nothing", "what was asked for"])
def test_without_a_name_and_without_a_plan_nothing_is_asked(
    planned: tuple[Verification, ...],
) -> None:
    """A request for nothing would tell the customer that there is something to show."""
    state = fold([e.ChecksRequested(checks=PLANNED, by=BY)], FROZEN)
    with pytest.raises(NotAllowedNow) as caught:
        decide(do.RequestChecks(CASE), state, replace(ALLOWED, checks=planned))
    assert caught.value.asked == "request-checks"
    assert caught.value.position == "no check is planned that was not asked for already"
    assert caught.value.allowed == {"checks that are named"}


def _refused(*rules: str) -> tuple[Opinion, ...]:
    return tuple(Opinion(rule=rule, verdict=Verdict.FORBID) for rule in rules)


NO = replace(ALLOWED, allowed=False, opinions=_refused("four-eyes", "hours"))
ATTEMPT = e.AttemptRefused(command="approve-release", by=BY, rules=("four-eyes", "hours"))


def test_a_refused_attempt_says_who_tried_what_and_which_rules_forbade_it() -> None:
    """So that who tried to unlock without approval is part of the history."""
    assert refusal(COMMANDS[do.ApproveRelease], FROZEN, NO) == (ATTEMPT,)


def test_the_same_attempt_again_is_not_recorded_again() -> None:
    """A flood of them is one record; another attempt, or one after something else, is new."""
    tried = evolve(FROZEN, ATTEMPT)
    assert refusal(COMMANDS[do.ApproveRelease], tried, NO) == ()
    assert refusal(COMMANDS[do.RefuseRelease], tried, NO) != ()
    assert refusal(COMMANDS[do.ApproveRelease], tried, replace(NO, by=ROB.person)) != ()
    assert refusal(COMMANDS[do.ApproveRelease], evolve(tried, EVENTS[e.ContactReceived]), NO) == (
        ATTEMPT,
    )


def test_an_attempt_to_impose_that_is_refused_opens_no_case() -> None:
    """There is no history yet that it could be part of."""
    assert refusal(COMMANDS[do.ImposeFreeze], unopened(CASE), NO) == ()


def test_nothing_but_the_scope_in_force_can_be_less() -> None:
    """A case that restricts nothing cannot be narrowed."""
    free = fold([EVENTS[e.ReleaseOrdered], EVENTS[e.ReleaseEnforced]], FROZEN)
    assert not _takes(free, do.NarrowScope(CASE, scope=NARROW))


@pytest.mark.parametrize(
    ("command", "said_in"),
    [
        (do.SendNotice(CASE, notice="news", channel=Channel.EMAIL, promises=SAID), "news"),
        (do.SendReply(CASE, channel=Channel.EMAIL, promises=SAID), "reply"),
    ],
    ids=["notice", "reply"],
)
def test_what_a_text_says_by_when_is_promised_there(command: Command, said_in: str) -> None:
    """Each of them by whoever sends it, on the same channel, and it says where it was said."""
    _, *made = decide(command, FROZEN, ALLOWED)
    assert made == [
        e.PromiseMade(promise=name, due=LATER, by=BY, channel=Channel.EMAIL, said_in=said_in)
        for name in ("answer", "letter")
    ]


def test_along_with_a_case_goes_what_was_asked_shown_and_promised() -> None:
    """So that whoever takes it asks nothing twice; what was waived is neither."""
    kinds = ("asked", "submitted", "passed", "waived")
    history: list[CaseEvent] = [
        e.ChecksRequested(checks=tuple(Verification(kind=kind) for kind in kinds), by=BY),
        e.EvidenceSubmitted(check="submitted", shown="submitted"),
        e.CheckPassed(check="passed", by=BY),
        e.CheckWaived(check="waived", by=BY, reason=WHY),
        EVENTS[e.PromiseMade],
    ]
    (transferred,) = decide(COMMANDS[do.TransferCase], fold(history, FROZEN), ALLOWED)
    assert transferred == replace(
        EVENTS[e.CaseTransferred],
        asked=("asked", "submitted"),
        received=("submitted", "passed"),
        promised=("call-back",),
    )
