"""Marked texts, a case that holds them all, and every place where they could turn up."""

import os
import sqlite3
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from freezecase import Actor, Casebook, Ground, Scope
from freezecase import commands as do
from freezecase.core.values import Audience, Channel
from freezecase.deliver.announcing import announced_to, announcement, kind_named
from freezecase.deliver.envelope import written
from freezecase.errors import FreezeCaseError
from freezecase.seal.keys import KeyStore
from freezecase.views.timeline import timeline

ACCOUNT = "acct-4711"
ENGINE, OWNER = Actor.system("risk-engine"), Actor.customer(ACCOUNT)
ANA, ROB = Actor.staff("ana", "analyst"), Actor.staff("rob", "reviewer")
TEXTS = (
    *("imposing", "notice", "contact", "reply", "refused", "upholding", "statement"),
    *("rejecting", "releasing", "suspicion"),
)
"""What is marked: a text of each kind that somebody says in a case, and one of a suspicion."""
LONGEST = 20_000

Canaries = Mapping[str, str]
"""A marked text for each of `TEXTS`; no other test, and no other run, has the same."""


def canaries() -> Canaries:
    """Make texts that can be told from all others."""
    return {name: f"canary {name} {uuid4().hex}" for name in TEXTS}


def found_in(data: bytes, marked: Canaries) -> set[str]:
    """Return which texts can be read in some bytes, however they are written there."""
    low = data.lower()
    return {
        name
        for name, text in marked.items()
        if any(spelt in data for spelt in _spellings(text)) or text.encode().hex().encode() in low
    }


def _spellings(text: str) -> Iterator[bytes]:
    """A text as it is, in UTF-16, and in base64 wherever in a longer text it begins."""
    raw = text.encode()
    yield raw
    yield text.encode("utf-16-le")
    for shift in range(3):
        coded = b64encode(bytes(shift) + raw)
        yield coded[(0, 2, 3)[shift] : len(coded) - (0, 3, 2)[(shift + len(raw)) % 3]]


# --- a case that holds them all ------------------------------------------------------------------


def told(book: Casebook, marked: Canaries) -> UUID:
    """Tell a case from its freeze to its closing, with a marked text wherever one is taken."""
    frozen = do.ImposeFreeze(
        account=ACCOUNT,
        ground=Ground.ACCOUNT_TAKEOVER,
        scope=Scope.withdrawals(),
        reason=marked["imposing"],
    )
    case = book.execute(frozen, by=ENGINE).case.id
    app = Channel.APP_MESSAGE
    sent = do.SendNotice(case, notice="freeze-imposed", channel=app, text=marked["notice"])
    for command, by in (
        (do.ConfirmEnforcement(case), ENGINE),
        (sent, ENGINE),
        (do.RecordContact(case, channel=app, summary=marked["contact"]), OWNER),
        (do.SendReply(case, channel=app, text=marked["reply"]), ANA),
        (do.UpholdFreeze(case, reason=marked["upholding"]), ANA),
        (do.FileAppeal(case, statement=marked["statement"]), OWNER),
        (do.AcknowledgeAppeal(case), ROB),
        (do.AssignAppeal(case, reviewer=ROB.person), ROB),
        (do.RejectAppeal(case, reason=marked["rejecting"], bar="no-further"), ROB),
        (do.ProposeRelease(case, reason=marked["releasing"]), ANA),
        (do.ApproveRelease(case), ROB),
        (do.ConfirmRelease(case), ENGINE),
        (do.CloseCase(case, outcome="cleared"), ANA),
    ):
        book.execute(command, by=by)
    return case


def refusals(book: Casebook, case: UUID, marked: Canaries) -> list[FreezeCaseError]:
    """Ask for what is refused in every way, each time with a marked text in it."""
    id, said = uuid4(), marked["refused"]
    contact = do.RecordContact(case, channel=Channel.PHONE, summary=marked["contact"])
    book.execute(contact, by=OWNER, id=id)
    other = do.RecordContact(case, channel=Channel.PHONE, summary=said)
    ways: tuple[Callable[[], Any], ...] = (
        lambda: book.execute(other, by=OWNER, id=id),  # one id, two commands
        lambda: book.execute(do.UpholdFreeze(case, reason=said), by=ANA),  # it is closed
        lambda: book.execute(do.ReopenCase(case, reason=said), by=OWNER),  # not for a customer
        lambda: book.execute(do.UpholdFreeze(uuid4(), reason=said), by=ANA),  # no such case
        lambda: do.UpholdFreeze(case, reason=said * LONGEST),  # too long
        lambda: do.RecordContact(case, channel=Channel.PHONE, summary=f"{said}\ud800"),  # no text
    )
    return [raised(way) for way in ways]


