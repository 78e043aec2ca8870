"""
What stands in the place of a text that is not shown: words in brackets that know why.

Both are texts, so that whatever prints a record prints them; and types of their own, so that no
program takes them for what somebody said.
"""

from datetime import datetime
from typing import Any, Self

from freezecase.core.values import Audience

__all__ = ["Erased", "Withheld"]


class Withheld(str):
    """A text that this reader may not see. Who may, it says as `audience` and not in its words."""

    __slots__ = ("audience",)

    audience: Audience

    def __new__(cls, audience: Audience) -> Self:
        """Stand for a text of *audience*; the words are the same for every audience."""
        self = super().__new__(cls, "[withheld]")
        self.audience = audience
        return self

    def __repr__(self) -> str:
        """Show the type: it is no text that somebody wrote."""
        return f"Withheld({self.audience!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive a copy, and a trip to another process."""
        return Withheld, (self.audience,)


class Erased(str):
    """A text that nobody can read any more: its key was destroyed, and there is a tombstone."""

    __slots__ = ("at", "key")

    key: str
    """The id of the key that was destroyed."""
    at: datetime
    """When it was."""

    def __new__(cls, key: str, at: datetime) -> Self:
        """Stand for a text that was sealed under *key*, which was destroyed *at* an instant."""
        self = super().__new__(cls, f"[erased on {at.date().isoformat()}]")
        self.key, self.at = key, at
        return self

    def __repr__(self) -> str:
        """Show the type: it is no text that somebody wrote."""
        return f"Erased({self.key!r}, {self.at!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive a copy, and a trip to another process."""
        return Erased, (self.key, self.at)
