"""
What the notes say: at which sizes the log had which root, who cosigned it and when.

Notes come from outside the database. The copies in it are held against the keys as well, and never
count as vouching: whoever can write the database chooses which of them are there.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Final, TypeAlias

import attrs

from freezecase.errors import InvalidValue
from freezecase.replay.finding import Findings
from freezecase.seal.merkle import Hash
from freezecase.seal.note import open_note
from freezecase.seal.timestamp import Stamp
from freezecase.seal.trust import Trust, Vouched, judge

__all__ = ["Mark", "Stamps", "marks_of", "read_copies", "read_notes"]

Stamps: TypeAlias = Mapping[str, Sequence[Stamp]]
"""The time stamps that hold, by the note that they are over."""
_NONE: Final[Stamps] = MappingProxyType({})


@attrs.frozen(kw_only=True)
class Mark:
    """A size at which the log said what its root was, in one note or in several."""

    size: int
    root: Hash
    cosigned: Mapping[str, datetime]
    """When each witness saw it first, over all notes."""
    quorum: bool
    """Whether those are enough; never so for what only the database holds."""
    since: datetime | None
    """When there were enough; nothing without a quorum, or if it takes nobody."""
    outside: bool = True
    """Whether it was read from outside the database."""
    stamps: tuple[Stamp, ...] = ()
    """What time-stamping authorities say of its notes."""

    @property
    def earliest(self) -> datetime | None:
        """When a witness saw it first: what came later was written later, but for its clock."""
        return min(self.cosigned.values(), default=None)


def read_notes(
    notes: Iterable[str | bytes], trust: Trust, origin: str, findings: Findings
) -> list[Vouched]:
    """Return the checkpoints among *notes* that the log signed; of the others note why not."""
    found: list[Vouched] = []
    for number, note in enumerate(notes, 1):
        where = f"note {number} of the anchors"
        try:
            vouched = judge(note, trust)
        except InvalidValue as error:
            findings.note(_CODES.get(error.field, "CHECKPOINT_INVALID"), where, str(error), _NOTE)
            continue
        said = vouched.checkpoint.origin
        if said != origin:
            findings.note("CHECKPOINT_ORIGIN", where, f"origin `{said}`", f"origin `{origin}`")
            continue
        found.append(vouched)
    return found


_CODES: Final = {"origin": "CHECKPOINT_ORIGIN"}
_NOTE: Final = "a checkpoint that a trusted key of the log signed"


def read_copies(
    copies: Iterable[tuple[int, str]],
    trust: Trust,
    origin: str,
    anchored: Iterable[Vouched],
    findings: Findings,
) -> list[Vouched]:
    """Return what the copies in the database say; note those that are not what they should be."""
    known = {one.note: one for one in anchored}
    found: list[Vouched] = []
    for size, note in copies:
        try:
            vouched = known.get(note) or _strictly(note, trust)
        except InvalidValue as error:
            findings.note("HEAD_STALE", _copy(size), str(error), _NOTE)
            continue
        said = vouched.checkpoint
        if (said.origin, said.size) != (origin, size):
            wrong, right = f"`{said.origin}` at {said.size}", f"`{origin}` at {size}"
            findings.note("HEAD_STALE", _copy(size), wrong, right)
            continue
        found.append(vouched)
    return found


def _copy(size: object) -> str:
    return f"the copy of the checkpoint of size `{size!r:.40}`"


def _strictly(note: str, trust: Trust) -> Vouched:
    """
    Judge a note that nothing outside vouches for: every signature must be by somebody trusted.

    A signature by somebody else may be one that was damaged, so that nobody knows it any more.
    """
    if not isinstance(note, str):
        raise InvalidValue("note", f"{note!r:.80}", "text")
    vouched = judge(note, trust)
    signatures = note.rpartition("\n\n")[2].count("\n")
    keys = [*vouched.signed_by, *(one.key for one in trust.witnesses.values())]
    held = len(open_note(note, keys).held)
    if held != signatures:
        raise InvalidValue("note", note[:200], f"{signatures} signatures of which all hold")
    return vouched


def marks_of(
    anchored: Iterable[Vouched],
    copies: Iterable[Vouched],
    trust: Trust,
    findings: Findings,
    stamps: Stamps = _NONE,
) -> tuple[Mark, ...]:
    """Return what was said, by size, the quorum first; note where two things were said of one."""
    outside = _grouped(anchored, trust, stamps)
    known = {(mark.size, mark.root) for mark in outside}
    inside = [
        attrs.evolve(mark, quorum=False, since=None, outside=False)
        for mark in _grouped(copies, trust, _NONE)
        if (mark.size, mark.root) not in known
    ]
    marks = sorted([*outside, *inside], key=lambda mark: (mark.size, not mark.quorum, mark.root))
    for size, same in groupby(marks, key=attrgetter("size")):
        roots = [mark.root.hex() for mark in same]
        if len(roots) > 1:
            findings.note("FORK", f"size {size}", f"roots {', '.join(roots)}", "one root")
    _ask_for_quorum(outside, findings)
    return tuple(marks)


def _grouped(vouched: Iterable[Vouched], trust: Trust, stamps: Stamps) -> list[Mark]:
    """Return one mark for each size and root, however many notes say it."""
    together: dict[tuple[int, Hash], list[Vouched]] = {}
    for one in vouched:
        together.setdefault((one.checkpoint.size, one.checkpoint.root), []).append(one)
    return [
        attrs.evolve(
            _mark(size, root, notes, trust),
            stamps=tuple(stamp for note in notes for stamp in stamps.get(note.note, ())),
        )
        for (size, root), notes in sorted(together.items())
    ]


def _mark(size: int, root: Hash, notes: Iterable[Vouched], trust: Trust) -> Mark:
    cosigned: dict[str, datetime] = {}
    for note in notes:
        for name, at in note.cosigned.items():
            cosigned[name] = min(at, cosigned.get(name, at))
    quorum = trust.enough(cosigned)
    return Mark(size=size, root=root, cosigned=cosigned, quorum=quorum, since=trust.since(cosigned))


def _ask_for_quorum(outside: list[Mark], findings: Findings) -> None:
    """Note the newest checkpoint if too few cosigned it: it moves no anchor."""
    if outside and not any(mark.quorum for mark in outside if mark.size == outside[-1].size):
        newest = outside[-1]
        seen = ", ".join(f"`{name}`" for name in sorted(newest.cosigned)) or "nobody"
        findings.note("QUORUM", f"size {newest.size}", f"cosigned by {seen}", "a quorum")
