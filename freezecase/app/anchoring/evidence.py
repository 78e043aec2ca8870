"""
Making evidence: a case with its proofs, out of a store, for somebody who trusts nobody in it.

    maker = EvidenceMaker(store, Prover(store), DayEnds(store, clock))
    note = maker.newest(case, notes)                # a checkpoint that covers the case
    bundle = maker.bundle(case, note)
    path.write_bytes(bundle.data)
    maker.receipt(record.index, note).text          # of one record, for tools of public logs

Make a checkpoint before, such as `Checkpointer.make(Occasion.EXPORT)`: what was recorded since the
last one is vouched for by nobody. Sections stay sealed unless somebody who is cleared opens them,
and that is on record before it is shown.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar
from uuid import UUID

import attrs
from msgspec import UNSET, UnsetType

from freezecase.app.anchoring.day_end import DayEnds
from freezecase.app.anchoring.proving import Prover
from freezecase.app.custody.openings import Cleared, Opener, SealedRecord
from freezecase.app.stores.store import Loaded, Store
from freezecase.core.checked import refuse
from freezecase.errors import CannotVerify, InvalidValue, NoSuchCase
from freezecase.seal.bundle import EVIDENCE_FORMAT, Bundle, Complete, Shown
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.examine import sections_in
from freezecase.seal.keys import SubjectKey
from freezecase.seal.note import open_note
from freezecase.seal.sections import Place, section_key
from freezecase.seal.tlog_proof import TlogProof
from freezecase.seal.trust import Trust, judge

__all__ = ["Enclosed", "EvidenceMaker", "Opening"]


class Opening(NamedTuple):
    """Who opens sections, and what for: it is on record before anything is shown."""

    opener: Opener
    reader: Cleared


@attrs.frozen(kw_only=True)
class Enclosed:
    """What else goes into a bundle."""

    withheld: Collection[int] = ()
    """The versions whose states are left out; what remains shows that they are there."""
    policy: str | None = None
    """The text whose digest the rulings name, as `policy.digest.spelt` gives it."""
    time_stamp: bytes | None = None
    """A time stamp of RFC 3161 over the checkpoint."""
    note: str | None = None
    """Something that nobody vouches for, such as what was asked."""


NOTHING: Final = Enclosed()
_Keys = Mapping[str, bytes]
"""The keys of sections of one record, by audience."""
_V = TypeVar("_V")


@attrs.frozen
class EvidenceMaker:
    """Makes the evidence of cases from one store."""

    store: Store
    prover: Prover
    manifests: DayEnds

    def newest(self, case: UUID, notes: Iterable[str], trust: Trust | None = None) -> str:
        """
        Return the newest of some checkpoints, if it covers all of a case.

        Of several of one size it is the one that most witnesses cosigned. With *trust*, only those
        count that its log signed and that enough witnesses cosigned.

        Raises:
            CannotVerify: none does.
            NoSuchCase: there is no such case.

        """
        last = self.last(case)
        sized = [(found.size, len(note), note) for note in notes if (found := _of(note))]
        for size, _, note in sorted(sized, reverse=True):
            if size >= last and (trust is None or _vouched(note, trust)):
                return note
        raise CannotVerify(
            f"no checkpoint covers record {last}, the last of case `{case}`: make a checkpoint "
            "first, and have it cosigned"
        )

    def last(self, case: UUID) -> int:
        """
        Return the place in the ledger of a case's last record: what a checkpoint has to cover.

        Raises:
            NoSuchCase: there is no such case.

        """
        return self._rows(case)[-1][3]

    def bundle(
        self,
        case: UUID,
        note: str,
        *,
        opening: Opening | None = None,
        enclosed: Enclosed = NOTHING,
    ) -> Bundle:
        """
        Return the evidence of a case.

        Args:
            case: which one.
            note: a checkpoint that covers it, with its cosignatures.
            opening: who opens which sections, and what for; nothing is opened without.
            enclosed: what else goes in, and what stays out.

        Raises:
            NoSuchCase: there is no such case.
            InvalidValue: it has no such versions to be withheld.
            CannotVerify: the checkpoint is not of this ledger, or does not cover the case.
            Tampered: the ledger does not agree with itself.

        """
        rows = self._rows(case)
        size = self._size(note, rows[-1][3])
        shown = {row[0] for row in rows} - _withheld(enclosed, len(rows))
        told = [row for row in rows if row[0] in shown]
        keys: Mapping[int, _Keys] = {} if opening is None else _opened(told, case, opening)
        return Bundle(
            format=EVIDENCE_FORMAT,
            checkpoint=note,
            stream=case,
            events=tuple(
                self._shown(row, size, keys.get(row[0]), withheld=row[0] not in shown)
                for row in rows
            ),
            complete=self._complete(case, rows, size),
            policy=_or_unset(enclosed.policy),
            tsr=_or_unset(enclosed.time_stamp),
            note=_or_unset(enclosed.note),
        )

    def receipt(self, index: int, note: str) -> TlogProof:
        """
        Return a receipt for one record: that it is in the log, to be kept by whoever needs it.

        Args:
            index: its place in the ledger, from 1.
            note: a checkpoint that covers it.

        Raises:
            InvalidValue: there is no such place.
            CannotVerify: the checkpoint is not of this ledger, or does not cover the record.

        """
        size = self._size(note, index)
        proof = self.prover.inclusion(index, size)
        header = self.store.header(index) or b""
        return TlogProof(index=index - 1, proof=proof, checkpoint=note, extra=header)

    def _rows(self, case: UUID) -> list[Loaded]:
        rows = self.store.read(case)
        if not rows:
            raise NoSuchCase(case)
        return rows

    def _size(self, note: str, last: int) -> int:
        """Return how many records a checkpoint covers, sure that it is one of this ledger."""
        found = _of(note)
        if found is None or found.origin != self.store.origin:
            raise CannotVerify(f"that is no checkpoint of `{self.store.origin}`: hand in one")
        if not last <= found.size <= self.store.size():
            raise CannotVerify(
                f"the checkpoint covers {found.size} records, and it takes one of {last} to "
                f"{self.store.size()}: make a checkpoint first"
            )
        if self.prover.root(found.size) != found.root:
            raise CannotVerify(
                f"{self.store.where} is not what the checkpoint of {found.size} records says: "
                "verify the store, and believe nothing of it"
            )
        return found.size

    def _shown(
        self, row: Loaded, size: int, keys: _Keys | None = None, *, withheld: bool = False
    ) -> Shown:
        """Return a record with what shows that it is there."""
        _version, _name, state, index, _at = row
        header = self.store.header(index) or b""
        return Shown(
            header=header.decode(),
            proof=self.prover.inclusion(index, size),
            state=UNSET if withheld else state.decode(),
            keys=_or_unset(dict(keys) if keys else None),
        )

    def _complete(self, case: UUID, rows: Sequence[Loaded], size: int) -> Complete | UnsetType:
        """Return what shows that nothing was left out; nothing if no manifest covers the case."""
        manifest = self.manifests.covering(rows[0][3], size)
        if manifest is None:
            return UNSET
        found = self.manifests.proof(manifest, case)
        (row,) = self.store.read(
            self.manifests.stream, after=manifest.version - 1, upto=manifest.version
        )
        return Complete(
            manifest=self._shown(row, size),
            entry=found.entry.decode(),
            index=found.place,
            size=found.size,
            proof=found.proof,
        )


def _withheld(enclosed: Enclosed, records: int) -> set[int]:
    wrong = [one for one in enclosed.withheld if not 1 <= one <= records]
    if wrong:
        raise refuse("Enclosed.withheld", wrong[0], f"a version of the case, from 1 to {records}")
    return {*enclosed.withheld}


def _opened(rows: Iterable[Loaded], case: UUID, opening: Opening) -> dict[int, _Keys]:
    """Open what the reader is cleared for, on record, and return the keys of these sections."""
    asked = [
        SealedRecord(Place(case, version, name), sections_in(state.decode()))
        for version, name, state, *_ in rows
    ]
    opener, reader = opening
    found: dict[int, _Keys] = {}
    for (place, sections), answers in zip(asked, opener.open(asked, reader), strict=True):
        found[place.version] = {
            section.audience.value: section_key(key.secret, place, section.audience)
            for section, answer in zip(sections, answers, strict=True)
            if isinstance(answer, dict)
            and isinstance(key := opener.keys.find(section.key), SubjectKey)
        }
    return found


def _of(note: str) -> Checkpoint | None:
    """Return what a note says, whoever signed it; nothing if it is no checkpoint."""
    try:
        return Checkpoint.read(open_note(note, ()).text)
    except InvalidValue:
        return None


def _vouched(note: str, trust: Trust) -> bool:
    """Say whether whoever is trusted vouches for a checkpoint."""
    try:
        return judge(note, trust).quorum
    except InvalidValue:
        return False


def _or_unset(given: _V | None) -> _V | UnsetType:
    return UNSET if given is None else given
