"""One rule of a pack: what it says of itself, and what it cannot say."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from freezecase.core.obligations import Unit
from freezecase.errors import InvalidValue
from freezecase.policy.effective import Anchor, Effective
from freezecase.policy.packs.binding import Binding
from freezecase.policy.packs.rule import Dates, Grade
from freezecase.policy.term import Outcome, Term
from tests.policy.packs.samples import rule

THREE_DAYS = Term(count=3, unit=Unit.DAYS, trigger="receipt")
TWO_YEARS = Term(count=2, unit=Unit.YEARS, outcome=Outcome.RETENTION_ENDED, trigger="receipt")
BINDING = Binding(covers="appeal-decision", debtor="exchange")


@pytest.mark.parametrize(
    ("evidence", "grade", "verified"),
    [
        ("V", Grade.VERIFIED, True),
        ("V (para 1, French) + Mh", Grade.VERIFIED, True),
        ("S+V (summary)", Grade.SECONDARY, True),
        ("Mh (directive); V for the rest", Grade.MEMORY_HIGH, False),
        ("Mm", Grade.MEMORY_MEDIUM, False),
    ],
)
def test_the_grade_is_what_the_evidence_begins_with(
    evidence: str, grade: Grade, verified: bool
) -> None:
    """A rule that begins with what is remembered is not verified, whatever follows."""
    one = rule(evidence=evidence)

    assert (grade, verified) == (one.grade, one.verified)
    assert evidence == one.evidence


@pytest.mark.parametrize("evidence", ["", "X", "M", "Verified", "v"])
def test_evidence_without_a_grade_is_refused(evidence: str) -> None:
    """Nobody is left to guess."""
    with pytest.raises(InvalidValue, match=r"PackRule.evidence .*`V`, `S`, `Mh` or `Mm`"):
        rule(evidence=evidence)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"term": THREE_DAYS}, "3 days after the day of receipt"),
        ({"pace": "promptly"}, "promptly"),
        (
            {"pace": "promptly", "house": THREE_DAYS},
            "promptly; a target of the house: 3 days after the day of receipt",
        ),
        ({}, "no clock"),
    ],
)
def test_a_rule_says_how_long_it_gives(changes: dict[str, Any], words: str) -> None:
    """A number that the law does not give is never told as if it did."""
    assert words == rule(**changes).in_words()


def test_what_is_counted_is_the_law_or_else_the_target_of_the_house() -> None:
    """Or nothing at all."""
    assert rule(term=THREE_DAYS).counted == THREE_DAYS
    assert rule(pace="promptly", house=THREE_DAYS).counted == THREE_DAYS
    assert rule(pace="promptly").counted is None


def test_how_long_something_is_kept_is_the_rule_or_stands_beside_it() -> None:
    """A rule on records has it as its number, another one beside."""
    assert rule(term=TWO_YEARS).retention == TWO_YEARS
    assert rule(term=THREE_DAYS, keep=TWO_YEARS).retention == TWO_YEARS
    assert rule(term=THREE_DAYS).retention is None
    assert rule().retention is None


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"term": THREE_DAYS, "pace": "promptly"}, "PackRule.pace cannot be `'promptly'`"),
        ({"house": THREE_DAYS}, "PackRule.house .*a target beside a `pace`"),
        ({"term": THREE_DAYS, "house": THREE_DAYS}, "PackRule.house .*a target beside a `pace`"),
        ({"keep": THREE_DAYS}, "PackRule.keep .*whose outcome is `retention-ended`"),
        ({"bound": BINDING, "unbound": ""}, "PackRule.bound .*neither a `term` nor a target"),
        ({"bound": BINDING, "term": THREE_DAYS}, "PackRule.unbound cannot be `'nothing happens'`"),
        ({"unbound": ""}, "PackRule.unbound cannot be `''`: why nothing in a case"),
        ({"jurisdiction": "Europe"}, "PackRule.jurisdiction .*letters such as `EU`"),
        ({"url": "the act"}, "PackRule.url .*an address"),
        ({"kind": "custom"}, "PackRule.kind .*one of `law`, `supervisory-guidance`"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(changes: dict[str, Any], refused: str) -> None:
    """Or leaves open whether a case knows it."""
    with pytest.raises(InvalidValue, match=refused):
        rule(**changes)


# --- dates ---------------------------------------------------------------------------------------


def test_a_day_of_law_begins_at_midnight_where_it_is_law() -> None:
    """In Lisbon that is UTC in winter, and an hour before it in summer."""
    dates = Dates(since=date(2026, 1, 1), until=date(2026, 7, 1), anchor=Anchor.CONTRACT)

    assert Effective(
        since=datetime(2026, 1, 1, tzinfo=UTC),
        until=datetime(2026, 6, 30, 23, tzinfo=UTC),
        anchor=Anchor.CONTRACT,
    ) == dates.effective("Europe/Lisbon")
    assert rule(dates=dates).effective == dates.effective("Europe/Lisbon")
    assert Effective() == rule().effective


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_a_rule_holds_from_its_first_day_to_before_its_last(day: date, holds: bool) -> None:
    """The day named last is the first on which it holds no longer."""
    assert holds is Dates(since=date(2026, 1, 1), until=date(2026, 7, 1)).hold(day)
    assert Dates().hold(day)


def test_a_rule_that_would_never_hold_is_refused() -> None:
    """Its end must be later than its beginning."""
    with pytest.raises(InvalidValue, match=r"`'2026-01-01'`: later than 2026-01-01$"):
        Dates(since=date(2026, 1, 1), until=date(2026, 1, 1))
