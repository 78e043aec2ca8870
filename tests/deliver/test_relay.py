"""A relay tells all of it, in order, under one key; what is never taken is owed on its case."""

from collections import deque
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import attrs
import pytest

from freezecase import Audience, Casebook, Policy, Status, standard
from freezecase import commands as do
from freezecase.app.stores.store import Loaded, Row, Store
from freezecase.deliver import RELAY, FilePositions, MemoryPositions, Relay
from freezecase.errors import InvalidValue, NoSuchCase, StoreError
from freezecase.policy.gate import SILENT, Answer, forbid, gate
from freezecase.policy.question import Question
from freezecase.testing.contracts import StoryClock
from tests.app.books import ANA, STORES, url_of
from tests.deliver.desk import freeze, release
from tests.deliver.exchange import WEATHERS, Crash
from tests.deliver.mail import (
    NAME,
    OWED,
    Kept,
    Wire,
    contact,
    due,
    given_up,
    owed,
    relay,
)
from tests.deliver.world import Watched

OPERATIONS = Audience.OPERATIONS


def keys(book: Casebook, audience: Audience = Audience.CUSTOMER) -> list[str]:
    """The keys of all that must be announced."""
    return [one.key for one in due(book, audience)]


def two_cases(book: Casebook) -> tuple[UUID, UUID]:
    """Two cases on two accounts, in the second of which the customer wrote."""
    first, second = freeze(book, account="acct-1"), freeze(book, account="acct-2")
    contact(book, second)
    return first, second


# --- all goes well -----------------------------------------------------------------------------


@pytest.mark.parametrize("audience", [Audience.CUSTOMER, OPERATIONS])
def test_all_is_told_in_the_order_of_the_ledger(book: Casebook, audience: Audience) -> None:
    """Once, and then there is nothing more to do."""
    wire = Wire()
    first, _second = two_cases(book)
    release(book, first)
    one = relay(book, wire, audience=audience)
    done = one.step(book.clock.now())
    assert list(done.delivered) == wire.tried == keys(book, audience)
    assert (dict(done.failing), dict(done.given_up), done.again_at) == ({}, {}, None)
    assert (one.position, one.step(book.clock.now()).delivered) == (book.store.size(), ())


def test_what_is_recorded_later_is_told_later(book: Casebook) -> None:
    """The relay reads on where it was."""
    wire, (_first, second) = Wire(), two_cases(book)
    one = relay(book, wire)
    one.step(book.clock.now())
    contact(book, second)
    assert one.step(book.clock.now()).delivered == (keys(book)[-1],)


def test_a_step_does_no_more_than_it_may_and_says_that_there_is_more(book: Casebook) -> None:
    """Then it is to come again at once."""
    wire, _cases = Wire(), two_cases(book)
    one = relay(book, wire, ahead=1)
    for key in keys(book):
        assert one.step(book.clock.now(), limit=1).delivered == (key,)
    assert one.step(book.clock.now(), limit=1).again_at is None


def test_a_new_subscriber_may_begin_with_what_is_still_to_come(book: Casebook) -> None:
    """What a kept position says goes before that."""
    wire, (_first, second) = Wire(), two_cases(book)
    positions = MemoryPositions()
    one = relay(book, wire, positions, after=book.store.size())
    assert one.step(book.clock.now()).delivered == ()
    contact(book, second)
    again = relay(book, wire, positions, after=0)
    assert again.step(book.clock.now()).delivered == (keys(book)[-1],)


