"""
What each kind of event changes beside the legal position: one entry a kind, and total.

No effect ever refuses. Whether an event was legal is asked before it is recorded; once it is
recorded it happened, and writing it down must not fail, however strange the history.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from freezecase.core import events as e
from freezecase.core.actors import is_staff
from freezecase.core.appeals import AppealLevel, AppealRoute
from freezecase.core.draft import Draft
from freezecase.core.events import CaseEvent
from freezecase.core.owing import extend, meet, miss, owe, waive
from freezecase.core.state import Appeal, CheckStage, OpenCheck, Promise, Release
from freezecase.core.values import Slug, Verification

__all__ = ["EFFECTS", "Effect"]

Effect = Callable[[Draft, Any], None]


def _impose(draft: Draft, event: e.FreezeImposed) -> None:
    draft.account, draft.ground, draft.incident = event.account, event.ground, event.incident
    draft.imposed = draft.scope = event.scope
    draft.until, draft.enforced = event.until, False
    draft.contracted_at = event.contracted_at
    _decide(draft, event)


def _decide(draft: Draft, event: Any) -> None:
    """Remember a decision, to be contested from the first level on, and who made it."""
    draft.decision = draft.version
    draft.deciders[draft.version] = event.by
    draft.next_level = AppealLevel.INTERNAL_REVIEW


def _rescope(draft: Draft, event: e.ScopeNarrowed | e.ScopeWidened) -> None:
    draft.scope, draft.enforced, draft.release = event.scope, False, None
    if isinstance(event, e.ScopeWidened):
        _decide(draft, event)


def _renew(draft: Draft, event: e.FreezeRenewed) -> None:
    draft.until = event.until
    _decide(draft, event)


def _withhold(draft: Draft, event: e.NoticeWithheld) -> None:
    draft.withheld[event.notice] = event.review_at


def _tell(draft: Draft, event: e.NoticeSent | e.DeliveryConfirmed) -> None:
    draft.sent |= {(event.notice, event.channel)}
    draft.unreached -= {(event.notice, event.channel)}
    draft.withheld.pop(event.notice, None)


def _untell(draft: Draft, event: e.DeliveryFailed) -> None:
    draft.sent -= {(event.notice, event.channel)}
    draft.unreached |= {(event.notice, event.channel)}


def _ask(draft: Draft, event: e.ChecksRequested) -> None:
    for verification in event.checks:
        earlier = draft.checks.get(verification.kind)
        draft.checks[verification.kind] = OpenCheck(
            verification, failures=earlier.failures if earlier else 0
        )


def _stage(stage: CheckStage) -> Effect:
    def effect(draft: Draft, event: e.EvidenceSubmitted | e.CheckWaived | e.CheckExpired) -> None:
        check = _check(draft, event.check)
        draft.checks[event.check] = OpenCheck(
            check.verification, stage, check.failures, check.valid_until
        )

    return effect


def _check(draft: Draft, kind: Slug) -> OpenCheck:
    """Return the check; a history that never asked for it is taken as having asked."""
    return draft.checks.get(kind) or OpenCheck(Verification(kind=kind))


def _pass(draft: Draft, event: e.CheckPassed) -> None:
    check = _check(draft, event.check)
    draft.checks[event.check] = OpenCheck(
        check.verification, CheckStage.PASSED, check.failures, event.valid_until
    )


def _fail(draft: Draft, event: e.CheckFailed) -> None:
    check = _check(draft, event.check)
    stage = CheckStage.REFUSED if event.final else CheckStage.FAILED
    draft.checks[event.check] = OpenCheck(check.verification, stage, check.failures + 1)
    if event.final:
        _decide(draft, event)


def _assign(draft: Draft, event: e.CaseAssigned) -> None:
    draft.owner, draft.offered_to = event.to, None


def _transfer(draft: Draft, event: e.CaseTransferred) -> None:
    draft.offered_to = event.to
    draft.transfers += 1


def _accept(draft: Draft, event: e.HandOverAccepted) -> None:
    draft.owner, draft.offered_to = event.by, None


def _promise(draft: Draft, event: e.PromiseMade) -> None:
    draft.promises[event.promise] = Promise(event.due, event.by, event.duty)


def _forget_promise(draft: Draft, event: Any) -> None:
    draft.promises.pop(event.promise, None)


def _break(draft: Draft, event: e.PromiseBroken) -> None:
    draft.promises.pop(event.promise, None)
    draft.broken |= {event.promise}


def _answer(draft: Draft, event: e.ReplySent) -> None:
    draft.reply_owed = False
    draft.bot_replies = 0 if event.human else draft.bot_replies + 1


def _appeal(draft: Draft, event: e.AppealFiled) -> None:
    draft.appeal = Appeal(contests=event.contests, level=event.level, route=event.route)


def _external(draft: Draft, event: e.ExternalReviewOpened) -> None:
    draft.appeal = Appeal(
        contests=event.contests,
        level=AppealLevel.EXTERNAL_BODY,
        route=draft.appeal.route if draft.appeal else AppealRoute.APPEAL,
        acknowledged=True,
    )


def _hear(**changes: Any) -> Effect:
    """Change the appeal that is being heard, if there is one."""

    def effect(draft: Draft, event: Any) -> None:
        if draft.appeal is not None:
            taken = {name: value(event) for name, value in changes.items()}
            draft.appeal = attrs.evolve(draft.appeal, **taken)

    return effect


def _end_appeal(draft: Draft, _event: Any) -> None:
    draft.appeal = None


def _reject(draft: Draft, event: e.AppealRejected) -> None:
    _end_appeal(draft, event)
    _decide(draft, event)
    draft.next_level = event.next_level


def _lift_on_appeal(draft: Draft, event: e.AppealUpheld) -> None:
    _end_appeal(draft, event)
    if draft.scope is not None:
        draft.release = Release(proposer=event.by, leaving=None, ordered=True)
        draft.enforced = False  # from now on the exchange may have lifted it


def _propose(draft: Draft, event: e.ReleaseProposed) -> None:
    draft.release = Release(proposer=event.by, leaving=event.leaving)


def _approve(draft: Draft, event: e.ReleaseApproved) -> None:
    release = draft.release
    if release is not None:
        approvers = (*release.approvers, event.by)
        draft.release = Release(release.proposer, release.leaving, approvers, release.ordered)


def _refuse(draft: Draft, event: e.ReleaseRefused) -> None:
    draft.release = None
    _decide(draft, event)


def _order(draft: Draft, event: e.ReleaseOrdered) -> None:
    proposed = draft.release or Release(event.by, event.leaving)
    draft.release = Release(proposed.proposer, event.leaving, proposed.approvers, ordered=True)
    draft.appeal, draft.enforced = None, False  # from now on the exchange may have lifted it
    if not proposed.approvers and is_staff(event.by):
        draft.ordered_alone = event.by


def _free(draft: Draft, _event: e.ReleaseEnforced) -> None:
    draft.scope, draft.release, draft.enforced = None, None, False


def _hold(draft: Draft, event: e.LegalHoldPlaced) -> None:
    draft.holds |= {event.hold}
    draft.release = None


def _unhold(draft: Draft, event: e.LegalHoldLifted) -> None:
    draft.holds -= {event.hold}


def _close(draft: Draft, _event: e.CaseClosed) -> None:
    """Nobody is named in a closed case any more, and nothing is under way."""
    draft.enforced, draft.release = False, None
    draft.owner = draft.offered_to = None


def _set(**values: Any) -> Effect:
    def effect(draft: Draft, _event: Any) -> None:
        for name, value in values.items():
            setattr(draft, name, value)

    return effect


def _attempt(draft: Draft, event: e.AttemptRefused) -> None:
    draft.refused = (event.command, event.by, *event.rules)


def _erase(draft: Draft, event: e.PersonalDataErased) -> None:
    draft.erased |= {event.subject}


EFFECTS: Final[Mapping[type[CaseEvent], Effect | None]] = {
    e.FreezeImposed: _impose,
    e.ScopeNarrowed: _rescope,
    e.ScopeWidened: _rescope,
    e.FreezeRenewed: _renew,
    e.FreezeUpheld: _decide,
    e.EnforcementConfirmed: _set(enforced=True),
    e.EnforcementFailed: _set(enforced=False),
    e.NoticeSent: _tell,
    e.DeliveryConfirmed: _tell,
    e.DeliveryFailed: _untell,
    e.NoticeWithheld: _withhold,
    e.DisclosureUpgraded: None,
    e.ChecksRequested: _ask,
    e.EvidenceSubmitted: _stage(CheckStage.SUBMITTED),
    e.CheckPassed: _pass,
    e.CheckFailed: _fail,
    e.CheckWaived: _stage(CheckStage.WAIVED),
    e.CheckExpired: _stage(CheckStage.EXPIRED),
    e.CaseAssigned: _assign,
    e.CaseTransferred: _transfer,
    e.HandOverAccepted: _accept,
    e.AssignmentFailed: None,
    e.ContactReceived: _set(reply_owed=True),
    e.CustomerContacted: None,
    e.ContactCodeChecked: None,
    e.ReplySent: _answer,
    e.HumanRequested: _set(human_wanted=True),
    e.HumanJoined: _set(human_wanted=False),
    e.PromiseMade: _promise,
    e.PromiseKept: _forget_promise,
    e.PromiseBroken: _break,
    e.PromiseSuperseded: _forget_promise,
    e.ObligationOpened: owe,
    e.ObligationMet: meet,
    e.ObligationMissed: miss,
    e.ObligationExtended: extend,
    e.ObligationWaived: waive,
    e.Escalated: None,
    e.AttemptRefused: _attempt,
    e.AppealFiled: _appeal,
    e.AppealAcknowledged: _hear(acknowledged=lambda _: True),
    e.AppealAssigned: _hear(reviewer=lambda event: event.reviewer),
    e.AppealUpheld: _lift_on_appeal,
    e.AppealRejected: _reject,
    e.AppealWithdrawn: _end_appeal,
    e.ExternalReviewOpened: _external,
    e.ExternalReviewDecided: _end_appeal,
    e.ReleaseProposed: _propose,
    e.ReleaseApproved: _approve,
    e.ReleaseRefused: _refuse,
    e.ReleaseOrdered: _order,
    e.ReleaseEnforced: _free,
    e.LegalHoldPlaced: _hold,
    e.LegalHoldLifted: _unhold,
    e.AccountOffboarded: _decide,
    e.FundsForfeited: _decide,
    e.HarmRecorded: None,
    e.CaseClosed: _close,
    e.CaseReopened: None,
    e.PersonalDataErased: _erase,
}
"""What each kind of event changes beside the legal position. A test demands every kind."""
