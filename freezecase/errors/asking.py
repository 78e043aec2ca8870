"""What is asked and cannot be: values, commands, rules. And the root of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from freezecase.core.ruling import Ruling

__all__ = [
    "BadPolicy",
    "CommandReused",
    "Conflict",
    "FactMissing",
    "FreezeCaseError",
    "InvalidValue",
    "NoPolicy",
    "NoSuchCase",
    "NotAllowedNow",
    "NotCovered",
    "OverBudget",
    "PolicyClash",
    "PolicyForbids",
    "Refused",
]


def _choices(allowed: Iterable[str]) -> str:
    """Say what would have been allowed, in a stable order."""
    return ", ".join(f"`{name}`" for name in sorted(allowed)) or "nothing"


class FreezeCaseError(Exception):
    """The root of everything this library raises on purpose."""

    def __init__(self, message: str, **parts: Any) -> None:
        """Keep *parts* as attributes beside the message."""
        super().__init__(message)
        self.__dict__.update(parts)

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive a trip through a process pool whatever the constructor asks for."""
        return _revive, (type(self), self.args, self.__dict__)


def _revive(kind: type[FreezeCaseError], args: Any, parts: dict[str, Any]) -> FreezeCaseError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(parts)
    return error


class InvalidValue(FreezeCaseError, ValueError):
    """A value cannot be what it claims to be: `.what` was given, `.field` should have taken it."""

    field: str
    what: object

    def __init__(self, field: str, what: object, allowed: str) -> None:
        """Name the field, the value as given, and what it takes."""
        super().__init__(f"{field} cannot be `{what!r}`: {allowed}", field=field, what=what)


class Refused(FreezeCaseError):
    """The request was understood and turned down. Nothing was changed."""


class NotAllowedNow(Refused):
    """The case is not in a position for what was asked."""

    asked: str
    position: str
    allowed: frozenset[str]

    def __init__(self, *, asked: str, position: str, allowed: Iterable[str]) -> None:
        """Name what was asked, the position of the case, and what that position allows."""
        allowed = frozenset(allowed)
        said = f"cannot {asked} while {position}: it allows {_choices(allowed)}"
        super().__init__(said, asked=asked, position=position, allowed=allowed)


class PolicyForbids(Refused):
    """The ruling said no. `.ruling` names the rules that decided and what they require."""

    ruling: Ruling

    def __init__(self, ruling: Ruling) -> None:
        """Carry the whole ruling."""
        super().__init__(ruling.in_words(), ruling=ruling)


class NoSuchCase(FreezeCaseError, LookupError):
    """No case has that id."""

    case: str

    def __init__(self, case: object, at: str = "", allowed: str = "") -> None:
        """Name the id that was asked for; *at* which version or instant, if there is one now."""
        there = f"`{case}` at {at}" if at else f"`{case}`"
        allowed = allowed or "impose a freeze to open one, or check the store you opened"
        super().__init__(f"no case {there}: {allowed}", case=str(case))


class Conflict(FreezeCaseError):
    """Somebody else wrote to the case first, and the command kept losing or its answer changed."""

    case: str
    version: int

    def __init__(self, case: object, version: int, why: str) -> None:
        """Name the case and the version that was expected to be the newest."""
        said = f"case `{case}` moved on from version {version}: {why}"
        super().__init__(said, case=str(case), version=version)


class CommandReused(FreezeCaseError):
    """One command id was used for two different commands."""

    command_id: str
    case: str


class NotCovered(FreezeCaseError):
    """The case would wait for something that nobody owes; nothing was written."""

    case: str
    what: str
    subject: str


class FactMissing(FreezeCaseError):
    """A rule asked for something that the host did not say."""

    fact: str


class OverBudget(FreezeCaseError):
    """A rule ran longer than it may, and was stopped. What it did about that is dropped."""

    rule: str
    seconds: float

    def __init__(self, rule: str, seconds: float) -> None:
        """Name the function of the rule, and the seconds it was allowed."""
        said = f"rule `{rule}` ran longer than {seconds:g} s: make it do less, or allow it more"
        super().__init__(said, rule=rule, seconds=seconds)


class BadPolicy(FreezeCaseError):
    """A policy cannot be put together, found or loaded."""


class PolicyClash(BadPolicy):
    """Two policies stand under one name and version, and are not the same."""

    name: str
    version: int


class NoPolicy(BadPolicy):
    """No policy of that name is known, or none is in force at that instant."""

    def __init__(self, asked: str, known: Iterable[str]) -> None:
        """Say what was asked for, and what there is."""
        there = ", ".join(f"`{one}`" for one in sorted(known)) or "none"
        super().__init__(f"there is no policy {asked}: known are {there}")
