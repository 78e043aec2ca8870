"""How a value checks itself, whoever builds it."""

import inspect
import pickle
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated, Any, Union
from uuid import UUID

import attrs
import pytest

from freezecase.core.allowed import prose
from freezecase.core.annotated import Check
from freezecase.core.checked import checked, replace
from freezecase.errors import InvalidValue


class Colour(StrEnum):
    """A word from a closed list."""

    RED = "red"
    BLUE = "blue"


Short = Annotated[str, Check("at most 3 letters", lambda text: len(text) <= 3)]
ShortLower = Annotated[Short, Check("in lower case", str.islower)]
Even = Annotated[int, Check("an even number", lambda number: number % 2 == 0)]
Trimmed = Annotated[
    str, Check("without blanks around", lambda text: text == text.strip(), str.strip)
]


@checked
class Point:
    """A value inside another."""

    x: int


@checked
class Thing:
    """One field of each sort."""

    name: str = "thing"
    short: Short = "abc"
    lower: ShortLower = "abc"
    maybe: Short | None = None
    even: Even = 2
    flag: bool = False
    colour: Colour = Colour.RED
    colours: tuple[Colour, ...] = ()
    shorts: tuple[Short, ...] = ()
    calls: tuple[Callable[[], int], ...] = ()
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    wait: timedelta = timedelta(0)
    id: UUID = UUID(int=0)
    point: Point | None = None
    either: Union["Thing", Colour, None] = None
    sort: Point | Colour = Colour.RED
    table: Mapping[str, int] = {}
    trimmed: Trimmed = ""
    call: Callable[[], int] | None = None


@checked
class Bare:
    """Nothing at all."""


@checked
class Void:
    """Nothing else."""


@checked
class Needy:
    """One field by place, and one that must be given."""

    first: int = attrs.field(kw_only=False)
    second: int

    def __attrs_post_init__(self) -> None:
        """Ask something of both together."""
        if self.first > self.second:
            raise InvalidValue("Needy.first", self.first, "at most the second")


TOKYO = timezone(timedelta(hours=9))
AWARE = "it takes an aware instant, such as datetime(2026, 1, 31, tzinfo=UTC)"


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("colour", "blue", Colour.BLUE),
        ("colours", ["red", Colour.BLUE], (Colour.RED, Colour.BLUE)),
        ("shorts", iter(["a", "b"]), ("a", "b")),
        ("calls", [len, hash], (len, hash)),
        ("at", datetime(2026, 1, 1, 9, tzinfo=TOKYO), datetime(2026, 1, 1, tzinfo=UTC)),
        ("id", "00000000-0000-0000-0000-000000000001", UUID(int=1)),
        ("id", UUID(int=2), UUID(int=2)),
        ("table", {"b": 2, "a": 1}, {"a": 1, "b": 2}),
        ("maybe", None, None),
        ("maybe", "abc", "abc"),
        ("point", Point(x=1), Point(x=1)),
        ("point", None, None),
        ("either", Thing(), Thing()),
        ("either", Colour.RED, Colour.RED),
        ("either", None, None),
        ("sort", Point(x=1), Point(x=1)),
        ("trimmed", " a ", "a"),
        ("name", Colour.RED, "red"),
        ("call", len, len),
    ],
)
def test_what_a_caller_hands_in_is_made_exact(field: str, given: Any, kept: Any) -> None:
    """A list becomes a tuple, a word its member, an instant UTC: what is kept has one type."""
    value = getattr(Thing(**{field: given}), field)
    assert kept == value
    assert type(kept) is type(value)


@pytest.mark.parametrize(
    ("field", "given", "allowed"),
    [
        ("name", 7, "it takes text"),
        ("name", "\ud800", "it takes text that can be written as UTF-8"),
        ("short", "abcd", "at most 3 letters"),
        ("lower", "abcd", "at most 3 letters"),
        ("lower", "ABC", "in lower case"),
        ("maybe", "abcd", "at most 3 letters"),
        ("short", None, "it takes text"),
        ("even", 3, "an even number"),
        ("even", "2", "it takes a whole number"),
        ("even", True, "it takes a whole number"),
        ("even", 2.0, "it takes a whole number"),
        ("flag", 1, "it takes true or false"),
        ("colour", "green", "it takes one of `red`, `blue`"),
        ("colours", "red", "it takes several: a list or a tuple"),
        ("colours", 7, "it takes several: a list or a tuple"),
        ("colours", ["green"], "it takes one of `red`, `blue`"),
        ("shorts", ("abc", "abcd"), "each at most 3 letters"),
        ("at", datetime(2026, 1, 1), AWARE),  # noqa: DTZ001 - the point
        ("at", "2026-01-01", AWARE),
        (
            "at",
            datetime(1, 1, 1, tzinfo=TOKYO),
            "it takes an instant that UTC can name, in the years 1 to 9999",
        ),
        ("wait", 7, "it takes a timedelta"),
        ("id", "seven", "it takes a UUID"),
        ("id", 7, "it takes a UUID"),
        ("id", None, "it takes a UUID"),
        ("point", 7, "it takes a `Point`"),
        ("either", 7, "it takes a `Thing` or a `Colour`"),
        ("sort", None, "it takes a `Point` or a `Colour`"),
        ("table", [1], "it takes a mapping"),
    ],
)
def test_what_is_not_allowed_is_refused_in_words(field: str, given: Any, allowed: str) -> None:
    """The error names the field, the value as it was given, and what is allowed."""
    with pytest.raises(InvalidValue) as caught:
        Thing(**{field: given})
    assert (f"Thing.{field}", given) == (caught.value.field, caught.value.what)
    assert f"Thing.{field} cannot be `{given!r}`: {allowed}" == str(caught.value)


