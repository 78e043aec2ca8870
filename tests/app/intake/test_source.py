"""Logs that cannot be read, and the order in which the others are."""

# ruff: noqa: E501 - a row of a table is a line, however much it says

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from freezecase import errors
from freezecase.app.intake import source
from freezecase.app.intake.spool import Spool
from freezecase.app.stores.opening import open_store
from tests.app.intake.logs import CLOCK, HEADER, desk, log, row, take

GOOD = HEADER + row(1, "freeze") + row(2, "free")
ZIPPED = gzip.compress(GOOD.encode() * 100, mtime=0)

BAD = [
    # bytes                                     | error               | what it says
    (b"",                                         errors.ImportFailed, "is empty: its first row should name the columns"),
    (HEADER.replace("who", "what").encode(),      errors.ImportFailed, "has two columns `what`: rename one"),
    (HEADER.replace("until", "till").encode(),    errors.BadMapping,   "mapping `desk.toml` reads column `until`, which log"),
    (b"\xff\xfe" + GOOD.encode("utf-16-le"),      errors.ImportFailed, "is not UTF-8 text after row 0"),
    (GOOD.encode() + b"3,caf\xe9" + b"," * 5 + b"\n" * 9000, errors.ImportFailed, "is not UTF-8 text after row"),
    (GOOD.encode() + b'3,"never closed',          errors.ImportFailed, "cannot be read after row 3: unexpected end of data"),
    (GOOD.encode() + b'3,"a"b,' + b"," * 5,       errors.ImportFailed, "cannot be read after row 3"),
    (ZIPPED[:-20],                                errors.ImportFailed, "cannot be read"),
    (ZIPPED[:12] + bytes(40),                     errors.ImportFailed, "cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "error", "words"), BAD, ids=[bad[2] for bad in BAD])
def test_a_log_that_cannot_be_read_says_why_and_where(
    tmp_path: Path, content: bytes, error: type[errors.ImportFailed], words: str
) -> None:
    path = tmp_path / "desk.csv"
    path.write_bytes(content)

    with open_store("memory:") as store, pytest.raises(error) as found:
        take(store, path)

    assert type(found.value) is error
    assert words in str(found.value)
    assert str(path) in str(found.value)


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    with open_store("memory:") as store, pytest.raises(errors.BadMapping) as found:
        take(store, log(tmp_path, header="id,time,account,what,who\n"))

    assert str(found.value).endswith("does not have: it has `id`, `time`, `account`, `what`, `who`")
    assert found.value.__dict__["key"] == "amount"


def test_a_log_that_is_not_there_is_named(tmp_path: Path) -> None:
    with open_store("memory:") as store, pytest.raises(errors.ImportFailed) as found:
        take(store, tmp_path / "none.csv")

    assert (
        str(found.value)
        == f"log `{tmp_path / 'none.csv'}` cannot be read: No such file or directory"
    )


def test_progress_is_told_while_rows_are_sorted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many there are is not known before all were read."""
    monkeypatch.setattr(source, "STEP", 2)
    told: list[tuple[int, int | None]] = []
    path = log(tmp_path, *(row(n, "freeze", f"a{n}") for n in range(5)))

    with source.opened(desk(), path, sort=True, progress=lambda *at: told.append(at)) as opened:
        rows = list(opened.rows())

    assert told == [(2, None), (4, None)]
    assert (opened.total, [one.case for one in rows]) == (5, [f"a{n}" for n in range(5)])


def test_an_unsorted_log_has_no_total(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    mapping = desk(order='order = "file"\ntogether = true')
    path = log(tmp_path, row(1, "freeze"))
    from freezecase.app.intake import import_log

    with open_store("memory:") as store:
        import_log(
            store, mapping, path, strict=False, clock=CLOCK, progress=lambda *at: told.append(at)
        )

    assert told == [(0, None), (1, None)]


TEXTS = ["", "0", "007", "9", "10", "1" * 40, "2025-01-02", "2025-01-10", "a", "²"]


@pytest.mark.parametrize(
    "shuffle", [list, lambda texts: texts[::-1], lambda texts: texts[1::2] + texts[::2]]
)
def test_whole_numbers_sort_by_size_and_other_texts_after_them(
    shuffle: Callable[[list[str]], list[str]],
) -> None:
    with Spool() as spool:
        for number, text in enumerate(shuffle(TEXTS)):
            spool.add(number, f"case {text}", [text], [text], None)
        spool.add(99, "", None, ["short"], "ragged-row")
        size = spool.sort()
        found = [cells[0] for _place, (_number, _case, cells, _fault) in spool]

    assert size == len(TEXTS) + 1
    assert found == [
        "0",
        "007",
        "9",
        "10",
        "1" * 40,
        "",
        "2025-01-02",
        "2025-01-10",
        "a",
        "²",
        "short",
    ]


def test_more_rows_than_a_page_come_back_whole() -> None:
    """Cases come in the order of their first row, and their rows together."""
    with Spool() as spool:
        for number in range(5000):
            spool.add(number, f"a{number % 3}", [], [str(number)], None)
        spool.sort()
        once, twice = list(spool), list(spool)

    assert once == twice
    assert [case for _place, (_number, case, _cells, _fault) in once] == sorted(
        f"a{number % 3}" for number in range(5000)
    )
    assert [number for _place, (number, case, *_rest) in once if case == "a1"] == list(
        range(1, 5000, 3)
    )
