"""
What happened, in words: one sentence maker for each kind of event. A test demands every kind.

A sentence says what somebody did; who did it stands before it. What a machine knows by a name, such
as a promise or a rule, stands in backticks; what somebody wrote stands in quotation marks.
"""

from collections.abc import Mapping
from typing import Final

from freezecase.core import events as e
from freezecase.core.events import CaseEvent
from freezecase.core.obligations import Obligation
from freezecase.core.ruling import Verdict
from freezecase.core.status import Status
from freezecase.views.desk_sentences import DESK_SENTENCES, Sentence
from freezecase.views.telling import (
    Telling,
    amount,
    as_customer,
    by_channel,
    follows,
    ground,
    instant,
    listed,
    scope,
    slug,
)

__all__ = ["SENTENCES", "Sentence", "sentence"]


def sentence(told: Telling) -> str:
    """Return what happened, in words, as far as the reader may know it."""
    return SENTENCES[type(told.event)](told)


def _imposed(told: Telling) -> str:
    event = told.event
    why = f" because of {ground(event.ground)}" if told.ground_told else ""
    until = f"; new reasons are due {instant(event.until)}" if event.until else ""
    incident = f"; incident `{event.incident}`" if event.incident and told.ground_told else ""
    return f"froze {scope(event.scope)}{why}{told.text()}{until}{incident}"


def _not_enforced(told: Telling) -> str:
    lifting = told.before.status is Status.RELEASING
    return f"could not {'lift the freeze' if lifting else 'make the freeze bind'}{told.text()}"


def _asked(told: Telling) -> str:
    checks = [
        listed((f"`{kind}`" for kind in (check.kind, *check.instead)), "or")
        for check in told.event.checks
    ]
    return f"asked the customer to show {listed(checks)}{told.text()}"


def _shown(told: Telling) -> str:
    event = told.event
    shown = "submitted" if told.by_customer else "passed on"
    instead = f" instead of `{event.check}`" if event.shown != event.check else ""
    number = len(event.evidence)
    documents = f" ({number} document{'s' if number > 1 else ''})" if number else ""
    return f"{shown} `{event.shown}`{instead}{documents}"


def _passed(told: Telling) -> str:
    until = told.event.valid_until
    good = f", good until {instant(until)}" if until else ""
    return f"found check `{told.event.check}` passed{good}"


def _failed(told: Telling) -> str:
    event = told.event
    if event.final:
        heard = slug(event.appeal_to)
        return (
            f"found check `{event.check}` failed for good{told.text()}; an appeal goes to {heard}"
        )
    remedy = told.text("remedy", "; to pass: ")
    return f"found check `{event.check}` failed for now{told.text()}{remedy}"


def _opened(told: Telling) -> str:
    owed: Obligation = told.event.obligation
    debtor = owed.debtor
    what = _about_what(owed.demand.kind, owed.subject)
    right = "may use" if owed.demand.right else "owes"
    return f"noted that {debtor} {right} {what} by {instant(owed.due)}, under `{owed.basis}`"


def _about_what(kind: str, subject: str) -> str:
    return f"`{kind}` about `{subject}`" if subject else f"`{kind}`"


def _owed(told: Telling) -> str:
    """Name the obligation an event is about, and when it was due as far as that is known."""
    event = told.event
    owed = told.before.obligations.get((event.obligation, event.subject))
    due = f", due {instant(owed.due)}" if owed else ""
    return f"{_about_what(event.obligation, event.subject)}{due}"


def _attempt(told: Telling) -> str:
    event, ruling = told.event, told.record.ruling
    opinions = ruling.opinions if ruling else ()
    why = {o.rule: o.because for o in opinions if o.verdict is not Verdict.ALLOW}
    rules = [f"`{rule}` ({why[rule]})" if why.get(rule) else f"`{rule}`" for rule in event.rules]
    by = listed(rules) if rules else "the policy, as no rule allows it"
    verb, _, what = event.command.partition("-")
    asked = f"{verb} the {slug(what)}" if what else verb
    return f"tried to {asked}; refused by {by}"


def _appealed(told: Telling) -> str:
    event = told.event
    which = "the decision" if told.to_customer else f"decision {event.contests}"
    asks = {"appeal": f"appealed against {which}", "reinstatement": "asked to be let back in"}
    how = f"{asks[event.route]}, to be heard by {slug(event.level)}"
    return as_customer(f"{how}{told.text('statement')}", told)


def _lifted_on_appeal(told: Telling) -> str:
    lifts = ": the freeze is to be lifted" if told.before.frozen else ""
    return f"found the customer right{lifts}{told.text(lead=', ' if lifts else ': ')}"


def _rejected(told: Telling) -> str:
    event = told.event
    where = f"`{event.bar}` ends the matter" if event.bar else f"next: {slug(event.next_level)}"
    return f"rejected the appeal{told.text()}; {where}"


