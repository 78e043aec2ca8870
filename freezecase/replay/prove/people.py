"""
People by what they are to a case, and not by name.

Rules compare people for equality and read no names, so two cases that differ only in who is called
what are one case. Whoever stands in a relation to it gets a name by the first relation they stand
in; everybody else is as good as everybody else.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from freezecase.core.actors import Actor, ActorKind, is_staff
from freezecase.core.state import CaseState
from freezecase.core.values import Person
from freezecase.replay.prove.bounds import ACCOUNT

__all__ = [
    "HOUSE",
    "MACHINES",
    "actor_of",
    "few_roles",
    "named",
    "renamed",
    "staff_among",
    "stranger",
]

MACHINES: Final = {
    ActorKind.SYSTEM: Actor.system("machine"),
    ActorKind.CUSTOMER: Actor.customer(ACCOUNT),
    ActorKind.VENDOR: Actor.vendor("vendor"),
    ActorKind.AUTHORITY: Actor.authority("court"),
}
"""Whoever is not staff: one of each kind."""

HOUSE: Final = frozenset({ActorKind.STAFF, ActorKind.SYSTEM})
"""Whoever acts for the exchange."""

_STAFF: Final = "staff:"


def named(people: Iterable[Person | None], slice_: str) -> dict[Person, Person]:
    """Return the name of each person who stands in a relation, in the order of the relations."""
    names: dict[Person, Person] = {}
    staff = 0
    for person in people:
        if person is None or person in names:
            continue
        if is_staff(person):
            roles = "".join(f"+{role}" for role in few_roles(person))
            names[person] = f"{_STAFF}{slice_}-{staff}{roles}"
            staff += 1
        else:
            names[person] = MACHINES[ActorKind(person.partition(":")[0])].person
    return names


def staff_among(people: Iterable[Person | None]) -> tuple[Person, ...]:
    """Return the staff among those who stand in a relation, each once."""
    return tuple(dict.fromkeys(one for one in people if one is not None and is_staff(one)))


def stranger(slice_: str, roles: Iterable[str]) -> Person:
    """Return somebody of the staff who stands in no relation to the case."""
    return f"{_STAFF}{slice_}-new{''.join(f'+{role}' for role in sorted(roles))}"


def few_roles(person: Person) -> tuple[str, ...]:
    """Return the roles of somebody that only few have: they belong to their name."""
    return tuple(person.split("+")[1:])


def actor_of(person: Person, roles: Iterable[str]) -> Actor:
    """Return the actor who is that person, in these roles."""
    return Actor.staff(person.removeprefix(_STAFF), *roles)


def renamed(state: CaseState, names: Mapping[Person, Person]) -> CaseState:
    """Return a case in which people have other names."""
    if not names:
        return state

    def name(person: Person) -> Person:
        return names.get(person, person)

    def maybe(person: Person | None) -> Person | None:
        return None if person is None else name(person)

    appeal, release = state.appeal, state.release
    return attrs.evolve(
        state,
        deciders={version: name(person) for version, person in state.deciders.items()},
        appeal=appeal and attrs.evolve(appeal, reviewer=maybe(appeal.reviewer)),
        release=release
        and attrs.evolve(
            release,
            proposer=name(release.proposer),
            approvers=tuple(map(name, release.approvers)),
        ),
        owner=maybe(state.owner),
        offered_to=maybe(state.offered_to),
        ordered_alone=maybe(state.ordered_alone),
        promises={
            key: attrs.evolve(promise, by=name(promise.by))
            for key, promise in state.promises.items()
        },
    )
