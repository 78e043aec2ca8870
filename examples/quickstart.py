"""From a freeze to a release, with the refusal on the way: `python examples/quickstart.py`."""

import sys

from freezecase import Actor, Casebook, Evidence, Ground, PolicyForbids, Scope
from freezecase import commands as do

ENGINE = Actor.system("risk-engine")
ANA, ROB = Actor.staff("ana", "analyst"), Actor.staff("rob", "reviewer")
OWNER = Actor.customer("acct-4711")
SELFIE = Evidence(
    reference="doc-1", digest="sha256:" + "0" * 64, size=48_213, media_type="image/jpeg"
)


def main(url: str) -> None:
    """Tell the story in the book at *url*."""
    with Casebook.open(url) as book:
        freeze = do.ImposeFreeze(
            account=OWNER.id, ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
        )
        case = book.execute(freeze, by=ENGINE).case
        book.execute(do.ConfirmEnforcement(case.id), by=ENGINE)
        book.execute(do.RequestChecks(case.id, checks=["liveness", "device"]), by=ANA)
        book.execute(do.SubmitEvidence(case.id, check="liveness", evidence=[SELFIE]), by=OWNER)

        statement = "I was on holiday, that was my new phone"
        appeal = do.FileAppeal(case.id, statement=statement)
        book.execute(appeal, by=OWNER)
        needed = [one.check for one in book.customer_view(case.id).we_need if not one.received]
        print("the owner still has to show:", *needed)

        book.execute(do.PassCheck(case.id, check="liveness"), by=ANA)
        book.execute(do.WaiveCheck(case.id, check="device", reason="seen on the video"), by=ANA)
        book.execute(do.ProposeRelease(case.id, reason="owner verified"), by=ANA)
        try:
            book.execute(do.ApproveRelease(case.id), by=ANA)
        except PolicyForbids as refusal:
            print(refusal)
        book.execute(do.ApproveRelease(case.id), by=ROB)
        book.execute(do.ConfirmRelease(case.id), by=ENGINE)

        history = book.history(case.id)
        for record in history:
            if record.kind not in {"obligation-opened", "obligation-met"}:
                print(f"{record.kind:22} {record.actor.person}")
        appealed_at = next(one.recorded_at for one in history if one.kind == "appeal-filed")
        print("then:", book.case(case.id, at=appealed_at).status)
        print("now: ", book.case(case.id).status)
        for (what, _about), owed in book.case(case.id).obligations.items():
            print("open:", what, "of", owed.debtor)
        print("due: ", len(book.due(book.clock.now())))


if __name__ == "__main__":
    main(*sys.argv[1:] or ["sqlite:///cases.db"])
