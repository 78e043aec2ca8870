"""
Random walks in the real system, held against what an exploration says there can be.

An exploration knows no times, no names, and one slice of a case at a time. A walk goes the other
way: the real clock runs, people of several roles come and leave, whatever is late is missed, the
host says what it likes, and all of a case changes at once. To go on more of them than the suite:

    python -m tests.laws.explored 100000
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import chain, product
from random import Random
from typing import Final

from freezecase.core import commands as do
from freezecase.core.actors import Actor, ActorKind
from freezecase.core.appeals import AppealLevel, AppealRoute, Finding
from freezecase.core.commands import Command
from freezecase.core.status import Status
from freezecase.core.values import Audience, Channel, Ground, Scope, Verification
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from freezecase.replay.prove.bounds import SCOPES, Bounds
from freezecase.replay.prove.explorer import Explorer
from tests.core.samples import CASE, LATER
from tests.laws.walks import Steps, World, steps, walk

__all__ = ["PEOPLE", "explored", "report", "strangers", "walked", "worlds"]

_WHY: Final = "because of what was found"
_LENGTH: Final = 60
"""How many things are asked on a walk; about half of them the case is in a position for."""
PEOPLE: Final = (
    Actor.customer("acct-4711"),
    Actor.customer("acct-0815"),
    Actor.system("risk-engine"),
    Actor.vendor("id-lab"),
    Actor.authority("court"),
    Actor.staff("ana", "analyst"),
    Actor.staff("bo"),
    Actor.staff("rob", "reviewer", "approver"),
    Actor.staff("rae", "reviewer"),
    Actor.staff("lee", "lead", "front"),
    Actor.staff("eve", "lead", "officer"),
    Actor.staff("eva", "officer", "compliance", "accountable"),
)
"""Staff with no role, one, and several, most roles twice; and somebody else's customer."""
_STAFF: Final = tuple(one.person for one in PEOPLE if one.kind is ActorKind.STAFF)


_PAUSES: Final = (
    *([timedelta(minutes=1)] * 30),
    *([timedelta(hours=1)] * 10),
    *([timedelta(hours=30)] * 5),
    *([timedelta(days=7)] * 2),
    timedelta(days=200),
)
"""Mostly short: of what is late, one thing after the other is late for long."""


def explored(policy: Policy, bounds: Bounds) -> Explorer:
    """Return an exploration that is done."""
    explorer = Explorer(policy, bounds)
    explorer.explore()
    return explorer


def worlds(policy: Policy, ground: Ground, bounds: Bounds) -> tuple[World, ...]:
    """Return all that may happen to a case within *bounds*: of what may be many, each has one."""
    named = product(bounds.checks, bounds.notices, bounds.promises, bounds.holds)
    return tuple(
        World(
            tuple(_commands(ground, bounds.channels, *one)),
            PEOPLE,
            policy.domains,
            leaving=4,
            pauses=_PAUSES,
        )
        for one in named
    )


def walked(policy: Policy, there: Sequence[World], chance: Random) -> Steps:
    """Return the steps of a walk through one of these worlds."""
    return steps(walk(chance, policy, _LENGTH, chance.choice(there)))


def strangers(explorer: Explorer, taken: Steps) -> Iterator[tuple[str, ...]]:
    """Yield the slices that never saw a case to which a walk came, for each such case."""
    for step in taken:
        after = step.turn.after
        unknown = () if after.status is Status.UNOPENED else explorer.knows(after)
        if unknown:
            yield unknown


def _commands(
    ground: Ground,
    channels: tuple[Channel, ...],
    check: str,
    notice: str,
    promise: str,
    hold: str,
) -> Iterator[Command]:
    channel = channels[0]
    for scope in SCOPES:
        yield from _of_scope(ground, scope)
    yield from _of_check(check)
    for by in channels:
        yield do.SendNotice(CASE, notice=notice, channel=by)
        yield do.ConfirmDelivery(CASE, notice=notice, channel=by)
        yield do.ReportDeliveryFailure(CASE, notice=notice, channel=by)
        yield do.SendReply(CASE, channel=by)
        yield do.JoinConversation(CASE, channel=by)
        yield do.RecordContact(CASE, channel=by)
    yield do.RecordContact(CASE, channel=channel, topics=["conduct"])
    yield do.RequestHuman(CASE, channel=channel)
    yield do.ContactCustomer(CASE, channel=channel, reached=False)
    yield do.CheckContactCode(CASE, channel=channel, genuine=False)
    yield do.WithholdNotice(CASE, notice=notice, basis="no-tipping-off", review_at=LATER)
    yield do.UpgradeDisclosure(CASE, audience=Audience.CUSTOMER, basis="court-order")
    yield do.MakePromise(CASE, promise=promise, due=LATER)
    yield do.KeepPromise(CASE, promise=promise)
    yield do.SupersedePromise(CASE, promise=promise, by_promise=promise, due=LATER, reason=_WHY)
    yield do.PlaceLegalHold(CASE, hold=hold, basis="court-order")
    yield do.LiftLegalHold(CASE, hold=hold)
    for person in _STAFF:
        yield do.AssignCase(CASE, to=person)
        yield do.TransferCase(CASE, to=person, reason=_WHY)
        yield do.AssignAppeal(CASE, reviewer=person)
    yield from _of_appeals()
    yield from _PLAIN


