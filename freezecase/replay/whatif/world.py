"""
One possible world of a case: its history, played again under another policy, to the horizon.

Every turn is taken by `take_turn`. What history cannot answer is asked of the world: it says what
it takes to be so, and says the same whenever it is asked again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any

import attrs

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor, ActorKind
from freezecase.core.commands import asked
from freezecase.core.ruling import Opinion, Ruling, Verdict
from freezecase.errors import NotAllowedNow
from freezecase.policy.policy import Policy
from freezecase.policy.turn import Turn
from freezecase.replay.whatif.path import Path
from freezecase.replay.whatif.step import History, Role, Shift, Step
from freezecase.replay.whatif.trace import Effect, Trace
from freezecase.replay.whatif.why import Departure, Unknown, Why

__all__ = ["Choose", "RuleBroke", "World"]

Choose = Callable[[Unknown, tuple[Any, ...]], Any]
"""Says what a world takes an unknown to be, of several options."""


class RuleBroke(Exception):
    """A rule of the candidate could not be evaluated."""


@attrs.define
class World:
    """A history that is played again; see `play`."""

    path: Path
    choose: Choose
    kept: frozenset[int] | None
    """The steps for which history was in no position either: they are kept as they happened. All
    of them, if none are named."""
    departures: list[Departure] = attrs.Factory(list)
    misfits: set[int] = attrs.Factory(set)
    """The steps that the case was in no position for."""
    gone: set[int] = attrs.Factory(set)
    """The steps that did not happen here."""
    moved: dict[int, timedelta] = attrs.Factory(dict)
    """By how much each step happened later."""
    waiting: list[Step] = attrs.Factory(list)
    """Attempts that are made again as soon as they are allowed."""
    held: dict[int, list[Step]] = attrs.Factory(dict)
    """What answers an attempt that waits, and keeps its distance from it."""
    agenda: list[tuple[datetime, int, Step]] = attrs.Factory(list)

    def play(self, history: History) -> Trace:
        """Go to the horizon, and return what came of it."""
        self.agenda = [(step.at, n, step) for n, step in enumerate(history.steps)]
        while self._goes_on(history):
            pass
        return self.path.trace.ended(history.until)

    def _goes_on(self, history: History) -> bool:
        """Let the next thing happen: what falls due first, or what somebody does."""
        at, _n, step = self.agenda[0] if self.agenda else (history.until, 0, None)
        if at > history.until:
            at, step = history.until, None
        standing = history.standing if step is None else step.standing
        due = self.path.next_due(at, standing)
        if due is not None:
            self.path.pass_time(due)
        elif step is not None:
            heappop(self.agenda)
            self._take(attrs.evolve(step, at=at))
        else:
            return False
        self._retry(due or at)
        return True

    # --- one step --------------------------------------------------------------------------------

    def _take(self, step: Step) -> None:
        self.path.anchors = step.anchors
        if step.role is Role.OPAQUE:
            self.path.fold(step.events, step.at)
        elif step.role is Role.MANDATED:
            if isinstance(step.command, do.LetTimePass):
                self.path.miss_one(step.at, step.calendars)
        elif self._happens(step) and self._stays(step):
            self.path.miss(step.at)
            self.path.begin_again(step)
            self._ask(step)

    def _happens(self, step: Step) -> bool:
        """Say whether there is anything for the step to answer, and whether it was there at all."""
        if step.answers in self.gone and not self._waits(step.answers):
            self._drop(step, Why.ORPHAN if step.role is Role.GIVEN else Why.WITHHELD)
            return False
        if step.maybe and not self._choose(Why.MAYBE, step, _place(step), (True, False)):
            self.gone.add(step.n)
            return False
        return True

    def _waits(self, n: int | None) -> bool:
        return any(one.n == n for one in self.waiting)

    def _stays(self, step: Step) -> bool:
        """Say whether the step happens now; else it was put off to when it does."""
        if step.n in self.moved:
            return True
        if step.latest is not None:
            ends = (step.at, step.latest)
            at = self._choose(Why.UNCERTAIN_TIME, step, _place(step), ends)
            return at == step.at or self._put_off(step, at, told=False)
        first = step.answers
        if first is None or not (self._waits(first) or first in self.moved):
            return True
        if not self._follows(step):
            return True
        if first in self.moved:
            return self._put_off(step, step.at + self.moved[first])
        self.held.setdefault(first, []).append(step)
        return False

    def _follows(self, step: Step) -> bool:
        """Say whether a step moves with what it answers."""
        if step.shift is not Shift.EITHER:
            return step.shift is Shift.DELAY
        both = (Shift.DELAY, Shift.ABSOLUTE)
        return self._choose(Why.SHIFTED, step, _place(step), both) is Shift.DELAY

    def _put_off(self, step: Step, at: datetime, *, told: bool = True) -> bool:
        """Let a step happen later. Return that it does not happen now."""
        self._move(step, at, told=told)
        heappush(self.agenda, (at, step.n, step))
        return False

    def _move(self, step: Step, at: datetime, *, told: bool = True) -> None:
        self.moved[step.n] = at - step.at
        if told:
            self._depart(step, Why.SHIFTED)

    # --- asking ----------------------------------------------------------------------------------

    def _ask(self, step: Step) -> None:
        """Let the candidate judge what was asked for, and go on with what it says."""
        try:
            turn = self.path.turn(step)
        except NotAllowedNow:
            self._misfit(step)
            return
        if turn.ruling.broken:
            raise RuleBroke(f"rule `{turn.ruling.broken[0]}` at version {step.n}")
        if turn.ruling.allowed:
            self._done(step, turn)
        elif not step.allowed:
            self.path.happened(turn, step.at)
            self.gone.add(step.n)
        else:
            self._stopped(step, turn)

    def _misfit(self, step: Step) -> None:
        self.misfits.add(step.n)
        if self.kept is None or step.n in self.kept:
            self.path.keep(step)
            self.path.remember(step)
        elif step.role is Role.GIVEN:
            self._drop(step, Why.ORPHAN)
        else:
            self._drop(step, Why.STALE)
            if self.waiting:  # it may only come too early
                self.waiting.append(step)

    def _stopped(self, step: Step, turn: Turn) -> None:
        """Go on where a candidate refuses what was allowed, or wants something there first."""
        policy = self.path.policy_for(step.anchors)
        required = _required(policy, turn.ruling)
        fact = next(filter(None, (_missing(policy, one) for one in required)), None)
        if fact is not None:
            options = policy.domains[fact]
            self.path.facts[fact] = self._choose(Why.FACT_MISSING, step, fact, options)
            self._ask(step)
        elif required:
            self._require(step, turn, [one.rule for one in required])
        else:
            self._refuse(step, turn)

    def _refuse(self, step: Step, turn: Turn) -> None:
        self.path.happened(turn, step.at)
        self._drop(step, Why.REFUSED, *turn.ruling.decided_by)
        if step.role is Role.GIVEN and step.command is not None:
            self.path.trace.effects.append(Effect(step.at, "refused", asked(step.command)))

    def _require(self, step: Step, turn: Turn, rules: list[str]) -> None:
        """Let what rules want be there, or not: then the attempt waits, and is made again."""
        met = [self._choose(Why.REQUIRES, step, rule, (True, False)) for rule in rules]
        granted = self.path.turn(step, *rules) if all(met) else turn
        if granted.ruling.allowed:
            self._done(step, granted)
            return
        self.path.happened(turn, step.at)
        self.gone.add(step.n)
        self.waiting.append(step)

    def _retry(self, at: datetime) -> None:
        """Make the attempts again that wait."""
        for step in [one for one in self.waiting if one.at < at]:
            again = attrs.evolve(step, at=at)
            try:
                turn = self.path.turn(again)
            except NotAllowedNow:
                continue
            if turn.ruling.allowed:
                self.waiting.remove(step)
                self.gone.discard(step.n)
                self._move(step, at)
                self._done(again, turn)
                for one in self.held.pop(step.n, ()):
                    self._put_off(one, one.at + self.moved[step.n])

    def _done(self, step: Step, turn: Turn) -> None:
        if not step.allowed:
            self._depart(step, Why.ALLOWED, *turn.ruling.decided_by)
        self.path.happened(turn, step.at)
        if step.actor.kind is ActorKind.STAFF and step.command is not None:
            self.path.trace.acts[asked(step.command)] += 1
        self._sign(step, turn)
        self.path.remember(step)

    def _sign(self, step: Step, turn: Turn) -> None:
        """Let others sign as well, where a release takes more signatures than it took then."""
        if not isinstance(step.command, do.ApproveRelease) or not _orders(step.events):
            return
        others = 0
        while turn.ruling.allowed and not _orders(turn.decided):
            if not self._choose(Why.ASKS, step, "another signature", (True, False)):
                return
            others += 1
            other = Actor.staff(f"another-{others}", *step.actor.roles)
            turn = self.path.turn(attrs.evolve(step, actor=other))
            self.path.happened(turn, step.at)
            self.path.trace.acts[asked(step.command)] += 1

    # --- where it leaves history -----------------------------------------------------------------

    def _choose(self, why: Why, step: Step, about: str, options: tuple[Any, ...]) -> Any:
        self._depart(step, why, about)
        return self.choose(Unknown(why, about), options)

    def _drop(self, step: Step, why: Why, *rules: str) -> None:
        self.gone.add(step.n)
        self._depart(step, why, *rules)

    def _depart(self, step: Step, why: Why, *about: str) -> None:
        self.departures += [Departure(step.n, step.at, why, one) for one in about or ("",)]


def _place(step: Step) -> str:
    return f"step {step.n}"


def _orders(events: tuple[e.CaseEvent, ...]) -> bool:
    return any(isinstance(event, e.ReleaseOrdered) for event in events)


def _required(policy: Policy, ruling: Ruling) -> list[Opinion]:
    """Return what rules want there first, if they are known and nothing else stands in the way."""
    against = [one for one in ruling.opinions if one.verdict is not Verdict.ALLOW]
    waits = all(one.verdict is Verdict.REQUIRE and policy.rule(one.rule) for one in against)
    return against if waits else []


def _missing(policy: Policy, opinion: Opinion) -> str | None:
    """Return the fact that a rule asked for in vain, if that is what it wants."""
    rule: Any = policy.rule(opinion.rule)
    return next((name for name in rule.reads if opinion.because.startswith(f"fact `{name}`")), None)
