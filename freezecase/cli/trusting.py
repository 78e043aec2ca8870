"""Whom somebody who verifies trusts: a document, or keys; and where the checkpoints are kept."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from freezecase.app.anchoring.anchors import FolderAnchor
from freezecase.errors import InvalidValue
from freezecase.seal.note import NoteKey
from freezecase.seal.timestamp import Stamp, stamped
from freezecase.seal.trust import Trust

__all__ = ["TRUSTED", "notes_in", "stamps_in", "trust_in_words", "trust_of"]

C = TypeVar("C", bound=Callable[..., Any])
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def TRUSTED(command: C) -> C:  # noqa: N802 - named like the other groups of options
    """Give a command the options that say whom to trust, and where the checkpoints are."""
    options = (
        click.option(
            "--anchor",
            "anchors",
            metavar="DIR",
            type=click.Path(file_okay=False, path_type=Path),
            multiple=True,
            help="A folder in which checkpoints are kept; several may be said.",
        ),
        click.option("--trust", "policy", metavar="FILE", type=_FILE,
                     help="Whom you trust: logs, witnesses and a quorum (tlog-policy)."),
        click.option("--key", "logs", metavar="KEY", multiple=True,
                     help="A key of the log that you trust, if there is no --trust."),
        click.option("--witness", "witnesses", metavar="KEY", multiple=True,
                     help="A key of a witness that you trust, beside --key."),
        click.option("--quorum", metavar="N", type=click.IntRange(min=0),
                     help="How many of these witnesses it takes; all."),
        click.option("--tsa-root", "roots", metavar="FILE", type=_FILE, multiple=True,
                     help="A certificate, in PEM, by which time stamps are believed (RFC 3161)."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def trust_of(
    policy: Path | None, logs: Sequence[str], witnesses: Sequence[str], quorum: int | None
) -> Trust | None:
    """
    Return whom somebody trusts, by a document or by keys; nothing if they do not say.

    Raises:
        InvalidValue: the document or a key cannot be read, or there are not so many witnesses.

    """
    if policy is not None:
        if logs or witnesses or quorum is not None:
            raise click.UsageError("--trust says whom you trust: leave out the keys beside it")
        return Trust.read(policy.read_bytes())
    if not logs:
        if witnesses or quorum is not None:
            raise click.UsageError("witnesses vouch for a log: name its --key too")
        return None
    keys = [NoteKey.read(one) for one in witnesses]
    needs = len(keys) if quorum is None else quorum
    return Trust.of([NoteKey.read(one) for one in logs], keys, needs)


def notes_in(folders: Sequence[Path]) -> Iterator[str]:
    """Return every checkpoint that is kept in any of these folders."""
    for folder in folders:
        yield from FolderAnchor(folder).fetch_all()


def stamps_in(folders: Sequence[Path], roots: Sequence[Path]) -> dict[str, list[Stamp]]:
    """
    Return the time stamps that hold, by the checkpoint that each is over.

    One that does not hold says nothing, and is passed over. Without roots nobody is believed.

    Raises:
        CannotVerify: the extra `timestamps` is not installed.

    """
    believed = [root.read_bytes() for root in roots]
    found: dict[str, list[Stamp]] = {}
    for folder in folders if believed else ():
        anchor = FolderAnchor(folder)
        for note in anchor.fetch_all():
            for reply in _replies(anchor, note):
                with suppress(InvalidValue):
                    found.setdefault(note, []).append(stamped(note, reply, believed))
    return found


def _replies(anchor: FolderAnchor, note: str) -> list[bytes]:
    try:
        return anchor.stamps_of(note)
    except InvalidValue:
        return []  # a damaged note, which is found where notes are read


def trust_in_words(trust: Trust | None) -> str:
    """Return in a line whom somebody trusts."""
    if trust is None:
        return "nobody is trusted"
    logs = ", ".join(str(log.key) for log in trust.logs) or "none"
    if trust.enough(()):
        return f"log {logs}; no witness is asked for"
    witnesses = ", ".join(sorted(trust.witnesses))
    needed = trust.groups.get(trust.quorum)
    needs = f"{needed.needs} of {witnesses}" if needed else f"`{trust.quorum}`"
    return f"log {logs}; quorum {needs}"
