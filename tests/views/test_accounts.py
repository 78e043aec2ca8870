"""What an account cannot do is the union over its open cases, and every revision of it is one."""

from collections.abc import Callable
from itertools import groupby
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase import Amount, Capability, Casebook, CaseState, Channel, Ground, Scope, Status
from freezecase import commands as do
from freezecase import events as e
from freezecase.app.reading import folded_cases
from freezecase.app.stores.store import Loaded, Store
from freezecase.core.checked import replace
from freezecase.core.evolve import fold, unopened
from freezecase.errors import InvalidValue
from freezecase.testing import strategies as made
from freezecase.testing.contracts import StoryClock
from freezecase.views.accounts import (
    AccountView,
    Restriction,
    account_view,
    demanded,
    read_account,
)
from tests.app.books import ANA, ENGINE, ROB
from tests.core.samples import COURT, EVENTS, WHY
from tests.laws.settings import BRIEF, LAW, QUICK

FIAT, CRYPTO, TRADE = Capability.WITHDRAW_FIAT, Capability.WITHDRAW_CRYPTO, Capability.TRADE
MONEY = Scope.of(FIAT, CRYPTO)
SOME_FIAT = Scope.of(FIAT)
BITCOIN = Scope.of(CRYPTO, assets=["BTC"])
COINS = Scope.of(CRYPTO, assets=["BTC", "ETH"])
ONE, TWO = (Scope.of(CRYPTO, assets=["BTC"], amount=Amount.of(n, "BTC")) for n in ("1", "2"))
ONE_AGAIN = Scope.of(CRYPTO, assets=["BTC"], amount=Amount.of("1.00", "BTC"))
IN_EUROS = Scope.of(CRYPTO, amount=Amount.of("500", "EUR"))

# --- a restriction -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scopes", "left"),
    [
        ([], []),
        ([MONEY], [MONEY]),
        ([SOME_FIAT, MONEY], [MONEY]),  # within another: dropped
        ([TRADE, FIAT], [Scope.of(TRADE), SOME_FIAT]),  # in order; they do not add up to one
        ([BITCOIN, COINS], [COINS]),
        ([BITCOIN, SOME_FIAT], [BITCOIN, SOME_FIAT]),
        ([ONE, TWO], [TWO]),  # two bitcoin hold the one
        ([ONE, ONE], [ONE]),  # nobody can tell whether it is the same one
        ([TWO, BITCOIN], [BITCOIN]),  # all of it holds two
        ([ONE, IN_EUROS], [IN_EUROS, ONE]),  # amounts of two assets are not compared
        ([IN_EUROS, MONEY], [MONEY]),
    ],
)
def test_a_restriction_is_what_is_within_no_other(scopes: list[Any], left: list[Scope]) -> None:
    """In an order of its own, each once."""
    given_scopes = [one if isinstance(one, Scope) else Scope.of(one) for one in scopes]
    assert list(Restriction(given_scopes).scopes) == left
    assert Restriction(reversed(given_scopes)) == Restriction(given_scopes)


def test_of_two_spellings_of_one_amount_the_same_one_stays() -> None:
    """`1` and `1.00` hold the same; which one is said does not depend on who came first."""
    assert Restriction([ONE, ONE_AGAIN]) == Restriction([ONE_AGAIN, ONE]) == Restriction([ONE])


@pytest.mark.parametrize(
    ("scopes", "capability", "asset", "stopping"),
    [
        ([], CRYPTO, None, []),
        ([MONEY], CRYPTO, None, [MONEY]),
        ([MONEY], CRYPTO, "BTC", [MONEY]),
        ([MONEY], TRADE, None, []),
        ([MONEY], TRADE, "BTC", []),
        ([BITCOIN], CRYPTO, "BTC", [BITCOIN]),
        ([BITCOIN], CRYPTO, "ETH", []),
        ([BITCOIN], CRYPTO, None, [BITCOIN]),  # asked of all assets, one is stopped
        ([TWO], CRYPTO, "BTC", [TWO]),  # up to an amount: that too is stopped
        ([IN_EUROS], CRYPTO, "ETH", [IN_EUROS]),  # worth 500 euros of whatever there is
        ([BITCOIN, IN_EUROS], CRYPTO, "BTC", [IN_EUROS, BITCOIN]),
        ([BITCOIN, SOME_FIAT], FIAT, "EUR", [SOME_FIAT]),
    ],
)
def test_what_is_stopped_is_stopped_by_scopes_that_can_be_named(
    scopes: list[Scope], capability: Capability, asset: str | None, stopping: list[Scope]
) -> None:
    """Wholly or up to an amount, for the asset that is asked about."""
    restriction = Restriction(scopes)
    assert list(restriction.stopping(capability, asset)) == stopping
    assert restriction.stops(capability, asset) is bool(stopping)


