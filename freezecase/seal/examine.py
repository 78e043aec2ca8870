"""
Examining an evidence bundle: what it shows to whoever has the keys of the log and its witnesses.

    examined = examine(Bundle.read(data), trust)
    examined.valid                      # all of it holds; else `.faults` says what does not

The bundle is not believed in anything: who is trusted comes from the reader. The same is done by
`docs/reference/check_evidence.py`, which was written apart from this and imports nothing of it.
"""

from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Final, NamedTuple, TypeVar

import attrs
import msgspec
from msgspec import UNSET, Raw, Struct

from freezecase.core.checked import refuse
from freezecase.core.manifest import STORED_AS, StreamHeads, manifest_stream
from freezecase.errors import InvalidValue, SectionForged
from freezecase.seal.bundle import Bundle, Complete, Shown
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.leaf import Header
from freezecase.seal.manifest import StreamHead
from freezecase.seal.merkle import includes, leaf_hash
from freezecase.seal.sections import Place, Section, open_section
from freezecase.seal.trust import Trust, Vouched, judge

__all__ = ["Completeness", "Examined", "Fault", "SectionSeen", "examine", "sections_in"]


class Fault(NamedTuple):
    """What does not hold: a code as `verify` uses it, where, and why."""

    code: str
    where: str
    why: str


class SectionSeen(NamedTuple):
    """A section of a record that is shown: what it says, or nothing if it stays sealed."""

    version: int
    audience: str
    texts: Mapping[str, str] | None


class Completeness(NamedTuple):
    """Up to where nothing was left out: a record of the log, a day, and how many came later."""

    upto: int
    day: date
    later: int


