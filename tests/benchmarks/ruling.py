"""
One ruling of the standard policy, beside Cedar (https://www.cedarpolicy.com) on the same rules.

The gates are said again in Cedar's language, and both must answer alike to every question that is
measured. Cedar gets its policies parsed beforehand, and the entities of each question ready made as
plain data: what a host would have to do for each ruling, because cases change. A second row gives
it those parsed beforehand too, which no host can do, as the best it could reach.

Ours makes a whole `Ruling` besides: reasons, checks, lane, how much may be told.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.appeals import AppealRoute
from freezecase.core.commands import Command, asked
from freezecase.core.pending import covers, pending
from freezecase.core.state import CaseState
from freezecase.core.values import Ground, Scope
from freezecase.policy.judge import judge
from freezecase.policy.question import Question
from freezecase.policy.standard import REACH, standard
from freezecase.testing.spec import SOME_DAY, given
from tests.benchmarks.harness import Row, compare

ANA, ROB, EVE = Actor.staff("ana"), Actor.staff("rob", "reviewer"), Actor.staff("eve", "officer")
ENGINE, OWNER = Actor.system("engine"), Actor.customer("acct-1")

FORBIDS = """
@id("own-account") forbid (principal, action == Action::"impose-freeze", resource)
when { principal.kind == "customer" && principal.id != context.account };
@id("ground-fits-who-freezes") forbid (principal, action == Action::"impose-freeze", resource)
when { (principal.kind == "customer" &&
        !(["self-lock", "account-takeover", "credential-loss"].contains(context.ground))) ||
       (context.ground == "legal-order" && !(["authority", "staff"].contains(principal.kind))) ||
       (["owner-deceased", "terms-breach"].contains(context.ground) && principal.kind != "staff") };
@id("least-scope") forbid (principal,
    action in [Action::"impose-freeze", Action::"widen-scope"], resource)
when { context.scope.contains("log-in") &&
       !(["self-lock", "account-takeover", "credential-loss", "sanctions-match", "legal-order",
          "incident", "owner-deceased"].contains(context.ground)) };
@id("reasons-for-discretion") forbid (principal, action == Action::"impose-freeze", resource)
when { ["terms-breach", "payment-dispute"].contains(context.ground) && !(context has reason) };
@id("no-instant-refreeze") forbid (principal, action == Action::"impose-freeze", resource)
when { context has released_lately && context.released_lately == "same-ground" &&
       (principal.kind == "system" || !(context has reason)) };
@id("renewal-takes-new-reasons") forbid (principal, action == Action::"renew-freeze", resource)
when { resource has until && context.until <= resource.until };
@id("narrowing-is-a-release") forbid (principal, action == Action::"narrow-scope", resource)
when { principal.kind != "authority" };
@id("own-case") forbid (principal, action in [Action::"submit-evidence", Action::"record-contact",
    Action::"request-human", Action::"file-appeal", Action::"withdraw-appeal"], resource)
when { principal.kind == "customer" && principal.id != resource.account };
@id("appeal-in-time") forbid (principal, action == Action::"file-appeal", resource)
when { resource.window_lapsed && principal.kind == "customer" && context.route == "appeal" };
@id("independent-review") forbid (principal,
    action in [Action::"uphold-appeal", Action::"reject-appeal"], resource)
when { resource has decider && principal.person == resource.decider };
@id("independent-reviewer") forbid (principal, action == Action::"assign-appeal", resource)
when { resource has decider && context.reviewer == resource.decider };
@id("hand-over") forbid (principal, action == Action::"accept-hand-over", resource)
unless { resource has offered_to && principal.person == resource.offered_to };
@id("people-fail-for-good") forbid (principal, action == Action::"fail-check", resource)
when { context has appeal_to && principal.kind != "staff" };
@id("nothing-lost-is-asked-for") forbid (principal, action == Action::"request-checks", resource)
when { resource.ground == "credential-loss" && context.asks_lost };
@id("duties-end-by-deed") forbid (principal,
    action in [Action::"meet-obligation", Action::"waive-obligation"], resource)
