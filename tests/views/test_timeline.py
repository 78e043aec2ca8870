"""One case in sentences: which lines, for whom, in which order, and whose move it is at the end."""

from datetime import timedelta

import pytest
from hypothesis import given

from freezecase.app.record import Record
from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.checked import replace
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import fold, unopened
from freezecase.core.ruling import Opinion, Verdict
from freezecase.core.status import Status
from freezecase.core.values import Audience, Ground
from freezecase.testing.journeys import Step, histories, journeys
from freezecase.views.timeline import TOLD_TO_CUSTOMERS, Timeline, timeline
from freezecase.views.whose_move import Move, moves_owed
from freezecase.wire.shapes import Source
from tests.core.samples import ALLOWED, ANA, CASE, COMMANDS, ENGINE, EVENTS, LATER, NOW, ROB
from tests.views.records import owing, record, records

FREEZE, PROPOSED = EVENTS[e.FreezeImposed], EVENTS[e.ReleaseProposed]
TOLD = EVENTS[e.NoticeSent]
STORY = (FREEZE, EVENTS[e.EnforcementConfirmed], TOLD, PROPOSED, EVENTS[e.ReleaseOrdered])


def of(*events: CaseEvent, reader: Audience = Audience.OPERATIONS) -> Timeline:
    return timeline(records(events), reader=reader)


def test_each_record_is_a_line_that_says_where_the_case_stood_from_then_on() -> None:
    told = of(*STORY)

    assert [
        (line.version, line.who, line.status, [move.who for move in line.moves])
        for line in told.lines
    ] == [
        (1, "ana", Status.IN_FORCE, ["reviewer", "exchange", "exchange"]),
        (2, "ana", Status.IN_FORCE, ["reviewer", "exchange"]),
        (3, "ana", Status.IN_FORCE, ["reviewer"]),
        (4, "ana", Status.IN_FORCE, ["approver"]),
        (5, "ana", Status.RELEASING, ["exchange"]),
    ]


def test_at_the_end_stands_what_is_restricted_and_whose_move_it_is() -> None:
    told = of(*STORY)

    assert (told.case, told.account, told.status) == (CASE, "acct-4711", Status.RELEASING)
    assert told.restricted == "withdrawals and transfers"
    assert (Move(who="exchange", what="lift the freeze and confirm it", told=True),) == told.moves


@given(histories())
def test_a_timeline_ends_where_the_fold_ends(events: tuple[CaseEvent, ...]) -> None:
    if not events:
        return
    told, state = of(*events), fold(events, unopened(CASE))

    assert (state.status, len(events)) == (told.status, len(told.lines))
    assert [move.what for move in moves_owed(state)] == [move.what for move in told.moves]


def test_a_person_who_owes_goes_by_the_name_the_reader_knows() -> None:
    appealed = (FREEZE, EVENTS[e.AppealFiled], EVENTS[e.AppealAssigned])

    operations = of(*appealed).moves
    customer = of(*appealed, reader=Audience.CUSTOMER).moves

    assert "rob" in [move.who for move in operations]
    assert {"exchange"} == {move.who for move in customer}


@pytest.mark.parametrize(
    ("event", "who"),
    [
        (EVENTS[e.ChecksRequested], "customer"),
        (EVENTS[e.ExternalReviewOpened], "external-body"),
        (EVENTS[e.PromiseMade], "exchange"),
    ],
)
def test_a_customer_knows_no_role_of_the_house(event: CaseEvent, who: str) -> None:
    moves = of(FREEZE, event, reader=Audience.CUSTOMER).moves

    assert who in [move.who for move in moves]
    assert {"customer", "exchange", "external-body"} >= {move.who for move in moves}


def test_the_first_line_of_a_turn_says_how_it_was_ruled_and_by_which_policy() -> None:
    ruling = replace(ALLOWED, opinions=(Opinion(rule="within-reach", verdict=Verdict.ALLOW),))
    imposed = record(FREEZE, command=COMMANDS[do.ImposeFreeze], ruling=ruling)
    bound = record(EVENTS[e.EnforcementConfirmed], version=2)

    first, second = timeline([imposed, bound]).lines

    assert first.ruling == "allowed by `within-reach`"
    assert f"standard v1 sha256:{'0' * 64}" == first.policy
    assert (second.ruling, second.policy) == ("", "")


def test_an_imported_record_says_where_it_came_from_and_when_it_happened() -> None:
    source = Source(log="old.csv", id="r-1", row=7, digest=f"sha256:{'0' * 64}")
    then = NOW - timedelta(days=900)

    (line,) = timeline([record(FREEZE, source=source, occurred_at=then)]).lines

    assert ("old.csv row 7", then, NOW) == (line.source, line.occurred_at, line.recorded_at)


