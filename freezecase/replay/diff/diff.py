"""
Two policies side by side: where the new one is stricter, where laxer, where neither.

    report = diff(house_2025(), house_2026(), at=instant)
    report.beyond([Direction.STRICTER])        # what is not only stricter, each with a witness

Both are asked the same, in the same cases: those that come about under either. A rule that is the
same value in both answers the same, so only commands that another rule speaks of are asked by
everybody and with every fact; where clocks differ, every command is asked once in every case.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain

from freezecase.core.commands import asked
from freezecase.policy.effective import Anchors
from freezecase.policy.policy import Policy
from freezecase.replay.diff.journeys import WIDTH, Journey
from freezecase.replay.diff.journeys import journeys as found_under
from freezecase.replay.diff.pair import Case, Pair
from freezecase.replay.diff.report import Coverage, DiffReport
from freezecase.replay.diff.tally import Tally
from freezecase.replay.roles import roles_of

__all__ = ["diff"]

Progress = Callable[[int, int | None], None]


def diff(
    old: Policy,
    new: Policy,
    *,
    at: datetime,
    journeys: Iterable[Journey] | None = None,
    roles: Sequence[str] | None = None,
    width: int = WIDTH,
    progress: Progress | None = None,
) -> DiffReport:
    """
    Return where and which way *new* differs from *old*.

    Args:
        old: the policy that is.
        new: the policy that shall be.
        at: when the cases begin; rules count that are in force then.
        journeys: what leads to the cases to ask in, from *at* on; if none are given, those that a
            search finds under each.
        roles: the roles that staff may have; if not said, those that a clock lets owe something.
        width: how many features must meet for the first time, so that the search goes on.
        progress: told (cases done, of how many) as it goes; of a search nobody knows how many.

    """
    there = old.on(Anchors.all_at(at)), new.on(Anchors.all_at(at))
    pair = Pair(*there, tuple(roles_of(*there) if roles is None else roles))
    tally = Tally(pair)
    if pair.differs:
        given = _searched(pair, at, width) if journeys is None else journeys
        for done, case in enumerate(_cases(pair, given, at), 1):
            tally.take(case)
            if progress is not None:
                progress(done, None)
    searched = width if journeys is None else None
    return DiffReport(old.ref, new.ref, tally.differences(), _coverage(pair, tally, searched))


def _searched(pair: Pair, at: datetime, width: int) -> Iterator[Journey]:
    return chain.from_iterable(
        found_under(policy, at, pair.roles, width) for policy in (pair.old, pair.new)
    )


def _cases(pair: Pair, journeys: Iterable[Journey], at: datetime) -> Iterator[Case]:
    """Yield each case once, as it comes about under either policy."""
    known: set[Journey] = set()
    for journey in journeys:
        if journey not in known:
            known.add(journey)
            yield from pair.cases(journey, at)


def _coverage(pair: Pair, tally: Tally, width: int | None) -> Coverage:
    return Coverage(
        rules=pair.differing,
        commands=tuple(sorted(map(asked, pair.touched))),
        followed=pair.followed,
        cases=tally.cases,
        asked=tally.asked,
        bounds=tuple(_bounds(pair, width)) if pair.differs else (),
    )


def _bounds(pair: Pair, width: int | None) -> Iterator[str]:
    """Yield what was not looked at: no finite choice of cases is all of them."""
    if width is None:
        yield "cases: those that were given, told under each policy"
    else:
        met = "feature" if width == 1 else f"{width} features together"
        yield f"cases: a shortest journey to each {met} of a case, on every ground, under each"
    yield "commands: of free words, names, amounts and lengths of time, one or two of each"
    roles = ", ".join(f"`{role}`" for role in pair.roles) or "none"
    yield f"staff: of the roles {roles}, all, one or none; no other"
    yield "time: all begin at one instant; from another, terms in days may compare otherwise"
