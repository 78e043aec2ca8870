"""A few short stories to ask two policies in, and changes of policy that are told apart in them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any, Final

import attrs

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.checked import replace
from freezecase.core.commands import Command
from freezecase.core.obligations import Demand, Then
from freezecase.core.ruling import Lane, Telling
from freezecase.core.values import Ground, Scope
from freezecase.policy.calendar import Calendar
from freezecase.policy.clock import Clock, ladder
from freezecase.policy.gate import ALLOW, SILENT, forbid, require
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.policy.rule import Kind, Rule
from freezecase.policy.standard import standard
from freezecase.policy.turn import CLOCK
from freezecase.replay.diff.journeys import CASE, Act, Journey
from freezecase.replay.diff.report import DiffReport

AT: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
ANA, ROB = Actor.staff("ana", "reviewer"), Actor.staff("rob", "officer")
OWNER: Final = Actor.customer("acct-4711")


def freeze(ground: Ground = Ground.ACCOUNT_TAKEOVER) -> Act:
    """A freeze of withdrawals by the risk engine, or by somebody where it takes a person."""
    command = do.ImposeFreeze(
        account="acct-4711", ground=ground, scope=Scope.withdrawals(), reason="seen"
    )
    return Act(command, ANA, AT)


def act(command: Command, by: Actor = ANA, **later: float) -> Act:
    """Something that somebody does, perhaps later."""
    return Act(command, by, AT + timedelta(**later))


PROPOSED: Final = act(do.ProposeRelease(CASE, reason="verified"))


@cache
def some() -> tuple[Journey, ...]:
    """Journeys on two grounds."""
    begun = freeze()
    return (
        (),
        (begun,),
        (begun, PROPOSED),
        (begun, act(do.LetTimePass(CASE), CLOCK, minutes=10)),
        (freeze(Ground.AML_ALERT),),
    )


def clocked(id: str, *rungs: str, policy: Policy | None = None) -> Policy:
    """The standard policy, with another ladder for one of its clocks."""
    clock: Any = (policy or standard()).rule(id)
    demand = replace(clock.demand, ladder=ladder(*rungs))
    return standard().replacing(attrs.evolve(clock, demand=demand))


def asks(id: str, ask: Callable[[Question], Any], kind: Kind = Kind.GATE, **data: Any) -> Rule[Any]:
    """A rule of any kind."""
    return Rule(id=id, ask=ask, kind=kind, **data)


def _own_release(question: Question) -> Any:
    release = question.state.release
    if release is not None and release.proposer == question.actor.person:
        return require("another person")
    return SILENT


VISIT: Final = Clock(
    id="visit-clock",
    on=(e.FreezeImposed,),
    demand=Demand(kind="visit", ladder=ladder("front 2 days"), met_by=("human-joined",)),
)
TWICE: Final = Clock(
    id="visit-clock",
    on=(e.FreezeImposed,),
    demand=replace(VISIT.demand, met_by=("human-joined", "reply-sent")),
)
LAPSES: Final = attrs.evolve(VISIT, demand=replace(VISIT.demand, then=Then.LAPSE))
RIGHT: Final = attrs.evolve(
    VISIT, demand=replace(VISIT.demand, met_by=(), then=Then.LAPSE, right=True)
)


def stricter() -> Iterator[tuple[str, Policy, Policy]]:
    """Each change that is stricter and nothing else: what it is, the old policy, the new one."""
    p = standard()
    yield "four-eyes", p.without("four-eyes"), p
    gate = asks("never", lambda _: forbid("never"), on=[do.UpholdFreeze])
    yield "forbid", p, p.adding(gate)
    asked = asks("four-eyes", _own_release, on=[do.ApproveRelease])
    yield "require-to-forbid", p.replacing(asked), p
    yield "signatures", p, standard(signatures=2)
    plan = asks("more", lambda _: ("video-call",), Kind.PLAN, on=[do.ImposeFreeze])
    bare = p.without("checks-by-ground")  # which reads facts, so that more is asked
    yield "checks", bare, bare.adding(plan)
    hush = asks("hush", lambda _: Telling.NOTHING, Kind.DISCLOSURE, on=[do.ImposeFreeze])
    yield "telling", p, p.adding(hush)
    soon = Lane(queue="appeals", priority=1)
    yield "lane", p, p.adding(asks("soon", lambda _: soon, Kind.ROUTE, on=[do.FileAppeal]))
    notice = ("lead 24 hours", "accountable 24 hours")
    yield "sooner", p, clocked("notice-clock", "exchange 12 hours", *notice)
    rung = ("exchange 24 hours", "lead 12 hours", "accountable 24 hours")
    yield "later-rung", p, clocked("notice-clock", *rung)
    yield "duty", p, p.adding(VISIT)
    yield "met-by-less", p.adding(TWICE), p.adding(VISIT)
    yield "stands-again", p.adding(LAPSES), p.adding(VISIT)
    west = Calendar(id="utc", zone="America/New_York")
    yield "earlier-midnight", standard(calendars=(west,)), p
    yield "no-right", p, p.without("appeal-window-clock")
    yield "shorter-right", p, clocked("appeal-window-clock", "customer 3 months")


def neither() -> Iterator[tuple[str, Policy, Policy]]:
    """Each change that is neither stricter nor laxer."""
    p = standard()
    yield "debtor", p, clocked("notice-clock", "lead 24 hours", "accountable 24 hours")
    yield "right-or-duty", p.adding(RIGHT), p.adding(VISIT)
    queue = Lane(queue="elsewhere", priority=1)
    yield "queue", p, p.adding(asks("queue", lambda _: queue, Kind.ROUTE, on=[do.FileAppeal]))
    yield "accountable", p, standard(accountable="chief")
    other = asks("more", lambda _: ("video-call",), Kind.PLAN, on=[do.ImposeFreeze])
    bare = p.without("checks-by-ground")
    one = asks("more", lambda _: ("liveness",), Kind.PLAN, on=[do.ImposeFreeze])
    yield "checks", bare.adding(one), bare.adding(other)


def _said_by(function: Callable[[Any], Any], about: Any) -> Any:
    return function(about)


def again(rule: Any) -> Any:
    """The same rule in other words: another function, which answers the same."""
    if not isinstance(rule, Rule):
        return attrs.evolve(rule, when=partial(_said_by, rule.when))
    return attrs.evolve(rule, ask=partial(_said_by, rule.ask))


def rows(report: DiffReport, *, mirrored: bool = False) -> list[Any]:
    """What a report says, its witnesses apart; with every direction turned, if so."""
    return sorted(
        (
            one.place,
            (one.direction.mirrored if mirrored else one.direction).word,
            one.situations,
        )
        for one in report.differences
    )


ANYTHING: Final = asks("anything", lambda _: ALLOW)
