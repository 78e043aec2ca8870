"""
What happened, in the past tense: one frozen class a kind, and the name each is stored under.

The names in `STORED_AS` are the storage format. They are on disk for ever: add a version, never
edit one.
"""

from typing import Final, TypeAlias

from freezecase.core.events.checks import (
    CheckExpired,
    CheckFailed,
    CheckPassed,
    ChecksRequested,
    CheckWaived,
    EvidenceSubmitted,
)
from freezecase.core.events.contest import (
    AppealAcknowledged,
    AppealAssigned,
    AppealFiled,
    AppealRejected,
    AppealUpheld,
    AppealWithdrawn,
    ExternalReviewDecided,
    ExternalReviewOpened,
)
from freezecase.core.events.desk import (
    AssignmentFailed,
    CaseAssigned,
    CaseTransferred,
    ContactCodeChecked,
    ContactReceived,
    CustomerContacted,
    HandOverAccepted,
    HumanJoined,
    HumanRequested,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    PromiseSuperseded,
    ReplySent,
)
from freezecase.core.events.ending import (
    AccountOffboarded,
    CaseClosed,
    CaseReopened,
    FundsForfeited,
    HarmRecorded,
    PersonalDataErased,
)
from freezecase.core.events.freeze import (
    DeliveryConfirmed,
    DeliveryFailed,
    DisclosureUpgraded,
    EnforcementConfirmed,
    EnforcementFailed,
    FreezeImposed,
    FreezeRenewed,
    FreezeUpheld,
    NoticeSent,
    NoticeWithheld,
    ScopeNarrowed,
    ScopeWidened,
)
from freezecase.core.events.owed import (
    AttemptRefused,
    Escalated,
    ObligationExtended,
    ObligationMet,
    ObligationMissed,
    ObligationOpened,
    ObligationWaived,
)
from freezecase.core.events.release import (
    LegalHoldLifted,
    LegalHoldPlaced,
    ReleaseApproved,
    ReleaseEnforced,
    ReleaseOrdered,
    ReleaseProposed,
    ReleaseRefused,
)

__all__ = [
    "STORED_AS",
    "AccountOffboarded",
    "AppealAcknowledged",
    "AppealAssigned",
    "AppealFiled",
    "AppealRejected",
    "AppealUpheld",
    "AppealWithdrawn",
    "AssignmentFailed",
    "AttemptRefused",
    "CaseAssigned",
    "CaseClosed",
    "CaseEvent",
    "CaseReopened",
    "CaseTransferred",
    "CheckExpired",
    "CheckFailed",
    "CheckPassed",
    "CheckWaived",
    "ChecksRequested",
    "ContactCodeChecked",
    "ContactReceived",
    "CustomerContacted",
    "DeliveryConfirmed",
    "DeliveryFailed",
    "DisclosureUpgraded",
    "EnforcementConfirmed",
    "EnforcementFailed",
    "Escalated",
    "EvidenceSubmitted",
    "ExternalReviewDecided",
    "ExternalReviewOpened",
    "FreezeImposed",
    "FreezeRenewed",
    "FreezeUpheld",
    "FundsForfeited",
    "HandOverAccepted",
    "HarmRecorded",
    "HumanJoined",
    "HumanRequested",
    "LegalHoldLifted",
    "LegalHoldPlaced",
    "NoticeSent",
    "NoticeWithheld",
    "ObligationExtended",
    "ObligationMet",
    "ObligationMissed",
    "ObligationOpened",
    "ObligationWaived",
    "PersonalDataErased",
    "PromiseBroken",
    "PromiseKept",
    "PromiseMade",
    "PromiseSuperseded",
    "ReleaseApproved",
    "ReleaseEnforced",
    "ReleaseOrdered",
    "ReleaseProposed",
    "ReleaseRefused",
    "ReplySent",
    "ScopeNarrowed",
    "ScopeWidened",
    "kind_of",
]

