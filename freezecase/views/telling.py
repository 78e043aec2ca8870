"""
How a record is told to a reader: which names, which texts, and values in words.

A text that is `Sealed` is told only to an audience that may read it. A customer is told of persons
of the exchange, and of its machines, only that they are the exchange.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from freezecase.app.record import Record
from freezecase.core.events import STORED_AS, CaseEvent, ObligationMet, ObligationOpened
from freezecase.core.personal import personal
from freezecase.core.state import CaseState
from freezecase.core.values import Amount, Audience, Capability, Channel, Ground, Scope

__all__ = [
    "SEALED",
    "Telling",
    "amount",
    "as_customer",
    "by_channel",
    "debtor_name",
    "follows",
    "ground",
    "instant",
    "listed",
    "may_read",
    "name_of",
    "scope",
    "slug",
]


@attrs.frozen
class Telling:
    """One record, told to one reader."""

    record: Record
    before: CaseState
    """The case before it."""
    reader: Audience = Audience.OPERATIONS
    ground_told: bool = True
    """Whether this reader may be told why the account is frozen."""

    @property
    def event(self) -> Any:
        """What happened."""
        return self.record.event

    @property
    def who(self) -> str:
        """Who did it, as the reader knows them; what only follows, the policy saw to."""
        return "the policy" if follows(self.record) else self.name(self.record.actor.person)

    @property
    def by_customer(self) -> bool:
        """Whether the customer did it themselves."""
        return self.record.actor.person.startswith("customer:")

    @property
    def to_customer(self) -> bool:
        """Whether it is the customer who reads."""
        return self.reader is Audience.CUSTOMER

    def name(self, person: str) -> str:
        """Return how the reader knows *person*."""
        return name_of(person, self.reader)

    def text(self, field: str = "reason", lead: str = ": ") -> str:
        """Return the words in a field after *lead*; nothing if this reader may read none."""
        words = getattr(self.event, field)
        audience = SEALED[type(self.record.event)].get(field, Audience.CUSTOMER)
        if words is None or not may_read(self.reader, audience):
            return ""
        return f'{lead}"{_on_one_line(words)}"'


def follows(record: Record) -> bool:
    """Say whether a record only follows from another of its turn, for whoever owes."""
    return record.cause is not None and isinstance(record.event, ObligationOpened | ObligationMet)


def name_of(person: str, reader: Audience) -> str:
    """
    Return how *reader* knows a person, given as `kind:id`.

    Staff go by their pseudonym. Whatever else acts keeps its kind, so that `system:ana` is never
    read as a colleague; so does staff whose pseudonym looks like that.
    """
    kind, _, pseudonym = person.partition(":")
    if kind == "customer":
        return "the customer"
    if reader is Audience.CUSTOMER:
        return "the exchange"
    return pseudonym if kind == "staff" and ":" not in pseudonym else person


def debtor_name(who: str, reader: Audience) -> str:
    """Return how *reader* knows whoever owes; a customer knows no role of the house."""
    if ":" in who:
        return name_of(who, reader).removeprefix("the ")
    return who if reader is not Audience.CUSTOMER or who in _OUTSIDE else "exchange"


_OUTSIDE: Final = frozenset({"customer", "external-body"})
"""Whom a customer may know by name: themselves, and who stands above the exchange."""

_WIDENESS: Final = {audience: place for place, audience in enumerate(Audience)}


def may_read(reader: Audience, audience: Audience) -> bool:
    """Say whether *reader* may read what is for *audience*: the narrower includes the wider."""
    return _WIDENESS[reader] >= _WIDENESS[audience]


SEALED: Final[Mapping[type[CaseEvent], Mapping[str, Audience]]] = {
    kind: personal(kind) for kind in STORED_AS
}
"""The fields of each kind of event that are sealed, and who may read them."""


def _on_one_line(words: str) -> str:
    """Return somebody's words on one line, with nothing in them that a terminal would obey."""
    joined = " ".join(words.split())
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in joined)


def instant(at: datetime) -> str:
    """Return an instant in words, to the minute, in UTC."""
    return f"{at:%Y-%m-%d %H:%M}"


def slug(word: str) -> str:
    """Return a machine word as people say it."""
    return word.replace("-", " ")


def listed(words: Iterable[str], last: str = "and") -> str:
    """Return words as a list in a sentence."""
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end


_GROUNDS: Final = {Ground.AML_ALERT: "an AML alert", Ground.SELF_LOCK: "the customer's own wish"}


def by_channel(channel: Channel) -> str:
    """Return the way of a conversation, in words."""
    return f"by {'e-mail' if channel is Channel.EMAIL else slug(channel)}"


def ground(why: Ground) -> str:
    """Return a ground in words."""
    return _GROUNDS.get(why, slug(why))


_STOPPED: Final = {
    Capability.LOG_IN: "log-in",
    Capability.TRADE: "trading",
    Capability.DEPOSIT: "deposits",
    Capability.WITHDRAW_FIAT: "fiat withdrawals",
    Capability.WITHDRAW_CRYPTO: "crypto withdrawals",
    Capability.TRANSFER: "transfers",
    Capability.EARN: "earning",
    Capability.CARD: "card payments",
}
_BOTH: Final = frozenset({Capability.WITHDRAW_FIAT, Capability.WITHDRAW_CRYPTO})


def scope(of: Scope | None) -> str:
    """Return what a scope stops, in words."""
    if of is None:
        return "nothing"
    assets = f" of {listed(of.assets)}" if of.assets else ""
    return f"{_stopped(of)}{assets}{f' up to {amount(of.amount)}' if of.amount else ''}"


def _stopped(of: Scope) -> str:
    stops = frozenset(of.capabilities)
    if stops == frozenset(Capability):
        return "everything"
    words = {one: "withdrawals" if stops >= _BOTH else _STOPPED[one] for one in _BOTH}
    return listed(dict.fromkeys({**_STOPPED, **words}[one] for one in _STOPPED if one in stops))


def amount(of: Amount) -> str:
    """Return an amount in words."""
    return f"{of.units} {of.asset}"


def as_customer(did: str, told: Telling) -> str:
    """Return what the customer did, whether or not it was they who recorded it."""
    return did if told.by_customer else f"recorded that the customer {did}"
