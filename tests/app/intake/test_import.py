"""Taking a log in: once, twice, grown, changed, after a crash, strictly."""

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest

from freezecase import Actor, Casebook, Status, commands, errors
from freezecase.app.intake import AnomalyRule, import_log, intake
from freezecase.app.intake.history import LOGS, Ids
from freezecase.app.reading import Reader
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Appended, Row, Store
from freezecase.core.events import ContactReceived, FreezeImposed, FundsForfeited
from freezecase.core.values import Amount, Capability, Channel, Scope
from freezecase.wire.shapes import Source
from tests.app.books import decided
from tests.app.intake.logs import CLOCK, NOW, broken, desk, log, row, take
from tests.app.stores.salted import unsalted


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store("memory:") as opened:
        yield opened


def case_of(account: str, ordinal: int = 1) -> UUID:
    return Ids("desk").case(account, ordinal)


def kinds(store: Store, case: UUID) -> list[str]:
    return [record.kind for record in Reader(store).history(case)]


def test_a_row_becomes_a_record_that_says_where_it_comes_from(store: Store, tmp_path: Path) -> None:
    """What happened keeps its time and its row; when it was recorded is now; nothing was ruled."""
    path = log(tmp_path, row(1, "freeze"), row(2, "take", amount="1500000"))

    report = take(store, path)
    first, second = Reader(store).history(case_of("a1"))

    assert (report.rows, report.imported, report.events, report.opened) == (2, 2, 2, 1)
    assert first.event == FreezeImposed(
        account="a1",
        ground="aml-alert",  # type: ignore[arg-type]
        scope=Scope.of(Capability.TRANSFER),
        by="staff:ana",
    )
    assert second.event == FundsForfeited(
        basis="order", by="staff:ana", amount=Amount.of("1.5", "USDT")
    )
    assert (second.occurred_at.isoformat(), second.recorded_at) == (
        "2025-01-01T02:00:00+00:00",
        NOW,
    )
    assert second.actor == Actor.staff("ana")
    assert second.source is not None
    assert second.source == Source(log="desk", id="2", row=3, digest=second.source.digest)
    assert second.command_id == uuid5(uuid5(LOGS, "desk"), "row\n2")
    assert (second.command, second.ruling, second.cause) == (None, None, None)


def test_the_cases_are_like_any_other(tmp_path: Path) -> None:
    """An imported case is listed under its account, and takes commands."""
    with Casebook.open("memory:", clock=CLOCK) as book:
        take(book.store, log(tmp_path, row(1, "freeze")))
        (case,) = book.cases(account="a1")
        after = book.execute(
            commands.UpholdFreeze(case.id, reason="it stands"), by=Actor.staff("rob", "reviewer")
        )

        assert after.case.status is Status.UPHELD


def test_one_row_may_stand_for_two_events_of_one_instant(store: Store, tmp_path: Path) -> None:
    take(store, log(tmp_path, row(1, "freeze"), row(2, "free")))
    _, ordered, enforced = Reader(store).history(case_of("a1"))

    assert (ordered.kind, enforced.kind) == ("release-ordered", "release-enforced")
    assert (ordered.command_id, ordered.occurred_at, ordered.source) == (
        enforced.command_id,
        enforced.occurred_at,
        enforced.source,
    )


def test_file_order_need_not_be_event_order(store: Store, tmp_path: Path) -> None:
    """Whole numbers sort by size, not by their first digit; accounts by their first event."""
    lines = [row(10, "free"), row(3, "freeze", "a2"), row(9, "freeze")]

    report = take(store, log(tmp_path, *lines))

    assert broken(report) == []
    assert [case.account for case in Reader(store).cases()] == ["a2", "a1"]
    assert kinds(store, case_of("a1"))[0] == "freeze-imposed"


