"""
What the owner of an account may see of a case: what we need, what we owe, how to appeal.

Only what the customer is cleared to read goes in: no staff reasons, no names, no rules; and no
number that has gaps, such as a version or an index, for a gap would say that something is there.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final
from uuid import UUID

import attrs

from freezecase.app.custody.opened_history import Book, opened_for
from freezecase.app.custody.openings import Cleared
from freezecase.app.reading import Reader
from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.appeals import AppealLevel
from freezecase.core.evolve import fold, unopened
from freezecase.core.moves import MOVES
from freezecase.core.obligations import Obligation
from freezecase.core.pending import covering, pending
from freezecase.core.state import CaseState, CheckStage
from freezecase.core.status import Status
from freezecase.core.values import Audience, Capability, Ground
from freezecase.policy.standard.clocks import APPEAL_WINDOW
from freezecase.policy.standard.serving import CONDUCT
from freezecase.seal.unopened import Withheld
from freezecase.views.disclosure import knows_ground
from freezecase.views.expecting import Expected

__all__ = ["CustomerView", "Needed", "Owed", "customer_view", "read_customer_view"]


@attrs.frozen(kw_only=True)
class Needed:
    """Something we need from the customer, and what may be shown instead."""

    check: str
    instead: tuple[str, ...]
    remedy: str | None
    """What to do differently, if it failed before."""
    received: bool
    """Whether something was shown and is being looked at."""
    due: datetime | None
    """By when, while it is for the customer to show."""


@attrs.frozen(kw_only=True)
class Owed:
    """Something we owe the customer, and by when."""

    what: str
    """What is owed, such as `reply`; of a promise its name."""
    about: str = ""
    """What it is about, such as a check; often nothing more."""
    due: datetime
    promised: bool = False
    """Whether somebody promised it."""


@attrs.frozen(kw_only=True)
class CustomerView:
    """The case as its customer may see it."""

    case: UUID
    status: Status
    ground: Ground | None
    """Why, once the customer was told; a suspicion is never shown."""
    restricted: tuple[Capability, ...]
    """What the account cannot do for now; nothing when it is free."""
    we_need: tuple[Needed, ...]
    we_owe: tuple[Owed, ...]
    """What is due first comes first."""
    can_appeal: bool
    """Whether `FileAppeal` may be asked; it contests what was decided last."""
    appeal_by: datetime | None
    """The last moment to appeal, if there is one."""
    appeal_goes_to: AppealLevel | None
    appeal_open: bool
    can_ask_human: bool
    """Whether a person can be asked for, with `RequestHuman`."""
    human_on_the_way: bool
    """Whether a person was asked for and has not joined yet."""
    human_by: datetime | None
    """By when one joins, if one was asked for."""
    expected: tuple[Expected, ...]
    """How long others waited for a person, and to be free while this account is not: no promise."""


def customer_view(
    case: CaseState, history: Sequence[Record], *, expected: Iterable[Expected] = ()
) -> CustomerView:
    """
    Return what the owner of the account may see of *case*.

    *expected* is what `expected_times` says of all cases: nothing in it may come from this one.
    """
    can_appeal = _can_appeal(case)
    window = case.obligations.get((APPEAL_WINDOW, ""))
    human = case.obligations.get(("human", ""))
    return CustomerView(
        case=case.id,
        status=case.status,
        ground=case.ground if knows_ground(case, history) else None,
        restricted=case.restriction.capabilities if case.restriction else (),
        we_need=tuple(_needed(case, history)),
        we_owe=tuple(sorted(_owed(case), key=attrgetter("due", "what", "about"))),
        can_appeal=can_appeal,
        appeal_by=window.due if can_appeal and window else None,
        appeal_goes_to=case.next_level,
        appeal_open=case.appeal is not None,
        can_ask_human=_takes(case, e.HumanRequested),
        human_on_the_way=case.human_wanted,
        human_by=human.due if human else None,
        expected=tuple(one for one in expected if case.frozen or one.what != "release"),
    )


def read_customer_view(
    book: Book, case: UUID, *, expected: Iterable[Expected] = ()
) -> CustomerView:
    """
    Return what the owner of the account may see of a case in a book, read thoroughly.

    What they are told is opened for them where it is sealed; that they read it is on record.
    """
    history = Reader(book.store).history(case)
    state = fold((record.event for record in history), unopened(history[0].case))
    told = _remedies(state, history) if book.keys is not None else ()
    owner = Cleared(
        actor=Actor.customer(state.account),
        audiences=frozenset({Audience.CUSTOMER}),
        purpose="customer-view",
    )
    said = {record.version: record for record in opened_for(book, told, owner)}
    shown = [said.get(record.version, record) for record in history]
    return customer_view(state, shown, expected=expected)


def _remedies(case: CaseState, history: Sequence[Record]) -> list[Record]:
    """Return the records that say how to pass a check that is failed now."""
    return [
        record
        for record in history
        if isinstance(record.event, e.CheckFailed)
        and isinstance(record.event.remedy, Withheld)
        and case.checks[record.event.check].stage is CheckStage.FAILED
    ]


def _can_appeal(case: CaseState) -> bool:
    """Say whether there is a decision to contest, somebody who hears it, and time left."""
    contestable = case.next_level is not None and case.decision > 0 and case.appeal is None
    late = (APPEAL_WINDOW, "") in case.lapsed
    return contestable and not late and _takes(case, e.AppealFiled)


def _takes(case: CaseState, event: type[e.CaseEvent]) -> bool:
    """Say whether the case is in a position in which this may happen."""
    return event in MOVES[case.status]


def _needed(case: CaseState, history: Iterable[Record]) -> Iterator[Needed]:
    remedies = {
        r.event.check: r.event.remedy for r in history if isinstance(r.event, e.CheckFailed)
    }
    dues = dict(_dues(case))
    for kind, check in case.checks.items() if _takes(case, e.EvidenceSubmitted) else ():
        if not check.settled and check.stage is not CheckStage.REFUSED:
            yield Needed(
                check=kind,
                instead=check.verification.instead,
                remedy=remedies.get(kind) if check.stage is CheckStage.FAILED else None,
                received=check.stage is CheckStage.SUBMITTED,
                due=dues.get(kind),
            )


def _dues(case: CaseState) -> Iterator[tuple[str, datetime]]:
    """Yield the checks that it is for the customer to show, and by when."""
    for wait in pending(case):
        owed = covering(case, wait)
        if owed is not None and owed.debtor == "customer":
            yield wait.subject, owed.due


def _owed(case: CaseState) -> Iterator[Owed]:
    for name, promise in case.promises_owed.items():
        yield Owed(what=name, due=promise.due, promised=True)
    for (kind, subject), owed in case.obligations.items():
        if kind in _SHOWN and _is_ours(owed):
            yield Owed(what=kind, about=subject, due=owed.due)


_SHOWN: Final = frozenset(
    {
        *("acknowledgement", "appeal-decision", "broken-promise", "check-review", CONDUCT),
        *("decision",),
        *("decide-without-evidence", "human", "lifting", "reply", "review", "update"),
    }
)
"""What is owed to the customer; what is owed to anybody else is not for them to see."""


def _is_ours(owed: Obligation) -> bool:
    """Say whether it was ours to do from the first, and not a right or somebody else's part."""
    first = owed.demand.ladder[0].debtor
    return not owed.demand.right and first not in {"authority", "customer"}
