"""
What `verify` can find, the gravest first, and what a run of it comes to.

The codes are those of the research behind the ledger, spelt as there. A finding of a graver kind
usually explains those below it: begin at the top.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import attrs

from freezecase.replay.assurance import Assurance
from freezecase.replay.finding import Code, Finding, Severity

__all__ = ["VERIFY_CODES", "Anchored", "Outcome", "Privacy", "Report"]


def _error(means: str, advice: str) -> Code:
    return Code(Severity.ERROR, means, advice)


def _warning(means: str, advice: str) -> Code:
    return Code(Severity.WARNING, means, advice)


_WHO_WROTE: Final = "compare the store with a copy from before, and find out who wrote to it"
_LOG: Final = "stop writing, keep the store and every note as they are, and ask the witnesses"

VERIFY_CODES: Final[Mapping[str, Code]] = {
    "CHECKPOINT_INVALID": _error(
        "a note among the anchors is no checkpoint that a trusted key of the log signed",
        "find out who put it there; an anchor takes notes from the log alone",
    ),
    "CHECKPOINT_ORIGIN": _error(
        "a name of a log is not the one that is trusted, letter by letter",
        "keep the notes of each log in a place of their own, and look for look-alikes",
    ),
    "FORK": _error("the log signed two histories that exclude each other", _LOG),
    "ROOT_MISMATCH": _error("the history is not the one that was vouched for", _LOG),
    "TRUNCATED": _error("the ledger ends before a size that was vouched for", _LOG),
    "LEAF_GAP": _error("a header is missing from the ledger", _WHO_WROTE),
    "HEADER_SHAPE": _error("the bytes of a header are none", _WHO_WROTE),
    "ROW_MISMATCH": _error("a record and its header say different things", _WHO_WROTE),
    "STREAM_GAP": _error("a version of a case is missing, or there twice", _WHO_WROTE),
    "STREAM_LINK": _error("a record does not follow the one before it in its case", _WHO_WROTE),
    "TIME_BACKWARDS": _error("a record says it is older than the one before it", _WHO_WROTE),
    "BACKDATED": _error(
        "a record says it is older than a checkpoint that was cosigned before it was written",
        "look at the clock of who wrote it, and at who wrote it",
    ),
    "FUTURE": _error(
        "a record says it is newer than a cosignature over it",
        "look at the clock of who wrote it, and at who wrote it",
    ),
    "EVENT_MISSING": _error("there is a header, and its record is gone", _WHO_WROTE),
    "EVENT_ALTERED": _error("the bytes of a record are not those that were recorded", _WHO_WROTE),
    "EVENT_RETYPED": _error("a record stands under another name than it was recorded", _WHO_WROTE),
    "UNLEDGERED": _error("there is a record, and the ledger has no header of it", _WHO_WROTE),
    "SECTION_FORGED": _error(
        "a sealed section does not open in its place with its key",
        "believe nothing of it, and find out who wrote the record",
    ),
    "KEY_UNKNOWN": _error(
        "a section names a key of which there is neither the key nor a tombstone",
        "restore the key store from its backup; this is a loss, not an erasure",
    ),
    "KEY_DESTROYED_UNLEDGERED": _error(
        "a key was destroyed, and the ledger does not say so",
        "finish the erasure, or find out who destroyed it",
    ),
    "KEY_RESURRECTED": _error(
        "a key that the ledger says was destroyed opens again",
        "finish the erasure: destroy it again, also in every backup of the key store",
    ),
    "MANIFEST_MISMATCH": _error("a day-end manifest is not what the headers add up to", _WHO_WROTE),
    "RULE_BROKEN": _error(
        "what is recorded breaks a rule of the book",
        "look at the record and at who wrote it; `freezecase replay` judges every rule",
    ),
    "HEAD_STALE": _warning(
        "something made from the ledger, and kept beside it, does not say what it says",
        "trust the records; find out who changed it, and make it anew from them",
    ),
    "QUORUM": _warning(
        "the newest checkpoint is not cosigned by as many witnesses as it takes",
        "ask the witnesses again; until then it proves nothing to a stranger",
    ),
}
"""Every code, in order of precedence."""


class Outcome(StrEnum):
    """What a verification comes to."""

    CLEAN = "clean"
    FINDINGS = "findings"
    COULD_NOT = "could-not-verify"
    """Nothing contradicts it, and what would have to vouch for it is out of reach."""


@attrs.frozen(kw_only=True)
class Anchored:
    """The newest checkpoint that the ledger agrees with and that enough witnesses cosigned."""

    size: int
    root: str
    """In base64, as checkpoints spell it."""
    since: datetime | None
    """When the quorum was complete; nothing if it takes no witness."""
    witnesses: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Privacy:
    """What was met of sealed sections and their keys."""

    sections: int
    opened: int
    """Sections that opened in their places. What they hold is looked at by nobody."""
    live: int
    erased: int
    unknown: int
    resurrected: int


@attrs.frozen(kw_only=True)
class Report:
    """What a verification looked at, and what it found."""

    origin: str
    looked_at: str
    """Which part of the ledger, in words."""
    records: int
    """How many records were held against their headers."""
    leaves: int
    """How many headers the tree has, the newest record's index."""
    streams: int
    root: str
    """The root of the tree as it is now, in base64; empty where only a part was looked at."""
    anchored: Anchored | None
    assurance: Assurance | None
    """What can honestly be claimed; nothing where only single records were looked at."""
    newest_recorded_at: datetime | None
    privacy: Privacy | None
    """Nothing where no key store was given."""
    manifests: int
    """How many day-end manifests there are."""
    why_not: tuple[str, ...]
    """What was out of reach, each with what would help."""
    found: Mapping[str, int]
    """How often each code was found, also beyond what is told in `findings`."""
    findings: tuple[Finding, ...]
    """What was found, the gravest first."""

    @property
    def window(self) -> int:
        """How many records at the end nothing outside vouches for yet."""
        return self.leaves - (self.anchored.size if self.anchored else 0)

    @property
    def outcome(self) -> Outcome:
        """What it comes to: one finding is enough, whatever could not be reached."""
        if self.found.keys() - {"QUORUM"} or (self.found and not self.why_not):
            return Outcome.FINDINGS
        return Outcome.COULD_NOT if self.why_not else Outcome.CLEAN

    @property
    def exit_code(self) -> int:
        """What a program that verified ends with: 0 clean, 1 findings, 2 could not verify."""
        return _EXITS[self.outcome]


_EXITS: Final[Mapping[Outcome, int]] = {
    Outcome.CLEAN: 0,
    Outcome.FINDINGS: 1,
    Outcome.COULD_NOT: 2,
}
