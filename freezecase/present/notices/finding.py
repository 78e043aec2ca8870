"""
What keeps a text from leaving the house: data, with a name, a place, what is wrong, what to do.

`ADVICE` is the one list of names; a test demands that each can be found.
"""

from collections.abc import Mapping
from typing import Final

import attrs

__all__ = ["ADVICE", "Finding"]

ADVICE: Final[Mapping[str, str]] = {
    # what is wrong with a catalogue
    "missing-message": "translate it: nobody is told in English what they cannot read",
    "unknown-message": "take it out, or spell it as the other languages do",
    "untranslated": "translate it: the words are the English ones",
    "missing-category": "write the form that the language uses for such numbers",
    "needless-category": "take it out: the language has no such form, so nobody would read it",
    "unknown-placeholder": "use only the inserts that the message takes",
    "missing-placeholder": "say it: without the insert the message does not say what it must",
    "wrong-direction": "say `ltr` or `rtl`, as the script of the language runs",
    "not-isolated": "put what runs the other way between U+2068 and U+2069, and nothing else",
    "no-words-to-look-for": "list what gives the ground away, so that texts can be looked at",
    # what is wrong with words, wherever they stand
    "false-reason": "say what is true, or that you cannot say more: neutral is not untrue",
    "unlock-nobody-owes": "say what happens next: while nobody owes the release, nobody knows it",
    "time-nobody-owes": "promise it in `promises`, and the notice says it in its own words",
    "not-cleared": "leave it out: this reader may be told less",
    # what is wrong with a notice
    "no-appeal": "say where to appeal, and to whom outside",
    "no-human": "say where a person can be reached",
    "unknown-notice": "use one of the names in `NOTICES`",
    "not-in-the-record": "record it first: a notice tells what happened",
    "words-missing": "give `words`: this notice owes the customer a reason",
    "words-not-taken": "leave `words` out: this notice says only what the record says",
    "no-new-time": "give `promises`: who asks for more time says until when",
    "time-past": "promise a time to come",
    "later-than-owed": "promise it by the time that it is owed, or send `extension` first",
    "promise-taken": "give the promise another name: one of that name is open, or was broken",
}
"""What to do about each."""


@attrs.frozen
class Finding:
    """One reason why a text must not leave."""

    name: str
    """One of `ADVICE`."""
    where: str
    what: str

    @property
    def advice(self) -> str:
        """What to do about it."""
        return ADVICE[self.name]

    def __str__(self) -> str:
        """Return it in one line: the name, where, what, and what to do."""
        return f"`{self.name}` in {self.where}: {self.what}; {self.advice}"
