"""What is asked, before it is answered: the command, who asks it, when, and by which dates."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from freezecase.app.clock import instant_of
from freezecase.app.stores.store import Loaded
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.annotated import Check
from freezecase.core.checked import checked, refuse
from freezecase.core.commands import ASKED_AS, Command
from freezecase.core.events import STORED_AS
from freezecase.core.leads import LEADS
from freezecase.core.ruling import Facts
from freezecase.core.state import CaseState
from freezecase.core.values import Instant
from freezecase.policy.effective import Anchors

__all__ = ["REPORTS", "SKEW", "Asking", "anchors_at", "anchors_of"]

SKEW: Final = timedelta(minutes=5)
"""How far the clock of whoever says when something happened may be ahead of ours."""

_A_COMMAND: Final = "a command, such as `commands.ImposeFreeze(...)`"
_REPORTING: Final = (do.RecordContact, do.FileAppeal)
REPORTS: Final = frozenset(STORED_AS[LEADS[command]] for command in _REPORTING)
"""What counts as the customer having got in touch, by its stored names."""


def _is_command(given: object) -> bool:
    return type(given) in ASKED_AS


def _exact_command(given: object) -> object:
    if not _is_command(given):
        raise ValueError(f"it takes {_A_COMMAND}")
    return given


@checked
class Asking:
    """A command with everything that its turn needs to know."""

    command: Annotated[Command, Check(_A_COMMAND, _is_command, _exact_command)]
    actor: Actor
    id: UUID
    now: Instant
    occurred_at: Instant
    facts: Facts

    def __attrs_post_init__(self) -> None:
        """Refuse a command that happened in a time to come; clocks may differ a little."""
        if self.occurred_at > self.now + SKEW:
            allowed = f"an instant that is not later than now, {self.now.isoformat()}"
            raise refuse("Asking.occurred_at", self.occurred_at.isoformat(), allowed)

    @property
    def case(self) -> UUID:
        """The case it is about. A freeze opens one, under the id of its command."""
        return self.id if isinstance(self.command, do.ImposeFreeze) else self.command.case


def anchors_of(asking: Asking, case: CaseState, rows: Sequence[Loaded]) -> Anchors:
    """Return the dates by which a rule may hold for what is asked: what it says itself counts."""
    command = asking.command
    found = anchors_at(asking.now, case, rows)
    return Anchors(
        trigger=asking.occurred_at,
        record=found.record,
        contract=getattr(command, "contracted_at", None) or found.contract,
        report=asking.now if isinstance(command, _REPORTING) else found.report,
    )


def anchors_at(now: datetime, case: CaseState, rows: Sequence[Loaded]) -> Anchors:
    """Return the dates of a case by which a rule may hold for what happens to it *now*."""
    opened = instant_of(rows[0][4]) if rows else now
    report = next((row[4] for row in reversed(rows) if row[1] in REPORTS), None)
    return Anchors(
        trigger=now,
        record=opened,
        contract=case.contracted_at or opened,
        report=opened if report is None else instant_of(report),
    )
