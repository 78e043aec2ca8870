"""How far a suspicion has come: every move, every refusal, and a fold that never fails."""

from datetime import timedelta
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as some

from freezecase.core import suspicion as s
from freezecase.core.checked import replace
from freezecase.core.suspected import (
    MOVES,
    OPEN,
    Restriction,
    Stage,
    Suspicion,
    dues_of,
    evolve,
    fold,
    why_not,
)
from freezecase.core.suspicion import STORED_AS, SuspicionEvent, TippingOff, kind_of
from freezecase.errors import NotAllowedNow
from tests.core.suspicions import (
    ALLOWED,
    ANSWERED,
    ASSESSED,
    BY_THE_BOOK,
    CLOSED,
    DECLINED,
    EVENTS,
    FILED,
    LATER,
    RAISED,
    RESTRICTED,
    REVIEWED,
    UNFOUNDED,
    restricted,
)

STREAM = UUID(int=7)
PREJUDICE = TippingOff.PREJUDICE_TEST


def after(*events: SuspicionEvent) -> Suspicion:
    """The suspicion after these events."""
    return fold(events, Suspicion(id=STREAM))


def refusal(suspicion: Suspicion, event: SuspicionEvent) -> NotAllowedNow:
    """Why that cannot happen now."""
    found = why_not(suspicion, event)
    assert found is not None
    return found


# --- the table -----------------------------------------------------------------------------------


def test_every_stage_has_a_row_and_every_kind_a_place() -> None:
    """Nothing that is stored is unknown to the table."""
    assert set(MOVES) == set(Stage)
    assert {kind for row in MOVES.values() for kind in row} == set(STORED_AS) == set(EVENTS)


def test_every_stage_can_be_reached_and_left() -> None:
    """Nothing is a dead end: what was closed is taken up again when something comes to light."""
    reached = {Stage.UNRAISED}
    for _ in MOVES:
        reached |= {to for stage in reached for to in MOVES[stage].values()}

    assert reached == set(Stage)
    assert all(any(to is not stage for to in row.values()) for stage, row in MOVES.items())


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("kind", STORED_AS, ids=kind_of)
def test_what_is_not_in_the_table_is_refused_and_says_what_is(
    stage: Stage, kind: type[SuspicionEvent]
) -> None:
    """Whoever asks too early hears what could be asked."""
    found = why_not(attrs.evolve(after(), stage=stage), EVENTS[kind])
    if kind in MOVES[stage]:
        assert found is None or found.position != f"the suspicion is `{stage}`"
    else:
        assert found is not None
        assert found.position == f"the suspicion is `{stage}`"
        assert found.allowed == {kind_of(one) for one in MOVES[stage]}


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ((), Stage.UNRAISED),
        ((RAISED,), Stage.RAISED),
        ((RAISED, RESTRICTED, ANSWERED), Stage.RAISED),
        ((RAISED, ASSESSED), Stage.ASSESSED),
        ((RAISED, ASSESSED, FILED), Stage.REPORTED),
        ((RAISED, ASSESSED, FILED, FILED), Stage.REPORTED),
        ((RAISED, UNFOUNDED, DECLINED), Stage.DECLINED),
        ((RAISED, UNFOUNDED, DECLINED, ASSESSED, FILED), Stage.REPORTED),
        ((RAISED, UNFOUNDED, DECLINED, CLOSED), Stage.CLOSED),
        (BY_THE_BOOK, Stage.CLOSED),
        ((*BY_THE_BOOK, ASSESSED), Stage.ASSESSED),
    ],
    ids=[
        *("nothing", "raised", "restricted", "assessed", "reported", "reported twice"),
        *("declined", "declined, then reported", "declined and closed", "by the book", "anew"),
    ],
)
def test_each_move_by_the_book_is_legal_and_leads_on(
    events: tuple[SuspicionEvent, ...], stage: Stage
) -> None:
    """One after the other, each is asked before it happens."""
    suspicion = after()
    for event in events:
        assert why_not(suspicion, event) is None
        suspicion = evolve(suspicion, event)
    assert (suspicion.stage, suspicion.version) == (stage, len(events))


def test_what_is_open_is_what_somebody_still_has_to_do_with() -> None:
    """What was declined or closed is kept, and nothing more is expected of it."""
    assert {Stage.UNRAISED, Stage.DECLINED, Stage.CLOSED} == set(Stage) - OPEN


