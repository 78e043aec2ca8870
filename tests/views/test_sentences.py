"""
What happened, in words.

The table is for whoever answers for the words: who did it, what happened, and what is told of it.
"""

import pytest

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.appeals import AppealLevel, AppealRoute, Finding
from freezecase.core.checked import replace
from freezecase.core.events import STORED_AS, CaseEvent
from freezecase.core.evolve import fold, unopened
from freezecase.core.ruling import Opinion, Ruling, Verdict
from freezecase.core.values import (
    Amount,
    Audience,
    Capability,
    Channel,
    Ground,
    Scope,
    Verification,
)
from freezecase.views.sentences import SENTENCES, sentence
from freezecase.views.telling import (
    SEALED,
    Telling,
    debtor_name,
    listed,
    may_read,
    name_of,
    scope,
)
from freezecase.views.timeline import TOLD_TO_CUSTOMERS
from tests.core.samples import (
    ALLOWED,
    ANA,
    CASE,
    DEMAND,
    DUTY,
    ENGINE,
    EVENTS,
    LAB,
    LATER,
    OWNER,
    PASSPORT,
    ROB,
    WIDE,
)
from tests.views.records import record

BY, WHY = ANA.person, "as seen"
FREEZE = EVENTS[e.FreezeImposed]
PROMISED = (FREEZE, EVENTS[e.PromiseMade])
OWING = (FREEZE, EVENTS[e.ObligationOpened])
RIGHT = replace(DUTY, demand=replace(DEMAND, right=True), subject="decision 1")


def told(
    event: CaseEvent,
    *,
    by: Actor = ANA,
    before: tuple[CaseEvent, ...] = (FREEZE,),
    reader: Audience = Audience.OPERATIONS,
    command: do.Command | None = None,
    ruling: Ruling = ALLOWED,
    ground_told: bool = True,
) -> str:
    """What one reader is told of one event, after what happened before."""
    one = record(event, by=by, version=len(before) + 1, command=command, ruling=ruling)
    return sentence(Telling(one, fold(before, unopened(CASE)), reader, ground_told))


