"""What a hand-over packet is made of: values that say what is known, asked, promised and owed."""

from datetime import datetime
from typing import Final
from uuid import UUID

import attrs

from freezecase.core.state import CheckStage
from freezecase.core.status import Status
from freezecase.core.values import Audience, Channel, Ground, Person, Slug
from freezecase.views.whose_move import Move

__all__ = ["Failure", "Known", "Packet", "PacketCheck", "PacketPromise", "Said"]


@attrs.frozen(kw_only=True)
class Known:
    """Something that moved the case: when, who, and what in words."""

    at: datetime
    who: str
    what: str


@attrs.frozen(kw_only=True)
class PacketCheck:
    """A check of the case: what was asked, how far it has come, what came in for it."""

    check: Slug
    instead: tuple[Slug, ...]
    stage: CheckStage
    failures: int
    shown: tuple[Slug, ...]
    """What the customer showed for it, in order; nothing if nothing came yet."""
    shown_at: datetime | None
    """When something was shown last."""
    valid_until: datetime | None
    due: datetime | None
    """By when somebody must end the wait for it, whose move it is."""

    @property
    def asked(self) -> bool:
        """Whether it is for the customer to show something, or for somebody to look at it."""
        return self.stage not in _SETTLED


_SETTLED: Final = frozenset({CheckStage.PASSED, CheckStage.WAIVED, CheckStage.REFUSED})


@attrs.frozen(kw_only=True)
class PacketPromise:
    """A promise that is open: whoever takes the case keeps it."""

    promise: Slug
    due: datetime
    by: Person
    made_at: datetime | None
    """When it was made; nothing in a history that does not tell."""
    channel: Channel | None
    said_in: Slug | None
    """The notice that stated it, or `reply`; nothing when it was made by itself."""


@attrs.frozen(kw_only=True)
class Said:
    """One exchange of words: who spoke to whom, how, about what."""

    at: datetime
    kind: str
    """The kind of event, such as `contact-received`."""
    who: Person
    channel: Channel
    topics: tuple[Slug, ...]
    words: str | None
    """What was said, if anybody wrote it down and this reader may read it."""
    what: str
    """All of it in words."""


@attrs.frozen(kw_only=True)
class Failure:
    """A way that did not work, so that nobody tries it again unawares."""

    kind: str
    """`unreached`, `nobody-there`, `impostor` or `broken`."""
    what: Slug
    """Which notice did not arrive, or which promise was broken; else the channel."""
    channel: Channel | None
    times: int


@attrs.frozen(kw_only=True)
class Packet:
    """A case as whoever takes it has to know it."""

    case: UUID
    account: str
    reader: Audience
    status: Status
    ground: Ground | None
    restricted: str
    """What the account cannot do, in words."""
    owner: Person | None
    offered_to: Person | None
    known: tuple[Known, ...]
    """What moved the case, in order."""
    checks: tuple[PacketCheck, ...]
    promises: tuple[PacketPromise, ...]
    """What is due first comes first."""
    owed: tuple[Move, ...]
    """Whose move it is: all that anybody owes, promises included; what is due first comes first."""
    said: tuple[Said, ...]
    """Who spoke to whom, in order."""
    failed: tuple[Failure, ...]

    @property
    def asked(self) -> tuple[PacketCheck, ...]:
        """The checks that still stand in the way."""
        return tuple(one for one in self.checks if one.asked)

    @property
    def received(self) -> tuple[PacketCheck, ...]:
        """The checks for which something was shown."""
        return tuple(one for one in self.checks if one.shown)

    @property
    def next_move(self) -> Move | None:
        """What is due first; a duty before a right."""
        return self.owed[0] if self.owed else None
