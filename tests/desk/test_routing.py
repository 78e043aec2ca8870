"""Cases go to those who can take them, fairly, and never over a limit."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.desk.routing import Given, Hands, Plan, Waiting, Why, route
from freezecase.desk.team import Member, Team
from freezecase.errors import InvalidValue
from tests.laws.settings import QUICK

NOW: Final = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)


def case(number: int, **more: Any) -> Waiting:
    """A case that waits since midnight for anybody."""
    usual: dict[str, Any] = {"case": UUID(int=number), "since": NOW - 9 * HOUR}
    return Waiting(**{**usual, **more})


def given_to(plan: Plan) -> dict[int, str]:
    """Who is given which case."""
    return {one.case.int: one.to for one in plan.given}


def why(plan: Plan) -> dict[int, Why]:
    """Why nobody can take which case."""
    return {one.case.int: one.why for one in plan.stuck}


# --- to whom -------------------------------------------------------------------------------------


def test_a_case_goes_to_who_works_on_its_queue_and_has_its_skill() -> None:
    """Neither the queue alone nor the skill alone will do; a queue not named is every queue."""
    team = Team.of(
        Member.of("ana", queues=["security"]),
        Member.of("bo", queues=["legal"], skills=["takeover"]),
        Member.of("cy", skills=["takeover"]),
    )
    plan = route([case(1, queue="security", skill="takeover")], team, {}, NOW)

    assert given_to(plan) == {1: "staff:cy"}


def test_the_most_urgent_case_is_given_first() -> None:
    """By priority, then by due time, then by who waits longest, then by its id."""
    team = Team.of(Member.of("ana", limit=1))
    ranked = [
        case(9, priority=1, due=NOW + 9 * HOUR),
        case(8, priority=2, due=NOW + HOUR),
        case(7, priority=2, due=NOW + 2 * HOUR, since=NOW - 12 * HOUR),
        case(5, priority=2, due=NOW + 2 * HOUR),
        case(6, priority=2, due=NOW + 2 * HOUR),
        case(4, priority=2),
    ]
    for place, first in enumerate(ranked):
        plan = route(reversed(ranked[place:]), team, {}, NOW)
        assert [one.case for one in plan.given] == [first.case]


def test_it_goes_to_who_has_the_smallest_part_of_what_they_may_have() -> None:
    """Six of twenty is less than four of ten: whoever works half a day gets half as many."""
    team = Team.of(Member.of("full", limit=20), Member.of("half", limit=10))
    hands = {"staff:full": Hands(open=6), "staff:half": Hands(open=4)}

    assert given_to(route([case(1)], team, hands, NOW)) == {1: "staff:full"}


def test_of_two_alike_it_goes_to_who_was_given_nothing_for_longest() -> None:
    """Then the id decides, so that it is always the same."""
    team = Team.of(Member.of("cy"), Member.of("bo"), Member.of("ana"))
    ago = {name: Hands(open=1, given_at=NOW - hours * HOUR) for name, hours in AGO.items()}

    assert given_to(route([case(1)], team, ago, NOW)) == {1: "staff:bo"}
    assert given_to(route([case(1)], team, {}, NOW)) == {1: "staff:ana"}
    never = {**ago, "staff:ana": Hands(open=1)}
    assert given_to(route([case(1)], team, never, NOW)) == {1: "staff:ana"}


AGO: Final = {"staff:ana": 1, "staff:bo": 5, "staff:cy": 2}


def test_who_speaks_the_language_of_the_customer_comes_first() -> None:
    """It is a wish and no condition: where nobody speaks it, anybody who can takes the case."""
    team = Team.of(Member.of("ana"), Member.of("bo", languages=["cy", "en"], limit=1))
    told = [case(1, language="cy"), case(2, language="cy"), case(3)]

    assert given_to(route(told, team, {}, NOW)) == {
        1: "staff:bo",
        2: "staff:ana",
        3: "staff:ana",
    }


def test_it_never_goes_to_whom_it_must_not() -> None:
    """Whoever judged in it or gave it away is passed over; if only they could, nobody can."""
    team = Team.of(Member.of("ana"), Member.of("bo"))

    assert given_to(route([case(1, never={"staff:ana"})], team, {}, NOW)) == {1: "staff:bo"}
    barred = case(1, never=frozenset({"staff:ana", "staff:bo"}))
    assert why(route([barred], team, {}, NOW)) == {1: Why.BARRED}


# --- nobody --------------------------------------------------------------------------------------


def test_where_nobody_can_take_it_it_is_said_why() -> None:
    """Nobody has the skill; everybody is full; everybody is away until it is late."""
    team = Team.of(
        Member.of("ana", queues=["security"], skills=["takeover"], limit=1),
        Member.of("bo", queues=["legal"], begins=22, ends=6),
    )
    plan = route(
        [
            case(1, queue="security", skill="takeover", priority=1),
            case(2, queue="security", skill="takeover"),
            case(3, queue="security", skill="sanctions"),
            case(4, queue="legal", due=NOW + 5 * HOUR),
            case(5, queue="legal", due=NOW + 13 * HOUR),
            case(6, queue="legal"),
        ],
        team,
        {},
        NOW,
    )

    assert given_to(plan) == {1: "staff:ana"}
    assert why(plan) == {2: Why.FULL, 3: Why.UNSKILLED, 4: Why.AWAY}
    assert [one.int for one in plan.later] == [5, 6]


def test_whoever_is_full_is_not_waited_for() -> None:
    """Nobody who comes to work with full hands takes anything more."""
    team = Team.of(Member.of("bo", begins=22, ends=6, limit=1))
    hands = {"staff:bo": Hands(open=1)}

    assert why(route([case(1)], team, hands, NOW)) == {1: Why.FULL}


def test_a_team_of_nobody_takes_nothing() -> None:
    """An empty team is a team; nobody in it has any skill."""
    assert why(route([case(1)], Team.of(), {}, NOW)) == {1: Why.UNSKILLED}


# --- people --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [
        (9, 17, set(range(9, 17))),
        (22, 6, {22, 23, *range(6)}),
        (0, 24, set(range(24))),
        (8, 8, set(range(24))),
        (16, 0, set(range(16, 24))),
    ],
)
def test_people_work_from_hour_to_hour_around_the_clock(
    begins: int, ends: int, hours: set[int]
) -> None:
    """A day that ends before it begins ends on the next day, in UTC."""
    member = Member.of("ana", begins=begins, ends=ends)
    day = datetime(2026, 1, 5, tzinfo=UTC)

    assert {hour for hour in range(24) if member.at_work(day + hour * HOUR)} == hours
    for hour in range(24):
        at = day + hour * HOUR + HOUR / 2
        back = member.back_at(at)
        assert member.at_work(back)
        assert at <= back < at + 24 * HOUR
        assert (back == at) == member.at_work(at)
    assert Member.of("ana", begins=22, ends=6).back_at(NOW) == day + 22 * HOUR


def test_whoever_is_not_on_the_staff_or_there_twice_is_refused() -> None:
    """A case is looked after by a person, whose limit is known."""
    with pytest.raises(InvalidValue, match="somebody on the staff"):
        Member(person="system:bot")
    with pytest.raises(InvalidValue, match="everybody once"):
        Team.of(Member.of("ana"), Member.of("ana", limit=3))
    with pytest.raises(InvalidValue, match="1 to 10000 cases"):
        Member.of("ana", limit=0)


# --- laws ----------------------------------------------------------------------------------------

QUEUES, SKILLS = ("security", "legal"), ("takeover", "orders")
PEOPLE = [f"staff:{name}" for name in ("ana", "bo", "cy", "di")]
some = {
    "queues": st.sets(st.sampled_from(QUEUES)).map(sorted),
    "skills": st.sets(st.sampled_from(SKILLS)).map(sorted),
    "limit": st.integers(1, 3),
    "languages": st.sets(st.sampled_from(["cy", "en"])).map(sorted),
    "begins": st.integers(0, 24),
    "ends": st.integers(0, 24),
}
teams = st.lists(
    st.builds(Member, person=st.sampled_from(PEOPLE), **some), unique_by=lambda one: one.person
).map(lambda members: Team.of(*members))
instants = st.integers(-20, 20).map(lambda hours: NOW + hours * HOUR)
cases = st.lists(
    st.builds(
        Waiting,
        case=st.integers(1, 50).map(lambda number: UUID(int=number)),
        queue=st.sampled_from([None, *QUEUES]),
        skill=st.sampled_from([None, *SKILLS]),
        priority=st.integers(1, 3),
        due=st.none() | instants,
        since=instants,
        language=st.sampled_from([None, "cy"]),
        never=st.frozensets(st.sampled_from(PEOPLE), max_size=2),
    ),
    unique_by=lambda one: one.case,
    max_size=12,
)
hands = st.dictionaries(
    st.sampled_from(PEOPLE),
    st.builds(Hands, open=st.integers(0, 4), given_at=st.none() | instants),
)


def after(before: dict[str, Hands], plan: Plan, team: Team) -> dict[str, Hands]:
    """What everybody has once a plan is carried out."""
    more = [one.to for one in plan.given]
    return {
        one.person: Hands(
            open=before.get(one.person, Hands()).open + more.count(one.person), given_at=NOW
        )
        for one in team.members
    }


@QUICK
@given(cases, teams, hands)
def test_no_limit_is_broken_and_nobody_gets_what_they_may_not(
    waiting: list[Waiting], team: Team, had: dict[str, Hands]
) -> None:
    """Whoever is given something is at work, able and allowed, and stays within their limit."""
    plan = route(waiting, team, had, NOW)
    by_id = {one.case: one for one in waiting}

    for one in plan.given:
        member, wanted = team.by_person[one.to], by_id[one.case]
        assert member.at_work(NOW)
        assert wanted.skill is None or wanted.skill in member.skills
        assert wanted.queue is None or not member.queues or wanted.queue in member.queues
        assert one.to not in wanted.never
    for person, hand in after(had, plan, team).items():
        before = had.get(person, Hands()).open
        assert hand.open <= max(before, team.by_person[person].limit)


@QUICK
@given(cases, teams, hands)
def test_every_case_is_given_stuck_or_waited_for(
    waiting: list[Waiting], team: Team, had: dict[str, Hands]
) -> None:
    """None is lost, and none is told of twice."""
    plan = route(waiting, team, had, NOW)

    told = [
        *(one.case for one in plan.given),
        *(one.case for one in plan.stuck),
        *plan.later,
    ]
    assert sorted(told) == sorted(one.case for one in waiting)


@QUICK
@given(cases, teams, hands)
def test_nobody_skilled_is_idle_while_skilled_work_waits(
    waiting: list[Waiting], team: Team, had: dict[str, Hands]
) -> None:
    """Whoever could take what is left is full, or not at work."""
    plan = route(waiting, team, had, NOW)
    left = {one.case for one in plan.stuck} | {*plan.later}
    have = after(had, plan, team)

    for one in waiting:
        if one.case in left:
            assert not [
                member
                for member in team.members
                if member.able(one.queue, one.skill)
                and member.person not in one.never
                and member.at_work(NOW)
                and have[member.person].open < member.limit
            ]


@QUICK
@given(cases, teams, hands, st.integers())
def test_the_order_in_which_it_is_told_does_not_matter(
    waiting: list[Waiting], team: Team, had: dict[str, Hands], seed: int
) -> None:
    """Cases and people may be told in any order."""
    mixed, members = list(waiting), list(team.members)
    Random(seed).shuffle(mixed)
    Random(seed).shuffle(members)

    assert route(mixed, Team.of(*members), had, NOW) == route(waiting, team, had, NOW)


@QUICK
@given(cases, teams, hands)
def test_run_twice_it_finds_nothing_more_to_do(
    waiting: list[Waiting], team: Team, had: dict[str, Hands]
) -> None:
    """Once a plan is carried out, what is left is left for the same reasons."""
    plan = route(waiting, team, had, NOW)
    given = {one.case for one in plan.given}
    again = route(
        [one for one in waiting if one.case not in given], team, after(had, plan, team), NOW
    )

    assert again == attrs.evolve(plan, given=())


@QUICK
@given(cases, teams, hands)
def test_nobody_is_passed_over_who_has_less(
    waiting: list[Waiting], team: Team, had: dict[str, Hands]
) -> None:
    """The first case that is given goes to somebody than whom nobody else in reach has less."""
    plan = route((attrs.evolve(one, language=None) for one in waiting), team, had, NOW)
    if not plan.given:
        return
    first: Given = plan.given[0]
    wanted = next(one for one in waiting if one.case == first.case)
    part = {
        one.person: had.get(one.person, Hands()).open / one.limit
        for one in team.members
        if one.able(wanted.queue, wanted.skill)
        and one.at_work(NOW)
        and one.person not in wanted.never
        and had.get(one.person, Hands()).open < one.limit
    }

    assert part[first.to] == min(part.values())
