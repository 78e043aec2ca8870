"""Writes the golden bytes that are missing: one record for every name that was ever stored.

    python -m tests.golden.make

A file that is there is never written again. Old bytes are what old databases hold: what reads them
may change, they may not. A new version of a name is a new file.
"""

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import attrs

from freezecase.core import events as e
from freezecase.core.actors import Actor, ActorKind
from freezecase.core.appeals import AppealLevel, AppealRoute
from freezecase.core.checked import replace
from freezecase.core.commands import ASKED_AS, Command
from freezecase.core.events import STORED_AS, CaseEvent
from freezecase.core.resolved import DayOff, Offset, Resolved, Weekday, Weekend
from freezecase.core.ruling import Lane, Opinion, PolicyRef, Ruling, Telling, Verdict
from freezecase.core.streams import STREAM_EVENTS
from freezecase.core.values import Amount, Capability, Scope, Stated, Verification
from freezecase.wire.codec import encode
from freezecase.wire.shapes import Asked, Entry, Source
from tests.core.beside import BESIDE
from tests.core.samples import CASE, COMMANDS, EVENTS, LATER, NOW, PASSPORT

FOLDER: Final = Path(__file__).parent

_ACTOR: Final = Actor(
    kind=ActorKind.STAFF, id="ana", roles=("analyst", "lead"), on_behalf_of="customer:acct-4711"
)
_CHECKS: Final = (
    Verification(kind="identity"),
    Verification(kind="liveness", instead=("video-call",)),
)
_RIYADH: Final = Resolved(
    calendar="sa-bank",
    zone="Asia/Riyadh",
    first=date(2013, 6, 27),
    last=date(2013, 10, 19),
    weekends=(
        Weekend(days=(Weekday.FRIDAY, Weekday.THURSDAY)),
        Weekend(days=(Weekday.FRIDAY, Weekday.SATURDAY), since=date(2013, 6, 29)),
    ),
    opens=9 * 60,
    closes=24 * 60,
    offsets=(Offset(at=datetime(2013, 1, 1, tzinfo=UTC), seconds=3 * 60 * 60),),
    holidays=(
        DayOff(day=date(2013, 8, 8), name="Eid al-Fitr Holiday (estimated)", estimated=True),
        DayOff(day=date(2013, 9, 23), name="يوم وطني"),
    ),
    worked=(date(2013, 10, 19),),
    source="SA",
    categories=("public",),
    package="0.84",
    tz="2026a",
)
_LONDON: Final = Resolved(
    calendar="gb-time",
    zone="Europe/London",
    first=date(2026, 3, 28),
    last=date(2026, 3, 30),
    weekends=(Weekend(days=(Weekday.SATURDAY, Weekday.SUNDAY)),),
    opens=0,
    closes=24 * 60,
    offsets=(
        Offset(at=datetime(2026, 1, 1, tzinfo=UTC), seconds=0),
        Offset(at=datetime(2026, 3, 29, 1, tzinfo=UTC), seconds=60 * 60),
    ),
    holidays=None,
)
_RULING: Final = Ruling(
    allowed=False,
    policy=PolicyRef(name="standard", version=1, digest="sha256:" + "5" * 64),
    by=_ACTOR.person,
    at=NOW,
    opinions=(
        Opinion(rule="four-eyes", verdict=Verdict.FORBID, because="somebody else must sign"),
        Opinion(rule="within-reach", verdict=Verdict.ALLOW),
    ),
    facts={"band": "high", "night": False, "score": 7},
    signatures=2,
    checks=_CHECKS,
    lane=Lane(queue="security", skill="takeover", priority=1),
    telling=Telling.GROUND,
    calendars=(_RIYADH, _LONDON),
)
_SOURCE: Final = Source(log="tether-log", id="0xabc/7", row=7, digest="sha256:" + "7" * 64)
_SPELT: Final[Mapping[str, Any]] = {
    "asked": ("device", "identity"),
    "amount": Amount.of("0.15", "BTC"),
    "channel": "chat",
    "checks": _CHECKS,
    "contests": 1,
    "contracted_at": datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
    "description": 'quotes " and \\ and \t, a é, a 凍 and a 🧊',
    "duty": "review",
    "evidence": (PASSPORT, replace(PASSPORT, reference="doc-2", size=2**40)),
    "incident": "phish-1",
    "language": "de-ch",
    "leaving": Scope.of(Capability.CARD, assets=("BTC", "ETH"), amount=Amount.of("7", "BTC")),
    "level": AppealLevel.SECOND_INSTANCE,
    "packet": "line one\nline two",
    "promised": ("call-back",),
    "promises": (
        Stated(promise="call-back", due=LATER, duty="reply"),
        Stated(promise="letter", due=LATER),
    ),
    "received": ("liveness",),
    "reason": "seen \u2028 and \x00 and \u007f, kept as they are",
    "reference": "ref-7",
    "reused_from": UUID(int=7),
    "route": AppealRoute.REINSTATEMENT,
    "said_in": "freeze-imposed",
    "shown": "video-call",
    "skill": "takeover",
    "subject": "device",
    "summary": "asked where the money is",
    "text": "we are looking at it; you hear from us by Tuesday",
    "topics": ("money", "when"),
    "until": LATER,
    "valid_until": LATER.replace(microsecond=1),
}
"""What every field says that may also say nothing; a field that is not here stays as it is."""
_ONE_OF_TWO: Final = {"remedy", "appeal_to", "next_level", "bar"}


def spelt_out(value: Any) -> Any:
    """The same event or command, with every field saying something."""
    said = {
        field.name: _SPELT[field.name]
        for field in attrs.fields(type(value))
        if field.default is not attrs.NOTHING and field.name not in _ONE_OF_TWO
    }
    return replace(value, **said)


def record_of_event(event: CaseEvent) -> bytes:
    """A record that follows another of its turn, as most do, imported."""
    entry = Entry(
        event=spelt_out(event),
        actor=_ACTOR,
        occurred_at=NOW,
        command_id=CASE,
        cause=7,
        source=_SOURCE,
    )
    return encode(entry)[1]


def record_of_command(command: Command) -> bytes:
    """The first record of a turn: what was asked, and that it was refused."""
    entry = Entry(
        event=EVENTS[e.AttemptRefused],
        actor=_ACTOR,
        occurred_at=LATER,
        command_id=CASE,
        asked=Asked(command=spelt_out(command), ruling=_RULING),
    )
    return encode(entry)[1]


def record_beside(event: Any) -> bytes:
    """A record of a stream that is no case."""
    entry = Entry(event=event, actor=_ACTOR, occurred_at=NOW, command_id=CASE)
    return encode(entry)[1]


def files() -> Iterator[tuple[Path, bytes]]:
    """Every file there should be today, and what a new one would hold."""
    for event, name in STORED_AS.items():
        yield FOLDER / "events" / f"{name}.json", record_of_event(EVENTS[event])
    for kind, name in STREAM_EVENTS.items():
        yield FOLDER / "beside" / f"{name}.json", record_beside(BESIDE[kind])
    for command, name in ASKED_AS.items():
        yield FOLDER / "commands" / f"{name}.json", record_of_command(COMMANDS[command])


def main() -> int:
    """Write what is missing and say what was written."""
    for path, record in files():
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            path.write_bytes(record)
            print(f"{path.parent.name}/{path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
