"""What one language says: its texts by message and plural category, and what to look out for."""

from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from freezecase.core.values import Ground
from freezecase.present.notices.language import Language

__all__ = ["OTHER", "Catalogue", "Looked"]

OTHER: Final = "other"
"""The category that every language has; what is not counted stands under it."""


@attrs.frozen(kw_only=True)
class Looked:
    """
    What the lint looks for in a language: words, with `*` for any letters and `#` for a number.

    It finds what somebody wrote by habit, not what somebody hides.
    """

    false_reasons: tuple[str, ...]
    """Reasons that are never true: no ground is one of them."""
    unlocks: tuple[str, ...]
    """Ways of saying that the freeze will end."""
    deadlines: tuple[str, ...]
    """Ways of saying by when."""
    grounds: Mapping[Ground, tuple[str, ...]]
    """Words that give a ground away."""


@attrs.frozen(kw_only=True)
class Catalogue:
    """What one language says, and how it is written."""

    language: str
    locale: str
    """Its name in the CLDR, such as `en-GB`: how its dates and numbers are written."""
    direction: str
    endonym: str
    """What its speakers call it."""
    reviewed_by: str
    """The native speaker who read it; empty while nobody has."""
    texts: Mapping[tuple[str, str], str]
    """Each text, by its message and its plural category."""
    looked: Looked

    @property
    def rules(self) -> Language:
        """How the language counts and writes dates."""
        return Language.of(self.locale)

    def text(self, message: str, count: int | None = None) -> str:
        """Return the text of a message, in the form for *count*."""
        category = OTHER if count is None else self.rules.category(count)
        return self.texts[message, category]

    def of(self, message: str) -> Iterator[tuple[str, str]]:
        """Yield the categories in which there is a text for a message, and the texts."""
        return (
            (category, text) for (name, category), text in self.texts.items() if name == message
        )
