"""The words a case is made of."""

from decimal import Decimal
from typing import Any

import pytest

from freezecase.core import allowed
from freezecase.core.annotated import Check
from freezecase.core.values import (
    Amount,
    Capability,
    Evidence,
    Scope,
    Verification,
)
from freezecase.errors import InvalidValue
from tests.core.samples import PASSPORT

ZEROS = "sha256:" + "0" * 64


def test_usual_text_is_allowed() -> None:
    """The edges of each kind of text are inside."""
    allowed_texts = [
        (allowed.ID, ["a", "!~", "x" * 200]),
        (allowed.PERSON, ["staff:ana", "authority:" + "x" * 200]),
        (allowed.WORD, ["a", "a-b", "a.b-9", "x" * 64]),
        (allowed.DIGEST, [ZEROS]),
        (allowed.prose(3), ["a", "abc", " a "]),
        (allowed.line(0, 3), ["", "abc"]),
        (allowed.line(1, 3), ["a"]),
        (allowed.DECIMAL, ["0", "0.1", "10.000000000000000001", "9" * 38]),
    ]
    for check, texts in allowed_texts:
        assert [text for text in texts if not check.holds(text)] == []


def test_unusual_text_is_not() -> None:
    """The edges just outside of each kind of text are outside."""
    refused = [
        (allowed.ID, ["", "x" * 201, "a b", "ana@example.org", "ä", "a\n"]),
        (allowed.PERSON, ["", "x" * 211, "a b"]),
        (allowed.WORD, ["", "A", "-a", "a-", "a--b", "a_b", "x" * 65, "a\n"]),
        (allowed.DIGEST, ["", ZEROS[:-1], ZEROS[:-1] + "G", "md5:" + "0" * 67, ZEROS.upper()]),
        (allowed.prose(3), ["", "abcd", "   ", "\n"]),
        (allowed.line(0, 3), ["abcd", "a\n"]),
        (allowed.line(1, 3), [""]),
        (
            allowed.DECIMAL,
            ["", "-1", "00", "01", ".5", "1.", "1e3", "9" * 39, "0." + "1" * 19, "1\n", "NaN"],
        ),
    ]
    for check, texts in refused:
        assert [text for text in texts if check.holds(text)] == []


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (allowed.ID, "1 to 200 printable characters without blanks or `@`"),
        (allowed.prose(3), "1 to 3 characters, not all blank"),
        (allowed.line(1, 3), "1 to 3 printable characters"),
        (allowed.at_least(1), "1 or more, below 2**53"),
        (allowed.at_least(0, "a size in bytes, "), "a size in bytes, 0 or more, below 2**53"),
        (allowed.matches("[a-z]", "a letter"), "a letter"),
        (allowed.recurring(allowed.matches("[a-z]", "a letter")), "a letter"),
    ],
)
def test_what_is_allowed_is_said_with_its_limits(check: Check, words: str) -> None:
    """Whoever is refused learns what would do."""
    assert words == check.allows


def test_whole_numbers_are_those_that_every_reader_of_json_keeps() -> None:
    """Beyond 2**53 some take one number for another (RFC 8785)."""
    holds = allowed.at_least(1).holds
    assert [number for number in (0, 1, 2**53 - 1, 2**53) if not holds(number)] == [0, 2**53]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("BTC", "it takes several: a list, a tuple or a set"),
        (7, "it takes several: a list, a tuple or a set"),
        (["BTC", 7], "it takes several of one kind"),
    ],
)
def test_several_are_several_of_one_kind(wrong: Any, said: str) -> None:
    """A text is not taken for its letters, nor one for a few."""
    with pytest.raises(InvalidValue) as refused:
        Scope(capabilities=[Capability.CARD], assets=wrong)  # type: ignore[arg-type]
    assert f"Scope.assets cannot be `{wrong!r}`: {said}" == str(refused.value)


@pytest.mark.parametrize(
    ("values", "ordered"),
    [((), True), ((1,), True), ((1, 2, 3), True), ((1, 3, 2), False), ((1, 1), False)],
)
def test_what_was_stored_in_order_is_read_in_order(values: tuple[int, ...], ordered: bool) -> None:
    """Each once, each after the one before it."""
    assert ordered is allowed.ORDERED.holds(values)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("0.15", "0.15"), (7, "7"), (Decimal("1E+2"), "100"), ("1e2", "100"), (" 5 ", "5")],
)
def test_an_amount_is_a_plain_decimal(given: Any, kept: str) -> None:
    """However it was written, no exponent is kept."""
    assert Amount.of(given, "BTC") == Amount(units=kept, asset="BTC")


UNREADABLE = "it takes a decimal text such as `0.15`, a Decimal or a whole number"
OUTSIDE = "a plain decimal of zero or more, such as `0.15`"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        *((given, UNREADABLE) for given in (0.15, True, None, "", "a lot", b"1")),
        *((given, UNREADABLE) for given in ("1e999999999", "1e-999999999", "1e61", "1e-61")),
        *((given, OUTSIDE) for given in ("-1", "NaN", "Infinity", "9" * 39)),
    ],
)
def test_money_is_never_a_float_nor_anything_else_that_is_inexact(given: Any, said: str) -> None:
    """A float has already lost money; a monstrous exponent would fill the memory."""
    for make in (Amount.of, lambda units, asset: Amount(units=units, asset=asset)):
        with pytest.raises(InvalidValue) as refused:
            make(given, "BTC")
        assert f"Amount.units cannot be `{given!r}`: {said}" == str(refused.value)