TABLE: list[tuple[CaseEvent, Actor, tuple[CaseEvent, ...], str]] = [
    # what happened | who did it | what was before | what is told
    (FREEZE, ENGINE, (), "froze withdrawals and transfers because of account takeover"),
    (
        e.FreezeImposed(
            account="a",
            ground=Ground.AML_ALERT,
            scope=Scope.everything(),
            by=BY,
            reason=WHY,
            until=LATER,
            incident="leak-7",
        ),
        ANA,
        (),
        (
            'froze everything because of an AML alert: "as seen"; '
            "new reasons are due 2026-01-06 09:00; incident `leak-7`"
        ),
    ),
    (EVENTS[e.ScopeNarrowed], ANA, (FREEZE,), "narrowed the freeze to transfers"),
    (EVENTS[e.ScopeWidened], ANA, (FREEZE,), 'widened the freeze to everything: "looked at it"'),
    (
        EVENTS[e.FreezeRenewed],
        ANA,
        (FREEZE,),
        'renewed the freeze until 2026-01-06 09:00: "looked at it"',
    ),
    (EVENTS[e.FreezeUpheld], ANA, (FREEZE,), 'decided that the freeze stands: "looked at it"'),
    (
        EVENTS[e.EnforcementConfirmed],
        ENGINE,
        (FREEZE,),
        "confirmed that the freeze binds the account",
    ),
    (
        e.EnforcementConfirmed(reference="op-9"),
        ENGINE,
        (FREEZE,),
        "confirmed that the freeze binds the account, reference `op-9`",
    ),
    (
        EVENTS[e.EnforcementFailed],
        ENGINE,
        (FREEZE,),
        'could not make the freeze bind: "looked at it"',
    ),
    (
        EVENTS[e.EnforcementFailed],
        ENGINE,
        (FREEZE, EVENTS[e.ReleaseOrdered]),
        'could not lift the freeze: "looked at it"',
    ),
    (EVENTS[e.NoticeSent], ENGINE, (FREEZE,), "told the customer by e-mail of `freeze-imposed`"),
    (
        e.NoticeSent(
            notice="freeze-imposed", channel=Channel.APP_MESSAGE, language="vi", text="Xin chao"
        ),
        ENGINE,
        (FREEZE,),
        'told the customer by app message of `freeze-imposed` in `vi`: "Xin chao"',
    ),
    (
        EVENTS[e.NoticeWithheld],
        ANA,
        (FREEZE,),
        (
            "did not tell the customer of `freeze-imposed`: `aml.no-tipping-off` forbids it; "
            "to be looked at again 2026-01-06 09:00"
        ),
    ),
    (
        EVENTS[e.DisclosureUpgraded],
        ANA,
        (FREEZE,),
        "let the audience `customer` be told more, under `court-order`",
    ),
    (EVENTS[e.ChecksRequested], ANA, (FREEZE,), "asked the customer to show `device`"),
    (
        e.ChecksRequested(
            checks=(
                Verification(kind="second-factor", instead=("device", "video-call")),
                Verification(kind="address"),
            ),
            by=BY,
        ),
        ANA,
        (FREEZE,),
        "asked the customer to show `second-factor`, `device` or `video-call` and `address`",
    ),
    (e.EvidenceSubmitted(check="device", shown="device"), OWNER, (FREEZE,), "submitted `device`"),
    (EVENTS[e.EvidenceSubmitted], LAB, (FREEZE,), "passed on `device` (1 document)"),
    (
        e.EvidenceSubmitted(check="device", shown="video-call", evidence=(PASSPORT, PASSPORT)),
        OWNER,
        (FREEZE,),
        "submitted `video-call` instead of `device` (2 documents)",
    ),
    (EVENTS[e.CheckPassed], LAB, (FREEZE,), "found check `device` passed"),
    (
        e.CheckPassed(check="device", by=BY, valid_until=LATER),
        ANA,
        (FREEZE,),
        "found check `device` passed, good until 2026-01-06 09:00",
    ),
    (
        EVENTS[e.CheckFailed],
        ANA,
        (FREEZE,),
        'found check `device` failed for now: "looked at it"; to pass: "send a sharper picture"',
    ),
    (
        e.CheckFailed(check="device", by=BY, reason=WHY, appeal_to=AppealLevel.SECOND_INSTANCE),
        ANA,
        (FREEZE,),
        'found check `device` failed for good: "as seen"; an appeal goes to second instance',
    ),
    (EVENTS[e.CheckWaived], ANA, (FREEZE,), 'waived check `device`: "looked at it"'),
    (EVENTS[e.CheckExpired], ENGINE, (FREEZE,), "found check `device` expired"),
    (EVENTS[e.CaseAssigned], ANA, (FREEZE,), "took the case"),
    (EVENTS[e.CaseAssigned], ROB, (FREEZE,), "gave the case to ana"),
    (
        e.CaseTransferred(to=ROB.person, by=BY, reason=WHY, packet="all asked"),
        ANA,
        (FREEZE,),
        'offered the case to rob: "as seen"; what is known: "all asked"',
    ),
    (EVENTS[e.CaseTransferred], ANA, (FREEZE,), 'offered the case to rob: "looked at it"'),
    (
        e.CaseTransferred(
            to=ROB.person,
            by=BY,
            reason=WHY,
            asked=("device", "identity"),
            received=("device",),
            promised=("call-back",),
        ),
        ANA,
        (FREEZE,),
        (
            'offered the case to rob: "as seen"; asked: `device` and `identity`; '
            "received: `device`; promised: `call-back`"
        ),
    ),
    (EVENTS[e.AssignmentFailed], ENGINE, (FREEZE,), "found nobody free in queue `security`"),
    (
        e.AssignmentFailed(queue="security", skill="takeover"),
        ENGINE,
        (FREEZE,),
        "found nobody with skill `takeover` free in queue `security`",
    ),
    (EVENTS[e.CustomerContacted], ANA, (FREEZE,), "reached the customer by phone"),
    (
        e.CustomerContacted(
            channel=Channel.PHONE, by=BY, reached=False, topics=("codes",), summary=WHY
        ),
        ANA,
        (FREEZE,),
        'tried to reach the customer by phone about `codes`: "as seen"',
    ),
    (
        EVENTS[e.ContactCodeChecked],
        ENGINE,
        (FREEZE,),
        "checked a contact code by phone: an impostor's",
    ),
    (
        e.ContactCodeChecked(channel=Channel.PHONE, by=BY, genuine=True),
        ENGINE,
        (FREEZE,),
        "checked a contact code by phone: genuine",
    ),
    (
        EVENTS[e.DeliveryConfirmed],
        ENGINE,
        (FREEZE,),
        "confirmed that notice `freeze-imposed` arrived by e-mail",
    ),
    (
        EVENTS[e.DeliveryFailed],
        ENGINE,
        (FREEZE,),
        "found that notice `freeze-imposed` did not arrive by e-mail",
    ),
    (EVENTS[e.HandOverAccepted], ROB, (FREEZE,), "took over the case that was offered"),
    (EVENTS[e.ContactReceived], OWNER, (FREEZE,), "got in touch by phone"),
    (
        e.ContactReceived(
            channel=Channel.CLICK_TO_CALL,
            by=BY,
            topics=("fees", "codes"),
            summary="No phone.\nHelp",
        ),
        ENGINE,
        (FREEZE,),
        (
            "recorded that the customer got in touch by click to call "
            'about `fees` and `codes`: "No phone. Help"'
        ),
    ),
    (EVENTS[e.ReplySent], ANA, (FREEZE,), "answered by phone"),
    (
        e.ReplySent(channel=Channel.CHAT, human=False, topics=("codes",), text="Enter it."),
        ENGINE,
        (FREEZE,),
        'sent an automatic answer by chat about `codes`: "Enter it."',
    ),
    (EVENTS[e.HumanRequested], OWNER, (FREEZE,), "asked for a person by chat"),
    (
        EVENTS[e.HumanRequested],
        ENGINE,
        (FREEZE,),
        "recorded that the customer asked for a person by chat",
    ),
    (EVENTS[e.HumanJoined], ANA, (FREEZE,), "joined the conversation in person, by chat"),
    (
        e.PromiseMade(promise="call-back", due=LATER, by=BY, text="We call."),
        ANA,
        (FREEZE,),
        'promised `call-back` by 2026-01-06 09:00: "We call."',
    ),
    (EVENTS[e.PromiseMade], ANA, (FREEZE,), "promised `call-back` by 2026-01-06 09:00"),
    (EVENTS[e.PromiseKept], ANA, PROMISED, "kept promise `call-back`, due 2026-01-06 09:00"),
    (EVENTS[e.PromiseKept], ANA, (FREEZE,), "kept promise `call-back`"),
    (
        EVENTS[e.PromiseBroken],
        ENGINE,
        PROMISED,
        "found promise `call-back` broken, due 2026-01-06 09:00",
    ),
    (
        EVENTS[e.PromiseSuperseded],
        ANA,
        PROMISED,
        'replaced promise `call-back` by `letter`: "looked at it"',
    ),
    (
        EVENTS[e.ObligationOpened],
        ENGINE,
        (FREEZE,),
        "noted that reviewer owes `reply` by 2026-01-06 09:00, under `reply-in-time`",
    ),
    (
        e.ObligationOpened(obligation=RIGHT),
        ENGINE,
        (FREEZE,),
        (
            "noted that reviewer may use `reply` about `decision 1` "
            "by 2026-01-06 09:00, under `reply-in-time`"
        ),
    ),
    (EVENTS[e.ObligationMet], ANA, OWING, "met `reply`, due 2026-01-06 09:00"),
    (
        e.ObligationMet(obligation="reply", subject="letter 3"),
        ANA,
        (FREEZE,),
        "met `reply` about `letter 3`",
    ),
    (EVENTS[e.ObligationMissed], ENGINE, OWING, "found `reply`, due 2026-01-06 09:00, missed"),
    (
        EVENTS[e.ObligationExtended],
        ANA,
        OWING,
        'extended `reply`, due 2026-01-06 09:00, to 2026-01-07 09:00: "looked at it"',
    ),
    (
        EVENTS[e.ObligationWaived],
        ANA,
        OWING,
        'waived `reply`, due 2026-01-06 09:00: "looked at it"',
    ),
    (
        EVENTS[e.Escalated],
        ANA,
        (FREEZE,),
        'escalated the case to head-of-compliance: "looked at it"',
    ),
    (
        EVENTS[e.AttemptRefused],
        ANA,
        (FREEZE,),
        "tried to approve the release; refused by `four-eyes`",
    ),
    (
        e.AttemptRefused(command="escalate", by=BY, rules=()),
        ANA,
        (FREEZE,),
        "tried to escalate; refused by the policy, as no rule allows it",
    ),
    (
        EVENTS[e.AppealFiled],
        OWNER,
        (FREEZE,),
        'appealed against decision 1, to be heard by internal review: "it was my new phone"',
    ),
    (
        e.AppealFiled(
            contests=1,
            route=AppealRoute.REINSTATEMENT,
            level=AppealLevel.EXTERNAL_BODY,
            statement="please",
        ),
        ANA,
        (FREEZE,),
        (
            "recorded that the customer asked to be let back in, "
            'to be heard by external body: "please"'
        ),
    ),
    (EVENTS[e.AppealAcknowledged], ENGINE, (FREEZE,), "acknowledged the appeal by app message"),
    (EVENTS[e.AppealAssigned], ANA, (FREEZE,), "gave the appeal to rob"),
    (
        EVENTS[e.AppealUpheld],
        ROB,
        (FREEZE,),
        'found the customer right: the freeze is to be lifted, "you were right"',
    ),
    (EVENTS[e.AppealUpheld], ROB, (), 'found the customer right: "you were right"'),
    (
        EVENTS[e.AppealRejected],
        ROB,
        (FREEZE,),
        'rejected the appeal: "it was not you"; next: second instance',
    ),
    (
        e.AppealRejected(by=ROB.person, reason="late", bar="law.art-9"),
        ROB,
        (FREEZE,),
        'rejected the appeal: "late"; `law.art-9` ends the matter',
    ),
    (EVENTS[e.AppealWithdrawn], OWNER, (FREEZE,), "took the appeal back"),
    (e.AppealWithdrawn(reason="found it"), OWNER, (FREEZE,), 'took the appeal back: "found it"'),
    (EVENTS[e.ExternalReviewOpened], ANA, (FREEZE,), "noted that `ombudsman` took the matter up"),
    (
        e.ExternalReviewOpened(body="ombudsman", reference="no-7", contests=1),
        ANA,
        (FREEZE,),
        "noted that `ombudsman` took the matter up, reference `no-7`",
    ),
    (
        EVENTS[e.ExternalReviewDecided],
        ANA,
        (FREEZE,),
        "gave the finding of the body outside: freeze stands",
    ),
    (
        e.ExternalReviewDecided(finding=Finding.FREEZE_FALLS, reason="unlawful"),
        ANA,
        (FREEZE,),
        'gave the finding of the body outside: freeze falls, "unlawful"',
    ),
    (
        EVENTS[e.ReleaseProposed],
        ANA,
        (FREEZE,),
        'proposed to lift the freeze, leaving nothing restricted: "looked at it"',
    ),
    (
        e.ReleaseProposed(by=BY, reason=WHY, leaving=Scope.of(Capability.CARD)),
        ANA,
        (FREEZE,),
        'proposed to lift the freeze, leaving card payments restricted: "as seen"',
    ),
    (EVENTS[e.ReleaseApproved], ROB, (FREEZE,), "approved the release"),
    (EVENTS[e.ReleaseRefused], ROB, (FREEZE,), 'refused the release: "looked at it"'),
    (EVENTS[e.ReleaseOrdered], ROB, (FREEZE,), "ordered the release, leaving nothing restricted"),
    (EVENTS[e.ReleaseEnforced], ENGINE, (FREEZE,), "confirmed that the account is free"),
    (
        EVENTS[e.LegalHoldPlaced],
        ANA,
        (FREEZE,),
        "placed legal hold `order-7` under `court-order`: no release while it stands",
    ),
    (EVENTS[e.LegalHoldLifted], ANA, (FREEZE,), "lifted legal hold `order-7`"),
    (EVENTS[e.AccountOffboarded], ANA, (FREEZE,), 'ended the relationship: "looked at it"'),
    (EVENTS[e.FundsForfeited], ANA, (FREEZE,), "took 2 BTC under `final-order`"),
    (
        e.FundsForfeited(basis="final-order", by=BY),
        ANA,
        (FREEZE,),
        "took funds under `final-order`",
    ),
    (EVENTS[e.HarmRecorded], ANA, (FREEZE,), "recorded the harm done: `missed-rent`, 2 BTC"),
    (
        e.HarmRecorded(harm="missed-rent", description="paid later"),
        ANA,
        (FREEZE,),
        'recorded the harm done: `missed-rent`: "paid later"',
    ),
    (EVENTS[e.CaseClosed], ANA, (FREEZE,), "closed the case, outcome `cleared`"),
    (EVENTS[e.CaseReopened], ANA, (FREEZE,), 'reopened the case: "looked at it"'),
    (
        EVENTS[e.PersonalDataErased],
        ANA,
        (FREEZE,),
        "erased the personal data of `customer`, under `retention-over`",
    ),
]


