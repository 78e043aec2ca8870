"""What leaves the house: a notice in one language, with the promises its text makes."""

import attrs

from freezecase.core.values import Instant, Slug, Stated

__all__ = ["Notice", "Section"]


@attrs.frozen
class Section:
    """One part of a notice, such as how to appeal: a heading, and paragraphs."""

    name: Slug
    heading: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The part in plain text, a paragraph a line."""
        return "\n".join((self.heading, *self.paragraphs) if self.heading else self.paragraphs)


@attrs.frozen(kw_only=True)
class Notice:
    """
    A text to the customer, ready to be sent and recorded.

    `SendNotice` takes `notice`, `language`, `text` and `promises` as they are here.
    """

    notice: Slug
    language: Slug
    direction: str
    """`ltr` or `rtl`: which way the page runs that shows it."""
    subject: str
    sections: tuple[Section, ...]
    stated: tuple[Instant, ...] = ()
    """Every time to come that the text states, in order; each is owed, or the customer's right."""
    promises: tuple[Stated, ...] = ()
    """What the text says that we do, by when, and that is no promise yet."""

    @property
    def text(self) -> str:
        """The whole in plain text, inserts isolated (U+2068, U+2069)."""
        return "\n\n".join((self.subject, *(section.text for section in self.sections)))
