"""What the describing engine refuses beside what both refuse, and in which words."""

import pytest

from freezecase.core.commands import OpenObligation
from freezecase.core.obligations import Demand, Then
from freezecase.core.ruling import Ruling
from freezecase.errors import Unreadable
from freezecase.wire.converter import make_converter, plain, structured
from tests.core import samples

DEMAND = plain(samples.DEMAND)
RULING = plain(samples.ALLOWED)


def test_a_consequence_is_a_word_or_another_demand() -> None:
    """The one field that may be either is read as what it is."""
    assert structured(DEMAND | {"then": "lapse"}, Demand, "n", "here").then is Then.LAPSE
    assert structured(DEMAND | {"then": DEMAND}, Demand, "n", "here").then == samples.DEMAND


@pytest.mark.parametrize(
    ("data", "kind", "why"),
    [
        (DEMAND | {"then": "never"}, Demand, r"'never' is not a valid Then @ \$\.then"),
        (DEMAND | {"x": 1}, Demand, r"extra fields found \(x\) @ \$"),
        ({"kind": "reply"}, Demand, r"required field missing @ \$\.ladder"),
        (DEMAND | {"ladder": [7]}, Demand, "it is not an object"),
        (RULING | {"facts": {"a": 0.5}}, Ruling, "`0.5` is not text or a whole number or yes"),
        (RULING | {"facts": []}, Ruling, r"expected .* @ \$\.facts|not an object|a mapping"),
        (RULING | {"facts": {"a": None}}, Ruling, "`None` is not text"),
        (RULING | {"at": "2026-01-05T09:00:00.000000Z"}, Ruling, "should be spelt"),
        (RULING | {"lane": "security"}, Ruling, r"\$\.lane"),
        (RULING | {"telling": "all"}, Ruling, r"'all' is not a valid Telling @ \$\.telling"),
        (RULING | {"checks": "device"}, Ruling, r"`'device'` is not a list @ \$\.checks"),
        (RULING | {"calendars": [{}]}, Ruling, r"required field missing @ .*calendars.*\.zone"),
        ({"case": "{" + str(samples.CASE) + "}"}, OpenObligation, r"should be spelt .*\$\.case"),
        ({"case": 7}, OpenObligation, r"\$\.case"),
    ],
)
def test_every_bad_field_is_named(data: object, kind: type, why: str) -> None:
    """The error says what is wrong, and at which field."""
    with pytest.raises(Unreadable, match=f"cannot read `n` at here: .*{why}"):
        structured(data, kind, "n", "here")


def test_all_bad_fields_are_named_at_once() -> None:
    """Somebody who mends a record by hand sees everything that is wrong with it."""
    with pytest.raises(Unreadable) as refused:
        structured({"allowed": 1, "by": 7}, Ruling, "n", "here")
    told = str(refused.value)
    assert [part in told for part in ("$.allowed", "$.by", "$.policy", "$.at")] == [True] * 4


def test_everybody_gets_a_converter_of_their_own() -> None:
    """Hooks that a host registers on one are on no other."""
    assert make_converter() is not make_converter()
