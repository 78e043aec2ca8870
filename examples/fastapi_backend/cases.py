"""What can be asked of a case. Each endpoint makes one command of its request, and hands it on."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from examples.fastapi_backend.asking import Desk
from examples.fastapi_backend.bodies import Checks, Contest, Freeze, Proposal, Shown
from freezecase import Evidence, Scope
from freezecase import commands as do

__all__ = ["router"]

router = APIRouter()


@router.post("/cases", status_code=201)
def freeze(body: Freeze, desk: Desk) -> dict[str, Any]:
    """Freeze an account. The id of the case is the key, so a retry opens no second case."""
    scope = Scope.of(*body.capabilities)
    return desk.ask(
        do.ImposeFreeze(account=body.account, ground=body.ground, scope=scope, reason=body.reason)
    )


@router.post("/cases/{case}/checks")
def request_checks(case: UUID, body: Checks, desk: Desk) -> dict[str, Any]:
    """Ask the customer to verify something."""
    return desk.ask(do.RequestChecks(case, checks=body.checks))


@router.post("/cases/{case}/checks/{check}/evidence")
def submit_evidence(case: UUID, check: str, body: Shown, desk: Desk) -> dict[str, Any]:
    """Show a document for a check; the document itself stays with the host."""
    evidence = Evidence(**body.model_dump())
    return desk.ask(do.SubmitEvidence(case, check=check, evidence=[evidence]))


@router.post("/cases/{case}/checks/{check}/pass")
def pass_check(case: UUID, check: str, desk: Desk) -> dict[str, Any]:
    """Settle a check in the customer's favour."""
    return desk.ask(do.PassCheck(case, check=check))


@router.post("/cases/{case}/appeals")
def file_appeal(case: UUID, body: Contest, desk: Desk) -> dict[str, Any]:
    """Contest what was decided last."""
    return desk.ask(do.FileAppeal(case, statement=body.statement))


@router.post("/cases/{case}/release")
def propose_release(case: UUID, body: Proposal, desk: Desk) -> dict[str, Any]:
    """Propose to lift the freeze."""
    return desk.ask(do.ProposeRelease(case, reason=body.reason))


@router.post("/cases/{case}/release/approval")
def approve_release(case: UUID, desk: Desk) -> dict[str, Any]:
    """Agree to the proposed release; somebody else than its proposer must."""
    return desk.ask(do.ApproveRelease(case))


@router.post("/cases/{case}/release/confirmation")
def confirm_release(case: UUID, desk: Desk) -> dict[str, Any]:
    """Report that the account is free, once the exchange's own systems say so."""
    return desk.ask(do.ConfirmRelease(case))
