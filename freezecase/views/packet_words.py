"""
The packet of a hand-over in words: short enough to go along with the case that is handed over.

What is owed and promised is never left out; of what happened and was said, the oldest goes first,
and how much went is said.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from freezecase.core.checked import refuse
from freezecase.core.state import CheckStage
from freezecase.views.packet_parts import (
    Failure,
    Packet,
    PacketCheck,
    PacketPromise,
)
from freezecase.views.telling import by_channel, debtor_name, ground, instant, listed
from freezecase.views.whose_move import Move

__all__ = ["LONGEST", "packet_in_words"]

LONGEST: Final = 4000
"""How many letters the `packet` of a `TransferCase` holds."""
_SHORTEST: Final = 200


def packet_in_words(packet: Packet, *, longest: int = LONGEST) -> str:
    """
    Return a packet in words, line by line, in at most *longest* letters.

    Raises:
        InvalidValue: so few letters say nothing of use.

    """
    if longest < _SHORTEST:
        raise refuse("longest", longest, f"{_SHORTEST} letters or more")
    stands = [_begins(packet), *_stands(packet)]
    left = longest - sum(len(line) + 1 for line in stands)
    known = [f"- {instant(one.at)} {one.who} {one.what}" for one in packet.known]
    said = [f"- {instant(one.at)} {one.what}" for one in packet.said]
    kept_known = _newest("what happened", known, left // 2)
    kept_said = _newest("what was said", said, left - sum(len(line) + 1 for line in kept_known))
    whole = "\n".join([*stands, *kept_known, *kept_said])
    return whole if len(whole) <= longest else f"{whole[: longest - 1]}…"


def _begins(packet: Packet) -> str:
    why = f" because of {ground(packet.ground)}" if packet.ground else ""
    owner = f", looked after by {debtor_name(packet.owner, packet.reader)}" if packet.owner else ""
    account = f"account {packet.account}"
    return f"{account} is `{packet.status}`{why}; restricted: {packet.restricted}{owner}"


def _stands(packet: Packet) -> Iterator[str]:
    """Yield what stands now, the most pressing first."""
    reader = packet.reader
    if packet.next_move is not None:
        yield f"next: {_move(packet.next_move, packet)}"
    yield from _listed("owed", [_move(one, packet) for one in packet.owed[1:]])
    yield from _listed(
        "promised", [_promise(one, debtor_name(one.by, reader)) for one in packet.promises]
    )
    yield from _listed("asked", [_asked(one) for one in packet.asked])
    yield from _listed("received", [_received(one) for one in packet.received])
    yield from _listed("failed", [_failure(one) for one in packet.failed])


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"{title}:"
        yield from (f"- {line}" for line in lines)


def _move(move: Move, packet: Packet) -> str:
    by = f", by {instant(move.due)}" if move.due else ""
    may = "may " if move.right else ""
    return f"{debtor_name(move.who, packet.reader)}: {may}{move.what}{by}"


def _promise(promise: PacketPromise, who: str) -> str:
    said = f", said in `{promise.said_in}`" if promise.said_in else ""
    how = f" {by_channel(promise.channel)}" if promise.channel else ""
    return f"`{promise.promise}` by {instant(promise.due)}, by {who}{said}{how}"


def _asked(check: PacketCheck) -> str:
    kinds = listed((f"`{one}`" for one in (check.check, *check.instead)), "or")
    failed = f", failed {_times(check.failures)}" if check.failures else ""
    due = f", by {instant(check.due)}" if check.due else ""
    return f"{kinds}: {check.stage}{failed}{due}"


def _received(check: PacketCheck) -> str:
    shown = listed(f"`{one}`" for one in dict.fromkeys(check.shown))
    at = f" on {instant(check.shown_at)}" if check.shown_at else ""
    until = f", good until {instant(check.valid_until)}" if check.valid_until else ""
    again = "; do not ask again" if check.stage in _IN_HAND else ""
    return f"`{check.check}`: {shown} shown{at}, {check.stage}{until}{again}"


_IN_HAND: Final = frozenset({CheckStage.SUBMITTED, CheckStage.PASSED})


_FAILED: Final = {
    "unreached": "notice `{}` did not arrive",
    "nobody-there": "the customer was not reached",
    "impostor": "somebody pretended to be one side, with a wrong contact code",
    "broken": "promise `{}` was broken: not to be made again in the same words",
}


def _failure(failure: Failure) -> str:
    how = f" {by_channel(failure.channel)}" if failure.channel else ""
    often = f", {_times(failure.times)}" if failure.times > 1 else ""
    return f"{_FAILED[failure.kind].format(failure.what)}{how}{often}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _newest(title: str, lines: Sequence[str], room: int) -> list[str]:
    """Return as many of the newest *lines* as there is room for, under a title that says so."""
    heading = f"{title} (the newest {len(lines)} of {len(lines)}):"
    kept: list[str] = []
    room -= len(heading) + 1
    for line in reversed(lines):
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    if not kept:
        return []
    few = f" (the newest {len(kept)} of {len(lines)})" if len(kept) < len(lines) else ""
    return [f"{title}{few}:", *reversed(kept)]
