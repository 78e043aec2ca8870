"""
Policies by date, with those that are in force in surge: so that every ruling says which it was.

In surge a case is judged by another edition of its policy: the same rules but for a few ladders
that give longer, under the name `standard-surge`. Years later it is made again to the letter.

What is owed by law, a right of the customer, the time that a customer has, and a person in minutes
are never stretched: `protected` says what, and surge rules that try are refused. What was owed
before stays owed as it was.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

import attrs

from freezecase.app.record import Record
from freezecase.core.checked import replace
from freezecase.core.obligations import Rung
from freezecase.core.ruling import PolicyRef
from freezecase.core.values import Slug
from freezecase.desk.surge import HUMAN, Spell, Surge, SurgeRules
from freezecase.errors import BadPolicy, NoPolicy
from freezecase.policy.book import Edition, PolicyBook
from freezecase.policy.clock import Clock, ending_with
from freezecase.policy.effective import Anchor, Anchors, Effective
from freezecase.policy.policy import Policy

__all__ = ["INDUSTRY", "Switch", "edition", "protected", "surge_book", "switches"]

INDUSTRY: Final = "industry"
"""How the source of a clock begins that is the practice of a house, and not law."""


def protected(policy: Policy) -> dict[Slug, str]:
    """Return the kinds of duty that no surge touches, each with why."""
    found = {clock.demand.kind: why for clock in policy.clocks if (why := _protected(clock))}
    return {**found, HUMAN: _BY_HUMAN}


_BY_HUMAN: Final = "a person is owed in minutes, around the clock"


def _protected(clock: Clock) -> str:
    """Say why a clock is not stretched; nothing if it may be."""
    if clock.demand.kind == HUMAN:
        return _BY_HUMAN
    if clock.demand.right:
        return "it is a right of the customer"
    if clock.demand.ladder[0].debtor == "customer":
        return "it is the customer's own time"
    if not clock.source.startswith(INDUSTRY):
        return f"its source is `{clock.source}`, and not the practice of a house"
    return ""


def edition(policy: Policy, rules: SurgeRules) -> Policy:
    """
    Return the edition of *policy* that is in force in surge: `standard-surge`, one version on.

    Raises:
        BadPolicy: a ladder is of no clock that there is, of one that is protected, or of other
            debtors than the clock's; or a promise is of a kind that is protected.

    """
    for promise in rules.promises.keys() & protected(policy).keys():
        raise BadPolicy(
            f"surge rules `{rules.name}` re-price promise `{promise}`, and policy `{policy.name}` "
            f"protects it: {protected(policy)[promise]}"
        )
    clocks = (_stretched(policy, id, rungs, rules.name) for id, rungs in rules.ladders.items())
    return policy.replacing(*clocks).named(f"{policy.name}-{rules.name}", policy.version + 1)


def _stretched(policy: Policy, id: Slug, rungs: tuple[Rung, ...], name: Slug) -> Clock:
    clock = policy.rule(id)
    where = f"surge rules `{name}` stretch `{id}`, and policy `{policy.name}`"
    if not isinstance(clock, Clock):
        raise BadPolicy(f"{where} has no such clock: name one of {_listed(policy)}")
    why = _protected(clock)
    if why:
        raise BadPolicy(f"{where} protects it: {why}")
    demand = ending_with(replace(clock.demand, ladder=rungs), policy.accountable)
    debtors = [rung.debtor for rung in clock.demand.ladder]
    if [rung.debtor for rung in demand.ladder] != debtors:
        owe = ", ".join(f"`{one}`" for one in debtors)
        raise BadPolicy(f"{where} lets {owe} owe it, in this order: in surge they have longer")
    return attrs.evolve(clock, demand=demand, term=None, source=f"{clock.source}; in {name}")


def _listed(policy: Policy) -> str:
    return ", ".join(f"`{one.id}`" for one in policy.clocks if not _protected(one))


def surge_book(usual: PolicyBook | Policy, rules: SurgeRules, surge: Surge) -> PolicyBook:
    """
    Return the policies by date: the usual ones, and in each time of surge their editions.

    It follows from its arguments alone, so every process that knows the surge judges alike, and
    whoever has it can make every ruling again.

    Raises:
        BadPolicy: an edition cannot be made, or a usual policy goes by another date than that of
            what happens.

    """
    book = usual if isinstance(usual, PolicyBook) else PolicyBook.of(usual)
    for one in book.editions:
        if one.effective.anchor is not Anchor.TRIGGER:
            raise BadPolicy(
                f"policy `{one.policy.name}` is in force by `{one.effective.anchor}`, and surge "
                "by `trigger`: a surge book takes policies that go by `trigger`"
            )
    made = {one.policy.ref: edition(one.policy, rules) for one in book.editions}
    return book.adding(*(one for spell in surge.spells for one in _editions(book, made, spell)))


def _editions(
    book: PolicyBook, made: Mapping[PolicyRef, Policy], spell: Spell
) -> Iterator[Edition]:
    """Yield the editions of one time of surge, cut where another usual policy comes into force."""
    turns = sorted({spell.since, *_turns(book, spell)})
    for since, until in zip(turns, [*turns[1:], spell.until], strict=True):
        try:
            usual = book.in_force(Anchors.all_at(since)).ref
        except NoPolicy:
            continue  # nothing is judged then, in surge or not
        yield Edition(made[usual], Effective(since=since, until=until))


def _turns(book: PolicyBook, spell: Spell) -> Iterator[datetime]:
    """Yield the instants within a spell at which another usual policy may come into force."""
    for one in book.editions:
        for turn in (one.effective.since, one.effective.until):
            ahead = turn is not None and spell.since < turn
            if turn is not None and ahead and (spell.until is None or turn < spell.until):
                yield turn


# --- found in the records ------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Switch:
    """Where in the ledger another policy began to judge."""

    index: int
    at: datetime
    policy: PolicyRef


def switches(records: Iterable[Record]) -> Iterator[Switch]:
    """Yield where the policy changes that judges, from records of any cases in ledger order."""
    judging: PolicyRef | None = None
    for record in records:
        ruling = record.ruling
        if ruling is not None and ruling.policy != judging:
            judging = ruling.policy
            yield Switch(index=record.index, at=record.recorded_at, policy=judging)