def test_a_customer_gets_only_their_lines_without_versions_rulings_or_names() -> None:
    refused = e.AttemptRefused(command="approve-release", by=ANA.person, rules=("four-eyes",))
    told = timeline(
        [
            record(FREEZE, by=ENGINE, command=COMMANDS[do.ImposeFreeze]),
            record(EVENTS[e.NoticeWithheld], version=2),
            record(refused, version=3),
            record(EVENTS[e.FreezeUpheld], by=ROB, version=4),
        ],
        reader=Audience.CUSTOMER,
    )

    assert [
        (line.version, line.who, line.what, line.ruling, line.policy, line.source)
        for line in told.lines
    ] == [
        (None, "the exchange", "froze withdrawals and transfers", "", "", ""),
        (None, "the exchange", "decided that the freeze stands", "", "", ""),
    ]


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ((FREEZE,), False),
        ((FREEZE, TOLD), True),
        ((FREEZE, EVENTS[e.NoticeWithheld]), False),
        ((FREEZE, EVENTS[e.NoticeWithheld], TOLD), True),
        ((FREEZE, TOLD, EVENTS[e.NoticeWithheld]), False),
        ((replace(FREEZE, ground=Ground.AML_ALERT), TOLD), False),
    ],
)
def test_a_customer_is_told_the_ground_once_they_may_know(
    events: tuple[CaseEvent, ...], told: bool
) -> None:
    """Not before they were told of the freeze, not while that is withheld, a suspicion never."""
    line = of(*events, reader=Audience.CUSTOMER).lines[0]

    because = " because of account takeover" if told else ""
    assert f"froze withdrawals and transfers{because}" == line.what
    assert " because of " in of(*events).lines[0].what


# --- what only follows ---------------------------------------------------------------------------

DUTY, MET = owing("review", "reviewer", "lead"), e.ObligationMet(obligation="review")
TURNS = [
    record(FREEZE, by=ENGINE, command=COMMANDS[do.ImposeFreeze]),
    record(DUTY, by=ENGINE, version=2, cause=1),
    record(EVENTS[e.EnforcementConfirmed], by=ENGINE, version=3),
    record(PROPOSED, version=4),
    record(MET, version=5, cause=4),
]


def test_what_only_follows_is_told_by_whose_move_it_is() -> None:
    """A line stands for all that followed from it: the case as it was before the next line."""
    told = timeline(TURNS)

    assert [(line.version, line.moves[0].who, line.moves[0].due) for line in told.lines] == [
        (1, "reviewer", LATER),
        (3, "reviewer", LATER),
        (4, "approver", None),
    ]
    assert [told.moves] == [line.moves for line in told.lines[-1:]]


def test_what_follows_has_a_line_of_its_own_if_asked_for() -> None:
    """Whoever asks for the details reads each duty that opened or ended; the policy saw to it."""
    told = timeline(TURNS, owed=True)

    assert [(line.version, line.who, line.what) for line in told.lines if line.version != 1] == [
        (
            *(2, "the policy"),
            "noted that reviewer owes `review` by 2026-01-06 09:00, under `rule`",
        ),
        (3, "system:risk-engine", "confirmed that the freeze binds the account"),
        (4, "ana", 'proposed to lift the freeze, leaving nothing restricted: "looked at it"'),
        (5, "the policy", "found `review`, due 2026-01-06 09:00, met"),
    ]
    assert [line.moves[0].due for line in told.lines[:2]] == [None, LATER]


def test_a_duty_that_somebody_asked_for_has_a_line_in_any_case() -> None:
    """What a person opened or met by a command is theirs; so is what was imported."""
    opened = record(DUTY, version=2, command=COMMANDS[do.OpenObligation])
    met = record(MET, version=3)

    told = timeline([TURNS[0], opened, met])

    assert [(line.who, line.what.split()[0]) for line in told.lines[1:]] == [
        ("ana", "noted"),
        ("ana", "met"),
    ]


def test_a_customer_reads_no_duties_whatever_is_asked_for() -> None:
    """What is owed inside is not theirs, and asking for it changes nothing."""
    plain = timeline(TURNS, reader=Audience.CUSTOMER)

    assert plain == timeline(TURNS, reader=Audience.CUSTOMER, owed=True)
    assert [line.kind for line in plain.lines] == ["freeze-imposed"]


@given(journeys())
def test_asking_for_the_details_changes_nothing_else(steps: tuple[Step, ...]) -> None:
    """With every duty told, the other lines, their order and the end are the same."""
    told = [one for step in steps for one in _turn(step)]
    if not told:
        return

    plain, details = timeline(told), timeline(told, owed=True)

    few, many = ([(one.version, one.what) for one in each.lines] for each in (plain, details))
    assert [line for line in many if line in few] == few
    assert len(told) == len(many)
    assert (plain.status, plain.moves) == (details.status, details.moves)


def _turn(step: Step) -> list[Record]:
    """The records of one turn: the first carries the command, the others point to it."""
    first = step.turn.before.version + 1
    return [
        record(
            event,
            by=step.by,
            version=first + n,
            command=None if n else step.command,
            ruling=step.turn.ruling,
            cause=first if n else None,
        )
        for n, event in enumerate(step.turn.events)
    ]


@given(histories())
def test_what_a_customer_reads_does_not_differ_by_what_is_kept_from_them(
    events: tuple[CaseEvent, ...],
) -> None:
    if not events:
        return
    silent = (EVENTS[e.DisclosureUpgraded], EVENTS[e.Escalated], EVENTS[e.HarmRecorded])

    plain = of(*events, reader=Audience.CUSTOMER)
    beside = of(*events, *silent, reader=Audience.CUSTOMER)

    assert not {type(event) for event in silent} & TOLD_TO_CUSTOMERS
    assert plain == beside
