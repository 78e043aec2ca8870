"""What an import writes: records in bounded transactions, one written while the next is made."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self
from uuid import UUID

from freezecase.app.alarms import waking
from freezecase.app.clock import Clock, micros_of
from freezecase.app.custody.sealing import Sealer
from freezecase.app.intake.maker import Happened
from freezecase.app.stores.store import Appended, Row, Store
from freezecase.core.draft import Draft
from freezecase.wire.stencil import Stencil

__all__ = ["Output"]


class Output:
    """
    Collects records and appends them; use it as a context, which waits for the last of them.

    A database waits for its disk most of the time. So one transaction is written by a thread while
    the next is made; there are never more than these two in memory.
    """

    def __init__(
        self, store: Store, stencil: Stencil, clock: Clock, *, sealer: Sealer, write: bool
    ) -> None:
        """Write to *store*, or, for a rehearsal, nowhere."""
        self._sealer = sealer
        self.events = self.opened = 0
        self._store, self._clock, self._writes = store, clock, write
        self._stencil = stencil
        self._rows: list[Row] = []
        self._opened: list[tuple[UUID, str]] = []
        self._looked_after: dict[UUID, Draft] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="import")
        self._under_way: Future[Appended] | None = None

    def add(
        self, happened: Sequence[Happened], command: str, source: bytes, *, looked_after: bool
    ) -> None:
        """Take in the events that a row stands for: one command, one source, no ruling."""
        self.events += len(happened)
        for case, version, event, actor, at, account, draft in happened:
            if version == 1:
                self.opened += 1
                self._opened.append((case, account))
            if self._writes:
                public, texts = self._sealer.taken_out(event)
                row = Row(case, version, *self._stencil.record(public, actor, at, command, source))
                self._rows.append(self._sealer.enclosed(row, account, texts))
                if looked_after:
                    self._looked_after[case] = draft

    def flush(self) -> None:
        """Append what was taken in, once the transaction before is durable."""
        rows, opened, cases = self._rows, self._opened, self._looked_after
        self._rows, self._opened, self._looked_after = [], [], {}
        now = micros_of(self._clock.now())
        alarms = {case: waking(draft.frozen(), now) for case, draft in cases.items()}
        self._wait()
        if rows:
            self._under_way = self._thread.submit(
                self._store.append, rows, now=now, opened=opened, alarms=alarms
            )

    def settle(self) -> None:
        """Append what was taken in, and return when it is durable."""
        self.flush()
        self._wait()

    def _wait(self) -> None:
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()

    def __enter__(self) -> Self:
        """Return the output itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for the transaction under way; raise what went wrong with it."""
        try:
            if kind is None:
                self._wait()
        finally:
            self._thread.shutdown()
