"""
Real histories, written by nobody here, go through the same fold.

The figures are counted anew here, from the rows as they stand, where that is simple enough. The
files lie beside the checkout and are no part of the project; without them these tests are skipped.
"""

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest

from freezecase import errors
from freezecase.app.intake import AnomalyRule, ImportReport, import_log, load_mapping
from freezecase.app.reading import folded_cases
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.core.events import FundsForfeited
from freezecase.wire.codec import read_entry
from tests.app.intake.logs import CLOCK

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data"
LOGS = {
    "usdt": DATA / "usdt_freezes" / "usdt_configs.csv",
    "wikipedia": DATA / "wikipedia_blocks" / "enwiki_account_blocks_2018_2019.csv.gz",
    "cfpb": DATA / "cfpb_2016_disputed" / "consumer_complaints.csv",
    "road-traffic": DATA / "road_traffic_fines" / "road_traffic_fines.csv.gz",
}
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the folder of real histories is absent")

T = TypeVar("T")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'cases.db'}", synchronous="NORMAL") as opened:
        yield opened


def take(store: Store, name: str, *, strict: bool = False) -> ImportReport:
    mapping = load_mapping(ROOT / "examples" / "imports" / f"{name}.toml")
    return import_log(store, mapping, LOGS[name], strict=strict, clock=CLOCK)


def test_the_freezes_of_a_stablecoin(store: Store) -> None:
    """Every case event is there, who is frozen at the end is, and the money adds up exactly."""
    report, again = take(store, "usdt"), take(store, "usdt")

    assert (report.rows, report.imported, report.keys, report.opened) == (1480, 1480, 830, 830)
    assert dict(report.skipped) == {"Issue": 153, "Redeem": 3}
    assert report.anomalies.by_rule == {"repeated-freeze": 4}
    assert sum(case.frozen for case in folded_cases(store.scan_cases())) == 780
    assert (again.events, again.known, again.anomalies.by_rule) == (0, 1480, {"repeated-freeze": 4})
    assert "nothing new" in again.in_words()

    with LOGS["usdt"].open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["event_name"] == "DestroyedBlackFunds"]
    seized = {
        (raw[2], int(read_entry(raw[4], raw[5]).source.row)): event.amount.units  # type: ignore[union-attr]
        for raw in store.scan()
        if isinstance(event := read_entry(raw[4], raw[5]).event, FundsForfeited) and event.amount
    }
    assert sum(map(Decimal, seized.values())) * 10**6 == sum(
        Decimal(row["_balance"]) for row in rows
    )
    assert round(sum(map(Decimal, seized.values())), -5) == Decimal(176_200_000)
    assert len({case for case, _row in seized}) == 524


def test_each_repeated_freeze_is_named(store: Store) -> None:
    """The four addresses that were frozen while frozen, found here by hand."""
    report = take(store, "usdt")
    with LOGS["usdt"].open(newline="") as file:
        rows = [(n, row) for n, row in enumerate(csv.DictReader(file), start=2)]
    rows.sort(key=lambda row: (int(row[1]["block_number"]), int(row[1]["log_index"])))
    frozen, twice = set[str](), list[tuple[int, str]]()
    for number, row in rows:
        address = row["_user"] or row["_blackListedUser"]
        if row["event_name"] == "AddedBlackList":
            twice += [(number, address)] if address in frozen else []
            frozen.add(address)
        elif row["event_name"] == "RemovedBlackList":
            frozen.discard(address)

    found = report.anomalies.of(AnomalyRule.REPEATED_FREEZE)
    assert sorted((one.row, one.case) for one in found) == sorted(twice)
    assert len(frozen) == 780


def test_strict_stops_and_writes_nothing(store: Store) -> None:
    with pytest.raises(
        errors.AnomalyFound, match=r"row 848, case `0xfAE3.*`: repeated-freeze: .*3 more"
    ):
        take(store, "usdt", strict=True)

    assert store.size() == 0


def test_the_blocks_of_an_encyclopedia(store: Store) -> None:
    """Accounts that begin in the middle are reported, and so are the ends that no row records."""
    report = take(store, "wikipedia")

    assert (report.rows, report.imported, report.keys) == (36_914, 36_914, 22_243)
    assert (report.opened, report.events) == (22_791, 40_197)
    assert report.anomalies.by_rule == {"begins-in-the-middle": 1149, "unrecorded-end": 942}


def test_complaints_with_their_dirt(store: Store) -> None:
    report, again = take(store, "cfpb"), take(store, "cfpb")

    assert (report.rows, report.imported, report.opened) == (3186, 3186, 3186)
    assert report.anomalies.by_rule == {
        "duplicate-row": 11,
        "missing-value": 57,
        "time-backwards": 6,
    }
    assert sum(case.appeal is not None for case in folded_cases(store.scan_cases())) == 595
    assert (again.events, again.known) == (0, 3186)


@pytest.mark.no_cover  # half a million rows; the small logs cover every line of the import
def test_the_fines_of_motorists(store: Store) -> None:
    """The whole log: every row a record, and the penalty 60 local days after the notification."""
    told: list[tuple[int, int | None]] = []
    mapping = load_mapping(ROOT / "examples" / "imports" / "road-traffic.toml")

    report = import_log(
        store,
        mapping,
        LOGS["road-traffic"],
        strict=False,
        clock=CLOCK,
        progress=lambda *at: told.append(at),
    )

    assert (report.rows, report.events, report.opened) == (561_470, 561_470, 150_370)
    assert store.size() == 561_470
    assert report.left_out == 0
    assert report.anomalies.by_rule == {"answered-early": 65, "not-allowed-now": 55}
    early = [one.words.split("`")[1] for one in report.anomalies.of(AnomalyRule.ANSWERED_EARLY)]
    assert early.count("Insert Date Appeal to Prefecture") == 28
    assert early.count("Receive Result Appeal from Prefecture") == 32
    assert len(told) == 1 + -(-561_470 // 5_000)
