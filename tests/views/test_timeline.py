"""One case in sentences: which lines, for whom, in which order, and whose move it is at the end."""

from datetime import timedelta

import pytest
from hypothesis import given

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.checked import replace
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import fold, unopened
from freezecase.core.ruling import Opinion, Verdict
from freezecase.core.status import Status
from freezecase.core.values import Audience
from freezecase.testing.journeys import histories
from freezecase.views.timeline import TOLD_TO_CUSTOMERS, Timeline, timeline
from freezecase.views.whose_move import Move, moves_owed
from freezecase.wire.shapes import Source
from tests.core.samples import ALLOWED, ANA, CASE, COMMANDS, ENGINE, EVENTS, NOW, ROB
from tests.views.records import record, records

FREEZE, PROPOSED = EVENTS[e.FreezeImposed], EVENTS[e.ReleaseProposed]
STORY = (FREEZE, EVENTS[e.EnforcementConfirmed], PROPOSED, EVENTS[e.ReleaseOrdered])


def of(*events: CaseEvent, reader: Audience = Audience.OPERATIONS) -> Timeline:
    return timeline(records(events), reader=reader)


def test_each_record_is_a_line_that_says_where_the_case_stood_from_then_on() -> None:
    told = of(*STORY)

    assert [
        (line.version, line.who, line.status, [move.who for move in line.moves])
        for line in told.lines
    ] == [
        (1, "ana", Status.IN_FORCE, ["reviewer", "exchange"]),
        (2, "ana", Status.IN_FORCE, ["reviewer"]),
        (3, "ana", Status.IN_FORCE, ["approver"]),
        (4, "ana", Status.RELEASING, ["exchange"]),
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


def test_a_customer_is_told_the_ground_once_it_is_no_longer_withheld() -> None:
    events = (FREEZE, EVENTS[e.NoticeWithheld], EVENTS[e.NoticeSent])

    told = of(*events, reader=Audience.CUSTOMER)

    assert told.lines[0].what == "froze withdrawals and transfers because of account takeover"


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
