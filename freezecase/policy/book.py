"""
Which policy judges which case: policies by date, so that every case is judged by its own law.

    book = PolicyBook.of(
        standard(), Edition(stricter, Effective(since=july, anchor=Anchor.RECORD))
    )

A case that was opened in June keeps the standard policy for ever; one opened in July is judged by
the stricter one. Every ruling stores which policy made it, so `named` finds it again years later.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import entry_points
from typing import Any, Final, Self

import attrs

from freezecase.core.ruling import PolicyRef
from freezecase.errors import BadPolicy, NoPolicy, PolicyClash
from freezecase.policy.effective import ALWAYS, Anchors, Effective
from freezecase.policy.policy import Policy

__all__ = ["GROUP", "Edition", "PolicyBook", "installed_policies"]

GROUP: Final = "freezecase.policies"
"""The entry-point group under which packages ship policies."""
_EVER: Final = datetime.min.replace(tzinfo=UTC)


@attrs.frozen
class Edition:
    """A policy, and for which cases it is in force."""

    policy: Policy
    effective: Effective = ALWAYS


def _editions(given: Iterable[Policy | Edition]) -> tuple[Edition, ...]:
    found = tuple(one if isinstance(one, Edition) else Edition(one) for one in given)
    first: dict[tuple[str, int], Policy] = {}
    for edition in found:
        policy = edition.policy
        known = first.setdefault((policy.name, policy.version), policy)
        if known is not policy and known.ref != policy.ref:  # a digest takes time: only if needed
            raise PolicyClash(
                f"two policies are named `{policy.name}` version {policy.version}, with digests "
                f"`{known.ref.digest}` and `{policy.ref.digest}`: give what changed a new version",
                name=policy.name,
                version=policy.version,
            )
    return found


@attrs.frozen(slots=False)
class PolicyBook:
    """
    Policies by date. Of several in force for a case, the one that began last holds.

    Of two that began together the higher version holds, so an old version may stay in the book
    for the rulings that it made.
    """

    editions: tuple[Edition, ...] = attrs.field(converter=_editions)

    def __attrs_post_init__(self) -> None:
        """Refuse two policies of which nobody could say which holds."""
        first: dict[tuple[datetime, int], Policy] = {}
        for edition in self.editions:
            policy = edition.policy
            other = first.setdefault(_began(edition), policy)
            if other.name != policy.name:  # of one name and version they are one
                raise BadPolicy(
                    f"policies `{other.name}` and `{policy.name}`, both version {policy.version}, "
                    "are in force from the same day: let one begin later, or give it a higher "
                    "version"
                )

    @classmethod
    def of(cls, *policies: Policy | Edition) -> Self:
        """
        Return a book of these policies; one that is not dated holds for ever.

        Raises:
            PolicyClash: two of them stand under one name and version, and differ.
            BadPolicy: there is none.

        """
        if not policies:
            raise BadPolicy("a policy book takes at least one policy")
        return cls(policies)

    def adding(self, *policies: Policy | Edition) -> Self:
        """Return this book with more editions."""
        return attrs.evolve(self, editions=(*self.editions, *policies))

    def in_force(self, anchors: Anchors) -> Policy:
        """
        Return the policy for a case of these dates, with the rules that are in force for it.

        Raises:
            NoPolicy: no edition is in force for it.

        """
        if len(self.editions) == 1 and self.editions[0].effective == ALWAYS:
            return self.editions[0].policy.on(anchors)
        holding = [one for one in self.editions if one.effective.holds(anchors)]
        if not holding:
            asked = f"in force at {anchors.trigger.isoformat()}"
            raise NoPolicy(asked, self._names)
        return max(holding, key=_began).policy.on(anchors)

    def named(self, ref: PolicyRef) -> Policy:
        """
        Return the policy that made a ruling, to the letter.

        Raises:
            NoPolicy: there is none of that name, version and digest: its code was lost or changed.

        """
        for edition in self.editions:
            if edition.policy.ref == ref:
                return edition.policy
        raise NoPolicy(
            f"`{ref.name}` version {ref.version} with digest `{ref.digest}`", self._names
        )

    def mapped(self, change: Callable[[Policy], Policy]) -> Self:
        """Return this book with every policy changed by a function."""
        changed = tuple(attrs.evolve(one, policy=change(one.policy)) for one in self.editions)
        return attrs.evolve(self, editions=changed)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(f"{one.policy.name} {one.policy.version}" for one in self.editions)


def _began(edition: Edition) -> tuple[datetime, int]:
    return edition.effective.since or _EVER, edition.policy.version


def installed_policies(group: str = GROUP) -> dict[str, tuple[Edition, ...]]:
    """
    Return the policies that installed packages ship, by the name of their entry point.

    An entry point names a `Policy`, an `Edition`, several of them, or a function that returns any
    of these. They are found, not used: give the one you want to `Casebook.open`.

    Raises:
        BadPolicy: one cannot be loaded, or is something else.
        PolicyClash: two of them stand under one name and version, and differ.

    """
    found: dict[str, tuple[Edition, ...]] = {}
    for point in entry_points(group=group):
        if point.name in found:
            raise BadPolicy(f"two packages ship policies as `{point.name}`: uninstall one of them")
        found[point.name] = _loaded(point)
    _editions(edition for several in found.values() for edition in several)
    return found


def _loaded(point: Any) -> tuple[Edition, ...]:
    where = f"entry point `{point.name}` = `{point.value}`"
    try:
        given = point.load()
        given = given() if callable(given) else given
    except Exception as error:
        raise BadPolicy(f"{where} cannot be loaded: {type(error).__name__}: {error}") from error
    several: Any = (given,) if isinstance(given, Policy | Edition) else given
    if not isinstance(several, list | tuple):
        raise BadPolicy(f"{where} is a `{type(given).__name__}`: it takes policies or editions")
    strangers = [one for one in several if not isinstance(one, Policy | Edition)]
    if strangers or not several:
        held = f"a `{type(strangers[0]).__name__}`" if strangers else "nothing"
        raise BadPolicy(f"{where} holds {held}: it takes policies or editions")
    return _editions(several)
