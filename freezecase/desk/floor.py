"""
One run of the desk, contact by contact: who comes, who waits, who is answered, who leaves.

There is one queue, and whoever is due first is next: a customer who waits is due within the target
from when they came, a call back when it was promised. Nobody interrupts a contact; whoever goes off
duty finishes the one they have.
"""

from collections.abc import Iterable
from heapq import heappop, heappush
from math import inf
from typing import NamedTuple

from freezecase.desk.relief import USUAL, Pressure, Relief, SurgePolicy
from freezecase.desk.roster import DAY, Roster
from freezecase.desk.series import HOUR

__all__ = ["Contact", "Tally", "play"]


class Contact(NamedTuple):
    """Somebody who wants a person: when they come, how long it takes, how long they would wait."""

    at: float
    """Seconds from the beginning; before it, the desk only warms up and nothing is counted."""
    handling: float
    patience: float


class Tally:
    """What was counted in one run, of the contacts that came after the beginning."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.came = [0] * DAY
        """By the hour of the day at which they came."""
        self.kept = [0] * DAY
        """Those who reached a person within the target, or were called back when promised."""
        self.answered = 0
        """Those who waited on the line and reached a person, however late."""
        self.left = 0
        self.promised = 0
        """Those who were promised a call back."""
        self.called = 0
        """Those of them who were called back in time."""
        self.waited = 0.0
        """Seconds that customers on the line waited, whether or not they left."""
        self.worked = 0.0
        """Seconds of handling."""


class _Floor:
    """The desk while it is played; hand it every contact in order of coming, then finish."""

    def __init__(self, roster: Roster, within: float, surge: SurgePolicy | None) -> None:
        """Begin with nobody there; *within* is the target in seconds."""
        self.tally = Tally()
        self._roster, self._within, self._surge = roster, within, surge
        self._relief = USUAL
        self._hour: int | None = None
        self._on_duty = 0
        self._done: list[float] = []  # when each who is busy is free again, a heap
        self._queue: list[tuple[float, int]] = []  # by when they are due, a heap
        self._leaving: list[tuple[float, int]] = []  # by when they lose patience, a heap
        self._line: dict[int, Contact] = {}  # who waits on the line
        self._owed: dict[int, Contact] = {}  # who was promised a call back
        self._number = 0

    def take(self, contact: Contact) -> None:
        """Let time pass until a contact comes; answer it, or let it wait."""
        self._pass(contact.at)
        if contact.at >= 0:
            self.tally.came[_hour_of_day(contact)] += 1
        if len(self._done) < self._on_duty:  # so nobody waits: who is free takes the next
            self._answered(contact, contact.at)
            self._begin(contact, contact.at)
        else:
            self._let_wait(contact)

    def finish(self) -> None:
        """Let time pass until nobody waits any more."""
        while self._line or self._owed:
            self._pass((self._hour or 0) * HOUR + HOUR)

    def _pass(self, until: float) -> None:
        """Do in order what happens by then: hours begin, contacts end, customers leave."""
        if self._hour is None:
            self._change(int(until // HOUR))
        while True:
            change = (self._hour or 0) * HOUR + HOUR
            done = self._done[0] if self._done else inf
            at = min(change, done)
            if at > until:
                break
            if done < change:  # whoever is done as their shift ends takes nobody on
                heappop(self._done)
            else:
                self._change((self._hour or 0) + 1)
            self._serve(at)
        self._let_leave(until)

    def _change(self, hour: int) -> None:
        self._hour, self._on_duty = hour, self._roster.on_duty(hour)

    def _let_leave(self, now: float) -> None:
        while self._leaving and self._leaving[0][0] <= now:
            at, number = heappop(self._leaving)
            contact = self._line.pop(number, None)
            if contact is not None and contact.at >= 0:
                self.tally.left += 1
                self.tally.waited += at - contact.at

    def _serve(self, now: float) -> None:
        """Let whoever is free take whoever is due first."""
        self._let_leave(now)
        while self._queue and len(self._done) < self._on_duty:
            _due, number = heappop(self._queue)
            if number in self._line:
                contact = self._line.pop(number)
                self._answered(contact, now)
                self._begin(contact, now)
            elif number in self._owed:
                contact = self._owed.pop(number)
                self._called(contact, now <= _due)
                self._begin(contact, now)

    def _let_wait(self, contact: Contact) -> None:
        self._number += 1
        number, relief = self._number, self._ask(coming=1)
        if relief.call_back is None:
            self._line[number] = contact
            heappush(self._queue, (contact.at + self._within, number))
            if contact.patience < inf:
                heappush(self._leaving, (contact.at + contact.patience, number))
        else:
            self._owed[number] = contact
            heappush(self._queue, (contact.at + relief.call_back.total_seconds(), number))
            self.tally.promised += contact.at >= 0
        self._serve(contact.at)

    def _begin(self, contact: Contact, now: float) -> None:
        length = contact.handling * self._ask().handling
        heappush(self._done, now + length)
        if contact.at >= 0:
            self.tally.worked += length

    def _answered(self, contact: Contact, now: float) -> None:
        if contact.at >= 0:
            self.tally.answered += 1
            self.tally.waited += now - contact.at
            self.tally.kept[_hour_of_day(contact)] += now - contact.at <= self._within

    def _called(self, contact: Contact, in_time: bool) -> None:  # noqa: FBT001 - what became of it
        if contact.at >= 0:
            self.tally.called += in_time
            self.tally.kept[_hour_of_day(contact)] += in_time

    def _ask(self, coming: int = 0) -> Relief:
        """Ask the surge policy which rules are in force now."""
        if self._surge is not None:
            self._relief = self._surge(
                Pressure(
                    waiting=len(self._line) + coming,
                    call_backs=len(self._owed),
                    on_duty=self._on_duty,
                    busy=len(self._done),
                    relief=self._relief,
                )
            )
        return self._relief


def _hour_of_day(contact: Contact) -> int:
    return int(contact.at // HOUR) % DAY


def play(
    contacts: Iterable[Contact], roster: Roster, within: float, surge: SurgePolicy | None
) -> Tally:
    """Return what is counted when these contacts come, in order, to this desk."""
    floor = _Floor(roster, within, surge)
    for contact in contacts:
        floor.take(contact)
    floor.finish()
    return floor.tally
