"""
Replaying a whole store.

A sound store has no findings. Each damage is done to a copy with raw SQL, behind the library's
back, and each has its finding: where, what stands there, and what should.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.checked import replace
from freezecase.core.events import CaseEvent
from freezecase.core.values import Ground, Scope
from freezecase.replay import one_case
from freezecase.replay.by_the_book import by_the_book
from freezecase.replay.finding import CODES, Findings, Severity
from freezecase.replay.history import replay
from freezecase.replay.replayed import ReplayReport
from freezecase.wire.shapes import Asked, Entry, Source
from tests.replay.damaged import (
    ANA,
    BEGIN,
    FIRST,
    ROB,
    SECOND,
    WALLETS,
    Damaged,
    SlowClock,
    sound_store,
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sound_store(tmp_path_factory.mktemp("sound") / "cases.db")


@pytest.fixture
def store(sound: Path, tmp_path: Path) -> Damaged:
    return Damaged.copy(sound, tmp_path)


def found(report: ReplayReport) -> list[tuple[str, str, str, str]]:
    return [(one.code, one.where, one.said, one.expected) for one in report.findings]


# --- a sound store -----------------------------------------------------------------------------


def test_a_sound_store_is_clean_and_counted(store: Damaged) -> None:
    report = store.replayed()

    assert report.clean
    assert report.complete
    assert (report.records, report.cases, report.unsound, report.imported) == (8, 2, 0, 0)
    assert report.by_status == {"in_force": 1, "released": 1}
    assert report.by_kind["freeze-imposed"] == 2
    assert report.by_kind["attempt-refused"] == 1
    assert list(report.by_policy.values()) == [7]
    assert report.first_recorded_at == BEGIN
    assert BEGIN + timedelta(minutes=6) == report.last_recorded_at


def test_a_store_without_records_is_clean(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'empty.db'}") as store:
        report = replay(store)

    assert report.clean
    assert (
        report.records,
        report.cases,
        report.first_recorded_at,
        report.last_recorded_at,
    ) == (0, 0, None, None)


def test_progress_is_told_at_the_end_of_a_short_replay(store: Damaged) -> None:
    told: list[tuple[int, int]] = []
    with open_store(f"sqlite:///{store.path}") as opened:
        replay(opened, progress=lambda done, of: told.append((done, of)))

    assert told == [(16, 16)]


def test_a_record_that_comes_in_meanwhile_is_read_too(store: Damaged) -> None:
    with Casebook.open(f"sqlite:///{store.path}", clock=SlowClock(60, 100)) as book:
        asked = [do.ConfirmEnforcement(SECOND)]
        scan = book.store.scan

        def scan_while_writing(after: int = 0, until: int | None = None) -> Any:
            yield from scan(after, until)
            while asked:
                book.execute(asked.pop(), by=ANA)

        report = replay(cast("Store", _Instead(book.store, scan=scan_while_writing)))

    assert report.clean
    assert report.records == 8 + 3, "the confirmation, and the two that nobody owed so far"


class _Instead:
    """A store that does one thing otherwise."""

    def __init__(self, store: Any, **instead: Any) -> None:
        self._store = store
        self.__dict__.update(instead)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


# --- damage, row by row ------------------------------------------------------------------------

SHORTER = "UPDATE stored_events SET state = substr(state, 1, 40) WHERE rowid = 4"
CASE_1 = f"case `{FIRST}`"
_SWAP = (
    "UPDATE stored_events SET rowid = 100 WHERE rowid = 3",
    "UPDATE stored_events SET rowid = 3 WHERE rowid = 4",
    "UPDATE stored_events SET rowid = 4 WHERE rowid = 100",
)
HEAD = "the head of the ledger"
LIST = "the list of cases"
AT_2 = f"recorded_at {1772438460000000}"

BY_SQL: list[tuple[str, tuple[str, ...], tuple[str, str, str]]] = [
    # code | what is done | where, what stands there, what should
    (
        "row-misshapen",
        ("UPDATE stored_events SET originator_version = 'three' WHERE rowid = 4",),
        ("ledger index 4", "version `'three'`", "a whole number"),
    ),
    (
        "row-misshapen",
        ("UPDATE stored_events SET originator_id = 'nobody' WHERE rowid = 2",),
        ("ledger index 2", "case `'nobody'`", "32 hex digits"),
    ),
    (
        "row-misshapen",
        ("UPDATE stored_events SET topic = x'00' WHERE rowid = 2",),
        ("ledger index 2", "name `b'\\x00'`", "text"),
    ),
    (
        "row-misshapen",
        ("UPDATE stored_events SET state = 'words' WHERE rowid = 2",),
        ("ledger index 2", "state `'words'`", "bytes"),
    ),
    (
        "row-misshapen",
        ("UPDATE stored_events SET recorded_at = 'noon' WHERE rowid = 3",),
        ("ledger index 3", "recorded_at `noon`", "microseconds since 1970"),
    ),
    (
        "row-misshapen",
        (f"UPDATE stored_events SET recorded_at = {2**62} WHERE rowid = 3",),
        ("ledger index 3", f"recorded_at `{2**62}`", "microseconds since 1970"),
    ),
    (
        "unknown-name",
        ("UPDATE stored_events SET topic = 'freeze-melted.v1' WHERE rowid = 3",),
        (
            f"{CASE_1} version 2",
            f"unknown stored name `freeze-melted.v1` at {CASE_1} version 2: "
            "this version of freezecase cannot read it",
            "a name of the registry",
        ),
    ),
    (
        "unreadable",
        (SHORTER,),
        (
            f"{CASE_1} version 3",
            f"cannot read `release-proposed.v1` at {CASE_1} version 3: Input data was truncated",
            "the one spelling of a record",
        ),
    ),
    (
        "version-gap",
        ("DELETE FROM stored_events WHERE rowid = 4",),
        (f"{CASE_1} version 4", "version 4", "version 3"),
    ),
    (
        "ledger-gap",
        ("DELETE FROM stored_events WHERE rowid = 4",),
        ("ledger index 5", "after 3", "after 4"),
    ),
    (
        "head-wrong",
        ("UPDATE ledger_head SET size = 7",),
        (
            HEAD,
            "7 records, the last recorded at 1772438760000000",
            "8 records, the last recorded at 1772438760000000",
        ),
    ),
    (
        "head-wrong",
        ("DELETE FROM stored_events WHERE rowid = 8",),
        (
            HEAD,
            "8 records, the last recorded at 1772438760000000",
            "7 records, the last recorded at 1772438700000000",
        ),
    ),
    (
        "order-broken",
        _SWAP,
        (f"{CASE_1} version 3", "ledger index 3", "an index past 4, that of the version before"),
    ),
    (
        "time-fell",
        ("UPDATE stored_events SET recorded_at = 1 WHERE rowid = 3",),
        ("ledger index 3", "recorded_at 1", "1772438460000000 or later"),
    ),
    (
        "turn-broken",
        (
            "UPDATE stored_events SET originator_version = 9 - originator_version "
            "WHERE originator_version IN (1, 2) AND rowid > 8",
            "UPDATE stored_events SET originator_id = printf('%032x', 2), originator_version = 2 "
            "WHERE rowid = 7",
        ),
        (
            f"case `{SECOND}` version 2",
            f"cause 5, command `{UUID(int=6)}`",
            "cause 1, with the command and actor of that version",
        ),
    ),
    (
        "ruling-contradicted",
        (
            "UPDATE stored_events SET originator_id = printf('%032x', 2), originator_version = 2 "
            "WHERE rowid = 3",
        ),
        (
            f"case `{SECOND}` version 2",
            f"the command is about case `{FIRST}`",
            "the case it stands in",
        ),
    ),
    (
        "ruling-contradicted",
        ("UPDATE stored_events SET recorded_at = 1772438400000000 WHERE rowid = 2",),
        (
            f"case `{SECOND}` version 1",
            "ruled 2026-03-02T08:01:00+00:00, recorded before that",
            "a ruling before its record",
        ),
    ),
    (
        "listed-wrongly",
        ("UPDATE cases SET account = 'acct-9' WHERE opened = 2",),
        (f"{LIST}, ledger index 2", "account `acct-9`", "account `acct-2`"),
    ),
    (
        "listed-wrongly",
        ("DELETE FROM cases WHERE opened = 2",),
        (f"{LIST}, ledger index 2", "nothing", f"case `{SECOND}`"),
    ),
    (
        "listed-wrongly",
        ("UPDATE cases SET opened = 3 WHERE opened = 2",),
        (
            f"{LIST}, ledger index 3",
            f"case `{SECOND}` begins here",
            f"case `{FIRST}` version 2",
        ),
    ),
    (
        "listed-wrongly",
        (f"INSERT INTO cases VALUES (9, '{UUID(int=3).hex}', 'acct-3', NULL)",),
        (LIST, f"case `{UUID(int=3)}` begins at ledger index 9", "a record there"),
    ),
    (
        "listed-wrongly",
        ("UPDATE cases SET case_id = 'nobody' WHERE opened = 2",),
        (LIST, "badly formed hexadecimal UUID string", "a list"),
    ),
]


@pytest.mark.parametrize(("code", "done", "expected"), BY_SQL)
def test_damage_done_to_rows_is_found(
    store: Damaged, code: str, done: tuple[str, ...], expected: tuple[str, str, str]
) -> None:
    report = store.sql(*done).replayed()

    assert (code, *expected) in found(report)
    assert report.complete


def test_bytes_that_say_more_than_they_should_are_found(store: Damaged) -> None:
    padded = "UPDATE stored_events SET state = CAST(state || ' ' AS BLOB) WHERE rowid = 4"

    (finding,) = store.sql(padded).replayed().findings

    assert ("unreadable", f"{CASE_1} version 3") == (finding.code, finding.where)
    assert "cannot read `release-proposed.v1`" in finding.said


# --- damage, record by record: each is written anew in its one spelling -------------------------

OTHER = UUID(int=77)
LATE = BEGIN + timedelta(days=1)


def asked_anew(**changes: Any) -> Callable[[Entry], Entry]:
    """Change the ruling of a record."""

    def change(entry: Entry) -> Entry:
        assert entry.asked is not None
        asked = Asked(command=entry.asked.command, ruling=replace(entry.asked.ruling, **changes))
        return replace(entry, asked=asked)

    return change


def anew(**changes: Any) -> Callable[[Entry], Entry]:
    """Change a record."""
    return lambda entry: replace(entry, **changes)


OPENED = "a command and its ruling"
OF_5 = "cause 5, with the command and actor of that version"
BY_RECORD: list[tuple[str, int, Callable[[Entry], Entry], tuple[str, str, str]]] = [
    # code | which record | what is done | where, what stands there, what should
    (
        "turn-broken",
        1,
        anew(asked=None),
        (f"{CASE_1} version 1", f"cause None, command `{FIRST}`", OPENED),
    ),
    (
        "turn-broken",
        1,
        anew(asked=None, cause=1),
        (f"{CASE_1} version 1", f"cause 1, command `{FIRST}`", OPENED),
    ),
    (
        "turn-broken",
        7,
        anew(cause=4),
        (f"{CASE_1} version 6", f"cause 4, command `{UUID(int=6)}`", OF_5),
    ),
    (
        "turn-broken",
        7,
        anew(cause=None),
        (f"{CASE_1} version 6", f"cause None, command `{UUID(int=6)}`", OF_5),
    ),
    (
        "turn-broken",
        7,
        anew(command_id=OTHER),
        (f"{CASE_1} version 6", f"cause 5, command `{OTHER}`", OF_5),
    ),
    (
        "turn-broken",
        7,
        anew(actor=ANA),
        (f"{CASE_1} version 6", f"cause 5, command `{UUID(int=6)}`", OF_5),
    ),
    (
        "turn-broken",
        4,
        anew(cause=1),
        (
            f"{CASE_1} version 3",
            f"cause 1, command `{UUID(int=4)}`",
            "cause 2, with the command and actor of that version",
        ),
    ),
    (
        "command-twice",
        4,
        anew(command_id=UUID(int=3)),
        (f"{CASE_1} version 3", f"command `{UUID(int=3)}` again", "each command once"),
    ),
    (
        "ruling-contradicted",
        4,
        asked_anew(by="staff:rob"),
        (f"{CASE_1} version 3", "the ruling answers `staff:rob`", "the actor of the record"),
    ),
    (
        "ruling-contradicted",
        4,
        asked_anew(allowed=False),
        (
            f"{CASE_1} version 3",
            "the ruling refused it, and `release-proposed` followed",
            "what the ruling says",
        ),
    ),
    (
        "ruling-contradicted",
        5,
        asked_anew(allowed=True),
        (
            f"{CASE_1} version 4",
            "the ruling allowed it, and `attempt-refused` followed",
            "what the ruling says",
        ),
    ),
    (
        "ruling-contradicted",
        4,
        asked_anew(at=LATE),
        (
            f"{CASE_1} version 3",
            "ruled 2026-03-03T08:00:00+00:00, recorded before that",
            "a ruling before its record",
        ),
    ),
    (
        "ruling-contradicted",
        1,
        anew(command_id=OTHER),
        (f"{CASE_1} version 1", f"the command is about case `{OTHER}`", "the case it stands in"),
    ),
    (
        "ruling-contradicted",
        6,
        anew(event=e.ReleaseApproved(by="staff:eve")),
        (f"{CASE_1} version 5", "the event names `staff:eve`", "the actor of the record"),
    ),
    (
        "event-illegal",
        4,
        anew(event=e.HandOverAccepted(by=ANA.person)),
        (
            f"{CASE_1} version 3",
            "`hand-over-accepted` while the case was not offered to anybody",
            "one of `transfer-case`",
        ),
    ),
    (
        "event-illegal",
        4,
        anew(event=e.AppealUpheld(by=ANA.person, reason="so")),
        (f"{CASE_1} version 3", "`appeal-upheld` while the case is `in_force`", ""),
    ),
    (
        "event-illegal",
        2,
        anew(event=e.FreezeUpheld(by="system:wallets", reason="so")),
        (
            f"case `{SECOND}` version 1",
            "`freeze-upheld` while the case is `unopened`",
            "one of `freeze-imposed`",
        ),
    ),
]


@pytest.mark.parametrize(("code", "index", "change", "expected"), BY_RECORD)
def test_damage_done_to_records_is_found(
    store: Damaged,
    code: str,
    index: int,
    change: Callable[[Entry], Entry],
    expected: tuple[str, str, str],
) -> None:
    report = store.rewritten(index, change).replayed()

    *shortened, allowed = expected
    assert [allowed] == [
        one.expected if allowed else allowed
        for one in report.findings
        if [code, *shortened] == [one.code, one.where, one.said]
    ]


def test_what_was_imported_was_ruled_elsewhere(store: Damaged) -> None:
    source = Source(log="old", id="r-1", row=7, digest=f"sha256:{'0' * 64}")
    imported = anew(asked=None, source=source, event=e.HandOverAccepted(by=ANA.person), actor=ROB)

    report = store.rewritten(4, imported).replayed()

    assert "turn-broken" not in report.found
    assert report.imported == 1
    assert f"{CASE_1} version 3" not in [one.where for one in report.findings]


# --- what is asked of a whole case ---------------------------------------------------------------


def test_a_fold_that_differs_from_the_rules_said_a_second_time_is_found(
    store: Damaged, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(events: list[CaseEvent]) -> Any:
        return replace(by_the_book(events), owner="staff:nobody")

    monkeypatch.setattr(one_case, "by_the_book", forgetful)

    report = store.replayed()

    assert [
        ("fold-differs", f"case `{case}`, owner", "folded: None", "by the book: staff:nobody")
        for case in (FIRST, SECOND)
    ] == found(report)


def test_after_a_missing_record_the_rest_of_the_case_is_read_but_not_judged(
    store: Damaged,
) -> None:
    gone = "DELETE FROM stored_events WHERE rowid = 4"
    cut = "UPDATE stored_events SET state = substr(state, 1, 40) WHERE rowid = 7"

    report = store.sql(gone, cut).replayed()

    assert report.found == {"unreadable": 1, "version-gap": 1, "ledger-gap": 1}
    assert (report.records, report.cases, report.unsound) == (7, 2, 1)
    assert report.by_status == {"in_force": 1}


# --- the report itself ---------------------------------------------------------------------------


def test_a_store_that_gives_up_is_a_finding_and_the_rest_is_still_read(store: Damaged) -> None:
    report = store.sql("DROP TABLE stored_events").replayed()

    assert not report.complete
    assert [one.where for one in report.findings if one.code == "store-unreadable"] == [
        "the ledger",
        "the cases",
    ]


def test_a_store_without_its_head_is_a_finding(store: Damaged) -> None:
    report = store.sql("DELETE FROM ledger_head").replayed(progress=True)

    assert ("head-wrong", HEAD) in [(one.code, one.where) for one in report.findings]
    assert report.records == 8


def test_findings_come_gravest_first_and_advise(store: Damaged) -> None:
    report = store.sql("DELETE FROM cases", "UPDATE ledger_head SET size = 7", SHORTER).replayed()

    codes = [one.code for one in report.findings]
    assert codes == ["unreadable", "head-wrong", "listed-wrongly", "listed-wrongly"]
    assert report.found == {"unreadable": 1, "head-wrong": 1, "listed-wrongly": 2}
    assert [one.severity for one in report.findings] == [
        Severity.ERROR,
        Severity.ERROR,
        Severity.WARNING,
        Severity.WARNING,
    ]
    assert CODES["unreadable"].advice == report.findings[0].advice


def test_all_findings_are_counted_and_as_many_told_as_asked_for(store: Damaged) -> None:
    report = store.sql("DELETE FROM cases").replayed(keep=1)

    assert report.found == {"listed-wrongly": 2}
    assert len(report.findings) == 1
    assert not report.clean


def test_of_what_is_found_in_several_cases_the_first_is_told(store: Damaged) -> None:
    both = "UPDATE stored_events SET state = x'7b' WHERE originator_version = 1"

    report = store.sql(both).replayed(keep=1)

    assert report.found["unreadable"] == 2
    assert [str(FIRST) in one.where for one in report.findings if one.code == "unreadable"] == [
        True
    ]


def test_a_code_that_is_not_in_the_table_cannot_be_noted() -> None:
    with pytest.raises(KeyError):
        Findings(1).note("no-such-code", "here", "this", "that")


def test_every_code_is_documented_and_produced_by_a_test_above() -> None:
    produced = {code for code, *_ in BY_SQL} | {code for code, *_ in BY_RECORD}

    assert set(CODES) == produced | {"store-unreadable", "part-lost", "fold-differs"}
    assert all(code.means and code.advice for code in CODES.values())


def test_what_a_casebook_writes_is_clean(tmp_path: Path) -> None:
    """With everything that is owed, and whatever was missed meanwhile."""
    clock = SlowClock()
    with Casebook.open(f"sqlite:///{tmp_path / 'cases.db'}", clock=clock) as book:
        freeze = do.ImposeFreeze(
            account="acct-1", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
        )
        case = book.execute(freeze, by=WALLETS).case.id
        clock.minutes += 9 * 24 * 60
        book.run_due(BEGIN + timedelta(days=9))
        book.execute(do.ConfirmEnforcement(case), by=WALLETS)
        report = replay(book.store)

    assert report.clean
    assert report.by_kind["obligation-missed"] > 3
