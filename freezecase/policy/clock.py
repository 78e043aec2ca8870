"""
A clock: once something happened or is waited for, somebody owes something by a time.

A clock that **covers** a row of `PENDING` opens its obligation whenever the case comes to wait for
that and nobody owes it. A clock **on** events opens one whenever they happen. Nothing a clock does
unlocks anything: when time runs out, the next rung of the ladder owes, and in the end a named role.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

import attrs

from freezecase.core.checked import refuse, replace
from freezecase.core.events import STORED_AS, CaseEvent, kind_of
from freezecase.core.obligations import Demand, Rung, Unit, Within, chain
from freezecase.core.pending import PENDING, can_cover
from freezecase.core.state import CaseState
from freezecase.core.values import Instant
from freezecase.policy.effective import ALWAYS, Effective
from freezecase.policy.rule import counted_well, named_well, several
from freezecase.policy.term import Terms

__all__ = [
    "ACCOUNTABLE",
    "Clock",
    "Occasion",
    "any_time",
    "by_its_term",
    "ending_with",
    "in_words",
    "its_subject",
    "ladder",
]

ACCOUNTABLE = "accountable"
"""The role at the end of every ladder, until a house gives it a name of its own."""


@attrs.frozen
class Occasion:
    """What a clock may see: the case, what just happened to it, and about what."""

    state: CaseState
    event: Any = None
    """The event, for a clock on events."""
    subject: str = ""
    """What the case waits for is about this; for a clock that covers."""


def any_time(_: Occasion) -> bool:
    """Start on every occasion."""
    return True


def its_subject(occasion: Occasion) -> str:
    """Return what the case waits for is about."""
    return occasion.subject


def by_its_term(_: Occasion) -> None:
    """Leave the day to the term."""
    return


_ROWS: Final = {row.what: row.ends for row in PENDING}
_KINDS: Final = frozenset(map(kind_of, STORED_AS))


@attrs.frozen(kw_only=True)
class Clock:
    """One named, versioned rule on what is owed, by whom, by when, and with which consequence."""

    id: str
    demand: Demand
    covers: str = ""
    """The row of `PENDING` that it covers."""
    on: frozenset[type[CaseEvent]] = attrs.field(default=frozenset(), converter=several)
    """The kinds of event that start it."""
    when: Callable[[Occasion], bool] = any_time
    """Whether it starts on this occasion."""
    about: Callable[[Occasion], str] = its_subject
    """The subject of the obligation."""
    at: Callable[[Occasion], Instant | None] = by_its_term
    """A due time that the case itself names, before its term is asked."""
    term: Terms | None = None
    """How long the first rung has, where the law says more than a plain length of time."""
    version: int = 1
    source: str = ""
    """The law or the practice it follows, cited."""
    parameters: object = None
    """The tables and numbers it reads beside the occasion; part of the policy's digest."""
    effective: Effective = ALWAYS

    def __attrs_post_init__(self) -> None:
        """Refuse a name that cannot be put on record, and a clock that nothing could start."""
        named_well("the id of a rule", self.id)
        counted_well(f"the version of rule `{self.id}`", self.version)
        if bool(self.covers) is bool(self.on):
            raise refuse(f"clock `{self.id}` covers", self.covers, "either that, or `on` events")
        for stranger in self.on - STORED_AS.keys():
            name, allowed = getattr(stranger, "__name__", stranger), "from `freezecase.events`"
            raise refuse(f"the `on` of clock `{self.id}`", name, f"what may happen, {allowed}")
        for typo in _met_by(self.demand) - _KINDS:
            allowed = "a kind of event, such as `reply-sent`"
            raise refuse(f"clock `{self.id}` met_by", typo, allowed)
        if self.covers:
            self._check_covers()

    def _check_covers(self) -> None:
        """Refuse to cover what does not exist, or by a duty that does not end the wait."""
        ends, demand = _ROWS.get(self.covers), self.demand
        if ends is None:
            raise refuse(f"clock `{self.id}` covers", self.covers, f"one of {_listed(_ROWS)}")
        if not can_cover(demand, ends):
            allowed = f"a duty that ends by some of {_listed(ends)}, as the wait does"
            raise refuse(f"clock `{self.id}` met_by", ", ".join(demand.met_by), allowed)

    @property
    def says(self) -> str:
        """The rule in a sentence."""
        first, verb = self.demand.ladder[0], "may use" if self.demand.right else "owes"
        length = "in time" if self.term else f"within {in_words(first.within)}"
        return f"`{first.debtor}` {verb} `{self.demand.kind}` {length}"


def in_words(within: Within) -> str:
    """Say a length of time, as `1 business day`."""
    unit = within.unit.replace("-", " ")
    return f"{within.count} {unit.removesuffix('s') if within.count == 1 else unit}"


def _met_by(demand: Demand) -> frozenset[str]:
    """Return every kind of event that meets a demand, or what follows it."""
    return frozenset(kind for one in chain(demand) for kind in one.met_by)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words))


def ladder(*rungs: str) -> tuple[Rung, ...]:
    """
    Return the ladder that *rungs* say in words: who owes, how many, of what.

        ladder("reviewer 24 hours", "lead 1 business-day", "accountable 5 business-days")

    Raises:
        InvalidValue: a rung is not said in three words.

    """
    return tuple(map(_rung, rungs))


def _rung(said: str) -> Rung:
    match said.split():
        case [debtor, count, unit] if count.isdecimal() and unit in _UNITS:
            return Rung(debtor=debtor, within=Within(count=int(count), unit=_UNITS[unit]))
        case _:
            allowed = f"who, how many, and one of {_listed(Unit)}, such as `reviewer 24 hours`"
            raise refuse("a rung", said, allowed)


_UNITS: Final = {word: unit for unit in Unit for word in (unit.value, unit.removesuffix("s"))}


def ending_with(demand: Demand, accountable: str) -> Demand:
    """Return *demand*, with the role `accountable` under the name it has in the house."""
    rungs = tuple(
        replace(rung, debtor=accountable) if rung.debtor == ACCOUNTABLE else rung
        for rung in demand.ladder
    )
    then = demand.then
    following = ending_with(then, accountable) if isinstance(then, Demand) else then
    return replace(demand, ladder=rungs, then=following)
