"""Where a book can be, and a first case in it."""

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import pytest

from freezecase import Actor, Casebook, CaseState, Ground, Scope
from freezecase import commands as do
from freezecase.app.alarms import alarm_of
from freezecase.app.record import Record

ENGINE, ANA, ROB = Actor.system("risk-engine"), Actor.staff("ana"), Actor.staff("rob")
OWNER = Actor.customer("acct-4711")
STORES = ("memory", "sqlite", "postgres")


def url_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of an empty store of this kind."""
    if kind == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return "memory:" if kind == "memory" else f"sqlite:///{folder}/cases.db"


def freeze(account: str = "acct-4711") -> do.ImposeFreeze:
    """The command that opens a case."""
    return do.ImposeFreeze(
        account=account, ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
    )


CONSEQUENCES = frozenset({"obligation-met", "obligation-opened"})


def decided(records: Iterable[Record]) -> list[str]:
    """What happened, without what somebody owes in consequence."""
    return [record.kind for record in records if record.kind not in CONSEQUENCES]


def opened(book: Casebook, account: str = "acct-4711") -> CaseState:
    """A case that was just opened."""
    return book.execute(freeze(account), by=ENGINE).case


def alarms(book: Casebook) -> dict[UUID, int]:
    """The alarm of each case that has one."""
    found, after = dict[UUID, int](), None
    while page := book.store.ringing(2**62, after=after):
        found |= {ringing.case: ringing.alarm for ringing in page}
        after = page[-1].alarm, page[-1].case
    return found


def expected_alarms(book: Casebook) -> dict[UUID, int]:
    """The earliest due of each case that owes something: what its alarm has to be."""
    made = {case.id: alarm_of(case) for case in book.cases()}
    return {case: alarm for case, alarm in made.items() if alarm is not None}


def freeze_batch(book: Casebook, size: int) -> None:
    """Freeze so many accounts at once."""
    book.freeze_many(
        [f"acct-{number}" for number in range(size)],
        ground=Ground.INCIDENT,
        scope=Scope.withdrawals(),
        by=ENGINE,
        batch=UUID(int=4711),
    )