def test_every_kind_of_event_has_a_sentence_and_a_row_in_the_table() -> None:
    assert set(STORED_AS) == set(SENTENCES)
    assert set(STORED_AS) == {type(event) for event, *_ in TABLE}


@pytest.mark.parametrize(("event", "by", "before", "expected"), TABLE)
def test_an_event_is_told_in_a_sentence(
    event: CaseEvent, by: Actor, before: tuple[CaseEvent, ...], expected: str
) -> None:
    assert expected == told(event, by=by, before=before)


def test_a_refused_attempt_names_each_rule_that_stood_in_the_way_and_why() -> None:
    opinions = (
        Opinion(rule="four-eyes", verdict=Verdict.FORBID, because="you proposed it"),
        Opinion(rule="no-hold", verdict=Verdict.REQUIRE, because=""),
        Opinion(rule="within-reach", verdict=Verdict.ALLOW),
    )
    ruling = replace(ALLOWED, allowed=False, opinions=opinions)
    event = e.AttemptRefused(command="approve-release", by=BY, rules=ruling.decided_by)

    words = told(event, command=do.ApproveRelease(CASE), ruling=ruling)

    expected = (
        "tried to approve the release; refused by `four-eyes` (you proposed it) and `no-hold`"
    )
    assert expected == words


