"""
Writes the reference of the packs from their data: each rule, how well it is known, what it starts.

The tables are what the files say; the fields are those of the records that read them.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import attrs

from docs.write_reference import doc_of, spelt
from freezecase.core.annotated import Check
from freezecase.core.resolved import DayOff, Weekend
from freezecase.policy import packs
from freezecase.policy.calendar import Calendar, MarketHolidays, PublicHolidays
from freezecase.policy.effective import Anchor
from freezecase.policy.packs.binding import Binding
from freezecase.policy.packs.pack import Days, Pack
from freezecase.policy.packs.rule import Dates, Otherwise, PackRule
from freezecase.policy.term import Either, Term, Yearly

__all__ = ["advice", "fields_page", "packs_page", "row", "unverified"]

HEAD: Final = (
    "| rule | binds, and to what | how long | known | holds | in a case |\n"
    "| --- | --- | --- | --- | --- | --- |"
)


def advice() -> str:
    """Return the line that every pack begins with."""
    (line,) = {packs.load(name).not_legal_advice for name in packs.available()}
    return f"> {line}"


def packs_page() -> str:
    """Return every rule of every pack, in the order of its file."""
    return "\n\n".join(_pack(packs.load(name)) for name in packs.available())


def _pack(pack: Pack) -> str:
    places = ", ".join(f"`{one.id}`" for one in pack.places)
    counts = f"Sources read on {pack.checked_on}. Days are counted at {places}."
    return "\n".join([f"## {pack.id}", "", counts, "", HEAD, *map(row, pack.rules)])


def row(rule: PackRule) -> str:
    """Return the row of a rule."""
    cells = (
        f"`{rule.id}`<br>[{rule.citation}]({rule.url})",
        f"{rule.binds}: {rule.duty}",
        "<br>".join(_length(rule)),
        rule.evidence,
        _holds(rule),
        _in_a_case(rule),
    )
    escaped = [cell.replace("|", r"\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"


def _length(rule: PackRule) -> Iterator[str]:
    yield rule.in_words()
    yield from (f"{one.where}: {one.term.in_words()}" for one in rule.otherwise)
    if rule.keep is not None:
        yield f"kept: {rule.keep.in_words()}"


def _holds(rule: PackRule) -> str:
    dates = rule.dates
    since = [f"from {dates.since}"] if dates.since else []
    until = [f"before {dates.until}"] if dates.until else []
    anchor = [] if dates.anchor is Anchor.TRIGGER else [f"by the date of the {dates.anchor}"]
    return (
        "; ".join([*since, *until, *anchor, *filter(None, [dates.scope, dates.said])]) or "always"
    )


def _in_a_case(rule: PackRule) -> str:
    bound = rule.bound
    if bound is None:
        return rule.unbound
    starts = bound.covers or ", ".join(bound.on)
    named = f"once named: {bound.only_named}" if bound.only_named else ""
    remembered = "" if rule.verified else "once named: it is only remembered"
    return "; ".join(filter(None, [f"`{starts}`", named, remembered]))


def unverified() -> str:
    """Return the rules that are only remembered."""
    every = (rule for name in packs.available() for rule in packs.load(name).unverified)
    return "\n".join(f"- `{one.id}`: {one.citation}. {one.evidence}" for one in every)


# --- fields --------------------------------------------------------------------------------------

TABLES: Final[Mapping[str, type[Any]]] = {
    "The file": Pack,
    "Rules": PackRule,
    "Terms": Term,
    "Terms that end on a date": Yearly,
    "Terms of which one holds": Either,
    "Other numbers": Otherwise,
    "Dates": Dates,
    "Bound": Binding,
    "Days": Days,
    "Places": Calendar,
    "Holidays of a country": PublicHolidays,
    "Holidays of a market": MarketHolidays,
    "Weekends": Weekend,
    "Closed": DayOff,
}
"""The tables of a file, each with the record that reads it."""
PLACES: Final = {record: name for name, record in TABLES.items()}
PLAIN: Final[Mapping[Any, str]] = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    date: "a day",
}


def fields_page() -> str:
    """Return what each table of a file takes."""
    return "\n\n".join(
        "\n\n".join([f"### {name}", doc_of(record), _fields(record)])
        for name, record in TABLES.items()
    )


def _fields(record: type[Any]) -> str:
    known = spelt(record)
    rows = (
        f"| `{one.name}` | {_needed(record, one)} | {_takes(one.type)} | {known[one.name][2]} |"
        for one in attrs.fields(record)
    )
    return "\n".join(["| key | | takes | meaning |", "| --- | --- | --- | --- |", *rows])


def _needed(record: type[Any], field: "attrs.Attribute[Any]") -> str:
    said_by_the_pack = record is PackRule and field.name in {"jurisdiction", "zone"}
    return "needed" if field.default is attrs.NOTHING and not said_by_the_pack else ""


def _takes(annotation: Any) -> str:
    """Say what a field takes, as whoever writes the file would ask."""
    arms = [arm for arm in get_args(annotation) if arm is not NoneType]
    origin = get_origin(annotation)
    if origin is Annotated:
        checks = [mark.allows for mark in arms[1:] if isinstance(mark, Check)]
        return "; ".join([_takes(arms[0]), *checks])
    if origin is tuple:
        return f"a list: {_takes(arms[0])}"
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(map(_takes, arms)))
    if annotation in PLAIN:
        return PLAIN[annotation]
    if issubclass(annotation, StrEnum):
        return ", ".join(f"`{one}`" for one in annotation)
    return _linked(annotation)


def _linked(record: type[Any]) -> str:
    name = PLACES[record].lower()
    return f"[{name}](#{name.replace(' ', '-')})"
