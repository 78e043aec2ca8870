"""`freezecase staffing`: how many people keep two minutes, and what that takes for granted."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from freezecase.casebook import Casebook
from freezecase.cli.staffing import staffing_lines
from freezecase.desk import Contract, Rehearsal, Series, staffing
from tests.cli.conftest import Run

BRIEF = ["--replications", "5", "--per-hour", "2"]


def table(out: str) -> list[list[str]]:
    """The rows of the answer, cell by cell; a share and its error are one."""
    rows = out.partition("\n\n")[0].splitlines()
    return [row.replace(" ± ", "±").replace(" %", "%").replace(" x", "x").split() for row in rows]


def test_it_answers_for_today_and_for_thirteen_times_as_many(run: Run) -> None:
    """For 80 % and for 99 %, in three shifts, with the formula beside it."""
    ran = run("staffing", *BRIEF)

    assert ran.code == 0
    head, *rows = table(ran.out)
    assert head[:6] == ["customers", "keep", "00-08", "08-16", "16-24", "formula"]
    assert [row[:2] for row in rows] == [
        ["1x", "80%"], ["1x", "99%"], ["13x", "80%"], ["13x", "99%"]
    ]  # fmt: skip
    plan = Rehearsal(series=Series(rates=(2.0,)), growth=13.0, replications=5)
    answer = staffing(plan, 0.8)
    assert rows[2][2:5] == [str(staff) for staff in answer.staff]
    assert rows[2][5] == "+".join(str(staff) for staff in answer.formula)
    assert rows[2][6] == str(Contract().employed(answer.roster))
    kept = answer.rehearsed.kept
    assert kept is not None
    assert rows[2][7] == f"{kept.value:.1%}±{kept.error:.1%}"


def test_what_it_takes_for_granted_is_printed_below_the_answer(run: Run) -> None:
    """All of it: who comes, how long it takes, who leaves, chance, error, contracts."""
    ran = run("staffing", *BRIEF, "--seed", 42, "--within", 60, "--swing", 0.5, "--patience", 0)

    said = [line.strip() for line in ran.out.partition("\n\n")[2].splitlines()]
    assert said[0] == "people on duty, by shift; all this holds only as far as this does:"
    assert [line.partition(":")[0] for line in said[1:]] == [
        "contacts", "arrivals", "handling", "patience", "queue", "target", "surge policy", "chance",
        "error", "employed",
    ]  # fmt: skip
    assert said[1] == "contacts: 2 an hour on average; rehearsed with 13 times as many"
    assert said[2].endswith("an hour swings by 50%")
    assert said[4].startswith("patience: everybody waits for ever")
    assert said[6] == "target: a person within 1 min in every hour of the day, all days together"
    assert said[8] == "chance: 5 x 168 h, seed 42; 6 h each to warm up"
    assert "  contacts: as said, in every hour" in ran.err


def test_the_same_seed_gives_the_same_answer_to_the_byte(program: Run) -> None:
    """In another process, too; another seed gives another."""
    one, again, other = (
        program("staffing", *BRIEF, "--share", 0.8, "--json", "--seed", seed) for seed in (3, 3, 4)
    )

    assert one.code == 0
    assert one.out == again.out
    assert one.out != other.out


def test_as_json_it_is_one_object_that_names_its_format(run: Run) -> None:
    """With every estimate and its error, and the assumptions."""
    ran = run(
        "staffing", *BRIEF, "--share", 0.9, "--growth", 1, "--shift", 18, "--shift", 6, "--json"
    )

    data = ran.data
    assert (ran.code, data["format"]) == (0, "freezecase.staffing/1")
    assert len(data["assumptions"]) == 10
    (answer,) = data["answers"]
    assert (answer["growth"], answer["share"], answer["starts"]) == (1.0, 0.9, [6, 18])
    assert len(answer["staff"]) == len(answer["formula"]) == 2
    assert answer["rehearsed"]["kept"].keys() == {"value", "error", "of"}
    assert len(answer["rehearsed"]["by_hour"]) == 24
    assert answer["worst_hour"] in answer["rehearsed"]["by_hour"]


def test_contacts_are_those_in_the_store_unless_others_are_named(run: Run, url: str) -> None:
    """The demonstration has so few that the answer says so."""
    ran = run("staffing", "--db", url, "--replications", 5, "--growth", 1, "--share", 0.8)

    assert ran.code == 0
    assert table(ran.out)[1][:5] == ["1x", "80%", "2", "2", "2"]
    assert "  range: 1 contact, 2026-03-16 to 2026-03-16: too few to go by" in ran.err


def test_a_log_of_contacts_shows_when_they_come(run: Run, tmp_path: Path) -> None:
    """A busy hour at nine, in the zone that is named; the range is said."""
    log = tmp_path / "calls.csv.gz"
    rows = [
        f"2024-01-{day:02}T{hour:02}:30:00"
        for day in range(1, 11)
        for hour in range(24)
        for _one in range(40 if hour == 9 else 2)
    ]
    log.write_bytes(gzip.compress("\n".join(["when", *rows]).encode()))

    ran = run("staffing", "--log", log, "--column", "when", "--zone", "Asia/Tokyo", "--growth", 1,
              "--share", 0.8, "--replications", 5, "--json")  # fmt: skip

    assert ran.code == 0
    (answer,) = ran.data["answers"]
    night, day, evening = answer["formula"]
    assert night > 2 * day == 2 * evening  # nine in Tokyo is midnight in UTC
    assert ran.data["read"]["range"] == "860 contacts, 2024-01-01 to 2024-01-10"


def test_a_single_shift_is_the_whole_day(run: Run) -> None:
    """From midnight to midnight, or from where it begins."""
    at_zero = run("staffing", *BRIEF, "--share", 0.8, "--growth", 1, "--shift", 0)
    at_six = run("staffing", *BRIEF, "--share", 0.8, "--growth", 1, "--shift", 6)

    assert table(at_zero.out)[0][2] == "00-24"
    assert table(at_six.out)[0][2] == "06-06"


def test_where_nobody_comes_there_is_nothing_to_measure() -> None:
    """And the answer says so, not a share of nothing."""
    nobody = staffing(Rehearsal(series=Series(rates=(0.0,)), replications=5), 0.8)

    _head, row, *_ = staffing_lines([(1.0, nobody)], Contract(), [])
    assert row.split("  ")[-1].strip() == "nobody came"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--per-hour", "0"], 64, "0.0 is not in the range 0.001<=x<="),
        (["--per-hour", "nan"], 64, "nan is not in the range"),
        (["--share", "1"], 64, "1.0 is not in the range 0.01<=x<=0.9999"),
        (["--share", "0.8", "--share", "80"], 64, "80.0 is not in the range"),
        (["--growth", "0"], 64, "0.0 is not in the range"),
        (["--replications", "4"], 64, "4 is not in the range 5<=x<=10000"),
        (["--shift", "24"], 64, "24 is not in the range 0<=x<=23"),
        ([], 2, "there is no such file: check the path"),
        (["--log", "none.csv"], 2, "`none.csv` cannot be read: No such file or directory"),
        (["--per-hour", "1e6"], 2, "Series.rates cannot be `(13000000.0,)`"),
        (["--per-hour", "1e6", "--growth", "1"], 2, "split the desk"),
    ],
)
def test_what_cannot_be_answered_says_why(
    program: Run, tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    """A slip of the pen is one thing, a desk that cannot be another."""
    ran = program("staffing", *arguments)

    assert (code, "") == (ran.code, ran.out)
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_store_without_contacts_says_what_else_there_is(run: Run, tmp_path: Path) -> None:
    """It is no reason to answer with nothing."""
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    Casebook.open(url).close()

    ran = run("staffing", "--db", url)

    assert (ran.code, ran.out) == (2, "")
    assert "holds no contacts: say --per-hour, or name a --log" in ran.err


def test_on_a_terminal_a_bar_is_shown_and_goes_away(run: Run) -> None:
    """The data stay the same."""
    asked: list[Any] = ["staffing", *BRIEF, "--share", 0.8, "--growth", 1]

    assert run(*asked, on_terminal=True).out == run(*asked).out
    assert json.loads(run(*asked, "--json", on_terminal=True).out)["format"]
