"""Work for workers that are processes of their own: they import it by its name."""

import os
from pathlib import Path
from uuid import UUID

from freezecase.app.stores.store import Store
from freezecase.core import commands as do
from freezecase.policy.gate import forbid
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from tests.policy.some_rules import says

TOUCHED = False


def untouched() -> bool:
    """Say whether nobody changed anything here."""
    return not TOUCHED


def stricter() -> Policy:
    """The standard policy with one more rule, and still under its name and version."""
    return standard().adding(says(forbid("never"), "never", on=[do.CloseCase]))


def deadly(folder: str) -> Policy:
    """Let the one process die that asks second; the others get the standard policy."""
    for asked in ("first", "second"):
        try:
            (Path(folder) / asked).touch(exist_ok=False)
        except FileExistsError:
            continue
        if asked == "second":
            os._exit(9)
        break
    return standard()


def fails(store: Store, *, after: UUID | None, upto: UUID | None) -> list[str]:
    """Fail wherever a range has a first case."""
    if after is not None:
        raise OSError("no way")
    return [f"up to {upto}"]
