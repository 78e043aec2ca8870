"""
How waiting is found: machines that go in circles, people who never come, time that is bought.

One pure function a pattern, over the records of one case, like those in `detecting`.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.draft import Draft
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import unopened, write
from freezecase.core.moves import IDLE
from freezecase.core.obligations import Key, Obligation, key_of
from freezecase.core.state import SHOWABLE
from freezecase.core.values import Slug
from freezecase.policy.standard.serving import BOT_REPLIES
from freezecase.views.detecting import Finder, Shown, by_a_person

__all__ = [
    "bot_in_circles",
    "bought_at_the_last_moment",
    "bought_for_nothing",
    "missed",
    "rung_by_rung",
]

# --- nobody there --------------------------------------------------------------------------------


def bot_in_circles(records: Iterable[Record]) -> Iterator[Shown]:
    """Yield each row of answers of a machine once, when it is long enough."""
    row: list[Record] = []
    for record in records:
        event = record.event
        if by_a_person(event) or type(event) not in IDLE:
            row.clear()
        elif isinstance(event, e.ReplySent):
            row.append(record)
            if len(row) == BOT_REPLIES:
                yield tuple(row), f"{BOT_REPLIES} answers of a machine, and the case did not move"


def missed(
    duty: Slug, since: Iterable[type[CaseEvent]], over: Iterable[type[CaseEvent]], said: str
) -> Finder:
    """Yield the first miss of *duty* in each wait: begun by a *since*, ended by an *over*."""
    begins, ends = frozenset(since), frozenset(over)

    def shows(records: Iterable[Record]) -> Iterator[Shown]:
        waiting: Record | None = None
        for record in records:
            event = record.event
            if type(event) in ends:
                waiting = None
            if type(event) in begins:
                waiting = waiting or record
            elif isinstance(event, e.ObligationMissed) and event.obligation == duty and waiting:
                yield (waiting, record), said
                waiting = None  # that it is missed on every rung is another's to say

    return shows


def rung_by_rung(records: Iterable[Record]) -> Iterator[Shown]:
    """
    Yield each miss of a duty on a further rung, with its misses below.

    The last rung, missed again and again, is one rung.
    """
    standing: dict[Key, Obligation] = {}
    climbs: dict[Key, dict[int, Record]] = {}
    for record in records:
        event = record.event
        if isinstance(event, e.ObligationOpened):
            key = key_of(event.obligation)
            standing[key] = event.obligation
            if event.obligation.rung == 0:
                climbs.pop(key, None)  # a new duty, and not the climb of the one before
        elif isinstance(event, e.ObligationMet | e.ObligationWaived):
            standing.pop((event.obligation, event.subject), None)
            climbs.pop((event.obligation, event.subject), None)
        elif isinstance(event, e.ObligationMissed):
            key = event.obligation, event.subject
            owed = standing.get(key)
            if owed is not None and _is_ours(owed):
                rungs = climbs.setdefault(key, {})
                if rungs and owed.rung not in rungs:
                    yield (*rungs.values(), record), f"`{key[0]}` missed by `{owed.debtor}` as well"
                rungs.setdefault(owed.rung, record)


def _is_ours(owed: Obligation) -> bool:
    """Say whether it is a duty of the exchange: customers and authorities may be late as well."""
    return not owed.demand.right and owed.debtor not in {"customer", "authority"}


# --- time that is bought -------------------------------------------------------------------------

_LAST_MOMENT: Final = 10
"""The last moment is the last tenth of the time that there was."""


def bought_for_nothing(records: Iterable[Record]) -> Iterator[Shown]:
    """
    Yield each extension of a duty of ours while nothing was asked of the customer.

    To wait for an answer may take time; where no question is open, it is a pause without a reason.
    """
    for record, draft, owed in _extensions(records):
        if not any(check.stage in SHOWABLE for check in draft.checks.values()):
            yield (record,), f"`{owed.demand.kind}` put off, and nothing was asked of the customer"


def bought_at_the_last_moment(records: Iterable[Record]) -> Iterator[Shown]:
    """Yield each extension of a duty of ours in the last tenth of its time, before a breach."""
    for record, _draft, owed in _extensions(records):
        left, whole = owed.due - record.occurred_at, owed.due - owed.opened_at
        if left * _LAST_MOMENT <= whole:
            yield (record,), f"`{owed.demand.kind}` put off just before it was due"


def _extensions(records: Iterable[Record]) -> Iterator[tuple[Record, Draft, Obligation]]:
    """Yield each extension of a duty of ours, with the case and the duty before it."""
    draft: Draft | None = None
    for record in records:
        draft = draft or Draft(unopened(record.case))
        event = record.event
        if isinstance(event, e.ObligationExtended):
            owed = draft.obligations.get((event.obligation, event.subject))
            if owed is not None and _is_ours(owed):
                yield record, draft, owed
        write(draft, event)
