"""
Whatever can be asked of a case: for each slice the commands that change it, in every variant.

Of each thing that a command may name, it names what the case holds and what it may come to hold
within the bounds. An older decision, which a case forgets, is laid out for whoever contests it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import product
from typing import Final, NamedTuple

import attrs

from freezecase.core import commands as do
from freezecase.core.actors import ActorKind
from freezecase.core.appeals import AppealLevel, AppealRoute, Finding
from freezecase.core.commands import Command
from freezecase.core.obligations import Key
from freezecase.core.state import CaseState
from freezecase.core.values import Audience, Person, Scope, Verification
from freezecase.replay.prove.bounds import ACCOUNT, CASE, DAY, FAR, SCOPES, Bounds
from freezecase.replay.prove.people import MACHINES

__all__ = ["OWN", "Ask", "asks", "freezes"]

WHY: Final = "because of what was found"
_LATER: Final = FAR + timedelta(days=30)
_SOONER: Final = DAY + timedelta(days=1)
_OLDER: Final = 5
"""The version of a decision that was made before the newest."""


class Ask(NamedTuple):
    """Something that may be asked of a case, laid out so that it can be."""

    command: Command
    state: CaseState


Asks = Iterator[Ask]
Make = Callable[[CaseState, Bounds, tuple[Person, ...]], Iterator[Command | Ask]]


def freezes(bounds: Bounds) -> Iterator[Command]:
    """Yield every way to begin a case: the narrowest first."""
    for scope, ground, reason, until in product(SCOPES, bounds.grounds, (None, WHY), (None, FAR)):
        yield do.ImposeFreeze(
            account=ACCOUNT, ground=ground, scope=scope, reason=reason, until=until
        )


def _release(state: CaseState, _: Bounds, __: tuple[Person, ...]) -> Iterator[Command | Ask]:
    for scope in SCOPES:
        yield do.NarrowScope(CASE, scope=scope, reason=WHY)
        yield do.WidenScope(CASE, scope=scope, reason=WHY)
    for leaving in (None, *_within(state.scope)):
        yield do.ProposeRelease(CASE, reason=WHY, leaving=leaving)
        yield do.OrderRelease(CASE, reason=WHY, leaving=leaving)
    yield do.ApproveRelease(CASE)
    yield do.RefuseRelease(CASE, reason=WHY)
    yield do.ConfirmRelease(CASE)
    yield do.OffboardAccount(CASE, reason=WHY)
    yield do.ForfeitFunds(CASE, basis="final-order")
    yield do.CloseCase(CASE, outcome="settled")
    yield do.ReopenCase(CASE, reason=WHY)


def _within(scope: Scope | None) -> Iterator[Scope]:
    return (one for one in SCOPES if scope is not None and one != scope and one.within(scope))


def _appeal(state: CaseState, _: Bounds, people: tuple[Person, ...]) -> Iterator[Command | Ask]:
    yield from _filed()
    for person in (*people, *_DECIDERS):
        older = attrs.evolve(state, deciders={**state.deciders, _OLDER: person})
        for level in (None, AppealLevel.EXTERNAL_BODY):
            filed = do.FileAppeal(CASE, statement=WHY, contests=_OLDER, level=level)
            yield Ask(filed, older)
        yield Ask(do.OpenExternalReview(CASE, contests=_OLDER, body="ombudsman"), older)
    if state.decision:
        yield do.OpenExternalReview(CASE, contests=state.decision, body="ombudsman")
    yield do.AcknowledgeAppeal(CASE)
    for person in people:
        yield do.AssignAppeal(CASE, reviewer=person)
    yield do.UpholdAppeal(CASE, reason=WHY)
    yield from _rejected()
    yield do.WithdrawAppeal(CASE)
    for finding in Finding:
        yield do.DecideExternalReview(CASE, finding=finding)
    yield do.UpholdFreeze(CASE, reason=WHY)
    yield from _renewed()
    yield do.CloseCase(CASE, outcome="settled")


_DECIDERS: Final = tuple(
    one.person for kind, one in MACHINES.items() if kind is not ActorKind.VENDOR
)
"""Who else may have made a decision: nobody's supplier decides."""


def _filed() -> Iterator[Command]:
    for level in (None, *AppealLevel):
        yield do.FileAppeal(CASE, statement=WHY, level=level)
    yield do.FileAppeal(CASE, statement=WHY, route=AppealRoute.REINSTATEMENT)


def _rejected() -> Iterator[Command]:
    for level in tuple(AppealLevel)[1:]:
        yield do.RejectAppeal(CASE, reason=WHY, next_level=level)
    yield do.RejectAppeal(CASE, reason=WHY, bar="final-judgment")


def _renewed() -> Iterator[Command]:
    yield do.RenewFreeze(CASE, reason=WHY, until=_LATER)


def _contest(*_: object) -> Iterator[Command | Ask]:
    yield from _filed()
    yield from _rejected()


def _signature(*_: object) -> Iterator[Command | Ask]:
    yield do.OrderRelease(CASE, reason=WHY)
    yield do.CloseCase(CASE, outcome="settled")


def _holds(_state: CaseState, bounds: Bounds, _: tuple[Person, ...]) -> Iterator[Command | Ask]:
    for hold in bounds.holds:
        for basis in bounds.bases:
            yield do.PlaceLegalHold(CASE, hold=hold, basis=basis)
        yield do.LiftLegalHold(CASE, hold=hold)
    yield do.CloseCase(CASE, outcome="settled")


