"""
What the ledger says of suspicions: which stream is whose, how far each has come, what falls due.

The id of a stream is a keyed digest of the account and a number: whoever lacks the key cannot tell
whose it is, or that it is anybody's.
"""

from collections.abc import Iterable, Iterator, Sequence
from hmac import digest
from itertools import count
from typing import Final, NamedTuple, cast
from uuid import UUID

import attrs

from freezecase.app.custody.opened_history import unsealed
from freezecase.app.custody.openings import Cleared, Opener
from freezecase.app.record import Record, where
from freezecase.app.stores.store import Loaded, Store
from freezecase.core.actors import Actor
from freezecase.core.suspected import Suspicion, dues_of, fold
from freezecase.core.suspicion import STORED_AS, SuspicionEvent, SuspicionRaised, TippingOff
from freezecase.core.values import AccountId, Audience, Instant, Slug
from freezecase.errors import CommandReused, NoSuchCase
from freezecase.seal.leaf import Header
from freezecase.wire.codec import command_id_of, read_entry, read_event

__all__ = ["Kept", "Look", "earlier", "folded", "kept", "looks", "opened", "raised", "streams_of"]

_LABEL: Final = b"fc-suspicion/1\x00"
_BEGINS: Final = f'"t":"{STORED_AS[SuspicionRaised]}"'.encode()


@attrs.frozen(kw_only=True)
class Look:
    """Somebody must look at a suspicion by then: what about, and under which regime."""

    due: Instant
    suspicion: UUID
    what: Slug
    """`report`: decide whether it is reported. `disclosure`: look whether it must stay untold."""
    regime: TippingOff | None = None


class Kept(NamedTuple):
    """A suspicion and the rows that it is folded from."""

    rows: Sequence[Loaded]
    suspicion: Suspicion


def streams_of(key: bytes, account: AccountId) -> Iterator[UUID]:
    """Return the ids of the streams of an account's first, second, third suspicion, without end."""
    return (_stream(key, account, number) for number in count(1))


def _stream(key: bytes, account: AccountId, number: int) -> UUID:
    """Return HMAC-SHA-256 (RFC 2104) of the account and the number, as a UUID (RFC 9562)."""
    made = digest(key, _LABEL + number.to_bytes(4, "big") + account.encode(), "sha256")
    return UUID(bytes=made[:16], version=4)


def raised(store: Store) -> Iterator[UUID]:
    """Yield the stream of every suspicion in the order they were raised: one pass over headers."""
    return (Header.read(data).stream for _, data in store.headers() if _BEGINS in data)


def kept(store: Store, stream: UUID) -> Kept:
    """
    Return a suspicion that is in the store.

    Raises:
        NoSuchCase: there is none of that id.

    """
    rows = store.read(stream)
    if not rows or rows[0][1] != STORED_AS[SuspicionRaised]:
        raise NoSuchCase(stream, allowed="no suspicion has that id, ask `of` with the account")
    return Kept(rows, folded(stream, rows))


def folded(stream: UUID, rows: Iterable[Loaded]) -> Suspicion:
    """Return the suspicion that these rows make."""
    events = (read_event(row[1], row[2], where(stream, row[0])) for row in rows)
    return fold(cast("Iterator[SuspicionEvent]", events), Suspicion(id=stream))


def opened(
    opener: Opener, stream: UUID, rows: Sequence[Loaded], by: Actor, purpose: Slug
) -> tuple[Record, ...]:
    """Return the records in these rows with what is sealed in them, as far as it still opens."""
    audiences = frozenset({Audience.CONFIDENTIAL})
    reader = Cleared(actor=by, audiences=audiences, purpose=purpose)
    return unsealed(opener, [Record.of(stream, row) for row in rows], reader)


def earlier(
    stream: UUID, rows: Sequence[Loaded], event: SuspicionEvent, by: Actor, command: UUID
) -> Sequence[Loaded]:
    """
    Return the rows up to the one that the same command left; none if it left none.

    Raises:
        CommandReused: it stands for something else, or for somebody else.

    """
    for upto, row in enumerate(rows, start=1):
        if command_id_of(row[1], row[2], where(stream, row[0])) == command:
            same = row[1] == STORED_AS[type(event)]
            actor = read_entry(row[1], row[2], where(stream, row[0])).actor
            if not same or actor.person != by.person:
                said = f"command id `{command}` already stands for something else: take a new id"
                raise CommandReused(said, command_id=str(command), case=str(stream))
            return rows[:upto]
    return ()


def looks(suspicion: Suspicion) -> Iterator[Look]:
    """Yield when somebody must look at a suspicion, and what about."""
    for due, regime in dues_of(suspicion):
        what = "report" if regime is None else "disclosure"
        yield Look(due=due, suspicion=suspicion.id, what=what, regime=regime)
