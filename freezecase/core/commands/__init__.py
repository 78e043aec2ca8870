"""What somebody asks, in the imperative: one frozen class a kind. Stored with the ruling."""

from typing import Final, TypeAlias

from freezecase.core.commands.checks import (
    ExpireCheck,
    FailCheck,
    PassCheck,
    RequestChecks,
    SubmitEvidence,
    WaiveCheck,
)
from freezecase.core.commands.contest import (
    AcknowledgeAppeal,
    AssignAppeal,
    DecideExternalReview,
    FileAppeal,
    OpenExternalReview,
    RejectAppeal,
    UpholdAppeal,
    WithdrawAppeal,
)
from freezecase.core.commands.desk import (
    AcceptHandOver,
    AssignCase,
    CheckContactCode,
    ContactCustomer,
    Escalate,
    ExtendObligation,
    JoinConversation,
    KeepPromise,
    LetTimePass,
    MakePromise,
    MeetObligation,
    OpenObligation,
    RecordContact,
    ReportAssignmentFailure,
    RequestHuman,
    SendReply,
    SupersedePromise,
    TransferCase,
    WaiveObligation,
)
from freezecase.core.commands.ending import (
    CloseCase,
    ErasePersonalData,
    ForfeitFunds,
    OffboardAccount,
    RecordHarm,
    ReopenCase,
)
from freezecase.core.commands.freeze import (
    ConfirmDelivery,
    ConfirmEnforcement,
    ImposeFreeze,
    NarrowScope,
    RenewFreeze,
    ReportDeliveryFailure,
    ReportEnforcementFailure,
    SendNotice,
    UpgradeDisclosure,
    UpholdFreeze,
    WidenScope,
    WithholdNotice,
)
from freezecase.core.commands.release import (
    ApproveRelease,
    ConfirmRelease,
    LiftLegalHold,
    OrderRelease,
    PlaceLegalHold,
    ProposeRelease,
    RefuseRelease,
)

__all__ = [
    "ASKED_AS",
    "AcceptHandOver",
    "AcknowledgeAppeal",
    "ApproveRelease",
    "AssignAppeal",
    "AssignCase",
    "CheckContactCode",
    "CloseCase",
    "Command",
    "ConfirmDelivery",
    "ConfirmEnforcement",
    "ConfirmRelease",
    "ContactCustomer",
    "DecideExternalReview",
    "ErasePersonalData",
    "Escalate",
    "ExpireCheck",
    "ExtendObligation",
    "FailCheck",
    "FileAppeal",
    "ForfeitFunds",
    "ImposeFreeze",
    "JoinConversation",
    "KeepPromise",
    "LetTimePass",
    "LiftLegalHold",
    "MakePromise",
    "MeetObligation",
    "NarrowScope",
    "OffboardAccount",
    "OpenExternalReview",
    "OpenObligation",
    "OrderRelease",
    "PassCheck",
    "PlaceLegalHold",
    "ProposeRelease",
    "RecordContact",
    "RecordHarm",
    "RefuseRelease",
    "RejectAppeal",
    "RenewFreeze",
    "ReopenCase",
    "ReportAssignmentFailure",
    "ReportDeliveryFailure",
    "ReportEnforcementFailure",
    "RequestChecks",
    "RequestHuman",
    "SendNotice",
    "SendReply",
    "SubmitEvidence",
    "SupersedePromise",
    "TransferCase",
    "UpgradeDisclosure",
    "UpholdAppeal",
    "UpholdFreeze",
    "WaiveCheck",
    "WaiveObligation",
    "WidenScope",
    "WithdrawAppeal",
    "WithholdNotice",
    "asked",
]

