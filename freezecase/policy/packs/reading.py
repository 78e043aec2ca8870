"""
Reading a pack: TOML in, checked values out. Every refusal names the pack, the rule and the field.

The tables of a file are the fields of the records, one to one, and their nesting is `_PARTS`. So
the records are the schema: there is nothing else to keep in step.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias, TypeVar

import attrs

from freezecase.core.resolved import DayOff, Weekend
from freezecase.errors import BadPolicy, InvalidValue
from freezecase.policy.calendar import Calendar, MarketHolidays, PublicHolidays
from freezecase.policy.packs.binding import Binding, clock_of
from freezecase.policy.packs.pack import Days, Pack
from freezecase.policy.packs.places import places_of
from freezecase.policy.packs.rule import Dates, Otherwise, PackRule
from freezecase.policy.term import Either, Term, Yearly

__all__ = ["pack_of"]

V = TypeVar("V")

_Reader: TypeAlias = Callable[[object, str], Any]

_FIRST: Final = "not_legal_advice"


def pack_of(text: str, name: str) -> Pack:
    """
    Return the pack that *text* says, in TOML; *name* is how errors speak of it.

    Raises:
        BadPolicy: it is no TOML, or no pack.

    """
    where = f"pack `{name}`"
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(f"{where} is no TOML: {error}") from None
    if next(iter(table), "") != _FIRST:
        raise BadPolicy(f"{where} does not begin with `{_FIRST}`: say that before anything else")
    pack = _one(Pack)(_with_defaults(table), where)
    wrong = next(_wrong(pack), None)
    if wrong is not None:
        raise BadPolicy(f"{where}{wrong}")
    return pack


def _with_defaults(table: dict[str, Any]) -> dict[str, Any]:
    """Let every rule hold where the pack holds, unless it says another place."""
    rules = table.get("rules")
    if not isinstance(rules, list):
        return table
    common = {key: table[key] for key in ("jurisdiction", "zone") if key in table}
    merged = [{**common, **rule} if isinstance(rule, dict) else rule for rule in rules]
    return {**table, "rules": merged}


# --- what the parts say of one another -----------------------------------------------------------


def _wrong(pack: Pack) -> Iterator[str]:
    """Yield what is wrong with the names in *pack*, or with what a rule is bound to."""
    for name, among in (("days", pack.days), ("place", pack.places), ("rule", pack.rules)):
        counted = Counter(one.id for one in among)
        yield from (f": {name} `{id}` is there twice" for id in counted if counted[id] > 1)
    for rule in pack.rules:
        for field, name, known in _names_in(pack, rule):
            if name not in known:
                there = ", ".join(f"`{one}`" for one in sorted(known)) or "none"
                yield f", rule `{rule.id}`, {field}: there is no `{name}`: there is {there}"
        yield from _unbuildable(rule)


def _names_in(pack: Pack, rule: PackRule) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield each name by which *rule* points to something else, and what there is."""
    rules = frozenset(one.id for one in pack.rules) - {rule.id}
    places = frozenset(one.id for one in pack.places)
    yield from (("supersedes", id, rules) for id in rule.supersedes)
    yield from (("part_of", id, rules) for id in filter(None, [rule.part_of]))
    yield from (("calendar", id, places) for id in places_of(rule))
    days = frozenset(one.id for one in pack.days)
    yield from (("days", id, days) for id in filter(None, [rule.days]))


def _unbuildable(rule: PackRule) -> Iterator[str]:
    """Yield what keeps *rule* from being dated, or its clock from being made."""
    for field, make in _MADE.items():
        try:
            make(rule)
        except InvalidValue as error:
            yield f", rule `{rule.id}`, {field}: {error}"


_MADE: Final[Mapping[str, Callable[[PackRule], object]]] = {
    "dates": lambda rule: rule.effective,
    "bound": lambda rule: rule.bound and rule.counted and clock_of(rule, rule.bound, rule.counted),
}


# --- tables to values ----------------------------------------------------------------------------


def _one(kind: type[V]) -> Callable[[object, str], V]:
    """Read a table as a value: each key is a field, and what has no default is there."""

    def read(given: object, where: str) -> V:
        table = _fitting(kind, given, where)
        parts = _PARTS.get(kind, {})
        values = {
            key: parts[key](value, where) if key in parts else value for key, value in table.items()
        }
        try:
            return kind(**values)
        except InvalidValue as error:
            raise BadPolicy(f"{where}: {error}") from error

    return read


def _fitting(kind: type, given: object, where: str) -> dict[str, Any]:
    """Return a table that says all that a value of *kind* needs, and nothing else."""
    if not isinstance(given, dict):
        raise BadPolicy(f"{where} is `{given!r}`: it takes a table")
    fields = attrs.fields(kind)
    takes = ", ".join(f"`{field.name}`" for field in fields)
    for key in given:
        if key not in {field.name for field in fields}:
            raise BadPolicy(f"{where}: `{key}` is no field of it: it takes {takes}")
    for field in fields:
        if field.default is attrs.NOTHING and field.name not in given:
            raise BadPolicy(f"{where}: `{field.name}` is missing: it takes {takes}")
    return given


def _part(name: str, read: _Reader) -> _Reader:
    """Read a table that stands in a field."""
    return lambda given, where: read(given, f"{where}, {name}")


def _each(name: str, read: _Reader) -> _Reader:
    """Read a list of tables, each known by its id, or by its number."""

    def read_all(given: object, where: str) -> tuple[Any, ...]:
        if not isinstance(given, list):
            raise BadPolicy(f"{where}, {name} is `{given!r}`: it takes a list of tables")
        return tuple(
            read(one, f"{where}, {name} `{_id(one, number)}`")
            for number, one in enumerate(given, start=1)
        )

    return read_all


def _id(given: object, number: int) -> object:
    return given.get("id", number) if isinstance(given, dict) else number


def _shaped(shapes: Mapping[str, type], usual: type) -> _Reader:
    """Read a table of one shape or another: which one, its keys say."""

    def read(given: object, where: str) -> Any:
        keys: tuple[str, ...] = tuple(given) if isinstance(given, dict) else ()
        return _one(next((shapes[key] for key in keys if key in shapes), usual))(given, where)

    return read


_HOLIDAYS: Final[Mapping[str, type]] = {"market": MarketHolidays}
_TERMS: Final[Mapping[str, type]] = {
    **dict.fromkeys(("pick", "of"), Either),
    **dict.fromkeys(("month", "day"), Yearly),
}
_terms: Final = _shaped(_TERMS, Term)

_PARTS: Final[Mapping[type, Mapping[str, _Reader]]] = {
    Pack: {
        "days": _each("days", _one(Days)),
        "places": _each("place", _one(Calendar)),
        "rules": _each("rule", _one(PackRule)),
    },
    Calendar: {
        "holidays": _part("holidays", _shaped(_HOLIDAYS, PublicHolidays)),
        "weekends": _each("weekend", _one(Weekend)),
        "closed": _each("closed", _one(DayOff)),
    },
    PackRule: {
        "term": _part("term", _terms),
        "house": _part("house", _one(Term)),
        "keep": _part("keep", _one(Term)),
        "otherwise": _each("otherwise", _one(Otherwise)),
        "dates": _part("dates", _one(Dates)),
        "bound": _part("bound", _one(Binding)),
    },
    Otherwise: {"term": _part("term", _terms)},
    Either: {"of": _each("term", _terms)},
}
"""Which fields hold tables, and of what."""
