"""
A language from its file: TOML in, a checked catalogue out. Every refusal names the file and why.

A table whose keys are plural categories is one counted message; any other table is a group of them.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from freezecase.core.values import Ground
from freezecase.errors import BadNotice
from freezecase.present.notices.catalogue import OTHER, Catalogue, Looked
from freezecase.present.notices.lint import lint
from freezecase.present.notices.messages import CATEGORIES

__all__ = ["available", "catalogue_of", "load", "read"]

_LANGUAGES: Final = files("freezecase.present.notices") / "languages"
_SUFFIX: Final = ".toml"
_ABOUT: Final = ("language", "locale", "direction", "endonym", "reviewed_by")
_LISTS: Final = ("false_reasons", "unlocks", "deadlines")


def available() -> tuple[str, ...]:
    """Return the languages that ship."""
    there = (one.name for one in _LANGUAGES.iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in there if name.endswith(_SUFFIX)))


@cache
def load(language: str) -> Catalogue:
    """
    Return what a language that ships says, such as `cy`.

    Raises:
        BadNotice: there is no such language, or its file must not be used as it stands.

    """
    if language not in available():
        known = ", ".join(f"`{one}`" for one in available())
        raise BadNotice(
            f"there is no language `{language}`: there is {known}; `read` takes a file of yours",
            findings=(),
        )
    text = (_LANGUAGES / f"{language}{_SUFFIX}").read_text(encoding="utf-8")
    return _sound(catalogue_of(text, language), language)


def read(path: Path | str) -> Catalogue:
    """
    Return what a language says in a file of your own.

    Raises:
        BadNotice: it cannot be read, or must not be used as it stands; all that is wrong is named.

    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadNotice(f"language file `{path}` cannot be read: {error}", findings=()) from error
    return _sound(catalogue_of(text, Path(path).name), Path(path).name)


def _sound(catalogue: Catalogue, name: str) -> Catalogue:
    """Refuse a catalogue in which something is missing, untrue or not for its reader."""
    english = load("en") if catalogue.language != "en" else None
    findings = lint(catalogue, english)
    if findings:
        said = "; ".join(map(str, findings))
        raise BadNotice(f"language `{name}` must not be used: {said}", findings=findings)
    return catalogue


def catalogue_of(text: str, name: str) -> Catalogue:
    """
    Return the catalogue that *text* says, in TOML, whether or not it is sound; see `lint`.

    Raises:
        BadNotice: it is no TOML, or no catalogue.

    """
    where = f"language `{name}`"
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadNotice(f"{where} is no TOML: {error}", findings=()) from None
    about = {key: _text(table.pop(key, None), f"{where}, {key}") for key in _ABOUT}
    looked = _looked(table.pop("lint", None), f"{where}, lint")
    texts = {
        key: _text(said, f"{where}, {'.'.join(key)}") for key, said in _texts(table, f"{where}")
    }
    return Catalogue(**about, looked=looked, texts=MappingProxyType(texts))


def _texts(table: Mapping[str, Any], where: str) -> Iterator[tuple[tuple[str, str], object]]:
    for group, said in table.items():
        if not isinstance(said, dict):
            raise BadNotice(f"{where}, {group} is `{said!r}`: it takes a table", findings=())
        if _is_counted(said):
            yield from (((group, category), text) for category, text in said.items())
            continue
        for key, inner in said.items():
            forms = inner if isinstance(inner, dict) else {OTHER: inner}
            yield from (((f"{group}.{key}", category), text) for category, text in forms.items())


def _is_counted(table: Mapping[str, object]) -> bool:
    return bool(table) and table.keys() <= {*CATEGORIES}


def _text(given: object, where: str) -> str:
    if not isinstance(given, str):
        raise BadNotice(f"{where} is `{given!r}`: it takes a text", findings=())
    return given


def _looked(given: object, where: str) -> Looked:
    table = given if isinstance(given, dict) else {}
    for key in table.keys() - {*_LISTS, "grounds"}:
        raise BadNotice(f"{where}: `{key}` is no list of it", findings=())
    grounds = table.get("grounds", {})
    if not isinstance(grounds, dict) or not {*grounds} <= {*Ground}:
        known = ", ".join(f"`{ground}`" for ground in Ground)
        raise BadNotice(f"{where}, grounds: it takes a table of {known}", findings=())
    lists = {key: _words(table.get(key, []), f"{where}, {key}") for key in _LISTS}
    of_grounds = {
        Ground(ground): _words(words, f"{where}, {ground}") for ground, words in grounds.items()
    }
    return Looked(**lists, grounds=MappingProxyType(of_grounds))


def _words(given: object, where: str) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise BadNotice(f"{where} is `{given!r}`: it takes a list of texts", findings=())
    return tuple(_text(one, where) for one in given)