def test_a_freeze_after_the_case_ended_is_a_further_case(store: Store, tmp_path: Path) -> None:
    lines = [row(1, "freeze"), row(2, "free"), row(3, "freeze"), row(4, "free"), row(5, "freeze")]
    lines.append(row(6, "take", amount="1"))

    report = take(store, log(tmp_path, *lines))
    again = take(store, log(tmp_path, *lines))

    assert (report.keys, report.opened, broken(report)) == (1, 3, [])
    assert [kinds(store, case_of("a1", n)) for n in (1, 3)] == [
        ["freeze-imposed", "release-ordered", "release-enforced"],
        ["freeze-imposed", "funds-forfeited"],
    ]
    assert (again.known, again.events) == (6, 0)


def test_twice_is_nothing_new_and_the_same_report(store: Store, tmp_path: Path) -> None:
    path = log(tmp_path, row(1, "freeze"), row(2, "freeze"), row(3, "nonsense"))

    first, second = take(store, path), take(store, path)

    assert (first.imported, first.known, first.left_out) == (2, 0, 1)
    assert (second.imported, second.known, second.left_out, second.events) == (0, 2, 1, 0)
    assert list(first.anomalies) == list(second.anomalies)
    assert "nothing new" in second.in_words()
    assert store.size() == 2


def test_a_file_that_grew_brings_what_is_new(store: Store, tmp_path: Path) -> None:
    """New rows go on from the newest version of their case, though they come from a file alone."""
    take(store, log(tmp_path, row(1, "freeze"), row(2, "freeze", "a2")))
    whole = take(store, log(tmp_path, row(1, "freeze"), row(2, "freeze", "a2"), row(3, "free")))
    alone = take(store, log(tmp_path, row(4, "freeze"), row(5, "free", "a2")))

    assert (whole.imported, whole.known, alone.imported, alone.known) == (1, 2, 2, 0)
    assert kinds(store, case_of("a1", 2)) == ["freeze-imposed"]
    assert kinds(store, case_of("a2"))[-1] == "release-enforced"


def test_a_grown_file_is_judged_by_where_the_case_stands_now(tmp_path: Path) -> None:
    """What happened here since the first import counts for the rows that come with the second."""
    with Casebook.open("memory:", clock=CLOCK) as book:
        take(book.store, log(tmp_path, row(1, "freeze")))
        staff = Actor.staff("rob", "reviewer")
        case = case_of("a1")
        book.execute(commands.RecordContact(case, channel=Channel.PHONE), by=staff)
        report = take(book.store, log(tmp_path, row(1, "freeze"), row(2, "free")))

        assert (report.imported, report.known, broken(report)) == (1, 1, [])
        assert decided(book.history(case)) == [
            "freeze-imposed",
            "contact-received",
            "release-ordered",
            "release-enforced",
        ]
        assert type(book.history(case)[1].event) is ContactReceived


def test_a_changed_row_is_reported_and_the_record_stays(store: Store, tmp_path: Path) -> None:
    take(store, log(tmp_path, row(1, "freeze")))

    report = take(store, log(tmp_path, row(1, "freeze", who="eve"), row(2, "free")))

    assert broken(report) == [("changed-row", 2)]
    assert (report.imported, report.left_out, report.rows) == (1, 1, 2)
    (anomaly,) = report.anomalies
    assert anomaly.content[4] == "eve"
    assert Reader(store).history(case_of("a1"))[0].actor.id == "ana"


def test_rows_that_moved_or_are_gone_change_nothing(tmp_path: Path) -> None:
    """A record is gone by with its row: before it, after it, or with none in the file at all."""
    with Casebook.open("memory:", clock=CLOCK) as book:
        rows = [row(1, "freeze"), *(row(n, "take", amount="1") for n in (2, 3, 4))]
        take(book.store, log(tmp_path, *rows))
        staff = Actor.staff("rob", "reviewer")
        book.execute(commands.RecordContact(case_of("a1"), channel=Channel.PHONE), by=staff)
        take(book.store, log(tmp_path, row(5, "take", amount="1")))
        by_time = desk(order='order = ["time"]')
        later = "2025-06-01T00:00:00Z"

        moved = take(
            book.store, log(tmp_path, rows[2], rows[1], rows[0]), desk(order='order = ["who"]')
        )
        gone = take(
            book.store,
            log(tmp_path, row(5, "take", amount="1"), row(6, "free", time=later)),
            by_time,
        )

        assert (moved.known, moved.events, broken(moved)) == (3, 0, [])
        assert (gone.known, gone.imported, broken(gone)) == (1, 1, [])