@pytest.mark.parametrize("kind", STORES)
def test_a_plain_run_on_every_store_with_positions_in_files(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Told, failed, ended, begun anew, given up, and told at last."""
    clock, wire, positions = StoryClock(), Wire(), FilePositions(tmp_path)
    with Casebook.open(url_of(kind, request, tmp_path), clock=clock) as book:
        first, second = two_cases(book)
        Relay(book, wire, name=NAME, positions=positions).step(clock.now())
        assert [*wire.receiver.taken] == keys(book)
        wire.never = {second}
        contact(book, second)
        contact(book, first)
        one = Relay(book, wire, name=NAME, positions=positions)
        assert [*one.step(clock.now()).given_up] == [second]
        assert (positions.load(NAME), owed(book)) == (one.position, {second})
        wire.never = set()
        one.redeliver(second)
        one.step(clock.now())
        assert ({*wire.receiver.taken}, owed(book)) == ({*keys(book)}, set())


# --- something fails ---------------------------------------------------------------------------


def test_a_case_that_fails_waits_twice_as_long_each_time_and_keeps_nobody_else(
    book: Casebook, clock: StoryClock
) -> None:
    """And of that case nothing overtakes."""
    wire, (first, second) = Wire(), two_cases(book)
    wire.network.weather.extend(["refused", "fine", "fine"])
    contact(book, first)
    one = relay(book, wire)
    done = one.step(clock.now())
    assert done.failing == {first: "ConnectionRefusedError: nobody listens"}
    assert {wire.seen[key].case for key in done.delivered} == {second}
    assert (done.again_at, one.position) == (clock.now() + timedelta(seconds=1), 0)
    assert one.step(clock.now()).delivered == ()
    wire.network.weather.append("refused")
    assert one.step(clock.later(seconds=1)).again_at == clock.now() + timedelta(seconds=2)
    done = one.step(clock.later(seconds=2))
    assert [wire.seen[key].kind for key in done.delivered] == ["freeze-imposed", "contact-received"]
    assert ({*wire.answered}, one.position) == ({*keys(book)}, book.store.size())


def test_what_was_given_up_is_owed_on_its_case_and_climbs(
    book: Casebook, clock: StoryClock
) -> None:
    """By the exchange within four hours, then by whoever is accountable, again and again."""
    wire, case = Wire(down=True), freeze(book)
    one = relay(book, wire)
    for _ in range(2):
        assert one.step(clock.now()).given_up == {}
        clock.later(minutes=2)
    assert one.step(clock.now()).given_up == {case: "ConnectionError: nobody answers"}
    assert (len(wire.tried), one.position) == (3, book.store.size())
    owing = book.case(case).obligations[OWED]
    assert (owing.debtor, owing.due, owing.basis) == (
        *("exchange", clock.now() + timedelta(hours=4), RELAY.id),
    )
    book.run_due(clock.later(hours=5))
    assert book.case(case).obligations[OWED].debtor == "accountable"


def test_a_house_has_its_own_word_for_who_is_accountable(clock: StoryClock) -> None:
    """The ladder ends at the role that the policy of the day names."""
    with Casebook.open("memory:", policy=standard(accountable="mlro"), clock=clock) as book:
        case = freeze(book)
        wire = Wire(never={case})
        relay(book, wire).step(clock.now())
        ladder = book.case(case).obligations[OWED].demand.ladder
        assert [rung.debtor for rung in ladder] == ["exchange", "mlro"]


def test_what_will_never_be_taken_is_given_up_at_once(book: Casebook, clock: StoryClock) -> None:
    """And whatever else happens to the case is still told."""
    wire, (first, second) = Wire(), two_cases(book)
    wire.never = {second}
    one = relay(book, wire)
    assert [*one.step(clock.now()).given_up] == [second]
    assert len(wire.tried) == 3
    wire.never = set()
    contact(book, second)
    assert len(one.step(clock.now()).delivered) == 1
    assert (owed(book), given_up(book)) == ({second}, {second})
    assert first not in owed(book)


def test_a_second_that_is_given_up_puts_the_first_off_no_further(
    book: Casebook, clock: StoryClock
) -> None:
    """There is one obligation for a case, and the oldest due stands."""
    case = freeze(book)
    wire = Wire(never={case})
    one = relay(book, wire)
    one.step(clock.now())
    first = book.case(case).obligations[OWED].due
    clock.later(hours=1)
    contact(book, case)
    assert [*one.step(clock.now()).given_up] == [case]
    assert book.case(case).obligations[OWED].due == first


def test_a_closed_case_is_owed_its_delivery_too(book: Casebook, clock: StoryClock) -> None:
    """What nobody was told of is not over because the case is."""
    case = freeze(book)
    release(book, case)
    for command in (do.ConfirmRelease(case), do.CloseCase(case, outcome="released")):
        book.execute(command, by=ANA)
    relay(book, Wire(never={case})).step(clock.now())
    assert (book.case(case).status, owed(book)) == (Status.CLOSED, {case})


def test_while_nobody_answers_only_the_oldest_is_tried(book: Casebook, clock: StoryClock) -> None:
    """So an outage makes a few obligations, not one for each case; and then all goes on."""
    wire = Wire(down=True)
    cases = [freeze(book, account=f"acct-{number}") for number in range(20)]
    one = relay(book, wire)
    done = one.step(clock.now())
    assert (len(wire.tried), len(done.failing)) == (5, 5)
    for _ in range(4):
        assert done.again_at is not None
        clock.instant = done.again_at
        before = len(wire.tried)
        done = one.step(clock.now())
        assert len(wire.tried) == before + 1
    assert given_up(book) == {cases[0], cases[1]}
    wire.down = False
    assert done.again_at is not None
    clock.instant = done.again_at
    assert len(one.step(clock.now()).delivered) == 18


def test_an_obligation_that_the_policy_forbids_keeps_the_position(clock: StoryClock) -> None:
    """Then it is on record nowhere, so it is never let go: it goes on failing, and says why."""

    @gate("nothing-is-owed-here", on=[do.OpenObligation])
    def nothing_is_owed(_question: Question) -> Answer:
        """Nobody may owe anything."""
        return forbid("not here") if wire.never else SILENT

    policy: Policy = standard().adding(nothing_is_owed)
    with Casebook.open("memory:", policy=policy, clock=clock) as book:
        case = freeze(book)
        wire = Wire(never={case})
        one = relay(book, wire)
        for _ in range(4):
            one.step(clock.now())
            clock.later(minutes=2)
        done = one.step(clock.now())
        assert "knows no such case; PolicyForbids" in done.failing[case]
        assert (dict(done.given_up), one.position) == ({}, 0)
        wire.never = set()
        assert len(one.step(clock.later(minutes=2)).delivered) == 1


# --- once more ---------------------------------------------------------------------------------


def test_what_is_asked_for_again_comes_whole_under_the_same_keys(
    book: Casebook, clock: StoryClock
) -> None:
    """And once all of it is taken, nobody owes it any more."""
    case = freeze(book)
    wire = Wire(never={case})
    one = relay(book, wire)
    contact(book, case)
    one.step(clock.now())
    wire.never = set()
    one.step(clock.now())
    assert owed(book) == {case}
    wire.tried.clear()
    before = book.store.size()
    contact(book, case)  # this comes behind
    one.redeliver(case)
    one.redeliver(case)
    assert one.position == before  # what is asked for again takes it back no further
    one.step(clock.now())
    assert (wire.tried, owed(book)) == (keys(book), set())
    assert one.position == book.store.size()


def test_what_fails_again_is_still_owed(book: Casebook, clock: StoryClock) -> None:
    """Though the rest of it is taken."""
    wire, (first, second) = Wire(), two_cases(book)
    wire.never = {second}
    one = relay(book, wire)
    one.step(clock.now())
    one.redeliver(second)
    one.redeliver(first)
    assert [*one.step(clock.now()).given_up] == [second]
    assert owed(book) == {second}


def test_asking_again_for_what_is_not_there_is_said(book: Casebook) -> None:
    """It is a slip of the pen, or another book."""
    with pytest.raises(NoSuchCase):
        relay(book, Wire()).redeliver(UUID(int=404))


# --- the program ends --------------------------------------------------------------------------

ENDS: list[tuple[str, dict[str, list[str]]]] = [
    # the program ends | how calls, appends and positions go
    ("before it is sent", {"weather": ["dies first"]}),
    ("once it is taken", {"weather": ["dies after"]}),
    ("while it is under way", {"weather": ["dies while it is under way"]}),
    ("before a position is kept", {"kept": ["before"]}),
    ("once a position is kept", {"kept": ["after"]}),
    ("before it is owed", {"weather": ["refused"] * 3, "stored": ["before"]}),
    ("once it is owed", {"weather": ["refused"] * 3, "stored": ["after"]}),
    ("before the position after that", {"weather": ["refused"] * 3, "kept": ["fine", "before"]}),
]


@pytest.mark.parametrize("kept", [True, False], ids=["position kept", "position lost"])
@pytest.mark.parametrize("how", [one for _name, one in ENDS], ids=[name for name, _one in ENDS])
def test_wherever_the_program_ends_nothing_is_lost_and_nothing_is_owed_twice(
    how: dict[str, list[str]], book: Casebook, clock: StoryClock, *, kept: bool
) -> None:
    """What comes twice has the key that it had."""
    wire, case = Wire(), freeze(book)
    watched = Watched(book.store, lambda _rows: None)
    wire.network.weather.extend(how.get("weather", []))
    watched.ends.extend(how.get("stored", []))
    positions = Kept(ends=deque(how.get("kept", [])))
    seen_from_there = attrs.evolve(book, store=cast("Store", watched))
    one = relay(seen_from_there, wire, positions)

    def run() -> None:
        for _ in range(4):
            one.step(clock.now())
            clock.later(minutes=2)

    with pytest.raises(Crash):
        run()
    if not kept:
        positions = Kept()
    one = relay(seen_from_there, wire, positions)
    one.step(clock.now())
    while wire.network.under_way:
        wire.network.arrive(0)
    took = {*wire.receiver.taken} == {*keys(book)}
    assert took or owed(book) == {case}
    opened = [record for record in book.history(case) if record.actor == RELAY]
    assert len(opened) <= 1
    assert one.position == book.store.size()


def test_two_relays_of_one_name_deliver_twice_and_owe_once(
    book: Casebook, clock: StoryClock
) -> None:
    """Also when both give up at once, each at an instant of its own."""
    case = freeze(book)
    wire = Wire(never={case})
    other = relay(book, wire)
    watched = Watched(book.store, lambda _rows: None)
    watched.meanwhile.append(lambda: other.step(clock.later(seconds=1)))
    one = relay(attrs.evolve(book, store=cast("Store", watched)), wire)
    assert [*one.step(clock.now()).given_up] == [case]
    assert len([r for r in book.history(case) if r.actor == RELAY]) == 1


def test_a_store_that_fails_is_the_hosts_to_see_and_nothing_is_lost(
    book: Casebook, clock: StoryClock
) -> None:
    """The relay itself goes on from there."""
    case = freeze(book)
    wire = Wire(never={case})

    def full(*_: object, **__: object) -> None:
        raise StoreError("no room is left")

    watched = Watched(book.store, lambda _rows: None)
    one = relay(attrs.evolve(book, store=cast("Store", watched)), wire)
    watched.meanwhile.append(full)
    with pytest.raises(StoreError):
        one.step(clock.now())
    assert (one.position, owed(book)) == (0, set())
    assert [*one.step(clock.later(minutes=1)).given_up] == [case]


# --- what cannot be read -----------------------------------------------------------------------


@attrs.frozen
class Damaged:
    """A store in which one case cannot be read."""

    store: Store
    case: UUID

    def read(self, case: UUID, **more: Any) -> list[Loaded]:
        """Return the rows, of that one case with other bytes in them."""
        rows = self.store.read(case, **more)
        return [(v, n, b"{}", i, at) for v, n, _b, i, at in rows] if case == self.case else rows

    def __getattr__(self, name: str) -> Any:
        """Do everything else as the store does."""
        return getattr(self.store, name)


def test_a_case_that_cannot_be_read_keeps_nobody_else_even_when_nobody_answers(
    book: Casebook, clock: StoryClock
) -> None:
    """It is named, and never let go: it cannot be put on record in it either."""
    cases = [freeze(book, account=f"acct-{number}") for number in range(8)]
    damaged = attrs.evolve(book, store=cast("Store", Damaged(book.store, cases[0])))
    wire = Wire(down=True)
    one = relay(damaged, wire)
    for _ in range(3):
        done = one.step(clock.now())
        clock.instant = done.again_at or clock.instant
    wire.down = False
    for _ in range(9):
        one.step(clock.later(minutes=2))
    done = one.step(clock.later(minutes=2))
    assert [*done.failing] == [cases[0]]
    assert "cannot read `freeze-imposed.v1`" in done.failing[cases[0]]
    assert ({wire.seen[key].case for key in wire.answered} | given_up(book)) == {*cases[1:]}
    assert one.position == 0


def test_a_stream_that_no_freeze_opened_is_no_case(book: Casebook, clock: StoryClock) -> None:
    """Whatever else is kept in a store, none of it is announced."""
    case = freeze(book)
    contact(book, case)
    [row] = [row for row in book.store.read(case) if row[1] == "contact-received.v1"]
    book.store.append([Row(UUID(int=99), 1, row[1], row[2])], now=row[4])
    wire = Wire()
    one = relay(book, wire)
    one.step(clock.now())
    assert {wire.seen[key].case for key in wire.tried} == {case}
    assert one.position == book.store.size()


# --- what cannot be ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"name": "Our CRM"}, r"name cannot be .* lower-case words"),
        ({"attempts": 0}, r"Relay.attempts cannot be .* 1 or more"),
        ({"ahead": 0}, r"Relay.ahead cannot be"),
        ({"audience": Audience.COMPLIANCE}, "for `customer` or `operations`"),
        ({"after": -1}, r"Relay.position cannot be .* 0 to 0"),
        ({"after": 1}, "where the ledger ends: it is of another book, or a newer one"),
        ({"positions": MemoryPositions({NAME: 1})}, r"Relay.position"),
    ],
)
def test_a_relay_that_would_skip_or_never_end_is_refused(
    wrong: dict[str, Any], match: str, book: Casebook
) -> None:
    """Before it does anything."""
    with pytest.raises(InvalidValue, match=match):
        relay(book, Wire(), **wrong)


def test_a_step_takes_an_aware_instant(book: Casebook, clock: StoryClock) -> None:
    """As everything does."""
    with pytest.raises(InvalidValue, match="aware instant"):
        relay(book, Wire()).step(clock.now().replace(tzinfo=None))


@pytest.mark.parametrize("weather", [*WEATHERS])
def test_every_weather_passes(weather: str, book: Casebook, clock: StoryClock) -> None:
    """The table of what can go wrong with a call: afterwards it is taken, once."""
    wire = Wire()
    freeze(book)
    wire.network.weather.append(weather)
    one, positions = relay(book, wire), MemoryPositions()
    again: Callable[[], Relay] = lambda: relay(book, wire, positions)  # noqa: E731 - said once
    for _ in range(2):
        try:
            one.step(clock.later(minutes=2))
        except Crash:
            one = again()
    while wire.network.under_way:
        wire.network.arrive(0)
    assert [*wire.receiver.taken] == keys(book)
    assert one.position == book.store.size()
