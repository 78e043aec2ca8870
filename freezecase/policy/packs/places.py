"""Where the days of a rule are counted: the calendars that its terms name, read and changed."""

from collections.abc import Iterator

from freezecase.core.checked import replace
from freezecase.policy.packs.rule import PackRule
from freezecase.policy.term import Either, Term, Terms, Yearly

__all__ = ["counted_by", "places_of"]


def places_of(rule: PackRule) -> frozenset[str]:
    """Return the ids of the calendars that the terms of *rule* name."""
    several = (rule.term, rule.house, rule.keep, *(one.term for one in rule.otherwise))
    found = (one.calendar for term in several if term is not None for one in _single(term))
    return frozenset(name for name in found if name is not None)


def _single(term: Terms) -> Iterator[Term | Yearly]:
    yield from term.of if isinstance(term, Either) else (term,)


def counted_by(rule: PackRule, calendar: str) -> PackRule:
    """Return *rule* with each of its terms counted by the calendar of that id."""
    return replace(
        rule,
        term=rule.term and _by(rule.term, calendar),
        house=rule.house and replace(rule.house, calendar=calendar),
        keep=rule.keep and replace(rule.keep, calendar=calendar),
        otherwise=tuple(replace(one, term=_by(one.term, calendar)) for one in rule.otherwise),
    )


def _by(term: Terms, calendar: str) -> Terms:
    if isinstance(term, Either):
        return replace(term, of=tuple(replace(one, calendar=calendar) for one in term.of))
    return replace(term, calendar=calendar)