def _of_scope(ground: Ground, scope: Scope) -> Iterator[Command]:
    for reason in (None, _WHY):
        yield do.ImposeFreeze(account="acct-4711", ground=ground, scope=scope, reason=reason)
    yield do.ImposeFreeze(account="acct-4711", ground=ground, scope=scope, until=LATER)
    yield do.NarrowScope(CASE, scope=scope, reason=_WHY)
    yield do.WidenScope(CASE, scope=scope, reason=_WHY)
    yield do.ProposeRelease(CASE, reason=_WHY, leaving=scope)
    yield do.OrderRelease(CASE, reason=_WHY, leaving=scope)


def _of_check(check: str) -> Iterator[Command]:
    for reason in (None, _WHY):
        yield do.RequestChecks(CASE, checks=(Verification(kind=check),), reason=reason)
    yield do.SubmitEvidence(CASE, check=check)
    yield do.PassCheck(CASE, check=check)
    yield do.FailCheck(CASE, check=check, reason=_WHY, remedy="show it again")
    yield do.FailCheck(CASE, check=check, reason=_WHY, appeal_to=AppealLevel.INTERNAL_REVIEW)
    yield do.WaiveCheck(CASE, check=check, reason=_WHY)
    yield do.ExpireCheck(CASE, check=check)


def _of_appeals() -> Iterator[Command]:
    for route in AppealRoute:
        for level in (None, *AppealLevel):
            yield do.FileAppeal(CASE, statement=_WHY, route=route, level=level)
    for level in (AppealLevel.SECOND_INSTANCE, AppealLevel.EXTERNAL_BODY):
        yield do.RejectAppeal(CASE, reason=_WHY, next_level=level)
    yield do.RejectAppeal(CASE, reason=_WHY, bar="final-judgment")
    yield do.OpenExternalReview(CASE, contests=1, body="ombudsman")
    for finding in Finding:
        yield do.DecideExternalReview(CASE, finding=finding)


_PLAIN: Final[tuple[Command, ...]] = (
    do.UpholdFreeze(CASE, reason=_WHY),
    do.RenewFreeze(CASE, reason=_WHY, until=LATER),
    do.ConfirmEnforcement(CASE),
    do.ReportEnforcementFailure(CASE, reason=_WHY),
    do.AcceptHandOver(CASE),
    do.ReportAssignmentFailure(CASE, queue="security"),
    do.Escalate(CASE, to="lead", reason=_WHY),
    do.MeetObligation(CASE, obligation="review"),
    do.WaiveObligation(CASE, obligation="review", reason=_WHY),
    do.ExtendObligation(CASE, obligation="review", due=LATER, reason=_WHY),
    do.LetTimePass(CASE),
    do.AcknowledgeAppeal(CASE),
    do.UpholdAppeal(CASE, reason=_WHY),
    do.WithdrawAppeal(CASE),
    do.ProposeRelease(CASE, reason=_WHY),
    do.ApproveRelease(CASE),
    do.RefuseRelease(CASE, reason=_WHY),
    do.OrderRelease(CASE, reason=_WHY),
    do.ConfirmRelease(CASE),
    do.OffboardAccount(CASE, reason=_WHY),
    do.ForfeitFunds(CASE, basis="final-order"),
    do.RecordHarm(CASE, harm="missed-rent"),
    do.CloseCase(CASE, outcome="settled"),
    do.ReopenCase(CASE, reason=_WHY),
    do.ErasePersonalData(CASE, subject="customer", basis="retention-over"),
)


def report(many: int, first: int = 0) -> int:
    """Go on so many walks under the standard policy, the grounds in turn; say what was unknown."""
    policy, bounds, began = standard(), Bounds(), time.process_time()
    explorer, turns, unknown = explored(policy, bounds), 0, Counter[str]()
    known = sum(len(graph.states) for graph in explorer.graphs.values())
    print(f"{known} states were explored, in {time.process_time() - began:.0f} CPU s", flush=True)
    there = [worlds(policy, ground, bounds) for ground in Ground]
    for seed in range(first, first + many):
        taken = walked(policy, there[seed % len(there)], Random(seed))
        turns += len(taken)
        unknown.update(chain.from_iterable(strangers(explorer, taken)))
    spent = time.process_time() - began
    print(f"{many} walks, {turns} turns, {unknown.total()} unknown {dict(unknown)}, {spent:.0f} s")
    return unknown.total()


if __name__ == "__main__":
    sys.exit(min(1, report(*map(int, sys.argv[1:]))))
