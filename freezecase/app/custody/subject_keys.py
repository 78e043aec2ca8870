"""
The keys of people over the rows of one database: found, made, destroyed, and wrapped otherwise.

Rows are wrapped; here they are opened with the key of the house, and some that were opened are kept
in memory. Python cannot overwrite them there: they go when nothing refers to them any more.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import Any, Final, Self

import attrs

from freezecase.app.clock import instant_of, micros_of
from freezecase.app.custody.key_rows import KeyRow, KeyTable
from freezecase.core.values import Audience
from freezecase.errors import SealError, UnknownKey
from freezecase.seal.keys import (
    Fresh,
    Kek,
    KeyEntry,
    SubjectKey,
    Tombstone,
    Wanted,
    unwrapped,
    wrapped,
)

__all__ = ["SubjectKeys"]

PAGE: Final = 500
"""How many rows are read, or wrapped otherwise, at a time."""


class Remembered:
    """
    Some opened keys, so that not each is opened anew; the ones kept longest go first.

    They were opened while the counter of the key store stood at one number. At another, somebody
    destroyed keys meanwhile, perhaps in another process, and all of them are forgotten.
    """

    def __init__(self, bound: int) -> None:
        """Keep no more than *bound*."""
        self._bound, self._stamp, self._lock = bound, -1, Lock()
        self._keys = OrderedDict[Any, SubjectKey]()

    def some(self, names: Iterable[Any], stamp: int) -> dict[Any, SubjectKey]:
        """Return those that are known by these names while the counter stands at *stamp*."""
        with self._lock:
            if stamp != self._stamp:
                self._keys.clear()
                self._stamp = stamp
            return {name: self._keys[name] for name in names if name in self._keys}

    def keep(self, keys: Mapping[Any, SubjectKey], stamp: int) -> None:
        """Keep keys that were read after the counter stood at *stamp*."""
        with self._lock:
            if stamp != self._stamp:
                return  # somebody has looked since, and it stood at another number
            self._keys |= keys
            while len(self._keys) > self._bound:
                self._keys.popitem(last=False)

    def forget(self) -> None:
        """Keep none."""
        with self._lock:
            self._keys.clear()
            self._stamp = -1


class SubjectKeys:
    """The key store over the rows of one database; see `KeyStore` for what its methods do."""

    def __init__(
        self, table: KeyTable, kek: Kek, older: Iterable[Kek], fresh: Fresh, remembered: int
    ) -> None:
        """Take rows, and what opens them."""
        self._table, self._kek, self._fresh = table, kek, fresh
        self._keks = {one.id: one for one in (*older, kek)}
        self._remembered = Remembered(remembered)
        self.where = table.where

    def __repr__(self) -> str:
        """Say where it is, and nothing of what is in it."""
        return f"<SubjectKeys {self.where}>"

    # --- finding and making ----------------------------------------------------------------------

    def keys_for(self, wanted: Collection[Wanted]) -> dict[Wanted, SubjectKey]:
        """Return the newest key for each of these, and make those that are missing."""
        stamp = self._table.stamp()
        known = self._remembered.some(wanted, stamp)
        missing = [one for one in dict.fromkeys(wanted) if one not in known]
        if missing:
            found = self._found_or_made(missing)
            self._remembered.keep(found, stamp)
            known |= found
        return {one: known[one] for one in wanted}

    def _found_or_made(self, wanted: Sequence[Wanted]) -> dict[Wanted, SubjectKey]:
        rows = self._table.by_subject({subject for subject, _ in wanted})
        _refuse_erased(wanted, rows)
        newest = _newest(rows)
        first = [(one, 1) for one in wanted if one not in newest]
        if first:
            newest |= self._added(first, wanted)
        return {one: self._opened(newest[one]) for one in wanted}

    def _added(
        self, epochs: Sequence[tuple[Wanted, int]], wanted: Sequence[Wanted], at: int | None = None
    ) -> dict[Wanted, KeyRow]:
        """
        Add a key for each of these epochs, but where somebody else did so first.

        They are made and wrapped before anything is locked: a key service takes its time.
        """
        made = [
            _row(SubjectKey.fresh(*whose, epoch, self._fresh), self._kek, at)
            for whose, epoch in epochs
        ]
        with self._table.changing() as changes:
            there = changes.by_subject({subject for (subject, _), _ in epochs})
            _refuse_erased(wanted, there)
            taken = {(row.subject, row.audience, row.epoch) for row in there}
            added = [row for row in made if (row.subject, row.audience, row.epoch) not in taken]
            changes.add(added)
        return _newest([*there, *added])

    def begin_anew(self, subject: str, at: datetime) -> tuple[SubjectKey, ...]:
        """Give somebody who was erased and came back new keys in place of the destroyed ones."""
        newest = _newest(self._table.by_subject([subject]))
        gone = [(whose, row.epoch + 1) for whose, row in newest.items() if row.wrapped is None]
        if gone:
            newest = self._added(gone, (), micros_of(at))
        return tuple(self._opened(newest[whose]) for whose, _ in gone)

    def find(self, key_id: str) -> SubjectKey | Tombstone:
        """Return the key of that id, or what is left of it."""
        stamp = self._table.stamp()
        for known in self._remembered.some([key_id], stamp).values():
            return known
        for row in self._table.by_id([key_id]):
            found = self._read(row)
            if isinstance(found, SubjectKey):
                self._remembered.keep({key_id: found}, stamp)
            return found
        raise UnknownKey(key_id)

    def of_subject(self, subject: str) -> tuple[SubjectKey | Tombstone, ...]:
        """Return every key that a person has or had, by audience and epoch."""
        rows = sorted(self._table.by_subject([subject]), key=lambda row: (row.audience, row.epoch))
        return tuple(map(self._read, rows))

    def every(self) -> Iterator[KeyEntry]:
        """Return what is said of each key, by id; in flat memory."""
        return map(_entry, self._rows())

    def _rows(self) -> Iterator[KeyRow]:
        after = ""
        while page := self._table.page(after, PAGE):
            yield from page
            after = page[-1].id

    def _read(self, row: KeyRow) -> SubjectKey | Tombstone:
        return self._opened(row) if row.destroyed_at is None else _tombstone(row)

    def _opened(self, row: KeyRow) -> SubjectKey:
        """Return the key in a live row."""
        kek = self._keks.get(row.kek)
        if kek is None:
            raise SealError(
                f"key `{row.id}` is wrapped under the key of the house `{row.kek}`, which is not "
                f"at hand: open {self.where} with it among `older`",
                key=row.id,
            )
        return unwrapped(_entry(row), row.wrapped or b"", kek)

    # --- destroying and wrapping otherwise -------------------------------------------------------

    def destroy(self, key_ids: Collection[str], at: datetime) -> tuple[Tombstone, ...]:
        """Destroy keys, all of them or none, and return their tombstones in the order asked."""
        with self._table.changing() as changes:
            before = {row.id: row for row in changes.by_id(key_ids)}
            for key_id in key_ids:
                if key_id not in before:
                    raise UnknownKey(key_id)
            live = [row.id for row in before.values() if row.destroyed_at is None]
            if live:
                changes.destroy(live, micros_of(at))
            after = {row.id: row for row in changes.by_id(key_ids)}
            for row in after.values():
                if row.wrapped is not None or row.destroyed_at is None:
                    raise SealError(f"{self.where} did not record that key `{row.id}` is destroyed")
        self._remembered.forget()
        self._table.scrub()
        return tuple(_tombstone(after[key_id]) for key_id in key_ids)

    def bury(self, tombstones: Collection[Tombstone]) -> None:
        """Put tombstones where nothing is left of keys, each in the next epoch of its row."""
        with self._table.changing() as changes:
            there = {row.id: row for row in changes.by_id([one.id for one in tombstones])}
            for row in there.values():
                if row.destroyed_at is None:
                    raise SealError(
                        f"key `{row.id}` lives: destroy it, and it leaves a tombstone", key=row.id
                    )
            rows = changes.by_subject({one.subject for one in tombstones})
            epochs = {whose: row.epoch for whose, row in _newest(rows).items()}
            lost = {one.id: one for one in tombstones if one.id not in there}
            changes.add([_buried(one, epochs) for one in lost.values()])

    def rewrap(self, new: Kek) -> int:
        """Wrap every live key under a new key of the house, and say how many were not yet."""
        self._keks[new.id] = self._kek = new
        changed, after = 0, ""
        while page := self._table.page(after, PAGE):
            after = page[-1].id
            stale = [row for row in page if row.wrapped is not None and row.kek != new.id]
            anew = [(row, wrapped(self._opened(row), new), new.id) for row in stale]
            if anew:
                with self._table.changing() as changes:
                    changed += changes.rewrap(anew)
        self._table.scrub()
        return changed

    # --- ending ----------------------------------------------------------------------------------

    def close(self) -> None:
        """Let go of the database, and of every secret in memory."""
        self._remembered.forget()
        self._table.close()

    def __enter__(self) -> Self:
        """Give the key store itself."""
        return self

    def __exit__(self, *raised: object) -> None:
        """Close it."""
        self.close()


def _newest(rows: Iterable[KeyRow]) -> dict[Wanted, KeyRow]:
    """Return the row of the newest epoch of each subject and audience."""
    by_epoch = sorted(rows, key=lambda row: row.epoch)
    return {(row.subject, Audience(row.audience)): row for row in by_epoch}


def _refuse_erased(wanted: Iterable[Wanted], rows: Sequence[KeyRow]) -> None:
    """
    Refuse to make a key for somebody who was erased.

    That is whoever has no key left; or, of somebody who has, an audience whose key was destroyed.
    """
    newest = _newest(rows)
    living = {subject for (subject, _), row in newest.items() if row.destroyed_at is None}
    erased = {subject for subject, _ in newest} - living
    for subject, audience in wanted:
        row = newest.get((subject, audience))
        if subject in erased or (row is not None and row.destroyed_at is not None):
            raise SealError(
                f"the key of `{subject}` for `{audience}` was destroyed: nothing more is sealed "
                "for somebody who was erased, unless they came back and `begin_anew` says so",
                subject=subject,
                audience=audience,
            )


def _row(key: SubjectKey, kek: Kek, begun_at: int | None) -> KeyRow:
    stored = wrapped(key, kek)
    return KeyRow(key.id, key.subject, key.audience.value, key.epoch, stored, kek.id, begun_at)


def _buried(tombstone: Tombstone, epochs: dict[Wanted, int]) -> KeyRow:
    """Return the row of a tombstone; under which key of the house it was is not known any more."""
    id, subject, audience, destroyed_at = attrs.astuple(tombstone)
    epochs[subject, audience] = epoch = epochs.get((subject, audience), 0) + 1
    return KeyRow(id, subject, audience.value, epoch, None, "", None, micros_of(destroyed_at))


def _entry(row: KeyRow) -> KeyEntry:
    at = None if row.destroyed_at is None else instant_of(row.destroyed_at)
    return KeyEntry(row.id, row.subject, Audience(row.audience), row.epoch, at)


def _tombstone(row: KeyRow) -> Tombstone:
    at = instant_of(row.destroyed_at or 0)
    return Tombstone(row.id, row.subject, Audience(row.audience), at)
