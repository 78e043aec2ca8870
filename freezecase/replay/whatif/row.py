"""What a candidate would have made of one case: the verdict, why, and its figures with bounds."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

import attrs

from freezecase.errors import NoPolicy
from freezecase.policy.book import PolicyBook
from freezecase.policy.gate import ALLOW, Answer, gate
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.replay.whatif.figures import Bounds, Figures, Minutes, bounds_of, figures_of
from freezecase.replay.whatif.path import Path
from freezecase.replay.whatif.quiet import Quiet
from freezecase.replay.whatif.step import History, PolicyFor
from freezecase.replay.whatif.trace import CLOCKED, Effect, Trace
from freezecase.replay.whatif.why import Departure, Unknown, Why
from freezecase.replay.whatif.world import Choose, RuleBroke, World

__all__ = ["ASSUMPTIONS", "Row", "Trial", "Verdict"]


class Verdict(StrEnum):
    """How a case comes out under the candidate."""

    SAME = "same"
    """In no possible world does anything differ that we did to somebody."""
    DECIDED = "decided"
    """It differs, and in every world in the same way."""
    OPEN = "open"
    """Worlds disagree: the figures have bounds."""
    NOT_EVALUABLE = "not-evaluable"


ASSUMPTIONS: Final[Mapping[str, tuple[Why, bool]]] = {
    "requirements-are-met": (Why.REQUIRES, True),
    "requirements-are-not-met": (Why.REQUIRES, False),
    "others-sign": (Why.ASKS, True),
    "nobody-else-signs": (Why.ASKS, False),
    "nothing-is-left-out": (Why.MAYBE, False),
    "what-is-missing-happened": (Why.MAYBE, True),
}
"""What may be taken to be so, by name, and the unknowns that it settles. None is, unless said."""


@attrs.frozen(kw_only=True)
class Row:
    """What came of one case."""

    case: str
    verdict: Verdict
    certain: bool = False
    """Whether it differs from history in every possible world."""
    worlds: int = 0
    why: tuple[Departure, ...] = ()
    """Where the worlds leave history or part from one another, the earliest first."""
    because: tuple[Why, ...] = ()
    """Why, each reason once."""
    rules: tuple[str, ...] = ()
    """The rules that it differs by."""
    ground: str = ""
    jurisdiction: str = ""
    detail: str = ""
    """Why it could not be evaluated."""
    effects: tuple[Effect, ...] = ()
    """What came of it in history and not in some world, or the other way round."""
    history: Figures = attrs.Factory(dict)
    bounds: Bounds = attrs.Factory(dict)


_Settled = dict[Unknown, Any]
"""What a world takes each unknown to be."""


class _OverBudget(Exception):
    """There are more worlds than were to be looked at."""


@attrs.frozen(kw_only=True)
class _Came:
    """What came of one world."""

    effects: tuple[Effect, ...]
    figures: Figures
    departures: tuple[Departure, ...]


@attrs.frozen(kw_only=True)
class Trial:
    """A candidate on trial: it judges one history after the other."""

    candidate: PolicyBook
    assume: frozenset[str] = frozenset()
    budget: int = 64
    minutes: Minutes | None = None
    quiet: dict[frozenset[str], Quiet] = attrs.Factory(dict)

    def row(self, history: History) -> Row:
        """Return what the candidate would have made of a case; whatever a policy raises is told."""
        if history.why_not is not None:
            return self._lost(history, history.why_not, history.detail)
        try:
            return self._judged(history)
        except _OverBudget:
            return self._lost(history, Why.BUDGET, f"more than {self.budget} possible worlds")
        except NoPolicy as none:
            return self._lost(history, Why.NO_POLICY, str(none))
        except RuleBroke as broken:
            return self._lost(history, Why.RULE_BROKEN, str(broken))
        except Exception as error:  # noqa: BLE001 - policies are somebody else's code
            return self._lost(history, Why.FAILED, f"{type(error).__name__}: {error}")

    @staticmethod
    def _lost(history: History, why: Why, detail: str) -> Row:
        return Row(
            case=str(history.case),
            verdict=Verdict.NOT_EVALUABLE,
            because=(why,),
            ground=history.ground,
            jurisdiction=history.jurisdiction,
            detail=detail,
        )

    def _judged(self, history: History) -> Row:
        then, kept = _as_it_was(history)
        effects, stood = tuple(then.effects), then.frozen
        figures = figures_of(then, history, stood=stood, minutes=self.minutes)
        worlds = [*self._worlds(history, kept, stood=stood)]
        differ = [one for one in worlds if one.effects != effects]
        ways = {one.effects for one in worlds}
        verdict = Verdict.DECIDED if differ else Verdict.SAME
        parted = tuple(sorted({d for one in differ for d in one.departures}, key=_by_place))
        changed = frozenset().union(*(_apart(effects, one.effects) for one in differ))
        clocked = {one for one in changed if one.what in CLOCKED}
        return Row(
            case=str(history.case),
            verdict=Verdict.OPEN if len(ways) > 1 else verdict,
            certain=len(differ) == len(worlds),
            worlds=len(worlds),
            why=parted,
            because=tuple(sorted({d.why for d in parted} | ({Why.MANDATED} if clocked else set()))),
            rules=tuple(sorted({*_gates(parted)} or {*_clocks(clocked)})),
            ground=history.ground,
            jurisdiction=history.jurisdiction,
            effects=tuple(sorted(changed)),
            history=figures,
            bounds=bounds_of(one.figures for one in worlds),
        )

    def _worlds(self, history: History, kept: frozenset[int], *, stood: bool) -> Iterator[_Came]:
        """Play a case in every possible world: whatever is not settled, each way."""
        todo: list[_Settled] = [{}]
        found = 0
        while todo:
            choose = self._chooser(todo.pop(), todo)
            world = World(Path(history, self._policy_for(history)), choose, kept)
            trace = world.play(history)
            found += 1
            if found + len(todo) > self.budget:
                raise _OverBudget
            yield _Came(
                effects=tuple(trace.effects),
                figures=figures_of(trace, history, stood=stood, minutes=self.minutes),
                departures=tuple(world.departures),
            )

    def _chooser(self, settled: _Settled, todo: list[_Settled]) -> Choose:
        """Return what goes on with the first way of each unknown, and leaves the others to do."""
        assumed = dict(ASSUMPTIONS[name] for name in sorted(self.assume))

        def choose(unknown: Unknown, options: tuple[Any, ...]) -> Any:
            if unknown.why in assumed:
                return assumed[unknown.why]
            if unknown not in settled:
                first, *others = options
                todo.extend({**settled, unknown: other} for other in others)
                settled[unknown] = first
            return settled[unknown]

        return choose

    def _policy_for(self, history: History) -> PolicyFor:
        """Return the candidate, as far as a history can tell how it was kept."""
        told, in_force = history.told, self.candidate.in_force
        if told is None:
            return in_force
        quiet = self.quiet.setdefault(told, Quiet(told))
        return lambda anchors: quiet.policy(in_force(anchors))


def _as_it_was(history: History) -> tuple[Trace, frozenset[int]]:
    """
    Return what came of a case in history, and the steps that its life cycle did not allow.

    An import is played under a policy that allows whatever happened, so that what differs later is
    never just the way in which foreign rows were read.
    """
    if history.trace is not None:
        return history.trace.ended(history.until), frozenset()
    untold = attrs.evolve(history, told=frozenset())
    path = Path(untold, lambda _anchors: _ANYTHING)
    world = World(path, lambda _unknown, options: options[-1], None)
    trace = world.play(untold)
    trace.effects = sorted([*trace.effects, *history.effects])
    return trace, frozenset(world.misfits)


@gate("as-it-happened")
def _as_it_happened(_question: Question) -> Answer:
    """Whatever happened was allowed."""
    return ALLOW


_ANYTHING: Final = Quiet(frozenset()).policy(
    Policy(name="as-it-happened", version=1, rules=(_as_it_happened,))
)


def _apart(one: Collection[Effect], other: Collection[Effect]) -> frozenset[Effect]:
    return frozenset(one) ^ frozenset(other)


def _gates(departures: Iterable[Departure]) -> Iterator[str]:
    """Yield the rules by which a path was left; what clocks say after that only follows."""
    return (one.about for one in departures if one.why in _BY_RULE and one.about)


def _clocks(effects: Iterable[Effect]) -> Iterator[str]:
    return (one.rule for one in effects if one.rule)


_BY_RULE: Final = frozenset({Why.REFUSED, Why.REQUIRES, Why.ALLOWED, Why.ASKS})


def _by_place(departure: Departure) -> tuple[object, ...]:
    return departure.at, departure.n, departure.why, departure.about
