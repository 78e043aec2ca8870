"""
What Hypothesis makes up: every value, command and event, in any order. `journeys` plays by rules.

Ids and machine words come from a small pool most of the time, so that they meet each other: the
check that is passed is often one that was requested.
"""

from collections.abc import Hashable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import cache
from typing import Annotated, Any, Final, TypeVar, cast, get_args, get_origin
from uuid import UUID

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.annotated import Check
from freezecase.core.checked import replace
from freezecase.core.commands import ASKED_AS, Command
from freezecase.core.commands.checks import Verifications
from freezecase.core.events import STORED_AS, CaseEvent
from freezecase.core.obligations import Debtor, Demand, Obligation, Subject, Then
from freezecase.core.resolved import DayOff, MinuteOfDay, Offset, Resolved, Weekend, ZoneKey
from freezecase.core.ruling import Ruling
from freezecase.core.values import (
    AccountId,
    Amount,
    Asset,
    Capability,
    CaseId,
    CustomerText,
    Digest,
    Evidence,
    Instant,
    Person,
    Reason,
    Scope,
    Slug,
    Statement,
    Units,
    Verification,
)

__all__ = [
    "actors",
    "amounts",
    "commands",
    "event_lists",
    "events",
    "evidence",
    "instants",
    "obligations",
    "rulings",
    "scopes",
    "slugs",
    "values",
    "verifications",
]

T = TypeVar("T")

_WORDS: Final = ("identity", "device", "call-back", "court-order")
_PEOPLE: Final = ("staff:ana", "staff:rob", "customer:acct-4711", "system:risk-engine")
_PRINTABLE: Final = "".join(map(chr, range(0x21, 0x7F))).replace("@", "")
_BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)


def slugs() -> SearchStrategy[str]:
    """Return machine words, often the same few."""
    parts = st.text("abcxyz019", min_size=1, max_size=9)
    made = st.builds(lambda a, b, by: a + by + b, parts, parts, st.sampled_from("-."))
    return st.sampled_from(_WORDS) | made | st.just("a" * 64)


def instants() -> SearchStrategy[Instant]:
    """Return aware instants in UTC, to the microsecond."""
    soon = st.integers(0, 60).map(lambda days: _BEGIN + timedelta(days=days))
    return soon | st.datetimes(timezones=st.just(UTC))


def _days() -> SearchStrategy[date]:
    soon = st.integers(0, 60).map(lambda days: _BEGIN.date() + timedelta(days=days))
    return soon | st.dates()


def _ids(*usual: str) -> SearchStrategy[str]:
    return st.sampled_from(usual) | st.text(_PRINTABLE, min_size=1, max_size=200)


def _prose() -> SearchStrategy[str]:
    words = st.text(min_size=1, max_size=40).filter(lambda text: not text.isspace())
    return st.just("looked at the evidence") | words


def _units() -> SearchStrategy[str]:
    fraction = st.just("") | st.text("0123456789", min_size=1, max_size=18).map(".{}".format)
    whole = st.integers(0, 20).map(str) | st.integers(0, 10**38 - 1).map(str)
    return st.builds(str.__add__, whole, fraction)


_BY_ANNOTATION: Final[Mapping[Any, SearchStrategy[Any]]] = {
    AccountId: _ids("acct-4711", "acct-4712"),
    Person: st.sampled_from(_PEOPLE) | _ids("staff:ana"),
    Slug: slugs(),
    Asset: st.sampled_from(["BTC", "ETH", "EUR"]) | st.text("ABC019._-", min_size=1, max_size=32),
    Digest: st.binary(min_size=32, max_size=32).map(lambda digest: f"sha256:{digest.hex()}"),
    Reason: _prose(),
    CustomerText: _prose(),
    Statement: _prose(),
    Units: _units(),
    Subject: st.just("") | st.sampled_from(_WORDS) | st.text("abc -#1", max_size=200),
    Debtor: st.sampled_from(["reviewer", "customer", "system", "@owner"]),
    Verifications: st.deferred(
        lambda: st.lists(verifications(), max_size=3, unique_by=lambda one: one.kind)
    ),
    Instant: instants(),
    date: _days(),
    ZoneKey: st.sampled_from(["Europe/London", "America/Argentina/Ushuaia", "Etc/GMT+5", "UTC"]),
    MinuteOfDay: st.integers(0, 24 * 60),
    CaseId: st.just(UUID(int=1)) | st.uuids(),
    str: st.text(max_size=20),
    int: st.integers(1, 9) | st.integers(0, 2**53 - 1),  # counts: none of them is negative
    bool: st.booleans(),
    timedelta: st.timedeltas(),
}


def values(kind: type[T]) -> SearchStrategy[T]:
    """Return values of a class of this library: each field as its annotation allows."""
    return cast("SearchStrategy[T]", _of(cast("Hashable", kind)))


@cache
def _of(annotation: Any) -> SearchStrategy[Any]:
    """Return what *annotation* allows; a check that has no strategy of its own filters."""
    if annotation in _BY_ANNOTATION:
        return _BY_ANNOTATION[annotation]
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _checked(_of(args[0]), [one for one in args[1:] if isinstance(one, Check)])
    if origin is tuple:
        return st.lists(_of(args[0]), max_size=3).map(tuple)
    if origin is Mapping:
        return st.dictionaries(*map(_of, args), max_size=3)
    if args:
        return st.one_of(*map(_of, args))
    if annotation is type(None):
        return st.none()
    if issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    return st.deferred(lambda: _built(annotation))


