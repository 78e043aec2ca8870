"""`freezecase prove`: look at every state that cases under a policy can come to, and report."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from textwrap import indent
from time import perf_counter, process_time
from typing import Final

import click

from freezecase.cli.common import JSON, number, print_json, progress, say, say_read
from freezecase.cli.exact import exact
from freezecase.cli.named_policy import policy_named
from freezecase.replay.prove import ASSUMED, Bounds, Finding, Proof, prove
from freezecase.replay.prove.bounds import DAY

__all__ = ["command", "exit_code", "proof_lines"]

_POLICY: Final = "The policy: `standard`, an entry point, `NAME@VERSION`, or `FILE.py:NAME`."
_FEW: Final = "A role that only so many people have, such as `approver=1`; repeatable."
_STATES: Final = "How many states to look at before it is given up."
_TESTS: Final = "Write a test for each finding, ready to paste, into this file."
_DUTIES: Final = ("human-clock", "review-clock", "appeal-decision-clock")
"""The duties whose longest way to the accountable role is told: a person, a look, a decision."""


@click.command("prove")
@click.option("--policy", "named", metavar="NAME", default="standard", help=_POLICY)
@click.option("--few", metavar="ROLE=COUNT", multiple=True, help=_FEW)
@click.option("--states", type=click.IntRange(1), default=Bounds().states, help=_STATES)
@click.option("--tests", type=click.Path(dir_okay=False, path_type=Path), help=_TESTS)
@JSON
def command(
    named: str, few: tuple[str, ...], states: int, tests: Path | None, *, as_json: bool
) -> int:
    """
    Prove that a policy leaves nobody stuck, or show the shortest way to where it does.

    Every state is looked at that a case can come to, within bounds that are told with the verdict,
    by the real rules. Exit code 1 says that something is wrong with the policy, 2 that the bounds
    did not reach.
    """
    policy = policy_named(named, DAY)
    bounds = Bounds(states=states, few=dict(map(_few, few)))
    wall, cpu = perf_counter(), process_time()
    with progress("exploring") as bar:
        tell = (lambda _slice, found: bar(found, None)) if bar is not None else None
        proof = prove(policy, bounds, progress=tell)
    wall, cpu = perf_counter() - wall, process_time() - cpu
    if tests is not None:
        tests.write_text("\n\n".join(one.as_test() for one in proof.findings), "utf-8")
    read = {"policy": f"{proof.policy.name} {proof.policy.version}, {proof.policy.digest}"}
    say_read("prove", read)
    say(
        f"  took: {wall:.1f} s, {cpu:.1f} s of a processor, {proof.states / cpu:,.0f} states a "
        f"second, {getrusage(RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB at most"
    )
    if as_json:
        print_json("prove", read, proof=exact(proof), assumed=ASSUMED, proved=proof.proved)
    else:
        print(*proof_lines(proof), sep="\n")
    return exit_code(proof)


def _few(said: str) -> tuple[str, int]:
    role, _, count = said.partition("=")
    if not role or not count.isdecimal():
        raise click.BadParameter(f"`{said}` is no role and count, such as `approver=1`")
    return role, int(count)


def exit_code(proof: Proof) -> int:
    """Return 0 if it is proved, 1 if something is wrong, 2 if the bounds did not reach."""
    if proof.findings:
        return 1
    return 0 if proof.exhaustive else 2


def proof_lines(proof: Proof) -> Iterator[str]:
    """Return a proof as text: findings, what never spoke, how long, how far, and the verdict."""
    for finding in proof.findings:
        yield from (*_finding(finding), "")
    yield from _rules("never speaks", proof.dead)
    yield from _rules("never decides", proof.shadowed)
    for clock in _DUTIES:
        if clock in proof.longest:
            yield f"{clock:<22} at the longest {_length(proof.longest[clock])} to the last of all"
    yield ""
    yield from _bounds(proof)
    yield ""
    yield _verdict(proof)


def _finding(finding: Finding) -> Iterator[str]:
    rules = f" ({', '.join(finding.rules)})" if finding.rules else ""
    yield f"{finding.flaw}: {finding.says}{rules}"
    for line in finding.told():
        yield indent(line, "    ")


def _rules(what: str, rules: tuple[str, ...]) -> Iterator[str]:
    for rule in rules:
        yield f"rule `{rule}` {what}"


def _length(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    said = ((days, "d"), (hours, "h"), (minutes, "min"))
    return " ".join(f"{count} {unit}" for count, unit in said if count) or "no time"


def _bounds(proof: Proof) -> Iterator[str]:
    bounds = proof.bounds
    yield "slice             states     moves  people"
    for one in proof.slices:
        yield f"{one.slice:<14} {one.states:>9,} {one.moves:>9,} {one.people:>7}"
    yield f"{'together':<14} {proof.states:>9,}; {number(proof.questions, 'question')} asked"
    yield f"people         at least {proof.people} of the staff; one of them may leave at any time"
    for role, count in bounds.few.items():
        yield f"few            {count} of role `{role}`"
    yield f"grounds        {number(len(bounds.grounds), 'ground')}, rules asked of each"
    yield "scopes         a part, more, and everything with log-in"
    for what in ("checks", "notices", "channels", "promises", "holds", "bases"):
        yield f"{what:<14} {', '.join(getattr(bounds, what))}; one at a time"
    yield f"day            the rules in force on {DAY:%Y-%m-%d}"
    for line in ASSUMED:
        yield f"assumed        {line}"


def _verdict(proof: Proof) -> str:
    if proof.findings:
        return f"not proved: {number(len(proof.findings), 'finding')}"
    if not proof.exhaustive:
        return f"not proved: stopped at {proof.bounds.states:,} states; nothing wrong so far"
    return "proved: within these bounds, everything was looked at, and nobody is stuck"
