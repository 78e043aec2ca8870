"""
What an auditor found: data, with a code, a place, what stands there, what should, and what to do.

`CODES` is the list of codes of a replay, the gravest first: findings are reported in this order.
Those of `verify` are in `findings`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

import attrs

__all__ = ["CODES", "KEPT", "Code", "Finding", "Findings", "Severity"]

KEPT: Final = 1000
"""How many findings of each code are told in full."""


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    """What is stored is not what was written, or was never allowed."""
    WARNING = "warning"
    """Records hold; something beside them does not."""


@attrs.frozen
class Code:
    """One kind of finding: how much it weighs, what it means, and what to do about it."""

    severity: Severity
    means: str
    advice: str


def _error(means: str, advice: str) -> Code:
    return Code(Severity.ERROR, means, advice)


_RESTORE = "compare the store with a copy from before, and find out who wrote to it"

CODES: Final[Mapping[str, Code]] = {
    "store-unreadable": _error(
        "the store could not be read to its end, so what follows was not looked at",
        "see to the store itself, then replay again",
    ),
    "part-lost": _error(
        "a part of the store was not looked at: nobody came back from there",
        "replay again, with more memory or fewer processes",
    ),
    "row-misshapen": _error("a row holds something that no writer of ours puts there", _RESTORE),
    "unknown-name": _error(
        "a record has a name that this version cannot read",
        "replay with the version that wrote it; if it is yours, nobody should have written it",
    ),
    "unreadable": _error("the bytes of a record are not the one spelling of a record", _RESTORE),
    "version-gap": _error("a version of a case is missing", _RESTORE),
    "ledger-gap": _error("an index of the ledger is missing", _RESTORE),
    "head-wrong": _error("the head of the ledger does not tell how it ends", _RESTORE),
    "order-broken": _error("a later version of a case stands earlier in the ledger", _RESTORE),
    "time-fell": _error("a record was recorded before the one that precedes it", _RESTORE),
    "turn-broken": _error("a record does not point to the command that caused it", _RESTORE),
    "command-twice": _error("one command was carried out twice", _RESTORE),
    "ruling-contradicted": _error("a record does not agree with its own ruling", _RESTORE),
    "event-illegal": _error(
        "something happened that the case was in no position for",
        "look at the record before it, and at who wrote this one",
    ),
    "fold-differs": _error(
        "the rules said a second time lead to another state",
        "one of the two readings is wrong: report it, with the kinds of event of this case",
    ),
    "listed-wrongly": Code(
        Severity.WARNING,
        "the list of cases does not say what the records say",
        "trust the records, and build the list anew from them",
    ),
}
"""Every code of a replay, in order of precedence."""


@attrs.frozen(kw_only=True)
class Finding:
    """Something that is not as it should be."""

    code: str
    severity: Severity
    where: str
    said: str
    """What stands there."""
    expected: str
    """What should stand there."""
    advice: str


class Findings:
    """Collects findings: counts all of them, and keeps the first of each kind, up to a limit."""

    def __init__(self, limit: int, codes: Mapping[str, Code] = CODES) -> None:
        """Keep at most *limit* findings of each of *codes*, so that memory stays flat."""
        self._limit, self._codes = limit, codes
        self._kept: list[Finding] = []
        self.found: Counter[str] = Counter()

    def note(self, code: str, where: str, said: str, expected: str) -> None:
        """Add a finding."""
        kind = self._codes[code]
        self.found[code] += 1
        if self.found[code] <= self._limit:
            self._kept.append(
                Finding(
                    code=code,
                    severity=kind.severity,
                    where=where,
                    said=said,
                    expected=expected,
                    advice=kind.advice,
                )
            )

    def join(self, found: Mapping[str, int], kept: Iterable[Finding]) -> None:
        """Add what was found elsewhere, as if it had been found here, after all the rest."""
        self.found.update(found)
        told = Counter(one.code for one in self._kept)
        for one in kept:
            told[one.code] += 1
            if told[one.code] <= self._limit:
                self._kept.append(one)

    def in_order(self) -> tuple[Finding, ...]:
        """Return what was kept, the gravest first, each kind as it was found."""
        precedence = {code: place for place, code in enumerate(self._codes)}
        return tuple(sorted(self._kept, key=lambda one: precedence[one.code]))

    def counts(self) -> dict[str, int]:
        """Return how often each code was found, the gravest first."""
        return {code: self.found[code] for code in self._codes if self.found[code]}
