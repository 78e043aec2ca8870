"""
The two minutes that the policy demands are the two minutes that the desk is staffed for.

Customers of a rehearsal ask for a person through a casebook, and are joined when the desk gets to
them. What the standard policy then records as missed is what the desk counts as not kept, case for
case, and agrees with Erlang C within the error that is stated.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import attrs

from freezecase.casebook import Casebook
from freezecase.cli.stories import StoryClock
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.commands import Command
from freezecase.core.events import ObligationMissed
from freezecase.core.values import Channel, Ground, Scope
from freezecase.desk import Rehearsal, Roster, Series, Times, Traffic, service_level
from freezecase.desk.estimate import ratio
from freezecase.desk.floor import Contact, play
from tests.desk import oracle

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
MIA = Actor.staff("mia", "agent")
STEADY = Rehearsal(
    series=Series(rates=(24.0,)),
    handling=Times(mean=timedelta(minutes=5)),
    patience=None,
    hours=3,
    warm_up=0,
    replications=6,
)
STAFF = 4


@attrs.define
class Desk:
    """A casebook at which customers ask for a person and are joined, whenever that is."""

    book: Casebook
    clock: StoryClock

    def frozen(self, customers: int) -> list[do.RequestHuman]:
        """Freeze as many accounts, and return what their customers will ask."""
        freezes = [
            do.ImposeFreeze(account=f"acct-{n}", ground=Ground.INCIDENT, scope=Scope.withdrawals())
            for n in range(customers)
        ]
        opened = [self.book.execute(one, by=Actor.system("risk-engine")) for one in freezes]
        return [do.RequestHuman(one.case.id, channel=Channel.PHONE) for one in opened]

    def at(self, seconds: float, command: Command, by: Actor) -> None:
        """Let somebody ask for something so many seconds after the beginning."""
        self.clock.at = MONDAY + timedelta(hours=1, seconds=seconds)
        self.book.execute(command, by=by)

    def late(self) -> Iterator[str]:
        """Yield the accounts whose customers waited longer for a person than was owed."""
        for case in self.book.cases():
            events = [record.event for record in self.book.history(case.id)]
            if any(
                isinstance(one, ObligationMissed) and one.obligation == "human" for one in events
            ):
                yield case.account


def played(contacts: list[Contact]) -> set[str]:
    """The accounts for which the policy recorded a miss, when these customers ask."""
    clock = StoryClock(at=MONDAY)
    with Casebook.open("memory:", clock=clock) as book:
        desk = Desk(book, clock)
        asks = desk.frozen(len(contacts))
        steps: list[tuple[float, int, Command, Actor]] = []
        waits = oracle.waits(contacts, STAFF)
        for n, (contact, ask, (wait, _)) in enumerate(zip(contacts, asks, waits, strict=True)):
            join = do.JoinConversation(ask.case, channel=Channel.PHONE)
            steps.append((contact.at, 0, ask, Actor.customer(f"acct-{n}")))
            steps.append((contact.at + wait, 1, join, MIA))
        for seconds, _order, command, by in sorted(steps, key=lambda step: step[:2]):
            desk.at(seconds, command, by)
        return set(desk.late())


def test_what_the_policy_misses_is_what_the_desk_does_not_keep() -> None:
    """Case for case in each replication; and over all of them as Erlang C has it."""
    kept, came = list[float](), list[float]()
    for replication in range(STEADY.replications):
        contacts = list(STEADY.contacts(replication))
        late = played(contacts)
        tally = play(contacts, Roster(staff=(STAFF,)), STEADY.within.total_seconds(), None)

        waits = [wait for wait, _left in oracle.waits(contacts, STAFF)]
        assert late == {f"acct-{n}" for n, wait in enumerate(waits) if wait > 120}
        assert sum(tally.kept) == len(contacts) - len(late)
        kept.append(sum(tally.kept))
        came.append(len(contacts))

    found = ratio(kept, came, share=True)
    traffic = Traffic(arrivals=24, handling=STEADY.handling.mean)
    assert found is not None
    assert found.low <= service_level(traffic, STAFF, STEADY.within) <= found.high
    assert found.error < 0.1


def test_two_minutes_are_what_the_standard_policy_owes() -> None:
    """From the moment at which the customer asks; the desk is staffed for no other time."""
    clock = StoryClock(at=MONDAY)
    with Casebook.open("memory:", clock=clock) as book:
        (ask,) = Desk(book, clock).frozen(1)
        case = book.execute(ask, by=Actor.customer("acct-0")).case

    (owed,) = [one for one in case.obligations.values() if one.demand.kind == "human"]
    assert owed.due - owed.opened_at == Rehearsal(series=Series(rates=(1.0,))).within
