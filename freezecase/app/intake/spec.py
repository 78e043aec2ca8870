"""
What a mapping says, as frozen values: `mapping` reads them from TOML, `translate` obeys them.

A `Mapping` knows columns by name and no file; a `Translator` binds it to the header of one.
"""

from collections.abc import Mapping as MappingOf
from enum import StrEnum
from typing import Any, Final, TypeAlias

import attrs

from freezecase.core.actors import ActorKind
from freezecase.core.events import CaseEvent
from freezecase.core.status import Status

__all__ = [
    "ALWAYS",
    "WHOLE_ROW",
    "By",
    "Cell",
    "Constant",
    "Field",
    "Identity",
    "Known",
    "Made",
    "Mapping",
    "Moment",
    "Outcome",
    "Several",
    "Step",
    "Take",
    "Told",
    "When",
    "columns_of",
]

WHOLE_ROW: Final = "row"
"""What `case` says when every row is a case of its own."""


class Identity(StrEnum):
    """How rows are told apart when the log gives them no id of its own."""

    ORDINAL = "ordinal"
    """By their place within their case."""
    CONTENT = "content"
    """By all they say, and by how often it was said before."""


class Told(StrEnum):
    """What the importer knows beyond the row."""

    ACCOUNT = "account"
    CASE = "case"
    ACTOR = "actor"
    DECISION = "decision"
    """The newest decision of the case that can be contested."""
    VERSION = "version"
    """The newest record of the case."""


class Take(StrEnum):
    """What is made of the text in a cell."""

    TEXT = "text"
    SLUG = "slug"
    DECIMAL = "decimal"
    INTEGER = "integer"
    FLAG = "flag"
    INSTANT = "instant"
    LOCAL_DATE = "local-date"


@attrs.frozen
class Constant:
    """The same value for every row."""

    value: Any


@attrs.frozen
class Known:
    """A value that the importer knows: `{ from = "decision" }`."""

    told: Told


@attrs.frozen(kw_only=True)
class Moment:
    """How a text is read as an instant."""

    format: str | None = None
    """As `strptime` takes it; ISO 8601 if not said."""
    zone: str | None = None
    """The IANA zone of texts that name none; without it, such a text is refused."""


@attrs.frozen(kw_only=True)
class Cell:
    """A value from a column: empty, mapped by `values`, or read as `take` says, in that order."""

    column: str
    take: Take = Take.TEXT
    moment: Moment = Moment()
    default: Any = None
    values: MappingOf[str, Any] | None = None
    otherwise: Any = None
    """What stands for every text that `values` does not list."""
    scale: int = 0
    """How many of the digits of a whole number are decimals."""
    split: str | None = None
    prefix: str = ""
    of_case: bool = False
    """Take the newest filled cell of the case instead of this row's."""


@attrs.frozen
class Made:
    """A value with fields of its own, such as a scope or an amount."""

    kind: type[Any]
    fields: MappingOf[str, "Field"]


@attrs.frozen
class Several:
    """Several values; a cell that is split or empty adds as many as it has."""

    items: tuple["Field", ...]


Field: TypeAlias = Constant | Known | Cell | Made | Several


@attrs.frozen(kw_only=True)
class When:
    """When a row stands for an event: all that is said here must hold."""

    column: str | None = None
    filled: bool | None = None
    among: tuple[str, ...] | None = None
    without: tuple[str, ...] | None = None
    status: tuple[Status, ...] | None = None
    allowed: bool = False
    """Only if the life cycle allows it now: how one row chooses between events."""
    otherwise: bool = False
    """Only if the row stood for no event so far."""


ALWAYS: Final = When()
"""No condition at all."""


@attrs.frozen(kw_only=True)
class By:
    """Who acts."""

    kind: ActorKind
    id: Field
    roles: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Outcome:
    """One event that a row stands for."""

    kind: type[CaseEvent]
    fields: MappingOf[str, Field]
    when: When = ALWAYS
    at: Cell | None = None
    """When it happened, if not at the time of the row."""
    actor: By | None = None


@attrs.frozen(kw_only=True)
class Step:
    """What a row of one kind stands for, and which kind of row it answers."""

    events: tuple[Outcome, ...]
    answers: str | None = None
    """The kind of row that comes first where both happen; one dated later is an anomaly."""


@attrs.frozen(kw_only=True)
class Mapping:
    """How the rows of one foreign log become events of cases."""

    name: str
    file: str
    """Where it was read from, for errors."""
    case: tuple[str, ...] | None
    """The columns that may name the case, the first that is filled; none: each row is a case."""
    account: Field
    id: tuple[str, ...] | Identity
    order: tuple[str, ...]
    """The columns to sort rows by; none: as they stand in the file."""
    together: bool
    """Whether the rows of a case stand together in the file, so that nothing needs sorting."""
    kind: str | None
    """The column that names the step; none: every row is of the one kind there is."""
    skip: frozenset[str]
    time: Cell
    actor: By
    expects: tuple[str, ...]
    """Columns that should never be empty."""
    begins_with_a_freeze: bool
    steps: MappingOf[str, Step]

    @property
    def columns(self) -> frozenset[str]:
        """Every column that it names."""
        named = [
            *(self.case or ()),
            *self.order,
            *self.expects,
            *([self.kind] if self.kind else []),
        ]
        named += self.id if isinstance(self.id, tuple) else ()
        fields = [self.account, self.time, self.actor.id]
        for outcome in self.outcomes:
            fields += [*outcome.fields.values(), *([outcome.at] if outcome.at else [])]
            fields += [outcome.actor.id] if outcome.actor else []
            named += [outcome.when.column] if outcome.when.column else []
        return frozenset(named).union(*map(columns_of, fields))

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Every event that any row may stand for."""
        return tuple(outcome for step in self.steps.values() for outcome in step.events)


def columns_of(field: Field) -> frozenset[str]:
    """Return the columns that a field reads."""
    if isinstance(field, Cell):
        return frozenset({field.column})
    if isinstance(field, Made):
        return frozenset().union(*map(columns_of, field.fields.values()))
    if isinstance(field, Several):
        return frozenset().union(*map(columns_of, field.items))
    return frozenset()
