"""
Verify a store against what is kept outside of it: recompute everything, trust nothing inside.

    trust = Trust.read(Path("trust.policy").read_text())
    report = verify(store, trust, FolderAnchor("checkpoints").fetch_all())
    report.exit_code              # 0 clean, 1 findings, 2 could not verify
    report.window                 # so many records at the end nothing vouches for yet

Records and headers are read side by side in the order of the ledger, once; the cases are folded
once, for what is kept beside the ledger. Memory is one small entry a stream, however long
histories are. A change inside the window after the last checkpoint shows only where it contradicts
itself: whoever owns the database can cut off those records, and no tool can tell.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

import attrs

from freezecase.app.stores.store import Store
from freezecase.core.checked import refuse
from freezecase.errors import FreezeCaseError
from freezecase.replay.finding import KEPT, Findings
from freezecase.replay.findings import VERIFY_CODES, Report
from freezecase.replay.headers import SKEW
from freezecase.replay.run import Progress, Run
from freezecase.replay.side_by_side import since, whole
from freezecase.replay.spots import one_case, sample
from freezecase.replay.vouching import Stamps
from freezecase.seal.keys import KeyStore
from freezecase.seal.trust import Trust

__all__ = ["OneCase", "Part", "Sample", "Since", "Whole", "verify"]


@attrs.frozen
class Whole:
    """Everything: the ledger, what is made from it, the keys and the manifests."""


@attrs.frozen
class Since:
    """What came after a size that is vouched for: the largest that is no larger than this."""

    size: int

    def __attrs_post_init__(self) -> None:
        """Refuse what no ledger has."""
        if self.size < 0:
            raise refuse("Since.size", self.size, "0 or more")


@attrs.frozen
class OneCase:
    """The records of one case. That its end was cut off shows only in the whole."""

    case: UUID


@attrs.frozen
class Sample:
    """About a share of all records, the same ones for the same seed."""

    share: float
    seed: str

    def __attrs_post_init__(self) -> None:
        """Refuse what is no share."""
        if not 0 < self.share <= 1:
            raise refuse("Sample.share", self.share, "more than 0 and at most 1")


Part: TypeAlias = Whole | Since | OneCase | Sample
"""Which part of a store is looked at."""
_WHOLE: Final = Whole()
_PARTS: Final[Mapping[type[Part], Callable[[Run, Any], None]]] = {
    Whole: lambda run, _: whole(run),
    Since: lambda run, part: since(run, part.size),
    OneCase: lambda run, part: one_case(run, part.case),
    Sample: lambda run, part: sample(run, part.share, part.seed),
}


def verify(
    store: Store,
    trust: Trust | None,
    notes: Iterable[str | bytes] | None,
    *,
    part: Part = _WHOLE,
    keys: KeyStore | None = None,
    stamps: Stamps | None = None,
    progress: Progress | None = None,
    keep: int = KEPT,
    skew: timedelta = SKEW,
) -> Report:
    """
    Hold a store against what is kept outside of it. Never raises for what is stored.

    Args:
        store: where the records are; it is only read.
        trust: the keys of the log and of witnesses, and how many of these it takes.
        notes: the checkpoints, from places where nobody who can write the database can write.
        part: what to look at; everything, unless said otherwise.
        keys: the key store, to open every section in its place; without it none is looked into.
        stamps: the time stamps that hold, by the note that each is over.
        progress: told (done, of) now and then.
        keep: how many findings of each code to tell in full; all are counted.
        skew: how far the clocks of writers and of witnesses may be apart.

    """
    run = Run(
        store=store,
        findings=Findings(keep, VERIFY_CODES),
        keys=keys,
        progress=progress,
        skew=skew,
    )
    try:
        run.reach(trust, notes, stamps or {})
        _PARTS[type(part)](run, part)
    except FreezeCaseError as error:
        run.why_not.append(f"the store could not be read to its end: {error}")
    return run.report()
