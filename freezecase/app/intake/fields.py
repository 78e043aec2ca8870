"""
How a mapping says the fields of an event: constants, columns, what the importer knows, and parts.

    with.ground = "aml-alert"                                   the same for every row
    with.reason = { column = "comment", default = "not said" }  from a column
    with.contests = { from = "decision" }                       what the importer knows
    with.amount = { units = { column = "_balance", scale = 6 }, asset = "USDT" }
"""

from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import attrs

from freezecase.app.intake.spec import (
    Cell,
    Constant,
    Field,
    Known,
    Made,
    Moment,
    Several,
    Take,
    Told,
)
from freezecase.app.intake.table import Table
from freezecase.core.annotated import checks_of, exact_of
from freezecase.core.events import CaseEvent
from freezecase.errors import InvalidValue

__all__ = ["field_of", "moment_of", "optional", "outcome_fields"]

SUPPLIED: Final[Mapping[str, Field]] = {"by": Known(Told.ACTOR), "account": Known(Told.ACCOUNT)}
"""What every event that has these fields is given, if the mapping says nothing else."""
PLAIN: Final = (str, int, bool)


def outcome_fields(table: Table, kind: type[CaseEvent]) -> dict[str, Field]:
    """Return the fields that an event of *kind* is made of."""
    return _fields(table.table("with", default={}), kind, SUPPLIED)


def field_of(table: Table, key: str, default: Field | None = None) -> Field:
    """Return a field that takes a text: constant, from a column, or known."""
    table.asked.add(key)
    if key not in table.data and default is not None:
        return default
    if key not in table.data:
        raise table.bad(key, 'is missing: it takes a text, or `{ column = "..." }`')
    return _field(table, key, str)


def optional(kind: type[Any], name: str) -> bool:
    """Say whether a field of *kind* may be left out."""
    return getattr(attrs.fields_dict(kind)[name], "default", None) is not attrs.NOTHING


def _fields(table: Table, kind: type[Any], supplied: Mapping[str, Field]) -> dict[str, Field]:
    types = _types(kind)
    table.asked.update(types)
    table.done()
    fields: dict[str, Field] = {name: field for name, field in supplied.items() if name in types}
    for name in table.data:
        fields[name] = _field(table, name, types[name])
        _try_constants(table, kind, name, fields[name])
    for name in types:
        if name not in fields and not optional(kind, name):
            raise table.bad(name, f"is missing: a {_words(kind)} cannot do without")
    return fields


def _field(table: Table, key: str, wanted: Any) -> Field:
    value = table.data[key]
    if isinstance(value, dict):
        inner = Table.of(table.file, value, f"{table.path}.{key}")
        if "column" in value:
            return _cell(inner)
        if "from" in value:
            told = Told(inner.choice("from", Told))
            inner.done()
            return Known(told)
        if attrs.has(wanted):
            return Made(wanted, _fields(inner, wanted, {}))
        raise table.bad(key, 'takes a plain value, `{ column = "..." }` or `{ from = "..." }`')
    if isinstance(value, list) and get_origin(wanted) is tuple:
        each = Table.of(
            table.file, {f"[{n}]": v for n, v in enumerate(value, 1)}, table.path + f".{key}"
        )
        return Several(tuple(_field(each, n, _element(wanted)) for n in each.data))
    if type(value) not in PLAIN:
        raise table.bad(key, f"cannot be `{value!r}`: it takes a text, a whole number or a flag")
    return Constant(value)


def _cell(table: Table) -> Cell:
    take = Take(table.choice("as", Take, default=Take.TEXT))
    values: dict[str, Any] | None = None
    if "values" in table.data:
        values = table.take("values", dict, "a table of what each text stands for")
    table.asked.add("values")
    scale = table.number("scale", default=0)
    cell = Cell(
        column=table.text("column"),
        take=Take.DECIMAL if scale else take,
        moment=moment_of(table),
        default=_plain(table, "default"),
        values=values,
        otherwise=_plain(table, "otherwise"),
        scale=scale,
        split=table.text_or_none("split"),
        prefix=table.take("prefix", str, "a text", ""),
        of_case=table.choice("of", ("row", "case"), default="row") == "case",
    )
    if cell.otherwise is not None and values is None:
        raise table.bad("otherwise", "goes with `values`: what stands for a text they do not list")
    table.done()
    return cell


def moment_of(table: Table) -> Moment:
    """Return how a text is read as a time."""
    zone = table.text_or_none("zone")
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise table.bad(
                "zone", f"cannot be `{zone}`: it takes an IANA name, such as `UTC`"
            ) from None
    return Moment(format=table.text_or_none("format"), zone=zone)


def _plain(table: Table, key: str) -> Any:
    table.asked.add(key)
    value = table.data.get(key)
    if value is not None and type(value) not in PLAIN:
        raise table.bad(key, f"cannot be `{value!r}`: it takes a text, a whole number or a flag")
    return value


def _try_constants(table: Table, kind: type[Any], name: str, field: Field) -> None:
    """Refuse now what would be refused in every row."""
    for value in _constants(field):
        wrong = _fault(kind, name, value)
        if wrong is not None:
            raise table.bad(name, str(wrong))


def _constants(field: Field) -> list[Any]:
    if isinstance(field, Constant):
        return [field.value]
    if isinstance(field, Cell) and not field.split and not field.prefix:
        said = [field.default, field.otherwise, *(field.values or {}).values()]
        return [value for value in said if value is not None]
    if isinstance(field, Several):
        return [[value] for item in field.items for value in _constants(item) if value != ""]
    return []


def _fault(kind: type[Any], name: str, value: Any) -> InvalidValue | None:
    """Return why a field of *kind* does not take *value*, or nothing."""
    where, hint = f"{kind.__name__}.{name}", attrs.fields_dict(kind)[name].type
    make_exact = exact_of(hint)
    try:
        exact = value if make_exact is None else make_exact(value)
    except ValueError as wrong:
        return InvalidValue(where, value, str(wrong))
    broken = (check for check in checks_of(hint) if not check.holds(exact))
    return next((InvalidValue(where, value, check.allows) for check in broken), None)


def _types(kind: type[Any]) -> dict[str, Any]:
    """Return the type of each field, without `None` and without its checks."""
    return {name: _strip(hint) for name, hint in get_type_hints(kind, include_extras=True).items()}


def _strip(hint: Any) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _strip(args[0])
    if origin in (Union, UnionType):
        return _strip(next(arg for arg in args if arg is not type(None)))
    return hint


def _element(hint: Any) -> Any:
    return _strip(get_args(hint)[0])


def _words(kind: type[Any]) -> str:
    return f"`{kind.__name__}`"
