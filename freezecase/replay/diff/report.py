"""What a diff says: where two policies differ, which way, and a case that shows each difference."""

from collections.abc import Iterable
from typing import Final

import attrs

from freezecase.core.ruling import PolicyRef
from freezecase.replay.diff.journeys import Act, Story
from freezecase.replay.diff.order import Change, Direction

__all__ = ["ANY", "Coverage", "DiffReport", "Difference", "Place", "Witness", "folded"]

ANY: Final = "any"
"""Where no rule tells one from another."""


@attrs.frozen(order=True)
class Place:
    """Where policies differ: in which piece of the answer to which command, for which cases."""

    command: str
    what: str
    """The ruling, the checks, the lane, the telling, the signatures, or something that is owed."""
    ground: str = ANY
    tier: str = ANY
    jurisdiction: str = ANY

    def in_words(self) -> str:
        """Say it in a line."""
        of = {"ground": self.ground, "tier": self.tier, "jurisdiction": self.jurisdiction}
        said = [f"{name} `{value}`" for name, value in of.items() if value != ANY]
        return ", ".join([f"`{self.command}`: {self.what}", *said])


@attrs.frozen
class Witness:
    """A case in which two policies differ: a story, what is asked then, and what each answers."""

    story: Story
    told_under: str
    """Whose rules the story was told by: `old`, `new`, or `either`."""
    asked: Act
    change: Change


@attrs.frozen
class Difference:
    """One way in which policies differ in one place."""

    place: Place
    direction: Direction
    situations: int
    """In how many of those that were looked at."""
    witness: Witness = attrs.field(eq=False)
    """The first, with the shortest story."""


@attrs.frozen
class Coverage:
    """What was looked at, and what was not."""

    rules: tuple[str, ...]
    """The rules that are not the same in both."""
    commands: tuple[str, ...]
    """The commands that such a rule speaks of, asked by everybody with every fact."""
    followed: bool
    """Whether every other command was asked once in every case, for what is owed after it."""
    cases: int
    asked: int
    """How often both policies were asked."""
    bounds: tuple[str, ...]
    """What was not looked at."""

    @property
    def exhaustive(self) -> bool:
        """Whether there is nothing that was not looked at."""
        return not self.bounds


@attrs.frozen
class DiffReport:
    """Where and which way *new* differs from *old*."""

    old: PolicyRef
    new: PolicyRef
    differences: tuple[Difference, ...]
    coverage: Coverage

    @property
    def found(self) -> frozenset[Direction]:
        """The ways in which they differ."""
        return frozenset(one.direction for one in self.differences)

    def beyond(self, allowed: Iterable[Direction]) -> tuple[Difference, ...]:
        """Return the differences that go another way than those allowed."""
        may = frozenset(allowed)
        return tuple(one for one in self.differences if one.direction not in may)


def folded(differences: Iterable[Difference]) -> list[list[Difference]]:
    """Return those together that differ in their ground alone, the shortest story first."""
    found: dict[tuple[object, ...], list[Difference]] = {}
    for one in differences:
        alike = attrs.evolve(one.place, ground=ANY), one.direction
        found.setdefault(alike, []).append(one)
    return [sorted(some, key=_length) for some in found.values()]


def _length(one: Difference) -> int:
    return len(one.witness.story.acts)
