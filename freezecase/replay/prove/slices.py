"""
A case cut into slices: what changes together stands together, and each is explored on its own.

Every slice shares the **position** of the case: where it stands, where it stood, whether anything
is restricted. Beside that it holds a few fields, and what is owed about them. A field belongs to
one slice. What lies in the others can only stand in the way of a command, never make it possible;
so a slice in which they are quiet allows at least what a real case would, and a real case, seen
through any one slice, is always among the states that were explored of it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

import attrs

from freezecase.core.appeals import AppealLevel, AppealRoute
from freezecase.core.obligations import Key, Obligation
from freezecase.core.state import Appeal, CaseState, OpenCheck, Promise
from freezecase.core.status import Status
from freezecase.core.values import Person
from freezecase.replay.prove.bounds import FAR, SCOPES, Bounds
from freezecase.replay.prove.people import named, renamed

__all__ = ["HOME", "SLICES", "Slice", "part_of", "position"]

Part = tuple[Any, ...]
"""What a slice sees of a case, so that two cases it cannot tell apart are equal."""
Position = tuple[str, str, bool]

_AWAY: Final = frozenset({Status.APPEALED, Status.CLOSED})
_NEWEST, _CONTESTED = 2, 1
"""The versions by which decisions are told apart here; older ones could be anybody's."""


class Slice(NamedTuple):
    """One slice of a case."""

    name: str
    fields: tuple[str, ...]
    """The fields of the case that belong to it."""
    waits: tuple[str, ...]
    """The rows of `PENDING` that are about them."""
    people: Callable[[CaseState], Iterable[Person | None]]
    """Who stands in a relation to it, in a fixed order."""
    plain: Callable[[CaseState, Bounds], CaseState]
    """The same case without what no rule and no need can tell apart."""


def position(state: CaseState) -> Position:
    """Return what all slices share: where a case stands, where it stood, whether it restricts."""
    stood = state.stood if state.status in _AWAY else ""
    return state.status, stood, state.scope is not None


def _nobody(_: CaseState) -> tuple[Person | None, ...]:
    return ()


def _as_it_is(state: CaseState, _: Bounds) -> CaseState:
    return state


def _deciders(state: CaseState) -> tuple[Person | None, ...]:
    contests = state.appeal.contests if state.appeal else 0
    return state.deciders.get(state.decision), state.deciders.get(contests)


def _two_decisions(state: CaseState, _: Bounds) -> CaseState:
    """Keep the newest decision and the one that is contested."""
    newest, contested = _deciders(state)
    deciders: dict[int, Person] = {}
    appeal = state.appeal
    if newest is not None:
        deciders[_NEWEST] = newest
    if appeal is not None and appeal.contests != state.decision and contested is not None:
        deciders[_CONTESTED] = contested
    if appeal is not None:
        contests = _NEWEST if appeal.contests == state.decision else _CONTESTED
        appeal = Appeal(
            contests, _inside_or_out(appeal), AppealRoute.APPEAL, None, appeal.acknowledged
        )
    decision = _NEWEST if newest is not None else 0
    return attrs.evolve(state, decision=decision, deciders=deciders, appeal=appeal)


def _inside_or_out(appeal: Appeal) -> AppealLevel:
    return AppealLevel.EXTERNAL_BODY if appeal.outside else AppealLevel.INTERNAL_REVIEW


def _under_release(state: CaseState) -> tuple[Person | None, ...]:
    release = state.release
    return () if release is None else (release.proposer, *release.approvers)


def _signer(state: CaseState) -> tuple[Person | None, ...]:
    return (state.ordered_alone,)


def _desk(state: CaseState) -> tuple[Person | None, ...]:
    return state.owner, state.offered_to


def _few_transfers(state: CaseState, bounds: Bounds) -> CaseState:
    return attrs.evolve(state, transfers=min(state.transfers, bounds.transfers))


def _few_replies(state: CaseState, bounds: Bounds) -> CaseState:
    return attrs.evolve(state, bot_replies=min(state.bot_replies, bounds.bot_replies))


def _until_some_day(state: CaseState, _: Bounds) -> CaseState:
    return state if state.until is None else attrs.evolve(state, until=FAR)


def _bare_checks(state: CaseState, _: Bounds) -> CaseState:
    checks = {kind: OpenCheck(one.verification, one.stage) for kind, one in state.checks.items()}
    return attrs.evolve(state, checks=checks)


def _bare_promises(state: CaseState, _: Bounds) -> CaseState:
    promises = {name: Promise(FAR, "system:machine") for name in state.promises}
    return attrs.evolve(state, promises=promises)


def _some_day(state: CaseState, _: Bounds) -> CaseState:
    return attrs.evolve(state, withheld=dict.fromkeys(state.withheld, FAR))


SLICES: Final = (
    Slice(
        "release",
        ("scope", "release"),
        ("review", "renewal", "approval", "lifting", "closing"),
        _under_release,
        _as_it_is,
    ),
    Slice(
        "appeal",
        ("appeal", "decision", "deciders"),
        ("appeal-decision", "acknowledgement"),
        _deciders,
        _two_decisions,
    ),
    Slice("contest", ("next_level", "lapsed"), (), _nobody, _as_it_is),
    Slice("signature", ("ordered_alone",), (), _signer, _as_it_is),
    Slice("holds", ("holds",), (), _nobody, _as_it_is),
    Slice("enforcement", ("enforced",), ("enforcement",), _nobody, _as_it_is),
    Slice("term", ("until",), (), _nobody, _until_some_day),
    Slice("verification", ("checks",), ("evidence", "check-review"), _nobody, _bare_checks),
    Slice(
        "conversation",
        ("reply_owed", "human_wanted"),
        ("reply", "human"),
        _nobody,
        _as_it_is,
    ),
    Slice("machines", ("bot_replies",), (), _nobody, _few_replies),
    Slice("silence", (), (), _nobody, _as_it_is),
    Slice(
        "notices",
        ("sent", "unreached", "withheld"),
        ("notice", "withheld-notice"),
        _nobody,
        _some_day,
    ),
    Slice("promises", ("promises", "broken"), (), _nobody, _bare_promises),
    Slice("desk", ("owner", "offered_to"), ("hand-over",), _desk, _as_it_is),
    Slice("transfers", ("transfers",), (), _nobody, _few_transfers),
    Slice("calls", (), (), _nobody, _as_it_is),
)
"""All of a case but its ids, its ground, and what only counts, dates or repeats it."""

HOME: Final[Mapping[str, str]] = {field: one.name for one in SLICES for field in one.fields}
"""The slice to which each field of a case belongs."""


def part_of(
    state: CaseState, slice_: Slice, owed: Mapping[Key, Obligation], bounds: Bounds
) -> tuple[Part, CaseState, dict[Person, Person]]:
    """Return what a slice sees of a case, the case as it sees it, and its names for people."""
    names = named(slice_.people(state), slice_.name)
    seen = slice_.plain(renamed(state, names), bounds)
    fields = tuple(_spelt(getattr(seen, field)) for field in slice_.fields)
    duties = frozenset((key, one.demand.met_by, one.basis) for key, one in owed.items())
    return (*position(state), *fields, duties), seen, names


def _spelt(value: Any) -> Any:
    """Return a value of a field so that it can be told from others quickly."""
    if isinstance(value, Mapping):
        return tuple(sorted(value.items(), key=lambda item: str(item[0])))
    return SCOPES.index(value) if value in SCOPES else value