# --- who may do what -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "event", "position"),
    [
        ((RAISED,), replace(ASSESSED, by="system:engine"), "`system:engine` is not of the"),
        ((RAISED, ASSESSED), replace(FILED, by="system:engine"), "`system:engine` is not of"),
        ((RAISED, UNFOUNDED), FILED, "the assessment says `no-report`"),
        ((RAISED, ASSESSED), DECLINED, "the assessment says `report`"),
        ((RAISED, UNFOUNDED), replace(DECLINED, by="staff:ana"), "`staff:ana` raised it, or"),
        ((RAISED, UNFOUNDED), replace(DECLINED, by="staff:otto"), "`staff:otto` raised it,"),
        ((RAISED, RESTRICTED), RESTRICTED, "something is withheld under `prejudice-test` already"),
        ((RAISED,), REVIEWED, "nothing is withheld under `prejudice-test`"),
        ((RAISED,), ALLOWED, "nothing is withheld under `prejudice-test`"),
        ((RAISED, RESTRICTED), replace(ALLOWED, by="staff:otto"), "`staff:otto` decided that"),
        (
            (RAISED, RESTRICTED, replace(REVIEWED, by="staff:eve")),
            ALLOWED,
            "`staff:eve` decided that it is withheld",
        ),
        ((RAISED, UNFOUNDED, DECLINED), replace(CLOSED, by="vendor:x"), "`vendor:x` is not"),
    ],
    ids=[
        *("no machine assesses", "no machine reports", "nothing to report", "a report is owed"),
        *("not who raised it", "not who assessed it", "not twice", "nothing to review"),
        *("nothing to allow", "not who withheld it", "nor who kept it so", "no vendor closes"),
    ],
)
def test_what_takes_somebody_else_or_something_first_is_refused(
    events: tuple[SuspicionEvent, ...], event: SuspicionEvent, position: str
) -> None:
    """And the refusal says what would be allowed."""
    refused = refusal(after(*events), event)
    assert refused.position.startswith(position)
    assert (refused.asked, len(refused.allowed)) == (kind_of(event), 1)


def test_whoever_assessed_it_once_may_never_decline_it() -> None:
    """Else two could assess in turn, and the first of them decline."""
    first = replace(UNFOUNDED, by="staff:eve")
    assert refusal(after(RAISED, first, UNFOUNDED), DECLINED).position.startswith("`staff:eve`")


@pytest.mark.parametrize("event", [REVIEWED, ALLOWED], ids=["reviewed", "allowed"])
def test_what_is_absolute_is_never_told_and_needs_no_other_look(
    event: s.DisclosureReviewed | s.DisclosureAllowed,
) -> None:
    """Whoever decides so, and however many."""
    forever = restricted(regime=TippingOff.ABSOLUTE, review_at=None)
    asked = replace(event, regime=TippingOff.ABSOLUTE)
    assert refusal(after(RAISED, forever), asked).position == (
        "what is `absolute` is withheld for ever"
    )


# --- what is withheld ----------------------------------------------------------------------------


def test_what_is_withheld_stands_by_regime_until_it_is_allowed() -> None:
    """Two laws may each forbid something, and one of them let go."""
    other = restricted(regime=TippingOff.FACT_OF_REPORT, rules=["ch.amla.10"], review_at=None)
    both = after(RAISED, RESTRICTED, other)
    assert both.restricted == {
        PREJUDICE: Restriction(frozenset({"staff:otto"}), ("facts",), LATER),
        TippingOff.FACT_OF_REPORT: Restriction(frozenset({"staff:otto"}), ("facts",), None),
    }
    assert [*evolve(both, ALLOWED).restricted] == [TippingOff.FACT_OF_REPORT]


def test_whatever_comes_first_calls_for_a_look() -> None:
    """The day on which somebody meant to look, or the one on which the law lets go."""
    sooner = LATER - timedelta(days=3)
    ending = after(RAISED, restricted(expires=sooner))
    assert ending.restricted[PREJUDICE].review_at == sooner
    later = LATER + timedelta(days=3)
    assert after(RAISED, restricted(expires=later)).restricted[PREJUDICE].review_at == LATER


def test_what_is_due_is_the_decision_and_then_each_look() -> None:
    """Once it is decided only the looks are left; once it may be told, nothing is."""
    again = LATER + timedelta(days=14)
    reviewed = replace(REVIEWED, review_at=again)
    assert [*dues_of(after(RAISED, RESTRICTED))] == [(LATER, None), (LATER, PREJUDICE)]
    assert [*dues_of(after(RAISED, RESTRICTED, ASSESSED, FILED))] == [(LATER, PREJUDICE)]
    assert [*dues_of(after(RAISED, RESTRICTED, ASSESSED, FILED, reviewed))] == [(again, PREJUDICE)]
    forever = restricted(regime=TippingOff.ABSOLUTE, review_at=None)
    assert [*dues_of(after(RAISED, forever, ASSESSED, FILED))] == []
    assert [*dues_of(after(*BY_THE_BOOK))] == []


# --- the fold ------------------------------------------------------------------------------------


@given(some.lists(some.sampled_from([*EVENTS.values(), UNFOUNDED]), max_size=12))
def test_whatever_is_on_record_folds_and_counts(events: list[SuspicionEvent]) -> None:
    """However muddled: what is on record happened."""
    suspicion = after(*events)
    assert suspicion.version == len(events)
    assert suspicion == fold(events[len(events) // 2 :], after(*events[: len(events) // 2]))


@given(some.lists(some.sampled_from([*EVENTS.values(), UNFOUNDED]), max_size=12))
def test_no_word_and_no_account_is_ever_in_the_state(events: list[SuspicionEvent]) -> None:
    """So that a suspicion whose texts nobody can open any more still folds, to the letter."""
    said = repr(after(*events))
    secrets = ("acct", "deposits", "SAR-2026-17", "payroll", "moved on", "-000000000001")
    assert [word for word in secrets if word in said] == []