def test_columns_may_move_and_be_added(store: Store, tmp_path: Path) -> None:
    """A row is what its filled cells say, wherever they stand."""
    take(store, log(tmp_path, row(1, "freeze")))
    moved = (
        "note,until,amount,who,what,account,time,id\n,,,ana,freeze,a1,2025-01-01T01:00:00+00:00,1\n"
    )

    report = take(store, log(tmp_path, moved, header=""))

    assert (report.known, broken(report)) == (1, [])


def test_rows_that_are_skipped_by_name_are_counted(store: Store, tmp_path: Path) -> None:
    report = take(store, log(tmp_path, row(1, "tick"), row(2, "freeze"), row(3, "tick")))

    assert (report.rows, dict(report.skipped)) == (1, {"tick": 2})


def test_strict_writes_nothing_when_one_row_breaks_a_rule(store: Store, tmp_path: Path) -> None:
    """The first anomaly in the order of events is named, wherever its case comes."""
    lines = [row(1, "freeze"), row(2, "freeze", "a2"), row(5, "freeze"), row(4, "freeze", "a2")]

    with pytest.raises(errors.AnomalyFound) as found:
        take(store, log(tmp_path, *lines), strict=True)

    assert str(found.value) == (
        "log `desk` row 5, case `a2`: repeated-freeze: the case is `in_force` already: a freeze "
        "may follow once it is released (and 1 more); nothing was written: mend the log, or import "
        "it leniently, which keeps what happened and reports every anomaly"
    )
    assert found.value.__dict__["anomaly"].rule is AnomalyRule.REPEATED_FREEZE
    assert store.size() == 0


def test_strict_names_the_only_anomaly(store: Store, tmp_path: Path) -> None:
    with pytest.raises(errors.AnomalyFound, match="begin too late; nothing was written"):
        take(store, log(tmp_path, row(1, "take", amount="1")), strict=True)


def test_strict_takes_a_clean_log_and_what_it_grew_by(store: Store, tmp_path: Path) -> None:
    first = take(store, log(tmp_path, row(1, "freeze")), strict=True)
    second = take(store, log(tmp_path, row(1, "freeze"), row(2, "free")), strict=True)

    assert (first.imported, second.imported, second.known) == (1, 1, 1)
    assert kinds(store, case_of("a1"))[-1] == "release-enforced"


TOGETHER = {"id": 'id = "ordinal"', "order": 'order = "file"\ntogether = true'}


def test_strict_meets_a_case_whole_even_if_the_mapping_is_wrong(
    store: Store, tmp_path: Path
) -> None:
    """Rows said to stand together that do not are sorted for the rehearsal, and for the import."""
    lines = [row(1, "freeze"), row(2, "freeze", "a2"), row(3, "freeze")]

    with pytest.raises(errors.AnomalyFound, match="row 4, case `a1`: repeated-freeze"):
        take(store, log(tmp_path, *lines), desk(**TOGETHER), strict=True)

    assert store.size() == 0


def test_rows_that_should_stand_together_and_do_not_are_found_out(
    store: Store, tmp_path: Path
) -> None:
    """One pass cannot number them rightly; it says so, and overwrites nothing."""
    lines = [row(1, "freeze"), row(2, "freeze", "a2"), row(3, "free")]

    report = take(store, log(tmp_path, *lines), desk(**TOGETHER))

    assert broken(report) == [("changed-row", 4)]
    assert kinds(store, case_of("a1")) == ["freeze-imposed"]