def _checked(made: SearchStrategy[Any], checks: list[Check]) -> SearchStrategy[Any]:
    for check in checks:
        made = (made.map(check.exact) if check.exact else made).filter(check.holds)
    return made


_ONE_OF_TWO: Final[Mapping[type[Any], tuple[str, str]]] = {
    e.CheckFailed: ("remedy", "appeal_to"),
    do.FailCheck: ("remedy", "appeal_to"),
    e.AppealRejected: ("next_level", "bar"),
    do.RejectAppeal: ("next_level", "bar"),
}
"""Fields of which exactly one says something."""


@st.composite
def _scope(draw: st.DrawFn) -> Scope:
    """Draw a restriction: an amount is of an asset that it stops."""
    capabilities = draw(st.sets(st.sampled_from(Capability), min_size=1))
    assets = draw(st.sets(_of(Asset), max_size=3))
    amount = draw(st.none() | values(Amount))
    if amount is not None and assets:
        amount = replace(amount, asset=draw(st.sampled_from(sorted(assets))))
    return Scope.of(*capabilities, assets=assets, amount=amount)


@st.composite
def _resolved(draw: st.DrawFn) -> Resolved:
    """Draw what a calendar said: every day it speaks of lies in its window, once and in order."""
    text = st.text(max_size=20)
    first = draw(st.dates(date(1900, 1, 1), date(2199, 1, 1)))
    last = first + timedelta(days=draw(st.integers(0, 40)))
    inside = st.lists(st.dates(first, last), max_size=3, unique=True).map(sorted)
    off = [replace(draw(values(DayOff)), day=day) for day in draw(inside)]
    opens, closes = sorted(draw(st.lists(_of(MinuteOfDay), min_size=2, max_size=2)))
    begin = datetime.combine(first, time.min, UTC) - timedelta(days=1)  # it begins there somewhere
    clocks = draw(st.lists(values(Offset), min_size=1, max_size=3))
    weekends = draw(st.lists(values(Weekend), min_size=1, max_size=2))
    return Resolved(
        calendar=draw(slugs()),
        zone=draw(_of(ZoneKey)),
        first=first,
        last=last,
        weekends=sorted(weekends, key=lambda one: one.since or date.min),
        opens=opens,
        closes=closes,
        offsets=[replace(o, at=begin + timedelta(days=9 * n)) for n, o in enumerate(clocks)],
        holidays=draw(st.sampled_from([off, None])),
        worked=draw(inside),
        source=draw(text),
        categories=draw(st.lists(text, max_size=2)),
        package=draw(text),
        tz=draw(text),
    )


_WHOLE: Final = {Scope: _scope, Resolved: _resolved}
"""Values whose parts must fit each other."""


def _built(kind: Any) -> SearchStrategy[Any]:
    """Return instances of *kind*: each field as its annotation allows."""
    if kind in _WHOLE:
        return _WHOLE[kind]()
    special = _SPECIAL.get(kind, {})
    fields: dict[str, Any] = {
        field.name: special[field.name] if field.name in special else _of(field.type)
        for field in attrs.fields(kind)
    }
    if kind not in _ONE_OF_TWO:
        return st.builds(kind, **fields)
    one, other = _ONE_OF_TWO[kind]
    said = {name: fields[name].filter(lambda value: value is not None) for name in (one, other)}
    return st.builds(kind, **{**fields, one: said[one], other: st.none()}) | st.builds(
        kind, **{**fields, one: st.none(), other: said[other]}
    )


_SPECIAL: Final[Mapping[type[Any], Mapping[str, SearchStrategy[Any]]]] = {
    Actor: {"roles": st.sets(slugs(), max_size=3).map(lambda roles: tuple(sorted(roles)))},
    Demand: {"then": st.sampled_from(Then) | st.deferred(lambda: values(Demand))},
    Offset: {"seconds": st.integers(1 - 24 * 60 * 60, 24 * 60 * 60 - 1)},
    Ruling: {"calendars": st.lists(st.deferred(_resolved), max_size=2).map(tuple)},
    Verification: {"instead": st.sets(st.sampled_from(["address", "video-call"]), max_size=2)},
}


def actors() -> SearchStrategy[Actor]:
    """Return actors of every kind."""
    return values(Actor)


def amounts() -> SearchStrategy[Amount]:
    """Return amounts of money, however small or large."""
    return values(Amount)


def scopes() -> SearchStrategy[Scope]:
    """Return restrictions, wide and narrow."""
    return values(Scope)


def verifications() -> SearchStrategy[Verification]:
    """Return things to verify, some with alternatives."""
    return values(Verification)


def evidence() -> SearchStrategy[Evidence]:
    """Return references to documents."""
    return values(Evidence)


def obligations() -> SearchStrategy[Obligation]:
    """Return open obligations, duties and rights."""
    return values(Obligation)


def rulings() -> SearchStrategy[Ruling]:
    """Return rulings as they are stored; nothing links the answer to the opinions."""
    return values(Ruling)


def events(kind: type[CaseEvent] | None = None) -> SearchStrategy[CaseEvent]:
    """Return events of *kind*, or of every kind."""
    return values(kind) if kind else st.one_of(*(values(one) for one in STORED_AS))


def commands(kind: type[Command] | None = None) -> SearchStrategy[Command]:
    """Return commands of *kind*, or of every kind, whether or not they fit any case."""
    return values(kind) if kind else st.one_of(*(values(one) for one in ASKED_AS))


def event_lists(max_size: int = 12) -> SearchStrategy[tuple[CaseEvent, ...]]:
    """Return events in any order: what a foreign history may look like."""
    return st.lists(events(), max_size=max_size).map(tuple)
