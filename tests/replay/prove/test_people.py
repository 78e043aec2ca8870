"""People by what they are to a case: a case with other names is the same case."""

import attrs
import pytest

from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.values import Ground, Scope
from freezecase.replay.prove.bounds import CASE, DAY, Bounds
from freezecase.replay.prove.people import few_roles, named, renamed, stranger
from freezecase.replay.prove.slices import HOME, SLICES, Slice, part_of, position
from freezecase.testing.spec import Given, given

ANA, ROB, EVE = (Actor.staff(name) for name in ("ana", "rob", "eve"))
IMPOSE = do.ImposeFreeze(
    account="acct-4711", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
)
PROPOSE = do.ProposeRelease(CASE, reason="it was them")


def proposed(by: Actor, decided_by: Actor) -> Given:
    """Return a case that one person froze and another wants to release."""
    return given().after(IMPOSE, by=decided_by, at=DAY).after(PROPOSE, by=by, at=DAY)


def parts(story: Given) -> list[object]:
    """Return what each slice sees of a case, without what is owed."""
    return [part_of(story.state, one, {}, Bounds())[0] for one in SLICES]


def test_names_make_no_difference() -> None:
    """Every slice sees the same, whoever they are."""
    assert parts(proposed(ANA, ROB)) == parts(proposed(EVE, ANA))


def test_whether_two_are_one_makes_a_difference() -> None:
    """Rules compare people, and nothing else of them; so does a slice, of its own people."""
    again = do.RefuseRelease(CASE, reason="not yet")
    one = proposed(ANA, ROB).after(again, by=EVE, at=DAY)
    appeal = do.FileAppeal(CASE, statement="look again", contests=one.state.decision)
    other = one.after(do.UpholdFreeze(CASE, reason="it stands"), by=EVE, at=DAY)
    third = one.after(do.UpholdFreeze(CASE, reason="it stands"), by=ROB, at=DAY)
    asked = [story.after(appeal, by=ANA, at=DAY) for story in (other, third)]
    same, different = (part_of(story.state, slice_("appeal"), {}, Bounds())[0] for story in asked)
    assert same != different


def slice_(name: str) -> Slice:
    """Return the slice of that name."""
    return next(one for one in SLICES if one.name == name)


def test_everybody_in_a_relation_gets_a_name_by_their_first() -> None:
    """Machines and the customer are one of their kind; nobody is called twice."""
    people = ["staff:rob", None, "system:risk", "staff:ana", "staff:rob"]
    assert named(people, "desk") == {
        "staff:rob": "staff:desk-0",
        "system:risk": "system:machine",
        "staff:ana": "staff:desk-1",
    }


def test_a_role_that_few_have_belongs_to_a_name() -> None:
    """So it is known who of them has used it up."""
    person = stranger("release", ["officer", "approver"])
    assert few_roles(person) == ("approver", "officer")
    assert few_roles(named([person], "release")[person]) == ("approver", "officer")
    assert few_roles("staff:ana") == ()


@pytest.mark.parametrize("names", [{}, {"staff:ana": "staff:zoe", "staff:rob": "staff:yve"}])
def test_renaming_changes_names_alone(names: dict[str, str]) -> None:
    """Back again it is the same case."""
    state = proposed(ANA, ROB).state
    back = {new: old for old, new in names.items()}
    assert renamed(renamed(state, names), back) == state
    assert (renamed(state, names) == state) is (not names)


def test_every_field_has_at_most_one_slice() -> None:
    """What belongs to two would be told twice."""
    assert sum(len(one.fields) for one in SLICES) == len(HOME)
    assert {*HOME} < {*attrs.fields_dict(type(proposed(ANA, ROB).state))}


def test_a_position_says_where_a_case_stands_and_whether_it_restricts() -> None:
    """Where it stood matters only while it is away from there."""
    frozen = given().after(IMPOSE, by=ANA, at=DAY)
    appealed = frozen.after(do.FileAppeal(CASE, statement="no"), by=ANA, at=DAY)
    assert position(frozen.state) == ("in_force", "", True)
    assert position(appealed.state) == ("appealed", "in_force", True)
