"""`freezecase history`: one case, in words or as data, as one reader may know it."""

from pathlib import Path
from uuid import UUID

import attrs
import pytest

from freezecase.app.clock import fresh_bytes
from freezecase.app.custody.key_store import open_key_store
from freezecase.app.custody.openings import openings_of
from freezecase.app.stores.opening import open_store
from freezecase.casebook import Casebook
from freezecase.cli.stories import MIA, STORIES, Stage, StoryClock
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.values import Channel, Ground, Scope
from freezecase.seal.keys import FileKek
from tests.cli.conftest import Run

TAKE_OVER = "7e9a95d3-0e4c-5115-9a71-ce4be1601cf0"
REFUSED = "ana tried to approve the release; refused by `four-eyes`"


def test_a_piped_history_is_one_line_a_record(run: Run, url: str) -> None:
    ran = run("history", "acct-4711", "--db", url)

    head, blank, _titles, *lines = ran.out.splitlines()
    assert (0, f"case {TAKE_OVER}, account acct-4711", "") == (ran.code, head, blank)
    versions = [1, 7, 9, 13, 15, 18, 20, 23, 24, 25, 28, 32]
    assert [f"{n:>2}" for n in versions] == [line[:2] for line in lines[:12]]
    assert lines[12:14] == ["", "status: closed, restricted: nothing"]
    assert lines[14] == "whose move: nobody's, nothing is waiting"


def test_on_a_terminal_it_is_as_wide_as_the_terminal(run: Run, url: str) -> None:
    lines = run("history", "acct-4711", "--db", url, on_terminal=True).out.splitlines()

    assert 80 < max(map(len, lines)) <= 90


def test_a_case_is_named_by_its_own_id_or_by_its_account(run: Run, url: str) -> None:
    assert (
        run("history", TAKE_OVER, "--db", url).out == run("history", "acct-4711", "--db", url).out
    )
    assert run("history", UUID(TAKE_OVER).hex, "--db", url).code == 0


def test_stderr_says_what_was_read(run: Run, url: str) -> None:
    said = run("history", "acct-4711", "--db", url).err.splitlines()

    assert said[0].endswith(" history, record format 1")
    assert f"  store: `{url}`" in said
    assert (
        f"  range: versions 1 to 32 of case {TAKE_OVER}, "
        "recorded 2026-03-02T08:14:00Z to 2026-03-02T09:50:00Z"
    ) in said
    assert said[-1].startswith("  policy: standard v1 sha256:")


@pytest.mark.parametrize(
    ("option", "value", "last"),
    [
        ("--version", 23, REFUSED),
        ("--version", 99, "ana closed the case"),
        ("--at", "2026-03-02T09:25Z", REFUSED),
        ("--at", "2026-03-02T10:25:00+01:00", REFUSED),
    ],
)
def test_the_case_can_be_told_as_it_was(
    run: Run, url: str, option: str, value: object, last: str
) -> None:
    out = run("history", "acct-4711", "--db", url, option, value).out

    told, _, end = out.partition("\n\nstatus: ")
    assert last in told.splitlines()[-1]
    assert ("in_force" in end, "approver: approve" in end) == ("four-eyes" in last,) * 2


def test_before_its_first_record_there_is_nothing_to_tell(run: Run, url: str) -> None:
    ran = run("history", "acct-4711", "--db", url, "--at", "2020-01-01T00:00Z")

    assert (ran.code, ran.out) == (2, "")
    assert "had no record yet" in ran.err


@pytest.mark.parametrize("named", ["acct-9999", "00000000-0000-0000-0000-000000000009"])
def test_a_case_that_is_not_there_is_said_to_be_so(run: Run, url: str, named: str) -> None:
    ran = run("history", named, "--db", url)

    assert (ran.code, ran.out) == (2, "")
    assert f"no case `{named}`" in ran.err


def test_a_customer_reads_no_reasons_of_staff_and_no_names(run: Run, url: str) -> None:
    inside = run("history", "acct-4711", "--db", url).out
    theirs = run("history", "acct-4711", "--db", url, "--reader", "customer").out

    kept = ("new device", "four-eyes", "rob ", "ana ", "risk-engine")
    assert all(word in inside for word in kept)
    assert not any(word in theirs for word in kept)
    assert "the exchange asked the customer to show `liveness`" in theirs
    assert [f"{n:>1}" for n in range(1, 7)] == [line[:1] for line in theirs.splitlines()[3:9]]


