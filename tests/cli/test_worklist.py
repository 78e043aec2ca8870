"""`freezecase worklist`: what is to be done, the most urgent first, and why."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from freezecase.casebook import Casebook
from freezecase.cli.stories import ANA, StoryClock
from freezecase.cli.worklist import length
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.values import Channel, Ground, Scope
from tests.cli.conftest import Run

NOON = "2020-03-02T12:00Z"
ENGINE = Actor.system("risk-engine")


@pytest.fixture
def store(tmp_path: Path) -> str:
    """Two cases, frozen at noon: one alone, one whose customer asked for a person at five past."""
    where = f"sqlite:///{tmp_path / 'cases.db'}"
    clock = StoryClock(at=datetime.fromisoformat(NOON))
    with Casebook.open(where, clock=clock) as book:
        _, case = [
            book.execute(
                do.ImposeFreeze(
                    account=account, ground=Ground.IDENTITY_EXPIRED, scope=Scope.withdrawals()
                ),
                by=ENGINE,
            ).case.id
            for account in ("acct-1", "acct-2")
        ]
        clock.at += timedelta(minutes=5)
        book.execute(do.AssignCase(case, to=ANA.person), by=ANA)
        book.execute(do.RequestHuman(case, channel=Channel.CHAT), by=ENGINE)
    return where


def test_the_most_urgent_comes_first_with_its_reasons(run: Run, store: str) -> None:
    """Who waits for a person is on top; the reasons stand below each case."""
    ran = run("worklist", "--db", store, "--at", "2020-03-02T12:06Z")

    assert ran.code == 0
    lines = [re.sub(r"  +", " | ", line.strip()) for line in ran.out.splitlines()]
    head, first, why, second, less, closing = lines
    assert head == "due (UTC) | who | next move | customer waits | queue | account"
    assert first == (
        "1 | 2020-03-02 12:07 | front | let a person join the conversation | 1 min | front | acct-2"
    )
    assert why.endswith(": the customer waits for a person; rule `human-clock` asks for it")
    assert second.endswith("| - | verification | acct-1")
    assert less.endswith(": rule `enforcement-clock` asks for it")
    assert closing == "2 cases, 0 late"
    assert "  range: records 1 to " in ran.err
    assert ran.err.rstrip().endswith("0 more are not in it")


def test_what_is_late_is_a_finding(run: Run, store: str) -> None:
    """Two minutes after they asked nobody has joined."""
    ran = run("worklist", "--db", store, "--at", "2020-03-02T12:07Z")

    assert ran.code == 1
    assert "  late  front     let a person join" in ran.out
    assert ran.out.endswith("\n2 cases, 1 late\n")


@pytest.mark.parametrize(
    ("options", "accounts"),
    [
        (["--queue", "front"], ["acct-2"]),
        (["--queue", "verification"], ["acct-1"]),
        (["--skill", "conversation"], ["acct-2"]),
        (["--owner", ANA.person], ["acct-2"]),
        (["--owner", ""], ["acct-1"]),
        (["--debtor", "reviewer"], ["acct-2", "acct-1"]),
        (["--debtor", "reviewer", "--limit", 1], ["acct-2"]),
        (["--debtor", "nobody"], []),
    ],
)
def test_only_what_is_asked_for_is_listed(
    run: Run, store: str, options: list[object], accounts: list[str]
) -> None:
    """By queue, skill, owner or debtor; an empty owner is nobody."""
    ran = run("worklist", "--db", store, "--at", NOON, "--json", *options)

    assert [one["account"] for one in ran.data["worklist"]] == accounts


def test_what_is_stored_is_read_as_it_is(run: Run, store: str) -> None:
    """Nothing is stored at first; later records are not in it until somebody catches up."""
    ran = run("worklist", "--db", store, "--stored")
    assert (ran.code, ran.out) == (2, "")
    assert "view `worklist` is not stored yet: catch up first" in ran.err

    run("worklist", "--db", store, "--rebuild")
    with Casebook.open(store) as book:
        case = next(iter(book.cases())).id
        book.execute(do.AssignCase(case, to=ANA.person), by=ANA)

    ran = run("worklist", "--db", store, "--stored", "--at", NOON, "--owner", ANA.person)
    assert ran.out.endswith("\n1 case, 0 late\n")
    assert " more are not in it" in ran.err
    assert ", 0 more" not in ran.err
    ran = run("worklist", "--db", store, "--at", NOON, "--owner", ANA.person)
    assert ran.out.endswith("\n2 cases, 0 late\n")


def test_an_empty_list_is_clean(run: Run, url: str) -> None:
    """In the demonstration all cases are closed."""
    ran = run("worklist", "--db", url)

    assert (ran.code, ran.out) == (0, "0 cases, 0 late\n")


def test_as_json_it_is_one_object_that_names_its_format(run: Run, store: str) -> None:
    """A program gets every field of a row."""
    data = run("worklist", "--db", store, "--at", NOON, "--json").data

    assert (data["format"], data["late"]) == ("freezecase.worklist/1", 0)
    first = data["worklist"][0]
    assert first["due"] == "2020-03-02T12:07:00Z"
    assert first["customer_waiting_since"] == "2020-03-02T12:05:00Z"
    assert first["why"][0] == "the customer waits for a person"


@pytest.mark.parametrize(
    ("took", "words"),
    [
        (timedelta(days=16, hours=21.9), "16.9 days"),
        (timedelta(days=1), "1 days"),
        (timedelta(hours=23, minutes=59), "23.9 h"),
        (timedelta(minutes=90), "1.5 h"),
        (timedelta(seconds=59.5), "59.5 s"),
        (timedelta(), "0 s"),
        (timedelta(hours=-2), "-2 h"),
    ],
)
def test_a_length_is_told_in_its_largest_unit_and_never_rounded_up(
    took: timedelta, words: str
) -> None:
    """Nobody is said to have waited longer than they did."""
    assert length(took) == words
