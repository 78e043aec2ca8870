"""
What waits for one subscriber: in the order of the ledger, and of each case one after another.

A case that fails holds up itself and nobody else. Once several in a row fail, whoever they are,
nobody answers; then only the oldest is tried, so that an outage of an hour does not use up the
tries of thousands.
"""

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Final
from uuid import UUID

import attrs

from freezecase.deliver.backoff import Backoff

__all__ = ["Letter", "Line", "Trouble"]

_AT_ONCE: Final = datetime.min.replace(tzinfo=UTC)
PATIENCE: Final = 5
"""After so many failures in a row nobody answers."""


@attrs.frozen
class Letter:
    """A record of which the subscriber is to be told."""

    case: UUID
    version: int
    index: int
    again: bool = False
    """Whether it was given up before, and somebody asked for it once more."""


@attrs.define
class Trouble:
    """The first letter of a case fails: how often in a row, what went wrong, when to try again."""

    times: int
    wrong: str
    again_at: datetime
    ours: bool = False
    """Whether it is we who cannot read it, and nobody was asked."""


@attrs.define
class Line:
    """The letters that wait, and what is wrong with some of them."""

    name: str
    backoff: Backoff
    queues: dict[UUID, deque[Letter]] = attrs.field(factory=dict)
    troubles: dict[UUID, Trouble] = attrs.field(factory=dict)
    heads: list[tuple[int, UUID]] = attrs.field(factory=list)
    """A heap of first letters: of each case that is not in trouble, among some that are gone."""
    streak: int = 0
    """How many failed in a row, of whichever case."""
    shut_until: datetime = _AT_ONCE

    @property
    def size(self) -> int:
        """How many letters wait."""
        return sum(map(len, self.queues.values()))

    @property
    def oldest(self) -> int | None:
        """The ledger index of the oldest letter that nobody would write again."""
        waiting = (one.index for queue in self.queues.values() for one in queue if not one.again)
        return min(waiting, default=None)

    def add(self, letter: Letter) -> None:
        """Let a letter wait behind the others of its case."""
        queue = self.queues.setdefault(letter.case, deque())
        queue.append(letter)
        if len(queue) == 1:
            heappush(self.heads, (letter.index, letter.case))

    def restart(self, case: UUID, letters: list[Letter]) -> None:
        """Let these wait before all others of their case, in the place of the same from before."""
        newer = [one for one in self.queues.pop(case, ()) if not one.again]
        known = {one.index for one in newer}
        queue = deque([*(one for one in letters if one.index not in known), *newer])
        self.troubles.pop(case, None)
        if queue:
            self.queues[case] = queue
            heappush(self.heads, (queue[0].index, case))

    def take(self, now: datetime) -> Letter | None:
        """Return the letter to try next, or nothing if none is due."""
        if now < self.shut_until:
            return None
        nobody_answers = self.streak >= PATIENCE
        heads = [
            self.queues[case][0]
            for case, trouble in self.troubles.items()
            if trouble.again_at <= now or (nobody_answers and not trouble.ours)
        ]
        return min((*heads, *self._untroubled()), key=_index, default=None)

    def _untroubled(self) -> Iterator[Letter]:
        """Yield the oldest first letter of a case that is not in trouble, if there is one."""
        while self.heads:
            index, case = self.heads[0]
            queue = self.queues.get(case)
            if queue and queue[0].index == index and case not in self.troubles:
                yield queue[0]
                return
            heappop(self.heads)

    def done(self, letter: Letter) -> None:
        """Let go of a letter: it arrived, or it was given up."""
        queue = self.queues[letter.case]
        queue.popleft()
        self.troubles.pop(letter.case, None)
        if queue:
            heappush(self.heads, (queue[0].index, letter.case))
        else:
            del self.queues[letter.case]

    def answered(self) -> None:
        """Somebody answers."""
        self.streak, self.shut_until = 0, _AT_ONCE

    def failed(self, now: datetime) -> None:
        """Somebody did not answer, or would not take it."""
        self.streak += 1
        if self.streak >= PATIENCE:
            wait = self.backoff.after(self.name, self.streak - PATIENCE + 1)
            self.shut_until = now + wait

    def later(self, letter: Letter, wrong: str, now: datetime, *, ours: bool = False) -> int:
        """Put a letter off; return how often it has failed in a row."""
        before = self.troubles.get(letter.case)
        times = before.times + 1 if before else 1
        again_at = now + self.backoff.after(str(letter.case), times)
        self.troubles[letter.case] = Trouble(times, wrong, again_at, ours)
        return times

    def again_at(self, now: datetime) -> datetime | None:
        """Return when the next letter is due; nothing while none waits."""
        if not self.queues:
            return None
        if self.streak >= PATIENCE:
            return max(now, self.shut_until)
        return max(now, min(map(self._when, self.queues)))

    def _when(self, case: UUID) -> datetime:
        trouble = self.troubles.get(case)
        return _AT_ONCE if trouble is None else trouble.again_at


def _index(letter: Letter) -> int:
    return letter.index
