"""
One checkpoint on its way: signed, then cosigned by one witness after another, then kept.

What did not work is remembered beside what did, so that it can be done again without the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

import attrs

from freezecase.app.anchoring.checkpoint_ports import Anchor, CheckpointSigner, Witness
from freezecase.app.anchoring.checkpoint_schedule import Occasion
from freezecase.app.anchoring.cosigning import Overtaken
from freezecase.core.checked import refuse
from freezecase.errors import CannotVerify, WitnessRefused
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.note import open_note
from freezecase.seal.trust import Trust, Vouched
from freezecase.seal.witness import signature_lines

__all__ = ["Draft", "Made", "check_key", "check_names", "everybody", "signed_by"]


@attrs.frozen(kw_only=True)
class Made:
    """A checkpoint that was made: what it says, who cosigned it, and what did not work."""

    occasion: Occasion
    vouched: Vouched
    kept: tuple[str, ...]
    """The anchors that keep it, by name."""
    failed: Mapping[str, str]
    """The witnesses and anchors that did not take it, and why; they are asked again."""

    @property
    def note(self) -> str:
        """The signed note."""
        return self.vouched.note

    @property
    def size(self) -> int:
        """How many records it covers."""
        return self.vouched.checkpoint.size


@attrs.define
class Draft:
    """A checkpoint as far as it has come; while the ledger stays as it is, it goes on."""

    checkpoint: Checkpoint
    note: str
    at: datetime
    """When it was last worked on."""
    cosigned: set[str] = attrs.field(factory=set)
    kept: dict[str, str] = attrs.field(factory=dict)
    """The note as each anchor has it, by the anchor's name."""
    failed: dict[str, str] = attrs.field(factory=dict)
    copied: str = ""
    """The note as the store has a copy of it."""

    def ask(
        self, witness: Witness, ask: Callable[[Witness, "Draft"], str], *, patient: bool
    ) -> None:
        """
        Add the line of a witness, unless it is there; *patient*: somebody else may be faster.

        Raises:
            WitnessRefused: it saw another history.
            Overtaken: it saw a later checkpoint.
            CannotVerify: the ledger has lost what proofs are made of.

        """
        name = witness.key.name
        if name in self.cosigned:
            return
        try:
            self.note += ask(witness, self)
        except (WitnessRefused, CannotVerify):
            raise
        except Overtaken:
            if not patient:
                raise
            self.failed[name] = "somebody else's checkpoints came first, again and again"
        except Exception as error:  # noqa: BLE001 - a port may raise whatever it likes
            self.failed[name] = f"{type(error).__name__}: {error}"
        else:
            self.cosigned.add(name)

    def publish(self, anchor: Anchor) -> None:
        """Have an anchor keep the note, unless it does."""
        if self.kept.get(anchor.name) == self.note:
            return
        try:
            anchor.publish(self.note)
        except Exception as error:  # noqa: BLE001 - a port may raise whatever it likes
            self.failed[anchor.name] = f"{type(error).__name__}: {error}"
        else:
            self.kept[anchor.name] = self.note

    def made(self, occasion: Occasion, vouched: Vouched) -> Made:
        """Return what came of it so far."""
        kept = tuple(name for name, copy in self.kept.items() if copy == self.note)
        failed = MappingProxyType(dict(self.failed))
        return Made(occasion=occasion, vouched=vouched, kept=kept, failed=failed)


def signed_by(text: str, signers: Sequence[CheckpointSigner]) -> str:
    """
    Return the note of *text* with the signature of each, looked at: a device may err.

    Raises:
        InvalidValue: one of them signed something else, or nothing.

    """
    note = f"{text}\n"
    for signer in signers:
        signed = signer.signed(text)
        opened = open_note(signed, [signer.key])
        if opened.text != text or not opened.held:
            raise refuse("signer", str(signer.key), "one that signs the text it is given")
        note += "".join(signature_lines(signed, [signer.key]))
    return note


def check_key(origin: str, signer: CheckpointSigner, trust: Trust) -> None:
    """
    Refuse a key that is not of this log, or that nobody is told to believe.

    Raises:
        InvalidValue: which of the two it is.

    """
    if signer.key.name != origin:
        raise refuse("signer", str(signer.key), f"a key of the name of the log, `{origin}`")
    if signer.key not in trust.keys_of(origin):
        raise refuse("signer", str(signer.key), "a key that the trust document names")


class Asking(Protocol):
    """Whoever has a signer and asks witnesses."""

    @property
    def signer(self) -> CheckpointSigner:
        """Who signs."""
        ...

    @property
    def witnesses(self) -> Sequence[Witness]:
        """Who is asked."""
        ...


def everybody(asking: Asking) -> Trust:
    """Return the trust that takes every witness that is asked."""
    keys = [witness.key for witness in asking.witnesses]
    return Trust.of([asking.signer.key], keys, needs=len(keys))


def check_names(names: Sequence[str]) -> None:
    """
    Refuse two of one name: nobody could tell who did not answer.

    Raises:
        InvalidValue: which name it is.

    """
    for name in names:
        if names.count(name) > 1:
            raise refuse("Checkpointer", name, "each witness and each anchor once, by its name")
