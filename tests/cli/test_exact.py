"""Figures as plain data: nothing is rounded, and what follows from the fields can be had."""

from datetime import timedelta
from fractions import Fraction
from types import MappingProxyType

from freezecase.cli.exact import exact
from freezecase.views.measuring.again import Again


def test_nothing_is_rounded() -> None:
    """Whole microseconds, two numbers for a share, wherever they stand."""
    figures = {"took": timedelta(hours=1), "some": (Fraction(1, 3), None, "word")}
    assert exact(MappingProxyType(figures)) == {
        "took": 3_600_000_000,
        "some": [[1, 3], None, "word"],
    }


def test_a_class_is_its_fields_and_what_is_asked_for_beside_them() -> None:
    """In their order; a class of which nothing is asked has its fields alone."""
    one = Again(freezes=4, again=2, same_ground=1)
    fields = {"freezes": 4, "again": 2, "same_ground": 1}
    assert exact({"aml-alert": one}) == {"aml-alert": fields}
    assert exact([one], {Again: ("share",)}) == [one], "a list is nobody's figures"
    assert exact((one,), {Again: ("share", "n")}) == [{**fields, "share": [1, 2], "n": 4}]
