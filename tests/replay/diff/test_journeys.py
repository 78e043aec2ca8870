"""Cases as they come about: real journeys, the shortest first, to all that a case can hold."""

from itertools import islice
from typing import Any, Final

import attrs
import pytest

from freezecase.core import commands as do
from freezecase.core.commands import ASKED_AS, Command, asked
from freezecase.core.evolve import unopened
from freezecase.core.leads import LEADS
from freezecase.core.moves import MOVES
from freezecase.core.state import CaseState
from freezecase.core.values import Ground
from freezecase.policy.gate import forbid
from freezecase.policy.standard import standard
from freezecase.replay.diff.asking import asked_of, cast, facts_said, said_of
from freezecase.replay.diff.journeys import CASE, Story, journeys, retold
from freezecase.replay.roles import roles_of
from freezecase.testing.spec import given
from tests.replay.diff.stories import AT, PROPOSED, asks, freeze

ROLES: Final = roles_of(standard())
ASKABLE = sorted(ASKED_AS.keys() - {do.LetTimePass}, key=asked)


@pytest.fixture(scope="module")
def found() -> list[Story]:
    """All that the search finds under the standard policy."""
    told = (retold(standard(), one, AT) for one in journeys(standard(), AT, ROLES))
    return [story for story in told if story is not None]


def test_every_case_comes_about_by_its_story(found: list[Story]) -> None:
    """Step by step, turn by turn: told in the words of the kit it leads to the very same case."""
    for story in found[::9]:
        story_again = given().under(standard())
        for act in story.acts:
            if isinstance(act.command, do.LetTimePass):
                story_again = story_again.later(act.at)
            else:
                story_again = story_again.after(act.command, by=act.by, at=act.at, facts=act.facts)
        assert story_again.state == story.state


def test_shorter_stories_come_first(found: list[Story]) -> None:
    lengths = [len(story.acts) for story in found]

    assert lengths == sorted(lengths)
    assert lengths[0] == 0
    assert lengths[-1] >= 6


def test_the_search_meets_what_a_case_can_hold(found: list[Story]) -> None:
    """Every status, a lapsed right, a broken promise, a hold, an appeal at every level."""
    states = [story.state for story in found]

    assert {state.status for state in states} == set(MOVES)
    assert ("appeal-window", "") in {key for state in states for key in state.lapsed}
    assert any(state.broken for state in states)
    assert any(state.holds for state in states)
    assert any(state.ordered_alone for state in states)
    assert {state.appeal.level for state in states if state.appeal} >= {"internal-review"}


def test_every_ground_is_met_with_nearly_all_that_the_first_one_shows(found: list[Story]) -> None:
    of_each = {ground: sum(one.state.ground is ground for one in found) for ground in Ground}

    assert min(of_each.values()) > max(of_each.values()) / 2


def test_nothing_that_is_refused_is_part_of_a_story() -> None:
    """Where no freeze may be imposed there is one case: that to which nothing happened."""
    never = asks("never", lambda _: forbid("no"), on=[do.ImposeFreeze])

    assert list(journeys(standard().adding(never), AT, ROLES)) == [()]


def test_a_story_that_a_policy_refuses_is_not_told_under_it() -> None:
    never = asks("never", lambda _: forbid("no"), on=[do.ProposeRelease])

    assert retold(standard(), (freeze(), PROPOSED), AT) is not None
    assert retold(standard().adding(never), (freeze(), PROPOSED), AT) is None


def test_every_command_that_a_case_is_open_to_can_be_asked(found: list[Story]) -> None:
    """In some case of those that were found; and what is asked fits the case."""
    states = [story.state for story in found]

    never = [kind for kind in ASKABLE if not any(_said(kind, state) for state in states)]

    assert never == []


def _said(kind: type[Command], state: CaseState) -> list[Command]:
    return list(islice(said_of(kind, state, AT), 1)) if LEADS[kind] in MOVES[state.status] else []


def test_all_that_is_asked_of_a_case_is_of_this_case(found: list[Story]) -> None:
    asking: list[Any] = [one for story in found[:40] for one in asked_of(story.state, AT)]

    assert {one.case for one in asking if "case" in attrs.fields_dict(type(one))} == {
        found[0].state.id
    }
    assert do.LetTimePass not in set(map(type, asking))


def test_everybody_whom_a_case_knows_may_ask_with_every_role_and_with_none() -> None:
    story = retold(standard(), (freeze(), PROPOSED), AT)
    assert story is not None

    people = list(cast(story.state, ("lead", "officer")))

    assert {one.roles for one in people if one.id == "ana"} == {("lead", "officer"), ()}
    new = {one.roles for one in people if one.id == "cid"}
    assert new == {("lead", "officer"), (), ("lead",), ("officer",)}
    assert {one.kind.value for one in people} == {
        *("staff", "system", "customer", "authority", "vendor")
    }


def test_staff_of_a_new_name_is_always_there() -> None:
    """Even if the case knows everybody whom a story would name."""
    state = attrs.evolve(unopened(CASE), owner="staff:cid", offered_to="staff:dee")
    state = attrs.evolve(state, deciders={1: "staff:eve", 2: "staff:fay", 3: "staff:gus"})

    assert next(cast(state, ())).id == "staff-1"


def test_every_fact_is_also_left_unsaid() -> None:
    assert list(facts_said({"tier": ("retail", "vip"), "risk": ("low",)})) == [
        *({}, {"tier": "retail"}, {"tier": "vip"}),
        *({"risk": "low"}, {"risk": "low", "tier": "retail"}, {"risk": "low", "tier": "vip"}),
    ]


def test_roles_are_those_that_clocks_let_owe_something() -> None:
    assert (
        *("accountable", "approver", "compliance", "front", "lead", "officer", "reviewer"),
    ) == ROLES