def test_a_capability_that_is_none_is_refused() -> None:
    """A slip of the pen must not read as free."""
    with pytest.raises(InvalidValue, match="cannot be `'withdraw_crypto'`: it takes one of `log-"):
        Restriction([MONEY]).stops(cast("Capability", "withdraw_crypto"))


def few_scopes() -> st.SearchStrategy[Scope]:
    """Scopes of few words, so that they often lie within each other, and any others."""
    assets = st.sampled_from([(), ("BTC",), ("BTC", "ETH")])
    amounts = st.sampled_from([None, *(Amount.of(n, "BTC") for n in ("1", "1.0", "2"))])
    capabilities = st.sets(st.sampled_from([TRADE, FIAT, CRYPTO]), min_size=1)
    few = st.builds(lambda c, a, n: Scope.of(*c, assets=a, amount=n), capabilities, assets, amounts)
    return few | made.scopes()


LISTS = st.lists(few_scopes(), max_size=4)


@QUICK
@given(LISTS, st.randoms(use_true_random=False))
def test_the_order_does_not_matter_and_nothing_counts_twice(scopes: list[Scope], r: Any) -> None:
    """However it is put together, the same is stopped, and it looks the same."""
    shuffled = [*scopes, *scopes[:2]]
    r.shuffle(shuffled)
    assert Restriction(shuffled) == Restriction(scopes)
    assert Restriction(Restriction(scopes).scopes) == Restriction(scopes)


@LAW
@given(LISTS, LISTS, LISTS)
def test_restrictions_unite_like_sets(one: Any, two: Any, three: Any) -> None:
    """Whatever either stops: in any order, in any groups, as often as one likes."""
    a, b, c = map(Restriction, (one, two, three))
    assert a | b == b | a
    assert (a | b) | c == a | (b | c)
    assert a | a == a | Restriction() == a
    assert a | b == Restriction([*one, *two])


@QUICK
@given(LISTS)
def test_what_is_dropped_is_still_stopped_and_nothing_else(scopes: list[Scope]) -> None:
    """Each scope is covered, none is within another, and none is made up."""
    restriction = Restriction(scopes)
    assert [scope for scope in scopes if not restriction.covers(scope)] == []
    assert {*restriction.scopes} <= {*scopes}
    assert [
        (a, b) for a in restriction.scopes for b in restriction.scopes if a != b and a.within(b)
    ] == []


@QUICK
@given(LISTS, st.sampled_from(Capability), st.sampled_from([None, "BTC", "ETH", "EUR"]))
def test_it_stops_what_one_of_its_scopes_stops(
    scopes: list[Scope], capability: Capability, asset: str | None
) -> None:
    """Asked one by one, the scopes say the same as all of them together."""
    assert Restriction(scopes).stops(capability, asset) is any(
        Restriction([scope]).stops(capability, asset) for scope in scopes
    )


# --- what a case demands -------------------------------------------------------------------------

IMPOSED = replace(EVENTS[e.FreezeImposed], scope=MONEY)
PROPOSED = e.ReleaseProposed(by=ANA.person, reason=WHY, leaving=BITCOIN)
ORDERED, IN_PART = (e.ReleaseOrdered(by=ROB.person, leaving=left) for left in (None, BITCOIN))
HELD = EVENTS[e.LegalHoldPlaced]
FREED = e.ReleaseEnforced()
ENDED, CLOSED = EVENTS[e.AccountOffboarded], EVENTS[e.CaseClosed]


def told(*happened: e.CaseEvent, number: int = 1) -> CaseState:
    """A case in which this happened."""
    return fold(happened, unopened(UUID(int=number)))


