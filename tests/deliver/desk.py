"""What people do to cases while the reconciler works, and what then has to be true."""

from datetime import timedelta
from uuid import UUID

from freezecase import Actor, Amount, Capability, Casebook, CaseState, Ground, Scope, Status
from freezecase import commands as do
from freezecase.deliver import AccountControl, Backoff, Reconciler
from freezecase.views.accounts import read_account
from tests.app.books import ANA, ENGINE, ROB
from tests.deliver.exchange import Network

ACCOUNT = "acct-4711"
OFFICER, COURT = Actor.staff("eve", "officer"), Actor.authority("court")
FIAT, CRYPTO, TRADE = (
    Scope.of(one)
    for one in (Capability.WITHDRAW_FIAT, Capability.WITHDRAW_CRYPTO, Capability.TRADE)
)
MONEY, EVERYTHING = Scope.withdrawals(), Scope.everything()
BITCOIN = Scope.of(Capability.WITHDRAW_CRYPTO, assets=["BTC"])
TWO_BITCOIN = Scope.of(Capability.WITHDRAW_CRYPTO, assets=["BTC"], amount=Amount.of("2", "BTC"))


def freeze(book: Casebook, scope: Scope = MONEY, account: str = ACCOUNT) -> UUID:
    """Freeze an account."""
    command = do.ImposeFreeze(account=account, ground=Ground.ACCOUNT_TAKEOVER, scope=scope)
    return book.execute(command, by=ENGINE).case.id


def widen(book: Casebook, case: UUID, scope: Scope = EVERYTHING) -> CaseState:
    """Let the freeze reach further."""
    return book.execute(do.WidenScope(case, scope=scope, reason="more was found"), by=ANA).case


def release(book: Casebook, case: UUID, leaving: Scope | None = None) -> CaseState:
    """Order a release with two pairs of eyes."""
    book.execute(do.ProposeRelease(case, reason="owner verified", leaving=leaving), by=ANA)
    return book.execute(do.ApproveRelease(case), by=ROB).case


def hold(book: Casebook, case: UUID) -> CaseState:
    """Let a court forbid the release."""
    name = f"order-{book.store.size()}"
    return book.execute(do.PlaceLegalHold(case, hold=name, basis="court-order"), by=COURT).case


def offboard(book: Casebook, case: UUID) -> CaseState:
    """End the relationship, with the account as restricted as it is."""
    return book.execute(do.OffboardAccount(case, reason="terms"), by=OFFICER).case


def close(book: Casebook, case: UUID) -> CaseState:
    """Close the case."""
    return book.execute(do.CloseCase(case, outcome="done"), by=ANA).case


OWED = frozenset({"obligation-met", "obligation-opened", "obligation-missed"})


def happened(book: Casebook, case: UUID) -> list[str]:
    """What the reconciler put on record in a case."""
    return [
        one.kind
        for one in book.history(case)
        if one.actor.id == "reconciler" and one.kind not in OWED
    ]


def reconciler(book: Casebook, control: AccountControl, after: int = 0) -> Reconciler:
    """A reconciler that waits one second, two, four, up to a minute."""
    second = timedelta(seconds=1)
    backoff = Backoff(first=2 * second, longest=120 * second, jitter=lambda *_: 0.0)
    return Reconciler(book, control, after=after, backoff=backoff)


def settled(book: Casebook, network: Network, account: str = ACCOUNT) -> None:
    """Demand that the exchange holds what the cases demand, and that none of them waits for it."""
    view = read_account(book.store, account)
    assert network.exchange.restriction(account) == view.restriction
    assert [case.id for case in view.cases if case.frozen and not case.enforced] == []
    assert [case.id for case in view.cases if case.status is Status.RELEASING] == []