when { resource.waits_for.contains(context.obligation) };
@id("second-signature") forbid (principal,
    action in [Action::"meet-obligation", Action::"waive-obligation"], resource)
when { context.obligation == "second-signature" && (action == Action::"waive-obligation" ||
       principal.kind != "staff" ||
       (resource has ordered_alone && principal.person == resource.ordered_alone)) };
@id("rights-are-the-customers") forbid (principal,
    action in [Action::"meet-obligation", Action::"waive-obligation"], resource)
when { resource.rights.contains(context.obligation) };
@id("extension-by-notice") forbid (principal, action == Action::"extend-obligation", resource)
unless { principal.roles.contains("lead") && resource.told.contains("extension") };
@id("checks-settled-first") forbid (principal, action == Action::"propose-release", resource)
when { resource.unsettled };
@id("four-eyes") forbid (principal, action == Action::"approve-release", resource)
when { resource.signed.contains(principal.person) };
@id("large-amounts") forbid (principal, action == Action::"approve-release", resource)
when { context has amount && context.amount == "large" && !principal.roles.contains("officer") };
@id("release-needs-proposal") forbid (principal, action == Action::"order-release", resource)
unless { principal.kind == "authority" || principal.roles.contains("officer") };
@id("in-stages") forbid (principal, action == Action::"propose-release", resource)
when { context has risk && context.risk == "high" && resource.scope.contains("withdraw-crypto") &&
       resource.wide && !(context.leaving.contains("withdraw-crypto")) };
@id("final-acts") forbid (principal,
    action in [Action::"offboard-account", Action::"forfeit-funds"], resource)
unless { principal.kind == "authority" || principal.roles.contains("officer") };
"""


def rows() -> Iterator[Row]:
    """Measure ten rulings beside Cedar's."""
    try:
        import cedarpy
    except ImportError:
        print("Cedar: `cedarpy` is not installed here", file=sys.stderr)
        return
    policies = cedarpy.PolicySet.from_str(_permits() + FORBIDS)
    questions = _questions()
    asks = [_as_cedar(question) for question in questions]
    _must_agree(questions, [cedarpy.is_authorized(r, policies, d).allowed for r, d in asks])
    parsed = [(request, cedarpy.Entities.from_json_str(_json(data))) for request, data in asks]
    for given_, what in ((asks, "entities as data"), (parsed, "entities parsed beforehand")):
        yield compare(
            f"one ruling, Cedar's {what}",
            floor=partial(_call_rules, questions),
            ours=partial(_judge, questions),
            peer=partial(_ask_cedar, cedarpy.is_authorized, policies, given_),
            units=len(questions),
            rounds=60,
            peer_goal=1.0,
            note="peer: cedarpy on the same rules; floor: calling the rules, without a ruling",
        )


def _must_agree(questions: list[Question], theirs: list[bool]) -> None:
    """Refuse to compare rules that do not say the same."""
    for question, said in zip(questions, theirs, strict=True):
        if said is not judge(standard(), question).allowed:
            raise AssertionError(f"Cedar says {said} to {question.command}: not the same rules")


def _judge(questions: list[Question]) -> None:
    for question in questions:
        judge(standard(), question)


def _call_rules(questions: list[Question]) -> None:
    for question in questions:
        for _kind, rule in standard().speaking_of(type(question.command)):
            rule.ask(question)


def _ask_cedar(ask: Callable[..., Any], policies: Any, given_: list[tuple[Any, Any]]) -> None:
    for request, entities in given_:
        ask(request, policies, entities)


def _json(data: Any) -> str:
    import json

    return json.dumps(data)


def _permits() -> str:
    """Say the table of reach in Cedar: who may ask for what."""
    kinds: dict[str, list[str]] = {}
    for command, actors in REACH.items():
        for kind in actors:
            kinds.setdefault(kind.value, []).append(f'Action::"{asked(command)}"')
    return "\n".join(
        f'@id("within-reach-{kind}") permit (principal, action in [{", ".join(actions)}], '
        f'resource) when {{ principal.kind == "{kind}" }};'
        for kind, actions in sorted(kinds.items())
    )


