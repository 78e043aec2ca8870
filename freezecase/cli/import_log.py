"""`freezecase import`: take in a log that another system wrote, and report what is odd about it."""

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, TextIO

import attrs
import click
import msgspec

from freezecase.app.clock import SystemClock
from freezecase.app.intake import Anomaly, ImportReport, import_log, load_mapping
from freezecase.app.stores.opening import open_store
from freezecase.cli.common import DB, JSON, number, print_json, progress, say_read
from freezecase.errors import AnomalyFound

__all__ = ["command"]

SHOWN: Final = 20
"""How many anomalies are printed, unless said otherwise."""


@click.command("import")
@click.argument("log", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    required=True,
    type=click.Path(path_type=Path),
    help="The TOML file that says which column means what.",
)
@click.option(
    "--strict/--lenient",
    default=True,
    show_default=True,
    help="Write nothing if a row breaks a rule, or write all that happened and report it.",
)
@click.option(
    "--look-after",
    is_flag=True,
    help="Let `freezecase watch` find what the cases wait for, so that somebody owes it.",
)
@click.option("--report", type=click.File("w", "utf-8"), help="Write every anomaly, as JSON lines.")
@click.option("--show", type=click.IntRange(min=0), default=SHOWN, show_default=True)
@DB
@JSON
def command(
    log: Path,
    mapping: Path,
    db: str,
    report: TextIO | None,
    show: int,
    *,
    strict: bool,
    look_after: bool,
    as_json: bool,
) -> int:
    """
    Take in LOG, a CSV file of what another system did, plain or gzip.

    Exits with 1 if a row broke a rule: strictly, nothing was written then; leniently, all that
    happened was, and every anomaly is reported. Import again, and only what is new is written.
    """
    mapped = load_mapping(mapping)
    with open_store(db) as store:
        read = {
            "store": store.where,
            "log": str(log),
            "mapping": str(mapping),
            "mode": "strict" if strict else "lenient",
            "policy": "none: what happened elsewhere was ruled elsewhere",
        }
        try:
            with progress("importing") as bar:
                came = import_log(
                    *(store, mapped, log),
                    strict=strict,
                    clock=SystemClock(),
                    look_after=look_after,
                    progress=bar,
                )
        except AnomalyFound as stopped:
            say_read("import", read)
            return _stopped(stopped, read, report, as_json=as_json)
        say_read("import", {**read, "range": number(came.rows, "row")})
        if report is not None:
            _write(report, came.log, iter(came.anomalies))
        if as_json:
            print_json("import", read, **_plain(came, show))
        else:
            print(*_lines(came, show), sep="\n")
        return 1 if len(came.anomalies) else 0


def _stopped(
    stopped: AnomalyFound, read: dict[str, Any], report: TextIO | None, *, as_json: bool
) -> int:
    """Say at which row a strict import stopped. Nothing was written, and that is a finding."""
    parts = vars(stopped)
    if report is not None:
        _write(report, read["log"], iter([parts["anomaly"]]))
    if as_json:
        first = _anomaly(parts["anomaly"])
        print_json("import", read, stopped_at=first, found=parts["anomalies"], imported=0)
    else:
        print(stopped)
    return 1


def _lines(came: ImportReport, show: int) -> Iterator[str]:
    yield from map(str, islice(came.anomalies, show))
    untold = len(came.anomalies) - show
    if untold > 0:
        yield f"... and {untold:,} more; `--report FILE` writes them all"
    if len(came.anomalies):
        yield ""
    for rule, count in came.anomalies.by_rule.items():
        yield f"{count:>9,}  {rule}"
    yield came.in_words()


def _plain(came: ImportReport, show: int) -> dict[str, Any]:
    counts = attrs.asdict(came, filter=lambda field, _: field.name != "anomalies", recurse=False)
    return {
        **counts,
        "found": len(came.anomalies),
        "by_rule": dict(came.anomalies.by_rule),
        "anomalies": [_anomaly(one) for one in islice(came.anomalies, show)],
    }


def _anomaly(one: Anomaly) -> Any:
    return msgspec.to_builtins(one, enc_hook=dict)


def _write(report: TextIO, log: str, anomalies: Iterator[Anomaly]) -> None:
    """Write anomalies as JSON lines, the format first."""
    header = {"format": "freezecase.anomalies/1", "log": log}
    for one in chain([header], anomalies):
        print(msgspec.json.encode(one, enc_hook=dict).decode(), file=report)
