"""
One case in sentences: a pure fold from its records to lines that need no manual.

Each line says when, who, what, how it was ruled, and whose move it is from then on. The customer
gets only the lines that are theirs, without versions: a gap would say that something is kept back.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import attrs

from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import evolve, fold, unopened
from freezecase.core.ruling import Ruling
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.core.values import Audience
from freezecase.views.disclosure import knows_ground
from freezecase.views.sentences import sentence
from freezecase.views.telling import Telling, debtor_name, follows, scope
from freezecase.views.whose_move import Move, moves_owed

__all__ = ["TOLD_TO_CUSTOMERS", "Line", "Timeline", "policy_of", "timeline"]


TOLD_TO_CUSTOMERS: Final[frozenset[type[CaseEvent]]] = frozenset(
    {
        *(e.FreezeImposed, e.ScopeNarrowed, e.ScopeWidened, e.FreezeRenewed, e.FreezeUpheld),
        *(e.NoticeSent, e.ChecksRequested, e.EvidenceSubmitted, e.CheckPassed, e.CheckFailed),
        *(e.CheckWaived, e.CheckExpired, e.ContactReceived, e.ReplySent, e.HumanRequested),
        *(e.HumanJoined, e.PromiseMade, e.PromiseKept, e.PromiseBroken, e.PromiseSuperseded),
        *(e.AppealFiled, e.AppealAcknowledged, e.AppealUpheld, e.AppealRejected),
        *(e.AppealWithdrawn, e.ExternalReviewOpened, e.ExternalReviewDecided, e.ReleaseEnforced),
        *(e.AccountOffboarded, e.FundsForfeited, e.CaseReopened, e.PersonalDataErased),
    }
)
"""
What a customer is told of: what they did, and what was said or done to them.

The inner workings (who tried what, what was withheld and why, who owes what inside) are not theirs.
The floor is on purpose narrow: rules of disclosure may tell more, never take back what was told.
"""


@attrs.frozen(kw_only=True)
class Line:
    """One record, in words."""

    version: int | None
    """Its place in the case; nothing for a customer."""
    kind: str
    """The kind of event, such as `freeze-imposed`."""
    recorded_at: datetime
    """When it was written down; for a customer, when it happened: a record may wait for another."""
    occurred_at: datetime
    who: str
    what: str
    """What they did, in words that follow `who`."""
    ruling: str
    """How the policy ruled, in words; only on the first line of a turn, and for no customer."""
    policy: str
    """Which policy ruled: its name, version and digest."""
    source: str
    """Where it was imported from, if it was."""
    status: Status
    """Where the case stood from then on."""
    moves: tuple[Move, ...]
    """Whose move it was from then on."""


@attrs.frozen(kw_only=True)
class Timeline:
    """One case in sentences, for one reader."""

    case: UUID
    account: str
    reader: Audience
    lines: tuple[Line, ...]
    status: Status
    restricted: str
    """What the account cannot do, in words."""
    moves: tuple[Move, ...]
    """Whose move it is at the end."""


def timeline(
    records: Iterable[Record], *, reader: Audience = Audience.OPERATIONS, owed: bool = False
) -> Timeline:
    """
    Return a case in sentences, from at least one of its first *records*, in order.

    With *owed*, each obligation that was opened or met in consequence has a line of its own; else
    whose move it is tells of them, as it does to customers in any case.
    """
    told = tuple(records)
    case = told[0].case
    after = fold((record.event for record in told), unopened(case))
    return Timeline(
        case=case,
        account=after.account,
        reader=reader,
        lines=tuple(_lines(told, reader, after, owed=owed and reader is not Audience.CUSTOMER)),
        status=after.status,
        restricted=scope(after.restriction),
        moves=_moves(after, reader),
    )


def _lines(
    records: Sequence[Record], reader: Audience, end: CaseState, *, owed: bool
) -> Iterator[Line]:
    state = unopened(end.id)
    ground_told = reader is not Audience.CUSTOMER or knows_ground(end, records)
    newest: Telling | None = None
    for record in records:
        if owed or not follows(record):  # else whose move it is tells it, after the line before
            if newest is not None:
                yield _line(newest, state)
            telling = Telling(record, state, reader, ground_told)
            newest = telling if _for(telling) else None
        state = evolve(state, record.event)
    if newest is not None:
        yield _line(newest, state)


def _for(telling: Telling) -> bool:
    """Say whether a record is for this reader."""
    return not telling.to_customer or type(telling.record.event) in TOLD_TO_CUSTOMERS


def _line(telling: Telling, after: CaseState) -> Line:
    record = telling.record
    inside = not telling.to_customer
    ruling, source = (record.ruling, record.source) if inside else (None, None)
    return Line(
        version=record.version if inside else None,
        kind=record.kind,
        recorded_at=record.recorded_at if inside else record.occurred_at,
        occurred_at=record.occurred_at,
        who=telling.who,
        what=sentence(telling),
        ruling=ruling.in_words() if ruling else "",
        policy=policy_of(ruling) if ruling else "",
        source=f"{source.log} row {source.row}" if source else "",
        status=after.status,
        moves=_moves(after, telling.reader),
    )


def policy_of(ruling: Ruling) -> str:
    """Name the policy of a ruling: its name, version and digest."""
    policy = ruling.policy
    return f"{policy.name} v{policy.version} {policy.digest}"


def _moves(state: CaseState, reader: Audience) -> tuple[Move, ...]:
    """Return whose move it is, as far as the reader may know, by the names the reader knows."""
    told_all = reader is not Audience.CUSTOMER
    return tuple(
        attrs.evolve(move, who=debtor_name(move.who, reader))
        for move in moves_owed(state)
        if told_all or move.told
    )
