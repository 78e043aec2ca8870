"""The engine reads a class as its constructor makes it, or is not let near it."""

from typing import Annotated, Any

import attrs
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
    """Converters of ours leave exact values alone."""

    inner: tuple[int, ...]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (Private, "Private._inner: a private or renamed field would not be read back"),
        (Renamed, "Renamed.inner: a private or renamed field would not be read back"),
        (Converting, "Converting.inner: a converter of its own would be skipped on reading"),
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
    ("field", "wrong"),
    [("log", ""), ("log", "a\nb"), ("id", "x" * 201), ("row", 0), ("row", "7"), ("digest", "7")],
)
def test_a_source_says_which_row_of_which_log(field: str, wrong: object) -> None:
    """Provenance is checked like any other value."""
    said: Any = {"log": "log", "id": "7", "row": 7, "digest": "sha256:" + "0" * 64}
    assert Source(**said).row == 7
    with pytest.raises(InvalidValue, match=f"Source.{field} cannot be"):
        Source(**said | {field: wrong})