def _outside(told: Telling) -> str:
    reference = told.event.reference
    number = f", reference `{reference}`" if reference else ""
    return f"noted that `{told.event.body}` took the matter up{number}"


def _leaving(told: Telling) -> str:
    return f", leaving {scope(told.event.leaving)} restricted"


def _proposed(told: Telling) -> str:
    ruling = told.record.ruling
    number = ruling.signatures if ruling else 0
    takes = f"; it takes {number} approval{'s' if number > 1 else ''}" if number else ""
    return f"proposed to lift the freeze{_leaving(told)}{told.text()}{takes}"


def _harm(told: Telling) -> str:
    event = told.event
    cost = f", {amount(event.amount)}" if event.amount else ""
    return f"recorded the harm done: `{event.harm}`{cost}{told.text('description')}"


def _confirmed(what: str) -> Sentence:
    def confirm(told: Telling) -> str:
        reference = told.event.reference
        return f"confirmed that {what}{f', reference `{reference}`' if reference else ''}"

    return confirm


SENTENCES: Final[Mapping[type[CaseEvent], Sentence]] = {
    e.FreezeImposed: _imposed,
    e.ScopeNarrowed: lambda t: f"narrowed the freeze to {scope(t.event.scope)}{t.text()}",
    e.ScopeWidened: lambda t: f"widened the freeze to {scope(t.event.scope)}{t.text()}",
    e.FreezeRenewed: lambda t: f"renewed the freeze until {instant(t.event.until)}{t.text()}",
    e.FreezeUpheld: lambda t: f"decided that the freeze stands{t.text()}",
    e.EnforcementConfirmed: _confirmed("the freeze binds the account"),
    e.EnforcementFailed: _not_enforced,
    e.DisclosureUpgraded: lambda t: (
        f"let the audience `{t.event.audience}` be told more, under `{t.event.basis}`"
    ),
    e.ChecksRequested: _asked,
    e.EvidenceSubmitted: _shown,
    e.CheckPassed: _passed,
    e.CheckFailed: _failed,
    e.CheckWaived: lambda t: f"waived check `{t.event.check}`{t.text()}",
    e.CheckExpired: lambda t: f"found check `{t.event.check}` expired",
    e.ObligationOpened: _opened,
    e.ObligationMet: lambda t: f"found {_owed(t)}, met" if follows(t.record) else f"met {_owed(t)}",
    e.ObligationMissed: lambda t: f"found {_owed(t)}, missed",
    e.ObligationExtended: lambda t: f"extended {_owed(t)}, to {instant(t.event.due)}{t.text()}",
    e.ObligationWaived: lambda t: f"waived {_owed(t)}{t.text()}",
    e.Escalated: lambda t: f"escalated the case to {t.event.to}{t.text()}",
    e.AttemptRefused: _attempt,
    e.AppealFiled: _appealed,
    e.AppealAcknowledged: lambda t: f"acknowledged the appeal {by_channel(t.event.channel)}",
    e.AppealAssigned: lambda t: f"gave the appeal to {t.name(t.event.reviewer)}",
    e.AppealUpheld: _lifted_on_appeal,
    e.AppealRejected: _rejected,
    e.AppealWithdrawn: lambda t: f"took the appeal back{t.text()}",
    e.ExternalReviewOpened: _outside,
    e.ExternalReviewDecided: lambda t: (
        f"gave the finding of the body outside: {slug(t.event.finding)}{t.text(lead=', ')}"
    ),
    e.ReleaseProposed: _proposed,
    e.ReleaseApproved: lambda t: "approved the release",
    e.ReleaseRefused: lambda t: f"refused the release{t.text()}",
    e.ReleaseOrdered: lambda t: f"ordered the release{_leaving(t)}",
    e.ReleaseEnforced: _confirmed("the account is free"),
    e.LegalHoldPlaced: lambda t: (
        f"placed legal hold `{t.event.hold}` under `{t.event.basis}`: no release while it stands"
    ),
    e.LegalHoldLifted: lambda t: f"lifted legal hold `{t.event.hold}`",
    e.AccountOffboarded: lambda t: f"ended the relationship{t.text()}",
    e.FundsForfeited: lambda t: (
        f"took {amount(t.event.amount) if t.event.amount else 'funds'} under `{t.event.basis}`"
    ),
    e.HarmRecorded: _harm,
    **DESK_SENTENCES,
    e.CaseClosed: lambda t: f"closed the case, outcome `{t.event.outcome}`",
    e.CaseReopened: lambda t: f"reopened the case{t.text()}",
    e.PersonalDataErased: lambda t: (
        f"erased the personal data of `{t.event.subject}`, under `{t.event.basis}`"
    ),
}
