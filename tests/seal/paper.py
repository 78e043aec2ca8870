"""A log on paper: a few streams with sealed sections, without any store, to make evidence from."""

from base64 import b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import attrs
import msgspec
from msgspec import UNSET

from freezecase.core.manifest import STORED_AS, StreamHeads, manifest_stream
from freezecase.core.values import Audience
from freezecase.seal.bundle import EVIDENCE_FORMAT, Bundle, Complete, Shown
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.leaf import header_of
from freezecase.seal.manifest import StreamHead, entries_at, head_proof, heads_root
from freezecase.seal.merkle import inclusion_proof, leaf_hash, root_of
from freezecase.seal.note import Kind, Signer
from freezecase.seal.sections import Place, seal_section, section_key
from freezecase.seal.trust import Trust

ORIGIN: Final = "bank.example/freezecase"
CASE, OTHER = UUID(int=0xCA5E), UUID(int=0xCA5F)
DAY: Final = date(2026, 11, 21)
AT: Final = datetime(2026, 11, 21, 23, 59, tzinfo=UTC)
LOG: Final = Signer.of_seed(ORIGIN, bytes(32))
WITNESSES: Final = tuple(
    Signer.of_seed(f"{who}.example/w{n}", bytes([n] * 32), Kind.COSIGNATURE)
    for n, who in enumerate(("regulator", "auditor"), 1)
)
TRUST: Final = Trust.of([LOG.key], [one.key for one in WITNESSES], 2)
SECRETS: Final = {Audience.CUSTOMER: bytes([7] * 32), Audience.OPERATIONS: bytes([8] * 32)}
POLICY: Final = "the rules of the house"

spell: Final[Callable[[Any], bytes]] = msgspec.json.Encoder(order="sorted").encode


@attrs.define
class Paper:
    """Records in one order, each with its header."""

    headers: list[bytes] = attrs.field(factory=list)
    states: list[bytes] = attrs.field(factory=list)
    places: list[Place] = attrs.field(factory=list)
    ends: dict[UUID, tuple[int, bytes]] = attrs.field(factory=dict)
    manifest: int | None = None
    """Where the newest manifest stands, from 0."""
    entries: list[bytes] = attrs.field(factory=list)
    """The entries of that one."""

    def add(self, stream: UUID, name: str, state: bytes, **other: Any) -> None:
        """Add a record to a stream; *other* is what its header says otherwise."""
        version, previous = self.ends.get(stream, (0, None))
        index = len(self.headers) + 1
        honest: dict[str, Any] = {
            "origin": ORIGIN.encode(),
            "index": index,
            "stream": str(stream).encode(),
            "version": version + 1,
            "name": name,
            "recorded_at": 1_700_000_000_000_000 + index,
            "state": state,
            "previous": previous,
        }
        header = header_of(**honest | other)
        self.headers.append(header)
        self.states.append(state)
        self.places.append(Place(stream, version + 1, name))
        self.ends[stream] = version + 1, leaf_hash(header)

    def write_heads(self, upto: int | None = None, **lies: Any) -> None:
        """Add the day-end manifest of the first *upto* records; *lies* are what is wrong in it."""
        entries = [*map(StreamHead.read, entries_at(self.headers[:upto]))]
        told = {part: lies[part] for part in ("leaf", "version") if part in lies}
        self.entries = [
            (one._replace(**told) if one.stream == CASE else one).data for one in entries
        ]
        heads = StreamHeads(
            day=DAY,
            upto=lies.get("says", upto or len(self.headers)),
            streams=lies.get("streams", len(entries)),
            root=b64encode(heads_root(self.entries)).decode(),
        )
        said = spell({"d": {"event": heads}, "z": "c2FsdA=="})
        stream = lies.get("stream", manifest_stream(ORIGIN))
        twice = said.replace(b'{"d":', b'{"d":{"event":{}},"d":') if "twice" in lies else said
        self.manifest = len(self.headers)
        self.add(stream, lies.get("name", STORED_AS[StreamHeads]), twice)

    def note(self, witnesses: Sequence[Signer] = WITNESSES) -> str:
        """The checkpoint of all records so far, signed by the log and by witnesses."""
        text = Checkpoint(ORIGIN, len(self.headers), root_of(map(leaf_hash, self.headers))).text
        return LOG.signed(text) + "".join(one.line(text, at=AT) for one in witnesses)

    def shown(self, index: int, **other: Any) -> Shown:
        """A record with its proof, by its place from 0."""
        proof = inclusion_proof([*map(leaf_hash, self.headers)], index)
        state = self.states[index].decode()
        whole: dict[str, Any] = {"header": self.headers[index].decode(), "proof": proof}
        said: dict[str, Any] = whole | {"state": state} | other
        return Shown(**said)

    def bundle(self, opened: Collection[Audience] = ()) -> Bundle:
        """The evidence of the case; complete up to the newest manifest, if there is one."""
        places = [n for n, one in enumerate(self.places) if one.stream == CASE]
        return Bundle(
            format=EVIDENCE_FORMAT,
            checkpoint=self.note(),
            stream=CASE,
            events=tuple(self.shown(n, keys=self.keys(n, opened)) for n in places),
            complete=self.complete(),
        )

    def keys(self, index: int, opened: Collection[Audience]) -> Any:
        """The keys of the sections of a record that are opened."""
        place, state = self.places[index], self.states[index]
        keys = {
            one.value: section_key(SECRETS[one], place, one)
            for one in opened
            if b'{"a":"%b"' % one.encode() in state
        }
        return keys or UNSET

    def complete(self) -> Any:
        """What shows that nothing was left out, by the newest manifest."""
        if self.manifest is None:
            return UNSET
        found = head_proof(self.entries, CASE)
        return Complete(
            manifest=self.shown(self.manifest),
            entry=found.entry.decode(),
            index=found.place,
            size=found.size,
            proof=found.proof,
        )


def state(version: int, texts: Mapping[Audience, Mapping[str, str]], stream: UUID = CASE) -> bytes:
    """A record with sealed sections, and every fifth names the policy."""
    place = Place(stream, version, NAME)
    sections = [
        seal_section(SECRETS[one], f"key-{one}", place, one, said, bytes([version] * 12)).spelt()
        for one, said in texts.items()
    ]
    event: dict[str, Any] = {"statement": "[sealed]"}
    if version % 5 == 0:
        event["policy"] = f"sha256:{sha256(POLICY.encode()).hexdigest()}"
    return spell({"d": {"event": event}, "s": sections, "z": "c2FsdA=="})


NAME: Final = "appeal-filed.v1"


def written(records: int = 25, *, heads: bool = True) -> Paper:
    """A log with a case of so many records among others, and a day-end manifest after them."""
    paper = Paper()
    for version in range(1, records + 1):
        paper.add(OTHER, "reply-sent.v1", state(version, {}, OTHER))
        said = {Audience.CUSTOMER: {"event.statement": f"my {version}. word: é, 凍"}}
        if version % 2:
            said[Audience.OPERATIONS] = {"event.reason": f"note {version}"}
        paper.add(CASE, NAME, state(version, said))
    if heads:
        paper.write_heads()
    paper.add(OTHER, "reply-sent.v1", state(records + 1, {}, OTHER))
    return paper