def test_batches_are_bounded_and_a_case_may_span_them(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Progress is told in steps; what is in memory is a batch and the case under way."""
    monkeypatch.setattr(intake, "BATCH", 2)
    lines = [row(1, "freeze"), *(row(n, "take", amount="1") for n in range(2, 6))]
    told: list[tuple[int, int | None]] = []
    path = log(tmp_path, *lines)

    import_log(store, desk(), path, strict=False, clock=CLOCK, progress=lambda *at: told.append(at))

    assert told == [(0, 5), (2, 5), (4, 5), (5, 5)]
    assert Reader(store).case(case_of("a1")).version == 5


class Crashing:
    """A store whose process dies at the second append."""

    def __init__(self, store: Store) -> None:
        self._store, self.appends = store, 0

    def __getattr__(self, name: str) -> Any:
        """Do as the store does."""
        return getattr(self._store, name)

    def append(self, rows: Sequence[Row], **more: Any) -> Appended:
        self.appends += 1
        if self.appends > 1:
            raise errors.StoreFull("no room is left")
        return self._store.append(rows, **more)


@pytest.mark.parametrize("rows", [6, 4], ids=["while going on", "at the very end"])
def test_a_crash_half_way_is_completed_by_the_next_import(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    """What was acknowledged stays, the rest comes later, and all is as if nothing happened."""
    monkeypatch.setattr(intake, "BATCH", 2)
    lines = [
        row(1, "freeze"),
        *(row(n, "take", amount=str(n)) for n in range(2, rows)),
        row(rows, "free"),
    ]
    path = log(tmp_path, *lines)
    crashing: Any = Crashing(store)

    with pytest.raises(errors.StoreFull):
        take(crashing, path)
    assert store.size() == 2
    report = take(store, path)

    assert (report.known, report.imported) == (2, rows - 2)
    with open_store("memory:") as other:
        take(other, path)
        assert unsalted(one[3:] for one in other.scan()) == unsalted(
            one[3:] for one in store.scan()
        )


def test_what_goes_wrong_in_a_row_is_not_hidden_by_the_store(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction under way is waited for, and the first error is the one that is raised."""
    monkeypatch.setattr(intake, "BATCH", 1)
    path = log(tmp_path, row(1, "freeze"), '"never closed')
    mapping = desk(**TOGETHER)

    with pytest.raises(errors.ImportFailed, match="after row 2"):
        take(store, path, mapping)

    assert store.size() == 1


def test_a_zipped_log_is_known_by_its_bytes(store: Store, tmp_path: Path) -> None:
    path = log(tmp_path, row(1, "freeze"))
    path.write_bytes(gzip.compress(path.read_bytes()))

    assert take(store, path).imported == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [("\n", "\r\n"), ("id,time", "\ufeffid,time"), ("id,time", " id , time"), ("\n", "\n\n")],
    ids=["Windows", "BOM", "blanks", "blank lines"],
)
def test_the_same_log_written_otherwise_is_the_same(
    store: Store, tmp_path: Path, old: str, new: str
) -> None:
    path = log(tmp_path, row(1, "freeze"), row(2, "free"))
    take(store, path)
    path.write_text(
        path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8", newline=""
    )

    report = take(store, path)

    assert (report.known, report.rows, broken(report)) == (2, 2, [])


def test_a_cell_with_line_breaks_is_one_row(store: Store, tmp_path: Path) -> None:
    report = take(store, log(tmp_path, row(1, "freeze", who='"ana\nmaria"'), row(2, "nonsense")))

    assert broken(report) == [("bad-value", 2), ("unknown-kind", 3)]


def test_a_header_alone_is_an_empty_log(store: Store, tmp_path: Path) -> None:
    report = take(store, log(tmp_path))

    assert (report.rows, report.events, len(report.anomalies)) == (0, 0, 0)
