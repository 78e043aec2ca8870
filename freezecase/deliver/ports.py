"""What the exchange plugs in: accounts, channels, subscribers, and a place for positions."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import attrs

from freezecase.core.values import Channel
from freezecase.deliver.announcing import Announcement
from freezecase.views.accounts import Restriction

__all__ = [
    "AccountControl",
    "Arrival",
    "Message",
    "Notifier",
    "Positions",
    "Subscriber",
]


class AccountControl(Protocol):
    """The exchange's own systems, as far as they restrict accounts."""

    def apply(self, account: str, restriction: Restriction, revision: int) -> None:
        """
        Make *restriction* all that this book restricts on *account*: no more, and no less.

        It is the whole of it every time, never a change: no scopes free the account. Return once
        it binds, and no sooner: what is only queued is not yet so. Whatever is raised means that
        it may not be so, and it is tried again; what the error says goes on record.

        Keep the *revision* with the restriction, in one transaction, and keep three rules:

        * **the same again** is no error. Answers are lost, so calls are repeated;
        * **an older revision** than the one that is kept changes nothing. Calls arrive late and
          out of order, and an old lift must not undo a new freeze. Whoever takes it all the same
          has accounts that are not what their cases demand, and nobody is told;
        * raise on an older revision, if you can: a book that was restored from a backup counts
          from where it was, and would otherwise confirm what you have just ignored.
        """
        ...


class Arrival(StrEnum):
    """How far a message has come on its channel."""

    TAKEN = "taken"
    """The channel took it; whether it arrives is said later, or never."""
    ARRIVED = "arrived"
    """It is with the customer."""


@attrs.frozen(kw_only=True)
class Message:
    """A notice in the words and the language in which it goes out on one channel."""

    key: str
    """The same message has the same key, however often it is handed over."""
    case: UUID
    account: str
    notice: str
    channel: Channel
    language: str
    text: str = attrs.field(repr=False)
    """For the customer alone."""


class Notifier(Protocol):
    """The exchange's channels to its customers: e-mail, app messages, letters."""

    def hand(self, message: Message) -> Arrival:
        """
        Hand *message* to its channel, and return how far it has come.

        The same key again is not sent again: say how it stands by now. Raise `Undeliverable` where
        the channel will never reach the customer, such as an address that bounces; what it says
        goes on record, so let it name no address. Whatever else is raised is tried again.
        """
        ...


class Subscriber(Protocol):
    """Whoever is told what happens to cases, such as a webhook of another system."""

    def deliver(self, announcement: Announcement, now: datetime) -> None:
        """
        Take an announcement; return once it is kept, and no sooner.

        Calls are repeated when answers are lost: keep the keys, and take the same key once. Within
        a case `place` rises; what comes late has a lower one. Raise `Undeliverable` for what you
        will never take; whatever else is raised is tried again.
        """
        ...


class Positions(Protocol):
    """Where each relay keeps how far it has come in the ledger."""

    def load(self, name: str) -> int | None:
        """Return the position that is kept under *name*, or nothing if there is none yet."""
        ...

    def save(self, name: str, position: int) -> None:
        """Keep a position, whole or not at all."""
        ...
