"""Writes the table of what a case can wait for from the table itself."""

from collections.abc import Iterable, Mapping
from typing import Final

from freezecase.core.pending import PENDING

__all__ = ["pending_table"]

SAYS: Final[Mapping[str, str]] = {
    "enforcement": "the freeze does not bind the account yet",
    "lifting": "a release is ordered and not confirmed",
    "notice": "the customer was not told, and why not is not on record",
    "withheld-notice": "something is withheld from the customer",
    "review": "nobody has decided whether the freeze stands",
    "renewal": "the freeze stands, and takes new reasons in time",
    "approval": "a release is proposed",
    "acknowledgement": "an appeal was filed",
    "appeal-decision": "an appeal is heard, by us or by a body outside",
    "evidence": "the customer is to show something",
    "check-review": "something was shown",
    "reply": "the customer got in touch",
    "human": "the customer asked for a person",
    "hand-over": "the case is offered to somebody",
    "closing": "everything is over but the closing",
}
"""Why a case waits for it, in words."""


def pending_table() -> str:
    """Return what a case can wait for, why, and the kinds of event that end the wait."""
    rows = (f"| `{what}` | {SAYS[what]} | {_listed(ends)} |" for what, _, ends in PENDING)
    return "\n".join(["| it waits for | because | until |", "| --- | --- | --- |", *rows])


def _listed(kinds: Iterable[str]) -> str:
    return ", ".join(f"`{kind}`" for kind in sorted(kinds))