def _questions() -> list[Question]:
    """Ask ten things of cases as they come: half of them allowed, half not."""
    frozen = given().after(
        do.ImposeFreeze(
            account="acct-1", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
        ),
        by=ENGINE,
    )
    case = frozen.state.id
    asked_for = frozen.after(do.RequestChecks(case, checks=["liveness"]), by=ANA)
    proposed = frozen.after(do.ProposeRelease(case, reason="cleared"), by=ANA)
    appealed = frozen.after(do.UpholdFreeze(case, reason="stands"), by=ANA).after(
        do.FileAppeal(case, contests=frozen.state.decision, statement="it was me"), by=OWNER
    )
    reject = do.RejectAppeal(case, reason="no", bar="court-order")
    return [
        Question(command, state.state, actor, SOME_DAY, facts)
        for state, command, actor, facts in (
            (frozen, do.RequestChecks(case, checks=["device"]), ANA, {"amount": "small"}),
            (frozen, do.UpholdFreeze(case, reason="looked at"), ROB, {}),
            (asked_for, do.ProposeRelease(case, reason="cleared"), ANA, {"risk": "low"}),
            (frozen, do.ProposeRelease(case, reason="cleared"), ANA, {"risk": "high"}),
            (proposed, do.ApproveRelease(case), ANA, {"amount": "large"}),
            (proposed, do.ApproveRelease(case), EVE, {"amount": "large"}),
            (frozen, do.MeetObligation(case, obligation="review"), ROB, {}),
            (frozen, do.FileAppeal(case, contests=1, statement="it was me"), OWNER, {}),
            (appealed, reject, ROB, {}),
            (frozen, do.OrderRelease(case, reason="in a hurry"), ANA, {}),
        )
    ]


def _as_cedar(question: Question) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the same question as a request and entities of Cedar's."""
    actor, state, command = question.actor, question.state, question.command
    request = {
        "principal": {"type": "Actor", "id": actor.person},
        "action": {"type": "Action", "id": asked(type(command))},
        "resource": {"type": "Case", "id": str(state.id)},
        "context": _context(command, state) | dict(question.facts),
    }
    principal = {
        "kind": actor.kind.value,
        "id": actor.id,
        "person": actor.person,
        "roles": list(actor.roles),
    }
    return request, [
        {"uid": {"type": "Actor", "id": actor.person}, "attrs": principal, "parents": []},
        {"uid": {"type": "Case", "id": str(state.id)}, "attrs": _case(state), "parents": []},
    ]


def _context(command: Command, state: CaseState) -> dict[str, Any]:
    """Return what the rules read of a command."""
    leaving: Scope | None = getattr(command, "leaving", None)
    route: AppealRoute | None = getattr(command, "route", None)
    found = {
        "obligation": getattr(command, "obligation", None),
        "route": route and route.value,
        "leaving": [one.value for one in leaving.capabilities] if leaving else [],
        "asks_lost": any(
            one.kind in {"device", "second-factor"} for one in getattr(command, "checks", ())
        ),
        "ground": state.ground and state.ground.value,
    }
    return {name: value for name, value in found.items() if value is not None}


def _case(state: CaseState) -> dict[str, Any]:
    """Return what the rules read of a case."""
    release, appeal = state.release, state.appeal
    scope = state.scope.capabilities if state.scope else ()
    waits = [*pending(state)]
    found = {
        "account": state.account,
        "ground": state.ground and state.ground.value,
        "decider": state.deciders.get(appeal.contests) if appeal else None,
        "offered_to": state.offered_to,
        "ordered_alone": state.ordered_alone,
        "window_lapsed": ("appeal-window", "") in state.lapsed,
        "waits_for": [
            owed.demand.kind
            for owed in state.obligations.values()
            if any(covers(owed, wait) for wait in waits)
        ],
        "rights": [o.demand.kind for o in state.obligations.values() if o.demand.right],
        "told": sorted(state.told),
        "unsettled": bool(state.unsettled),
        "signed": [release.proposer, *release.approvers] if release else [],
        "scope": [one.value for one in scope],
        "wide": len(scope) > 1,
    }
    return {name: value for name, value in found.items() if value is not None}
