"""`freezecase watch`: the loop that lets time pass, and says what came of it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import attrs
import pytest

from freezecase.app.stores.store import Store
from freezecase.casebook import Casebook
from freezecase.cli.stories import ANA, StoryClock
from freezecase.cli.watch import watch
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.checked import replace
from freezecase.core.obligations import Demand
from freezecase.core.values import Channel, Ground, Scope
from freezecase.errors import StoreBusy
from freezecase.policy.clock import Clock, ladder
from freezecase.policy.standard import standard
from tests.app.stores.insider import by_hand
from tests.cli.conftest import Run

MONDAY = datetime.fromisoformat("2020-03-02T12:00Z")
FREEZE = do.ImposeFreeze(
    account="acct-4711", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Casebook]:
    """A book in a file, with a case that was frozen on a Monday at noon."""
    clock = StoryClock(at=MONDAY)
    with Casebook.open(f"sqlite:///{tmp_path / 'cases.db'}", clock=clock) as opened:
        opened.execute(FREEZE, by=Actor.system("risk-engine"))
        yield opened


def clock_of(book: Casebook) -> StoryClock:
    """The clock that the book reads, to be set by hand."""
    return cast("StoryClock", book.clock)


def watched(
    book: Casebook, rounds: int, *, hours: float, warn: float = 0, meanwhile: Any = None
) -> tuple[Any, int]:
    """Watch so many rounds, with so many hours between them."""

    def wait(_seconds: float) -> None:
        clock_of(book).at += timedelta(hours=hours)
        if meanwhile is not None:
            meanwhile()

    return watch(book, every=30, rounds=rounds, warn=timedelta(hours=warn), wait=wait)


Said = Callable[[], list[str]]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """What was said on stderr since somebody asked; nothing goes to stdout."""

    def so_far() -> list[str]:
        captured = capsys.readouterr()
        assert captured.out == ""
        return captured.err.splitlines()

    return so_far


def test_each_round_records_what_was_missed(book: Casebook, said: Said) -> None:
    """A quarter of an hour after the freeze nobody has enforced it: the lead owes it."""
    passed, rounds = watched(book, 2, hours=0.25)

    assert (passed.missed, rounds) == (1, 2)
    assert said() == ["2020-03-02 12:15 1 miss recorded in 1 case"]
    (case,) = book.cases()
    assert case.obligations["enforcement", ""].debtor == "lead"


def test_where_nothing_is_due_nothing_is_said(book: Casebook, said: Said) -> None:
    """Silence means that all is well."""
    passed, _ = watched(book, 5, hours=0.01)

    assert (passed.cases, passed.missed, said()) == (0, 0, [])


def test_between_two_rounds_it_waits_as_long_as_it_was_told(book: Casebook) -> None:
    """After the last round it does not wait."""
    waited: list[float] = []

    watch(book, every=12.5, rounds=3, warn=timedelta(), wait=waited.append)

    assert waited == [12.5, 12.5]


def test_a_warning_is_said_once_while_it_holds(book: Casebook, said: Said) -> None:
    """Of a duty that will be late soon, who owes it by when; again only when that has changed."""
    watched(book, 4, hours=1, warn=4)

    (case,) = book.cases()
    warnings = [line for line in said() if " soon: " in line]
    assert warnings == [
        f"2020-03-02 12:00 soon: exchange owes enforcement by 2020-03-02 12:10, case {case.id}",
        f"2020-03-02 13:00 soon: lead owes enforcement by 2020-03-02 14:00, case {case.id}",
        f"2020-03-02 14:00 soon: accountable owes enforcement by 2020-03-02 18:00, case {case.id}",
    ]


def test_whoever_is_warned_of_goes_by_name(book: Casebook, said: Said) -> None:
    """The owner of a case is told, and not that an owner owes it."""
    (case,) = book.cases()
    for command in (
        do.ConfirmEnforcement(case.id),
        do.SendNotice(case.id, notice="freeze-imposed", channel=Channel.EMAIL),
        do.UpholdFreeze(case.id, reason="it stands"),
        do.AssignCase(case.id, to=ANA.person),
        do.RecordContact(case.id, channel=Channel.CHAT),
    ):
        book.execute(command, by=ANA)

    watched(book, 1, hours=1, warn=36)

    assert said() == [f"2020-03-02 12:00 soon: ana owes reply by 2020-03-04 00:00, case {case.id}"]


def test_a_warning_comes_back_with_what_it_warns_of(book: Casebook, said: Said) -> None:
    """What was answered in time is warned of again when it is owed again."""
    (case,) = book.cases()

    def ask_and_answer() -> None:
        book.execute(do.RecordContact(case.id, channel=Channel.CHAT), by=ANA)
        watched(book, 1, hours=0, warn=48)
        book.execute(do.SendReply(case.id, channel=Channel.CHAT), by=ANA)
        watched(book, 1, hours=0, warn=48)

    watched(book, 3, hours=0.01, warn=0, meanwhile=ask_and_answer)

    assert len([line for line in said() if "owes reply" in line]) == 2


def test_a_right_is_not_warned_of(book: Casebook, said: Said) -> None:
    """Nobody is late who leaves a right unused."""
    watched(book, 1, hours=1, warn=24 * 300)

    assert not [line for line in said() if "appeal-window" in line]


def test_without_hours_to_look_ahead_nothing_is_warned_of(book: Casebook, said: Said) -> None:
    """`--warn 0` turns warnings off."""
    watched(book, 1, hours=1, warn=0)

    assert said() == []


def damaged(book: Casebook) -> None:
    """Somebody removes a record of the case."""
    url = book.store.where.strip("`")
    with closing(by_hand(url)) as connection, connection:
        connection.execute("DELETE FROM stored_events WHERE rowid = 3")


def test_a_case_that_cannot_be_read_is_told_once_and_fails(book: Casebook, said: Said) -> None:
    """It keeps nobody else waiting; it is a failure of every round, and news only once."""
    damaged(book)
    other = book.execute(replace(FREEZE, account="acct-2"), by=Actor.system("risk-engine"))

    passed, _ = watched(book, 3, hours=1, warn=1)

    ((broken, why),) = passed.failed.items()
    lines = [line for line in said() if why in line and " soon: " not in line]
    assert lines == [f"2020-03-02 13:00 case {broken}: {why}"]
    assert book.case(other.case.id).obligations["enforcement", ""].debtor == "accountable"


def test_what_is_late_already_is_no_warning(book: Casebook, said: Said) -> None:
    """A case that could not be read when its time came has failed; it does not fall due soon."""
    damaged(book)
    clock_of(book).at += timedelta(hours=1)

    watched(book, 1, hours=0, warn=4)

    assert [line for line in said() if " soon: " in line] == []


class Busy:
    """A store that somebody else holds for some of the next times that it is asked what rang."""

    def __init__(self, store: Store, times: int) -> None:
        self._store, self._left = store, times

    def ringing(self, *args: Any, **more: Any) -> Any:
        """Be busy, or answer."""
        self._left -= 1
        if self._left >= 0:
            raise StoreBusy("the store is busy: somebody writes a lot")
        return self._store.ringing(*args, **more)

    def __getattr__(self, name: str) -> Any:
        """Answer everything else as the store does."""
        return getattr(self._store, name)


def busy(book: Casebook, times: int) -> Casebook:
    """The book on a store that is busy so many times."""
    return attrs.evolve(book, store=cast("Store", Busy(book.store, times)))


def test_a_busy_store_is_waited_for(book: Casebook, said: Said) -> None:
    """The next round does what this one could not; nothing is warned of twice for it."""
    passed, rounds = watched(busy(book, 2), 3, hours=0.125)

    assert (passed.missed, rounds) == (1, 3)
    assert [line.partition(" the store is busy")[0] for line in said()] == [
        "2020-03-02 12:00",
        "2020-03-02 12:07",
        "2020-03-02 12:15 1 miss recorded in 1 case",
    ]


def test_a_last_round_that_could_not_be_done_is_no_success(book: Casebook) -> None:
    """Whoever asked for so many rounds learns that the last came to nothing."""
    with pytest.raises(StoreBusy):
        watched(busy(book, 1), 1, hours=1)


# --- as a command --------------------------------------------------------------------------------


@pytest.fixture
def store(book: Casebook) -> str:
    """The URL of the book; its case of March 2020 is late whenever this runs."""
    return book.store.where.strip("`")


def test_it_stops_after_as_many_rounds_as_asked_for(run: Run, store: str) -> None:
    """Words go to stderr; what was missed is on record, and the exit is clean."""
    ran = run("watch", "--db", store, "--rounds", 2, "--every", 0.1)

    assert (ran.code, ran.out) == (0, "")
    assert f"  store: `{store}`" in ran.err
    assert ran.err.count("misses recorded in 1 case") == 1
    assert run("due", "--db", store).code == 0


def test_a_case_that_failed_is_a_finding(run: Run, book: Casebook, store: str) -> None:
    """A scheduler sees it by the exit code."""
    damaged(book)

    assert run("watch", "--db", store, "--rounds", 1).code == 1


def test_as_json_it_is_one_object_that_names_its_format(
    run: Run, book: Casebook, store: str
) -> None:
    """How many rounds there were, and what came of the last."""
    (case,) = book.cases()
    data = run("watch", "--db", store, "--rounds", 2, "--every", 0.1, "--json").data

    assert (data["format"], data["rounds"]) == ("freezecase.watch/1", 2)
    assert data["last"] == {"cases": 0, "missed": 0, "failed": {}}
    damaged(book)
    with closing(by_hand(store)) as connection, connection:
        connection.execute("UPDATE cases SET alarm = 1")
    failed = run("watch", "--db", store, "--rounds", 1, "--json").data["last"]["failed"]
    assert list(failed) == [str(case.id)]


def test_an_installed_policy_is_watched_by_its_own_clocks(
    run: Run, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs under house rules names them, so that what follows a miss is theirs."""
    mine = Clock(
        id="house-clock",
        covers="review",
        demand=Demand(kind="review", ladder=ladder("max 2 hours"), met_by=("freeze-upheld",)),
    )
    house = standard().without("review-clock").adding(mine).named("house", 2)
    monkeypatch.setattr("freezecase.cli.common.installed_policies", lambda: {"house": (house,)})

    assert run("watch", "--db", store, "--rounds", 1, "--policy", "house").code == 0
    told = run("explain", "acct-4711", "--db", store, "--policy", "house").out
    assert "judged by policy `house` version 2" in told


def test_an_interruption_ends_it(run: Run, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a number of rounds it goes on until somebody stops it."""

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("freezecase.cli.watch.watch.__kwdefaults__", {"wait": interrupted})

    ran = run("watch", "--db", store)

    assert (ran.code, ran.out) == (130, "")
    assert "freezecase: interrupted" in ran.err
