"""Which checks a case takes, whose work it is, and how much the customer may be told."""

from collections.abc import Mapping
from typing import Any, Final

from freezecase.core import commands as do
from freezecase.core.ruling import Lane, Telling
from freezecase.core.values import Audience, Ground, Verification
from freezecase.policy.question import Question
from freezecase.policy.rule import disclosure, plan, route

__all__ = ["PLANNING"]

_FACE: Final = Verification(kind="liveness", instead=("video-call",))
_ID: Final = Verification(kind="identity")

_CHECKS: Final[Mapping[Ground, tuple[Verification, ...]]] = {
    Ground.ACCOUNT_TAKEOVER: (_FACE, Verification(kind="device", instead=("second-factor",))),
    Ground.CREDENTIAL_LOSS: (_ID, _FACE),  # needs no device, no factor and no log-in
    Ground.SANCTIONS_MATCH: (_ID,),
    Ground.AML_ALERT: (Verification(kind="source-of-funds"),),
    Ground.IDENTITY_EXPIRED: (_ID,),
    Ground.IDENTITY_FAILED: (_ID, _FACE),
    Ground.PAYMENT_DISPUTE: (Verification(kind="source-of-funds"),),
    Ground.OWNER_DECEASED: (Verification(kind="authority-letter"),),
    Ground.SELF_LOCK: (_FACE,),
    Ground.INCIDENT: (_FACE,),
}
"""What a ground takes; legal orders and breaches of terms are not settled by documents."""

_SMALL: Final = frozenset({Ground.SELF_LOCK, Ground.INCIDENT, Ground.IDENTITY_EXPIRED})
"""Grounds on which a small amount takes the first check alone."""


@plan(
    "checks-by-ground",
    on=[do.ImposeFreeze, do.RequestChecks],
    reads={"amount": ("small", "medium", "large"), "tier": ("retail", "business", "institution")},
    parameters=(_CHECKS, _SMALL),
    source="industry",
)
def checks_by_ground(question: Question) -> tuple[Verification, ...]:
    """Each ground takes its own checks; large amounts and business accounts take one more."""
    ground = _ground(question)
    checks = _CHECKS.get(ground, ()) if ground else ()
    if question.facts.get("amount") == "small" and ground in _SMALL:
        return checks[:1]
    more: list[Verification] = []
    if checks and question.facts.get("amount") == "large":
        more.append(Verification(kind="wallet-ownership", instead=("video-call",)))
    if checks and question.facts.get("tier") in {"business", "institution"}:
        more.append(Verification(kind="authority-letter"))
    return (*checks, *(one for one in more if one.kind not in {two.kind for two in checks}))


def _ground(question: Question) -> Ground | None:
    command: Any = question.command
    return command.ground if isinstance(command, do.ImposeFreeze) else question.state.ground


_LANES: Final[Mapping[Ground, Lane]] = {
    Ground.ACCOUNT_TAKEOVER: Lane(queue="security", skill="takeover", priority=1),
    Ground.CREDENTIAL_LOSS: Lane(queue="security", skill="recovery", priority=2),
    Ground.INCIDENT: Lane(queue="security", skill="incident", priority=2),
    Ground.SELF_LOCK: Lane(queue="security", skill="recovery", priority=2),
    Ground.SANCTIONS_MATCH: Lane(queue="compliance", skill="sanctions", priority=1),
    Ground.AML_ALERT: Lane(queue="compliance", skill="monitoring", priority=2),
    Ground.LEGAL_ORDER: Lane(queue="legal", skill="orders", priority=1),
    Ground.OWNER_DECEASED: Lane(queue="legal", skill="estates", priority=3),
}
_DESK: Final = Lane(queue="verification", priority=3)


@route("lane-by-ground", on=[do.ImposeFreeze], parameters=(_LANES, _DESK), source="industry")
def lane_by_ground(question: Question) -> Lane | None:
    """A case goes to those who know its ground."""
    ground = _ground(question)
    return _LANES.get(ground, _DESK) if ground else None


@route("appeals-lane", on=[do.FileAppeal], source="industry")
def appeals_lane(_question: Question) -> Lane | None:
    """An appeal goes to people who did not work on the case."""
    return Lane(queue="appeals", priority=2)


@route("people-lane", on=[do.RequestHuman], source="industry")
def people_lane(_question: Question) -> Lane | None:
    """Whoever asks for a person comes first."""
    return Lane(queue="front", skill="conversation", priority=1)


_AT_FIRST: Final[Mapping[Ground, Telling]] = {
    Ground.AML_ALERT: Telling.NEUTRAL,
    Ground.PAYMENT_DISPUTE: Telling.NEUTRAL,
    Ground.SANCTIONS_MATCH: Telling.GROUND,
    Ground.LEGAL_ORDER: Telling.GROUND,
}
"""
How much may be told with the freeze; of a ground that is not named, the facts.

If only suspicions were told neutrally, a neutral text would tell them. A payment that somebody
disputes is frequent, takes the same check (see `_CHECKS`), and has reasons of its own to wait: to
name it tells a presumed fraudster that the victim has come forward.
"""
_LATER: Final[Mapping[Ground, Telling]] = {**_AT_FIRST, Ground.PAYMENT_DISPUTE: Telling.FACTS}
"""How much once somebody decided that more may be told."""


@disclosure(
    "no-tipping-off",
    on=[do.ImposeFreeze, do.UpgradeDisclosure],
    parameters=(_AT_FIRST, _LATER),
    source=(
        "Directive (EU) 2015/849 Art. 39; 31 U.S.C. 5318(g)(2); "
        "of disputes Directive (EU) 2015/2366 (PSD2) Art. 68(3), after it `industry`"
    ),
)
def no_tipping_off(question: Question) -> Telling | None:
    """A suspicion is never told, a dispute not at first; of sanctions and orders the ground."""
    command: Any = question.command
    if getattr(command, "audience", Audience.CUSTOMER) is not Audience.CUSTOMER:
        return None  # what others may read is nothing to the customer
    ground = _ground(question)
    most = _AT_FIRST if isinstance(command, do.ImposeFreeze) else _LATER
    return most.get(ground, Telling.FACTS) if ground else None


PLANNING: Final = (
    checks_by_ground,
    lane_by_ground,
    appeals_lane,
    people_lane,
    no_tipping_off,
)
"""Plans, routes and disclosures."""
