"""Where a book can be, and a first case in it."""

from pathlib import Path

import pytest

from freezecase import Actor, Casebook, CaseState, Ground, Scope
from freezecase import commands as do

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


def opened(book: Casebook, account: str = "acct-4711") -> CaseState:
    """A case that was just opened."""
    return book.execute(freeze(account), by=ENGINE).case