@pytest.mark.parametrize(("signatures", "takes"), [(1, "1 approval"), (2, "2 approvals")])
def test_a_proposal_says_how_many_approvals_it_takes(signatures: int, takes: str) -> None:
    ruling = replace(ALLOWED, signatures=signatures)

    words = told(
        EVENTS[e.ReleaseProposed], command=do.ProposeRelease(CASE, reason=WHY), ruling=ruling
    )

    assert words.endswith(f'"looked at it"; it takes {takes}')


@pytest.mark.parametrize(
    ("event", "cause", "who", "what"),
    [
        (EVENTS[e.ObligationMet], 2, "the policy", "found `reply`, due 2026-01-06 09:00, met"),
        (EVENTS[e.ObligationMet], None, "ana", "met `reply`, due 2026-01-06 09:00"),
        (EVENTS[e.ReleaseOrdered], 2, "ana", "ordered the release, leaving nothing restricted"),
    ],
)
def test_what_only_follows_for_whoever_owes_the_policy_saw_to(
    event: CaseEvent, cause: int | None, who: str, what: str
) -> None:
    """Nobody asked for it; what else follows in a turn is still done by whoever asked."""
    one = Telling(record(event, version=3, cause=cause), fold(OWING, unopened(CASE)))

    assert (who, what) == (one.who, sentence(one))


