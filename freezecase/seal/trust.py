"""
Whom an auditor trusts: the keys of logs and witnesses, and how many of them it takes.

The document is C2SP's tlog-policy (c2sp.org/tlog-policy, an untagged draft, read as of commit
5ba5ee83 of 2026-07-22). It comes from whoever trusts, never from whoever is to be trusted:

    log      bank.example/freezecase+4f3f9b23+AeZ...
    witness  regulator  regulator.example/w1+9b1c0a55+BFQ...  https://w1.regulator.example/
    witness  auditor    audit.example/w2+77d0e1aa+BHx...
    group    both       all regulator auditor
    quorum   both

    trust = Trust.read(document)
    vouched = judge(note, trust)        # the checkpoint, who cosigned it when, is that a quorum

It is stricter than the draft in three things: names of logs are ASCII, since letters of other
alphabets look the same; other names can be printed; and no witness may be the log itself.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple, Self

import attrs

from freezecase.core.checked import refuse
from freezecase.errors import InvalidValue
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.note import Kind, NoteKey, open_note

__all__ = ["MOST_BYTES", "Group", "Known", "Trust", "Vouched", "judge"]

MOST_BYTES: Final = 128 * 1024
"""How long a checkpoint may be: room for 16 signatures of the largest kind, and more."""
_DOCUMENT: Final = 1_000_000
_NONE: Final = "none"
_GAP: Final = re.compile("[ \t]+")
_NUMBER: Final = re.compile("[1-9][0-9]{0,8}")


class Known(NamedTuple):
    """A log or a witness: its key, and where it is asked, if the document says so."""

    key: NoteKey
    url: str = ""


class Group(NamedTuple):
    """Some witnesses or groups, by their names, and how many of them it takes."""

    needs: int
    members: tuple[str, ...]


@attrs.frozen
class Trust:
    """The logs and witnesses that somebody trusts, and which of them are enough."""

    logs: tuple[Known, ...]
    """Any of them signs for its own log; two of one name are one log whose key changed."""
    witnesses: Mapping[str, Known]
    """By their names in the document."""
    groups: Mapping[str, Group]
    """By their names, each after those that it is made of."""
    quorum: str
    """The name of the witness or the group that it takes; `none` takes nobody."""

    @classmethod
    def read(cls, document: str | bytes) -> Self:
        """
        Read the document of whom somebody trusts.

        Raises:
            InvalidValue: a line of it cannot be; the error names the line.

        """
        reading = _Reading()
        for number, line in enumerate(_lines(document), 1):
            words = [word for word in _GAP.split(line) if word]
            if words and not words[0].startswith("#"):
                reading.take(f"trust, line {number}", words)
        if reading.quorum is None:
            raise refuse("trust", "no `quorum`", "it takes one line `quorum NAME`")
        return cls(
            tuple(reading.logs),
            MappingProxyType(reading.witnesses),
            MappingProxyType(reading.groups),
            reading.quorum,
        )

    @classmethod
    def of(cls, logs: Iterable[NoteKey], witnesses: Sequence[NoteKey], needs: int) -> Self:
        """
        Trust these keys, and any so many of the witnesses.

        Raises:
            InvalidValue: there are not so many, or one of them stands there twice.

        """
        names = [key.name for key in witnesses]
        lines = [f"log {key}" for key in logs]
        lines += [f"witness {key.name} {key}" for key in witnesses]
        lines += [f"group quorum {needs} {' '.join(names)}"] if needs else []
        lines += ["quorum quorum" if needs else "quorum none"]
        return cls.read("".join(f"{line}\n" for line in lines))

    def enough(self, cosigned: Collection[str], name: str = "") -> bool:
        """Say whether those who *cosigned*, by name, are the quorum, or the group of that name."""
        name = name or self.quorum
        held = {_NONE, *(one for one in cosigned if one in self.witnesses)}
        for group, (needs, members) in self.groups.items():
            if len(held.intersection(members)) >= needs:
                held.add(group)
        return name in held

    def since(self, cosigned: Mapping[str, datetime]) -> datetime | None:
        """Return when there were enough of them; nothing if there are not, or nobody is asked."""
        if self.enough(()):
            return None
        for at in sorted(cosigned.values()):
            if self.enough([name for name, seen in cosigned.items() if seen <= at]):
                return at
        return None

    def keys_of(self, origin: str) -> tuple[NoteKey, ...]:
        """Return the keys that sign for the log of this very name, letter by letter."""
        return tuple(log.key for log in self.logs if log.key.name == origin)


@attrs.frozen(kw_only=True)
class Vouched:
    """A checkpoint that its log signed, and who else vouches for it."""

    note: str
    checkpoint: Checkpoint
    signed_by: tuple[NoteKey, ...]
    """The keys of the log that signed; two while one takes over from the other."""
    cosigned: Mapping[str, datetime]
    """When each witness, by its name in the document, saw it."""
    quorum: bool
    """Whether those are enough."""
    since: datetime | None
    """When the last one came that it took; nothing without a quorum, or if it takes nobody."""


def judge(note: str | bytes, trust: Trust) -> Vouched:
    """
    Return what *note* says, and who vouches for it.

    Fewer witnesses than the quorum do not spoil it: it is still what the log says of itself.

    Raises:
        InvalidValue: it is no checkpoint, too long, or not signed by its log; a signature of
            somebody trusted does not hold. `.field` is `origin` if it is another's log.

    """
    if len(note) > MOST_BYTES:
        raise refuse("note", f"{len(note)} bytes", f"at most {MOST_BYTES}")
    checkpoint = Checkpoint.read(open_note(note, ()).text)
    keys = trust.keys_of(checkpoint.origin)
    if not keys:
        names = ", ".join(sorted({f"`{log.key.name}`" for log in trust.logs})) or "none"
        raise refuse("origin", checkpoint.origin, f"trusted are {names}")
    signed_by = tuple(key for key in keys if open_note(note, [key]).held)
    if not signed_by:
        raise refuse("note", checkpoint.origin, "a signature by a trusted key of its log")
    cosigned = _cosigned(note, trust)
    return Vouched(
        note=note if isinstance(note, str) else note.decode(),
        checkpoint=checkpoint,
        signed_by=signed_by,
        cosigned=MappingProxyType(cosigned),
        quorum=trust.enough(cosigned),
        since=trust.since(cosigned),
    )


def _cosigned(note: str | bytes, trust: Trust) -> dict[str, datetime]:
    return {
        name: held.at
        for name, (key, _) in trust.witnesses.items()
        for held in open_note(note, [key]).held
        if held.at is not None
    }


# --- how it is spelt -----------------------------------------------------------------------------


def _lines(document: str | bytes) -> list[str]:
    """Return the lines; only a newline ends one, whatever Unicode holds for an end of lines."""
    if len(document) > _DOCUMENT:
        raise refuse("trust", f"{len(document)} bytes", f"at most {_DOCUMENT}")
    text = document
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")  # comments may be in any encoding
    if not text.endswith("\n"):
        raise refuse("trust", text[-40:], "lines, each ended: is it cut off?")
    for number, line in enumerate(lines := text[:-1].split("\n"), 1):
        if any(char < " " and char != "\t" for char in line) or "\x7f" in line:
            raise refuse(f"trust, line {number}", line, "no control characters but tabs")
    return lines


@attrs.define
class _Reading:
    """What was read so far."""

    logs: list[Known] = attrs.field(factory=list)
    witnesses: dict[str, Known] = attrs.field(factory=dict)
    groups: dict[str, Group] = attrs.field(factory=dict)
    quorum: str | None = None
    keys: set[bytes] = attrs.field(factory=set)
    used: set[str] = attrs.field(factory=set)
    """Members of groups: nobody may count twice."""

    def take(self, where: str, words: Sequence[str]) -> None:
        """Take one line, in words."""
        take = _TAKES.get(words[0])
        if take is None:
            kinds = ", ".join(f"`{kind}`" for kind in _TAKES)
            raise refuse(where, words[0], f"a line begins with {kinds}")
        take(self, where, words[1:])

    def log(self, where: str, words: Sequence[str]) -> None:
        """Take `log KEY [URL]`."""
        if len(words) not in (1, 2):
            raise refuse(where, " ".join(words), "`log KEY [URL]`")
        log = Known(self._key(where, words[0], Kind.ED25519), *words[1:])
        if not log.key.name.isascii():
            raise refuse(where, log.key.name, "the name of a log in ASCII: others look the same")
        self.logs.append(log)

    def witness(self, where: str, words: Sequence[str]) -> None:
        """Take `witness NAME KEY [URL]`."""
        if len(words) not in (2, 3):
            raise refuse(where, " ".join(words), "`witness NAME KEY [URL]`")
        name = self._new(where, words[0])
        self.witnesses[name] = Known(self._key(where, words[1], Kind.COSIGNATURE), *words[2:])

    def group(self, where: str, words: Sequence[str]) -> None:
        """Take `group NAME all|any|NUMBER NAME...`."""
        if len(words) < 3:  # noqa: PLR2004 - its name, how many, of whom
            raise refuse(where, " ".join(words), "`group NAME all|any|NUMBER NAME...`")
        name, how, *members = words
        for member in members:
            if member not in {*self.witnesses, *self.groups} - self.used:
                raise refuse(where, member, "a witness or a group from above, in no group yet")
            self.used.add(member)
        self.groups[self._new(where, name)] = Group(_needs(where, how, len(members)), (*members,))

    def quorum_line(self, where: str, words: Sequence[str]) -> None:
        """Take `quorum NAME`."""
        known = {_NONE, *self.witnesses, *self.groups}
        if self.quorum is not None or len(words) != 1 or words[0] not in known:
            raise refuse(where, " ".join(words), "one line `quorum NAME`, of a name from above")
        self.quorum = words[0]

    def _new(self, where: str, name: str) -> str:
        if name in {_NONE, *self.witnesses, *self.groups} or not name.isprintable():
            raise refuse(where, name, "a name that is not taken, and can be printed")
        return name

    def _key(self, where: str, spelt: str, kind: Kind) -> NoteKey:
        try:
            key = NoteKey.read(spelt)
        except InvalidValue:
            raise refuse(where, spelt, "a key `name+id+key` of Ed25519") from None
        if key.kind is not kind:
            raise refuse(where, spelt, f"a key of kind {kind.value}, not of {key.kind.value}")
        if key.public in self.keys:
            raise refuse(where, spelt, "each key once: under another name it is nobody else")
        self.keys.add(key.public)
        return key


_TAKES: Final[Mapping[str, Callable[[_Reading, str, Sequence[str]], None]]] = {
    "log": _Reading.log,
    "witness": _Reading.witness,
    "group": _Reading.group,
    "quorum": _Reading.quorum_line,
}


def _needs(where: str, how: str, members: int) -> int:
    """Return how many it takes."""
    needs = {"all": members, "any": 1}.get(how)
    if needs is None and _NUMBER.fullmatch(how):
        needs = int(how)
    if needs is None or needs > members:
        raise refuse(where, how, f"`all`, `any`, or a number from 1 to {members}")
    return needs