def test_the_rules_behind_each_line_are_told_if_asked_for(run: Run, url: str) -> None:
    plain = run("history", "acct-4711", "--db", url).out
    rules = run("history", "acct-4711", "--db", url, "--rules").out

    assert "[allowed by `within-reach`]" not in plain
    assert rules.count("[allowed by `within-reach`]") == 10


def test_each_duty_is_told_if_asked_for(run: Run, url: str) -> None:
    """What only follows has lines of its own, with no gap between the versions."""
    plain = run("history", "acct-4711", "--db", url).out
    owed = run("history", "acct-4711", "--db", url, "--owed").out

    assert "`review`" not in plain
    assert "the policy noted that reviewer owes `review` by 2026-03-03 08:14" in owed
    assert "the policy found `review`, due 2026-03-03 08:14, met" in owed
    lines = owed.partition("\n\nstatus")[0].splitlines()[3:]
    assert [f"{n:>2}" for n in range(1, len(lines) + 1)] == [line[:2] for line in lines]
    assert plain.partition("\n\nstatus")[2] == owed.partition("\n\nstatus")[2]


def test_as_json_it_is_one_object_that_names_its_format(run: Run, url: str) -> None:
    data = run("history", "acct-4711", "--db", url, "--json").data

    assert data["format"] == "freezecase.history/1"
    assert f"`{url}`" == data["read"]["store"]
    assert data["timeline"]["case"] == TAKE_OVER
    assert REFUSED.removeprefix("ana ") in data["timeline"]["lines"][7]["what"]
    assert data["timeline"]["lines"][0]["recorded_at"] == "2026-03-02T08:14:00Z"


def test_several_cases_of_an_account_are_listed(run: Run, tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/two.db"
    clock = StoryClock()
    with Casebook.open(url, clock=clock) as book:
        first, second = (STORIES[0][1](Stage(book, clock)) for _ in range(2))

    ran = run("history", "acct-4711", "--db", url)
    data = run("history", "acct-4711", "--db", url, "--json").data

    title, *rows = ran.out.splitlines()
    assert title.split() == ["case", "status", "ground"]
    assert [
        [str(first), "closed", "account-takeover"],
        [str(second), "closed", "account-takeover"],
    ] == [row.split() for row in rows]
    assert [str(first), str(second)] == [one["case"] for one in data["cases"]]


def test_what_happened_earlier_than_it_was_recorded_says_so(run: Run, tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/late.db"
    clock = StoryClock()
    with Casebook.open(url, clock=clock) as book:
        case = STORIES[0][1](Stage(book, clock))
        late = attrs.evolve(clock, at=clock.at.replace(day=9), ids=900)
        with Casebook.open(url, clock=late) as later:
            contact = do.RecordContact(case, channel=Channel.LETTER)
            later.execute(contact, by=MIA, occurred_at=clock.at.replace(day=4))

    last = run("history", case, "--db", url).out.partition("\n\nstatus")[0].splitlines()[-1]

    assert last.startswith("33  2026-03-04 09:50")
    assert "by letter (recorded 2026-03-09 09:50)" in last


def test_what_is_sealed_is_told_to_whoever_says_who_they_are(run: Run, tmp_path: Path) -> None:
    """And that it was read is on record; without keys it is withheld."""
    kek, keys, db = tmp_path / "kek", f"sqlite:///{tmp_path}/keys.db", f"sqlite:///{tmp_path}/a.db"
    with (
        open_key_store(keys, FileKek.make(kek, fresh_bytes(32))) as store,
        Casebook.open(db, keys=store) as book,
    ):
        freeze = do.ImposeFreeze(
            account="acct-1",
            ground=Ground.ACCOUNT_TAKEOVER,
            scope=Scope.withdrawals(),
            reason="a new phone",
        )
        case = book.execute(freeze, by=Actor.system("risk-engine")).case.id
    assert "[withheld]" in run("history", "acct-1", "--db", db).out

    options = ("--keys", keys, "--kek", str(kek), "--by", "staff:ana", "--purpose", "review")
    told = run("history", "acct-1", "--db", db, *options)
    assert (told.code, "a new phone" in told.out) == (0, True)
    with open_store(db) as opened:
        assert len(opened.read(openings_of(case))) == 1

    half = run("history", "acct-1", "--db", db, *options[:4])
    assert half.code == 64
    assert "it takes --by, --purpose too" in half.err