# --- who may read what -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", STORED_AS)
def test_a_customer_reads_only_texts_that_are_for_customers(kind: type[CaseEvent]) -> None:
    marks = SEALED[kind]
    event = replace(EVENTS[kind], **{field: f"zq-{field}" for field in marks})

    customer = {field: f"zq-{field}" in told(event, reader=Audience.CUSTOMER) for field in marks}
    operations = {field: f"zq-{field}" in told(event) for field in marks}

    assert {field: mark is Audience.CUSTOMER for field, mark in marks.items()} == customer
    assert dict.fromkeys(marks, True) == operations


def test_all_sealed_fields_of_all_events_are_known() -> None:
    operations = {f"{kind.__name__}.{f}" for kind, marks in SEALED.items() for f in marks}

    assert {"FreezeImposed.reason", "CaseTransferred.packet", "NoticeSent.text"} <= operations
    assert Audience.OPERATIONS is SEALED[e.FreezeImposed]["reason"]
    assert Audience.CUSTOMER is SEALED[e.AppealFiled]["statement"]
    assert SEALED[e.ReleaseEnforced] == {}


@pytest.mark.parametrize(
    ("reader", "audience", "may"),
    [
        (Audience.CUSTOMER, Audience.CUSTOMER, True),
        (Audience.CUSTOMER, Audience.OPERATIONS, False),
        (Audience.OPERATIONS, Audience.CUSTOMER, True),
        (Audience.OPERATIONS, Audience.COMPLIANCE, False),
        (Audience.PRIVILEGED, Audience.CONFIDENTIAL, True),
    ],
)
def test_the_narrower_audience_may_read_what_is_for_the_wider(
    reader: Audience, audience: Audience, may: bool
) -> None:
    assert may is may_read(reader, audience)


