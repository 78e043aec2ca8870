"""
The relay: it reads the ledger, and tells one subscriber what happened, until they have taken it.

Each announcement is delivered at least once, under a key that is the same every time; of each case
in order. What is never taken becomes an obligation on its case: the exchange owes the delivery, by
a time, and a ladder climbs. That is the list of dead letters, and there is no other.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

import attrs

from freezecase.app.reading import instant
from freezecase.app.stores.store import Scanned
from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.allowed import at_least
from freezecase.core.checked import refuse
from freezecase.core.values import Audience
from freezecase.deliver.announcing import Announcement, announced_to, announcement, kind_named
from freezecase.deliver.backoff import Backoff
from freezecase.deliver.line import Letter, Line
from freezecase.deliver.ports import Positions, Subscriber
from freezecase.deliver.positions import MemoryPositions, name_checked
from freezecase.deliver.saying import owe, say
from freezecase.deliver.visit import in_words
from freezecase.errors import Conflict, NoSuchCase, RecordError, Refused, Undeliverable

__all__ = ["DELIVERY", "RELAY", "Relay", "Relayed"]

RELAY: Final = Actor.system("relay")
"""Who says on record that something could not be delivered, and that at last it was."""
DELIVERY: Final = "delivery"
"""What the exchange owes once an announcement was given up; its subject is the relay's name."""

_ONE_OR_MORE: Final = at_least(1)


@attrs.frozen(kw_only=True)
class Relayed:
    """What one step did, and when to come again."""

    delivered: tuple[str, ...]
    """The keys that the subscriber took, in order."""
    given_up: Mapping[UUID, str]
    """The cases on which a delivery is owed from now on, each with what went wrong last."""
    failing: Mapping[UUID, str]
    """Every case that fails for now, each with what went wrong last."""
    again_at: datetime | None
    """When the next try is due; nothing while there is nothing to do but look at the ledger."""


@attrs.define
class _Done:
    """What a step has done so far."""

    delivered: list[str] = attrs.field(factory=list)
    given_up: dict[UUID, str] = attrs.field(factory=dict)


