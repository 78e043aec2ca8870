"""Taking a case apart into its slices, and putting one together of a slice and a quiet rest."""

from collections.abc import Mapping
from typing import Final

import attrs

from freezecase.core.actors import ActorKind
from freezecase.core.appeals import AppealLevel
from freezecase.core.checked import replace
from freezecase.core.evolve import unopened
from freezecase.core.obligations import Key, Obligation
from freezecase.core.state import CaseState
from freezecase.core.values import Person
from freezecase.policy.turn import CLOCK
from freezecase.replay.prove.asking import Asker, Mover
from freezecase.replay.prove.bounds import CASE, DAY, FAR, Bounds
from freezecase.replay.prove.slices import SLICES, Part, Position, Slice, part_of, position
from freezecase.replay.prove.touching import Homes

__all__ = ["TIME", "Composer", "due"]

TIME: Final = Mover(ActorKind.SYSTEM, CLOCK.person)
"""Who lets time pass."""
_VERSION: Final = 10
_NOTHING: Final = attrs.evolve(unopened(CASE), next_level=AppealLevel.INTERNAL_REVIEW)
_LOUD: Final = frozenset({"release", "appeal"})
"""The slices that a position says something of: under release, appealed."""
_Seen = tuple[Part, CaseState, dict[Person, Person]]


class Composer:
    """Takes cases apart and puts them together, for one policy."""

    def __init__(self, asker: Asker, homes: Homes, bounds: Bounds) -> None:
        """Begin with no position known."""
        self._asker, self._homes, self._bounds = asker, homes, bounds
        self._there: dict[Position, CaseState] = {}
        self._last: dict[str, tuple[object, _Seen]] = {}

    def part(self, slice_: Slice, state: CaseState) -> _Seen:
        """Return what a slice sees of a case, the case as it sees it, its names for people."""
        owed = self.owed(slice_, state)
        raw = (position(state), [getattr(state, field) for field in slice_.fields], owed)
        last = self._last.get(slice_.name)
        if last is None or last[0] != raw:  # most questions of a state lead to the same
            last = self._last[slice_.name] = raw, part_of(state, slice_, owed, self._bounds)
        return last[1]

    def owed(self, slice_: Slice, state: CaseState) -> dict[Key, Obligation]:
        """Return what is owed about a slice."""
        home, name = self._homes.home, slice_.name
        return {key: one for key, one in state.obligations.items() if home(key[0]) == name}

    def whole(self, slice_: Slice, seen: CaseState) -> CaseState:
        """Return the case that has this part, and is quiet otherwise."""
        here = position(seen)
        if here not in self._there:
            self._there[here] = self._quiet(seen)
        owed = {key: _far(one) for key, one in self.owed(slice_, seen).items()}
        return self.laid_over(self._there[here], slice_, seen, owed)

    def laid_over(
        self, state: CaseState, slice_: Slice, part: CaseState, owed: Mapping[Key, Obligation]
    ) -> CaseState:
        """Return a case with another's part of one slice in the place of its own."""
        name, home = slice_.name, self._homes.home
        others = {key: one for key, one in state.obligations.items() if home(key[0]) != name}
        fields = {field: getattr(part, field) for field in slice_.fields}
        return attrs.evolve(state, **fields, obligations={**others, **owed})

    def _quiet(self, state: CaseState) -> CaseState:
        """Return the case in its position, with nothing in it that could stand in the way."""
        quiet = {
            field: getattr(_NOTHING, field)
            for one in SLICES
            if one.name not in _LOUD
            for field in one.fields
        }
        state = attrs.evolve(
            state, **quiet, version=_VERSION, refused=(), erased=frozenset(), imposed=None
        )
        for one in SLICES:
            state = part_of(state, one, self.owed(one, state), self._bounds)[1]
        covered = self._asker.pass_time(attrs.evolve(state, obligations={}), TIME).turn
        owed = covered.after.obligations if covered else {}
        return attrs.evolve(state, obligations={key: _far(one) for key, one in owed.items()})


def due(state: CaseState, key: Key) -> CaseState:
    """Return the case with one thing due: a duty on the last rung of its ladder, or a promise."""
    kind, name = key
    if kind:
        owed = state.obligations[key]
        last = len(owed.demand.ladder) - 1
        late = {**state.obligations, key: replace(owed, due=DAY, rung=last)}
        return attrs.evolve(state, obligations=late)
    promise = attrs.evolve(state.promises[name], due=DAY)
    return attrs.evolve(state, promises={**state.promises, name: promise})


def _far(owed: Obligation) -> Obligation:
    return replace(owed, due=FAR, opened_at=DAY, rung=0)