@pytest.mark.parametrize(
    ("happened", "scope"),
    [
        ((), None),
        ((IMPOSED,), MONEY),
        ((IMPOSED, e.EnforcementConfirmed()), MONEY),
        ((IMPOSED, e.ScopeNarrowed(scope=BITCOIN, by=ANA.person)), BITCOIN),
        ((IMPOSED, PROPOSED), MONEY),  # proposed is not ordered
        ((IMPOSED, PROPOSED, e.ReleaseApproved(by=ROB.person)), MONEY),
        ((IMPOSED, ORDERED), None),
        ((IMPOSED, IN_PART), BITCOIN),
        ((IMPOSED, IN_PART, HELD), MONEY),  # a hold stops a release on its way
        ((IMPOSED, EVENTS[e.AppealFiled], EVENTS[e.AppealUpheld]), None),
        ((IMPOSED, ORDERED, FREED), None),
        ((IMPOSED, ORDERED, FREED, CLOSED), None),
        ((IMPOSED, ENDED), MONEY),  # what is owed to the customer is paid out on the way
        ((IMPOSED, ENDED, CLOSED), None),
        ((IMPOSED, ENDED, CLOSED, EVENTS[e.CaseReopened]), MONEY),
        # only a foreign history closes on a release, and then opens again
        ((IMPOSED, IN_PART, CLOSED, EVENTS[e.CaseReopened]), None),
    ],
)
def test_a_case_demands_its_scope_or_what_a_release_leaves(
    happened: tuple[e.CaseEvent, ...], scope: Scope | None
) -> None:
    """From the order on it is what the release leaves; closed, it restricts nobody."""
    assert demanded(told(*happened)) == scope


def test_the_account_of_nobody_is_free() -> None:
    """An account without a case is restricted by nothing, at revision nought."""
    assert account_view("acct-1", []) == AccountView(
        account="acct-1", cases=(), restriction=Restriction(), revision=0
    )


def test_an_account_is_restricted_by_all_its_open_cases() -> None:
    """Each demands its own; the newest record of any of them is the revision."""
    one = told(IMPOSED)
    two = told(replace(IMPOSED, scope=Scope.of(TRADE)), number=2)
    three = told(IMPOSED, ORDERED, FREED, number=3)
    view = account_view("acct-4711", [(one, 4), (two, 9), (three, 7)])
    assert view.cases == (one, two, three)
    assert view.restriction == Restriction([Scope.of(TRADE), MONEY])
    assert view.revision == 9


END = st.sampled_from([(), (ORDERED,), (ORDERED, FREED), (ORDERED, FREED, CLOSED), (HELD,)])


@LAW
@given(st.lists(st.tuples(few_scopes(), END), min_size=1, max_size=5), st.data())
def test_closing_one_case_leaves_what_the_others_restrict(
    cases: list[tuple[Scope, tuple[e.CaseEvent, ...]]], data: st.DataObject
) -> None:
    """Whatever a case that ends had restricted, the account keeps what the others demand."""
    states = [
        told(replace(IMPOSED, scope=scope), *end, number=n) for n, (scope, end) in enumerate(cases)
    ]
    gone = data.draw(st.integers(0, len(states) - 1))
    others = [demanded(one) for n, one in enumerate(states) if n != gone]
    states[gone] = fold((ORDERED, FREED, CLOSED), states[gone])
    view = account_view("acct-4711", ((one, 1) for one in states))
    assert view.restriction == Restriction(one for one in others if one is not None)


# --- in a book -----------------------------------------------------------------------------------


@pytest.fixture
def book() -> Casebook:
    """An empty book, in memory."""
    return Casebook.open("memory:", clock=StoryClock())


def freeze(book: Casebook, account: str, scope: Scope = MONEY) -> UUID:
    """Open a case."""
    command = do.ImposeFreeze(account=account, ground=Ground.ACCOUNT_TAKEOVER, scope=scope)
    return book.execute(command, by=ENGINE).case.id


def release(book: Casebook, case: UUID) -> None:
    """Order a release."""
    book.execute(do.ProposeRelease(case, reason=WHY), by=ANA)
    book.execute(do.ApproveRelease(case), by=ROB)


def test_a_book_knows_each_account_apart(book: Casebook) -> None:
    """Cases of others neither restrict an account nor change its revision."""
    first = freeze(book, "acct-1")
    before = read_account(book.store, "acct-1")
    freeze(book, "acct-2", Scope.everything())
    assert read_account(book.store, "acct-1") == before
    assert (before.restriction, before.revision) == (
        Restriction([MONEY]),
        book.history(first)[-1].index,
    )
    assert book.account("acct-1") == before
    assert book.account("acct-3").restriction == Restriction()


def test_the_revision_says_where_in_the_ledger_it_was_so(book: Casebook) -> None:
    """It is the index of the newest record of the newest case to move."""
    one, two = freeze(book, "acct-1"), freeze(book, "acct-1", Scope.of(TRADE))
    release(book, two)
    assert read_account(book.store, "acct-1").revision == book.history(two)[-1].index
    book.execute(do.RecordContact(one, channel=Channel.PHONE), by=ANA)
    assert read_account(book.store, "acct-1").revision == book.history(one)[-1].index


