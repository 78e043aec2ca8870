"""`freezecase replay`: what it reports, in words or as data, and how it exits."""

import sys
from contextlib import closing
from functools import partial
from urllib.parse import urlsplit

import pytest

from freezecase.replay.history import replay
from tests.app.stores.insider import by_hand
from tests.cli.conftest import RECORDS, Run


def damage(url: str, *statements: str) -> None:
    with closing(by_hand(url)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_a_sound_store_exits_clean_and_says_so(run: Run, url: str) -> None:
    ran = run("replay", "--db", url)

    lines = ran.out.splitlines()
    assert (ran.code, *lines[:2]) == (0, f"records   {RECORDS}", "cases     3: 3 closed")
    assert lines[-1] == f"no findings in {RECORDS} records of 3 cases"


def test_stderr_says_what_was_read_and_how_fast(run: Run, url: str) -> None:
    said = run("replay", "--db", url).err.splitlines()

    assert f"  store: `{url}`" == said[1]
    span = "recorded 2026-03-02T08:14:00Z to 2026-03-20T10:45:00Z"
    assert f"  range: {RECORDS} records, {span}" == said[2]
    assert said[3].startswith("  policy: standard v1 sha256:")
    assert said[3].endswith(", 47 rulings")
    assert said[4].endswith(" records a second")


def test_findings_are_told_with_what_to_do_and_exit_with_1(run: Run, url: str) -> None:
    damage(url, "DELETE FROM stored_events WHERE rowid = 5")

    ran = run("replay", "--db", url)

    assert ran.code == 1
    assert (
        "error version-gap at case `7e9a95d3-0e4c-5115-9a71-ce4be1601cf0` version 6\n"
        "  found     version 6\n"
        "  expected  version 5\n"
        "  advice    compare the store with a copy from before, and find out who wrote to it\n"
    ) in ran.out
    assert "cases     3: 2 closed, 1 that cannot be read whole" in ran.out
    left = f"{RECORDS - 1} records of 3 cases"
    assert ran.out.endswith(f"\n2 findings - 1 version-gap, 1 ledger-gap in {left}\n")


def test_a_store_that_cannot_be_read_to_its_end_exits_with_2(run: Run, url: str) -> None:
    damage(url, "DROP TABLE stored_events")

    ran = run("replay", "--db", url)

    assert ran.code == 2
    assert "error store-unreadable at the ledger" in ran.out


def test_more_findings_than_are_told_are_counted(
    run: Run, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("freezecase.cli.replay.replay", partial(replay, keep=1))
    damage(url, "DELETE FROM cases")

    out = run("replay", "--db", url).out

    assert "... and 2 findings more of the same kinds" in out
    assert f"3 findings - 3 listed-wrongly in {RECORDS} records of 3 cases" in out


def test_a_store_without_records_is_clean(run: Run, tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/fresh.db"
    run("demo", "--db", url)
    damage(url, *(f"DELETE FROM {table}" for table in ("stored_events", "cases")))
    damage(url, "UPDATE ledger_head SET size = 0, recorded_at = 0")

    ran = run("replay", "--db", url)

    assert ran.code == 0
    assert ran.out.splitlines()[:3] == ["records   0", "cases     0", "events    none"]
    assert "  range: 0 records, recorded nothing" in ran.err


def test_as_json_it_is_one_object_that_names_its_format(run: Run, url: str) -> None:
    damage(url, f"UPDATE ledger_head SET size = {RECORDS + 1}")

    ran = run("replay", "--db", url, "--json")

    report = ran.data["report"]
    assert (ran.code, ran.data["format"], ran.data["clean"]) == (1, "freezecase.replay/1", False)
    assert report["found"] == {"head-wrong": 1}
    assert list(report["findings"][0]) == [
        "code",
        "severity",
        "where",
        "said",
        "expected",
        "advice",
    ]
    assert report["by_status"] == {"closed": 3}


def test_on_a_terminal_a_bar_is_shown_on_stderr(run: Run, url: str) -> None:
    ran = run("replay", "--db", url, on_terminal=True)

    assert "replaying" in ran.err
    assert "replaying" not in ran.out


def test_without_rich_there_is_no_bar(run: Run, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich.console", None)

    ran = run("replay", "--db", url, on_terminal=True)

    assert ran.code == 0
    assert "replaying" not in ran.err


def test_what_is_piped_holds_no_bar_and_no_colour(program: Run, url: str) -> None:
    ran = program("replay", "--db", url)

    assert "\x1b" not in ran.out + ran.err
    assert "replaying" not in ran.out + ran.err


def test_all_of_it_works_on_postgresql_and_no_password_is_told(run: Run, postgres_url: str) -> None:
    place = urlsplit(postgres_url)
    secret = place._replace(netloc=f"{place.username}:hush@{place.netloc.rpartition('@')[2]}")
    url = secret.geturl()

    told = run("demo", "--db", url)
    history, replayed = run("history", "acct-4711", "--db", url), run("replay", "--db", url)
    others = [
        run("due", "--db", url, "--ahead", 1),
        run("explain", "acct-4711", "--db", url),
        run("watch", "--db", url, "--rounds", 1),
    ]

    assert [told.code, history.code, replayed.code, *(one.code for one in others)] == [0] * 6
    assert not [one for one in others if "hush" in one.out + one.err]
    assert f"no findings in {RECORDS} records of 3 cases" in replayed.out
    assert "hush" not in history.err + history.out + replayed.err + replayed.out


def test_several_processes_say_the_same(run: Run, url: str) -> None:
    one, two = (run("replay", "--db", url, "--processes", n, "--json") for n in (1, 2))

    assert (one.code, one.data) == (two.code, two.data)
