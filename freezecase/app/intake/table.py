"""One table of a mapping file, taken key by key; what is wrong is named, and what is left over."""

from collections.abc import Iterable
from typing import Any, Self, TypeVar

import attrs

from freezecase.errors import BadMapping

__all__ = ["Table"]

K = TypeVar("K")
LONGEST_LINE = 200


@attrs.frozen
class Table:
    """A table at a path in a file, and the keys that were asked for so far."""

    file: str
    path: str
    data: dict[str, Any]
    asked: set[str]

    @classmethod
    def of(cls, file: str, data: dict[str, Any], path: str = "") -> Self:
        """Return the table *data*, which stands at *path* in *file*."""
        return cls(file, path, data, set())

    def bad(self, key: str, what: str) -> BadMapping:
        """Return the error that says what is wrong with *key*."""
        where = _joined(self.path, key)
        place = f"mapping `{self.file}`" + (f": `{where}`" if where else "")
        return BadMapping(f"{place} {what}", file=self.file, key=where)

    def bad_choice(self, key: str, said: str, known: Iterable[str]) -> BadMapping:
        """Return the error for a word that is none of the *known* ones."""
        words = ", ".join(f"`{word}`" for word in known)
        return self.bad(key, f"cannot be `{said}`: it takes one of {words}")

    def done(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in self.data:
            if key not in self.asked:
                raise self.bad_key(key)

    def bad_key(self, key: str) -> BadMapping:
        """Return the error for a key that means nothing here."""
        words = ", ".join(f"`{word}`" for word in sorted(self.asked))
        return self.bad(key, f"means nothing here: it takes {words}")

    def take(self, key: str, kind: type[K], words: str, default: Any = ...) -> K:
        """Return the value of *key*, which must be of *kind*; without default it must be there."""
        self.asked.add(key)
        if key not in self.data:
            if default is ...:
                raise self.bad(key, f"is missing: it takes {words}")
            return default  # type: ignore[no-any-return]  # what the caller says
        value = self.data[key]
        if type(value) is not kind:
            raise self.bad(key, f"cannot be `{value!r}`: it takes {words}")
        return value

    def text(self, key: str, default: Any = ...) -> str:
        """Return a text that says something."""
        value = self.take(key, str, "a text", default)
        if value == "":
            raise self.bad(key, "cannot be empty: it takes a text")
        return value

    def text_or_none(self, key: str) -> str | None:
        """Return a text, or nothing where nothing is said."""
        return self.text(key) if key in self.data else self.take(key, type(None), "", None)

    def line(self, key: str) -> str:
        """Return a text of one printable line."""
        value = self.text(key)
        if not value.isprintable() or len(value) > LONGEST_LINE:
            raise self.bad(key, f"takes one printable line of up to {LONGEST_LINE} characters")
        return value

    def flag(self, key: str, default: Any = ...) -> bool:
        """Return true or false."""
        return self.take(key, bool, "true or false", default)

    def number(self, key: str, default: Any = ...) -> int:
        """Return a whole number of zero or more."""
        value = self.take(key, int, "a whole number", default)
        if value < 0:
            raise self.bad(key, f"cannot be `{value}`: it takes zero or more")
        return value

    def texts(self, key: str, default: Any = ...) -> tuple[str, ...]:
        """Return several texts, at least one."""
        values = self.take(key, list, "a list of texts", default)
        if key in self.data and (not values or any(type(one) is not str for one in values)):
            raise self.bad(key, f"cannot be `{values!r}`: it takes a list of texts")
        return tuple(values)

    def choice(self, key: str, known: Iterable[str], default: Any = ...) -> str:
        """Return one of the *known* words."""
        said = self.text(key, default)
        words = [str(word) for word in known]
        if said not in words:
            raise self.bad_choice(key, said, words)
        return said

    def table(self, key: str, default: Any = ...) -> "Table":
        """Return the table under *key*."""
        return self._within(key, self.take(key, dict, "a table", default))

    def tables(self, key: str) -> list["Table"]:
        """Return the tables under *key*, at least one."""
        values = self.take(key, list, f"tables, as `[[{self.path}.{key}]]`")
        if not values or any(type(one) is not dict for one in values):
            raise self.bad(key, f"takes one table or more, as `[[{self.path}.{key}]]`")
        return [self._within(f"{key}[{n}]", one) for n, one in enumerate(values, start=1)]

    def _within(self, key: str, data: dict[str, Any]) -> "Table":
        return Table.of(self.file, data, _joined(self.path, key))


def _joined(*parts: str) -> str:
    """Return a path as TOML says it, with the place in a list in brackets."""
    return ".".join(filter(None, parts)).replace(".[", "[")