@attrs.define
class Relay:
    """
    Tells one subscriber what happens to the cases in a book.

    It neither sleeps nor starts threads: call `step` from a loop of your own, from one thread. A
    relay has one subscriber, so that a slow one keeps nobody waiting. Two of one name on one book
    deliver twice, and lose nothing.

    Args:
        book: where the cases are.
        subscriber: whoever is told.
        name: a machine word for it: positions and obligations go by it, so never change it.
        audience: `customer` for whatever a customer may come to see, or `operations`.
        positions: where its position is kept; in memory if not said.
        after: where to begin when no position is kept: from zero all that ever happened is told.
        attempts: how often one announcement is tried before its delivery is owed.
        ahead: how many may wait, in memory.
        backoff: how long to wait before the next try.

    Raises:
        InvalidValue: one of these cannot be; or the kept position is past the end of the ledger.

    """

    book: Casebook
    subscriber: Subscriber
    name: str = attrs.field(kw_only=True)
    audience: Audience = attrs.field(default=Audience.CUSTOMER, kw_only=True)
    positions: Positions = attrs.field(factory=MemoryPositions, kw_only=True)
    after: int = attrs.field(default=0, kw_only=True)
    attempts: int = attrs.field(default=10, kw_only=True)
    ahead: int = attrs.field(default=1_000, kw_only=True)
    backoff: Backoff = attrs.field(factory=Backoff, kw_only=True)
    _line: Line = attrs.field(init=False)
    _kinds: frozenset[str] = attrs.field(init=False)
    _read_to: int = attrs.field(init=False)
    _kept: int | None = attrs.field(init=False)
    _again: set[UUID] = attrs.field(factory=set, init=False)

    def __attrs_post_init__(self) -> None:
        """Begin where the last one was."""
        for field, number in (("attempts", self.attempts), ("ahead", self.ahead)):
            if not _ONE_OR_MORE.holds(number):
                raise refuse(f"Relay.{field}", number, f"it takes {_ONE_OR_MORE.allows}")
        self._line = Line(name_checked(self.name), self.backoff)
        self._kinds = announced_to(self.audience)
        self._kept = self.positions.load(self.name)
        self._read_to = self.after if self._kept is None else self._kept
        size = self.book.store.size()
        if not 0 <= self._read_to <= size:
            allowed = f"0 to {size}, where the ledger ends: it is of another book, or a newer one"
            raise refuse("Relay.position", self._read_to, allowed)

    @property
    def position(self) -> int:
        """The ledger index up to which all is delivered, or owed."""
        oldest = self._line.oldest
        return self._read_to if oldest is None else oldest - 1

    def step(self, now: datetime, *, limit: int = 100) -> Relayed:
        """
        Read on in the ledger, and try what is due: at most *limit* announcements, oldest first.

        Raises:
            InvalidValue: *now* is no aware instant.
            StoreError: the book or the position cannot be read or written. Nothing is lost: come
                again.

        """
        now = instant(now, "now")
        done = _Done()
        for _ in range(limit):
            letter = self._line.take(now)
            if letter is None and self._read_on():
                letter = self._line.take(now)
            if letter is None:
                break
            self._try(letter, now, done)
        if self.position != self._kept:
            self.positions.save(self.name, self.position)
            self._kept = self.position
        failing = {case: trouble.wrong for case, trouble in self._line.troubles.items()}
        return Relayed(
            delivered=tuple(done.delivered),
            given_up=MappingProxyType(done.given_up),
            failing=MappingProxyType(failing),
            again_at=self._line.again_at(now) or (now if self._behind else None),
        )

    def redeliver(self, case: UUID) -> None:
        """
        Let the next steps tell the subscriber all of *case* once more, under the same keys.

        For what was given up. Once all of it is taken, nobody owes the delivery any more. That it
        was asked for is gone with the program; that the delivery is owed is not.

        Raises:
            NoSuchCase: there is no such case.

        """
        rows = self.book.store.read(case, verify=False)
        if not rows:
            raise NoSuchCase(case)
        letters = [
            Letter(case, version, index, again=True)
            for version, name, _state, index, _recorded_at in rows
            if kind_named(name) in self._kinds and index <= self._read_to
        ]
        self._line.restart(case, letters)
        if letters:
            self._again.add(case)

    @property
    def _behind(self) -> bool:
        return self._read_to < self.book.store.size()

    def _read_on(self) -> bool:
        """Let more letters wait, as far as there is room and the ledger goes; say if any do."""
        first = room = self.ahead - self._line.size
        if room <= 0 or not self._behind:
            return False
        for raw in self.book.store.scan(self._read_to):
            if kind_named(raw[4]) in self._kinds:
                if room == 0:
                    return True
                room -= 1
                self._line.add(_letter(raw))
            self._read_to = raw[0]
        return room < first

    def _try(self, letter: Letter, now: datetime, done: _Done) -> None:
        try:
            told = self._announcement(letter)
        except RecordError as error:
            # nothing can be put on record there either, so it goes on failing until it is repaired
            self._line.later(letter, in_words(error), now, ours=True)
            return
        if not told.account:  # no freeze opened it: it is no case, whatever else it is
            self._line.done(letter)
            return
        try:
            self.subscriber.deliver(told, now)
        except Exception as error:  # noqa: BLE001 - the subscriber is somebody else's code
            self._fail(letter, error, now, done)
            return
        self._line.answered()
        done.delivered.append(told.key)
        self._done(letter)

    def _announcement(self, letter: Letter) -> Announcement:
        rows = self.book.store.read(letter.case, upto=letter.version)
        return announcement(letter.case, rows, self.audience)

    def _fail(self, letter: Letter, error: Exception, now: datetime, done: _Done) -> None:
        wrong = in_words(error)
        self._line.failed(now)
        times = self._line.later(letter, wrong, now)
        if times < self.attempts and not isinstance(error, Undeliverable):
            return
        try:
            owe(self.book, letter.case, RELAY, DELIVERY, self.name, now)
        except (Conflict, Refused, RecordError) as refused:
            self._line.troubles[letter.case].wrong = f"{wrong}; {in_words(refused)}"
            return
        done.given_up[letter.case] = wrong
        self._again.discard(letter.case)
        self._line.done(letter)

    def _done(self, letter: Letter) -> None:
        """Let go of what was taken; when it was the last that was asked for again, say so."""
        self._line.done(letter)
        waiting = self._line.queues.get(letter.case)
        if letter.case in self._again and not (waiting and waiting[0].again):
            self._again.discard(letter.case)
            met = do.MeetObligation(letter.case, obligation=DELIVERY, subject=self.name)
            with suppress(Conflict, Refused, RecordError):  # nobody owes it, or another must say so
                say(self.book, met, RELAY, self.book.case(letter.case))


def _letter(raw: Scanned) -> Letter:
    return Letter(UUID(raw[2]), raw[3], raw[0])
