"""
What can honestly be claimed of a history, and how much of it nothing protects.

A ledger alone proves nothing against whoever can write to its database and has its key. What counts
is who else, outside, saw how it stood. Each rung of the ladder is a thing that was **checked**, one
checkpoint at a time; nothing is claimed because it was configured.

    proven = [Proven(size=1000, cosigned=vouched.cosigned, outside=True)]   # held against the tree
    assurance = assess(proven, size=1002, trust=trust)
    assurance.level, assurance.window                            # L2, 2 records
    for line in assurance.in_words(): print(line)
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from operator import attrgetter
from types import MappingProxyType
from typing import Final, NamedTuple

import attrs

from freezecase.core.checked import refuse
from freezecase.seal.timestamp import Stamp
from freezecase.seal.trust import Trust

__all__ = ["LADDER", "Assurance", "Level", "Proven", "Rung", "Step", "assess"]


class Level(IntEnum):
    """How much can be claimed; each level takes what the ones below take."""

    L0 = 0
    L1 = 1
    L2 = 2
    L3 = 3
    L4 = 4


@attrs.frozen(kw_only=True)
class Proven:
    """A checkpoint whose root is that of the records: make one only after that was looked at."""

    size: int
    """How many records it covers."""
    cosigned: Mapping[str, datetime] = MappingProxyType({})
    """When each witness, by its name in the trust document, saw it; over one note or several."""
    outside: bool = False
    """
    Whether it was read from where whoever writes the database cannot change it.

    Even a cosigned one that was read from the database itself is not: its signatures hold, but
    newer ones may have been taken away together with the records that they covered.
    """
    stamps: Sequence[Stamp] = ()
    """The time stamps over its note that hold."""

    @property
    def seen_at(self) -> datetime | None:
        """When somebody outside first says that it was there."""
        said = [*self.cosigned.values(), *(stamp.latest for stamp in self.stamps)]
        return min(said, default=None)


class Rung(NamedTuple):
    """A level: what it means for people, and what a checkpoint needs for it."""

    means: str
    lacks: str
    """What to do if it is not reached."""
    holds: Callable[[Proven, Trust, str], bool]


LADDER: Final[Mapping[Level, Rung]] = MappingProxyType(
    {
        Level.L0: Rung(
            "the log signed it: a change by somebody without its key shows",
            "make a checkpoint",
            lambda proven, trust, public: True,
        ),
        Level.L1: Rung(
            "a copy was read from outside the database: a change or a cut by somebody who cannot "
            "change that copy shows",
            "keep checkpoints in a place that only takes files, and read them from there",
            lambda proven, trust, public: proven.outside,
        ),
        Level.L2: Rung(
            "witnesses of other houses saw it: a change shows even if the log has two faces",
            "have checkpoints cosigned by the witnesses that the trust document asks for",
            lambda proven, trust, public: bool(proven.cosigned) and trust.enough(proven.cosigned),
        ),
        Level.L3: Rung(
            "a time-stamping authority says when it was there: nobody can have made it later",
            "have a checkpoint time-stamped",
            lambda proven, trust, public: bool(proven.stamps),
        ),
        Level.L4: Rung(
            "public witnesses saw it: all that is said above holds though our own witnesses lie",
            "have checkpoints cosigned by a group of public witnesses, and name that group",
            lambda proven, trust, public: bool(public) and trust.enough(proven.cosigned, public),
        ),
    }
)
"""What each level takes and means, from the lowest up."""


@attrs.frozen(kw_only=True)
class Step:
    """How far one level reaches."""

    level: Level
    size: int
    """How many records it covers: the largest checkpoint that is on this level."""
    window: int
    """How many records came since."""
    at: datetime | None
    """When somebody outside first saw that checkpoint, as far as anybody says."""


@attrs.frozen(kw_only=True)
class Assurance:
    """What can be claimed of a history of so many records."""

    size: int
    steps: tuple[Step, ...]
    """The levels that are reached, the lowest first; none if nobody signed anything."""

    @property
    def level(self) -> Level:
        """The highest level that is reached; L0 also if nothing is signed: it claims nothing."""
        return self.steps[-1].level if self.steps else Level.L0

    @property
    def anchored(self) -> int:
        """How many records somebody outside vouches for, at whatever level."""
        return max((step.size for step in self.steps if step.level > Level.L0), default=0)

    @property
    def window(self) -> int:
        """How many records nothing outside protects: whoever can write there can change them."""
        return self.size - self.anchored

    def in_words(self) -> Iterator[str]:
        """Say it to people, a line each."""
        for step in self.steps:
            yield f"{step.level.name} up to record {step.size:,}{_since(step)}: {_means(step)}"
        if self.window:
            first = self.anchored + 1
            yield f"window: nothing outside protects records {first:,} to {self.size:,}"
        elif self.size:
            yield "window: none; what is written from now on is in it until the next checkpoint"
        missing = Level(len(self.steps)) if len(self.steps) < len(LADDER) else None
        if missing is not None:
            yield f"for {missing.name}: {LADDER[missing].lacks}"


def assess(proven: Iterable[Proven], *, size: int, trust: Trust, public: str = "") -> Assurance:
    """
    Return what can be claimed of *size* records.

    A level is reached by a checkpoint that has all that it and every level below it takes. It
    covers the records up to that checkpoint and not one more, so a level that is reached seldom
    covers less than the one below.

    Args:
        proven: the checkpoints that were held against the records, in any order.
        size: how many records there are.
        trust: whom the auditor trusts.
        public: the witness or the group in *trust* whose witnesses are public, if there is one.

    Raises:
        InvalidValue: a checkpoint covers more records than there are, or nobody in *trust* has
            the name *public*.

    """
    if public and public not in {*trust.witnesses, *trust.groups}:
        raise refuse("public", public, "the name of a witness or a group in the trust document")
    found: dict[Level, Proven] = {}
    for one in sorted(proven, key=attrgetter("size")):
        if one.size > size:
            raise refuse("proven", one.size, f"a checkpoint of at most {size} records")
        for level, rung in LADDER.items():
            if not rung.holds(one, trust, public):
                break
            found[level] = one
    steps = (
        Step(level=level, size=one.size, window=size - one.size, at=one.seen_at)
        for level, one in found.items()
    )
    return Assurance(size=size, steps=tuple(sorted(steps, key=lambda step: step.level)))


def _means(step: Step) -> str:
    return LADDER[step.level].means


def _since(step: Step) -> str:
    return f", seen {step.at:%Y-%m-%dT%H:%M:%SZ}" if step.at else ""
