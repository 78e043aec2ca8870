"""Isolates hold whatever stands in them, and what stands outside is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.present.notices.bidi import FSI, PDI, balanced, isolated, outside, strays, stripped

SIGNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
TEXTS = st.text(alphabet=st.sampled_from(f"aب1 {SIGNS}")).filter(lambda text: "\n" not in text)


@given(TEXTS)
def test_whatever_is_isolated_is_balanced(text: str) -> None:
    """So it cannot reach what stands around it; around it nothing is left outside."""
    assert balanced(isolated(text))
    assert balanced(f"x {isolated(text)} y")
    assert outside(f"x {isolated(text)} y") == "x  y"


@given(TEXTS)
def test_stripping_takes_the_signs_and_nothing_else(text: str) -> None:
    """Letters stay, in order."""
    assert stripped(text) == "".join(char for char in text if char not in SIGNS)


@given(TEXTS)
def test_isolating_what_is_isolated_keeps_it(text: str) -> None:
    """A word in a sentence in a sentence keeps its own isolate."""
    once = isolated(text)

    assert isolated(once) == f"{FSI}{once}{PDI}"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("", True),
        (f"{FSI}a{PDI}", True),
        (f"{FSI}{FSI}a{PDI}{PDI}", True),
        (f"{FSI}a", False),
        (f"a{PDI}", False),
        (f"{PDI}a{FSI}", False),
        (f"{FSI}a\nb{PDI}", False),
        ("a\u202eb\u202c", False),
        ("a\u200f", False),
    ],
)
def test_balance_is_counted_line_by_line(text: str, good: bool) -> None:
    """An isolate ends in the paragraph that it begins in (UAX #9, X5c); marks are refused."""
    assert balanced(text) is good


@pytest.mark.parametrize(
    ("text", "direction", "found"),
    [
        ("abc", "ltr", ""),
        ("abc", "rtl", "abc"),
        ("السبب 12", "rtl", ""),
        ("السبب 12", "ltr", "السبب"),
        (f"السبب {FSI}abc{PDI}", "rtl", ""),
        ("tiếng Việt", "ltr", ""),
    ],
)
def test_what_runs_the_other_way_is_found(text: str, direction: str, found: str) -> None:
    """Numbers and signs run with what is around them; letters do not."""
    assert strays(text, direction) == found
