"""
Cited law, as data: what the rules of a jurisdiction say of freezes, complaints, reports, records.

**Not legal advice.** Every rule says who read what, when, and how well it is known; each needs a
named legal owner in the house before it is used.

    eu = packs.load("eu").at("eu-nl")
    policy = eu.into(standard())

In reading order: `rule` (one rule), `binding` (what in a case starts its clock), `pack` (many
rules), `reading` (from a file). Nothing is read until somebody asks.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from freezecase.errors import BadPolicy
from freezecase.policy.packs.pack import Pack
from freezecase.policy.packs.reading import pack_of
from freezecase.policy.packs.rule import PackRule

__all__ = ["Pack", "PackRule", "available", "load", "read"]

_SUFFIX: Final = ".toml"


def available() -> tuple[str, ...]:
    """Return the names of the packs that ship."""
    there = (one.name for one in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in there if name.endswith(_SUFFIX)))


@cache
def load(name: str) -> Pack:
    """
    Return a pack that ships, such as `eu`.

    Raises:
        BadPolicy: there is none of that name.

    """
    if name not in available():
        known = ", ".join(f"`{one}`" for one in available())
        raise BadPolicy(
            f"there is no pack `{name}`: there is {known}; `read` takes a file of yours"
        )
    return pack_of((files(__name__) / f"{name}{_SUFFIX}").read_text(encoding="utf-8"), name)


def read(path: Path | str) -> Pack:
    """
    Return the pack in a file of your own.

    Raises:
        BadPolicy: it cannot be read, or is no pack; the pack, the rule and the field are named.

    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadPolicy(f"pack file `{path}` cannot be read: {error}") from error
    return pack_of(text, Path(path).name)
