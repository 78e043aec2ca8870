"""`freezecase verify`: hold the store against what is kept outside of it; trust nothing inside."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import click

from freezecase.app.custody.key_store import open_key_store
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.cli.common import (
    DB,
    JSON,
    Read,
    cases_named,
    number,
    print_json,
    progress,
    say,
    say_read,
)
from freezecase.cli.replay import counted, finding_lines
from freezecase.cli.trusting import TRUSTED, notes_in, stamps_in, trust_in_words, trust_of
from freezecase.cli.unsealing import KEK, KEYS
from freezecase.replay.findings import Anchored, Outcome, Privacy, Report
from freezecase.replay.verify import OneCase, Part, Sample, Since, Whole, verify
from freezecase.seal.keys import FileKek, KeyStore
from freezecase.views.telling import instant

__all__ = ["command", "verdict_lines"]


def _as_share(_ctx: click.Context, _param: click.Parameter, value: str | None) -> float | None:
    """Return a share as given to an option, such as 0.01 or 1%."""
    if value is None:
        return None
    text, percent = value.removesuffix("%"), value.endswith("%")
    try:
        share = float(text) / (100 if percent else 1)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:  # so refuses what is no number, too
        raise click.BadParameter(f"`{value}` is no share, such as 0.01 or 1%")
    return share


@click.command("verify")
@DB
@TRUSTED
@KEYS
@KEK
@click.option("--since", metavar="N", type=click.IntRange(min=0),
              help="Look only at what came after a checkpoint of at most N records.")  # fmt: skip
@click.option("--case", metavar="ID", help="Look only at one case, or at the one of an account.")
@click.option("--sample", metavar="P", callback=_as_share, help="Look only at such a share, as 1%.")
@click.option("--seed", metavar="S", default="1", show_default=True, help="Which sample it is.")
@JSON
def command(
    db: str,
    *,
    anchors: Sequence[Path],
    keys: str | None,
    kek: str | None,
    roots: Sequence[Path],
    as_json: bool,
    **options: Any,
) -> int:
    """
    Recompute everything in the store, and hold it against checkpoints kept outside of it.

    Each record is held against its header, the headers against the tree, the tree against every
    checkpoint, their times against those of witnesses; and what is kept beside the ledger against
    the ledger. With --keys every sealed section is opened in its place. Exit code 1 says that
    something was found, and 2 that nothing was and nobody outside vouches for it.
    """
    trust = trust_of(*(options.pop(one) for one in ("policy", "logs", "witnesses", "quorum")))
    if (keys is None) is not (kek is None):
        raise click.UsageError("--keys and --kek go together: the one opens the other")
    with ExitStack() as opened, progress("verifying") as bar:
        store = opened.enter_context(open_store(db, create=False, verify=False))
        part, key_store = _part(store, **options), _key_store(opened, keys, kek)
        stamps, began = stamps_in(anchors, roots), perf_counter()
        notes = notes_in(anchors)
        report = verify(store, trust, notes, part=part, keys=key_store, stamps=stamps, progress=bar)
        took = perf_counter() - began
        read = {
            "store": store.where,
            "range": report.looked_at,
            "trust": trust_in_words(trust),
            "anchors": [str(folder) for folder in anchors] or "none",
        }
    say_read("verify", read)
    say(f"  took: {took:.2f} s, {report.records / took:,.0f} records a second")
    _print(report, read, as_json=as_json)
    return report.exit_code


def _print(report: Report, read: Read, *, as_json: bool) -> None:
    if not as_json:
        print(*verdict_lines(report), sep="\n")
        return
    levels = [*report.assurance.in_words()] if report.assurance else []
    more = {"outcome": report.outcome, "window": report.window, "assurance": levels}
    print_json("verify", read, report=report, **more)


def _part(
    store: Store, *, since: int | None, case: str | None, sample: float | None, seed: str
) -> Part:
    """Return which part of the store is asked for."""
    if sum(one is not None for one in (since, case, sample)) > 1:
        raise click.UsageError("--since, --case and --sample each name a part: take one of them")
    if since is not None:
        return Since(since)
    if sample is not None:
        return Sample(sample, seed)
    if case is None:
        return Whole()
    found = cases_named(store, case)
    if len(found) > 1:
        listed = ", ".join(f"`{one}`" for one in found)
        raise click.UsageError(f"account `{case}` has several cases: name one of {listed}")
    return OneCase(found[0])


def _key_store(opened: ExitStack, keys: str | None, kek: str | None) -> KeyStore | None:
    if keys is None or kek is None:
        return None
    return opened.enter_context(open_key_store(keys, FileKek.read(kek), create=False))


# --- what is printed -----------------------------------------------------------------------------


def verdict_lines(report: Report) -> Iterator[str]:
    """Return a report as text: what was looked at, what was found, and what it comes to."""
    root = f", root {report.root}" if report.root else ""
    streams = f" in {number(report.streams, 'stream')}" if report.streams else ""
    yield f"origin    {report.origin}"
    yield f"looked at {report.looked_at}: {number(report.records, 'record')}{streams}"
    yield f"leaves    {report.leaves:,}{root}"
    yield f"anchored  {_anchored(report.anchored)}"
    yield f"window    {number(report.window, 'record')} after that"
    yield f"privacy   {_privacy(report.privacy)}"
    yield f"manifests {number(report.manifests, 'day-end manifest')}"
    yield from _claims(report)
    yield from finding_lines(report.findings, report.found)
    yield ""
    yield from (f"out of reach: {why}" for why in report.why_not)
    yield f"RESULT    {_result(report)}"


def _anchored(anchored: Anchored | None) -> str:
    if anchored is None:
        return "nothing: no checkpoint from outside vouches for any of it"
    by = f", cosigned by {', '.join(anchored.witnesses)}" if anchored.witnesses else ""
    since = f", the last at {instant(anchored.since)}" if anchored.since else ""
    return f"{number(anchored.size, 'record')}{by}{since}"


def _privacy(privacy: Privacy | None) -> str:
    if privacy is None:
        return "not looked into: it takes --keys, and the whole ledger"
    keys = f"{privacy.live:,} keys live, {privacy.erased:,} erased, {privacy.unknown:,} unknown"
    sections = f"{privacy.opened:,} of {number(privacy.sections, 'section')} opened"
    return f"{keys}, {privacy.resurrected:,} resurrected; {sections}"


def _claims(report: Report) -> Iterator[str]:
    if report.assurance is not None:
        yield from (f"assurance {line}" for line in report.assurance.in_words())


_RESULTS: Final = {
    Outcome.CLEAN: "CLEAN",
    Outcome.FINDINGS: "FAILED",
    Outcome.COULD_NOT: "NOT VERIFIED",
}


def _result(report: Report) -> str:
    """Return the closing words: what it comes to, with counts, and what still holds."""
    said = _RESULTS[report.outcome]
    if report.found:
        total = number(sum(report.found.values()), "finding")
        said += f", {total}{counted(report.found).replace(':', ' -', 1)}"
        good = report.anchored.size if report.anchored else 0
        return f"{said}; the last good checkpoint has size {good:,}"
    level = report.assurance.level.name if report.assurance and report.assurance.steps else "none"
    return f"{said}, assurance {level}"
