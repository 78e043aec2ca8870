"""
Reading what is owed, quickly: a demand is read once, and known by its bytes from then on.

Every obligation carries its whole demand, so that it survives a change of policy. A policy makes a
few dozen demands, and a history repeats them in every third record.
"""

from operator import attrgetter
from typing import Any, Final

import attrs
import msgspec
from msgspec import Raw, Struct

from freezecase.core.events import ObligationOpened
from freezecase.core.obligations import Demand, Obligation
from freezecase.wire.shapes import quick_shape

__all__ = ["KNOWN", "quickly_opened"]

KNOWN: Final = 1024
"""How many demands are remembered; then it begins anew."""

_OBLIGATION: Final[Any] = Obligation
_OTHERS: Final = [field for field in attrs.fields(_OBLIGATION) if field.name != "demand"]
_SHAPED: Final[dict[str, Any]] = {"forbid_unknown_fields": True, "frozen": True, "kw_only": True}
_Owed: Final[type[Struct]] = msgspec.defstruct(
    "Owed", [("demand", Raw), *((field.name, field.type) for field in _OTHERS)], **_SHAPED
)
_Opened: Final[Any] = msgspec.defstruct("Opened", [("obligation", _Owed)], **_SHAPED)
_NAMES: Final = tuple(field.name for field in _OTHERS)
_others: Final = attrgetter(*_NAMES)

_read: Final[Any] = msgspec.json.Decoder(quick_shape(_Opened)).decode
_read_demand: Final = msgspec.json.Decoder(Demand).decode
_known: Final[dict[bytes, Demand]] = {}
_put: Final = object.__setattr__
_hold_checks: Final = _OBLIGATION.__attrs_post_init__


def quickly_opened(state: bytes) -> ObligationOpened | None:
    """
    Return the event in the bytes of an `obligation-opened` record, checked like any other.

    Nothing, where anything about it is unusual: the plain reader then says what, or reads it.
    """
    try:
        given = _read(state).d.event.obligation
        owed = object.__new__(Obligation)
        for name, value in zip(_NAMES, _others(given), strict=True):
            _put(owed, name, value)
        _put(owed, "demand", _demand(bytes(given.demand)))
        _hold_checks(owed)
    except (ValueError, RecursionError):
        return None
    event = object.__new__(ObligationOpened)
    _put(event, "obligation", owed)
    return event


def _demand(spelt: bytes) -> Demand:
    known = _known.get(spelt)
    if known is None:
        if len(_known) >= KNOWN:
            _known.clear()
        known = _known[spelt] = _read_demand(spelt)
    return known
