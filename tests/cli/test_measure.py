"""`freezecase measure`: two periods beside each other, in words and as data."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from freezecase import Actor, Amount, Capability, Casebook, Channel, Ground, Scope
from freezecase import commands as do
from freezecase.testing.contracts import StoryClock
from tests.app.books import ANA, ENGINE
from tests.cli.conftest import Run
from tests.cli.test_metrics import table
from tests.cli.test_replay import damage

ROB = Actor.staff("rob", "reviewer")
JANUARY, FEBRUARY = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
ASKED = ("--since", "2026-02-01T00:00Z", "--until", "2026-03-01T00:00Z")
LONGER = (*ASKED, "--before-since", "2026-01-01T00:00Z", "--before-until", "2026-02-01T00:00Z")
SOME = Scope.of(Capability.TRANSFER, Capability.WITHDRAW_FIAT)


@pytest.fixture
def measured(tmp_path: Path) -> str:
    """Fifty freezes in January and nine in February, one of them again; one narrowed since."""
    url, clock = f"sqlite:///{tmp_path / 'measured.db'}", StoryClock()
    clock.instant = JANUARY
    with Casebook.open(url, clock=clock) as book:
        first, *_ = (freeze(book, f"acct-{n}") for n in range(50))
        clock.instant = FEBRUARY
        for n in (0, *range(50, 58)):
            freeze(book, f"acct-{n}")
        clock.later(hours=1)
        steps: list[tuple[do.Command, Actor]] = [
            (do.RecordContact(first, channel=Channel.CHAT, topics=["how-long"]), ANA),
            (
                do.ProposeRelease(
                    first, reason="less will do", leaving=Scope.of(Capability.TRANSFER)
                ),
                ANA,
            ),
            (do.ApproveRelease(first), ROB),
            (do.ConfirmRelease(first), ENGINE),
        ]
        for command, by in steps:
            book.execute(command, by=by)
    return url


def freeze(book: Casebook, account: str) -> UUID:
    """The id of the case of an account that was just frozen."""
    command = do.ImposeFreeze(account=account, ground=Ground.AML_ALERT, scope=SOME)
    return book.execute(command, by=ENGINE).case.id


def test_fewer_freezes_is_a_share_that_says_how_sure_it_is(run: Run, measured: str) -> None:
    """50 in 31 days and 9 in 28; never rounded up, and the ends of the interval outwards."""
    ran = run("measure", "--db", measured, *LONGER)

    assert ran.code == 0
    assert ran.out.splitlines()[0] == (
        "50 freezes before, 9 after: 80.0 % fewer a day, 95 % sure: 59.0 % fewer to 91.4 % fewer"
    )
    assert table(ran.out, "freezes imposed")[1:] == [
        ["aml-alert", "50", "9", "80.0 % fewer", "95 % sure: 59.0 % fewer to 91.4 % fewer"],
        ["of no incident", "50", "9", "80.0 % fewer", "95 % sure: 59.0 % fewer to 91.4 % fewer"],
        ["all", "50", "9", "80.0 % fewer", "95 % sure: 59.0 % fewer to 91.4 % fewer"],
    ]


def test_without_another_period_it_is_as_long_and_just_before(run: Run, measured: str) -> None:
    """28 days of January: those frozen on its first day are not in them."""
    ran = run("measure", "--db", measured, *ASKED)

    assert ran.code == 0
    assert ran.out.splitlines()[0] == (
        "0 freezes before, 9 after: nobody was frozen before: "
        "there is nothing of which it could be a share"
    )
    assert table(ran.out, "freezes imposed")[-1] == ["all", "0", "9", "-", "-"]
    assert "  range: before 2026-01-04 00:00 until 2026-02-01 00:00\n" in ran.err


def test_accounts_are_what_freezes_are_counted_for(run: Run, measured: str) -> None:
    """Ten times as many froze so: for each of them it is more than it was."""
    ran = run("measure", "--db", measured, *LONGER, "--accounts", 10_000, 1_000)

    assert "50 freezes before, 9 after: 99.3 % more a day and account, " in ran.out


def test_each_figure_stands_under_a_line_that_says_what_it_is(run: Run, measured: str) -> None:
    """Both periods, one below the other; what is in neither is no table."""
    ran = run("measure", "--db", measured, *LONGER)

    assert table(ran.out, "causes that repeat") == [
        ["ground", "freezes", "of an account frozen before", "on the same ground"],
        ["before", "aml-alert", "50", "0", "0"],
        ["after", "aml-alert", "9", "1", "1"],
    ]
    # 31 days of 50 accounts, and of two capabilities; then the hour that is known of February
    assert table(ran.out, "harm, by what the case is closed as")[1:] == [
        ["before", "not closed", "50", "1,550.0", "74,400.0", "0"],
        ["after", "not closed", "59", "2.5", "118.0", "0"],
    ]
    rules = {row[1]: row[2:] for row in table(ran.out, "overturned")[1:] if row[0] == "after"}
    assert {("9", "0", "0", "0")} == {tuple(counts) for counts in rules.values()}
    assert table(ran.out, "less was enough\n")[1:] == [["after", "1", "0"]]
    *_, fact = table(ran.out, "less was enough, after")
    assert fact[1:] == [
        "fiat withdrawals and transfers -> transfers",
        "31 days",
        "contact-received",
    ]
    assert table(ran.out, "what customers ask")[1:] == [["after", "how-long", "1", "1", "0"]]
    assert "amounts held" not in ran.out
    assert "lost for good" not in ran.out


def test_what_was_held_and_what_was_lost_have_units(run: Run, tmp_path: Path) -> None:
    """Two coins held for half a day, and what nobody gets back."""
    url, clock = f"sqlite:///{tmp_path / 'held.db'}", StoryClock()
    clock.instant = FEBRUARY
    with Casebook.open(url, clock=clock) as book:
        coins = Scope.of(Capability.TRANSFER, amount=Amount.of(2, "BTC"))
        command = do.ImposeFreeze(account="acct-1", ground=Ground.AML_ALERT, scope=coins)
        case = book.execute(command, by=ENGINE).case.id
        clock.later(hours=12)
        rent = do.RecordHarm(case, harm="rent-unpaid", amount=Amount.of(900, "EUR"))
        book.execute(rent, by=ANA)

    ran = run("measure", "--db", url, *ASKED)

    assert table(ran.out, "amounts held")[1:] == [["after", "not closed", "BTC", "24.0"]]
    assert table(ran.out, "lost for good")[1:] == [
        ["after", "not closed", "rent-unpaid", "EUR", "900.0", "1", "1"]
    ]
    data = run("measure", "--db", url, *ASKED, "--json").data["measures"]["after"]
    assert data["held"] == [{"outcome": "", "asset": "BTC", "much": [24, 1]}]
    assert [[one["what"], one["asset"], one["units"], one["times"]] for one in data["lost"]] == [
        ["rent-unpaid", "EUR", [900, 1], 1]
    ]


def test_of_many_narrowings_the_first_are_told(
    run: Run, measured: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("freezecase.cli.measure.TOLD", 0)

    assert "\n... and 1 more" in run("measure", "--db", measured, *LONGER).out


def test_stderr_says_what_was_measured_and_what_still_grows(run: Run, measured: str) -> None:
    """The ledger ends within the second period: what comes later is in it, too."""
    said = run("measure", "--db", measured, *LONGER).err.splitlines()

    assert said[1:4] == [
        f"  store: `{measured}`",
        "  range: before 2026-01-01 00:00 until 2026-02-01 00:00",
        "  range: after 2026-02-01 00:00 until 2026-03-01 00:00",
    ]
    assert said[4].endswith(", the last of 2026-02-01 01:00, so the second period is still growing")


def test_a_period_that_is_over_does_not_grow(run: Run, url: str) -> None:
    over = ("--since", "2026-03-02T00:00Z", "--until", "2026-03-05T00:00Z")

    assert run("measure", "--db", url, *over).err.endswith(", the last of 2026-03-20 10:45\n")


def test_as_json_nothing_is_rounded_and_every_figure_is_defined(run: Run, measured: str) -> None:
    """Shares are two numbers, lengths whole microseconds; what follows from them stands there."""
    data = run("measure", "--db", measured, *LONGER, "--json").data

    assert data["format"] == "freezecase.measure/1"
    found = data["measures"]
    assert found["fewer"]["share"] == [1121, 1400]
    assert [round(end, 4) for end in found["fewer"]["between"]] == [0.5907, 0.9138]
    assert (found["fewer"]["n"], found["fewer"]["refused"]) == (59, "")
    assert found["before"]["harm"][""]["frozen"] == 50 * 31 * 24 * 3_600_000_000
    assert found["before"]["harm"][""]["capability_hours"] == [74400, 1]
    assert found["after"]["again"]["aml-alert"]["share"] == [1, 9]
    assert found["after"]["narrower"][0]["after"]["capabilities"] == ["transfer"]
    assert {"again", "fewer", "harm", "held", "lost", "narrower", "rules", "topics"} == {
        *data["definitions"]
    }


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        (ASKED[:2], "Missing option '--until'"),
        (ASKED[2:], "Missing option '--since'"),
        (LONGER[:-2], "--before-since and --before-until go together: say both, or none"),
        ((*ASKED[:3], "2026-02-01T00:00Z"), "after.until cannot be"),
        ((*ASKED, *LONGER[4:7], "2026-01-01T00:00Z"), "before.until cannot be"),
        ((*ASKED, *LONGER[4:7], "2026-02-01T00:01Z"), "after.since cannot be"),
        (("--since", "0001-01-01T00:00Z", *ASKED[2:]), "nothing was before that"),
        ((*ASKED, "--accounts", "0", "1"), "0 is not in the range x>=1"),
    ],
    ids=[
        *("no-end", "no-beginning", "half-a-period", "no-time", "no-time-before", "overlapping"),
        *("nothing-before", "no-accounts"),
    ],
)
def test_periods_that_cannot_be_compared_are_a_slip_of_whoever_asks(
    run: Run, measured: str, asked: tuple[str, ...], complaint: str
) -> None:
    ran = run("measure", "--db", measured, *asked)

    assert (ran.code, ran.out) == (64, "")
    assert complaint in ran.err


def test_cases_that_cannot_be_read_are_left_out_and_said(run: Run, measured: str) -> None:
    """In the period in which they began."""
    damage(measured, "UPDATE stored_events SET state = x'7b' WHERE rowid = 1")

    ran = run("measure", "--db", measured, *LONGER)

    assert ran.code == 1
    assert ran.out.startswith("49 freezes before, 9 after: ")
    assert ran.out.endswith("\n\nleft out before: 1 case that cannot be read\n")


def test_a_store_that_is_not_there_exits_with_2(run: Run, tmp_path: Path) -> None:
    ran = run("measure", "--db", f"sqlite:///{tmp_path / 'none.db'}", *ASKED)

    assert (ran.code, ran.out) == (2, "")
    assert "there is no such file" in ran.err


def test_on_a_terminal_a_bar_is_shown_on_stderr(run: Run, measured: str) -> None:
    ran = run("measure", "--db", measured, *ASKED, on_terminal=True)

    assert "measuring" in ran.err
    assert "measuring" not in ran.out
