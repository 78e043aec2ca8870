"""Columns are spelt as psycopg spells a list of the same kind, and say nothing of their type."""

from typing import Any
from uuid import UUID

import pytest

psycopg = pytest.importorskip("psycopg")

from psycopg.adapt import PyFormat, Transformer  # noqa: E402 - only where there is psycopg
from psycopg.types.numeric import Int2, Int8  # noqa: E402

from freezecase.app.stores.postgres_columns import Column, columns, take_columns  # noqa: E402

ONE, OTHER = UUID(int=1), UUID(int=2**128 - 1)
KINDS: dict[str, tuple[list[Any], Any]] = {
    "bigint": ([0, -1, 2**63 - 1, -(2**63)], Int8),
    "smallint": ([0, -1, 2**15 - 1], Int2),
    "uuid": ([ONE, OTHER, ONE], UUID),
    "text": (["", "a", "ä☃", "NULL"], str),
    "bytea": ([b"", b"\x00\xff", b"x" * 70_000], bytes),
}


def spelt(*given: Any) -> list[Any]:
    """What goes to the server."""
    made = Transformer()
    take_columns(made)
    return [*made.dump_sequence(given, [PyFormat.BINARY] * len(given))]


def known_as(kind: Any, value: Any) -> Any:
    """A value of the class by which psycopg knows the kind."""
    return value if value is None or isinstance(value, kind) else kind(value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_is_an_array_of_its_kind(kind: str) -> None:
    """One value, many, and some that are nothing: the bytes are those of a list."""
    values, known = KINDS[kind]
    for some in (values, values[:1], [*values, None], [None, values[-1]]):
        assert spelt([known_as(known, one) for one in some]) == spelt(Column(kind, some))


@pytest.mark.parametrize("kind", KINDS)
def test_of_no_rows_each_column_is_an_empty_array(kind: str) -> None:
    """As many columns as were asked for, each of its own kind, and without a value."""
    assert [Column(kind, ()), Column("uuid", ())] == columns([], kind, "uuid")
    full, empty = spelt(Column(kind, KINDS[kind][0]), Column(kind, ()))
    assert bytes(8) + full[8:12] == empty  # no dimensions, no flags, the number of the kind


def test_rows_become_columns_in_their_order() -> None:
    """What stood beside each other stands in one place of each column."""
    assert [Column("uuid", (ONE, OTHER)), Column("bigint", (3, None))] == columns(
        [(ONE, 3), (OTHER, None)], "uuid", "bigint"
    )


def test_a_column_leaves_its_type_to_the_statement() -> None:
    """So a statement has one plan, however large the numbers in it are."""
    made = Transformer()
    take_columns(made)
    made.dump_sequence([Column("bigint", [1]), Column("text", ["a"])], [PyFormat.BINARY] * 2)
    assert made.types == (0, 0)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_a_number_that_no_column_holds_is_refused(number: int) -> None:
    """It is what psycopg says of a value that the server would refuse."""
    with pytest.raises(psycopg.DataError):
        spelt(Column("bigint", [number]))
