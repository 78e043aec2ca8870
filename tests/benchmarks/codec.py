"""Encode and decode one record, on the mix of records of one whole case."""

from collections.abc import Callable, Iterator

import msgspec

from freezecase.wire.codec import audit_entry, encode, read_entry, read_event
from tests.benchmarks.harness import Row, Work, compare
from tests.benchmarks.material import entries_of_a_case, records_of_a_case
from tests.benchmarks.peer import play, sqlite_peer


def rows() -> Iterator[Row]:
    """Measure the codec."""
    entries = entries_of_a_case()
    stored = [(name, state) for _version, name, state, *_ in records_of_a_case()]
    decoders = [_whole(name, state) for name, state in stored]
    peer = sqlite_peer(":memory:")
    happened = play([(name, read_entry(name, state)) for name, state in stored]).collect_events()
    filed = [peer.mapper.to_stored_event(one) for one in happened[1:]]
    times = 40
    units = len(entries) * times
    bare = msgspec.json.Encoder(order="sorted").encode

    yield compare(
        "encode one record",
        floor=lambda: [bare(one) for _ in range(times) for one in decoders],
        ours=lambda: [encode(one) for _ in range(times) for one in entries],
        peer=lambda: [peer.mapper.to_stored_event(one) for _ in range(times) for one in happened],
        units=units,
        goal=1.6,
    )
    untyped = msgspec.json.decode
    for label, read, goal in (
        ("decode one record, to fold it", read_event, 2.2),
        ("decode one record, every part", read_entry, None),
        ("decode one record, audited", audit_entry, None),
    ):
        yield compare(
            label,
            floor=lambda: [untyped(state) for _ in range(times) for _, state in stored],
            ours=_each(read, stored, times),
            peer=lambda: [peer.mapper.to_domain_event(one) for _ in range(times) for one in filed],
            units=units,
            goal=goal,
        )


def _each(
    read: Callable[[str, bytes], object], stored: list[tuple[str, bytes]], times: int
) -> Work:
    """Return work that reads every record so many times."""
    return lambda: [read(name, state) for _ in range(times) for name, state in stored]


def _whole(name: str, state: bytes) -> object:
    """Return the record as the engine's own object, ready to be encoded: the floor's input."""
    from freezecase.wire.codec import _FULL

    return _FULL.of(name, "here")(state)
