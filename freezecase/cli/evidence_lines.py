"""How evidence is told: what was written, what a bundle shows, and whether it holds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import UNSET

from freezecase.app.clock import instant_of
from freezecase.cli.common import number
from freezecase.seal.bundle import Bundle
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.examine import Examined, SectionSeen
from freezecase.seal.leaf import Header
from freezecase.seal.note import open_note

__all__ = ["made", "plain", "told", "verdict"]


def made(bundle: Bundle, path: Path) -> dict[str, Any]:
    """Return what was written, by name."""
    checkpoint = Checkpoint.read(open_note(bundle.checkpoint, ()).text)
    opened = sum(len(one.keys or ()) for one in bundle.events)
    withheld = sum(one.state is UNSET for one in bundle.events)
    return {
        "case": str(bundle.stream),
        "records": len(bundle.events),
        "withheld": withheld,
        "opened": opened,
        "complete": bundle.complete is not UNSET,
        "log": checkpoint.origin,
        "size": checkpoint.size,
        "file": str(path),
        "bytes": len(bundle.data),
    }


def told(examined: Examined) -> Iterator[str]:
    """Return what a bundle shows, in lines. What others wrote is quoted, so that it stays text."""
    if examined.vouched is None:
        return
    log = examined.vouched.checkpoint
    yield f"checkpoint of {log.origin}, {number(log.size, 'record')}"
    for name, at in examined.vouched.cosigned.items():
        yield f"witnessed by {name} at {at.isoformat()}"
    for header in examined.headers:
        yield f"{header.version:>4} {_at(header)} {header.name}"
        yield from (_section(one) for one in examined.sections if one.version == header.version)
    yield _complete(examined)


def _at(header: Header) -> str:
    return instant_of(header.recorded_at).isoformat()


def _section(section: SectionSeen) -> str:
    texts = "[sealed]" if section.texts is None else repr(dict(section.texts))
    return f"     {section.audience}: {texts}"


def _complete(examined: Examined) -> str:
    found = examined.complete
    if found is None:
        return "nothing shows that no record was left out"
    return f"complete up to record {found.upto} of the log ({found.day}), {found.later} after it"


def verdict(examined: Examined | None) -> Iterator[str]:
    """Return whether a bundle holds; nothing if nobody said whom to trust."""
    if examined is None:
        return
    for code, where, why in examined.faults:
        yield f"{code} at {where}: {why}"
    yield "VALID" if examined.valid else f"REFUSED: {number(len(examined.faults), 'fault')}"


def plain(bundle: Bundle, examined: Examined) -> dict[str, Any]:
    """Return what a bundle shows, as plain data."""
    vouched = examined.vouched
    return {
        "valid": examined.valid,
        "case": str(bundle.stream),
        "log": vouched and vouched.checkpoint.origin,
        "size": vouched and vouched.checkpoint.size,
        "witnessed": dict(vouched.cosigned) if vouched else {},
        "records": [
            {"version": one.version, "recorded_at": instant_of(one.recorded_at), "name": one.name}
            for one in examined.headers
        ],
        "sections": [one._asdict() for one in examined.sections],
        "complete": examined.complete and examined.complete._asdict(),
        "faults": [one._asdict() for one in examined.faults],
    }