def raised(way: Callable[[], Any]) -> FreezeCaseError:
    """Return the error that this raises."""
    with pytest.raises(FreezeCaseError) as caught:
        way()
    return caught.value


# --- where they could turn up --------------------------------------------------------------------


def of_files(folder: Path) -> dict[str, bytes]:
    """The bytes of every file in a folder: databases, and what stands beside them."""
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}


def of_dump(path: Path) -> bytes:
    """What `.dump` makes of an SQLite file."""
    with closing(sqlite3.connect(path)) as connection:
        return "\n".join(connection.iterdump()).encode()


def of_copies(url: str) -> dict[str, bytes]:
    """What `COPY` makes of every table of a PostgreSQL database, as text and as bytes."""
    import psycopg

    named = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    with psycopg.connect(url) as connection:
        tables = [str(table) for (table,) in connection.execute(named).fetchall()]
        return {
            f"{table} as {form}": _copied(connection, f'COPY "{table}" TO STDOUT (FORMAT {form})')
            for table in tables
            for form in ("text", "binary")
        }


def of_server(url: str) -> dict[str, bytes]:
    """The write-ahead log of a PostgreSQL server, if it is on this machine and may be read."""
    import psycopg

    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT current_setting('data_directory')").fetchone()
    log = Path(str(found[0] if found else "nowhere")) / "pg_wal"
    if not (log.is_dir() and os.access(log, os.R_OK | os.X_OK)):
        return {}
    return {f"WAL {name}": data for name, data in of_files(log).items()}


def _copied(connection: Any, query: str) -> bytes:
    with connection.cursor().copy(query) as copy:
        return b"".join(bytes(part) for part in copy)


def of_errors(errors: Iterable[BaseException]) -> dict[str, bytes]:
    """What is printed of errors: in words, for a program, and with where they came from."""
    return {
        f"{type(error).__name__} {number}": "\n".join(
            (str(error), repr(error), repr(vars(error)), *traceback.format_exception(error))
        ).encode("utf-8", "surrogatepass")
        for number, error in enumerate(errors)
    }


def of_reprs(book: Casebook, keys: KeyStore, case: UUID) -> dict[str, bytes]:
    """What a debugger or a log shows of what a program holds, if nobody is cleared."""
    held = {
        "book": book,
        "keys": keys,
        "case": book.case(case),
        "history": book.history(case),
        "timeline": timeline(book.history(case), reader=Audience.PRIVILEGED, owed=True),
        "worklist": book.worklist(stored=True),
        "portfolio": book.portfolio(stored=True),
    }
    return {name: f"{one!r} {one}".encode() for name, one in held.items()}


def of_webhooks(book: Casebook, case: UUID) -> dict[str, bytes]:
    """What other systems are told of a case."""
    rows = book.store.read(case)
    return {
        f"{audience} {row[0]}": written(announcement(case, rows[: row[0]], audience), "https://x")
        for audience in (Audience.CUSTOMER, Audience.OPERATIONS)
        for row in rows
        if kind_named(row[1]) in announced_to(audience)
    }


def of_ledger(book: Casebook) -> dict[str, bytes]:
    """What stands in the ledger, record by record and header by header."""
    records = {f"record {row[0]}": row[5] for row in book.store.scan()}
    return records | {f"header {index}": data for index, data in book.store.headers()}


@attrs.define
class Search:
    """Collects where marked texts were found."""

    marked: Canaries
    looked: int = 0
    """In how many places."""
    found: dict[str, set[str]] = attrs.Factory(dict)

    def look(self, **places: Mapping[str, bytes]) -> None:
        """Look at bytes, by where they are."""
        for where, parts in places.items():
            for name, data in parts.items():
                self.looked += 1
                if texts := found_in(data, self.marked):
                    self.found[f"{where}: {name}"] = texts
