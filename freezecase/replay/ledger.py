"""
What is asked of the ledger as one list: no index is missing, time never falls, the end is the head.

Beside it lies the list of cases, which names every case, its account, and where it begins.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from struct import Struct
from typing import Final
from uuid import UUID

from freezecase.app.clock import micros_of
from freezecase.app.stores.store import Head, Listed, Scanned, Store
from freezecase.errors import FreezeCaseError, RecordError
from freezecase.replay.finding import Findings
from freezecase.wire.codec import account_in
from freezecase.wire.names import BESIDE

__all__ = ["LedgerAudit", "Listing", "hyphened", "is_case"]

FAR: Final = 2**62
"""Past the end of any ledger, so that what stands behind its head is read too."""
LIST: Final = "the list of cases"
LATEST: Final = micros_of(datetime.max.replace(tzinfo=UTC))


class LedgerAudit:
    """Reads a ledger in its order, once, and notes what is wrong with it."""

    def __init__(self, store: Store, findings: Findings) -> None:
        """Begin at the beginning."""
        self._store, self._findings = store, findings
        self._listing = Listing(store, partial(findings.note, "listed-wrongly"))
        self.records = self.index = self.first = self.newest = 0

    def run(self, step: Callable[[], None]) -> None:
        """Read to the end, and on where a writer is at work meanwhile; *step* at each record."""
        while True:
            before = self.index
            for row in self._store.scan(before, FAR):
                self._take(row)
                step()
            head = self._head()
            if head is None or self.index in (head.size, before):
                break
        self._ends(head)
        self._listing.pass_by(FAR)

    def _take(self, row: Scanned) -> None:
        index, recorded_at, case, version, name, state = row
        place = f"ledger index {index}"
        self.records += 1
        if index != self.index + 1:
            self._findings.note("ledger-gap", place, f"after {self.index}", f"after {index - 1}")
        self.index = index
        if not is_case(case):
            self._findings.note("row-misshapen", place, f"case `{case!r:.80}`", "32 hex digits")
        if type(recorded_at) is not int or not 0 <= recorded_at <= LATEST:
            said, expected = f"recorded_at `{recorded_at}`", "microseconds since 1970"
            self._findings.note("row-misshapen", place, said, expected)
        elif recorded_at < self.newest:
            said, expected = f"recorded_at {recorded_at}", f"{self.newest} or later"
            self._findings.note("time-fell", place, said, expected)
        else:
            self.first = self.first or recorded_at
            self.newest = recorded_at
        if (version == 1 and name not in BESIDE) or self._listing.names(index):
            self._listing.check(index, case, version, account_in(name, state))

    def _head(self) -> Head | None:
        try:
            return self._store.head()
        except RecordError as error:
            self._findings.note("head-wrong", "the head of the ledger", str(error), "a head")
            return None

    def _ends(self, head: Head | None) -> None:
        if head is not None and head != (self.index, self.newest):
            said = f"{head.size} records, the last recorded at {head.recorded_at}"
            expected = f"{self.index} records, the last recorded at {self.newest}"
            self._findings.note("head-wrong", "the head of the ledger", said, expected)


def is_case(case: object) -> bool:
    """Say whether a case stands there as stores write it."""
    return isinstance(case, str) and _CASE(case) is not None


_CASE: Final = re.compile(r"[0-9a-f]{32}").fullmatch


def hyphened(case: str) -> bytes:
    """Return the id of a case as headers spell it, given as stores write it."""
    return b"%b-%b-%b-%b-%b" % _PARTS(case.encode())


_PARTS: Final = Struct("8s4s4s4s12s").unpack


class Listing:
    """The list of cases, walked beside the ledger: both are in the order of opening."""

    def __init__(self, store: Store, note: Callable[[str, str, str], None]) -> None:
        """Begin at its beginning; *note* takes where, what stands there, and what should."""
        self._note = note
        self._pages = _listed(store)
        self._next: Listed | None = None
        self._lost = False
        self._advance()

    def names(self, index: int) -> bool:
        """Pass by what is listed before *index*, and say whether a case is listed there."""
        self.pass_by(index)
        return self._next is not None and self._next.opened == index

    def pass_by(self, index: int) -> None:
        """Note every case that is listed before *index* and was not met there."""
        while self._next is not None and self._next.opened < index:
            said = f"case `{self._next.case}` begins at ledger index {self._next.opened}"
            self._note(LIST, said, "a record there")
            self._advance()

    def leave(self, index: int) -> None:
        """Pass by a case that is listed here, without asking anything of it."""
        if self.names(index):
            self._advance()

    def check(self, index: int, case: str, version: int, account: str | None) -> None:
        """Hold the list against a record that begins a case, or that the list says does."""
        place, listed = f"{LIST}, ledger index {index}", self._next
        if not self.names(index):
            if not self._lost:
                self._note(place, "nothing", f"case `{_uuid(case)}`")
            return
        listed = self._next
        self._advance()
        if listed is None or (listed.case.hex, version) != (case, 1):
            said = f"case `{listed.case if listed else None}` begins here"
            expected = f"case `{_uuid(case)}` version {version}"
            self._note(place, said, expected)
        elif account is not None and listed.account != account:
            said, expected = f"account `{listed.account}`", f"account `{account}`"
            self._note(place, said, expected)

    def _advance(self) -> None:
        try:
            self._next = next(self._pages, None)
        except (FreezeCaseError, ValueError) as error:
            self._next, self._lost = None, True
            self._note(LIST, str(error), "a list")


def _listed(store: Store) -> Iterator[Listed]:
    after = 0
    while page := store.cases(after):
        yield from page
        after = page[-1].opened


def _uuid(case: str) -> str:
    """Return a case as people write it, or as it stands if it is none."""
    try:
        return str(UUID(case))
    except ValueError:
        return case
