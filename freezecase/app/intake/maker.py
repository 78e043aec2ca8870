"""A mapping bound to a log: what a row stands for in its case, event by event."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from freezecase.app.intake.history import History, Look
from freezecase.app.intake.reading import BadCell
from freezecase.app.intake.rules import ended
from freezecase.app.intake.spec import Cell, Field, Made, Several
from freezecase.app.intake.spec import Mapping as LogMapping
from freezecase.app.intake.translate import Facts, Turns, bind, bind_field, bind_step
from freezecase.core.actors import Actor
from freezecase.core.allowed import ID
from freezecase.core.draft import Draft
from freezecase.core.events import CaseEvent, FreezeImposed
from freezecase.core.needs import why_not

__all__ = ["Happened", "Maker"]


class Happened(NamedTuple):
    """One event of a row, in its place."""

    case: UUID
    version: int
    event: CaseEvent
    actor: Actor
    at: datetime
    account: str
    draft: Draft
    """The case as it goes on."""


class Maker:
    """Makes the events of rows."""

    def __init__(self, mapping: LogMapping, header: Mapping[str, int]) -> None:
        """Bind *mapping* to the columns of a log."""
        self._kind = None if mapping.kind is None else header[mapping.kind]
        self._turns = {kind: bind_step(step, header) for kind, step in mapping.steps.items()}
        self._only = next(iter(self._turns.values()))
        self._time = bind_field(mapping.time, header)
        self._time_column = mapping.time.column
        self._actor = bind(mapping.actor, header)
        self._account = bind_field(mapping.account, header)
        self._carried = sorted(header[name] for name in _carried(mapping))
        self._facts = Facts()

    def kind(self, cells: Sequence[str]) -> str:
        """Return the kind of a row, as the log says it."""
        return "" if self._kind is None else cells[self._kind]

    def turns(self, kind: str) -> Turns | None:
        """Return what a row of this kind stands for, or nothing if the mapping does not say."""
        return self._only if self._kind is None else self._turns.get(kind)

    def at(self, history: History, cells: Sequence[str]) -> datetime:
        """Return when the row happened, and remember what it says for the rows to come."""
        facts = self._facts
        facts.cells, facts.case, facts.carried = cells, history.key, history.carried
        facts.draft, facts.account = history.draft, history.account
        for index in self._carried:
            if text := cells[index].strip():
                history.carried[index] = text
        return self._filled(self._time(facts), self._time_column)

    def row(self, history: History, turns: Turns, at: datetime, look: Look) -> list[Happened]:
        """
        Let the row whose time was just read happen, and return its events.

        Raises `BadCell`, and then nothing of it happened.
        """
        mark = history.mark() if turns.several else None
        try:
            return self._events(history, turns, at, look)
        except BadCell:
            if mark is not None:
                history.back_to(mark)
            raise

    def _events(self, history: History, turns: Turns, at: datetime, look: Look) -> list[Happened]:
        facts, events = self._facts, list[Happened]()
        facts.draft = history.draft
        facts.account = history.account = history.account or self._named(facts)
        actor = self._actor(facts)
        for rule in turns.rules:
            when = rule.outcome.when
            if (when.otherwise and events) or (rule.holds and not rule.holds(facts)):
                continue
            facts.actor = actor if rule.actor is None else rule.actor(facts)
            event = rule.make(facts)
            if when.allowed and why_not(facts.draft, event) is not None:  # type: ignore[arg-type]
                continue
            if type(event) is FreezeImposed and ended(history.draft):
                history.further()
                facts.draft = history.draft
            then = at if rule.at is None else self._filled(rule.at(facts), rule.time_column)
            look(history, event, then)
            history.write(event, then)
            events.append(
                Happened(
                    *(history.case, facts.draft.version, event, facts.actor, then),
                    *(facts.account, facts.draft),
                )
            )
        return events

    def _named(self, facts: Facts) -> str:
        account = self._account(facts)
        if account is None or not ID.holds(account):
            raise BadCell(f"account cannot be `{account}`: it takes {ID.allows}")
        return str(account)

    @staticmethod
    def _filled(at: datetime | None, column: str) -> datetime:
        if at is None:
            raise BadCell(f"column `{column}` is empty: it takes a time")
        return at


def _carried(mapping: LogMapping) -> set[str]:
    fields = [field for one in mapping.outcomes for field in one.fields.values()]
    return {cell.column for field in fields for cell in _cells(field) if cell.of_case}


def _cells(field: Field) -> list[Cell]:
    if isinstance(field, Cell):
        return [field]
    inner: Sequence[Field] = ()
    if isinstance(field, Made):
        inner = tuple(field.fields.values())
    elif isinstance(field, Several):
        inner = field.items
    return [cell for one in inner for cell in _cells(one)]
