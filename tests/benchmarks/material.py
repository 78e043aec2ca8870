"""What the benchmarks work on: one case like many, its records, and stores full of it."""

import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID

import attrs

from freezecase import Actor, Casebook, Channel, Ground, Scope
from freezecase import commands as do
from freezecase.app.clock import micros_of
from freezecase.app.stores.store import Loaded, Row, Store
from freezecase.core.events import CaseEvent
from freezecase.wire.codec import read_entry
from freezecase.wire.shapes import Entry

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


@attrs.define
class Ticking:
    """A clock that goes a second at each look, and ids in a row: the same every run."""

    instant: datetime = MONDAY
    next_id: int = 1

    def now(self) -> datetime:
        """Return a second later than before."""
        self.instant += timedelta(seconds=1)
        return self.instant

    def new_id(self) -> UUID:
        """Return the next id, spread like a random one."""
        self.next_id += 1
        return UUID(int=(self.next_id * 0x9E3779B97F4A7C15F39CC0605CEDC835) % 2**128)


ENGINE, ANA, ROB = (
    Actor.system("risk-engine"),
    Actor.staff("ana", "analyst"),
    Actor.staff("rob", "reviewer"),
)


def a_case(book: Casebook, account: str = "acct-4711", contacts: int = 8) -> UUID:
    """Take one take-over freeze from start to close: 27 records with eight contacts."""
    owner = Actor.customer(account)
    scope = Scope.withdrawals()
    freeze = do.ImposeFreeze(account=account, ground=Ground.ACCOUNT_TAKEOVER, scope=scope)
    case = book.execute(freeze, by=ENGINE).case.id
    reason = "the owner answered every question about the new device and the last transfer"
    steps: list[tuple[do.Command, Actor]] = [
        (do.ConfirmEnforcement(case, reference="core-banking 81723"), ENGINE),
        (do.SendNotice(case, notice="freeze-imposed", channel=Channel.EMAIL), ENGINE),
        (do.AssignCase(case, to=ANA.person), ENGINE),
        (do.RequestChecks(case, checks=["liveness", "device"]), ANA),
        *itertools.chain.from_iterable(_talk(case, owner) for _ in range(contacts // 2)),
        (do.SubmitEvidence(case, check="liveness"), owner),
        (do.PassCheck(case, check="liveness"), ANA),
        (do.SubmitEvidence(case, check="device"), owner),
        (do.PassCheck(case, check="device"), ANA),
        (do.MakePromise(case, promise="release-today", due=MONDAY + timedelta(days=1)), ANA),
        (do.ProposeRelease(case, reason=reason), ANA),
        (do.ApproveRelease(case), ROB),
        (do.ConfirmRelease(case), ENGINE),
        (do.KeepPromise(case, promise="release-today"), ANA),
        (do.CloseCase(case, outcome="cleared"), ANA),
    ]
    for command, actor in steps:
        book.execute(command, by=actor)
    return case


def _talk(case: UUID, owner: Actor) -> list[tuple[do.Command, Actor]]:
    return [
        (do.RecordContact(case, channel=Channel.CHAT, topics=["when-released"]), owner),
        (do.SendReply(case, channel=Channel.CHAT, topics=["when-released"]), ANA),
    ]


def records_of_a_case(contacts: int = 8) -> list[Loaded]:
    """Return the stored rows of one whole case."""
    with Casebook.open("memory:", clock=Ticking()) as book:
        return book.store.read(a_case(book, contacts=contacts))


def entries_of_a_case() -> list[Entry]:
    """Return what the records of one whole case say."""
    return [read_entry(name, state) for _version, name, state, *_ in records_of_a_case()]


def events_of_a_case() -> list[CaseEvent]:
    """Return what happened in one whole case."""
    return [entry.event for entry in entries_of_a_case()]


def fill(store: Store, *, cases: int, versions: int) -> None:
    """Fill *store* with cases of so many records each, copied from one that was played."""
    contacts = 8 + 2 * max(0, (versions - 26) // 2)
    rows = records_of_a_case(contacts)[:versions]
    now, ids = micros_of(MONDAY), Ticking()
    for start in range(0, cases, 500):
        batch: list[Row] = []
        opened: list[tuple[UUID, str]] = []
        for number in range(start, min(start + 500, cases)):
            case = ids.new_id()
            batch += [Row(case, version, name, state) for version, name, state, *_ in rows]
            opened.append((case, f"acct-{number}"))
        store.append(batch, now=now + start, opened=opened)
