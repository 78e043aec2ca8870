"""The engine reads a class as its constructor makes it, or is not let near it."""

from functools import cached_property
from typing import Annotated, Any

import attrs
import msgspec
import pytest

from freezecase.core.actors import Actor
from freezecase.core.checked import checked
from freezecase.core.commands import ASKED_AS
from freezecase.core.events import STORED_AS
from freezecase.core.ruling import Ruling
from freezecase.errors import InvalidValue
from freezecase.wire.shapes import Source, refuse_misread


@attrs.frozen
class Private:
    """The engine would leave `_inner` out when it writes."""

    _inner: int


@attrs.frozen
class Renamed:
    """The engine would look for `inner` and not for `given`."""

    inner: int = attrs.field(alias="given")


@attrs.frozen
class Converting:
    """The engine would not call the converter."""

    inner: int = attrs.field(converter=int)


@attrs.frozen
class Remembering:
    """The engine would write `twice` as soon as somebody asked for it."""

    inner: int

    @cached_property
    def twice(self) -> int:
        return 2 * self.inner


@attrs.frozen(slots=False)
class RememberingInADict:
    """So too where values have room for anything."""

    inner: int

    @cached_property
    def thrice(self) -> int:
        return 3 * self.inner


@attrs.frozen
class Outer:
    """Sound itself; what it holds is not."""

    parts: tuple[Annotated[Converting | None, "a note"], ...]


@attrs.frozen
class Endless:
    """Holds its own kind, as a demand may hold another."""

    next: Any
    inner: int


@checked
class Sound:
    """Converters of ours leave exact values alone; what is private is not written."""

    inner: tuple[int, ...]

    @cached_property
    def _sum(self) -> int:
        return sum(self.inner)

    @property
    def sum(self) -> int:
        """All of them together, added up once."""
        return self._sum


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (Private, "Private._inner: a private or renamed field would not be read back"),
        (Renamed, "Renamed.inner: a private or renamed field would not be read back"),
        (Converting, "Converting.inner: a converter of its own would be skipped on reading"),
        (Remembering, "Remembering.twice: what is remembered there would be written"),
        (
            RememberingInADict,
            "RememberingInADict.thrice: what is remembered there would be written",
        ),
        (Outer, "Converting.inner: a converter of its own would be skipped on reading"),
    ],
)
def test_a_class_that_would_be_misread_is_refused(kind: type[Any], why: str) -> None:
    """Wherever in an event it stands, it is named with its field."""
    with pytest.raises(TypeError) as refused:
        refuse_misread(kind)
    assert str(refused.value) == why


@pytest.mark.parametrize(
    "kind", [*STORED_AS, *ASKED_AS, Actor, Ruling, Source, Sound, Endless], ids=lambda k: k.__name__
)
def test_what_is_stored_is_sound(kind: type[Any]) -> None:
    """All that records hold is read as it is built."""
    refuse_misread(kind)


@pytest.mark.parametrize(
    ("value", "ask", "left"),
    [
        (Remembering(3), "twice", b'{"inner":3,"twice":6}'),
        (RememberingInADict(3), "thrice", b'{"inner":3,"thrice":9}'),
        (Sound(inner=(1, 2)), "sum", b'{"inner":[1,2]}'),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_value_remembers_in_public_is_written(value: Any, ask: str, left: bytes) -> None:
    """That is why such a class is refused: its bytes depend on who looked at it before."""
    getattr(value, ask)
    assert left == msgspec.json.encode(value)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("log", ""), ("log", "a\nb"), ("id", "x" * 201), ("row", 0), ("row", "7"), ("digest", "7")],
)
def test_a_source_says_which_row_of_which_log(field: str, wrong: object) -> None:
    """Provenance is checked like any other value."""
    said: Any = {"log": "log", "id": "7", "row": 7, "digest": "sha256:" + "0" * 64}
    assert Source(**said).row == 7
    with pytest.raises(InvalidValue, match=f"Source.{field} cannot be"):
        Source(**said | {field: wrong})
