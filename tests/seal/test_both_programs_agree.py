"""
Ours and the offline checker take the same files, whatever one part of a bundle is exchanged for.

Bits that flip leave the shape of a file as it is; whoever writes one by hand does not. So every
part of a small bundle is left out, or becomes everything else that JSON can be, one at a time.
"""

import copy
import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.seal.offline import refused_offline
from tests.seal.paper import POLICY, TRUST, written
from tests.seal.test_examine import BOTH, Told, holds, spelt

Path = tuple[str | int, ...]

WHOLE: Final[Told] = json.loads(written(2).bundle(BOTH).data) | {"note": "asked", "tsr": "MAA="}
"""All that a bundle can hold, but for a policy; every part is there, so each can be exchanged."""
NAMED: Final[Told] = json.loads(written(5).bundle().data) | {"policy": POLICY}

ANYTHING: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    0.0,
    1.0,
    "",
    "x",
    "MAA=",
    [],
    [""],
    {},
    {"x": 1},
)
"""What a part may become, whatever it was."""


def parts(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where the parts of a bundle are, in order."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    for name, part in value.items() if isinstance(value, dict) else ():
        yield (*path, name)
        yield from parts(part, (*path, name))


def at(bundle: Any, path: Path) -> Any:
    """The part there."""
    for name in path:
        bundle = bundle[name]
    return bundle


def almost(part: Any) -> Iterator[Any]:
    """What looks nearly as it does, or says nearly the same."""
    match part:
        case str():
            yield from (part + " ", part + "\n", " " + part, part.upper(), part[:-1], [part])
            yield part.replace("=", "")
        case int():
            yield from (float(part), str(part), bool(part), part + 1)
        case dict():
            yield part | {"x": 1}
        case list():
            yield from ([*part, *part[-1:]], part[::-1], part[:-1])
        case _:
            pass


def exchanged(whole: Told, path: Path) -> Iterator[bytes]:
    """The files in which this part is something else, or not there."""
    part = at(whole, path)
    for other in (*ANYTHING, *almost(part)):
        if json.dumps(other) != json.dumps(part):
            bundle = copy.deepcopy(whole)
            at(bundle, path[:-1])[path[-1]] = other
            yield spelt(bundle)
    bundle = copy.deepcopy(whole)
    del at(bundle, path[:-1])[path[-1]]
    yield spelt(bundle)


PLACES: Final = {
    **{"/".join(map(str, path)): (WHOLE, path) for path in parts(WHOLE)},
    "policy": (NAMED, ("policy",)),
}


@pytest.mark.parametrize("place", PLACES)
def test_what_one_takes_the_other_takes(place: str) -> None:
    """Whatever stands there instead."""
    whole, path = PLACES[place]
    taken = [(data, holds(data)) for data in exchanged(whole, path)]
    assert taken == [(data, not refused_offline(data, TRUST)) for data, _ in taken]


def test_only_what_nothing_else_depends_on_may_be_something_else() -> None:
    """A claim, a key or what nobody vouches for, or that a record is shown; and no more."""
    holding = {
        place
        for place, (whole, path) in PLACES.items()
        if any(holds(data) for data in exchanged(whole, path))
    }
    keys = {f"events/{n}/keys" for n in (0, 1)}
    audiences = {"events/0/keys/customer", "events/0/keys/operations", "events/1/keys/customer"}
    assert holding == {"complete", "note", "policy", "tsr", *keys, *audiences}
