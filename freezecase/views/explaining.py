"""
Why something happened, or did not: one turn of a case, explained as a tree for staff.

Which command was asked, which rule said what on which inputs, what followed, and what is owed since
then: by whom, by when, and how that was counted.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from freezecase.app.record import Record
from freezecase.core.commands import LetTimePass, asked
from freezecase.core.events import ObligationMet, ObligationOpened
from freezecase.core.evolve import evolve, unopened
from freezecase.core.explanation import Explanation
from freezecase.core.obligations import Obligation, Then, Unit
from freezecase.core.ruling import Ruling
from freezecase.errors import FreezeCaseError, NoPolicy, NoSuchCase
from freezecase.policy.book import PolicyBook
from freezecase.policy.clocks import due
from freezecase.policy.owing import COVERAGE, REPAIR
from freezecase.policy.term import plain_term
from freezecase.views.sentences import sentence
from freezecase.views.telling import Telling, instant

__all__ = ["explanation"]


def explanation(
    history: Sequence[Record], policies: PolicyBook, version: int | None = None
) -> Explanation:
    """
    Explain the turn that a version of a case belongs to; its newest turn if none is named.

    Raises:
        NoSuchCase: the case has no such version.

    """
    turn = _turn(history, version)
    first = turn[0]
    if first.ruling is None or first.command is None:
        said = f"version {first.version}: {first.kind}"
        source = f"{first.source.log} row {first.source.row}" if first.source else "elsewhere"
        return Explanation.of(said, [f"taken in from {source}: it was ruled there, not here"])
    happened = [record for record in turn if not _only_follows(record)]
    events = [record.event for record in turn]
    owed = [event for event in events if isinstance(event, ObligationOpened | ObligationMet)]
    return Explanation.of(
        f"version {first.version}: `{asked(type(first.command))}` by "
        f"`{first.actor.person}` at {instant(first.recorded_at)}",
        (
            _ruled(first.ruling, policies),
            Explanation.of("what happened", _sentences(history, happened)),
            Explanation.of("what is owed since", _owed(owed, first.ruling)),
        ),
    )


def _only_follows(record: Record) -> bool:
    """Say whether nobody asked for it: it follows from its turn, or from time having passed."""
    owed = isinstance(record.event, ObligationOpened | ObligationMet)
    return owed and isinstance(record.command, LetTimePass | None)


def _turn(history: Sequence[Record], version: int | None) -> Sequence[Record]:
    """Return the records of one turn."""
    chosen = history[-1].version if version is None else version
    found = next((record for record in history if record.version == chosen), None)
    if found is None:
        there = f"it has versions 1 to {history[-1].version}"
        raise NoSuchCase(history[0].case, f"version {chosen}", there)
    first = found.cause or found.version
    return [record for record in history if first in (record.version, record.cause)]


def _ruled(ruling: Ruling, policies: PolicyBook) -> Explanation:
    try:
        return ruling.explain(policies.named(ruling.policy).about)
    except NoPolicy:
        told = ruling.explain()
        lost = "its code is not at hand as it was then: the rules are named without their sentences"
        return Explanation.of(told.said, (*told.because, lost))


def _sentences(history: Sequence[Record], happened: Sequence[Record]) -> Iterator[str]:
    """Tell what happened, each event on the case as it then stood."""
    state, versions = unopened(history[0].case), {record.version for record in happened}
    for record in history:
        if record.version in versions:
            telling = Telling(record, state)
            yield f"{telling.who} {sentence(telling)}"
        state = evolve(state, record.event)
    if not happened:
        yield "nothing"


def _owed(
    events: Sequence[ObligationOpened | ObligationMet], ruling: Ruling
) -> Iterator[Explanation | str]:
    for event in events:
        if isinstance(event, ObligationMet):
            about = f" about `{event.subject}`" if event.subject else ""
            yield f"`{event.obligation}`{about} is done"
        else:
            yield _opened(event.obligation, ruling)
    if not events:
        yield "nothing new"


def _opened(owed: Obligation, ruling: Ruling) -> Explanation:
    about = f" about `{owed.subject}`" if owed.subject else ""
    may = "may use" if owed.demand.right else "owes"
    by = f"`{owed.debtor}` {may} `{owed.demand.kind}`{about} by {instant(owed.due)}"
    return Explanation.of(by, (_basis(owed), _counted(owed, ruling), _if_not(owed)))


def _basis(owed: Obligation) -> str:
    if owed.basis == COVERAGE:
        return "by the law of coverage: no clock speaks of it"
    return f"rule `{owed.subject}` broke" if owed.basis == REPAIR else f"by rule `{owed.basis}`"


def _counted(owed: Obligation, ruling: Ruling) -> str:
    """Say how the day was counted, on the days that the ruling keeps."""
    within = owed.demand.ladder[owed.rung].within
    plainly = f"{within.count} {within.unit.replace('-', ' ')}"
    if within.unit in _LENGTHS:
        if owed.due == owed.opened_at + within.count * _LENGTHS[within.unit]:
            return f"counted: {plainly} from then"
    else:
        for resolved in sorted(ruling.calendars, key=lambda one: one.calendar != within.calendar):
            try:
                deadline = due(plain_term(within), owed.opened_at, resolved)
            except FreezeCaseError:  # it was counted on other days
                continue
            if deadline.at == owed.due:
                return f"counted: {deadline.in_words()}"
    return f"not counted in {plainly}: the time was named, or its rule counts by a term of its own"


_LENGTHS: Final = {Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1)}


def _if_not(owed: Obligation) -> str:
    """Say what follows if it is missed."""
    ladder, then = owed.demand.ladder, owed.demand.then
    if owed.rung + 1 < len(ladder):
        return f"if not, `{ladder[owed.rung + 1].debtor}` owes it"
    if then is Then.LAPSE:
        return "if not, the right lapses"
    if then is Then.AGAIN:
        return f"if not, `{owed.debtor}` owes it again, and again"
    return f"if not, `{then.ladder[0].debtor}` owes `{then.kind}`"