@pytest.mark.parametrize(
    ("person", "reader", "expected"),
    [
        ("staff:ana", Audience.OPERATIONS, "ana"),
        ("staff:ana", Audience.CUSTOMER, "the exchange"),
        ("staff:system:ana", Audience.OPERATIONS, "staff:system:ana"),
        ("system:ana", Audience.OPERATIONS, "system:ana"),
        ("authority:court", Audience.CUSTOMER, "the exchange"),
        ("customer:acct-1", Audience.OPERATIONS, "the customer"),
        ("customer:acct-1", Audience.CUSTOMER, "the customer"),
    ],
)
def test_a_machine_is_never_read_as_a_colleague(
    person: str, reader: Audience, expected: str
) -> None:
    assert expected == name_of(person, reader)


@pytest.mark.parametrize(
    ("who", "inside", "customer"),
    [
        ("lead", "lead", "exchange"),
        ("customer", "customer", "customer"),
        ("external-body", "external-body", "external-body"),
        ("authority", "authority", "exchange"),
        ("staff:ana", "ana", "exchange"),
        ("customer:acct-1", "customer", "customer"),
    ],
)
def test_a_customer_knows_no_role_of_the_house(who: str, inside: str, customer: str) -> None:
    """Whoever owes inside is the exchange to them."""
    assert (inside, customer) == (
        debtor_name(who, Audience.OPERATIONS),
        debtor_name(who, Audience.CUSTOMER),
    )


def test_a_customer_is_not_told_why_while_that_is_withheld() -> None:
    freeze = replace(FREEZE, incident="leak-7")

    words = told(freeze, before=(), reader=Audience.CUSTOMER, ground_told=False)

    assert words == "froze withdrawals and transfers"


def test_a_customer_is_not_told_the_number_of_a_decision() -> None:
    words = told(EVENTS[e.AppealFiled], by=OWNER, reader=Audience.CUSTOMER)

    assert words.startswith("appealed against the decision, ")


def test_the_inner_workings_are_not_told_to_customers() -> None:
    inner = {e.AttemptRefused, e.NoticeWithheld, e.LegalHoldPlaced, e.Escalated, e.ReleaseProposed}

    assert not inner & TOLD_TO_CUSTOMERS


def test_somebodys_words_stay_on_one_line_and_command_no_terminal() -> None:
    event = e.FreezeUpheld(by=BY, reason="first\n second \x1b[2J \u202egnorw")

    assert (
        'stands: "first second \N{REPLACEMENT CHARACTER}[2J \N{REPLACEMENT CHARACTER}gnorw"'
        in told(event)
    )


# --- values in words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stops", "expected"),
    [
        (None, "nothing"),
        (Scope.everything(), "everything"),
        (WIDE, "withdrawals and transfers"),
        (Scope.of(Capability.LOG_IN, *WIDE.capabilities), "log-in, withdrawals and transfers"),
        (Scope.of(Capability.WITHDRAW_FIAT), "fiat withdrawals"),
        (
            Scope.withdrawals(assets=["BTC", "ETH"], amount=Amount.of("2.5", "BTC")),
            "withdrawals and transfers of BTC and ETH up to 2.5 BTC",
        ),
    ],
)
def test_a_scope_is_told_in_words(stops: Scope | None, expected: str) -> None:
    assert expected == scope(stops)


@pytest.mark.parametrize(
    ("words", "expected"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_are_listed_as_people_do(words: list[str], expected: str) -> None:
    assert expected == listed(words)
