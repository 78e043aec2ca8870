"""Release gates: verified first, two pairs of eyes, a glass to break, stages where it is risky."""

from typing import Any, Final

from freezecase.core import commands as do
from freezecase.core.actors import ActorKind
from freezecase.core.values import Capability
from freezecase.policy.gate import SILENT, Answer, forbid, gate, require
from freezecase.policy.question import Question

__all__ = ["RELEASING"]


@gate("checks-settled-first", on=[do.ProposeRelease], source="industry")
def checks_settled_first(question: Question) -> Answer:
    """A release is proposed once every check that was asked for is passed or waived."""
    open_checks = question.state.unsettled
    if open_checks:
        return require(f"check `{open_checks[0]}` passed or waived")
    return SILENT


@gate("four-eyes", on=[do.ApproveRelease])
def four_eyes(question: Question) -> Answer:
    """Whoever proposed or already signed a release may not approve it."""
    release = question.state.release
    if release is not None and question.actor.person in (release.proposer, *release.approvers):
        return forbid("whoever proposed or already signed a release may not approve it")
    return SILENT


@gate(
    "large-amounts-take-an-officer",
    on=[do.ApproveRelease],
    reads={"amount": ("small", "medium", "large")},
    source="industry",
)
def large_amounts_take_an_officer(question: Question) -> Answer:
    """Where much money would leave, an officer signs."""
    if question.facts.get("amount") == "large" and "officer" not in question.actor.roles:
        return require("an officer's signature: the amount is large")
    return SILENT


@gate("release-needs-proposal", on=[do.OrderRelease])
def release_needs_proposal(question: Question) -> Answer:
    """One proposes, another approves; only an authority orders, or an officer breaks the glass."""
    actor = question.actor
    if actor.kind is ActorKind.AUTHORITY or "officer" in actor.roles:
        return SILENT  # an officer's order is signed by somebody else within a day
    return require("a proposal by one person and the approval of another")


@gate(
    "in-stages-where-risky",
    on=[do.ProposeRelease],
    reads={"risk": ("low", "medium", "high")},
    source="industry",
)
def in_stages_where_risky(question: Question) -> Answer:
    """At high risk the first stage leaves crypto withdrawals stopped: they never come back."""
    command: Any = question.command
    scope = question.state.scope
    if question.facts.get("risk") != "high" or scope is None:
        return SILENT
    stopped = Capability.WITHDRAW_CRYPTO
    leaves = command.leaving is not None and stopped in command.leaving.capabilities
    if stopped in scope.capabilities and len(scope.capabilities) > 1 and not leaves:
        return require(f"a first stage that leaves `{stopped}` stopped")
    return SILENT


@gate("final-acts-take-an-officer", on=[do.OffboardAccount, do.ForfeitFunds], source="industry")
def final_acts_take_an_officer(question: Question) -> Answer:
    """An account is ended, or funds are taken, by an officer or by an authority."""
    actor = question.actor
    if actor.kind is ActorKind.AUTHORITY or "officer" in actor.roles:
        return SILENT
    return require("an officer")


RELEASING: Final = (
    checks_settled_first,
    four_eyes,
    large_amounts_take_an_officer,
    release_needs_proposal,
    in_stages_where_risky,
    final_acts_take_an_officer,
)
"""The gates on letting go, and on the other ways a case can end."""
