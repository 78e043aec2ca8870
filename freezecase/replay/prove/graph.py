"""What an exploration finds of a slice: states, how each was reached, and where each leads."""

from collections.abc import Mapping
from typing import NamedTuple

import attrs

from freezecase.core.commands import Command
from freezecase.core.events import CaseEvent
from freezecase.core.obligations import Key, Obligation
from freezecase.core.state import CaseState
from freezecase.core.values import Person
from freezecase.replay.prove.asking import Asked
from freezecase.replay.prove.slices import Part, Slice

__all__ = ["Edge", "Graph", "Sample", "Step"]


class Step(NamedTuple):
    """One move: what was asked and by whom, in which slice; or what was missed."""

    asked: Asked
    slice: str
    missed: Key | None = None
    natural: bool = True
    """Whether nothing was laid out for it."""


class Edge(NamedTuple):
    """A step from one state of a slice to another."""

    target: int
    step: Step
    ended: frozenset[Key]
    """The duties of the slice that it ended."""
    names: Mapping[Person, Person]
    """What people who stand in a relation before are called after."""
    decided: tuple[CaseEvent, ...]
    """What it led to. The rest of the turn is let go: there are many edges."""


class Sample(NamedTuple):
    """A move that was made in one slice, to be made in others."""

    state: CaseState
    owed: Mapping[Key, Obligation]
    step: Step
    kinds: tuple[type[CaseEvent], ...]
    reached: frozenset[str]
    """The slices to which it can matter what exactly happened."""


@attrs.define
class Graph:
    """What was found of one slice: states, how each was first reached, and where each leads."""

    slice: Slice
    index: dict[Part, int] = attrs.field(factory=dict[Part, int])
    states: list[CaseState] = attrs.field(factory=list[CaseState])
    reached: list[tuple[int, Step]] = attrs.field(factory=list[tuple[int, Step]])
    """From which state, by which step; the first by itself."""
    natural: list[bool] = attrs.field(factory=list[bool])
    """Whether a case can come there as it was reached, with nothing laid out for it."""
    edges: list[list[Edge]] = attrs.field(factory=list[list[Edge]])
    tried: list[int] = attrs.field(factory=list[int])
    """How many moves of other slices were made from each state."""
    more: list[Command] = attrs.field(factory=list[Command])
    """Commands of other slices that rules refuse by what lies in this one."""
    asked: list[int] = attrs.field(factory=list[int])
    """How many of them were asked of each state."""
    moved: list[set[object]] = attrs.field(factory=list[set[object]])
    """Where they led, and by which events."""
