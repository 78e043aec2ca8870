"""`freezecase due`: who owes what, what is late, and what will be soon."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from freezecase.casebook import Casebook
from freezecase.cli.due import due_lines
from freezecase.cli.stories import ANA, StoryClock
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.values import Ground, Scope
from freezecase.views.due import Due
from tests.app.stores.insider import by_hand
from tests.cli.conftest import Run

NOON = "2020-03-02T12:00Z"


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with one case, frozen on a Monday at noon, that nobody has looked at."""
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    clock = StoryClock(at=datetime.fromisoformat(NOON))
    with Casebook.open(url, clock=clock) as book:
        freeze = do.ImposeFreeze(
            account="acct-4711", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
        )
        book.execute(freeze, by=Actor.system("risk-engine"))
    return url


def rows(out: str) -> Iterator[list[str]]:
    """The rows of a due list: when, how late, who, what, and whose account."""
    for line in out.splitlines()[1:-1]:
        day, hour, how, *more = line.split()
        yield [f"{day} {hour}", how, *more[:-1]]


def test_before_anything_is_due_the_list_is_empty_and_clean(run: Run, store: str) -> None:
    """A minute after the freeze nobody is late."""
    ran = run("due", "--db", store, "--at", "2020-03-02T12:01Z")

    assert (ran.code, ran.out) == (0, "0 duties late, 0 due soon\n")


def test_what_is_late_is_listed_longest_first_and_is_a_finding(run: Run, store: str) -> None:
    """Each row says since when, who, what, in which account and case; then come the counts."""
    ran = run("due", "--db", store, "--at", "2020-03-03T12:00Z")

    assert ran.code == 1
    assert list(rows(ran.out)) == [
        ["2020-03-02 12:10", "late", "exchange", "enforcement", "acct-4711"],
        ["2020-03-03 12:00", "late", "exchange", "notice", "freeze-imposed", "acct-4711"],
        ["2020-03-03 12:00", "late", "reviewer", "review", "acct-4711"],
    ]
    head, *_, closing_line = ran.out.splitlines()
    assert head.split() == ["due", "(UTC)", "who", "what", "account", "case"]
    assert closing_line == "3 duties late, 0 due soon"


def test_what_falls_due_soon_is_a_warning_and_no_finding(run: Run, store: str) -> None:
    """The early warning before a breach: listed if asked for, and the exit code stays clean."""
    ran = run("due", "--db", store, "--at", NOON, "--ahead", "0.5")

    assert ran.code == 0
    assert list(rows(ran.out)) == [
        ["2020-03-02 12:10", "soon", "exchange", "enforcement", "acct-4711"]
    ]
    assert ran.out.endswith("\n0 duties late, 1 due soon\n")
    assert "  range: due by 2020-03-02 12:00, and 0.5 h ahead" in ran.err


def test_a_right_that_nobody_used_is_not_late(run: Run, url: str) -> None:
    """Half a year later nobody has appealed: windows lapse, and that is no finding of anybody's."""
    ran = run("due", "--db", url, "--at", "2026-09-10T00:00Z", "--ahead", 24 * 5)

    assert ran.code == 0
    assert list(rows(ran.out)) == [
        ["2026-09-03 00:00", "lapsed", "customer", "appeal-window", "acct-4711"],
        ["2026-09-11 00:00", "soon", "customer", "appeal-window", "acct-0815"],
    ]
    assert ran.out.endswith("\n0 duties late, 1 due soon\n")


def test_who_owes_is_named_and_how_far_it_has_climbed(run: Run, store: str) -> None:
    """A relation is told as the person, a later rung as one."""
    clock = StoryClock(at=datetime.fromisoformat(NOON), ids=100)
    with Casebook.open(store, clock=clock) as book:
        (case,) = book.cases()
        book.execute(do.AssignCase(case.id, to=ANA.person), by=ANA)
        clock.at = datetime.fromisoformat("2020-03-02T12:30Z")
        book.run_due(clock.at)

    out = run("due", "--db", store, "--at", "2020-03-10T00:00Z").out

    assert [row[:4] for row in rows(out.replace(" (", "("))] == [
        ["2020-03-02 13:30", "late", "lead(climbed", "1x)"],
        ["2020-03-03 12:00", "late", "exchange", "notice"],
        ["2020-03-03 12:00", "late", "reviewer", "review"],
        ["2020-03-10 00:00", "late", "ana", "update"],
    ]


def test_a_case_that_cannot_be_read_is_due_for_repair(run: Run, store: str) -> None:
    """It keeps nobody else waiting, and it is a finding."""
    with closing(by_hand(store)) as connection, connection:
        connection.execute("DELETE FROM stored_events WHERE rowid = 3")

    ran = run("due", "--db", store, "--at", "2020-03-03T12:00Z")

    assert ran.code == 1
    assert [row[:4] for row in rows(ran.out)] == [
        ["2020-03-02 12:10", "late", "exchange", "repair"]
    ]


def test_as_json_it_is_one_object_that_names_its_format(run: Run, store: str) -> None:
    """A program gets the debtor as the rule names it, and as the case knows them."""
    ran = run("due", "--db", store, "--at", "2020-03-03T11:00Z", "--ahead", 400, "--json")

    data = ran.data
    assert (ran.code, data["format"], data["late"]) == (1, "freezecase.due/1", 1)
    assert data["read"]["range"] == "due by 2020-03-03 11:00, and 400 h ahead"
    assert [one["kind"] for one in data["due"]] == ["enforcement", "notice", "review", "update"]
    assert data["due"][-1] == {
        "due": "2020-03-10T00:00:00Z",
        "case": data["due"][0]["case"],
        "account": "acct-4711",
        "kind": "update",
        "subject": "",
        "debtor": "@owner",
        "who": "exchange",
        "rung": 0,
        "right": False,
    }


def test_now_is_now_unless_another_instant_is_named(run: Run, store: str) -> None:
    """The case is of March 2020: whenever this runs, its duties are late."""
    ran = run("due", "--db", store)

    assert ran.code == 1
    assert "enforcement" in ran.out


def test_one_duty_is_one_duty() -> None:
    """The counts are in words that people say."""
    due = datetime.fromisoformat(NOON)
    one = Due(
        due=due,
        case=UUID(int=1),
        account="a",
        kind="reply",
        subject="",
        debtor="lead",
        who="lead",
    )

    assert due_lines((one,), due)[-1] == "1 duty late, 0 due soon"
    assert due_lines((), due) == ["0 duties late, 0 due soon"]
