"""
Bytes to values and back. msgspec decodes straight into the classes of `core`.

Three ways to read, from quick to thorough:

* `read_event` decodes the event alone: what folding needs;
* `read_entry` decodes everything a record says;
* `audit_entry` also demands that the bytes are the one spelling of what they say, so that nothing
  can hide in them: an unknown key, a doubled key, another order.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET

from freezecase.core.commands import ASKED_AS, Command
from freezecase.core.events import STORED_AS, CaseEvent, FreezeImposed, ObligationOpened
from freezecase.core.personal import classified
from freezecase.core.streams import StreamEvent
from freezecase.errors import RecordError, Unreadable
from freezecase.wire.enclosing import BROKEN, surrounding
from freezecase.wire.names import NAMES, command_named, event_named
from freezecase.wire.owed import quickly_opened
from freezecase.wire.shapes import (
    Asked,
    AskedShape,
    AskedWhole,
    Entry,
    full_shape,
    quick_shape,
    refuse_misread,
)
from freezecase.wire.spelling import misspelt
from freezecase.wire.upcast import UPCASTS, upcast

__all__ = [
    "account_in",
    "audit_entry",
    "audit_record",
    "command_id_of",
    "encode",
    "read_entry",
    "read_event",
]

_OPENED: Final = STORED_AS[ObligationOpened]
_IMPOSED: Final = STORED_AS[FreezeImposed]
_Named: Final[Any] = msgspec.defstruct("Named", [("account", str)], frozen=True)
_read_named: Final[Any] = msgspec.json.Decoder(quick_shape(_Named)).decode


def _as_dict(value: object) -> object:
    """Let the engine spell a mapping that nobody can write on."""
    if isinstance(value, MappingProxyType):
        return dict(value)
    raise TypeError(f"a record cannot hold a `{type(value).__name__}`")


_encode: Final = msgspec.json.Encoder(order="sorted", enc_hook=_as_dict).encode


def encode(entry: Entry) -> tuple[str, bytes]:
    """Return the stored name of the entry's event, and the bytes of the record."""
    kind = type(entry.event)
    state, public = _full_types(kind)
    shaped = public(
        actor=entry.actor,
        asked=UNSET if entry.asked is None else _asked_whole(entry.asked),
        cause=UNSET if entry.cause is None else entry.cause,
        command_id=entry.command_id,
        event=entry.event,
        occurred_at=entry.occurred_at,
        source=UNSET if entry.source is None else entry.source,
    )
    return NAMES[kind], _encode(state(d=shaped))


def read_event(name: str, state: bytes, where: str = "an unnamed place") -> CaseEvent:
    """Return the event in the bytes of a record: the quick read, for folding."""
    if name == _OPENED and (opened := quickly_opened(state)) is not None:
        return opened
    event: CaseEvent = _read_with(_QUICK, name, state, where).event
    return event


def account_in(name: str, state: bytes) -> str | None:
    """Return the account that a freeze names, and read no more of it; nothing of other records."""
    try:
        now, state = _current(name, state, "") if name in UPCASTS else (name, state)
        return str(_read_named(state).d.event.account) if now == _IMPOSED else None
    except (RecordError, *BROKEN):
        return None


def command_id_of(name: str, state: bytes, where: str = "an unnamed place") -> UUID:
    """Return the id of the command that led to a record."""
    text = _read_with(_QUICK, name, state, where).command_id
    try:
        return UUID(text)
    except ValueError:
        raise Unreadable(name, where, f"`{text}` is no UUID - at `$.d.command_id`") from None


def read_entry(name: str, state: bytes, where: str = "an unnamed place") -> Entry:
    """Return everything that the bytes of a record say."""
    public = _read_with(_FULL, name, state, where)
    return Entry(
        event=public.event,
        actor=public.actor,
        occurred_at=public.occurred_at,
        command_id=public.command_id,
        asked=None if public.asked is UNSET else _asked(public.asked, where),
        cause=None if public.cause is UNSET else public.cause,
        source=None if public.source is UNSET else public.source,
    )


def audit_entry(name: str, state: bytes, where: str = "an unnamed place") -> Entry:
    """Return what the bytes say, or raise `Unreadable` if they are not its one spelling."""
    return audit_record(name, state, where)[0]


