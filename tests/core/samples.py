"""One of everything: the people, the values, an event of each kind and a command of each kind."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.appeals import AppealLevel, AppealRoute, Finding
from freezecase.core.commands import Command
from freezecase.core.events import CaseEvent
from freezecase.core.obligations import Demand, Obligation, Rung, Unit, Within
from freezecase.core.ruling import PolicyRef, Ruling
from freezecase.core.values import (
    Amount,
    Audience,
    Capability,
    Channel,
    Evidence,
    Ground,
    Scope,
    Verification,
)

CASE: Final = UUID(int=1)
NOW: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LATER: Final = NOW + timedelta(days=1)

ANA: Final = Actor.staff("ana", "analyst")
ROB: Final = Actor.staff("rob", "reviewer")
ENGINE: Final = Actor.system("risk-engine")
OWNER: Final = Actor.customer("acct-4711")
LAB: Final = Actor.vendor("id-lab")
COURT: Final = Actor.authority("court")

WIDE: Final = Scope.withdrawals()
NARROW: Final = Scope.of(Capability.TRANSFER)
WIDEST: Final = Scope.everything()
TWO_COINS: Final = Amount.of("2", "BTC")
PASSPORT: Final = Evidence(
    reference="doc-1", digest="sha256:" + "0" * 64, size=10, media_type="image/png"
)
DEMAND: Final = Demand(
    kind="reply",
    ladder=(Rung(debtor="reviewer", within=Within(count=2, unit=Unit.HOURS)),),
    met_by=("reply-sent",),
)
DUTY: Final = Obligation(
    demand=DEMAND, subject="", rung=0, opened_at=NOW, due=LATER, basis="reply-in-time"
)
ALLOWED: Final = Ruling(
    allowed=True,
    policy=PolicyRef(name="standard", version=1, digest="sha256:" + "0" * 64),
    by=ANA.person,
    at=NOW,
)
WHY: Final = "looked at it"
BY: Final = ANA.person

_EVENTS: Final[tuple[CaseEvent, ...]] = (
    e.FreezeImposed(account="acct-4711", ground=Ground.ACCOUNT_TAKEOVER, scope=WIDE, by=BY),
    e.ScopeNarrowed(scope=NARROW, by=BY),
    e.ScopeWidened(scope=WIDEST, by=BY, reason=WHY),
    e.FreezeRenewed(by=BY, reason=WHY, until=LATER),
    e.FreezeUpheld(by=BY, reason=WHY),
    e.EnforcementConfirmed(),
    e.EnforcementFailed(reason=WHY),
    e.NoticeSent(notice="freeze-imposed", channel=Channel.EMAIL),
    e.DeliveryConfirmed(notice="freeze-imposed", channel=Channel.EMAIL),
    e.DeliveryFailed(notice="freeze-imposed", channel=Channel.EMAIL),
    e.NoticeWithheld(notice="freeze-imposed", basis="aml.no-tipping-off", review_at=LATER),
    e.DisclosureUpgraded(audience=Audience.CUSTOMER, basis="court-order"),
    e.ChecksRequested(checks=(Verification(kind="device"),), by=BY),
    e.EvidenceSubmitted(check="device", shown="device", evidence=(PASSPORT,)),
    e.CheckPassed(check="device", by=BY),
    e.CheckFailed(check="device", by=BY, reason=WHY, remedy="send a sharper picture"),
    e.CheckWaived(check="device", by=BY, reason=WHY),
    e.CheckExpired(check="device"),
    e.AssignmentFailed(queue="security"),
    e.CaseAssigned(to=ANA.person),
    e.CaseTransferred(to=ROB.person, by=BY, reason=WHY),
    e.HandOverAccepted(by=ROB.person),
    e.ContactReceived(channel=Channel.PHONE, by=BY),
    e.CustomerContacted(channel=Channel.PHONE, by=BY, reached=True),
    e.ContactCodeChecked(channel=Channel.PHONE, by=BY, genuine=False),
    e.ReplySent(channel=Channel.PHONE, human=True),
    e.HumanRequested(channel=Channel.CHAT),
    e.HumanJoined(by=BY, channel=Channel.CHAT),
    e.PromiseMade(promise="call-back", due=LATER, by=BY),
    e.PromiseKept(promise="call-back"),
    e.PromiseBroken(promise="call-back"),
    e.PromiseSuperseded(promise="call-back", by_promise="letter", reason=WHY),
    e.ObligationOpened(obligation=DUTY),
    e.ObligationMet(obligation="reply"),
    e.ObligationMissed(obligation="reply"),
    e.ObligationExtended(obligation="reply", due=LATER + timedelta(days=1), reason=WHY),
    e.ObligationWaived(obligation="reply", by=BY, reason=WHY),
    e.Escalated(to="head-of-compliance", reason=WHY),
    e.AttemptRefused(command="approve-release", by=BY, rules=("four-eyes",)),
    e.AppealFiled(
        contests=1,
        route=AppealRoute.APPEAL,
        level=AppealLevel.INTERNAL_REVIEW,
        statement="it was my new phone",
    ),
    e.AppealAcknowledged(),
    e.AppealAssigned(reviewer=ROB.person),
    e.AppealUpheld(by=ROB.person, reason="you were right"),
    e.AppealRejected(
        by=ROB.person, reason="it was not you", next_level=AppealLevel.SECOND_INSTANCE
    ),
    e.AppealWithdrawn(),
    e.ExternalReviewOpened(body="ombudsman", contests=1),
    e.ExternalReviewDecided(finding=Finding.FREEZE_STANDS),
    e.ReleaseProposed(by=BY, reason=WHY),
    e.ReleaseApproved(by=ROB.person),
    e.ReleaseRefused(by=ROB.person, reason=WHY),
    e.ReleaseOrdered(by=ROB.person),
    e.ReleaseEnforced(),
    e.LegalHoldPlaced(hold="order-7", basis="court-order", by=COURT.person),
    e.LegalHoldLifted(hold="order-7", by=COURT.person),
    e.AccountOffboarded(by=BY, reason=WHY),
    e.FundsForfeited(basis="final-order", by=COURT.person, amount=TWO_COINS),
    e.HarmRecorded(harm="missed-rent", amount=TWO_COINS),
    e.CaseClosed(by=BY, outcome="cleared"),
    e.CaseReopened(by=BY, reason=WHY),
    e.PersonalDataErased(subject="customer", by=BY, basis="retention-over"),
)
EVENTS: Final = {type(event): event for event in _EVENTS}
"""One event of each kind. In this order they are a story, though not always a legal one."""

_COMMANDS: Final[tuple[Command, ...]] = (
    do.ImposeFreeze(account="acct-4711", ground=Ground.ACCOUNT_TAKEOVER, scope=WIDE),
    do.NarrowScope(CASE, scope=NARROW),
    do.WidenScope(CASE, scope=WIDEST, reason=WHY),
    do.RenewFreeze(CASE, reason=WHY, until=LATER),
    do.UpholdFreeze(CASE, reason=WHY),
    do.ConfirmEnforcement(CASE),
    do.ReportEnforcementFailure(CASE, reason=WHY),
    do.SendNotice(CASE, notice="freeze-imposed", channel=Channel.EMAIL),
    do.ConfirmDelivery(CASE, notice="freeze-imposed", channel=Channel.EMAIL),
    do.ReportDeliveryFailure(CASE, notice="freeze-imposed", channel=Channel.EMAIL),
    do.WithholdNotice(CASE, notice="freeze-imposed", basis="aml.no-tipping-off", review_at=LATER),
    do.UpgradeDisclosure(CASE, audience=Audience.CUSTOMER, basis="court-order"),
    do.RequestChecks(CASE, checks=(Verification(kind="device"),)),
    do.SubmitEvidence(CASE, check="device", evidence=(PASSPORT,)),
    do.PassCheck(CASE, check="device"),
    do.FailCheck(CASE, check="device", reason=WHY, remedy="send a sharper picture"),
    do.WaiveCheck(CASE, check="device", reason=WHY),
    do.ExpireCheck(CASE, check="device"),
    do.ReportAssignmentFailure(CASE, queue="security"),
    do.AssignCase(CASE, to=ANA.person),
    do.TransferCase(CASE, to=ROB.person, reason=WHY),
    do.AcceptHandOver(CASE),
    do.RecordContact(CASE, channel=Channel.PHONE),
    do.ContactCustomer(CASE, channel=Channel.PHONE, reached=True),
    do.CheckContactCode(CASE, channel=Channel.PHONE, genuine=False),
    do.SendReply(CASE, channel=Channel.PHONE),
    do.RequestHuman(CASE, channel=Channel.CHAT),
    do.JoinConversation(CASE, channel=Channel.CHAT),
    do.MakePromise(CASE, promise="call-back", due=LATER),
    do.KeepPromise(CASE, promise="call-back"),
    do.SupersedePromise(CASE, promise="call-back", by_promise="letter", due=LATER, reason=WHY),
    do.OpenObligation(CASE, demand=DEMAND, due=LATER, basis="reply-in-time"),
    do.MeetObligation(CASE, obligation="reply"),
    do.ExtendObligation(CASE, obligation="reply", due=LATER + timedelta(days=1), reason=WHY),
    do.WaiveObligation(CASE, obligation="reply", reason=WHY),
    do.Escalate(CASE, to="head-of-compliance", reason=WHY),
    do.LetTimePass(CASE),
    do.FileAppeal(CASE, contests=1, statement="it was my new phone"),
    do.AcknowledgeAppeal(CASE),
    do.AssignAppeal(CASE, reviewer=ROB.person),
    do.UpholdAppeal(CASE, reason="you were right"),
    do.RejectAppeal(CASE, reason="it was not you", next_level=AppealLevel.SECOND_INSTANCE),
    do.WithdrawAppeal(CASE),
    do.OpenExternalReview(CASE, contests=1, body="ombudsman"),
    do.DecideExternalReview(CASE, finding=Finding.FREEZE_STANDS),
    do.ProposeRelease(CASE, reason=WHY),
    do.ApproveRelease(CASE),
    do.RefuseRelease(CASE, reason=WHY),
    do.OrderRelease(CASE, reason=WHY),
    do.ConfirmRelease(CASE),
    do.PlaceLegalHold(CASE, hold="order-7", basis="court-order"),
    do.LiftLegalHold(CASE, hold="order-7"),
    do.OffboardAccount(CASE, reason=WHY),
    do.ForfeitFunds(CASE, basis="final-order", amount=TWO_COINS),
    do.RecordHarm(CASE, harm="missed-rent", amount=TWO_COINS),
    do.CloseCase(CASE, outcome="cleared"),
    do.ReopenCase(CASE, reason=WHY),
    do.ErasePersonalData(CASE, subject="customer", basis="retention-over"),
)
COMMANDS: Final = {type(command): command for command in _COMMANDS}
"""One command of each kind, each leading to the event of `EVENTS` where the case is ready."""
