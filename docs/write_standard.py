"""Writes the reference of the standard policy from the policy itself: its records are the text."""

from collections.abc import Iterable
from typing import Any, Final

from freezecase.core.commands import asked
from freezecase.core.events import kind_of
from freezecase.core.obligations import Demand, Rung, Then
from freezecase.policy.clock import Clock, in_words
from freezecase.policy.rule import Kind, Rule
from freezecase.policy.standard import standard

__all__ = ["clocks_table", "facts_table", "follows_table", "gates_table"]

ASKED: Final[tuple[Rule[Any], ...]] = tuple(
    one for one in standard().rules if isinstance(one, Rule)
)


def gates_table() -> str:
    """Return the gates: of which commands each speaks, what it says, and after which source."""
    rows = ((one.id, _on(one), one.says, one.source) for one in ASKED if one.kind is Kind.GATE)
    return _table(("rule", "asked about", "says", "source"), rows)


def follows_table() -> str:
    """Return the plans, routes and disclosures in the same way."""
    others = (one for one in ASKED if one.kind is not Kind.GATE)
    rows = ((one.id, one.kind.value, _on(one), one.says, one.source) for one in others)
    return _table(("rule", "kind", "asked about", "says", "source"), rows)


def clocks_table() -> str:
    """Return the clocks: what starts each, who owes what in which order, and after which source."""
    rows = (
        (one.id, _starts(one), f"`{one.demand.kind}`", _ladder(one.demand), one.source)
        for one in standard().clocks
    )
    return _table(("rule", "starts with", "opens", "owed by, within", "source"), rows)


def facts_table() -> str:
    """Return the facts: their values, and the rules that read them."""
    rows = (
        (name, _words(values), _words(one.id for one in ASKED if name in one.reads))
        for name, values in sorted(standard().domains.items())
    )
    return _table(("fact", "one of", "read by"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *((f"`{name}`", *rest) for name, *rest in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _on(rule: Rule[Any]) -> str:
    return _words(sorted(map(asked, rule.on))) or "every command"


def _starts(clock: Clock) -> str:
    if clock.covers:
        return f"waiting for `{clock.covers}`"
    return _words(sorted(map(kind_of, clock.on)))


def _ladder(demand: Demand) -> str:
    """Say a ladder in words, and what follows its last rung."""
    rungs = "; then ".join(map(_rung, demand.ladder))
    if isinstance(demand.then, Demand):
        return f"{rungs}; then `{demand.then.kind}`: {_ladder(demand.then)}"
    return f"{rungs}; {'then it lapses' if demand.then is Then.LAPSE else 'again and again'}"


def _rung(rung: Rung) -> str:
    return f"`{rung.debtor}` {in_words(rung.within)}"


def _words(words: Iterable[object]) -> str:
    return ", ".join(f"`{word}`" for word in words)
