"""
Judge the past again: every decision of a store, by the policy that its ruling names.

    report = rejudge(store, PolicyBook.of(standard()))
    report.clean                  # each one came out the same, to the letter
    report.first_differing        # the earliest that did not, and what changed, in words

Nothing is left out: a decision is identical, differs, or could not be evaluated, and the report
counts all three. A record that cannot be read counts as a decision, for nobody can say that it was
none. Cases are read one at a time, so memory is flat; a range of case ids is judged on its own, and
`merged` adds up the reports of several. `rejudge_in_parts` has that done by several processes:

    report = rejudge_in_parts("sqlite:///cases.db", standard)
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Final, TypeAlias
from uuid import UUID

from freezecase.app.clock import instant_of
from freezecase.app.stores.store import Scanned, Store
from freezecase.errors import FreezeCaseError, Unreadable
from freezecase.policy.book import PolicyBook
from freezecase.policy.policy import Policy
from freezecase.replay.case_again import CaseAgain, Known
from freezecase.replay.ledger import is_case
from freezecase.replay.parts import ALL, PART, CaseRange, Told, in_parts, records_in
from freezecase.replay.rejudged import KEPT, RejudgeReport, Tally, merged
from freezecase.wire.names import BESIDE

__all__ = ["PolicyMaker", "made_by", "rejudge", "rejudge_in_parts"]

PolicyMaker: TypeAlias = Callable[[], Policy | PolicyBook]
"""A function of a module that returns policies: a worker imports it, for rules cannot travel."""
Progress: TypeAlias = Callable[[int, int | None], None]
STEP: Final = 1000
"""How many records are read between two words on the progress."""


def rejudge(
    store: Store,
    *policies: PolicyBook,
    after: UUID | None = None,
    upto: UUID | None = None,
    progress: Progress | None = None,
    keep: int = KEPT,
) -> RejudgeReport:
    """
    Make every decision of *store* again, and return how they came out.

    It never raises for what is stored, nor for what a policy does: what stops it is in the report,
    with the cases that are left, so that it can go on there.

    Args:
        store: where the records are; it is only read.
        policies: books with those that made the decisions, of every version; by which day each
            holds is of no matter here, since every ruling names its own.
        after: leave out the cases up to this id and this one: go on where another run ended.
        upto: leave out the cases past this id.
        progress: told (records done, of how many) now and then; of a range nobody knows how many.
        keep: how many decisions of each outcome to tell in full, the earliest; all are counted.

    """
    tally, known = Tally(keep), Known(policies)
    reached = after
    try:
        of = store.size() if after is None and upto is None else None
        rows = records_in(store, CaseRange(after, upto))
        for case, records in groupby(_stepping(rows, progress, of), key=itemgetter(2)):
            if not is_case(case):
                raise Unreadable("a case", f"`{case!r:.80}`", "its id is not 32 hex digits")
            _case(case, [*records], known, tally)
            reached = UUID(case)
    except FreezeCaseError as error:
        tally.stop(CaseRange(reached, upto), str(error))
    return tally.report()


def rejudge_in_parts(
    url: str,
    *policies: PolicyMaker,
    executor: Executor | None = None,
    within: CaseRange = ALL,
    progress: Told | None = None,
    keep: int = KEPT,
    part: int = PART,
) -> RejudgeReport:
    """
    Make every decision of a store again, in several processes; the report is that of `rejudge`.

    Args:
        url: the store, as every worker opens it.
        policies: functions that return those that made the decisions; a worker imports them.
        executor: who does the work; a pool of processes on this machine, if not said.
        within: leave out the cases that are not in this range.
        progress: told (parts done, of how many) after each.
        keep: how many decisions of each outcome to tell in full, the earliest; all are counted.
        part: about how many records a worker is given at a time.

    Raises:
        InvalidValue: no worker could import these policies, or open this store.

    """
    return in_parts(
        url,
        partial(_by_makers, policies, keep),
        partial(merged, keep=keep),
        _lost,
        executor=executor,
        within=within,
        part=part,
        progress=progress,
    )


def _by_makers(
    makers: Iterable[PolicyMaker], keep: int, store: Store, *, after: UUID | None, upto: UUID | None
) -> RejudgeReport:
    """Judge a range again, in a worker, by policies that are made there."""
    return rejudge(store, *map(made_by, makers), after=after, upto=upto, keep=keep)


def made_by(maker: PolicyMaker) -> PolicyBook:
    """Return the policies that a function makes, as a book."""
    made = maker()
    return made if isinstance(made, PolicyBook) else PolicyBook.of(made)


def _lost(cases: CaseRange, why: str) -> RejudgeReport:
    tally = Tally()
    tally.stop(cases, why)
    return tally.report()


def _case(case: str, records: Sequence[Scanned], known: Known, tally: Tally) -> None:
    """Judge one case, of which all could be read; it is let go before the next one begins."""
    again = CaseAgain(case, known, tally)
    instants: list[int] = []
    cases = 0
    for row in records:
        instants = [min((row[1], *instants)), max((row[1], *instants))]
        if row[4] in BESIDE:
            tally.counts["beside"] += 1
            continue
        cases = 1
        again.take(row)
    again.end()
    tally.counts["cases"] += cases
    tally.span(*map(instant_of, instants))


def _stepping(
    rows: Iterator[Scanned], progress: Progress | None, of: int | None
) -> Iterator[Scanned]:
    """Give the rows on, so that *progress* hears of every thousandth."""
    for done, row in enumerate(rows, 1):
        yield row
        if progress is not None and (done % STEP == 0 or done == of):
            progress(done, of)
