"""
What other systems are told of a case: that something happened, and where the case then stood.

An announcement holds no text, no ground, no name, no rule: whatever it does not hold it cannot give
away. What is announced at all, and to whom, is one table. What only hints at a suspicion is in no
row of it: that telling was withheld, that a hold was placed, that somebody was refused something,
that somebody inside owes something.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

import attrs

from freezecase.app.clock import instant_of
from freezecase.app.reading import events_of
from freezecase.app.stores.store import Loaded
from freezecase.core.checked import refuse
from freezecase.core.evolve import fold, unopened
from freezecase.core.status import Status
from freezecase.core.values import Audience
from freezecase.wire.codec import read_entry

__all__ = ["ANNOUNCED", "Announcement", "announced_to", "announcement", "kind_named"]

ANNOUNCED: Final[Mapping[str, Audience]] = MappingProxyType(
    {
        "freeze-imposed": Audience.CUSTOMER,
        "scope-narrowed": Audience.CUSTOMER,
        "scope-widened": Audience.CUSTOMER,
        "freeze-renewed": Audience.CUSTOMER,
        "freeze-upheld": Audience.CUSTOMER,
        "notice-sent": Audience.CUSTOMER,
        "checks-requested": Audience.CUSTOMER,
        "evidence-submitted": Audience.CUSTOMER,
        "check-passed": Audience.CUSTOMER,
        "check-failed": Audience.CUSTOMER,
        "check-waived": Audience.CUSTOMER,
        "check-expired": Audience.CUSTOMER,
        "contact-received": Audience.CUSTOMER,
        "reply-sent": Audience.CUSTOMER,
        "human-requested": Audience.CUSTOMER,
        "human-joined": Audience.CUSTOMER,
        "promise-made": Audience.CUSTOMER,
        "promise-kept": Audience.CUSTOMER,
        "promise-broken": Audience.CUSTOMER,
        "promise-superseded": Audience.CUSTOMER,
        "appeal-filed": Audience.CUSTOMER,
        "appeal-acknowledged": Audience.CUSTOMER,
        "appeal-upheld": Audience.CUSTOMER,
        "appeal-rejected": Audience.CUSTOMER,
        "appeal-withdrawn": Audience.CUSTOMER,
        "external-review-opened": Audience.CUSTOMER,
        "external-review-decided": Audience.CUSTOMER,
        "release-enforced": Audience.CUSTOMER,
        "account-offboarded": Audience.CUSTOMER,
        "funds-forfeited": Audience.CUSTOMER,
        "case-reopened": Audience.CUSTOMER,
        "enforcement-confirmed": Audience.OPERATIONS,
        "enforcement-failed": Audience.OPERATIONS,
        "delivery-confirmed": Audience.OPERATIONS,
        "delivery-failed": Audience.OPERATIONS,
        "customer-contacted": Audience.OPERATIONS,
        "contact-code-checked": Audience.OPERATIONS,
        "case-assigned": Audience.OPERATIONS,
        "case-transferred": Audience.OPERATIONS,
        "hand-over-accepted": Audience.OPERATIONS,
        "assignment-failed": Audience.OPERATIONS,
        "appeal-assigned": Audience.OPERATIONS,
        "release-proposed": Audience.OPERATIONS,
        "release-approved": Audience.OPERATIONS,
        "release-refused": Audience.OPERATIONS,
        "release-ordered": Audience.OPERATIONS,
        "case-closed": Audience.OPERATIONS,
    }
)
"""Which kinds of record are announced, and the widest audience that is told of each."""

_TOLD: Final[Mapping[Audience, frozenset[str]]] = {
    Audience.CUSTOMER: frozenset(k for k, who in ANNOUNCED.items() if who is Audience.CUSTOMER),
    Audience.OPERATIONS: frozenset(ANNOUNCED),
}


def announced_to(audience: Audience) -> frozenset[str]:
    """
    Return the kinds of record that *audience* is told of: `customer` or `operations`.

    Raises:
        InvalidValue: it is another audience. What only they may read leaves the house by no wire.

    """
    if audience not in _TOLD:
        raise refuse("audience", audience, "what is announced is for `customer` or `operations`")
    return _TOLD[audience]


@attrs.frozen(kw_only=True)
class Announcement:
    """That something happened to a case. Facts that are no secret, and nothing else."""

    key: str
    """The same announcement has the same key for ever: take each key once."""
    kind: str
    """What happened, such as `freeze-imposed`."""
    case: UUID
    account: str
    status: Status
    """Where the case stood from then on."""
    at: datetime
    """When it was recorded; for customers, when it happened: a record may wait behind another."""
    place: int
    """Its place among what this audience is told of the case, from 1."""
    version: int | None
    """Its place in the case; nothing for customers, for a gap would say that more is there."""
    index: int | None
    """Its place in the ledger; nothing for customers, for the same reason."""


def kind_named(name: str) -> str:
    """Return the kind of a record from its stored name: the same in every version of it."""
    return name.rpartition(".v")[0]


def announcement(case: UUID, rows: Sequence[Loaded], audience: Audience) -> Announcement:
    """
    Return the announcement of the last of *rows*, which are a case from its first record on.

    The key follows from the case, the kind, and how many of that kind there were: so it stays the
    same when more kinds come to be announced, and says nothing of what is not.
    """
    kinds = [kind_named(row[1]) for row in rows]
    version, name, record, index, recorded_at = rows[-1]
    state = fold(events_of(case, rows), unopened(case))
    told, inside = announced_to(audience), audience is not Audience.CUSTOMER
    return Announcement(
        key=str(uuid5(case, f"{kinds[-1]} {kinds.count(kinds[-1])}")),
        kind=kinds[-1],
        case=case,
        account=state.account,
        status=state.status,
        at=instant_of(recorded_at) if inside else read_entry(name, record).occurred_at,
        place=sum(kind in told for kind in kinds),
        version=version if inside else None,
        index=index if inside else None,
    )
