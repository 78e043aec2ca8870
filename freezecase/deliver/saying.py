"""What the machines of this room put on record: once, upon the case as they saw it."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from freezecase.app.asking import anchors_at
from freezecase.app.reading import events_of
from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.evolve import fold, unopened
from freezecase.core.obligations import Demand, Rung, Unit, Within
from freezecase.core.state import CaseState
from freezecase.errors import CommandReused
from freezecase.policy.policy import Policy

__all__ = ["case_and_policy", "owe", "say"]

_FIRST: Final = 4
_THEN: Final = 24
"""Hours: how long the exchange has, and then whoever is accountable, again and again."""


def case_and_policy(book: Casebook, case: UUID, now: datetime) -> tuple[CaseState, Policy]:
    """Return a case that is there, and the policy in force for what happens to it *now*."""
    rows = book.store.read(case)
    state = fold(events_of(case, rows), unopened(case))
    return state, book.policies.in_force(anchors_at(now, state, rows))


def owe(  # noqa: PLR0917 - who owes what, about what, and until what
    book: Casebook,
    case: UUID,
    by: Actor,
    kind: str,
    subject: str,
    now: datetime,
    met_by: Iterable[str] = (),
) -> None:
    """Let the exchange owe *kind* about *subject*, unless it does: a later one puts nothing off."""
    state, policy = case_and_policy(book, case, now)
    if (kind, subject) in state.obligations:
        return
    command = do.OpenObligation(
        case,
        demand=Demand(
            kind=kind,
            ladder=(_rung("exchange", _FIRST), _rung(policy.accountable, _THEN)),
            met_by=tuple(met_by),
        ),
        due=now + timedelta(hours=_FIRST),
        basis=by.id,
        subject=subject,
    )
    with suppress(CommandReused):  # another one like us was faster, at another instant
        say(book, command, by, state)


def say(book: Casebook, command: Any, by: Actor, upon: CaseState) -> None:
    """Put a command on record, upon the case as it was seen: the same twice is the same."""
    about = getattr(command, "subject", "")
    name = f"{type(command).__name__} {about} at version {upon.version}"
    book.execute(command, by=by, id=uuid5(upon.id, name))


def _rung(debtor: str, hours: int) -> Rung:
    return Rung(debtor=debtor, within=Within(count=hours, unit=Unit.HOURS))
