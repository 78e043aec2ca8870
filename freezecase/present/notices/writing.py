"""A catalogue with a pen: fills in what is inserted, isolated, and remembers what it stated."""

from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from freezecase.errors import BadNotice
from freezecase.present.notices.bidi import isolated
from freezecase.present.notices.catalogue import Catalogue
from freezecase.present.notices.finding import Finding
from freezecase.present.notices.language import offset
from freezecase.present.notices.messages import MESSAGES, TIMES
from freezecase.present.notices.told import Due
from freezecase.seal.unopened import Erased, Withheld

__all__ = ["Insert", "Pen"]

Insert: TypeAlias = str | tuple[str, ...] | datetime | Due
"""What may be inserted: words, several in a row, a day that has been, or a time to come."""


class Pen:
    """Writes in one language, in the time of one zone."""

    def __init__(self, catalogue: Catalogue, zone: str) -> None:
        """Take up the pen; nothing is stated yet."""
        self._catalogue = catalogue
        self._zone = ZoneInfo(zone)
        self.stated: list[Due] = []

    def say(self, message: str, **inserts: Insert) -> str:
        """Return a message, with its inserts, each of them isolated."""
        return self._filled(message, self._catalogue.text(message), inserts)

    def count(self, message: str, count: int) -> str:
        """Return a counted message in the form that the language has for *count*."""
        number = self._catalogue.rules.number(count)
        return self._filled(message, self._catalogue.text(message, count), {"count": number})

    def word(self, group: str, name: str) -> str | None:
        """Return the word of a group for a machine's name, if the catalogue has one."""
        key = f"{group}.{name}"
        return self.say(key) if key in MESSAGES and name != "other" else None

    def _filled(self, message: str, text: str, inserts: dict[str, Insert]) -> str:
        shown = {name: self._shown(message, name, insert) for name, insert in inserts.items()}
        return text.format_map(shown)

    def _shown(self, message: str, name: str, insert: Insert) -> str:
        if (name in TIMES) != isinstance(insert, Due):
            said = f"`{{{name}}}` of `{message}` is filled by something that nobody owes"
            found = Finding("time-nobody-owes", f"`{self._catalogue.language}`", said)
            raise BadNotice(f"a notice states a time: {found}", findings=(found,))
        if isinstance(insert, Withheld | Erased):
            said = f"`{{{name}}}` of `{message}` is sealed for whoever reads it here"
            found = Finding("text-not-opened", f"`{self._catalogue.language}`", said)
            raise BadNotice(f"a notice says what nobody opened: {found}", findings=(found,))
        if isinstance(insert, Due):
            self.stated.append(insert)
            return self._time(insert.at)
        if isinstance(insert, tuple):  # each by itself: the row runs as the text does
            return self.say("style.separator").join(map(isolated, insert))
        return isolated(self._date(insert) if isinstance(insert, datetime) else insert)

    def _date(self, at: datetime) -> str:
        return self._catalogue.rules.date(at, self._zone)

    def _time(self, at: datetime) -> str:
        rules, zone = self._catalogue.rules, self._zone
        return self._catalogue.text("style.time").format(
            date=isolated(rules.date(at, zone)),
            clock=isolated(rules.clock(at, zone)),
            zone=isolated(offset(at, zone)),
        )
