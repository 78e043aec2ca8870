"""
The texts of an entry that are sealed: taken out before it is spelt, and filled in once opened.

What is left is the public part, with a placeholder for each. It folds as it did before.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import attrs

from freezecase.core.personal import PLACEHOLDER, masked, personal, texts_of, with_texts
from freezecase.core.values import Audience
from freezecase.wire.shapes import Entry

__all__ = ["EVENT", "Texts", "filled", "in_command", "placeholders", "taken_out", "texts_in"]

EVENT, COMMAND = "event.", "command."

Texts: TypeAlias = Mapping[Audience, Mapping[str, str]]
"""The texts of a record for each audience, by their path, such as `event.reason`."""


def taken_out(entry: Entry) -> tuple[Entry, Texts]:
    """Return an entry without the texts that are to be sealed, and those."""
    found: dict[Audience, dict[str, str]] = {}
    for path, value in _values(entry):
        for audience, texts in texts_in(path, value).items():
            found.setdefault(audience, {}).update(texts)
    return (_changed(entry, masked, masked), found) if found else (entry, found)


def texts_in(path: str, value: Any) -> Texts:
    """Return the texts of an event or a command, under paths that begin with *path*."""
    found: dict[Audience, dict[str, str]] = {}
    audiences = personal(type(value))
    for name, text in texts_of(value).items():
        found.setdefault(audiences[name], {})[f"{path}{name}"] = text
    return found


def filled(entry: Entry, texts: Mapping[str, str]) -> Entry:
    """Return an entry with *texts* where they were taken out, each by its path."""
    event, command = _under(EVENT, texts), in_command(texts)
    return _changed(
        entry, lambda value: with_texts(value, event), lambda value: with_texts(value, command)
    )


def placeholders(entry: Entry) -> Texts:
    """Return where a record that was read has placeholders, for each audience."""
    found: dict[Audience, dict[str, str]] = {}
    for audience, texts in taken_out(entry)[1].items():
        left = {path: text for path, text in texts.items() if _stands_in(text)}
        if left:
            found[audience] = left
    return found


def _stands_in(text: str) -> bool:
    """Say whether a text is there in place of another; one that knows why is a text of its own."""
    return text == PLACEHOLDER or type(text) is not str


def in_command(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of a command by their fields, of all the texts of a record."""
    return _under(COMMAND, texts)


def _under(path: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {key.removeprefix(path): said for key, said in texts.items() if key.startswith(path)}


def _values(entry: Entry) -> list[tuple[str, Any]]:
    """Return what an entry holds texts in, and how a path into it begins."""
    values: list[tuple[str, Any]] = [(EVENT, entry.event)]
    return values if entry.asked is None else [*values, (COMMAND, entry.asked.command)]


def _changed(entry: Entry, event: Any, command: Any) -> Entry:
    asked = entry.asked
    if asked is not None:
        asked = attrs.evolve(asked, command=command(asked.command))
    return attrs.evolve(entry, event=event(entry.event), asked=asked)
