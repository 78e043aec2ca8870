"""`freezecase diff`: hold a new policy against the old one, as a gate on changes of policy."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from freezecase.app.clock import SystemClock
from freezecase.cli.common import (
    JSON,
    as_instant,
    number,
    print_json,
    progress,
    say_read,
)
from freezecase.cli.named_policy import policy_named
from freezecase.core.commands import asked
from freezecase.core.values import Ground
from freezecase.replay.diff.diff import diff
from freezecase.replay.diff.journeys import WIDTH, Act
from freezecase.replay.diff.order import Direction
from freezecase.replay.diff.pasting import pasted
from freezecase.replay.diff.report import ANY, Difference, DiffReport, folded
from freezecase.replay.diff.words import answer_in_words

__all__ = ["command", "report_lines"]

_WAYS: Final = {
    one.word: one for one in (Direction.STRICTER, Direction.LAXER, Direction.INCOMPARABLE)
}
_ALLOW: Final = "A way in which the new policy may differ; repeatable. None may, if none is named."
_AT: Final = "The instant at which all is asked, and of which day the rules count; now if not said."
_ROLE: Final = "A role that staff may have; repeatable. If none: those that clocks let owe."
_WIDTH: Final = "How many features of a case must meet for the first time. 2 looks much longer."
_TESTS: Final = "Write the differences that are not allowed as tests that hold under OLD."


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--allow", type=click.Choice([*_WAYS]), multiple=True, help=_ALLOW)
@click.option("--at", metavar="INSTANT", callback=as_instant, help=_AT)
@click.option("--role", "roles", metavar="ROLE", multiple=True, help=_ROLE)
@click.option("--width", type=click.IntRange(1, 3), default=WIDTH, show_default=True, help=_WIDTH)
@click.option("--tests", type=click.Path(dir_okay=False, path_type=Path), help=_TESTS)
@JSON
def command(
    old: str,
    new: str,
    *,
    allow: tuple[str, ...],
    at: datetime | None,
    roles: tuple[str, ...],
    width: int,
    tests: Path | None,
    as_json: bool,
) -> int:
    """
    Say where the policy NEW is stricter than OLD, where laxer, where neither, with a case each.

    A policy is named by its entry point in `freezecase.policies`, as `NAME` or `NAME@VERSION`, by
    `standard`, or by the Python file that holds it, as `FILE.py:NAME`: the file is run. Exit code 1
    says that they differ in a way that --allow does not name, 2 that they could not be compared.
    """
    when = at or SystemClock().now().replace(microsecond=0)
    policies = policy_named(old, when), policy_named(new, when)
    with progress("comparing") as bar:
        report = diff(*policies, at=when, roles=roles or None, width=width, progress=bar)
    beyond = report.beyond(_WAYS[one] for one in allow)
    if tests is not None:
        shortest = [some[0] for some in folded(beyond)]
        tests.write_text(pasted(shortest, when), encoding="utf-8")
    read = _read(report, when, allow)
    say_read("diff", read)
    if as_json:
        print_json("diff", read, **_plain(report, beyond))
    else:
        print(*report_lines(report, beyond), sep="\n")
    return 1 if beyond else 0


def _read(report: DiffReport, at: datetime, allow: Sequence[str]) -> dict[str, Any]:
    return {
        "policy": [
            f"{name}: {ref.name} v{ref.version} {ref.digest}" for name, ref in _sides(report)
        ],
        "at": at.isoformat().replace("+00:00", "Z"),
        "allowed": ", ".join(allow) or "no difference",
        "range": f"{number(report.coverage.cases, 'case')}, "
        f"{number(report.coverage.asked, 'question')} to each",
    }


def _sides(report: DiffReport) -> Iterable[tuple[str, Any]]:
    return ("old", report.old), ("new", report.new)


def report_lines(report: DiffReport, beyond: Sequence[Difference]) -> Iterator[str]:
    """Return a report as text: each difference with its witness, what was covered, a last line."""
    for some in folded(report.differences):
        yield from _difference(some)
        yield ""
    coverage = report.coverage
    yield f"differing rules  {_listed(coverage.rules)}"
    yield f"asked in full    {_listed(coverage.commands)}"
    yield f"asked for duties {'every command' if coverage.followed else 'none: no clock differs'}"
    yield from (f"not looked at    {bound}" for bound in coverage.bounds)
    yield f"exhaustive       {'yes' if coverage.exhaustive else 'no'}"
    yield ""
    yield _closing(report, beyond)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words) or "none"


def _difference(some: Sequence[Difference]) -> Iterator[str]:
    """Tell one difference, on several grounds perhaps, by its shortest witness."""
    first = some[0]
    witness, place = first.witness, first.place
    grounds = sorted(one.place.ground for one in some)
    told = {"tier": place.tier, "jurisdiction": place.jurisdiction}
    where = [
        "on every ground" if len(grounds) == len(Ground) else f"on {_listed(grounds)}",
        *(f"{name} `{value}`" for name, value in told.items() if value != ANY),
    ]
    yield f"{first.direction.word}: `{place.command}`, {place.what}, {', '.join(where)}"
    yield f"  old   {answer_in_words(witness.change.old)}"
    yield f"  new   {answer_in_words(witness.change.new)}"
    count = number(sum(one.situations for one in some), "situation")
    yield f"  in    {count}; the shortest, told under {witness.told_under}:"
    yield from (f"    given {_act(act)}" for act in witness.story.acts)
    yield f"    when  {_act(witness.asked)}"


def _act(act: Act) -> str:
    facts = ", ".join(f"{name}={value}" for name, value in act.facts.items())
    ground = getattr(act.command, "ground", None)
    on = f" on `{ground}`" if ground else ""
    at = act.at.isoformat().replace("+00:00", "Z")
    return f"`{asked(act.command)}`{on} by `{act.by.person}`{_roles(act)} at {at}" + (
        f", facts {facts}" if facts else ""
    )


def _roles(act: Act) -> str:
    roles = act.by.roles
    return f" in role `{roles[0]}`" if len(roles) == 1 else " in every role" if roles else ""


def _closing(report: DiffReport, beyond: Sequence[Difference]) -> str:
    counts = ", ".join(
        f"{sum(one.direction is way for one in report.differences):,} {word}"
        for word, way in _WAYS.items()
    )
    if not report.differences:
        return "no difference found"
    return f"{counts}; {number(len(beyond), 'difference')} not allowed"


def _plain(report: DiffReport, beyond: Sequence[Difference]) -> dict[str, Any]:
    coverage = report.coverage
    return {
        "differences": [{**_data(one), "allowed": one not in beyond} for one in report.differences],
        "coverage": {
            "rules": coverage.rules,
            "commands": coverage.commands,
            "followed": coverage.followed,
            "cases": coverage.cases,
            "asked": coverage.asked,
            "bounds": coverage.bounds,
            "exhaustive": coverage.exhaustive,
        },
        "not_allowed": len(beyond),
    }


def _data(one: Difference) -> dict[str, Any]:
    place, witness = one.place, one.witness
    return {
        "direction": one.direction.word,
        "command": place.command,
        "what": place.what,
        "ground": place.ground,
        "tier": place.tier,
        "jurisdiction": place.jurisdiction,
        "situations": one.situations,
        "old": answer_in_words(witness.change.old),
        "new": answer_in_words(witness.change.new),
        "told_under": witness.told_under,
        "given": [_act(act) for act in witness.story.acts],
        "when": _act(witness.asked),
    }