def test_what_is_read_from_disk_is_checked_without_being_made_exact() -> None:
    """A reader fills the fields by itself, then lets the value check itself."""
    thing = Thing.__new__(Thing)
    for field in attrs.fields(Thing):  # type: ignore[arg-type]
        object.__setattr__(thing, field.name, field.default)
    object.__setattr__(thing, "at", datetime(2026, 1, 1, tzinfo=TOKYO))
    with pytest.raises(InvalidValue, match="an aware instant in UTC"):
        thing.__attrs_post_init__()  # type: ignore[attr-defined]


def test_a_value_is_frozen_has_slots_and_survives_a_trip_to_another_process() -> None:
    """It is what it was, wherever it goes."""
    thing = Thing()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        thing.name = "else"  # type: ignore[misc]
    assert not hasattr(thing, "__dict__")
    assert thing == pickle.loads(pickle.dumps(thing))


def test_values_are_equal_when_all_their_fields_are() -> None:
    """And only to their own kind."""
    assert Point(x=1) == Point(x=1)
    assert hash(Point(x=1)) == hash(Point(x=1))
    assert Point(x=1) != Point(x=2)
    different: list[object] = [(1,), 1, Bare()]
    assert Point(x=1) not in different
    assert Bare() == Bare()
    assert hash(Bare()) == hash(Bare())
    assert len({hash(one) for one in (Point(x=1), Point(x=2), Bare(), Void())}) == 4


def test_a_value_prints_as_it_is_written() -> None:
    """So that a failing test can be read."""
    assert repr(Point(x=1)) == "Point(x=1)"
    assert repr(Needy(1, second=2)) == "Needy(first=1, second=2)"
    assert repr(Bare()) == "Bare()"


def test_a_changed_copy_is_checked_like_any_other() -> None:
    """`replace` is no way around a check."""
    assert replace(Point(x=1), x=2) == Point(x=2)
    assert replace(Thing(), call=int).call is int  # what nothing makes exact is taken as it is
    with pytest.raises(InvalidValue):
        replace(Thing(), even=3)
    with pytest.raises(InvalidValue, match=r"^Thing.even cannot be `'3'`: it takes a whole number"):
        replace(Thing(), even="3")


def test_a_class_may_ask_more_of_its_fields_together() -> None:
    """Its own check runs after those of the fields."""
    assert Needy(1, second=2) == Needy(first=1, second=2)
    with pytest.raises(InvalidValue, match="at most the second"):
        Needy(3, second=2)


@pytest.mark.parametrize(
    ("args", "named"),
    [
        ((1,), {}),
        ((), {"second": 2}),
        ((1, 2), {}),
        ((1,), {"second": 2, "third": 3}),
        ((1,), {"first": 1, "second": 2}),
    ],
    ids=["missing", "missing too", "too many by place", "unknown", "given twice"],
)
def test_what_does_not_belong_is_a_type_error(args: tuple[Any, ...], named: dict[str, Any]) -> None:
    """As with any function: the message says what the class takes."""
    with pytest.raises(TypeError, match="`Needy` takes `first`, `second`"):
        Needy(*args, **named)


def test_a_class_says_what_it_takes() -> None:
    """`help` and editors show the fields in order: by place or by name, kind and default."""
    assert str(inspect.signature(Needy)) == "(first: int, *, second: int)"
    assert str(inspect.signature(Thing).parameters["flag"]) == "flag: bool = False"
    with pytest.raises(TypeError, match="`Bare` takes nothing"):
        Bare(x=1)  # type: ignore[call-arg]


def test_only_what_is_there_can_be_replaced() -> None:
    """A name that is none is told which there are."""
    wrong: Any = {"y": 2}
    with pytest.raises(TypeError, match="`Point` takes `x`"):
        replace(Point(x=1), **wrong)


# --- what an error says of somebody's words ------------------------------------------------------


@checked
class Said:
    """Words that may be somebody's, and a word that is not."""

    words: Annotated[str, prose(20)]
    word: Short = "abc"


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ("a secret that is too long", "1 to 20 characters, not all blank"),
        ("a secret \ud800", "it takes text that can be written as UTF-8"),
    ],
    ids=["too long", "half a character"],
)
@pytest.mark.parametrize(
    "make",
    [lambda said: Said(words=said), lambda said: replace(Said(words="fine"), words=said)],
    ids=["made", "replaced"],
)
def test_an_error_repeats_nobodys_words(
    make: Callable[[str], object], said: str, allowed: str
) -> None:
    """It goes into logs, where nobody was cleared to read them: it says how long they are."""
    with pytest.raises(InvalidValue) as caught:
        make(said)

    assert (
        str(caught.value) == f"Said.words cannot be `a text of {len(said)} characters`: {allowed}"
    )
    assert "secret" not in repr(vars(caught.value))
    assert pickle.loads(pickle.dumps(caught.value)).field == "Said.words"


def test_what_are_no_words_of_anybody_is_repeated() -> None:
    """Whoever misspelt it wants to see it."""
    with pytest.raises(InvalidValue, match="cannot be `'abcd'`"):
        Said(words="fine", word="abcd")
    with pytest.raises(InvalidValue, match="cannot be `7`: it takes text"):
        Said(words=_untyped(7))


def _untyped(value: Any) -> Any:
    return value
