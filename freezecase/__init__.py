"""
The record and the rule book of a frozen account.

One sentence is the floor plan: **command -> ruling -> events -> stored -> projected -> replayed.**

    core/      what is true: values, commands, events, the table of moves, decide and fold
    policy/    what is allowed, and what is owed
    wire/      what is on disk
    seal/      who may read, and what it proves
    app/       who writes: stores, turns, bulk, keys, checkpoints
    views/     what people read
    desk/      who does it: routing, surge, staffing, incidents
    deliver/   what the exchange is told to do
    replay/    what an auditor runs
    present/   what leaves the house
    testing/   given, when, then - for your own rules too
    cli/       the command line
    casebook   the one object a backend holds
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from freezecase import errors
    from freezecase.app.custody.key_store import open_key_store
    from freezecase.app.custody.openings import Cleared
    from freezecase.app.record import Record
    from freezecase.app.writing import Outcome
    from freezecase.async_casebook import AsyncCasebook
    from freezecase.casebook import Casebook
    from freezecase.core import commands, events
    from freezecase.core.actors import Actor, ActorKind
    from freezecase.core.appeals import AppealLevel, AppealRoute
    from freezecase.core.obligations import Demand, Obligation, Rung, Then, Unit, Within
    from freezecase.core.ruling import Lane, Ruling, Telling, Verdict
    from freezecase.core.state import CaseState
    from freezecase.core.status import Status
    from freezecase.core.values import (
        Amount,
        Audience,
        Capability,
        Channel,
        Evidence,
        Ground,
        Scope,
        Stated,
        Verification,
    )
    from freezecase.errors import (
        Conflict,
        FreezeCaseError,
        InvalidValue,
        NoSuchCase,
        NotAllowedNow,
        PolicyForbids,
        Refused,
    )
    from freezecase.policy.book import Edition, PolicyBook, installed_policies
    from freezecase.policy.calendar import Calendar
    from freezecase.policy.clock import Clock, Occasion, ladder
    from freezecase.policy.effective import Anchor, Effective
    from freezecase.policy.gate import ALLOW, SILENT, Answer, Gate, forbid, gate, require
    from freezecase.policy.policy import Policy
    from freezecase.policy.question import Question
    from freezecase.policy.rule import Rule, disclosure, plan, route
    from freezecase.policy.standard import standard
    from freezecase.seal.kek import FileKek
    from freezecase.seal.unopened import Erased, Withheld

__version__ = "0.0.1"

__all__ = [
    "ALLOW",
    "SILENT",
    "Actor",
    "ActorKind",
    "Amount",
    "Anchor",
    "Answer",
    "AppealLevel",
    "AppealRoute",
    "AsyncCasebook",
    "Audience",
    "Calendar",
    "Capability",
    "CaseState",
    "Casebook",
    "Channel",
    "Cleared",
    "Clock",
    "Conflict",
    "Demand",
    "Edition",
    "Effective",
    "Erased",
    "Evidence",
    "FileKek",
    "FreezeCaseError",
    "Gate",
    "Ground",
    "InvalidValue",
    "Lane",
    "NoSuchCase",
    "NotAllowedNow",
    "Obligation",
    "Occasion",
    "Outcome",
    "Policy",
    "PolicyBook",
    "PolicyForbids",
    "Question",
    "Record",
    "Refused",
    "Rule",
    "Ruling",
    "Rung",
    "Scope",
    "Stated",
    "Status",
    "Telling",
    "Then",
    "Unit",
    "Verdict",
    "Verification",
    "Withheld",
    "Within",
    "commands",
    "disclosure",
    "errors",
    "events",
    "forbid",
    "gate",
    "installed_policies",
    "ladder",
    "open_key_store",
    "plan",
    "require",
    "route",
    "standard",
]

_MODULES: Final = {
    "commands": "freezecase.core.commands",
    "errors": "freezecase.errors",
    "events": "freezecase.core.events",
}
_ROOMS: Final = {
    "freezecase.app.custody.key_store": ("open_key_store",),
    "freezecase.app.custody.openings": ("Cleared",),
    "freezecase.app.record": ("Record",),
    "freezecase.app.writing": ("Outcome",),
    "freezecase.async_casebook": ("AsyncCasebook",),
    "freezecase.casebook": ("Casebook",),
    "freezecase.core.actors": (
        "Actor",
        "ActorKind",
    ),
    "freezecase.core.appeals": (
        "AppealLevel",
        "AppealRoute",
    ),
    "freezecase.core.obligations": (
        "Demand",
        "Obligation",
        "Rung",
        "Then",
        "Unit",
        "Within",
    ),
    "freezecase.core.ruling": (
        "Lane",
        "Ruling",
        "Telling",
        "Verdict",
    ),
    "freezecase.core.state": ("CaseState",),
    "freezecase.core.status": ("Status",),
    "freezecase.core.values": (
        "Amount",
        "Audience",
        "Capability",
        "Channel",
        "Evidence",
        "Ground",
        "Scope",
        "Stated",
        "Verification",
    ),
    "freezecase.errors": (
        "Conflict",
        "FreezeCaseError",
        "InvalidValue",
        "NoSuchCase",
        "NotAllowedNow",
        "PolicyForbids",
        "Refused",
    ),
    "freezecase.policy.book": (
        "Edition",
        "PolicyBook",
        "installed_policies",
    ),
    "freezecase.policy.calendar": ("Calendar",),
    "freezecase.policy.clock": (
        "Clock",
        "Occasion",
        "ladder",
    ),
    "freezecase.policy.effective": (
        "Anchor",
        "Effective",
    ),
    "freezecase.policy.gate": (
        "ALLOW",
        "Answer",
        "Gate",
        "SILENT",
        "forbid",
        "gate",
        "require",
    ),
    "freezecase.policy.policy": ("Policy",),
    "freezecase.policy.question": ("Question",),
    "freezecase.policy.rule": (
        "Rule",
        "disclosure",
        "plan",
        "route",
    ),
    "freezecase.policy.standard": ("standard",),
    "freezecase.seal.kek": ("FileKek",),
    "freezecase.seal.unopened": (
        "Erased",
        "Withheld",
    ),
}
"""Where each name lives. A room is entered when one of its names is first asked for."""

_HOMES: Final = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    """Find a name in its room, so that importing the package costs nothing until it is used."""
    if name in _MODULES:
        found: Any = import_module(_MODULES[name])
    elif name in _HOMES:
        found = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module `freezecase` has no `{name}`: it has {', '.join(__all__)}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """List the names of the front door."""
    return sorted([*globals(), *__all__])
