"""How a policy is named on the command line: by entry point, by edition, or by its file."""

from datetime import datetime
from runpy import run_path
from typing import Any

from freezecase.cli.common import policies_of
from freezecase.errors import BadPolicy, NoPolicy
from freezecase.policy.book import PolicyBook
from freezecase.policy.effective import Anchors
from freezecase.policy.policy import Policy

__all__ = ["book_named", "policy_named"]


def book_named(named: str) -> PolicyBook:
    """
    Return the policies that somebody names: `standard`, `NAME`, `NAME@VERSION`, `FILE.py:NAME`.

    Raises:
        BadPolicy: they cannot be found, or are no policy.

    """
    path, _, name = named.rpartition(":")
    if path.endswith(".py"):
        return PolicyBook.of(_in_file(path, name))
    name, _, version = named.partition("@")
    book = policies_of(None if name == "standard" else name)
    return PolicyBook.of(_of_version(book, named, version)) if version else book


def policy_named(named: str, at: datetime) -> Policy:
    """Return of the policies that somebody names the one that is in force at an instant."""
    return book_named(named).in_force(Anchors.all_at(at))


def _of_version(book: PolicyBook, named: str, version: str) -> Policy:
    there = [one.policy for one in book.editions]
    for policy in there:
        if str(policy.version) == version:
            return policy
    raise NoPolicy(f"installed as `{named}`", [f"version {one.version}" for one in there])


def _in_file(path: str, name: str) -> Policy:
    try:
        given: Any = run_path(path).get(name)
        policy = given() if callable(given) else given
    except Exception as error:
        raise BadPolicy(f"`{path}` cannot be run: {type(error).__name__}: {error}") from error
    if not isinstance(policy, Policy):
        held = "nothing" if policy is None else f"a `{type(policy).__name__}`"
        allowed = "a policy, or a function that returns one"
        raise BadPolicy(f"`{path}` holds {held} as `{name}`: it takes {allowed}")
    return policy