CaseEvent: TypeAlias = (
    AccountOffboarded
    | AppealAcknowledged
    | AppealAssigned
    | AppealFiled
    | AppealRejected
    | AppealUpheld
    | AppealWithdrawn
    | AssignmentFailed
    | AttemptRefused
    | CaseAssigned
    | CaseClosed
    | CaseReopened
    | CaseTransferred
    | CheckExpired
    | CheckFailed
    | CheckPassed
    | CheckWaived
    | ChecksRequested
    | ContactCodeChecked
    | ContactReceived
    | CustomerContacted
    | DeliveryConfirmed
    | DeliveryFailed
    | DisclosureUpgraded
    | EnforcementConfirmed
    | EnforcementFailed
    | Escalated
    | EvidenceSubmitted
    | ExternalReviewDecided
    | ExternalReviewOpened
    | FreezeImposed
    | FreezeRenewed
    | FreezeUpheld
    | FundsForfeited
    | HandOverAccepted
    | HarmRecorded
    | HumanJoined
    | HumanRequested
    | LegalHoldLifted
    | LegalHoldPlaced
    | NoticeSent
    | NoticeWithheld
    | ObligationExtended
    | ObligationMet
    | ObligationMissed
    | ObligationOpened
    | ObligationWaived
    | PersonalDataErased
    | PromiseBroken
    | PromiseKept
    | PromiseMade
    | PromiseSuperseded
    | ReleaseApproved
    | ReleaseEnforced
    | ReleaseOrdered
    | ReleaseProposed
    | ReleaseRefused
    | ReplySent
    | ScopeNarrowed
    | ScopeWidened
)

STORED_AS: Final[dict[type[CaseEvent], str]] = {
    FreezeImposed: "freeze-imposed.v1",
    ScopeNarrowed: "scope-narrowed.v1",
    ScopeWidened: "scope-widened.v1",
    FreezeRenewed: "freeze-renewed.v1",
    FreezeUpheld: "freeze-upheld.v1",
    EnforcementConfirmed: "enforcement-confirmed.v1",
    EnforcementFailed: "enforcement-failed.v1",
    NoticeSent: "notice-sent.v1",
    DeliveryConfirmed: "delivery-confirmed.v1",
    DeliveryFailed: "delivery-failed.v1",
    NoticeWithheld: "notice-withheld.v1",
    DisclosureUpgraded: "disclosure-upgraded.v1",
    ChecksRequested: "checks-requested.v1",
    EvidenceSubmitted: "evidence-submitted.v1",
    CheckPassed: "check-passed.v1",
    CheckFailed: "check-failed.v1",
    CheckWaived: "check-waived.v1",
    CheckExpired: "check-expired.v1",
    CaseAssigned: "case-assigned.v1",
    CaseTransferred: "case-transferred.v1",
    HandOverAccepted: "hand-over-accepted.v1",
    AssignmentFailed: "assignment-failed.v1",
    ContactReceived: "contact-received.v1",
    CustomerContacted: "customer-contacted.v1",
    ContactCodeChecked: "contact-code-checked.v1",
    ReplySent: "reply-sent.v1",
    HumanRequested: "human-requested.v1",
    HumanJoined: "human-joined.v1",
    PromiseMade: "promise-made.v1",
    PromiseKept: "promise-kept.v1",
    PromiseBroken: "promise-broken.v1",
    PromiseSuperseded: "promise-superseded.v1",
    ObligationOpened: "obligation-opened.v1",
    ObligationMet: "obligation-met.v1",
    ObligationMissed: "obligation-missed.v1",
    ObligationExtended: "obligation-extended.v1",
    ObligationWaived: "obligation-waived.v1",
    Escalated: "escalated.v1",
    AttemptRefused: "attempt-refused.v1",
    AppealFiled: "appeal-filed.v1",
    AppealAcknowledged: "appeal-acknowledged.v1",
    AppealAssigned: "appeal-assigned.v1",
    AppealUpheld: "appeal-upheld.v1",
    AppealRejected: "appeal-rejected.v1",
    AppealWithdrawn: "appeal-withdrawn.v1",
    ExternalReviewOpened: "external-review-opened.v1",
    ExternalReviewDecided: "external-review-decided.v1",
    ReleaseProposed: "release-proposed.v1",
    ReleaseApproved: "release-approved.v1",
    ReleaseRefused: "release-refused.v1",
    ReleaseOrdered: "release-ordered.v1",
    ReleaseEnforced: "release-enforced.v1",
    LegalHoldPlaced: "legal-hold-placed.v1",
    LegalHoldLifted: "legal-hold-lifted.v1",
    AccountOffboarded: "account-offboarded.v1",
    FundsForfeited: "funds-forfeited.v1",
    HarmRecorded: "harm-recorded.v1",
    CaseClosed: "case-closed.v1",
    CaseReopened: "case-reopened.v1",
    PersonalDataErased: "personal-data-erased.v1",
}

_KINDS: Final = {kind: name.rpartition(".v")[0] for kind, name in STORED_AS.items()}


def kind_of(event: CaseEvent | type[CaseEvent]) -> str:
    """Return the kind of an event in words, such as `freeze-imposed`: its name without version."""
    return _KINDS[event if isinstance(event, type) else type(event)]
