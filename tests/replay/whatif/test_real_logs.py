"""
Policies are tried on real histories, written by nobody here, and the figures counted a second time.

What counts them a second time reads the rows as they stand, and knows nothing of cases or policies.
The files lie beside the checkout and are no part of the project; without them this is skipped.
"""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from freezecase.app.intake import import_log, load_mapping
from freezecase.app.intake.history import Ids
from freezecase.app.stores.opening import open_store
from freezecase.policy.book import PolicyBook
from freezecase.policy.policy import Policy
from freezecase.replay.whatif import Backtest, Roles, whatif
from tests.app.intake.logs import CLOCK
from tests.app.intake.test_real_logs import DATA, LOGS, ROOT
from tests.replay.whatif.foreign import (
    AS_IT_WAS,
    BLOCKS,
    FINES,
    REVIEWED,
    SECOND_PERSON,
    SUSPENDING,
)

pytestmark = [
    pytest.mark.skipif(not DATA.exists(), reason="the folder of real histories is absent"),
    pytest.mark.no_cover,  # thousands of cases; the small logs cover every line
]

Rows = list[dict[str, str]]


def rows_of(name: str) -> dict[str, Rows]:
    """The rows of a log, by case."""
    found: dict[str, Rows] = defaultdict(list)
    key = {"road-traffic": "case:concept:name", "wikipedia": "account"}[name]
    with gzip.open(LOGS[name], "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row[key]].append(row)
    return found


def tried_on(
    folder: Path, name: str, cases: Iterable[Rows], roles: Roles, *candidates: Policy
) -> list[Backtest]:
    """Import some cases of a log, and try candidates on them, half of the ids after the other."""
    path, rows = folder / f"{name}.csv", [row for case in cases for row in case]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    mapping = load_mapping(ROOT / "examples" / "imports" / f"{name}.toml")
    with open_store(f"sqlite:///{folder}/{name}.db", synchronous="NORMAL") as store:
        report = import_log(store, mapping, path, strict=False, clock=CLOCK)
        assert report.left_out == 0
        return [whatif(store, PolicyBook.of(one), roles=roles, keep=10**6) for one in candidates]


# --- an appeal suspends the penalty clock --------------------------------------------------------

FILED, PENALTY = "Insert Date Appeal to Prefecture", "Add penalty"


def day_of(case: Rows, activity: str) -> date | None:
    """The local day of the first row of an activity."""
    days = (row["time:timestamp"][:10] for row in case if row["concept:name"] == activity)
    return next((date.fromisoformat(day) for day in days), None)


@pytest.fixture(scope="module")
def fines() -> dict[str, Rows]:
    return rows_of("road-traffic")


def test_an_appeal_that_suspends_the_penalty_differs_in_3461_of_4043_cases(
    fines: dict[str, Rows], tmp_path: Path
) -> None:
    """Every case with an appeal; no other differs, and for each the very day can be told."""
    appealed = {key: case for key, case in fines.items() if day_of(case, FILED)}
    both = {key: day_of(case, PENALTY) for key, case in appealed.items() if day_of(case, PENALTY)}
    expected = {
        key
        for key, penalty in both.items()
        if penalty and (day_of(fines[key], FILED) or penalty) <= penalty
    }

    (report,) = tried_on(tmp_path, "road-traffic", appealed.values(), FINES, SUSPENDING)

    whole = report.whole
    assert (len(appealed), len(both), len(expected)) == (4188, 4043, 3461)
    assert (whole.cases, whole.not_evaluable, whole.differs) == (4188, 0, 3461)
    assert whole.same + whole.decided + whole.open == 4188
    names = {str(Ids("road-traffic-fines").case(key, 1)): key for key in appealed}
    told = [row for rows in report.told.values() for row in rows]
    assert {names[row.case] for row in told if row.certain} == expected
    for row in told:
        penalty = both[names[row.case]]
        first = next(one for one in row.effects if not one.rule)
        assert penalty
        assert first.at == datetime(*penalty.timetuple()[:3], tzinfo=UTC) + timedelta(days=1)
    lapsed = whole.figures["rights lapsed"]
    assert 4043 - 3461 <= lapsed.least < lapsed.most < lapsed.history == 4043


def test_the_penalty_clock_as_it_was_differs_nowhere(
    fines: dict[str, Rows], tmp_path: Path
) -> None:
    """One case in 150, with and without an appeal, paid or not."""
    some = [case for number, case in enumerate(fines.values()) if number % 150 == 0]
    penalties = sum(day_of(case, PENALTY) is not None for case in some)

    (report,) = tried_on(tmp_path, "road-traffic", some, FINES, AS_IT_WAS)

    assert (report.whole.cases, report.whole.same) == (len(some), len(some))
    assert report.whole.figures["rights lapsed"].least == penalties > 500


# --- blocks of accounts --------------------------------------------------------------------------

HORIZON = datetime(2020, 1, 1, tzinfo=UTC)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def undone_alone(case: Rows) -> tuple[int, int]:
    """How many unblocks follow a block, and how many of them are by whoever blocked first."""
    blocker, until, pairs, alone = "", HORIZON, 0, 0
    for row in case:
        at = instant(row["timestamp"])
        if at > until:
            blocker, until = "", HORIZON
        if row["action"] == "unblock" and blocker:
            pairs, alone, blocker = pairs + 1, alone + (row["actor"] == blocker), ""
        elif row["action"] == "block":
            blocker = blocker or row["actor"]
        if row["expiry"]:
            until = instant(row["expiry"])
    return pairs, alone


def not_looked_at(case: Rows) -> int:
    """How many blocks nobody touched, and nothing ended, for thirty days."""
    missed = 0
    for number, row in enumerate(case):
        due = instant(row["timestamp"]) + timedelta(days=30)
        ends = [instant(row["expiry"])] if row["expiry"] else []
        ends += [instant(one["timestamp"]) for one in case[number + 1 : number + 2]]
        if row["action"] == "block" and due < HORIZON and all(end > due for end in ends):
            missed += 1
    return missed


def whole_cases(found: dict[str, Rows]) -> list[Rows]:
    """One account in eight of those whose first block is in the log."""
    begun = [case for case in found.values() if case[0]["action"] == "block"]
    return begun[::8]


def test_blocks_that_a_second_person_must_undo_and_that_are_looked_at_again(tmp_path: Path) -> None:
    cases = whole_cases(rows_of("wikipedia"))
    pairs, alone = (sum(part) for part in zip(*map(undone_alone, cases), strict=True))
    missed = sum(map(not_looked_at, cases))

    second, reviewed = tried_on(tmp_path, "wikipedia", cases, BLOCKS, SECOND_PERSON, REVIEWED)

    departures = Counter(
        (row.case, one.n) for row in second.told["open"] for one in row.why if one.why == "requires"
    )
    assert second.whole.differs == second.whole.decided == 0
    assert (len(departures), second.why["requires"]) == (alone, second.whole.open)
    assert 0.40 < Fraction(alone, pairs) < 0.48
    hours = second.whole.figures["frozen hours"]
    assert hours.history == hours.least < hours.most
    deadlines = reviewed.whole.figures["deadlines missed"]
    assert deadlines.history == 0
    assert deadlines.least == deadlines.most == missed > 100
    assert reviewed.whole.open == reviewed.whole.not_evaluable == 0