Command: TypeAlias = (
    AcceptHandOver
    | AcknowledgeAppeal
    | ApproveRelease
    | AssignAppeal
    | AssignCase
    | CheckContactCode
    | CloseCase
    | ConfirmDelivery
    | ConfirmEnforcement
    | ConfirmRelease
    | ContactCustomer
    | DecideExternalReview
    | ErasePersonalData
    | Escalate
    | ExpireCheck
    | ExtendObligation
    | FailCheck
    | FileAppeal
    | ForfeitFunds
    | ImposeFreeze
    | JoinConversation
    | KeepPromise
    | LetTimePass
    | LiftLegalHold
    | MakePromise
    | MeetObligation
    | NarrowScope
    | OffboardAccount
    | OpenExternalReview
    | OpenObligation
    | OrderRelease
    | PassCheck
    | PlaceLegalHold
    | ProposeRelease
    | RecordContact
    | RecordHarm
    | RefuseRelease
    | RejectAppeal
    | RenewFreeze
    | ReopenCase
    | ReportAssignmentFailure
    | ReportDeliveryFailure
    | ReportEnforcementFailure
    | RequestChecks
    | RequestHuman
    | SendNotice
    | SendReply
    | SubmitEvidence
    | SupersedePromise
    | TransferCase
    | UpgradeDisclosure
    | UpholdAppeal
    | UpholdFreeze
    | WaiveCheck
    | WaiveObligation
    | WidenScope
    | WithdrawAppeal
    | WithholdNotice
)

ASKED_AS: Final[dict[type[Command], str]] = {
    ConfirmDelivery: "confirm-delivery.v1",
    ConfirmEnforcement: "confirm-enforcement.v1",
    ImposeFreeze: "impose-freeze.v1",
    NarrowScope: "narrow-scope.v1",
    RenewFreeze: "renew-freeze.v1",
    ReportDeliveryFailure: "report-delivery-failure.v1",
    ReportEnforcementFailure: "report-enforcement-failure.v1",
    SendNotice: "send-notice.v1",
    UpgradeDisclosure: "upgrade-disclosure.v1",
    UpholdFreeze: "uphold-freeze.v1",
    WidenScope: "widen-scope.v1",
    WithholdNotice: "withhold-notice.v1",
    ExpireCheck: "expire-check.v1",
    FailCheck: "fail-check.v1",
    PassCheck: "pass-check.v1",
    RequestChecks: "request-checks.v1",
    SubmitEvidence: "submit-evidence.v1",
    WaiveCheck: "waive-check.v1",
    AcceptHandOver: "accept-hand-over.v1",
    AssignCase: "assign-case.v1",
    CheckContactCode: "check-contact-code.v1",
    ContactCustomer: "contact-customer.v1",
    Escalate: "escalate.v1",
    ExtendObligation: "extend-obligation.v1",
    JoinConversation: "join-conversation.v1",
    KeepPromise: "keep-promise.v1",
    LetTimePass: "let-time-pass.v1",
    MakePromise: "make-promise.v1",
    MeetObligation: "meet-obligation.v1",
    OpenObligation: "open-obligation.v1",
    RecordContact: "record-contact.v1",
    ReportAssignmentFailure: "report-assignment-failure.v1",
    RequestHuman: "request-human.v1",
    SendReply: "send-reply.v1",
    SupersedePromise: "supersede-promise.v1",
    TransferCase: "transfer-case.v1",
    WaiveObligation: "waive-obligation.v1",
    AcknowledgeAppeal: "acknowledge-appeal.v1",
    AssignAppeal: "assign-appeal.v1",
    DecideExternalReview: "decide-external-review.v1",
    FileAppeal: "file-appeal.v1",
    OpenExternalReview: "open-external-review.v1",
    RejectAppeal: "reject-appeal.v1",
    UpholdAppeal: "uphold-appeal.v1",
    WithdrawAppeal: "withdraw-appeal.v1",
    ApproveRelease: "approve-release.v1",
    ConfirmRelease: "confirm-release.v1",
    LiftLegalHold: "lift-legal-hold.v1",
    OrderRelease: "order-release.v1",
    PlaceLegalHold: "place-legal-hold.v1",
    ProposeRelease: "propose-release.v1",
    RefuseRelease: "refuse-release.v1",
    CloseCase: "close-case.v1",
    ErasePersonalData: "erase-personal-data.v1",
    ForfeitFunds: "forfeit-funds.v1",
    OffboardAccount: "offboard-account.v1",
    RecordHarm: "record-harm.v1",
    ReopenCase: "reopen-case.v1",
}
"""The names commands are stored under, for ever: add a version, never edit one."""


def asked(command: Command | type[Command]) -> str:
    """Return the kind of a command in words, such as `impose-freeze`: its name without version."""
    kind = command if isinstance(command, type) else type(command)
    return ASKED_AS[kind].rpartition(".v")[0]
