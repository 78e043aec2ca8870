"""Freeze admission: who may freeze on which ground, how much at most, and with which reasons."""

from collections.abc import Mapping
from typing import Any, Final

from freezecase.core import commands as do
from freezecase.core.actors import ActorKind
from freezecase.core.values import Capability, Ground
from freezecase.policy.gate import SILENT, Answer, forbid, gate, require
from freezecase.policy.question import Question

__all__ = ["FREEZING"]

_WHO: Final[Mapping[Ground, frozenset[ActorKind]]] = {
    Ground.LEGAL_ORDER: frozenset({ActorKind.AUTHORITY, ActorKind.STAFF}),
    Ground.OWNER_DECEASED: frozenset({ActorKind.STAFF}),
    Ground.TERMS_BREACH: frozenset({ActorKind.STAFF}),
}
"""Grounds that not everybody may freeze on: a machine knows no law and reads no obituaries."""

_BY_CUSTOMER: Final = frozenset({Ground.SELF_LOCK, Ground.ACCOUNT_TAKEOVER, Ground.CREDENTIAL_LOSS})
"""Grounds on which customers may lock their own account."""

_LOCKS_OUT: Final = frozenset(
    {
        *_BY_CUSTOMER,
        *(Ground.SANCTIONS_MATCH, Ground.LEGAL_ORDER, Ground.INCIDENT, Ground.OWNER_DECEASED),
    }
)
"""Grounds on which log-in may be stopped. On all others the owner must get in to put it right."""

_DISCRETION: Final = frozenset({Ground.TERMS_BREACH, Ground.PAYMENT_DISPUTE})
"""Grounds that are somebody's judgement, and so take reasons."""


@gate("own-account", on=[do.ImposeFreeze])
def own_account(question: Question) -> Answer:
    """A customer may freeze only their own account."""
    actor = question.actor
    account = getattr(question.command, "account", None)
    if actor.kind is ActorKind.CUSTOMER and actor.id != account:
        return forbid("a customer may freeze only their own account")
    return SILENT


@gate("ground-fits-who-freezes", on=[do.ImposeFreeze], parameters=(_WHO, _BY_CUSTOMER))
def ground_fits_who_freezes(question: Question) -> Answer:
    """Some grounds are for people to judge, and customers lock only what is theirs to lock."""
    command: Any = question.command
    kind = question.actor.kind
    if kind is ActorKind.CUSTOMER and command.ground not in _BY_CUSTOMER:
        return forbid(f"customers do not freeze their own account on `{command.ground}`")
    whose = _WHO.get(command.ground, {kind})
    if kind not in whose:
        return forbid(f"`{command.ground}` is for {' or '.join(sorted(whose))} to say")
    return SILENT


@gate("least-scope", on=[do.ImposeFreeze, do.WidenScope], parameters=_LOCKS_OUT, source="industry")
def least_scope(question: Question) -> Answer:
    """Log-in stays open wherever the owner must get in to put things right."""
    command: Any = question.command
    ground = command.ground if isinstance(command, do.ImposeFreeze) else question.state.ground
    if Capability.LOG_IN in command.scope.capabilities and ground not in _LOCKS_OUT:
        return require(f"a scope without log-in: on `{ground}` the owner must be able to get in")
    return SILENT


@gate("reasons-for-discretion", on=[do.ImposeFreeze], parameters=_DISCRETION, source="industry")
def reasons_for_discretion(question: Question) -> Answer:
    """A freeze that is somebody's judgement takes reasons."""
    command: Any = question.command
    if command.ground in _DISCRETION and command.reason is None:
        return require(f"a reason: `{command.ground}` is a judgement")
    return SILENT


@gate(
    "no-instant-refreeze",
    on=[do.ImposeFreeze],
    reads={"released_lately": ("no", "same-ground", "other-ground")},
    source="industry: post-release watch of 14 days",
)
def no_instant_refreeze(question: Question) -> Answer:
    """Whoever was just cleared is frozen again on the same ground by a person, for new reasons."""
    command: Any = question.command
    if question.facts.get("released_lately") != "same-ground":
        return SILENT
    if question.actor.kind is ActorKind.SYSTEM or command.reason is None:
        return require("a person and new reasons: this ground was cleared a short while ago")
    return SILENT


@gate("renewal-takes-new-reasons", on=[do.RenewFreeze], source="industry")
def renewal_takes_new_reasons(question: Question) -> Answer:
    """A freeze is renewed for a time that is longer than the one it had."""
    command: Any = question.command
    until = question.state.until
    if until is not None and command.until <= until:
        return forbid("a renewal that ends no later than the freeze itself renews nothing")
    return SILENT


@gate("narrowing-is-a-release", on=[do.NarrowScope])
def narrowing_is_a_release(question: Question) -> Answer:
    """Lifting a part takes two people, as lifting the whole does; an authority may order it."""
    actor = question.actor
    if actor.kind is ActorKind.AUTHORITY:
        return SILENT
    return require("a release in part, proposed by one person and approved by another")


FREEZING: Final = (
    own_account,
    ground_fits_who_freezes,
    least_scope,
    reasons_for_discretion,
    no_instant_refreeze,
    renewal_takes_new_reasons,
    narrowing_is_a_release,
)
"""The gates on imposing, widening, renewing and narrowing a freeze."""
