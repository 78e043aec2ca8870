"""Day-end manifests: written once a day, of all streams, and proofs of where each stood."""

from base64 import b64decode
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from freezecase import Casebook
from freezecase.app.anchoring.day_end import ATTEMPTS, DayEnds, Manifest
from freezecase.app.stores.store import Appended, Row, Store
from freezecase.core.checked import replace
from freezecase.core.manifest import manifest_stream
from freezecase.errors import Conflict, InvalidValue, Tampered
from freezecase.seal.leaf import Header
from freezecase.seal.manifest import StreamHead, entries_at
from freezecase.seal.merkle import includes, leaf_hash
from freezecase.testing.contracts import StoryClock
from tests.app.books import opened
from tests.app.stores.insider import by_hand

ACCOUNTS = ("acct-1", "acct-2", "acct-3")


def ends_of(book: Casebook) -> DayEnds:
    """What writes the manifests of a book, with its clock."""
    return DayEnds(book.store, book.clock)


def today(clock: StoryClock) -> date:
    return clock.instant.date()


def written(book: Casebook, day: date) -> Manifest:
    """The manifest of a day."""
    found = ends_of(book).write(day)
    assert found is not None
    return found


def midnight(clock: StoryClock) -> datetime:
    """Go to the first instant of the next day."""
    at = clock.instant
    return clock.later(
        seconds=24 * 3600 - (at - at.replace(hour=0, minute=0, second=0)).total_seconds()
    )


def test_the_manifest_of_a_day_covers_every_stream(book: Casebook, clock: StoryClock) -> None:
    """How many there are, and the newest record of each, as the headers have them."""
    for account in ACCOUNTS:
        opened(book, account)
    size, day = book.store.size(), today(clock)
    found = written(book, day)
    assert (found.index, found.version) == (size + 1, 1)
    assert (found.heads.day, found.heads.upto, found.heads.streams) == (day, size, len(ACCOUNTS))
    headers = [data for _, data in book.store.headers(0, size)]
    assert len(entries_at(headers)) == len(ACCOUNTS)
    last = Header.read(book.store.header(found.index) or b"")
    assert last.stream == manifest_stream(book.store.origin)
    assert (found.index, "stream-heads.v1") == (last.index, last.name)


def test_every_stream_has_a_proof_in_the_manifest(book: Casebook, clock: StoryClock) -> None:
    """Also the stream of the manifests, in the next one."""
    cases = [opened(book, account).id for account in ACCOUNTS]
    written(book, today(clock))
    midnight(clock)
    opened(book, "acct-4")
    second = written(book, today(clock))
    ends = ends_of(book)
    for stream in [*cases, ends.stream]:
        found = ends.proof(second, stream)
        entry = StreamHead.read(found.entry)
        newest = book.store.versions([stream])[stream] - (stream == ends.stream)
        assert (entry.stream, entry.version) == (stream, newest)
        root = b64decode(second.heads.root)
        assert includes(root, found.size, found.place, leaf_hash(found.entry), found.proof)


def test_a_manifest_is_written_once(book: Casebook, clock: StoryClock) -> None:
    """Asking again changes nothing, on the day and after it."""
    opened(book)
    first = written(book, today(clock))
    size = book.store.size()
    assert written(book, today(clock)) == first
    assert midnight(clock).date() > first.heads.day
    assert written(book, first.heads.day) == first
    assert book.store.size() == size
    assert ends_of(book).all() == [first]


def test_a_day_that_goes_on_gets_another_manifest(book: Casebook, clock: StoryClock) -> None:
    """The last one covers most, and is what counts."""
    one = opened(book, "acct-1").id
    first = written(book, today(clock))
    two = opened(book, "acct-2").id
    second = written(book, today(clock))
    assert written(book, today(clock)) == second
    assert second.heads.upto == book.store.size() - 1
    assert ends_of(book).all() == [first, second]
    ends, size = ends_of(book), book.store.size()
    assert ends.covering(second.heads.upto, size) == second
    at = {case: book.store.read(case, upto=1)[0][3] for case in (one, two)}
    assert ends.covering(at[one], size) == second
    assert ends.covering(at[two], size) == second
    assert ends.covering(at[one], size - 1) == first
    assert ends.covering(at[two], size - 1) is None
    assert ends.covering(second.index, size) is None