@attrs.frozen(kw_only=True)
class Examined:
    """What a bundle shows."""

    vouched: Vouched | None
    """The checkpoint, and who vouches for it; nothing if nobody does."""
    headers: tuple[Header, ...] = ()
    """Of each record, as far as it could be read."""
    sections: tuple[SectionSeen, ...] = ()
    complete: Completeness | None = None
    """Nothing if the bundle does not say so, or not rightly."""
    faults: tuple[Fault, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether all of it holds."""
        return not self.faults


class _State(Struct):
    d: Raw
    s: tuple[dict[str, str], ...] = ()


class _Public(Struct):
    event: StreamHeads


class _Manifest(Struct):
    d: _Public


_Test = tuple[object, str, str]
"""Whether something holds; and if not, the code and the words."""
_S = TypeVar("_S")
_STATE: Final = msgspec.json.Decoder(_State).decode
_MANIFEST: Final = msgspec.json.Decoder(_Manifest).decode
_RESPELL: Final = msgspec.json.Encoder(order="sorted").encode


def examine(bundle: Bundle, trust: Trust) -> Examined:
    """Check all of a bundle, and return what it shows."""
    try:
        vouched = judge(bundle.checkpoint, trust)
    except InvalidValue as error:
        code = "CHECKPOINT_ORIGIN" if error.field == "origin" else "CHECKPOINT_INVALID"
        return Examined(vouched=None, faults=(Fault(code, "checkpoint", str(error)),))
    seen = _Seen(vouched.checkpoint)
    seen.hold("checkpoint", [(vouched.quorum, "QUORUM", "too few witnesses cosigned it")])
    seen.hold("bundle", [(bundle.events, "EVENT_MISSING", "it holds no record")])
    for number, shown in enumerate(bundle.events, 1):
        seen.take(shown, number, bundle)
    if bundle.complete is not UNSET:
        seen.claim(bundle.complete, bundle)
    if bundle.policy is not UNSET:
        seen.hold("policy", [_named(bundle.policy, bundle.events)])
    return Examined(
        vouched=vouched,
        headers=tuple(seen.headers),
        sections=tuple(seen.sections),
        complete=seen.complete,
        faults=tuple(seen.faults),
    )


@attrs.define
class _Seen:
    """What was seen so far."""

    checkpoint: Checkpoint
    headers: list[Header] = attrs.field(factory=list[Header])
    sections: list[SectionSeen] = attrs.field(factory=list[SectionSeen])
    complete: Completeness | None = None
    faults: list[Fault] = attrs.field(factory=list[Fault])

    def hold(self, where: str, tests: Iterable[_Test]) -> bool:
        """Take note of every test that fails; say whether none did."""
        failed = [Fault(code, where, why) for holds, code, why in tests if not holds]
        self.faults += failed
        return not failed

    def take(self, shown: Shown, number: int, bundle: Bundle) -> None:
        """Look at the next record of the case."""
        where = f"version {number}"
        try:
            header = Header.read(shown.header.encode())
        except InvalidValue as error:
            self.faults.append(Fault("HEADER_SHAPE", where, str(error)))
            return
        before = self.headers[-1] if self.headers else None
        follows = _following(header, before, number, bundle)
        self.headers.append(header)
        if self.hold(where, [*follows, *self._included(shown, header)]):
            self._look_into(shown, header, where)

    def _included(self, shown: Shown, header: Header) -> Iterator[_Test]:
        """Say what must hold of any record, of the case or of the manifest."""
        log, leaf = self.checkpoint, leaf_hash(header.data)
        there = includes(log.root, log.size, header.index - 1, leaf, shown.proof)
        yield header.origin == log.origin, "CHECKPOINT_ORIGIN", "its header is of another log"
        yield there, "ROOT_MISMATCH", "it is not in the tree of the checkpoint"
        state = b"" if shown.state is UNSET else shown.state.encode()
        same = shown.state is UNSET or sha256(state).digest() == header.state_hash
        yield same, "EVENT_ALTERED", "its bytes are not those that were recorded"

    def _look_into(self, shown: Shown, header: Header, where: str) -> None:
        """Open the sections of a record that there are keys for."""
        keys = {} if shown.keys is UNSET else dict(shown.keys)
        place = Place(header.stream, header.version, header.name)
        try:
            for section in sections_in(shown.state or ""):
                key = keys.pop(section.audience.value, None)
                texts = None if key is None else open_section(key, section, place)
                self.sections.append(SectionSeen(header.version, section.audience.value, texts))
        except (InvalidValue, SectionForged) as error:
            self.faults.append(Fault("SECTION_FORGED", where, str(error)))
            return
        self.hold(where, [(not keys, "SECTION_FORGED", "there is a key and no section for it")])

    def claim(self, shown: Complete, bundle: Bundle) -> None:
        """Check that nothing was left out, against the newest record of every stream."""
        try:
            header = Header.read(shown.manifest.header.encode())
            entry = StreamHead.read(shown.entry.encode())
            heads = _read(shown.manifest.state or "", _MANIFEST).d.event
        except InvalidValue as error:
            self.faults.append(Fault("MANIFEST_MISMATCH", "manifest", str(error)))
            return
        tests = [
            *self._included(shown.manifest, header),
            *_manifest_tests(shown, header, heads),
            *_entry_tests(entry, self.headers, bundle, heads),
        ]
        if self.hold("manifest", tests):
            later = len(self.headers) - entry.version
            self.complete = Completeness(heads.upto, heads.day, later)


def _following(
    header: Header, before: Header | None, number: int, bundle: Bundle
) -> Iterator[_Test]:
    """Say what must hold between a record and the one before it."""
    yield header.stream == bundle.stream, "ROW_MISMATCH", "its header is of another case"
    found = f"it should come next, found version {header.version}"
    yield header.version == number, "STREAM_GAP", found
    link = None if before is None else leaf_hash(before.data)
    yield header.previous == link, "STREAM_LINK", "it does not follow the record before it"
    if before is not None:
        forth = before.recorded_at <= header.recorded_at
        yield forth, "TIME_BACKWARDS", "it says it is older than the record before it"
        yield before.index < header.index, "ROW_MISMATCH", "it stands before the record before it"


def sections_in(state: str) -> tuple[Section, ...]:
    """
    Return the sections of a record, which is spelt as records are; none of one that is withheld.

    Raises:
        InvalidValue: it is no record, or one of them is no section.

    """
    return tuple(map(Section.read, _read(state, _STATE).s)) if state else ()


def _read(state: str, decode: Callable[[str], _S]) -> _S:
    """Return what a record says, if this is the one spelling of it."""
    try:
        found = decode(state)
        if _RESPELL(msgspec.json.decode(state)) == state.encode():
            return found
    except (msgspec.MsgspecError, RecursionError) as error:
        raise refuse("state", state[:80], f"a record: {error}") from None
    raise refuse("state", state[:80], "the one spelling of a record")


def _manifest_tests(shown: Complete, header: Header, heads: StreamHeads) -> Iterator[_Test]:
    """Say what must hold of a manifest, and of the entry in it."""
    own = manifest_stream(header.origin), STORED_AS[StreamHeads]
    yield (header.stream, header.name) == own, "MANIFEST_MISMATCH", "it is no manifest of the log"
    root, leaf = heads.root, leaf_hash(shown.entry.encode())
    there = shown.size == heads.streams and includes(
        b64decode(root), shown.size, shown.index, leaf, shown.proof
    )
    yield there, "MANIFEST_MISMATCH", "it has no such entry"
    yield heads.upto < header.index, "MANIFEST_MISMATCH", "it covers what came after it"


def _entry_tests(
    entry: StreamHead, headers: Sequence[Header], bundle: Bundle, heads: StreamHeads
) -> Iterator[_Test]:
    """Say what must hold between the entry of a case and its records."""
    why = "MANIFEST_MISMATCH"
    yield entry.stream == bundle.stream, why, "its entry is of another case"
    known = entry.version <= len(headers)
    missing = f"it knows {entry.version} records, and the bundle has {len(headers)}"
    yield known, "EVENT_MISSING", missing
    covered, later = headers[: entry.version], headers[entry.version :]
    if known:
        yield leaf_hash(covered[-1].data) == entry.leaf, why, "it knows another history"
        yield covered[-1].index <= heads.upto, why, "it knows a record that it does not cover"
        yield all(heads.upto < one.index for one in later), why, "it lacks a record that it covers"


def _named(policy: str, events: Iterable[Shown]) -> _Test:
    """Say whether a record names the policy that is enclosed."""
    digest = f'"sha256:{sha256(policy.encode()).hexdigest()}"'
    named = any(digest in (shown.state or "") for shown in events)
    return named, "POLICY_UNNAMED", "no record that is shown names this policy"
