"""Looking through a ledger for what is sealed for one person: does anything still open?"""

from collections import Counter
from collections.abc import Collection

import attrs

from freezecase.app.record import where
from freezecase.app.stores.store import Store
from freezecase.core.custody import KeyId
from freezecase.core.erasure import Erasure
from freezecase.core.values import AccountId, Audience
from freezecase.errors import UnknownKey
from freezecase.seal.keys import KeyStore, SubjectKey
from freezecase.wire.enclosing import sections_in

__all__ = ["Scan", "audiences_of", "is_lost", "live_keys", "scan_sections"]


@attrs.frozen(kw_only=True)
class Scan:
    """What of a person's sections can still be opened, in all that the ledger holds."""

    upto: int
    """The ledger index up to which every record was looked at."""
    records: int = 0
    """How many records have a section of the person."""
    sections: int = 0
    openable: frozenset[KeyId] = frozenset()
    """The keys that still open one."""
    unknown: frozenset[KeyId] = frozenset()
    """The keys of which there is neither a key nor a tombstone: lost, not erased."""


def scan_sections(store: Store, keys: KeyStore, erasure: Erasure) -> Scan:
    """
    Look through the whole ledger for sections of a person that open.

    Whose a section is, its key says; in the person's own cases every section counts, whatever key
    it names.
    """
    theirs = {one.id for one in keys.of_subject(erasure.account)} | erasure.going | erasure.gone
    cases = {case.hex for case in store.cases_of(erasure.account)}
    marks = [key.encode() for key in theirs]
    upto, records, named = store.size(), 0, Counter[KeyId]()
    for _index, _at, stream, version, name, state in store.scan(0, upto):
        if stream not in cases and not any(mark in state for mark in marks):
            continue  # most records are of others: no need to take them apart
        sections = sections_in(name, state, where(stream, version))
        found = [one["k"] for one in sections if stream in cases or one["k"] in theirs]
        records += bool(found)
        named.update(found)
    lost = frozenset(key for key in named if is_lost(keys, key))
    return Scan(
        upto=upto,
        records=records,
        sections=named.total(),
        openable=frozenset(key for key in named.keys() - lost if _opens(keys, key)),
        unknown=lost,
    )


def audiences_of(store: Store, lost: Collection[KeyId]) -> dict[KeyId, Audience]:
    """Return for whom keys seal something in the ledger; one that seals nothing is left out."""
    marks, found = [key.encode() for key in lost], dict[KeyId, Audience]()
    for _index, _at, stream, version, name, state in store.scan() if lost else ():
        if any(mark in state for mark in marks):
            sections = sections_in(name, state, where(stream, version))
            found |= {one["k"]: Audience(one["a"]) for one in sections if one["k"] in lost}
    return found


def _opens(keys: KeyStore, key: KeyId) -> bool:
    return isinstance(keys.find(key), SubjectKey)


def is_lost(keys: KeyStore, key: KeyId) -> bool:
    """Say whether there is neither a key of that id nor a tombstone."""
    try:
        keys.find(key)
    except UnknownKey:
        return True
    return False


def live_keys(keys: KeyStore, account: AccountId) -> tuple[KeyId, ...]:
    """Return the ids of the keys that a person still has, in order."""
    return tuple(sorted(o.id for o in keys.of_subject(account) if isinstance(o, SubjectKey)))
