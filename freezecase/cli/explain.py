"""`freezecase explain`: why something was allowed or refused, and what is owed since."""

from uuid import UUID

import click

from freezecase.casebook import Casebook
from freezecase.cli.common import (
    DB,
    JSON,
    POLICY,
    cases_named,
    policies_of,
    print_json,
    say_read,
)
from freezecase.views.explaining import explanation
from freezecase.views.timeline import policy_of

__all__ = ["command"]


@click.command("explain")
@click.argument("case")
@click.argument("version", type=click.IntRange(min=1), required=False)
@DB
@POLICY
@JSON
def command(case: str, version: int | None, db: str, policy: str | None, *, as_json: bool) -> int:
    """
    Explain one turn of CASE: the one that VERSION belongs to, or the newest.

    CASE is a case id, or the id of an account with one case. It is for staff: it names rules and
    inputs that a customer may not be told.
    """
    with Casebook.open(db, policy=policies_of(policy), create=False) as book:
        history = book.history(_one(book, case))
        told = explanation(history, book.policies, version)
        read = {
            "store": book.store.where,
            "range": f"versions 1 to {history[-1].version} of case {history[0].case}",
            "policy": sorted({policy_of(record.ruling) for record in history if record.ruling}),
        }
    say_read("explain", read)
    if as_json:
        print_json("explain", read, explanation=told)
    else:
        print(told)
    return 0


def _one(book: Casebook, named: str) -> UUID:
    """Return the case that is named; of an account with several, one has to be chosen."""
    found = cases_named(book.store, named)
    if len(found) > 1:
        ids = ", ".join(f"`{one}`" for one in found)
        raise click.ClickException(f"account `{named}` has several cases: name one of {ids}")
    return found[0]
