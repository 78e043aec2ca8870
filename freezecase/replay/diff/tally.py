"""What was found so far: each difference once, counted, with the shortest story that shows it."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from freezecase.core.commands import asked
from freezecase.replay.diff.journeys import Act
from freezecase.replay.diff.order import Direction
from freezecase.replay.diff.pair import Case, Pair
from freezecase.replay.diff.report import ANY, Difference, Place, Witness

__all__ = ["Tally"]

UNSAID: Final = "unsaid"
"""Where the host says nothing of a fact."""
_Key = tuple[Place, Direction]


class Tally:
    """Gathers the differences of a pair of policies, case by case."""

    def __init__(self, pair: Pair) -> None:
        """Begin with nothing."""
        self._pair = pair
        self._situations: Counter[_Key] = Counter()
        self._witnesses: dict[_Key, Witness] = {}
        self.cases = self.asked = 0

    def take(self, case: Case) -> None:
        """Compare the policies in one more case."""
        self.cases += 1
        for act, changes in self._pair.compared(case.story):
            self.asked += 1
            for change in changes:
                key = self._place(case, act, change.what), change.direction
                self._situations[key] += 1
                self._keep(key, Witness(case.story, case.told_under, act, change))

    def _keep(self, key: _Key, witness: Witness) -> None:
        known = self._witnesses.get(key)
        if known is None or len(witness.story.acts) < len(known.story.acts):
            self._witnesses[key] = witness

    def _place(self, case: Case, act: Act, what: str) -> Place:
        command = act.command
        ground = getattr(command, "ground", case.story.state.ground)
        read = self._pair.read(type(command))
        told = {name: _said(act.facts, name) if name in read else ANY for name in _TOLD_APART}
        return Place(command=asked(command), what=what, ground=str(ground or ANY), **told)

    def differences(self) -> tuple[Difference, ...]:
        """Return what was found, by place."""
        found = [
            Difference(place, direction, self._situations[place, direction], witness)
            for (place, direction), witness in self._witnesses.items()
        ]
        return tuple(sorted(found, key=lambda one: (one.place, one.direction.value)))


_TOLD_APART: Final = ("tier", "jurisdiction")
"""Facts by which differences are told apart, where they matter to the ruling."""


def _said(facts: Mapping[str, object], name: str) -> str:
    return str(facts.get(name, UNSAID))
