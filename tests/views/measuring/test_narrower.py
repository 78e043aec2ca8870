"""Where less turned out to do, as facts that name the case."""

from datetime import timedelta
from uuid import UUID

import pytest

from freezecase.core import events as e
from freezecase.core.values import Capability, Channel, Ground, Scope
from freezecase.views.measuring.narrower import Narrower, Step, narrower
from tests.views.measuring.stories import (
    BEGIN,
    BY,
    END,
    FREE,
    ORDERED,
    Told,
    at,
    case_of,
    frozen,
    narrowed,
    widened,
)

ALL, THREE = Scope.everything(), Scope.withdrawals()
ONE, OTHER = Scope.of(Capability.TRANSFER), Scope.of(Capability.CARD)
PASSED = e.CheckPassed(check="device", by=BY)
ASKED = e.ContactReceived(channel=Channel.CHAT, by=BY)
IN_PART = e.ReleaseOrdered(by=BY, leaving=ONE)


def test_a_fact_names_the_case_and_what_was_stopped() -> None:
    """Everything was stopped for seven hours; then withdrawals were enough, and nothing was new."""
    case = case_of((1, frozen(ALL, Ground.INCIDENT)), (8, narrowed(THREE)), number=7)
    expected = Narrower(
        case=UUID(int=7),
        version=2,
        ground="incident",
        step=Step.NARROWED,
        before=ALL,
        after=THREE,
        stood=timedelta(hours=7),
        meanwhile=(),
    )
    assert [expected] == [*narrower(case, BEGIN, END)]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([frozen(ALL)], []),
        ([frozen(ALL), ORDERED, FREE], []),
        # what happened meanwhile is named once, in order
        (
            [frozen(ALL), ASKED, PASSED, ASKED, narrowed(ONE)],
            [(5, "narrowed", ("contact-received", "check-passed"))],
        ),
        # what had happened before the scope that was narrowed does not count
        (
            [frozen(ALL), PASSED, narrowed(THREE), narrowed(ONE)],
            [(3, "narrowed", ("check-passed",)), (4, "narrowed", ())],
        ),
        # a release that leaves something
        ([frozen(ALL), IN_PART, narrowed(ONE)], [(3, "released-in-part", ())]),
        # one that was ordered whole, and then ended in a narrowing
        ([frozen(ALL), IN_PART, ORDERED, narrowed(ONE)], [(4, "narrowed", ())]),
        # widened again: less was not enough
        ([frozen(ALL), narrowed(ONE), widened(THREE)], []),
        ([frozen(ALL), narrowed(THREE), narrowed(ONE), widened(THREE)], []),
        ([frozen(ALL), narrowed(ONE), widened(THREE), narrowed(OTHER)], []),
        ([frozen(ALL), narrowed(ONE), widened(ALL), narrowed(OTHER)], [(4, "narrowed", ())]),
        # said again: nothing changed
        ([frozen(ALL), narrowed(ONE), narrowed(ONE)], [(2, "narrowed", ())]),
        # called narrower, and something else in truth: it sufficed for nothing
        ([frozen(ALL), narrowed(ONE), narrowed(OTHER)], []),
        # a narrowing of nothing, as foreign logs have it
        ([ASKED, narrowed(ONE)], []),
    ],
)
def test_less_sufficed_if_it_was_never_widened_again(
    told: list[e.CaseEvent], expected: list[tuple[int, str, tuple[str, ...]]]
) -> None:
    """By which record, by which step, and what was new."""
    case = case_of(*((float(n), event) for n, event in enumerate(told)))
    found = [(one.version, one.step, one.meanwhile) for one in narrower(case, BEGIN, END)]
    assert expected == found


def test_it_counts_when_it_was_narrowed() -> None:
    """What the case did later still decides whether it sufficed."""
    told: list[Told] = [(0, frozen(ALL)), (10, narrowed(ONE))]
    assert len([*narrower(case_of(*told), at(10), at(11))]) == 1
    assert len([*narrower(case_of(*told), at(0), at(10))]) == 0
    told += [(20, widened(ALL))]
    assert len([*narrower(case_of(*told), at(10), at(11))]) == 0


def test_time_never_runs_backwards() -> None:
    """A narrowing that is dated before the freeze stood for no time."""
    (found,) = narrower(case_of((9, frozen(ALL)), (3, narrowed(ONE))), BEGIN, END)
    assert timedelta(0) == found.stood
