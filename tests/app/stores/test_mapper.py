"""The engine's own tools read our log: through its notification log, repository, subscriptions."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.projection import ApplicationSubscription

from freezecase import Casebook
from freezecase import commands as do
from freezecase.app.stores.engine import Engine
from freezecase.app.stores.mapper import CaseMapper, Filed
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.recorder import LedgerRecorder
from freezecase.core.evolve import fold, unopened
from freezecase.core.values import Channel
from freezecase.errors import Unreadable
from freezecase.testing.contracts import StoryClock
from tests.app.books import ANA, ENGINE, ROB, STORES, opened, url_of
from tests.app.stores.salted import unsalted

PHONE = Channel.PHONE


@pytest.fixture(params=STORES)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Casebook]:
    """An empty book of each kind."""
    with Casebook.open(url_of(request.param, request, tmp_path), clock=StoryClock()) as made:
        yield made


def engine(store: Any) -> Engine:
    """The engine's application over a store that is open."""
    assert isinstance(store, LedgerRecorder)
    return Engine(store, mapper=CaseMapper())


def told(book: Casebook) -> list[Filed]:
    """Two cases, told by turns; what the engine should find, in ledger order."""
    one, two = opened(book, "acct-1").id, opened(book, "acct-2").id
    book.execute(do.ProposeRelease(one, reason="verified"), by=ANA)
    book.execute(do.RecordContact(two, channel=PHONE), by=ENGINE)
    book.execute(do.ApproveRelease(one), by=ROB)
    records = sorted([*book.history(one), *book.history(two)], key=lambda record: record.index)
    return [Filed(record.case, record.version, record.entry) for record in records]


def test_the_notification_log_is_our_ledger(book: Casebook) -> None:
    """The engine reads every record, in order, under our indexes and our names."""
    filed = told(book)
    app = engine(book.store)
    starts = range(1, len(filed) + 1, 10)
    notifications = [
        note for at in starts for note in app.notification_log.select(start=at, limit=10)
    ]
    assert [note.id for note in notifications] == list(range(1, len(filed) + 1))
    assert [app.mapper.to_domain_event(note) for note in notifications] == filed
    opened_ = [note.topic for note in notifications if note.originator_version == 1]
    assert opened_ == ["freeze-imposed.v1"] * 2
    assert app.recorder.max_notification_id() == len(filed)


def test_the_engine_gives_the_events_of_one_case(book: Casebook) -> None:
    """Its event store gives a case by version; folded, it is the case."""
    filed = told(book)
    app = engine(book.store)
    case = filed[0].originator_id
    found: Any = list(app.events.get(case))
    assert found == [one for one in filed if one.originator_id == case]
    assert fold((one.entry.event for one in found), unopened(case)) == book.case(case)


def test_what_the_engine_saves_a_book_reads(book: Casebook) -> None:
    """Copied through the engine into another store, the history is the same history."""
    filed = told(book)
    with open_store("memory:", clock=lambda: 0) as store:
        app, events = engine(store), filed
        opens: Any = [
            (one.originator_id, one.entry.event) for one in filed if one.originator_version == 1
        ]
        app.save(*events, now=7, opened=[(case, event.account) for case, event in opens])
        copy = Casebook(store, book.policies, book.clock)
        assert list(copy.cases()) == list(book.cases())
        for case in copy.cases():
            ours, theirs = book.history(case.id), copy.history(case.id)
            assert [one.entry for one in ours] == [one.entry for one in theirs]
        with pytest.raises(IntegrityError):
            app.save(events[0], now=8)


def test_a_subscription_sees_the_records_in_order(postgres_url: str) -> None:
    """On PostgreSQL the engine is woken by what a casebook writes, and misses nothing."""
    with (
        Casebook.open(postgres_url, clock=StoryClock()) as book,
        Casebook.open(postgres_url) as mine,
    ):
        case = opened(book).id
        seen: list[tuple[int, object]] = []
        app: Any = engine(mine.store)

        def follow() -> None:
            with ApplicationSubscription(app, gt=0) as subscription:
                told: Any
                for told, tracking in subscription:
                    seen.append((tracking.notification_id, told))
                    if getattr(told.entry.event, "summary", None) == "the last":
                        return

        follower = Thread(target=follow)
        follower.start()
        for summary in [None] * 20 + ["the last"]:
            contact = do.RecordContact(case, channel=PHONE, summary=summary)
            book.execute(contact, by=ENGINE)
        follower.join(timeout=60)
        expected = [Filed(one.case, one.version, one.entry) for one in book.history(case)]
        assert [event for _, event in seen] == expected
        assert [index for index, _ in seen] == list(range(1, len(expected) + 1))


def test_a_record_is_mapped_there_and_back() -> None:
    """The mapper stores our names and our bytes; ids may come as text."""
    with Casebook.open("memory:", clock=StoryClock()) as book:
        case = opened(book).id
        record = book.history(case)[0]
        mapper, filed = CaseMapper(), Filed(case, 1, record.entry)
        stored = mapper.to_stored_event(filed)
        assert (stored.originator_id, stored.originator_version) == (case, 1)
        assert [(stored.topic, stored.state)] == unsalted([book.store.read(case)[0][1:3]])
        assert mapper.to_domain_event(stored) == filed
        text: Any = str(case)
        assert mapper.to_domain_event(StoredEvent(text, 1, stored.topic, stored.state)) == filed
        with pytest.raises(Unreadable, match=f"case `{case}` version 1"):
            mapper.to_domain_event(StoredEvent(case, 1, stored.topic, b"{}"))


def test_the_engines_own_coding_is_never_used() -> None:
    """Whoever reaches for the transcoder is told who writes the bytes."""
    transcoder = CaseMapper().transcoder
    with pytest.raises(NotImplementedError, match="`wire` writes the bytes"):
        transcoder.encode(UUID(int=1))
    with pytest.raises(NotImplementedError, match="`wire` reads the bytes"):
        transcoder.decode(b"{}")
