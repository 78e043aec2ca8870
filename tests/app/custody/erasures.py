"""People whose data is to be erased: a case that is over, something sealed, and a clock."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid5

import attrs
import msgspec

from freezecase import Actor, Casebook
from freezecase import commands as do
from freezecase.app.custody.erasing import Erasing
from freezecase.app.custody.key_store import open_key_store
from freezecase.app.custody.shredding import Purge, Shredder
from freezecase.app.record import where
from freezecase.app.stores.store import Row
from freezecase.core.erasure import Erasure, stream_of
from freezecase.core.values import Audience
from freezecase.seal.keys import FileKek, KeyStore, Tombstone
from freezecase.seal.sections import Place, seal_section
from freezecase.testing.contracts import StoryClock
from freezecase.wire.codec import read_event
from tests.app.books import ANA, ENGINE, ROB, freeze

ACCOUNT = "acct-4711"
OWNER = Actor.customer(ACCOUNT)
KEK = FileKek(bytes(range(32)))
FIVE_YEARS = timedelta(days=5 * 366)
ASKED = "asked-by-the-customer"
BY_THE_BOOK = [
    "erasure-requested",
    "erasure-approved",
    "erasure-begun",
    "subject-key-destroyed",
    "erasure-verified",
]


def numbered() -> Callable[[int], bytes]:
    """Chance of which nothing is left to it: other bytes each time, the same in every run."""
    drawn = 0

    def fresh(count: int) -> bytes:
        nonlocal drawn
        drawn += 1
        return drawn.to_bytes(count, "big")

    return fresh


def key_store(url: str = "memory:") -> KeyStore:
    """An empty key store, or the one that is there."""
    return open_key_store(url, KEK, fresh=numbered())


def over(book: Casebook, account: str = ACCOUNT, reason: str = "verified") -> UUID:
    """A case of an account from its freeze to its closing."""
    case = book.execute(freeze(account), by=ENGINE).case.id
    for command, by in (
        (do.ProposeRelease(case, reason=reason), ANA),
        (do.ApproveRelease(case), ROB),
        (do.ConfirmRelease(case), ENGINE),
        (do.CloseCase(case, outcome="cleared"), ANA),
    ):
        book.execute(command, by=by)
    return case


def put_section(
    book: Casebook,
    keys: KeyStore,
    account: str = ACCOUNT,
    *,
    key_id: str | None = None,
    stream: UUID | None = None,
) -> str:
    """Put something sealed for an account beside its cases; return the id of its key."""
    size = book.store.size()
    beside = stream or uuid5(UUID(int=0), f"{account} {size}")
    version = book.store.versions([beside]).get(beside, 0) + 1
    place, wanted = Place(beside, version, "a-note.v1"), (account, Audience.OPERATIONS)
    secret, named = bytes(32), key_id
    if key_id is None:
        key = keys.keys_for([wanted])[wanted]
        secret, named = key.secret, key.id
    texts = {"event.reason": "a secret"}
    sealed = seal_section(
        secret, str(named), place, Audience.OPERATIONS, texts, size.to_bytes(12, "big")
    )
    state = msgspec.json.encode({"d": {}, "s": [sealed.spelt()]})
    book.store.append([Row(beside, version, place.name, state)], now=0)
    return str(named)


def erasing(book: Casebook, **more: Any) -> Erasing:
    """Who decides, with the clock of the book."""
    return Erasing(store=book.store, clock=book.clock, **more)


def shredder(book: Casebook, keys: KeyStore, *purges: Purge) -> Shredder:
    """What destroys keys, with the clock of the book."""
    return Shredder(erasing=erasing(book), keys=keys, purges=purges)


def left_long_ago(book: Casebook, clock: StoryClock) -> datetime:
    """Let so much time go by that nothing has to be kept; return when the customer left."""
    left = book.clock.now()
    clock.later(days=FIVE_YEARS.days)
    return left


def approved(book: Casebook, left: datetime) -> Erasure:
    """An erasure that the customer asked for and a person of the staff approved."""
    erase = erasing(book)
    erase.request(ACCOUNT, by=OWNER, basis=ASKED, left=left)
    return erase.approve(ACCOUNT, by=ROB)


def recorded(book: Casebook, account: str = ACCOUNT) -> list[str]:
    """What is on record of the erasure of an account."""
    rows = book.store.read(stream_of(account))
    return [name.removesuffix(".v1") for _version, name, *_ in rows]


def event_of(book: Casebook, version: int, account: str = ACCOUNT) -> Any:
    """One event of the erasure of an account."""
    stream = stream_of(account)
    _, name, state, *_ = book.store.read(stream)[version - 1]
    return read_event(name, state, where(stream, version))


def all_bytes(book: Casebook) -> list[Any]:
    """Every record that the ledger holds, to the byte."""
    return [*book.store.scan()]


def gone(keys: KeyStore, account: str = ACCOUNT) -> bool:
    """Whether nothing but tombstones is left of a person's keys."""
    return all(isinstance(one, Tombstone) for one in keys.of_subject(account))


class Crash(Exception):
    """The machine stops here."""


@attrs.define
class Crashing:
    """A store or a key store that stops at a call, before or after it is done."""

    whole: Any
    call: str
    after: bool
    when: Callable[[Any], bool] = lambda _: True
    """Whether what the call is given is what it stops at."""

    def __getattr__(self, name: str) -> Any:
        """Pass every call on, but the one."""
        whole = getattr(self.whole, name)
        return self._stops(whole) if name == self.call else whole

    def _stops(self, whole: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            if not self.when(given[0] if given else None):
                return whole(*given, **more)
            if self.after:
                whole(*given, **more)
            raise Crash

        return call


def crashing_at(whole: Shredder, step: str, *, after: bool) -> Shredder:
    """What destroys keys, on a machine that stops before or after a step."""
    if step == "destroy":
        stopping = Crashing(whole.keys, "destroy", after)
        return attrs.evolve(whole, keys=cast("KeyStore", stopping))

    def is_step(rows: Collection[Row]) -> bool:
        return any(row.name == f"{step}.v1" for row in rows)

    store = cast("Any", Crashing(whole.erasing.store, "append", after, is_step))
    return attrs.evolve(whole, erasing=attrs.evolve(whole.erasing, store=store))
