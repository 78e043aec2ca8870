"""
A row becomes events: a mapping, bound to the header of a file.

What the same cells made once is remembered, so that a notice that went to a hundred thousand people
is built and checked once. Events are values: one may stand in many records.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, NamedTuple

from freezecase.app.intake.fields import optional
from freezecase.app.intake.reading import REMEMBERED, BadCell, reader
from freezecase.app.intake.spec import (
    By,
    Cell,
    Constant,
    Field,
    Known,
    Made,
    Outcome,
    Several,
    Step,
    Told,
    When,
    columns_of,
)
from freezecase.core.actors import Actor
from freezecase.core.draft import Draft
from freezecase.core.events import CaseEvent
from freezecase.errors import InvalidValue

__all__ = ["Facts", "Rule", "Turns", "bind", "bind_field", "bind_step"]

Header = Mapping[str, int]


class Facts:
    """What a row's events are made from: its cells, and what is known of its case."""

    __slots__ = ("account", "actor", "carried", "case", "cells", "draft")

    cells: Sequence[str]
    carried: Mapping[int, str]
    case: str
    account: str
    actor: Actor
    draft: Draft


Read = Callable[[Facts], Any]
Input = Callable[[Facts], Hashable]
_TOLD: Final[Mapping[Told, Input]] = {
    Told.ACCOUNT: lambda facts: facts.account,
    Told.CASE: lambda facts: facts.case,
    Told.ACTOR: lambda facts: facts.actor.person,
    Told.DECISION: lambda facts: facts.draft.decision,
    Told.VERSION: lambda facts: facts.draft.version,
}


class Rule(NamedTuple):
    """One event that a row may stand for: whether, what, when, by whom."""

    outcome: Outcome
    holds: Callable[[Facts], bool] | None
    make: Callable[[Facts], CaseEvent]
    at: Callable[[Facts], datetime | None] | None
    time_column: str
    actor: Callable[[Facts], Actor] | None


class Turns(NamedTuple):
    """What a row of one kind stands for."""

    step: Step
    rules: tuple[Rule, ...]
    several: bool
    """Whether there may be an earlier event to take back when a later one cannot be made."""


def bind_step(step: Step, header: Header) -> Turns:
    """Bind a step of the mapping to the columns of a file."""
    rules = tuple(
        Rule(
            outcome=outcome,
            holds=_condition(outcome.when, header),
            make=_remembered(Made(outcome.kind, outcome.fields), header),
            at=bind_field(outcome.at, header) if outcome.at else None,
            time_column=outcome.at.column if outcome.at else "",
            actor=bind(outcome.actor, header) if outcome.actor else None,
        )
        for outcome in step.events
    )
    return Turns(step, rules, len(rules) > 1)


def bind(by: By, header: Header) -> Callable[[Facts], Actor]:
    """Bind who acts to the columns of a file."""
    read = bind_field(by.id, header)
    made: dict[str, Actor] = {}

    def actor(facts: Facts) -> Actor:
        said = read(facts)
        found = made.get(said)
        if found is None:
            values = {"kind": by.kind, "id": said, "roles": by.roles}
            found = _construct(Actor, values, {"id": by.id})
            _remember(made, said, found)
        return found

    return actor


def bind_field(field: Field, header: Header) -> Read:
    """Return what makes the value of *field* from the facts of a row."""
    return _BINDERS[type(field)](field, header)


def _cell(cell: Cell, header: Header) -> Read:
    read, index = reader(cell), header[cell.column]
    if cell.of_case:
        return lambda facts: read(facts.carried.get(index, ""))
    return lambda facts: read(facts.cells[index])


def _several(field: Several, header: Header) -> Read:
    reads = [bind_field(item, header) for item in field.items]

    def make(facts: Facts) -> tuple[Any, ...]:
        values = [read(facts) for read in reads]
        return tuple(
            one
            for value in values
            if value is not None and value != ""
            for one in (value if isinstance(value, tuple) else (value,))
        )

    return make


def _made(field: Made, header: Header) -> Read:
    reads = [(name, bind_field(inner, header)) for name, inner in field.fields.items()]
    may_miss = {name: optional(field.kind, name) for name in field.fields}

    def make(facts: Facts) -> Any:
        values = {}
        for name, read in reads:
            value = read(facts)
            if value is not None:
                values[name] = value
            elif not may_miss[name]:
                raise BadCell(f"{_columns(field.fields[name])} is empty: `{name}` must be filled")
        return _construct(field.kind, values, field.fields)

    return make


def _construct(kind: type[Any], values: dict[str, Any], fields: Mapping[str, Field]) -> Any:
    """Make a checked value; one that is refused names the columns that it came from."""
    try:
        return kind(**values)
    except InvalidValue as wrong:
        name = wrong.field.rpartition(".")[2]
        from_columns = _columns(fields.get(name, Constant(None)))
        raise BadCell(f"{wrong}{f', from {from_columns}' if from_columns else ''}") from None


def _columns(field: Field) -> str:
    names = sorted(columns_of(field))
    return (
        ("column " if len(names) == 1 else "columns ") + ", ".join(f"`{name}`" for name in names)
        if names
        else ""
    )


def _remembered(field: Made, header: Header) -> Read:
    """Make what a field says, once for the same inputs; what is different for each case is not."""
    make, inputs = _made(field, header), _inputs(field, header)
    made: dict[Any, Any] = {}
    if inputs is None:
        return make

    def remembered(facts: Facts) -> Any:
        key = tuple([read(facts) for read in inputs])
        value = made.get(key)
        if value is None:
            value = make(facts)
            _remember(made, key, value)
        return value

    return remembered


def _remember(made: dict[Any, Any], key: Any, value: Any) -> None:
    if len(made) >= REMEMBERED:
        made.clear()
    made[key] = value


def _inputs(field: Field, header: Header) -> list[Input] | None:
    """Return what a field depends on, or nothing where it differs for every case."""
    if isinstance(field, Constant):
        return []
    if isinstance(field, Known):
        return None if field.told in (Told.ACCOUNT, Told.CASE) else [_TOLD[field.told]]
    if isinstance(field, Cell):
        index = header[field.column]
        if field.of_case:
            return [lambda facts: facts.carried.get(index, "")]
        return [_at(index)]
    inner = field.fields.values() if isinstance(field, Made) else field.items
    found = [_inputs(one, header) for one in inner]
    if None in found:
        return None
    return [read for reads in found if reads for read in reads]


def _at(index: int) -> Input:
    cell = itemgetter(index)
    return lambda facts: cell(facts.cells)


def _condition(when: When, header: Header) -> Callable[[Facts], bool] | None:
    """Return what must hold of the row and of the status; the rest the loop knows."""
    tests: list[Callable[[Facts], bool]] = []
    if when.column is not None:
        index = header[when.column]
        filled, among, without = when.filled, when.among, when.without
        if filled is not None:
            tests.append(lambda facts: bool(facts.cells[index].strip()) is filled)
        if among is not None:
            tests.append(lambda facts: facts.cells[index].strip() in among)
        if without is not None:
            tests.append(lambda facts: facts.cells[index].strip() not in without)
    if when.status is not None:
        statuses = when.status
        tests.append(lambda facts: facts.draft.status in statuses)
    return (lambda facts: all(test(facts) for test in tests)) if tests else None


_BINDERS: Final[Mapping[type, Callable[[Any, Header], Read]]] = {
    Constant: lambda field, _: lambda _facts: field.value,
    Known: lambda field, _: _TOLD[field.told],
    Cell: _cell,
    Several: _several,
    Made: _remembered,
}
