"""The exchange does what the cases demand, and only when it does is that on record."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from freezecase import Casebook, Channel, Scope, Status
from freezecase import commands as do
from freezecase import events as e
from freezecase.app.clock import micros_of
from freezecase.app.stores.store import Row
from freezecase.core.checked import replace
from freezecase.deliver import RECONCILER, Step
from freezecase.errors import InvalidValue
from freezecase.testing.contracts import StoryClock
from freezecase.testing.contracts.stage import looked_at
from freezecase.views.accounts import Restriction
from freezecase.wire.codec import encode
from freezecase.wire.shapes import Entry, Source
from tests.app.books import ANA, ENGINE, STORES, url_of
from tests.core.samples import EVENTS
from tests.deliver.desk import (
    ACCOUNT,
    BITCOIN,
    COURT,
    CRYPTO,
    EVERYTHING,
    FIAT,
    MONEY,
    TRADE,
    TWO_BITCOIN,
    close,
    freeze,
    happened,
    hold,
    offboard,
    reconciler,
    release,
    settled,
    widen,
)
from tests.deliver.exchange import Crash, Network

# --- telling and confirming ----------------------------------------------------------------------


def test_a_freeze_is_told_and_then_confirmed(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """With the revision that was told, by the reconciler; then there is nothing more to do."""
    case = freeze(book)
    revision = book.history(case)[-1].index
    step = reconciler(book, network).step(clock.now())
    assert step == Step(told=(ACCOUNT,), confirmed=(case,), failing={}, again_at=None)
    assert network.calls == [(ACCOUNT, Restriction([MONEY]), revision)]
    confirmed = book.history(case)[revision]
    assert confirmed.event == e.EnforcementConfirmed(reference=f"revision {revision}")
    assert confirmed.actor == RECONCILER
    assert ("enforcement", "") not in book.case(case).obligations
    settled(book, network)


def test_what_is_confirmed_is_not_told_again(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """Not by the next step, and not by another reconciler that starts from zero."""
    case = freeze(book)
    first = reconciler(book, network)
    first.step(clock.now())
    book.execute(do.RecordContact(case, channel=Channel.PHONE), by=ANA)
    assert first.step(clock.now()) == Step(told=(), confirmed=(), failing={}, again_at=None)
    reconciler(book, network).step(clock.now())
    assert len(network.calls) == 1


def test_all_cases_of_an_account_are_told_as_one(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """And each of them is confirmed."""
    cases = (freeze(book, BITCOIN), freeze(book, TRADE), freeze(book, CRYPTO))
    step = reconciler(book, network).step(clock.now())
    assert step.confirmed == cases
    assert [call[1] for call in network.calls] == [Restriction([TRADE, CRYPTO])]


def test_lifting_one_case_never_lifts_another(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """What two cases restrict stays restricted while one of them demands it."""
    first, second = freeze(book, MONEY), freeze(book, BITCOIN)
    release(book, first)
    step = reconciler(book, network).step(clock.now())
    assert step.confirmed == (first, second)
    assert network.exchange.restriction(ACCOUNT) == Restriction([BITCOIN])
    assert book.case(first).status is Status.RELEASED
    assert happened(book, first) == ["release-enforced"]
    release(book, second)
    reconciler(book, network).step(clock.now())
    assert network.exchange.restriction(ACCOUNT) == Restriction()


@pytest.mark.parametrize("leaving", [BITCOIN, TWO_BITCOIN, FIAT])
def test_a_release_in_part_leaves_what_it_says(
    book: Casebook, network: Network, clock: StoryClock, leaving: Scope
) -> None:
    """It is told at the order; that it holds narrows the freeze."""
    case = freeze(book, EVERYTHING)
    one = reconciler(book, network)
    one.step(clock.now())
    release(book, case, leaving)
    assert one.step(clock.now()).confirmed == (case,)
    assert happened(book, case)[1:] == ["scope-narrowed", "enforcement-confirmed"]
    assert network.exchange.restriction(ACCOUNT) == Restriction([leaving])
    assert (book.case(case).scope, book.case(case).enforced) == (leaving, True)
    assert one.step(clock.now()).told == ()


def test_each_account_is_told_of_its_own(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """Two accounts, two calls."""
    freeze(book, MONEY, "acct-1")
    freeze(book, TRADE, "acct-2")
    assert reconciler(book, network).step(clock.now()).told == ("acct-1", "acct-2")
    assert network.exchange.restriction("acct-1") == Restriction([MONEY])
    assert network.exchange.restriction("acct-2") == Restriction([TRADE])


def test_only_what_moved_is_read(book: Casebook, network: Network, clock: StoryClock) -> None:
    """A thousand settled accounts cost nothing."""
    for n in range(20):
        freeze(book, MONEY, f"acct-{n}")
    book, read = looked_at(book)
    one = reconciler(book, network)
    one.step(clock.now())
    case = freeze(book, TRADE, "acct-3")
    book.execute(do.RecordContact(case, channel=Channel.PHONE), by=ANA)
    del read[:]
    one.step(clock.now())
    assert {*read} == {case.id for case in book.cases(account="acct-3")}


# --- what changes without anybody waiting --------------------------------------------------------


def test_a_hold_on_a_release_that_was_told_already_freezes_again(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """The program ended after the lift and before it was confirmed; then a court forbade it."""
    case = freeze(book)
    reconciler(book, network).step(clock.now())
    release(book, case)
    network.weather.append("dies after")
    dying = reconciler(book, network)
    with pytest.raises(Crash):
        dying.step(clock.now())
    assert network.exchange.restriction(ACCOUNT) == Restriction()
    hold(book, case)
    reconciler(book, network).step(clock.now())
    assert network.exchange.restriction(ACCOUNT) == Restriction([MONEY])
    settled(book, network)


def test_a_case_that_is_closed_while_it_restricts_frees_the_account(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """A closed case waits for nothing, and yet the exchange has to be told; reopened, it counts."""
    case = freeze(book)
    offboard(book, case)
    one = reconciler(book, network)
    one.step(clock.now())
    assert network.exchange.restriction(ACCOUNT) == Restriction([MONEY])
    close(book, case)
    assert one.step(clock.now()).told == (ACCOUNT,)
    assert network.exchange.restriction(ACCOUNT) == Restriction()
    book.execute(do.ReopenCase(case, reason="funds were found"), by=ANA)
    assert one.step(clock.now()).confirmed == (case,)
    assert network.exchange.restriction(ACCOUNT) == Restriction([MONEY])


def test_the_closing_of_what_was_lifted_before_is_not_told(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """Nothing changes for the exchange."""
    case = freeze(book)
    release(book, case)
    one = reconciler(book, network)
    one.step(clock.now())
    close(book, case)
    assert one.step(clock.now()) == Step(told=(), confirmed=(), failing={}, again_at=None)
    assert one.position == book.store.size()


def test_what_somebody_else_confirms_is_told_all_the_same(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """They say that they did it by hand; the exchange then hears the same from us."""
    case = freeze(book)
    book.execute(do.ConfirmEnforcement(case), by=ENGINE)
    one = reconciler(book, network)
    assert one.step(clock.now()) == Step(told=(ACCOUNT,), confirmed=(), failing={}, again_at=None)
    release(book, case)
    book.execute(do.ConfirmRelease(case), by=ENGINE)
    assert one.step(clock.now()).told == (ACCOUNT,)
    settled(book, network)
    assert one.step(clock.now()).told == ()


def test_what_was_lifted_by_hand_is_told_even_if_it_is_closed_by_then(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """Otherwise the account would stay frozen, with nobody left to look."""
    case = freeze(book)
    one = reconciler(book, network)
    one.step(clock.now())
    release(book, case)
    book.execute(do.ConfirmRelease(case), by=ENGINE)
    close(book, case)
    assert one.step(clock.now()).told == (ACCOUNT,)
    assert network.exchange.restriction(ACCOUNT) == Restriction()


def imported(book: Casebook, *happened: e.CaseEvent) -> UUID:
    """A case that was taken in from elsewhere."""
    case, now = book.clock.new_id(), book.clock.now()
    source = Source(log="old-log", id="1", row=1, digest=f"sha256:{0:064}")
    entries = [
        Entry(event=event, actor=ENGINE, occurred_at=now, command_id=case, source=source)
        for event in happened
    ]
    rows = [Row(case, n, *encode(entry)) for n, entry in enumerate(entries, start=1)]
    book.store.append(rows, now=micros_of(now), opened=[(case, ACCOUNT)])
    return case


IMPOSED = replace(EVENTS[e.FreezeImposed], account=ACCOUNT, scope=MONEY)


def test_what_was_so_before_we_came_is_believed(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """An imported confirmation settles its case, what was imported without one is told."""
    imported(book, IMPOSED, e.EnforcementConfirmed())
    imported(book, IMPOSED, e.ReleaseOrdered(by=ANA.person), e.ReleaseEnforced())
    one = reconciler(book, network)
    assert one.step(clock.now()) == Step(told=(), confirmed=(), failing={}, again_at=None)
    case = imported(book, replace(IMPOSED, scope=TRADE))
    assert one.step(clock.now()).confirmed == (case,)
    assert network.calls[0][1] == Restriction([TRADE, MONEY])


def test_a_stream_that_is_no_case_is_passed_over(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """Somebody else keeps records of theirs in the same store, under the same names."""
    entry = Entry(event=IMPOSED, actor=ENGINE, occurred_at=clock.now(), command_id=UUID(int=9))
    row = Row(UUID(int=9), 1, *encode(entry))
    book.store.append([row], now=micros_of(clock.now()))
    imported(book, IMPOSED, e.EnforcementConfirmed())  # the next in the list of cases
    one = reconciler(book, network)
    assert one.step(clock.now()) == Step(told=(), confirmed=(), failing={}, again_at=None)
    assert one.position == book.store.size()


# --- from where ----------------------------------------------------------------------------------


def test_the_position_is_where_all_is_settled(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """While an account fails it stays behind, so that whoever starts there finds it again."""
    one = reconciler(book, network)
    assert one.position == 0
    freeze(book, MONEY, "acct-1")
    before = book.store.size()
    one.step(clock.now())
    assert one.position == before  # what it wrote itself it has not read yet
    network.weather.extend(["fine", "refused"])
    freeze(book, MONEY, "acct-2")
    freeze(book, MONEY, "acct-3")
    one.step(clock.now())
    assert before < one.position < book.store.size()
    del network.calls[:]
    next_one = reconciler(book, network, after=one.position)
    assert next_one.position == one.position
    next_one.step(clock.now())
    assert [call[0] for call in network.calls] == ["acct-3"]
    assert (next_one.step(clock.now()).told, next_one.position) == ((), book.store.size())


def test_who_lost_the_position_tells_only_what_nobody_confirmed(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """From zero the ledger is read once, and nothing is told twice."""
    for n in range(5):
        freeze(book, MONEY, f"acct-{n}")
    reconciler(book, network).step(clock.now(), limit=3)
    del network.calls[:]
    assert reconciler(book, network).step(clock.now()).told == ("acct-3", "acct-4")
    assert len(network.calls) == 2


def test_a_step_visits_only_so_many_and_says_to_come_again_at_once(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """So that a surge does not keep the loop from ending, or from seeing what is new."""
    for n in range(5):
        freeze(book, MONEY, f"acct-{n}")
    one = reconciler(book, network)
    steps = [one.step(clock.now(), limit=2) for _ in range(4)]
    assert [len(step.told) for step in steps] == [2, 2, 1, 0]
    assert [step.again_at for step in steps] == [clock.now(), clock.now(), None, None]


def test_an_account_can_be_told_again(book: Casebook, network: Network, clock: StoryClock) -> None:
    """When the exchange lost what it knew: once, though all of it is confirmed."""
    freeze(book)
    one = reconciler(book, network)
    one.step(clock.now())
    network.exchange.held.clear()
    one.tell(ACCOUNT)
    network.weather.append("refused")
    assert one.step(clock.now()).again_at == clock.later(seconds=1)
    assert one.step(clock.now()) == Step(told=(ACCOUNT,), confirmed=(), failing={}, again_at=None)
    settled(book, network)
    assert one.step(clock.now()).told == ()


def test_an_account_without_cases_can_be_told_that_it_is_free(
    book: Casebook, network: Network, clock: StoryClock
) -> None:
    """Whoever asks for an account gets what is true of it."""
    one = reconciler(book, network)
    one.tell("acct-9")
    assert one.step(clock.now()).told == ("acct-9",)
    assert network.calls == [("acct-9", Restriction(), 0)]


def test_now_has_to_be_an_instant(book: Casebook, network: Network) -> None:
    """A naive one could be any."""
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the point
    with pytest.raises(InvalidValue, match="it takes an aware instant"):
        reconciler(book, network).step(naive)


# --- on every kind of store ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", STORES)
def test_a_plain_run_on_every_store(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, network: Network
) -> None:
    """Freeze, widen, fail, lift in part, hold, release; by three reconcilers, one after another."""
    clock = StoryClock()
    with Casebook.open(url_of(kind, request, tmp_path), clock=clock) as book:
        first, second = freeze(book, BITCOIN), freeze(book, FIAT)
        one = reconciler(book, network)
        assert one.step(clock.now()).confirmed == (first, second)
        widen(book, first, CRYPTO)
        network.weather.append("silent")
        assert [*one.step(clock.now()).failing] == [ACCOUNT]
        one = reconciler(book, network, after=one.position)
        assert one.step(clock.now()).confirmed == (first,)
        release(book, first, BITCOIN)
        release(book, second)
        assert one.step(clock.now()).confirmed == (first, second)
        assert network.exchange.restriction(ACCOUNT) == Restriction([BITCOIN])
        release(book, first)
        hold(book, first)
        one = reconciler(book, network)
        one.step(clock.now())
        settled(book, network)
        book.execute(do.LiftLegalHold(first, hold=min(book.case(first).holds)), by=COURT)
        release(book, first)
        assert one.step(clock.now()).confirmed == (first,)
        assert network.exchange.restriction(ACCOUNT) == Restriction()
        settled(book, network)
        assert (one.step(clock.now()).told, one.position) == ((), book.store.size())