def by_the_ledger(book: Casebook, account: str) -> AccountView:
    """The same view, folded from one reading of the whole ledger."""
    rows = sorted(book.store.scan(), key=lambda row: (row[2], row[3]))
    streams = [list(found) for _case, found in groupby(rows, key=lambda row: row[2])]
    cases = [(next(folded_cases(stream)), stream) for stream in streams]
    mine = [(case, stream) for case, stream in cases if case.account == account]
    in_order = sorted(mine, key=lambda found: found[1][0][0])
    return account_view(account, [(case, stream[-1][0]) for case, stream in in_order])


ACTS: dict[str, Callable[[Casebook, UUID], object]] = {
    "contact": lambda book, case: book.execute(
        do.RecordContact(case, channel=Channel.PHONE), by=ANA
    ),
    "failure": lambda book, case: book.execute(
        do.ReportEnforcementFailure(case, reason=WHY), by=ENGINE
    ),
    "hold": lambda book, case: book.execute(
        do.PlaceLegalHold(case, hold=f"order-{book.store.size()}", basis="court-order"), by=COURT
    ),
    "attempt": lambda book, case: book.execute(do.RecordHarm(case, harm="missed-rent"), by=ANA),
}


@BRIEF
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["acct-1", "acct-2"]), st.integers(0, 3), st.sampled_from([*ACTS])
        ),
        max_size=8,
    )
)
def test_a_revision_never_falls_and_rises_with_every_record(
    acts: list[tuple[str, int, str]],
) -> None:
    """Of any case of the account, and of no other; and it is the same however it is computed."""
    with Casebook.open("memory:", clock=StoryClock()) as book:
        cases = {name: [freeze(book, name), freeze(book, name)] for name in ("acct-1", "acct-2")}
        views = {name: read_account(book.store, name) for name in cases}
        for account, n, act in acts:
            if n > 1:
                cases[account].append(freeze(book, account, Scope.of(TRADE)))
            ACTS[act](book, cases[account][n % len(cases[account])])
            for name, before in views.items():
                now = views[name] = read_account(book.store, name)
                assert now == by_the_ledger(book, name)
                assert (now.revision > before.revision) is (name == account)
                assert (now == before) is (name != account)


class Busy:
    """A store in which somebody writes whenever a case was read."""

    def __init__(self, store: Store, write: Callable[[], object]) -> None:
        self._store, self._write = store, write

    def read(self, case: UUID, **more: Any) -> list[Loaded]:
        """Read, and then let somebody write."""
        rows = self._store.read(case, **more)
        self._write()
        return rows

    def __getattr__(self, name: str) -> Any:
        """Do everything else as the store does."""
        return getattr(self._store, name)


def test_what_is_recorded_while_an_account_is_read_is_left_out_of_every_case(
    book: Casebook,
) -> None:
    """Otherwise the lift of one case would be missing, and a record of another would be there.

    The revision would then name a restriction that never was.
    """
    one, two = freeze(book, "acct-1"), freeze(book, "acct-1", Scope.of(TRADE))
    before = read_account(book.store, "acct-1")
    writes = iter([lambda: release(book, one), lambda: freeze(book, "acct-1", SOME_FIAT)])

    def write() -> object:
        return next(writes, lambda: ACTS["contact"](book, two))()

    busy = cast("Store", Busy(book.store, write))
    assert read_account(busy, "acct-1") == before
    after = read_account(book.store, "acct-1")
    assert after.restriction == Restriction([Scope.of(TRADE), SOME_FIAT])
    assert after.revision > before.revision


def test_a_case_that_is_opened_while_an_account_is_read_is_not_there_yet(book: Casebook) -> None:
    """It was listed, but it began later than what was asked for."""
    freeze(book, "acct-1")
    before = read_account(book.store, "acct-1")

    class Late(Busy):
        """A store in which somebody opens a case just before the cases are listed."""

        def cases_of(self, account: str) -> list[UUID]:
            """List them, with the new one."""
            self._write()
            return self._store.cases_of(account)

    late = Late(book.store, lambda: freeze(book, "acct-1", Scope.everything()))
    assert read_account(cast("Store", late), "acct-1") == before


def test_a_status_of_a_closed_case_is_shown_and_restricts_nobody(book: Casebook) -> None:
    """A view holds the closed cases too: who asks why it is free can see what ended."""
    case = freeze(book, "acct-1")
    release(book, case)
    book.execute(do.ConfirmRelease(case), by=ENGINE)
    book.execute(do.CloseCase(case, outcome="cleared"), by=ANA)
    view = read_account(book.store, "acct-1")
    assert [one.status for one in view.cases] == [Status.CLOSED]
    assert view.restriction == Restriction()
