"""Small foreign logs, and a mapping for them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from freezecase.app.clock import SystemClock
from freezecase.app.intake import ImportReport, Mapping, import_log, read_mapping
from freezecase.app.stores.store import Store

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
CLOCK = SystemClock(lambda: NOW, lambda: UUID(int=1))

LOG = """
[log]
name = "desk"
case = ["account"]
id = ["id"]
order = ["id"]
kind = "what"
skip = ["tick"]
time = { column = "time" }
actor = { kind = "staff", id = { column = "who", default = "unknown" } }
"""
STEPS = """
[step.freeze]
[[step.freeze.events]]
is = "freeze-imposed"
with.ground = "aml-alert"
with.scope = { capabilities = ["transfer"] }
with.until = { column = "until", as = "instant", zone = "UTC" }

[step.free]
[[step.free.events]]
is = "release-ordered"
[[step.free.events]]
is = "release-enforced"

[step.take]
[[step.take.events]]
is = "funds-forfeited"
with.basis = "order"
with.amount = { units = { column = "amount", scale = 6 }, asset = "USDT" }
"""
HEADER = "id,time,account,what,who,amount,until\n"


def desk(*, log: str = LOG, steps: str = STEPS, **replaced: str) -> Mapping:
    """The mapping of the desk's log, some of its lines replaced by others."""
    text = log + steps
    for old, new in replaced.items():
        found = [line for line in text.splitlines() if line.startswith(f"{old} =")]
        text = text.replace(found[0], new)
    return read_mapping(text, "desk.toml")


def row(number: int, what: str, account: str = "a1", **others: str) -> str:
    """A line of the desk's log: one an hour, by ana."""
    at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    said = {"time": at.isoformat(), "who": "ana", "amount": "", "until": "", "id": str(number)}
    said |= others
    cells = [said["id"], said["time"], account, what, said["who"], said["amount"], said["until"]]
    return ",".join(cells) + "\n"


def log(folder: Path, *lines: str, header: str = HEADER, name: str = "desk.csv") -> Path:
    """The file of a log."""
    path = folder / name
    path.write_text(header + "".join(lines), encoding="utf-8", newline="")
    return path


def take(
    store: Store, path: Path, mapping: Mapping | None = None, *, strict: bool = False
) -> ImportReport:
    """Import a log."""
    return import_log(store, mapping or desk(), path, strict=strict, clock=CLOCK)


def broken(report: ImportReport) -> list[tuple[str, int]]:
    """The rule and the row of each anomaly."""
    return [(str(anomaly.rule), anomaly.row) for anomaly in report.anomalies]