def audit_record(
    name: str, state: bytes, where: str = "an unnamed place"
) -> tuple[Entry, tuple[dict[str, str], ...]]:
    """Return the same, and the sealed sections around it, each as it is spelt there."""
    entry = read_entry(name, state, where)
    now, spelt = encode(entry)
    if (now, spelt) == (name, state):
        return entry, ()
    public, sections = surrounding(name, state, where)
    if (now, spelt) != (name, public):  # old, or not as it was written
        try:
            spelt = _spelt_then(entry, name, public)
        except BROKEN as error:  # in what the reader read past
            raise Unreadable(name, where, _why(error)) from None
        if spelt != public:
            raise Unreadable(name, where, misspelt(public, spelt))
    return entry, sections


def _spelt_then(entry: Entry, name: str, state: bytes) -> bytes:
    """Return the one spelling of an entry whose event or command is of an old version."""
    stored, spelt = msgspec.json.decode(state), msgspec.json.decode(encode(entry)[1])
    if name in UPCASTS:
        spelt["d"]["event"] = stored["d"]["event"]
    if entry.asked is not None and stored["d"]["asked"]["name"] in UPCASTS:
        spelt["d"]["asked"] |= {key: stored["d"]["asked"][key] for key in ("command", "name")}
    return _encode(spelt)


def _asked_whole(asked: Asked) -> AskedWhole:
    command = asked.command
    return AskedWhole(command=command, name=ASKED_AS[type(command)], ruling=asked.ruling)


def _asked(shape: AskedShape, where: str) -> Asked:
    command: Command
    try:
        if shape.name in UPCASTS:
            data = msgspec.json.decode(shape.command)
            _name, command = _made_new(shape.name, data, command_named, where)
        else:
            command = _COMMANDS.of(shape.name, where)(shape.command)
    except BROKEN as error:
        raise Unreadable(shape.name, where, _why(error)) from None
    return Asked(command=command, ruling=shape.ruling)


def _why(error: Exception) -> str:
    """Say what is wrong with the bytes, in the field's words."""
    return str(error) or type(error).__name__


def _current(name: str, state: bytes, where: str) -> tuple[str, bytes]:
    """Return a record of an old version as its current version would have been written."""
    parts = msgspec.json.decode(state)
    try:
        event = parts["d"]["event"]
    except (LookupError, TypeError):
        raise Unreadable(name, where, "there is no event - at `$.d.event`") from None
    new, parts["d"]["event"] = _made_new(name, event, event_named, where)
    return new, _encode(parts)


def _made_new(
    name: str, data: Any, named: Callable[[str, str], type[Any]], where: str
) -> tuple[str, Any]:
    """Return the current name and the value of an event or a command of an old version."""
    from freezecase.wire.converter import structured  # noqa: PLC0415 - only old records need it

    try:
        new, data = upcast(name, data)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        why = f"it is not what `{name}` was: {type(error).__name__}: {error}"
        raise Unreadable(name, where, why) from None
    return new, structured(data, named(new, where), name, where)


def _read_with(decoders: "_Decoders", name: str, state: bytes, where: str) -> Any:
    """Return the public part of a record, decoded as far as *decoders* go."""
    try:
        now, state = _current(name, state, where) if name in UPCASTS else (name, state)
        return decoders.of(now, where)(state).d
    except BROKEN as error:
        raise Unreadable(name, where, _why(error)) from None


class _Decoders:
    """One decoder for each stored name, made when it is first met."""

    def __init__(
        self, kind_of_name: Callable[[str, str], Any], shape: Callable[[Any], Any]
    ) -> None:
        self._made: dict[str, Callable[[Any], Any]] = {}
        self._kind, self._shape = kind_of_name, shape

    def of(self, name: str, where: str) -> Callable[[Any], Any]:
        """Return the decoder for *name*, or raise `UnknownName`."""
        made = self._made.get(name)
        if made is None:
            kind = self._kind(name, where)
            classified(kind)
            refuse_misread(kind)
            made = self._made[name] = msgspec.json.Decoder(self._shape(kind)).decode
        return made


_QUICK: Final = _Decoders(event_named, quick_shape)
_FULL: Final = _Decoders(event_named, full_shape)
_COMMANDS: Final = _Decoders(command_named, lambda kind: kind)
_SHAPES: Final[dict[type[CaseEvent | StreamEvent], tuple[Any, Any]]] = {}


def _full_types(kind: type[CaseEvent | StreamEvent]) -> tuple[Any, Any]:
    """Return the classes of a record's whole and of its public part, for writing."""
    made = _SHAPES.get(kind)
    if made is None:
        classified(kind)
        state = full_shape(kind)
        made = _SHAPES[kind] = (state, state.__annotations__["d"])
    return made
