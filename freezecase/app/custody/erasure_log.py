"""
What the ledger says of erasures, how another word is added to it, and what keeps an account.

The stream of an erasure follows from the account. Which accounts have one is found by their headers
in one pass over the ledger; an erasure is rare, and so is that question.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

import attrs

from freezecase.app.beside import append_beside
from freezecase.app.clock import Clock, instant_of
from freezecase.app.record import where
from freezecase.app.stores.store import Loaded, Store
from freezecase.core.actors import Actor
from freezecase.core.custody import (
    STORED_AS,
    CustodyEvent,
    ErasureRequested,
    KeyId,
    RetentionExtended,
    SubjectKeyDestroyed,
)
from freezecase.core.erasure import Erasure, evolve, fold, stream_of, unasked, why_not
from freezecase.core.events import AccountOffboarded, FreezeImposed
from freezecase.core.evolve import fold as fold_case
from freezecase.core.evolve import unopened
from freezecase.core.state import CaseState
from freezecase.core.values import AccountId
from freezecase.errors import Conflict
from freezecase.policy.retention import Kept
from freezecase.seal.leaf import Header
from freezecase.wire.codec import read_entry

__all__ = ["destroyed_at", "erasure_of", "erasures", "kept_of", "record"]

ATTEMPTS: Final = 16
"""How often a step is looked at again when others keep writing first."""


def erasure_of(store: Store, account: AccountId) -> Erasure:
    """Return how far the erasure of an account has come."""
    return fold(_events(store, stream_of(account)), unasked(account))


def _events(store: Store, stream: UUID, upto: int | None = None) -> Iterator[CustodyEvent]:
    for version, name, state, *_ in store.read(stream, upto=upto):
        event = read_entry(name, state, where(stream, version)).event
        if isinstance(event, _KINDS):
            yield event


_KINDS: Final = tuple(STORED_AS)


def destroyed_at(store: Store, account: AccountId) -> dict[KeyId, datetime]:
    """Return when each key of an account was destroyed first, as far as it is on record."""
    found: dict[KeyId, datetime] = {}
    stream = stream_of(account)
    for version, name, state, _index, recorded_at in store.read(stream):
        event = read_entry(name, state, where(stream, version)).event
        if isinstance(event, SubjectKeyDestroyed):
            found = dict.fromkeys(event.keys, instant_of(recorded_at)) | found
    return found


def erasures(store: Store) -> Iterator[Erasure]:
    """Return every erasure that the ledger knows of, in the order in which they began."""
    for stream, account in _begun(store).items():
        if stream == stream_of(account):  # what stands elsewhere is no erasure of that account
            yield erasure_of(store, account)


_BEGINS: Final = tuple(
    f'"t":"{STORED_AS[kind]}"'.encode() for kind in (ErasureRequested, RetentionExtended)
)


def _begun(store: Store) -> dict[UUID, AccountId]:
    found: dict[UUID, AccountId] = {}
    for _index, data in store.headers():
        if any(name in data for name in _BEGINS):
            stream = Header.read(data).stream
            if stream not in found:
                found[stream] = _account(store, stream)
    return found


def _account(store: Store, stream: UUID) -> AccountId:
    first = next(_events(store, stream, upto=1), None)
    return first.account if isinstance(first, ErasureRequested | RetentionExtended) else ""


def record(store: Store, clock: Clock, erasure: Erasure, event: CustodyEvent, by: Actor) -> Erasure:
    """
    Append *event*, if it may happen; if others wrote first, look whether it still may.

    Raises:
        NotAllowedNow: it may not, as the erasure stands now.
        Conflict: others always wrote first.

    """
    for _attempt in range(ATTEMPTS):
        erasure = erasure_of(store, erasure.account)
        refused = why_not(erasure, event)
        if refused is not None:
            raise refused
        now = clock.now()
        version, id = erasure.version + 1, clock.new_id()
        try:
            append_beside(store, erasure.id, version, event, by=by, now=now, id=id)
        except Conflict:
            continue
        return evolve(erasure, event)
    raise Conflict(erasure.id, erasure.version, f"others wrote first {ATTEMPTS} times")


# --- what is kept of a person --------------------------------------------------------------------


def kept_of(store: Store, erasure: Erasure) -> Kept:
    """
    Return what the cases of an account say about how long they have to be kept.

    Raises:
        RecordError: one of them cannot be read. Nothing is erased of what nobody understands.

    """
    found = [_case(case, store.read(case)) for case in store.cases_of(erasure.account)]
    opened = max((one.opened for one in found if one.opened), default=None)
    ended = [one.ended for one in found if one.ended and (opened is None or one.ended >= opened)]
    left = [erasure.left] if erasure.left else []
    return Kept(
        cases=tuple(one.state for one in found),
        newest=max((one.newest for one in found), default=None),
        left=max([*left, *ended], default=None),
        extended=erasure.extended,
    )


@attrs.frozen
class _Case:
    state: CaseState
    newest: datetime
    opened: datetime | None
    """When the account was frozen last in it: until then the relationship went on."""
    ended: datetime | None
    """When the exchange ended the relationship in it."""


def _case(case: UUID, rows: list[Loaded]) -> _Case:
    entries = [
        (read_entry(name, state, where(case, version)), instant_of(recorded_at))
        for version, name, state, _index, recorded_at in rows
    ]
    # what was imported happened long before it was written down here
    times = [(e.event, e.occurred_at if e.source else recorded) for e, recorded in entries]
    return _Case(
        state=fold_case((event for event, _ in times), unopened(case)),
        newest=max(at for _, at in times),
        opened=_newest(times, FreezeImposed),
        ended=_newest(times, AccountOffboarded),
    )


def _newest(times: Iterable[tuple[object, datetime]], kind: type[object]) -> datetime | None:
    return max((at for event, at in times if isinstance(event, kind)), default=None)
