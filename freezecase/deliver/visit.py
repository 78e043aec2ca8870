"""
One visit to one account: tell the exchange all that is restricted, look again, and confirm.

Between telling and confirming anybody may write. So the account is read again once it was told; if
it has moved on, it is told again. And a confirmation is written upon the very version of the case
that was told, or not at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID, uuid5

import attrs

from freezecase.app.seen import as_seen
from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core.commands import Command
from freezecase.core.pending import pending
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.deliver.doubts import RECONCILER, Doubt
from freezecase.deliver.ports import AccountControl
from freezecase.errors import Conflict, Refused
from freezecase.views.accounts import AccountView, read_account, stands

__all__ = ["Visit", "in_words", "visit"]

ATTEMPTS: Final = 3
"""How often an account is told in one visit while others keep writing."""
_LONGEST: Final = 1_000

_CONFIRMS: Final[Mapping[str, type[do.ConfirmEnforcement | do.ConfirmRelease]]] = {
    "enforcement": do.ConfirmEnforcement,
    "lifting": do.ConfirmRelease,
}
"""What a case can wait for that only the exchange can do, and what then is said."""


@attrs.frozen(kw_only=True)
class Visit:
    """What came of a visit."""

    told: bool = False
    """Whether the exchange took what it was told."""
    confirmed: tuple[UUID, ...] = ()
    """The cases whose demand it then met, as is now on record."""
    wrong: str = ""
    """What went wrong; nothing if nothing did."""
    overtaken: bool = False
    """Whether others kept writing meanwhile."""

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        return not self.wrong and not self.overtaken


def visit(
    book: Casebook, control: AccountControl, account: str, doubts: Sequence[Doubt], *, certain: bool
) -> Visit:
    """
    Make an account what its cases demand, and say so on record.

    Unless it is *certain* that the exchange must be told, it is told only if a case waits for it.
    """
    done = Visit()
    for _attempt in range(ATTEMPTS):
        view = read_account(book.store, account)
        if not certain and not any(map(_untold, view.cases)):
            return done
        wrong = _tell(book, control, view, doubts)
        if wrong:
            return attrs.evolve(done, wrong=wrong)
        confirmed, wrong, overtaken = _confirm(book, view)
        done = Visit(told=True, confirmed=(*done.confirmed, *confirmed), wrong=wrong)
        if not overtaken:
            return done
    return attrs.evolve(done, overtaken=True)


def _untold(case: CaseState) -> bool:
    """Say whether a case waits for the exchange, or was closed while it restricted the account."""
    ended = case.status is Status.CLOSED and case.scope is not None
    return ended or any(wait.what in _CONFIRMS for wait in pending(case))


def _tell(
    book: Casebook, control: AccountControl, view: AccountView, doubts: Sequence[Doubt]
) -> str:
    """Tell the exchange; return what went wrong, which is then on record once a streak."""
    try:
        control.apply(view.account, view.restriction, view.revision)
    except Exception as error:  # noqa: BLE001 - the exchange's systems are somebody else's code
        wrong = in_words(error)
        _report(book, view, {doubt.case for doubt in doubts if doubt.reported}, wrong)
        return wrong
    for doubt in doubts:
        doubt.reported = False  # whatever fails from now on is another streak
    return ""


def _report(book: Casebook, view: AccountView, known: set[UUID], wrong: str) -> None:
    for case in view.cases:
        waits = any(wait.what in _CONFIRMS for wait in pending(case))
        if waits and case.id not in known:
            with suppress(Conflict, Refused):  # it moved on, or the policy will not have it said
                _say(book, case, do.ReportEnforcementFailure(case.id, reason=wrong))


def _confirm(book: Casebook, view: AccountView) -> tuple[list[UUID], str, bool]:
    """Return the cases that were confirmed, what went wrong, and whether somebody was faster."""
    if not stands(book.store, view):
        return [], "", True
    confirmed: list[UUID] = []
    wrong, overtaken = "", False
    for case, command in _confirmations(view):
        try:
            _say(book, case, command)
            confirmed.append(case.id)
        except Conflict:
            overtaken = True
        except Refused as refused:
            wrong = in_words(refused)
    return confirmed, wrong, overtaken


def _confirmations(view: AccountView) -> Iterator[tuple[CaseState, Command]]:
    """Yield what can be said of each case that waits for the exchange."""
    for case in view.cases:
        for wait in pending(case):
            if wait.what in _CONFIRMS:
                command = _CONFIRMS[wait.what]
                yield case, command(case.id, reference=f"revision {view.revision}")


def _say(book: Casebook, case: CaseState, command: Command) -> None:
    """Put it on record, upon the case as it was seen: the same twice is the same."""
    name = f"{type(command).__name__} at version {case.version}"
    _as_seen(book, case).execute(command, by=RECONCILER, id=uuid5(case.id, name))


def _as_seen(book: Casebook, case: CaseState) -> Casebook:
    """Return the book, in which a case that has moved on since raises `Conflict`."""
    return attrs.evolve(book, store=as_seen(book.store, case))


def in_words(error: Exception) -> str:
    """Return an error as it can be put on record."""
    said = f"{type(error).__name__}: {error}".removesuffix(": ")
    return said.encode("utf-8", "replace").decode()[:_LONGEST]