def test_an_exponent_that_is_no_monster_is_written_out() -> None:
    """It is then refused for what it is, with all its zeros."""
    with pytest.raises(InvalidValue) as refused:
        Amount.of("1e60", "BTC")
    assert refused.value.what == "1" + 60 * "0"


def test_amounts_compare_as_numbers_within_an_asset() -> None:
    """`0.10` is `0.1`, and coins are not euros."""
    assert Amount.of("0.10", "BTC").at_most(Amount.of("0.1", "BTC"))
    assert Amount.of("9", "BTC").at_most(Amount.of("10", "BTC"))
    assert not Amount.of("10", "BTC").at_most(Amount.of("9", "BTC"))
    assert not Amount.of("1", "EUR").at_most(Amount.of("2", "BTC"))


def test_a_scope_keeps_each_capability_and_asset_once_and_in_order() -> None:
    """Two ways of saying one scope are one scope."""
    scope = Scope.of(Capability.TRADE, Capability.CARD, Capability.TRADE, assets=["ETH", "BTC"])
    assert scope.capabilities == (Capability.CARD, Capability.TRADE)
    assert scope.assets == ("BTC", "ETH")


@pytest.mark.parametrize(
    "wrong",
    [
        {"capabilities": ()},
        {"capabilities": "card"},
        {"capabilities": 7},
        {"capabilities": ["fly"]},
        {"capabilities": ["card", 7]},
        {"capabilities": [["card"]]},
        {"capabilities": ["card"], "assets": "BTC"},
        {"capabilities": ["card"], "assets": ["B C"]},
    ],
)
def test_a_scope_stops_at_least_one_thing_that_an_account_can_do(wrong: dict[str, Any]) -> None:
    """A freeze that stops nothing is none."""
    with pytest.raises(InvalidValue):
        Scope(**wrong)


def test_the_usual_scopes() -> None:
    """Withdrawals are what lets money out; everything is every capability."""
    assert set(Scope.withdrawals().capabilities) == {
        *(Capability.WITHDRAW_FIAT, Capability.WITHDRAW_CRYPTO, Capability.TRANSFER),
    }
    assert set(Scope.everything().capabilities) == set(Capability)


BTC, MUCH, LITTLE = ["BTC"], Amount.of("2", "BTC"), Amount.of("1", "BTC")
CARD, TRADE = Capability.CARD, Capability.TRADE


@pytest.mark.parametrize(
    ("inner", "outer", "within"),
    [
        (Scope.of(CARD), Scope.of(CARD), True),
        (Scope.of(CARD), Scope.of(CARD, TRADE), True),
        (Scope.of(CARD, TRADE), Scope.of(CARD), False),
        (Scope.of(CARD, assets=BTC), Scope.of(CARD), True),  # no assets means all
        (Scope.of(CARD, assets=BTC), Scope.of(CARD, assets=BTC), True),
        (Scope.of(CARD), Scope.of(CARD, assets=BTC), False),
        (Scope.of(CARD, assets=BTC), Scope.of(CARD, assets=["BTC", "ETH"]), True),
        (Scope.of(CARD, assets=["ETH"]), Scope.of(CARD, assets=BTC), False),
        (Scope.of(CARD, amount=LITTLE), Scope.of(CARD), True),  # no amount means everything
        (Scope.of(CARD), Scope.of(CARD, amount=LITTLE), False),
        (Scope.of(CARD, amount=LITTLE), Scope.of(CARD, amount=MUCH), True),
        (Scope.of(CARD, amount=MUCH), Scope.of(CARD, amount=LITTLE), False),
    ],
)
def test_a_scope_lies_within_another_that_stops_all_it_stops(
    inner: Scope, outer: Scope, within: bool
) -> None:
    """By capability, by asset and by amount."""
    assert within is inner.within(outer)


def test_an_alternative_is_something_else() -> None:
    """A passport does not stand in for a passport."""
    with pytest.raises(InvalidValue) as refused:
        Verification(kind="identity", instead=("identity",))
    assert str(refused.value) == (
        "Verification.instead cannot be `('identity',)`: something other than identity"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"reference": "a b"},
        {"digest": "sha256:short"},
        {"size": -1},
        {"size": "10"},
        {"media_type": "picture"},
    ],
)
def test_evidence_is_a_reference_with_a_digest_a_size_and_a_type(wrong: dict[str, Any]) -> None:
    """The document itself stays with the host."""
    right: dict[str, Any] = {
        "reference": "a",
        "digest": ZEROS,
        "size": 0,
        "media_type": "image/png",
    }
    assert Evidence(**right).size == 0
    assert PASSPORT.digest == ZEROS
    with pytest.raises(InvalidValue):
        Evidence(**(right | wrong))


def test_an_amount_is_of_an_asset_that_the_scope_stops() -> None:
    """Holding back bitcoin in a freeze of ether holds back nothing."""
    amount = Amount.of("0.5", "BTC")
    with pytest.raises(InvalidValue) as refused:
        Scope.withdrawals(assets=["EUR", "ETH"], amount=amount)
    assert str(refused.value) == "Scope.amount cannot be `'BTC'`: an amount of `ETH`, `EUR`"
    assert amount == Scope.withdrawals(assets=["BTC", "ETH"], amount=amount).amount
    assert amount == Scope.withdrawals(amount=amount).amount
