"""Who acts."""

from typing import Any

import pytest

from freezecase.core.actors import Actor, ActorKind
from freezecase.errors import InvalidValue


@pytest.mark.parametrize(
    ("actor", "kind", "person"),
    [
        (Actor.system("risk-engine"), ActorKind.SYSTEM, "system:risk-engine"),
        (Actor.staff("ana", "analyst"), ActorKind.STAFF, "staff:ana"),
        (Actor.customer("acct-1"), ActorKind.CUSTOMER, "customer:acct-1"),
        (Actor.vendor("id-lab"), ActorKind.VENDOR, "vendor:id-lab"),
        (Actor.authority("court"), ActorKind.AUTHORITY, "authority:court"),
    ],
)
def test_a_person_is_kind_and_id(actor: Actor, kind: ActorKind, person: str) -> None:
    """So that staff called `ana` is not the machine called `ana`."""
    assert (actor.kind, actor.person) == (kind, person)


def test_roles_are_kept_once_and_in_order() -> None:
    """However they were given."""
    actor = Actor.staff("ana", "reviewer", "analyst", "reviewer")
    assert actor.roles == ("analyst", "reviewer")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "robot", "id": "r2"},
        {"kind": "staff", "id": "ana@example.org"},
        {"kind": "staff", "id": ""},
        {"kind": "staff", "id": "ana", "roles": "analyst"},
    ],
)
def test_what_is_no_actor_is_refused(wrong: dict[str, Any]) -> None:
    """An unknown kind, an e-mail address for an id, a role that is no list."""
    with pytest.raises(InvalidValue):
        Actor(**wrong)


def test_the_longest_id_still_makes_a_person() -> None:
    """What an actor may be called, a record may say."""
    actor = Actor(kind=ActorKind.AUTHORITY, id="x" * 200)
    assert Actor.staff("ana").on_behalf_of is None
    assert (
        Actor(kind=ActorKind.STAFF, id="ana", on_behalf_of=actor.person).on_behalf_of
        == actor.person
    )
