"""Who is asked to vouch for a checkpoint, and where it is kept: options, and what they make."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import attrs
import click

from freezecase.app.anchoring.anchors import FolderAnchor
from freezecase.app.anchoring.checkpoint_draft import Made
from freezecase.app.anchoring.checkpointing import Checkpointer
from freezecase.app.anchoring.proving import Prover
from freezecase.app.anchoring.stamping import HttpAuthority
from freezecase.app.anchoring.witness_client import HttpWitness
from freezecase.app.clock import Clock
from freezecase.app.stores.store import Store
from freezecase.errors import FreezeCaseError
from freezecase.seal.note import NoteKey, Signer
from freezecase.seal.timestamp import Stamp
from freezecase.seal.trust import Trust

__all__ = ["ASKED", "Asked"]

C = TypeVar("C", bound=Callable[..., Any])
_FILE = click.Path(path_type=Path)


def ASKED(command: C) -> C:  # noqa: N802 - named like the other groups of options
    """Give a command the options that say who vouches for a checkpoint, and where it is kept."""
    options = (
        click.option("--trust", "policy", metavar="FILE", type=_FILE,
                     help="Whom auditors trust (tlog-policy); its witnesses with a URL are asked."),
        click.option("--witness", "witnesses", metavar="KEY URL", type=(str, str), multiple=True,
                     help="A witness to ask, if there is no --trust; may be said several times."),
        click.option("--anchor", "folders", metavar="DIR", type=_FILE, multiple=True,
                     help="A folder that takes files and gives none back; several may be said."),
        click.option("--tsa", metavar="URL", help="Have it time-stamped there (RFC 3161)."),
        click.option("--tsa-root", "root", metavar="FILE", type=_FILE,
                     help="The certificate, in PEM, by which that authority is believed."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@attrs.frozen(kw_only=True)
class Asked:
    """Who is asked, as the options say."""

    policy: Path | None
    witnesses: Sequence[tuple[str, str]]
    folders: Sequence[Path]
    tsa: str | None
    root: Path | None

    def __attrs_post_init__(self) -> None:
        """Refuse what does not go together."""
        if self.policy is not None and self.witnesses:
            raise click.UsageError("--trust says which witnesses are asked: leave out --witness")
        if (self.tsa is None) is not (self.root is None):
            raise click.UsageError("--tsa and --tsa-root go together: whom to ask, and believe")
        if self.tsa is not None and not self.folders:
            raise click.UsageError("a time stamp is kept in a folder: name one with --anchor")

    @property
    def anchors(self) -> tuple[FolderAnchor, ...]:
        """The folders in which checkpoints are kept."""
        return tuple(map(FolderAnchor, self.folders))

    def checkpointer(self, store: Store, signer: Signer, clock: Clock) -> Checkpointer:
        """Return what makes the checkpoints of that store."""
        asked = [HttpWitness(url, NoteKey.read(key)) for key, url in self.witnesses]
        keys = [witness.key for witness in asked]
        trust = Trust.of([signer.key], keys, needs=len(keys))
        if self.policy is not None:
            trust = Trust.read(self.policy.read_bytes())
            known = trust.witnesses.values()
            asked = [HttpWitness(url, key) for key, url in known if url]
        return Checkpointer(
            store=store,
            prover=Prover(store),
            signer=signer,
            clock=clock,
            witnesses=asked,
            anchors=self.anchors,
            trust=trust,
        )

    def stamp(self, made: Made) -> Stamp | str | None:
        """Have a checkpoint stamped, and keep that beside it; say why not. Nothing if not asked."""
        if self.tsa is None or self.root is None:
            return None
        roots = [self.root.read_bytes()]
        try:
            reply, stamp = HttpAuthority(self.tsa, roots).stamp(made.note)
            for anchor in self.anchors:
                anchor.keep_stamp(made.note, reply)
        except (OSError, FreezeCaseError) as error:
            return f"{type(error).__name__}: {error}"
        return stamp
