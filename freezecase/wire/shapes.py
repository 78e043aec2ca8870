"""
How the bytes of one record are laid out.

```
{"d": {                       the public part: what stays readable for ever
    "actor": {...},           who did it
    "asked": {...},           the command and its ruling: only on the first record of a turn
    "cause": 7,               the version that carries them: only on the other records of the turn
    "command_id": "...",
    "event": {...},           the event, whose stored name stands in the row
    "occurred_at": "...",     when it happened, as claimed
    "source": {...}},         where it was imported from
 "s": [{...}],                sealed sections: the texts that stand in `d` as a placeholder
 "z": "..."}                  salt: 16 random bytes, so that a record that was removed cannot be
                              guessed from its hash
```

Case, version, ledger index, name and the instant of recording are not in these bytes: they stand
in the row, and in its header.

Keys are in order, and absent when there is nothing to say: one record has one spelling.
"""

from functools import cached_property
from typing import Annotated, Any, Final, TypeAlias, get_args
from uuid import UUID

import attrs
import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from freezecase.core.actors import Actor
from freezecase.core.allowed import at_least, line
from freezecase.core.checked import checked
from freezecase.core.commands import Command
from freezecase.core.events import CaseEvent
from freezecase.core.ruling import Ruling
from freezecase.core.values import Digest, Instant

__all__ = [
    "Asked",
    "AskedShape",
    "AskedWhole",
    "Enclosed",
    "Entry",
    "SectionShape",
    "Source",
    "full_shape",
    "quick_shape",
]

_Line: TypeAlias = Annotated[str, line(1, 200)]


@checked
class Source:
    """Where a record was imported from: which log, which row, and a digest of the row."""

    log: _Line
    id: _Line
    """The log's own id of the row, so that an import can be repeated."""
    row: Annotated[int, at_least(1, "a row number, ")]
    digest: Digest


@attrs.frozen(kw_only=True)
class Asked:
    """What was asked and what was answered: enough to make the decision again."""

    command: Command
    ruling: Ruling


@attrs.frozen(kw_only=True)
class Entry:
    """Everything that the bytes of one record say."""

    event: CaseEvent | Any
    actor: Actor
    occurred_at: Instant
    command_id: UUID
    asked: Asked | None = None
    cause: int | None = None
    source: Source | None = None


class AskedShape(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The command as it is laid out, under its stored name, and the ruling."""

    command: Raw
    name: str
    ruling: Ruling


class AskedWhole(Struct, frozen=True, kw_only=True):
    """The same, to be written: the command is spelt with the rest in one go."""

    command: Any
    name: str
    ruling: Ruling


_AwareInstant: TypeAlias = Annotated[Instant, Meta(tz=True)]
_Cause: TypeAlias = Annotated[int, Meta(ge=1)]
_SHAPE: Final[dict[str, Any]] = {
    "forbid_unknown_fields": True,
    "frozen": True,
    "kw_only": True,
    "omit_defaults": True,
}


def full_shape(kind: type[Any]) -> type[Struct]:
    """Return the shape of a record that holds an event of *kind*, with every part decoded."""
    return _state(
        Raw,
        ("actor", Actor),
        ("asked", AskedShape | UnsetType, UNSET),
        ("cause", _Cause | UnsetType, UNSET),
        ("command_id", UUID),
        ("event", kind),
        ("occurred_at", _AwareInstant),
        ("source", Source | UnsetType, UNSET),
    )


def quick_shape(kind: type[Any]) -> type[Struct]:
    """Return the shape that decodes the event alone: what folding reads, for every record."""
    return _state(
        Raw,
        ("actor", Raw),
        ("asked", Raw | UnsetType, UNSET),
        ("cause", _Cause | UnsetType, UNSET),
        ("command_id", str),
        ("event", kind),
        ("occurred_at", Raw),
        ("source", Raw | UnsetType, UNSET),
    )


def _state(sections: Any, *public: Any) -> type[Struct]:
    inner = msgspec.defstruct("Public", public, **_SHAPE)
    more: list[Any] = [("s", sections | UnsetType, UNSET), ("z", Raw | UnsetType, UNSET)]
    return msgspec.defstruct("State", [("d", inner), *more], **_SHAPE)


class SectionShape(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A sealed section as it is laid out: audience, ciphertext, key, its commitment, nonce."""

    a: str
    ct: str
    k: str
    kc: str
    n: str


class Enclosed(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A record as far as its public part, which is left as it stands: what surrounds it."""

    d: Raw
    s: tuple[SectionShape, ...] | UnsetType = UNSET
    z: Annotated[str, Meta(pattern=r"^[0-9A-Za-z+/]{21}[AQgw]==$")] | UnsetType = UNSET


def refuse_misread(kind: type[Any]) -> None:
    """
    Raise `TypeError` if the engine would read *kind* otherwise than its constructor makes it.

    The engine skips converters (only `checked`'s are harmless: they leave exact values alone),
    drops private fields, ignores aliases, and writes whatever a value remembers under a public
    name, as a `cached_property` does.
    """
    for inner in _classes_in(kind):
        _refuse_misread(inner)


def _classes_in(annotation: Any, seen: frozenset[Any] = frozenset()) -> set[type[Any]]:
    """Return every attrs class that *annotation* leads to."""
    found: set[type[Any]] = set()
    if isinstance(annotation, type) and attrs.has(annotation) and annotation not in seen:
        found = {annotation}
        inside = [field.type for field in attrs.fields(annotation)]
    else:
        inside = list(get_args(annotation))
    for one in inside:
        found |= _classes_in(one, seen | found)
    return found


def _refuse_misread(kind: type[Any]) -> None:
    fields = attrs.fields_dict(kind)
    for name in sorted(_kept_by(kind) - fields.keys()):
        if not name.startswith("_"):
            raise TypeError(f"{kind.__name__}.{name}: what is remembered there would be written")
    for field in fields.values():
        where = f"{kind.__name__}.{field.name}"
        if field.name.startswith("_") or field.alias != field.name:
            raise TypeError(f"{where}: a private or renamed field would not be read back")
        if field.converter and field.converter.__module__ != checked.__module__:
            raise TypeError(f"{where}: a converter of its own would be skipped on reading")


def _kept_by(kind: type[Any]) -> set[str]:
    """Return the names under which a value keeps something: its fields, and what it remembers."""
    lazy = {name for name, value in vars(kind).items() if isinstance(value, cached_property)}
    return lazy | {*getattr(kind, "__slots__", ())}
