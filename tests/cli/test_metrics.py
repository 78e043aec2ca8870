"""`freezecase metrics`: how often and how long, over all cases or those of a period."""

import re

from tests.cli.conftest import RECORDS, Run


def table(out: str, title: str) -> list[list[str]]:
    """The rows of the table under this title, cell by cell."""
    (found,) = [part for part in out.split("\n\n") if part.startswith(title)]
    return [re.split(r"  +", line.strip()) for line in found.splitlines()[1:]]


def test_the_demonstration_is_counted(run: Run, url: str) -> None:
    """Three cases: an appeal that was right, two promises that were not kept, none still frozen."""
    ran = run("metrics", "--db", url)

    assert ran.code == 0
    assert ran.out.startswith("3 cases\n")
    assert table(ran.out, "freezes by ground") == [
        ["ground", "freezes", "still frozen"],
        ["account-takeover", "1", "0"],
        ["aml-alert", "1", "0"],
        ["credential-loss", "1", "0"],
        ["all", "3", "0"],
    ]
    lengths = table(ran.out, "how long it took (nearest rank)")
    assert lengths[0] == ["from, to", "came", "waiting", "p10", "p50", "p90", "p99", "longest"]
    assert ["freeze, free: way appeal", "1", "0", *["3.1 days"] * 5] in lengths
    assert ["freeze, free: way desk", "2", "0", *["1.4 h"] * 2, *["4.1 days"] * 3] in lengths
    assert table(ran.out, "appeals, overturned: 1 of 1")[1] == ["internal-review", *"1100"]
    assert table(ran.out, "promises, kept: 1 of 3")[1] == ["staff:ida", *"10100"]
    assert table(ran.out, "run-around")[0] == ["detector", "found"]
    assert f"  range: cases frozen from ever until now, records 1 to {RECORDS}" in ran.err


def test_a_period_takes_the_cases_that_were_frozen_in_it(run: Run, url: str) -> None:
    """Where nothing happened there are no tables, only the count."""
    with_some = run("metrics", "--db", url, "--since", "2026-03-01T00:00Z")
    with_none = run("metrics", "--db", url, "--until", "2020-01-01T00:00Z")

    assert with_some.out.startswith(("1 case", "2 cases", "3 cases"))
    assert with_none.out.startswith("0 cases\n")
    assert "freezes by ground" not in with_none.out
    assert "cases frozen from ever until 2020-01-01 00:00" in with_none.err


def test_as_json_lengths_and_shares_are_exact(run: Run, url: str) -> None:
    """Whole microseconds, and two numbers for a share: nothing is rounded."""
    data = run("metrics", "--db", url, "--json").data

    assert data["format"] == "freezecase.metrics/1"
    found = data["metrics"]
    assert found["cases"] == 3
    assert found["freezes"] == {"account-takeover": 1, "aml-alert": 1, "credential-loss": 1}
    assert found["to_told"]["p50"] == 60_000_000
    assert found["release_by_way"]["appeal"]["longest"] == 271_740_000_000
    assert found["overturned"] == [1, 1]
    assert found["promises"]["share_kept"] == [1, 3]
    assert found["promises"]["by_person"]["staff:ida"]["kept"] == 1
    assert found["deadlines"]["review"]["missed"] == 2
    assert found["decisions"]["freeze-imposed"] == {"human": 0, "automated": 3, "outside": 0}


def test_what_is_stored_is_read_as_it_is(run: Run, url: str) -> None:
    """Nothing is stored before somebody catches up."""
    ran = run("metrics", "--db", url, "--stored")
    assert ran.code == 2
    assert "view `contributions` is not stored yet: catch up first" in ran.err
    assert run("metrics", "--db", url).out == run("metrics", "--db", url, "--stored").out
