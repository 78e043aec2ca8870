"""
What each command leads to: (command, state, ruling) -> events.

Most commands lead to the one event that says they happened: `LEADS` names it, and its fields are
carried over by name. The few that lead to more, or compute something, have a function in `_MORE`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import is_staff
from freezecase.core.appeals import Finding
from freezecase.core.commands import Command, asked
from freezecase.core.events import CaseEvent
from freezecase.core.obligations import Obligation
from freezecase.core.owing import next_due
from freezecase.core.ruling import Ruling
from freezecase.core.state import CaseState, CheckStage
from freezecase.core.values import Slug
from freezecase.errors import NotAllowedNow

__all__ = ["LEADS", "led_to"]

LEADS: Final[Mapping[type[Command], type[CaseEvent]]] = {
    do.ImposeFreeze: e.FreezeImposed,
    do.NarrowScope: e.ScopeNarrowed,
    do.WidenScope: e.ScopeWidened,
    do.RenewFreeze: e.FreezeRenewed,
    do.UpholdFreeze: e.FreezeUpheld,
    do.ConfirmEnforcement: e.EnforcementConfirmed,
    do.ReportEnforcementFailure: e.EnforcementFailed,
    do.SendNotice: e.NoticeSent,
    do.ConfirmDelivery: e.DeliveryConfirmed,
    do.ReportDeliveryFailure: e.DeliveryFailed,
    do.WithholdNotice: e.NoticeWithheld,
    do.UpgradeDisclosure: e.DisclosureUpgraded,
    do.RequestChecks: e.ChecksRequested,
    do.SubmitEvidence: e.EvidenceSubmitted,
    do.PassCheck: e.CheckPassed,
    do.FailCheck: e.CheckFailed,
    do.WaiveCheck: e.CheckWaived,
    do.ExpireCheck: e.CheckExpired,
    do.AssignCase: e.CaseAssigned,
    do.TransferCase: e.CaseTransferred,
    do.AcceptHandOver: e.HandOverAccepted,
    do.ReportAssignmentFailure: e.AssignmentFailed,
    do.RecordContact: e.ContactReceived,
    do.ContactCustomer: e.CustomerContacted,
    do.CheckContactCode: e.ContactCodeChecked,
    do.SendReply: e.ReplySent,
    do.RequestHuman: e.HumanRequested,
    do.JoinConversation: e.HumanJoined,
    do.MakePromise: e.PromiseMade,
    do.KeepPromise: e.PromiseKept,
    do.SupersedePromise: e.PromiseSuperseded,
    do.OpenObligation: e.ObligationOpened,
    do.MeetObligation: e.ObligationMet,
    do.ExtendObligation: e.ObligationExtended,
    do.WaiveObligation: e.ObligationWaived,
    do.Escalate: e.Escalated,
    do.FileAppeal: e.AppealFiled,
    do.AcknowledgeAppeal: e.AppealAcknowledged,
    do.AssignAppeal: e.AppealAssigned,
    do.UpholdAppeal: e.AppealUpheld,
    do.RejectAppeal: e.AppealRejected,
    do.WithdrawAppeal: e.AppealWithdrawn,
    do.OpenExternalReview: e.ExternalReviewOpened,
    do.DecideExternalReview: e.ExternalReviewDecided,
    do.ProposeRelease: e.ReleaseProposed,
    do.ApproveRelease: e.ReleaseApproved,
    do.RefuseRelease: e.ReleaseRefused,
    do.OrderRelease: e.ReleaseOrdered,
    do.ConfirmRelease: e.ReleaseEnforced,
    do.PlaceLegalHold: e.LegalHoldPlaced,
    do.LiftLegalHold: e.LegalHoldLifted,
    do.OffboardAccount: e.AccountOffboarded,
    do.ForfeitFunds: e.FundsForfeited,
    do.RecordHarm: e.HarmRecorded,
    do.CloseCase: e.CaseClosed,
    do.ReopenCase: e.CaseReopened,
    do.ErasePersonalData: e.PersonalDataErased,
}
"""The event that says a command happened. `LetTimePass` leads to whatever is due."""


def led_to(command: Command, state: CaseState, ruling: Ruling) -> tuple[CaseEvent, ...]:
    """Return the events that an allowed *command* leads to."""
    more = _MORE.get(type(command))
    return more(command, state, ruling) if more else (_carried(command, ruling),)


def _carried(command: Command, ruling: Ruling, **more: Any) -> CaseEvent:
    """Return the event that *command* leads to, its fields carried over by name."""
    kind = LEADS[type(command)]
    values = {name: getattr(command, name) for name in _SHARED[type(command)]}
    if _SAYS_WHO[kind]:
        values["by"] = ruling.by
    return kind(**{**values, **more})


def _fields(cls: Any) -> frozenset[str]:
    return frozenset(field.name for field in attrs.fields(cls))


_SHARED: Final = {
    command: tuple(sorted(_fields(command) & _fields(event))) for command, event in LEADS.items()
}
_SAYS_WHO: Final = {event: "by" in _fields(event) for event in LEADS.values()}


def _checks(command: do.RequestChecks, state: CaseState, ruling: Ruling) -> tuple[CaseEvent, ...]:
    """What is named; where nothing is, what the policy plans and nobody asked for yet."""
    planned = tuple(one for one in ruling.checks if one.kind not in state.checks)
    checks = command.checks or planned
    if not checks:
        raise NotAllowedNow(
            asked=asked(command),
            position="no check is planned that was not asked for already",
            allowed=frozenset({"checks that are named"}),
        )
    return (_carried(command, ruling, checks=checks),)


def _evidence(
    command: do.SubmitEvidence, _state: CaseState, ruling: Ruling
) -> tuple[CaseEvent, ...]:
    return (_carried(command, ruling, shown=command.shown or command.check),)


def _notice(command: do.SendNotice, _state: CaseState, ruling: Ruling) -> tuple[CaseEvent, ...]:
    return (_carried(command, ruling), *_stated(command, command.notice, ruling))


def _reply(command: do.SendReply, _state: CaseState, ruling: Ruling) -> tuple[CaseEvent, ...]:
    reply = _carried(command, ruling, human=is_staff(ruling.by))
    return (reply, *_stated(command, "reply", ruling))


def _stated(
    command: do.SendNotice | do.SendReply, said_in: Slug, ruling: Ruling
) -> Iterator[CaseEvent]:
    """Yield the promises that a text makes: what is said is what is measured."""
    for said in command.promises:
        yield e.PromiseMade(
            promise=said.promise,
            due=said.due,
            by=ruling.by,
            channel=command.channel,
            said_in=said_in,
            duty=said.duty,
        )


def _transfer(command: do.TransferCase, state: CaseState, ruling: Ruling) -> tuple[CaseEvent, ...]:
    """Along with the case goes what was asked, received and promised, so nobody asks again."""
    shown = {CheckStage.SUBMITTED, CheckStage.PASSED}
    transferred = _carried(
        command,
        ruling,
        asked=state.unsettled,
        received=tuple(kind for kind, check in state.checks.items() if check.stage in shown),
        promised=tuple(state.promises),
    )
    return (transferred,)


def _appeal(command: do.FileAppeal, state: CaseState, ruling: Ruling) -> tuple[CaseEvent, ...]:
    """The newest decision is contested, and the next level hears it, unless others are named."""
    contests, level = command.contests or state.decision, command.level or state.next_level
    return (_carried(command, ruling, contests=contests, level=level),)


def _external(
    command: do.DecideExternalReview, state: CaseState, ruling: Ruling
) -> tuple[CaseEvent, ...]:
    """The body outside has spoken; where the freeze falls, the release follows in the same turn."""
    decided = _carried(command, ruling)
    falls = command.finding is Finding.FREEZE_FALLS and state.frozen and not state.holds
    return (decided, e.ReleaseOrdered(by=ruling.by)) if falls else (decided,)


def _supersede(
    command: do.SupersedePromise, _state: CaseState, ruling: Ruling
) -> tuple[CaseEvent, ...]:
    new = e.PromiseMade(
        promise=command.by_promise, due=command.due, by=ruling.by, text=command.text
    )
    return (_carried(command, ruling), new)


def _owe(command: do.OpenObligation, _state: CaseState, ruling: Ruling) -> tuple[CaseEvent, ...]:
    obligation = Obligation(
        demand=command.demand,
        subject=command.subject,
        rung=0,
        opened_at=ruling.at,
        due=command.due,
        basis=command.basis,
    )
    return (e.ObligationOpened(obligation=obligation),)


def _approve(command: do.ApproveRelease, state: CaseState, ruling: Ruling) -> tuple[CaseEvent, ...]:
    """The last signature a release needs also orders it."""
    approved = _carried(command, ruling)
    release = state.release
    if release is None or len(release.approvers) + 1 < ruling.signatures:
        return (approved,)
    return (approved, e.ReleaseOrdered(by=ruling.by, leaving=release.leaving))


def _confirm(command: do.ConfirmRelease, state: CaseState, ruling: Ruling) -> tuple[CaseEvent, ...]:
    """A release in part narrows the freeze, and what is left binds from then on."""
    leaving = state.release.leaving if state.release else None
    if leaving is None:
        return (_carried(command, ruling),)
    narrowed = e.ScopeNarrowed(scope=leaving, by=ruling.by)
    return (narrowed, e.EnforcementConfirmed(reference=command.reference))


def _time(_command: do.LetTimePass, state: CaseState, ruling: Ruling) -> tuple[CaseEvent, ...]:
    missed = next_due(state, ruling.at)
    return () if missed is None else (missed,)


_MORE: Final[Mapping[type[Command], Callable[..., tuple[CaseEvent, ...]]]] = {
    do.RequestChecks: _checks,
    do.SubmitEvidence: _evidence,
    do.SendNotice: _notice,
    do.SendReply: _reply,
    do.TransferCase: _transfer,
    do.FileAppeal: _appeal,
    do.DecideExternalReview: _external,
    do.SupersedePromise: _supersede,
    do.OpenObligation: _owe,
    do.ApproveRelease: _approve,
    do.ConfirmRelease: _confirm,
    do.LetTimePass: _time,
}
"""Commands that lead to more than one event, or compute part of it."""
