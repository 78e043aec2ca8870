"""Writing values as the code that makes them, for tests that are ready to paste."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

import attrs

from freezecase.core.actors import Actor
from freezecase.core.commands import ASKED_AS, Command
from freezecase.core.ruling import Fact

__all__ = ["Pen"]


class Pen:
    """Writes values as code, and remembers which names the code takes."""

    def __init__(self, at: datetime) -> None:
        """Begin with a day, from which all other instants are counted."""
        self._at = at
        self._names: set[tuple[str, str]] = set()

    def uses(self, module: str, *names: str) -> None:
        """Remember names that the code takes."""
        self._names |= {(module, name) for name in names}

    def imports(self) -> list[str]:
        """Return the lines that import whatever was used."""
        found: dict[str, list[str]] = {}
        for module, name in sorted(self._names):
            found.setdefault(module, []).append(name)
        return [f"from {module} import {', '.join(names)}" for module, names in found.items()]

    def begin(self) -> str:
        """Write the day on which it begins, to be named `AT`."""
        at = self._at
        day = f"{at.year}, {at.month}, {at.day}, {at.hour}, {at.minute}, {at.second}"
        return f"datetime({day}, {at.microsecond}, tzinfo=UTC)"

    def asked(self, command: Command, by: Actor, at: datetime, facts: Mapping[str, Fact]) -> str:
        """Write what is asked of a story, by whom, when, and with which facts."""
        told = f", facts={self.code(dict(facts))}" if facts else ""
        return f"{self.code(command)}, by={self.code(by)}, at={self.code(at)}{told}"

    def code(self, value: Any) -> str:
        """Write a value as code that makes it again."""
        for kind, write in _WRITES:
            if isinstance(value, kind):
                written: str = write(self, value)
                return written
        if attrs.has(type(value)):
            return self._made(value)
        return repr(value)

    def _made(self, value: Any) -> str:
        """Write a value of a class of ours: all fields that say something else than by default."""
        name = self.name(type(value))
        said = ((field.name, getattr(value, field.name)) for field in attrs.fields(type(value)))
        left_out = {field.name: field.default for field in attrs.fields(type(value))}
        told = [f"{one}={self.code(it)}" for one, it in said if it != left_out[one]]
        return f"{name}({', '.join(told)})"

    def name(self, kind: type[Any]) -> str:
        """Return the name of a class, to be imported."""
        if kind in ASKED_AS:
            self.uses("freezecase", "commands as do")
            return f"do.{kind.__name__}"
        self.uses(kind.__module__, kind.__name__)
        return kind.__name__

    def instant(self, value: datetime) -> str:
        """Write an instant, counted from the day on which it begins."""
        after = value - self._at
        if not after:
            return "AT"
        parts = {"days": after.days, "seconds": after.seconds, "microseconds": after.microseconds}
        return f"AT + timedelta({', '.join(f'{name}={n}' for name, n in parts.items() if n)})"

    def mapping(self, value: Mapping[Any, Any]) -> str:
        """Write a mapping."""
        pairs = (f"{self.code(key)}: {self.code(one)}" for key, one in value.items())
        return f"{{{', '.join(pairs)}}}"

    def several(self, value: tuple[Any, ...]) -> str:
        """Write several values in their order."""
        return f"({''.join(f'{self.code(one)}, ' for one in value).rstrip()})"

    def member(self, value: Enum) -> str:
        """Write a word of a list."""
        return f"{self.name(type(value))}.{value.name}"

    def case(self, _value: UUID) -> str:
        """Write the id of the case that stories are about."""
        self.uses("freezecase.testing.spec", "A_CASE")
        return "A_CASE"

    def actor(self, value: Actor) -> str:
        """Write who acts."""
        said = ", ".join(map(repr, (value.id, *value.roles)))
        return f"{self.name(Actor)}.{value.kind.value}({said})"


_WRITES: Final[tuple[tuple[type[Any], Any], ...]] = (
    (datetime, Pen.instant),
    (Enum, Pen.member),
    (UUID, Pen.case),
    (Actor, Pen.actor),
    (Mapping, Pen.mapping),
    (tuple, Pen.several),
)
