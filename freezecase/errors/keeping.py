"""What is kept and cannot be read, written, opened, proved, taken in or sent out."""

from __future__ import annotations

from typing import Any

from freezecase.errors.asking import FreezeCaseError

__all__ = [
    "AnomalyFound",
    "BadMapping",
    "BadNotice",
    "CannotVerify",
    "ErasureRefused",
    "ImportFailed",
    "NotCleared",
    "NotGenuine",
    "NotOurStore",
    "RecordError",
    "SealError",
    "SectionForged",
    "StoreBusy",
    "StoreError",
    "StoreFull",
    "StoreReadOnly",
    "Tampered",
    "Undeliverable",
    "UnknownKey",
    "UnknownName",
    "Unreadable",
    "VersionGap",
    "WitnessRefused",
]


class RecordError(FreezeCaseError):
    """What is stored cannot be read, or cannot be trusted."""


class UnknownName(RecordError):
    """A stored name that no reader knows."""

    name: str

    def __init__(self, name: str, where: str) -> None:
        """Name the stored name and the place it was found."""
        said = f"unknown stored name `{name}` at {where}: this version of freezecase cannot read it"
        super().__init__(said, name=name)


class Unreadable(RecordError):
    """Bytes that are not what their name promises."""

    def __init__(self, name: str, where: str, why: str) -> None:
        """Name what was being read, where, and what is wrong with it."""
        super().__init__(f"cannot read `{name}` at {where}: {why}", name=name)


class VersionGap(RecordError):
    """A version of a case is missing."""

    case: str
    expected: int
    found: int

    def __init__(self, case: object, expected: int, found: int) -> None:
        """Name the version that should come next and the one that does."""
        said = f"case `{case}` has a gap: version {expected} should come next, found {found}"
        super().__init__(said, case=str(case), expected=expected, found=found)


class Tampered(RecordError):
    """A stored record is not what the ledger says of it. Believe nothing of it, and verify."""

    code: str
    case: str
    version: int

    def __init__(self, code: str, case: object, version: int, why: str) -> None:
        """Name what kind of finding it is, the record, and what does not agree."""
        said = f"{code}: case `{case}` version {version}: {why}: verify the store"
        super().__init__(said, code=code, case=str(case), version=version)


class StoreError(FreezeCaseError):
    """The store cannot be opened or written."""


class NotOurStore(StoreError):
    """A database, but not one of ours."""


class StoreReadOnly(StoreError):
    """The store may be read, not written."""


class StoreFull(StoreError):
    """No room is left; what was acknowledged before is safe, this command was not stored."""


class StoreBusy(StoreError):
    """Another writer held the store longer than the time allowed."""


class SealError(FreezeCaseError):
    """What is sealed cannot be opened, or may not be."""


class UnknownKey(SealError):
    """There is neither a key nor a tombstone of that id: it was lost, it was not erased."""

    key: str

    def __init__(self, key: str) -> None:
        """Name the id of the key."""
        said = f"no key `{key}` and no tombstone: restore the key store, do not call it erased"
        super().__init__(said, key=key)


class SectionForged(SealError):
    """A section was not sealed in this place with this key."""


class NotCleared(SealError):
    """The reader has no clearance for what was asked."""


class ErasureRefused(SealError):
    """The personal data must be kept for now: `.until` says how long, if that is known."""

    until: Any
    why: tuple[str, ...]


class CannotVerify(FreezeCaseError):
    """What a proof needs is out of reach: an anchor, a key, a quorum."""


class WitnessRefused(FreezeCaseError):
    """A witness did not cosign. A 409 or 422 means that it saw another history: raise the alarm."""

    status: int


class ImportFailed(FreezeCaseError):
    """A foreign log could not be taken in."""


class BadMapping(ImportFailed):
    """The mapping file says something that cannot be."""


class AnomalyFound(ImportFailed):
    """Strict import met a row that breaks a rule. Nothing was written."""


class BadNotice(FreezeCaseError):
    """A text to the customer, or a catalogue, must not leave the house: `.findings` says why."""

    findings: tuple[Any, ...]


class Undeliverable(FreezeCaseError):
    """It will never be taken, however often it is tried. The host's own ports raise it."""


class NotGenuine(FreezeCaseError):
    """A message does not prove that it comes from whom it says. Believe nothing of it."""
