"""When customers came, as the cases of a store or a log of the telephone system have it."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from freezecase.casebook import Casebook
from freezecase.cli.stories import ANA, StoryClock
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.values import Channel, Ground, Scope
from freezecase.desk.contacts import contacts_in_log, contacts_in_store
from freezecase.errors import ImportFailed, InvalidValue

NOON = datetime(2020, 3, 2, 12, tzinfo=UTC)


def test_a_store_knows_when_customers_got_in_touch() -> None:
    """In any case, on any channel; what staff did is no contact of the customer's."""
    clock = StoryClock(at=NOON)
    with Casebook.open("memory:", clock=clock) as book:
        freeze = do.ImposeFreeze(
            account="acct-4711", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
        )
        case = book.execute(freeze, by=Actor.system("risk-engine")).case.id
        book.execute(do.AssignCase(case, to=ANA.person), by=ANA)
        for channel in (Channel.PHONE, Channel.CHAT):
            clock.at += timedelta(hours=1)
            book.execute(do.RecordContact(case, channel=channel), by=Actor.customer("acct-4711"))

        came = [*contacts_in_store(book.store)]

    assert came == [NOON + timedelta(hours=1), NOON + timedelta(hours=2)]


LOG = "\ufefffrom,at,agent\n+41,2024-07-01T09:30:00,ana\n+44,2024-07-01 09:45:00Z,rob\n\n"
CUT_SHORT = gzip.compress(LOG.encode(), mtime=0)[:30]


def test_a_log_is_read_by_the_column_that_says_when(tmp_path: Path) -> None:
    """What names a zone has its own, what names none that of the log; a blank line is no row."""
    plain, zipped = tmp_path / "calls.csv", tmp_path / "calls.csv.gz"
    plain.write_text(LOG, encoding="utf-8")
    zipped.write_bytes(gzip.compress(LOG.encode()))

    expected = [datetime(2024, 7, 1, 7, 30, tzinfo=UTC), datetime(2024, 7, 1, 9, 45, tzinfo=UTC)]
    assert [*contacts_in_log(plain, "at", "Europe/Zurich")] == expected
    assert [*contacts_in_log(zipped, "at", "Europe/Zurich")] == expected
    assert next(contacts_in_log(plain, "at")).utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("text", "column", "zone", "says"),
    [
        (LOG, "when", "UTC", "column cannot be `'when'`: `calls.csv` has `from`, `at`, `agent`"),
        ("", "at", "UTC", "`calls.csv` has no columns: the file is empty"),
        (LOG, "agent", "UTC", "`agent` in row 2 of `calls.csv` cannot be `'ana'`: an instant such"),
        (LOG, "at", "Zurich", "zone cannot be `'Zurich'`: it takes an IANA name"),
        (LOG, "at", "../x", "zone cannot be `'../x'`: it takes an IANA name"),
    ],
)
def test_a_log_that_does_not_say_it_is_refused(
    tmp_path: Path, text: str, column: str, zone: str, says: str
) -> None:
    """With the row, and with what there is."""
    log = tmp_path / "calls.csv"
    log.write_text(text, encoding="utf-8")

    with pytest.raises(InvalidValue) as refused:
        list(contacts_in_log(log, column, zone))
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("calls.csv", b"at\n\xff\n", "cannot be read: 'utf-8' codec"),
        ("calls.csv", b'at\n"2024', "cannot be read: unexpected end of data"),
        ("calls.csv.gz", b"at\n", "cannot be read: Not a gzipped file"),
        ("calls.csv.gz", CUT_SHORT, "cannot be read: Compressed file ended"),
    ],
)
def test_a_log_that_cannot_be_read_is_said_to_be_so(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    """And is not taken for a short one."""
    log = tmp_path / name
    log.write_bytes(content)

    with pytest.raises(ImportFailed) as failed:
        list(contacts_in_log(log, "at"))
    assert says in str(failed.value)
    with pytest.raises(ImportFailed, match="No such file or directory"):
        list(contacts_in_log(tmp_path / "none.csv", "at"))