def test_a_day_is_covered_to_its_end_and_no_further(book: Casebook, clock: StoryClock) -> None:
    """Whenever it is written: what the next day brought is not in it."""
    opened(book, "acct-1")
    day, upto = today(clock), book.store.size()
    for account in ("acct-2", "acct-3", "acct-4"):
        midnight(clock)
        opened(book, account)
    late = written(book, day)
    assert (late.heads.upto, late.heads.streams) == (upto, 1)
    clock.later(days=-2)
    with pytest.raises(InvalidValue, match="a day that has begun"):
        ends_of(book).write(today(clock) + timedelta(days=1))


def test_the_first_instant_of_a_day_belongs_to_it(book: Casebook, clock: StoryClock) -> None:
    """And the last microsecond to the day before."""
    midnight(clock)
    clock.later(microseconds=-1)
    before, day = opened(book, "acct-1").version, today(clock)
    clock.later(microseconds=1)
    opened(book, "acct-2")
    size = book.store.size()
    assert written(book, day).heads.upto == before
    assert written(book, today(clock)).heads.upto == size + 1
    assert ends_of(book).write(day - timedelta(days=1)) is None


def test_a_store_without_records_has_nothing_to_say(book: Casebook, clock: StoryClock) -> None:
    """No manifest of nothing is written."""
    assert ends_of(book).write(today(clock)) is None
    assert book.store.size() == 0


def test_manifests_are_no_cases(book: Casebook, clock: StoryClock) -> None:
    """Whoever reads cases passes them by."""
    case = opened(book)
    written(book, today(clock))
    assert [one.id for one in book.cases()] == [case.id]
    assert [one.case for one in book.store.cases()] == [case.id]


def test_a_manifest_that_the_headers_do_not_add_up_to_proves_nothing(
    book: Casebook, clock: StoryClock
) -> None:
    """Somebody left a stream out of it, or out of the ledger since."""
    case = opened(book, "acct-1").id
    opened(book, "acct-2")
    found = written(book, today(clock))
    lied = attrs.evolve(found, heads=replace(found.heads, upto=found.heads.upto - 1))
    with pytest.raises(Tampered, match="MANIFEST_MISMATCH"):
        ends_of(book).proof(lied, case)


def test_a_ledger_that_lost_a_header_has_no_end_of_a_day(tmp_path: Path, clock: StoryClock) -> None:
    """Nobody can say where the day ended in it."""
    path = tmp_path / "cases.db"
    with Casebook.open(f"sqlite:///{path}", clock=clock) as book:
        opened(book)
        with closing(by_hand(str(path))) as connection, connection:
            connection.execute("DELETE FROM ledger_leaves WHERE leaf_index > 2")
        with pytest.raises(Tampered, match="LEAF_GAP"):
            ends_of(book).write(today(clock))


class Overtaken:
    """A store in which somebody else always writes the manifest first."""

    def __init__(self, store: Store, first: Callable[[], object], times: int) -> None:
        self._store, self._first, self.left = store, first, times

    def __getattr__(self, name: str) -> Any:
        """Everything else is the store's."""
        return getattr(self._store, name)

    def append(self, rows: list[Row], **others: Any) -> Appended:
        if self.left:
            self.left -= 1
            self._first()
            raise Conflict(rows[0].case, rows[0].version - 1, "somebody was first")
        return self._store.append(rows, **others)


def test_whoever_is_overtaken_takes_the_manifest_of_the_other(
    book: Casebook, clock: StoryClock
) -> None:
    """Two programs at midnight write one manifest."""
    opened(book)
    ends = ends_of(book)
    raced: Any = Overtaken(book.store, lambda: ends.write(today(clock)), 1)
    assert DayEnds(raced, clock).write(today(clock)) == ends.all()[0]
    assert len(ends.all()) == 1


def test_whoever_is_always_overtaken_gives_up_in_the_end(book: Casebook, clock: StoryClock) -> None:
    """It says so; nothing is half written."""
    opened(book)
    raced: Any = Overtaken(book.store, lambda: None, ATTEMPTS)
    with pytest.raises(Conflict, match="others wrote first"):
        DayEnds(raced, clock).write(today(clock))
    assert ends_of(book).all() == []