def _enforcement(*_: object) -> Iterator[Command | Ask]:
    yield do.ConfirmEnforcement(CASE)
    yield do.ReportEnforcementFailure(CASE, reason=WHY)


def _term(*_: object) -> Iterator[Command | Ask]:
    yield from _renewed()
    yield do.RenewFreeze(CASE, reason=WHY, until=_SOONER)


def _verification(state: CaseState, bounds: Bounds, _: tuple[Person, ...]) -> Iterator[Command]:
    kinds = tuple(state.checks) or bounds.checks
    for kind in kinds:
        for reason in (None, WHY):
            yield do.RequestChecks(CASE, checks=(Verification(kind=kind),), reason=reason)
    for kind in kinds:
        yield do.SubmitEvidence(CASE, check=kind)
        yield do.PassCheck(CASE, check=kind)
        yield do.FailCheck(CASE, check=kind, reason=WHY, remedy="show it again")
        appeal_to = AppealLevel.INTERNAL_REVIEW
        yield do.FailCheck(CASE, check=kind, reason=WHY, appeal_to=appeal_to)
        yield do.WaiveCheck(CASE, check=kind, reason=WHY)
        yield do.ExpireCheck(CASE, check=kind)
    yield do.ProposeRelease(CASE, reason=WHY)


def _conversation(_: CaseState, bounds: Bounds, __: tuple[Person, ...]) -> Iterator[Command | Ask]:
    channel = bounds.channels[0]
    yield do.RecordContact(CASE, channel=channel)
    yield do.RecordContact(CASE, channel=channel, topics=("conduct",))
    yield do.ContactCustomer(CASE, channel=channel, reached=True)
    yield do.SendReply(CASE, channel=channel)
    yield do.RequestHuman(CASE, channel=channel)
    yield do.JoinConversation(CASE, channel=channel)
    yield do.RecordHarm(CASE, harm="lost-income")
    yield do.CloseCase(CASE, outcome="settled")


def _machines(_: CaseState, bounds: Bounds, __: tuple[Person, ...]) -> Iterator[Command | Ask]:
    yield do.SendReply(CASE, channel=bounds.channels[0])


def _silence(_: CaseState, bounds: Bounds, __: tuple[Person, ...]) -> Iterator[Command | Ask]:
    for genuine in (True, False):
        yield do.CheckContactCode(CASE, channel=bounds.channels[0], genuine=genuine)


def _notices(state: CaseState, bounds: Bounds, _: tuple[Person, ...]) -> Iterator[Command | Ask]:
    held = {name for name, _channel in state.sent | state.unreached} | set(state.withheld)
    for notice in held or bounds.notices:
        for channel in bounds.channels:
            yield do.SendNotice(CASE, notice=notice, channel=channel)
            yield do.ConfirmDelivery(CASE, notice=notice, channel=channel)
            yield do.ReportDeliveryFailure(CASE, notice=notice, channel=channel)
        yield do.WithholdNotice(CASE, notice=notice, basis="no-tipping-off", review_at=FAR)
    yield do.UpgradeDisclosure(CASE, audience=Audience.CUSTOMER, basis="court-order")
    for kind, subject in sorted(state.obligations)[:1]:
        yield do.ExtendObligation(CASE, obligation=kind, subject=subject, due=_LATER, reason=WHY)


def _promises(_state: CaseState, bounds: Bounds, _: tuple[Person, ...]) -> Iterator[Command | Ask]:
    for name in bounds.promises:
        yield do.MakePromise(CASE, promise=name, due=FAR)
        yield do.KeepPromise(CASE, promise=name)
        yield do.SupersedePromise(CASE, promise=name, by_promise=name, due=FAR, reason=WHY)
    yield do.CloseCase(CASE, outcome="settled")


def _desk(_: CaseState, __: Bounds, people: tuple[Person, ...]) -> Iterator[Command | Ask]:
    for person in people:
        yield do.AssignCase(CASE, to=person)
        yield do.TransferCase(CASE, to=person, reason=WHY)
    yield do.AcceptHandOver(CASE)


def _transfers(_: CaseState, __: Bounds, people: tuple[Person, ...]) -> Iterator[Command | Ask]:
    yield do.TransferCase(CASE, to=people[0], reason=WHY)


def _calls(*_: object) -> Iterator[Command | Ask]:
    yield do.ReportAssignmentFailure(CASE, queue="security")
    yield do.Escalate(CASE, to="lead", reason=WHY)
    yield do.ErasePersonalData(CASE, subject="customer", basis="retention-ended")


OWN: Final[Mapping[str, Make]] = {
    "release": _release,
    "appeal": _appeal,
    "contest": _contest,
    "signature": _signature,
    "holds": _holds,
    "enforcement": _enforcement,
    "term": _term,
    "verification": _verification,
    "conversation": _conversation,
    "machines": _machines,
    "silence": _silence,
    "notices": _notices,
    "promises": _promises,
    "desk": _desk,
    "transfers": _transfers,
    "calls": _calls,
}


def asks(
    name: str, state: CaseState, bounds: Bounds, people: tuple[Person, ...], owed: frozenset[Key]
) -> Asks:
    """Yield what may be asked of a slice; *owed* are the duties about it that may be signed off."""
    for one in OWN[name](state, bounds, people):
        yield one if isinstance(one, Ask) else Ask(one, state)
    for kind, subject in sorted(owed):
        yield Ask(do.MeetObligation(CASE, obligation=kind, subject=subject), state)
        yield Ask(do.WaiveObligation(CASE, obligation=kind, subject=subject, reason=WHY), state)
