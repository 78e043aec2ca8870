"""What is made of a cell: a table of texts, and the errors for the others."""

# ruff: noqa: E501 - a row of a table is a line, however much it says

from datetime import UTC, datetime
from typing import Any

import pytest

from freezecase.app.intake.reading import BadCell, reader
from freezecase.app.intake.spec import Cell, Moment, Take


def cell(take: Take = Take.TEXT, **said: Any) -> Cell:
    moment = Moment(format=said.pop("format", None), zone=said.pop("zone", None))
    return Cell(column="c", take=take, moment=moment, **said)


def day(year: int, month: int, of_month: int, hour: int = 0) -> datetime:
    return datetime(year, month, of_month, hour, tzinfo=UTC)


US = "%m/%d/%Y"
READS = [
    # cell                                              | text                        | value
    (cell(),                                              " as it stands ",             "as it stands"),
    (cell(),                                              "  ",                         None),
    (cell(default="x"),                                   "",                           "x"),
    (cell(prefix="vendor:"),                              "acme",                       "vendor:acme"),
    (cell(prefix="vendor:", default="nobody"),            "",                           "nobody"),
    (cell(values={"A": 1, "B": "two"}),                   "B",                          "two"),
    (cell(values={"A": 1}, otherwise=False),              "C",                          False),
    (cell(split="|"),                                     "b| a||b",                    ("b", "a", "b")),
    (cell(split="|", values={"a": "x", "b": ""}),         "a|b",                        ("x",)),
    (cell(Take.SLUG),                                     "Account opening, (closing)", "account-opening-closing"),
    (cell(Take.SLUG),                                     "x" * 63 + " y",              "x" * 63),
    (cell(Take.DECIMAL),                                  "35.0",                       "35"),
    (cell(Take.DECIMAL),                                  "0.10",                       "0.1"),
    (cell(Take.DECIMAL),                                  "100",                        "100"),
    (cell(Take.DECIMAL),                                  "1E+3",                       "1000"),
    (cell(Take.DECIMAL, scale=6),                         "3636200001.0",               "3636.200001"),
    (cell(Take.DECIMAL, scale=6),                         "30000000",                   "30"),
    (cell(Take.DECIMAL, scale=6),                         "0",                          "0"),
    (cell(Take.DECIMAL, scale=18),                        "123456789012345678901234567890", "123456789012.34567890123456789"),
    (cell(Take.INTEGER),                                  "-7",                         -7),
    (cell(Take.FLAG),                                     "Yes",                        True),
    (cell(Take.FLAG),                                     "0",                          False),
    (cell(Take.INSTANT),                                  "2018-01-01T01:15:22+01:00",  datetime(2018, 1, 1, 0, 15, 22, tzinfo=UTC)),
    (cell(Take.INSTANT, zone="UTC"),                      "2017-11-28T16:39:10",        datetime(2017, 11, 28, 16, 39, 10, tzinfo=UTC)),
    (cell(Take.INSTANT, zone="Europe/Rome"),              "2017-07-01 02:00",           day(2017, 7, 1)),
    (cell(Take.INSTANT, zone="UTC", format=US),           "7/29/2013",                  day(2013, 7, 29)),
    (cell(Take.LOCAL_DATE),                               "2006-07-24T00:00:00+02:00",  day(2006, 7, 24)),
    (cell(Take.LOCAL_DATE, format=US),                    "7/29/2013",                  day(2013, 7, 29)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "text", "value"), READS, ids=[f"{r[0].take}-{r[1]}" for r in READS]
)
def test_a_text_becomes_a_value(said: Cell, text: str, value: object) -> None:
    read = reader(said)

    assert read(text) == value
    assert read(text) == value  # as remembered


BAD = [
    # cell                            | text          | what would be allowed
    (cell(values={"A": 1, "B": 2}),     "C",            "it takes one of `A`, `B`"),
    (cell(split="|", values={"A": 1}),  "A|C",          "it takes one of `A`"),
    (cell(Take.SLUG),                   "?!",           "it takes a text with a letter or a digit in it"),
    (cell(Take.DECIMAL),                "1,5",          "it takes a decimal number"),
    (cell(Take.DECIMAL),                "Infinity",     "it takes a decimal number"),
    (cell(Take.DECIMAL),                "sNaN",         "it takes a decimal number"),
    (cell(Take.DECIMAL),                "1e999999999",  "it takes a decimal number"),
    (cell(Take.DECIMAL, scale=6),       "0.5",          "it takes a whole number of the smallest units"),
    (cell(Take.INTEGER),                "1.0",          "it takes a whole number"),
    (cell(Take.INTEGER),                "²",            "it takes a whole number"),
    (cell(Take.FLAG),                   "maybe",        "it takes yes or no, true or false, 1 or 0"),
    (cell(Take.INSTANT),                "2017-11-28T16:39:10", "it has no zone: name one in the mapping, as `zone`"),
    (cell(Take.INSTANT),                "28.11.2017",   "it takes a time in ISO 8601"),
    (cell(Take.INSTANT, zone="Europe/Rome"), "0001-01-01T00:00:00", "it takes a time in ISO 8601"),
    (cell(Take.LOCAL_DATE),             "yesterday",    "it takes a date in ISO 8601"),
    (cell(Take.LOCAL_DATE, format=US),  "29/7/2013",    f"it takes a date like `{US}`"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "text", "allowed"), BAD, ids=[f"{b[0].take}-{b[1]}" for b in BAD])
def test_a_text_that_says_something_else_is_refused(said: Cell, text: str, allowed: str) -> None:
    with pytest.raises(BadCell) as bad:
        reader(said)(text)

    shown = text.rsplit("|", maxsplit=1)[-1]
    assert str(bad.value) == f"column `c` cannot be `{shown}`: {allowed}"
