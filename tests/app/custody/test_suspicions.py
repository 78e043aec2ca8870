"""The register of suspicions: who may write, who may read, and that nothing says whose they are."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase import Actor, Casebook
from freezecase.app.custody.openings import Opener, openings_of
from freezecase.app.custody.suspicion_log import Look, streams_of
from freezecase.app.custody.suspicions import Suspicions
from freezecase.core import suspicion as s
from freezecase.core.checked import replace
from freezecase.core.suspected import Stage
from freezecase.core.suspicion import TippingOff
from freezecase.core.values import Audience
from freezecase.errors import (
    CommandReused,
    Conflict,
    FreezeCaseError,
    InvalidValue,
    NoSuchCase,
    NotAllowedNow,
    NotCleared,
)
from freezecase.policy import packs
from freezecase.policy.packs.rule import PackRule
from freezecase.seal.keys import KeyStore
from freezecase.seal.unopened import Erased
from freezecase.testing.contracts import StoryClock
from freezecase.testing.contracts.stage import interrupted
from tests.app.books import ANA, ENGINE, OWNER, STORES, opened, url_of
from tests.app.custody.erasures import key_store

KEY = bytes(range(32))
OTHER_KEY = bytes(32)
OTTO = Actor.staff("otto", "nominated-officer")
EVE = Actor.staff("eve", "nominated-officer", "lead")
POCA = packs.load("uk").rule("uk.poca.333a")
SAR = packs.load("us").rule("us.fincen.sar-confidential")
AMLA = packs.load("ch").rule("ch.amla.10")
MICA = packs.load("eu").rule("eu.mica.71.complaint.decision")
ID = UUID(int=99)
NOBODYS = UUID(int=4711)


@pytest.fixture(params=STORES)
def book(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Casebook]:
    """A book in each kind of store, with a clock set by hand."""
    url = url_of(request.param, request, tmp_path)
    with Casebook.open(url, clock=StoryClock()) as found:
        yield found


def register(book: Casebook, key: bytes = KEY, **more: Any) -> Suspicions:
    """The register in the store of a book."""
    return Suspicions(store=book.store, clock=book.clock, key=key, **more)


def begin(book: Casebook, account: str = "acct-4711", by: Actor = ANA, **more: Any) -> UUID:
    """Somebody suspects what happens on an account."""
    given: dict[str, Any] = {
        "reason": "deposits just below the line",
        "regimes": [TippingOff.PREJUDICE_TEST],
        "due": book.clock.now() + timedelta(days=3),
    }
    return register(book).begin(account, by=by, **given | more)


def assessed(conclusion: s.Conclusion = s.Conclusion.REPORT) -> s.SuspicionAssessed:
    """Otto looked into it."""
    return s.SuspicionAssessed(conclusion=conclusion, by=OTTO.person, reason="looked into it")


# --- by the book ---------------------------------------------------------------------------------


def test_a_suspicion_is_raised_assessed_reported_and_closed(book: Casebook) -> None:
    """In a stream of its own; the case knows nothing of it."""
    case = opened(book)
    before, records = book.case(case.id), book.history(case.id)
    suspicion, suspicions = begin(book, case=case.id), register(book)

    for event in (
        assessed(),
        s.ReportFiled(authority="nca", reference="SAR-17", by=OTTO.person),
        s.AuthorityAnswered(authority="nca", answer=s.Answer.CONSENT),
        s.SuspicionClosed(by=OTTO.person, reason="done"),
    ):
        suspicions.add(suspicion, event, by=OTTO)

    found = suspicions.suspicion(suspicion, by=EVE)
    assert (found.stage, found.version, [*found.authorities]) == (Stage.CLOSED, 5, ["nca"])
    assert [one.name for one in suspicions.history(suspicion, by=EVE)] == [
        *("suspicion-raised.v1", "suspicion-assessed.v1", "report-filed.v1"),
        *("authority-answered.v1", "suspicion-closed.v1"),
    ]
    assert (book.case(case.id), book.history(case.id)) == (before, records)
    assert [one.id for one in book.cases()] == [case.id]


def test_what_happened_is_on_record_with_who_and_when(book: Casebook) -> None:
    """As everything else: an actor, an instant, the id of the command."""
    suspicion = begin(book, id=ID)
    (record,) = register(book).history(suspicion, by=OTTO)
    raised: Any = record.event
    assert (record.actor, record.command_id, record.ruling) == (ANA, ID, None)
    assert (record.version, record.occurred_at) == (1, book.clock.now())
    assert (raised.account, raised.case) == ("acct-4711", None)


def test_each_suspicion_of_an_account_is_found_open_or_all(book: Casebook) -> None:
    """In the order they were raised, and none of another account's."""
    streams = [begin(book), begin(book), begin(book, "acct-4712"), begin(book, by=ENGINE)]
    suspicions = register(book)
    mine = [streams[0], streams[1], streams[3]]
    assert [one.id for one in suspicions.of("acct-4711", by=OTTO)] == mine

    suspicions.add(streams[1], assessed(s.Conclusion.NO_REPORT), by=OTTO)
    declined = s.ReportDeclined(by=EVE.person, reason="a payroll")
    suspicions.add(streams[1], declined, by=EVE)

    assert [one.id for one in suspicions.of("acct-4711", by=OTTO)] == [mine[0], mine[2]]
    assert [one.id for one in suspicions.of("acct-4711", by=OTTO, closed=True)] == mine
    assert suspicions.of("acct-4713", by=OTTO, closed=True) == ()


# --- who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [ANA, ENGINE], ids=["staff", "a machine"])
def test_whoever_works_for_the_house_may_raise_one(book: Casebook, by: Actor) -> None:
    """Without any clearance: everybody has to tell what they see."""
    assert register(book).suspicion(begin(book, by=by), by=OTTO).raised_by == by.person


@pytest.mark.parametrize(
    "by", [OWNER, Actor.vendor("lab"), Actor.authority("fiu")], ids=lambda by: by.kind.value
)
def test_nobody_else_may_raise_one(book: Casebook, by: Actor) -> None:
    """What a customer says is a contact; it is for staff to make something of it."""
    with pytest.raises(NotCleared, match=rf"`{by.person}` is not of the house"):
        begin(book, by=by)


@pytest.mark.parametrize(
    "by",
    [ANA, ENGINE, OWNER, Actor.system("nominated-officer"), Actor.staff("x", "lead")],
    ids=lambda by: by.person,
)
@pytest.mark.parametrize("known", [True, False], ids=["there is one", "there is none"])
def test_without_a_clearance_nothing_is_learnt(book: Casebook, by: Actor, known: bool) -> None:
    """The refusal is the same whether or not there is one: else it would tell."""
    suspicion = begin(book) if known else NOBODYS
    suspicions = register(book)
    for ask in (
        lambda: suspicions.suspicion(suspicion, by=by),
        lambda: suspicions.history(suspicion, by=by),
        lambda: suspicions.of("acct-4711", by=by),
        lambda: suspicions.due(book.clock.now() + timedelta(days=99), by=by),
        lambda: suspicions.add(suspicion, replace(assessed(), by=by.person), by=by),
        lambda: suspicions.restrict(suspicion, POCA, withheld=["facts"], basis="x", by=by),
        lambda: suspicions.review(suspicion, TippingOff.PREJUDICE_TEST, reason="x", by=by),
    ):
        with pytest.raises(NotCleared) as refused:
            ask()
        assert str(refused.value) == (
            f"`{by.person}` is not cleared: it takes staff in the role `nominated-officer`"
        )


def test_whoever_raises_one_again_learns_nothing_of_what_became_of_it(book: Casebook) -> None:
    """The same command gives the same id, and no more."""
    first = begin(book, id=ID)
    register(book).add(first, assessed(), by=OTTO)
    assert begin(book, id=ID) == first
    assert [one.id for one in register(book).of("acct-4711", by=OTTO)] == [first]


def test_the_roles_that_are_cleared_are_the_houses_to_name(book: Casebook) -> None:
    """Such as the compliance officer of AMLR Art. 11(2)."""
    suspicion, mlro = begin(book), Actor.staff("mo", "mlro")
    suspicions = register(book, cleared=["mlro", "deputy"])
    assert suspicions.suspicion(suspicion, by=mlro).stage is Stage.RAISED
    with pytest.raises(NotCleared, match="in the role `deputy`, `mlro`"):
        suspicions.suspicion(suspicion, by=OTTO)


def test_nobody_speaks_for_another(book: Casebook) -> None:
    """Who decides is who asks."""
    suspicion = begin(book)
    with pytest.raises(InvalidValue, match=r"SuspicionAssessed.by cannot be .*`staff:eve`"):
        register(book).add(suspicion, assessed(), by=EVE)


def test_not_to_report_takes_a_second_person(book: Casebook) -> None:
    """Neither who raised it nor who assessed it decides that nobody hears of it."""
    suspicion, suspicions = begin(book, by=EVE), register(book)
    suspicions.add(suspicion, assessed(s.Conclusion.NO_REPORT), by=OTTO)
    for by in (EVE, OTTO):
        with pytest.raises(NotAllowedNow, match="a second person of the staff"):
            suspicions.add(suspicion, s.ReportDeclined(by=by.person, reason="no"), by=by)
    assert suspicions.suspicion(suspicion, by=OTTO).stage is Stage.ASSESSED


# --- whose they are ------------------------------------------------------------------------------


def test_the_id_of_a_stream_says_nothing_to_whoever_lacks_the_key(book: Casebook) -> None:
    """With another key the same account has other streams, and none of them is there."""
    suspicion = begin(book)
    assert register(book, OTHER_KEY).of("acct-4711", by=OTTO, closed=True) == ()
    assert register(book, OTHER_KEY).suspicion(suspicion, by=OTTO).stage is Stage.RAISED
    assert suspicion.version == 4, "it looks like any random id"


def test_the_id_of_a_stream_is_hmac_of_the_account_and_its_number() -> None:
    """Made with `openssl dgst -sha256 -mac HMAC`, cut and marked as RFC 9562 says."""
    streams = streams_of(KEY, "acct-4711")
    assert [str(next(streams)) for _ in range(2)] == [
        "95935a10-8940-4adb-9cb5-92bc9ee92564",
        "6ebcc069-9c6e-4f72-b900-ff90e976f76e",
    ]


def test_no_list_of_the_store_and_no_view_knows_of_one(book: Casebook) -> None:
    """Neither the cases, nor those of the account, nor what rings, nor the worklist."""
    case = opened(book)
    suspicion = begin(book, case=case.id)
    store = book.store
    assert store.cases_of("acct-4711") == [case.id]
    assert [one.case for one in store.cases()] == [case.id]
    assert {one.case for one in store.ringing(2**62)} == {case.id}
    assert suspicion not in {item.case for item in book.worklist().items}


def test_a_key_is_32_bytes_and_is_never_printed(book: Casebook) -> None:
    """Neither in an error nor in a trace."""
    with pytest.raises(InvalidValue, match=r"Suspicions.key cannot be `'31 bytes'`"):
        register(book, bytes(31))
    assert repr(KEY) not in repr(register(book))


# --- what is sealed ------------------------------------------------------------------------------

SECRETS = ("acct-4711", str(UUID(int=2**99)), "deposits below the line", "looked into it", "SAR-17")


def test_nothing_in_the_store_says_whose_it_is_or_why(book: Casebook) -> None:
    """Neither the account, nor the case, nor a word: they are sealed for those who are cleared."""
    with key_store() as keys:
        suspicions, suspicion = told(book, keys)
        stored = b"".join(state for *_, state in book.store.scan())
        held = [(key.subject, key.audience) for key in keys.every()]
    assert [word for word in SECRETS if word.encode() in stored] == []
    assert held == [(str(suspicion), Audience.CONFIDENTIAL)], "nor does the key store"
    assert suspicions.suspicion(suspicion, by=OTTO).stage is Stage.REPORTED, "it folds without"


def test_whoever_is_cleared_opens_it_and_that_is_on_record(book: Casebook) -> None:
    """For a purpose; without one the words stay withheld."""
    with key_store() as keys:
        suspicions, suspicion = told(book, keys)
        closed: Any = suspicions.history(suspicion, by=EVE)[0].event
        assert (closed.account, closed.reason) == ("[withheld]", "[withheld]")
        assert book.store.read(openings_of(suspicion)) == []

        records: Any = suspicions.history(suspicion, by=EVE, purpose="annual-audit")
        raised, looked, reported = (one.event for one in records)
        assert (raised.account, raised.case, raised.reason) == SECRETS[:3]
        assert (looked.reason, reported.reference) == SECRETS[3:]
        (opening,) = Opener(book.store, keys, book.clock).history(suspicion)
        event: Any = opening.event
        assert (event.reader, event.versions, event.purpose) == (
            *("staff:eve", (1, 2, 3)),
            "annual-audit",
        )


def test_erasing_the_customer_leaves_it_and_erasing_it_leaves_the_customer(book: Casebook) -> None:
    """It is kept for years, unredacted (AMLR Art. 77); its keys are its own."""
    with key_store() as keys:
        keys.keys_for([("acct-4711", Audience.OPERATIONS)])
        suspicions, suspicion = told(book, keys)
        keys.destroy([key.id for key in keys.of_subject("acct-4711")], book.clock.now())
        first: Any = suspicions.history(suspicion, by=EVE, purpose="audit")[0].event
        assert first.account == "acct-4711"

        keys.destroy([key.id for key in keys.of_subject(str(suspicion))], book.clock.now())
        (raised, *_) = suspicions.history(suspicion, by=EVE, purpose="audit")
        gone: Any = raised.event
        assert isinstance(gone.account, Erased)
        assert gone.account == gone.reason == "[erased on 2026-01-05]"


def told(book: Casebook, keys: KeyStore) -> tuple[Suspicions, UUID]:
    """A suspicion that was reported, its words sealed under these keys."""
    suspicions = register(book, keys=keys)
    suspicion = suspicions.begin(
        *(SECRETS[0],),
        case=UUID(SECRETS[1]),
        reason=SECRETS[2],
        regimes=[TippingOff.ABSOLUTE],
        due=book.clock.now(),
        by=ANA,
    )
    suspicions.add(suspicion, assessed(), by=OTTO)
    report = s.ReportFiled(authority="nca", reference="SAR-17", by=OTTO.person)
    suspicions.add(suspicion, report, by=OTTO)
    return suspicions, suspicion


# --- once, and one after the other ---------------------------------------------------------------


def test_the_same_command_happens_once(book: Casebook) -> None:
    """Whoever lost the answer asks again, and gets it as it was."""
    suspicion, suspicions = begin(book), register(book)
    first = suspicions.add(suspicion, assessed(), by=OTTO, id=ID)
    suspicions.restrict(suspicion, POCA, withheld=["facts"], basis="x", by=OTTO)
    assert suspicions.add(suspicion, assessed(), by=OTTO, id=ID) == first
    assert suspicions.suspicion(suspicion, by=OTTO).version == 3


def test_a_command_id_stands_for_one_thing(book: Casebook) -> None:
    """Another kind, or another person, needs another id."""
    suspicion, suspicions = begin(book, id=ID), register(book)
    with pytest.raises(CommandReused, match=f"`{ID}` already stands for something else"):
        suspicions.add(suspicion, assessed(), by=OTTO, id=ID)
    with pytest.raises(CommandReused):
        begin(book, id=ID, by=ENGINE)


def test_of_two_raised_at_once_each_has_a_stream(book: Casebook) -> None:
    """And of one raised twice at once, there is one."""
    rival = register(interrupted(book, lambda: begin(book)))
    due = book.clock.now()
    given: dict[str, Any] = {"reason": "x", "regimes": [TippingOff.ABSOLUTE], "due": due, "by": ANA}
    second = rival.begin("acct-4711", **given)
    assert [one.id for one in register(book).of("acct-4711", by=OTTO)][1:] == [second]

    twice = register(interrupted(book, lambda: begin(book, "acct-4712", id=ID)))
    same = twice.begin("acct-4712", id=ID, **given)
    assert [one.id for one in register(book).of("acct-4712", by=OTTO)] == [same]


def test_who_loses_the_race_is_asked_again_on_what_is_there_now(book: Casebook) -> None:
    """What still may happen does; what may not any more is refused."""
    suspicion, suspicions = begin(book), register(book)
    other = s.AuthorityAnswered(authority="nca", answer=s.Answer.REQUEST)
    rival = register(interrupted(book, lambda: suspicions.add(suspicion, other, by=EVE)))
    late = rival.add(suspicion, assessed(), by=OTTO)
    assert (late.version, late.stage) == (3, Stage.ASSESSED)

    withheld: dict[str, Any] = {"withheld": ["facts"], "basis": "x"}
    first = interrupted(book, lambda: suspicions.restrict(suspicion, POCA, by=EVE, **withheld))
    with pytest.raises(NotAllowedNow, match="is withheld under `prejudice-test` already"):
        register(first).restrict(suspicion, POCA, by=OTTO, **withheld)


def test_who_keeps_losing_is_told_so(book: Casebook) -> None:
    """Rather than tried for ever."""
    suspicion, suspicions = begin(book), register(book)
    other = s.AuthorityAnswered(authority="nca", answer=s.Answer.REQUEST)
    busy = interrupted(book, lambda: suspicions.add(suspicion, other, by=EVE), times=99)
    with pytest.raises(Conflict, match="others wrote first 16 times"):
        register(busy).add(suspicion, assessed(), by=OTTO)


def test_what_is_no_suspicion_is_none(book: Casebook) -> None:
    """Nor is a case one, whatever it is about."""
    for id in (NOBODYS, opened(book).id):
        with pytest.raises(NoSuchCase, match="no suspicion has that id"):
            register(book).suspicion(id, by=OTTO)


# --- what is withheld, and until when ------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "given", "regime", "days"),
    [
        ((POCA,), None, TippingOff.PREJUDICE_TEST, 14),
        ((POCA,), 5, TippingOff.PREJUDICE_TEST, 5),
        ((AMLA,), None, TippingOff.FACT_OF_REPORT, None),
        ((AMLA,), 90, TippingOff.FACT_OF_REPORT, 90),
        ((SAR,), None, TippingOff.ABSOLUTE, None),
        ((POCA, SAR, AMLA), None, TippingOff.ABSOLUTE, None),
        ((MICA, POCA), None, TippingOff.PREJUDICE_TEST, 14),
    ],
    ids=[
        *("prejudice", "prejudice, a day said", "fact of report", "fact of report, a day said"),
        *("absolute", "the strictest of several", "beside a duty to tell"),
    ],
)
def test_what_is_withheld_is_looked_at_again_as_its_law_says(
    book: Casebook,
    rules: tuple[PackRule, ...],
    given: int | None,
    regime: TippingOff,
    days: int | None,
) -> None:
    """After 14 days where the test is prejudice, never where it is absolute; or as is said."""
    now = book.clock.now()
    said = None if given is None else now + timedelta(days=given)
    suspicion = begin(book)
    found = register(book).restrict(
        suspicion, *rules, withheld=["facts"], basis="it would", by=OTTO, review_at=said
    )
    assert [*found.restricted] == [regime]
    expected = None if days is None else now + timedelta(days=days)
    assert found.restricted[regime].review_at == expected
    last: Any = register(book).history(suspicion, by=OTTO)[-1].event
    assert last.rules == tuple(sorted(rule.id for rule in rules))


def test_a_rule_that_forbids_no_tipping_off_withholds_nothing(book: Casebook) -> None:
    """The basis of what is withheld is a rule that withholds."""
    suspicion = begin(book)
    with pytest.raises(InvalidValue, match="rules that forbid tipping off"):
        register(book).restrict(suspicion, MICA, withheld=["facts"], basis="x", by=OTTO)


def test_what_is_due_comes_back_until_somebody_decides(book: Casebook) -> None:
    """The decision whether to report, then each look; what is not due yet is not there yet."""
    clock, suspicions = book.clock, register(book)
    assert isinstance(clock, StoryClock)
    one, other = begin(book), begin(book, "acct-4712", due=clock.now() + timedelta(days=1))
    suspicions.restrict(one, POCA, withheld=["facts"], basis="x", by=OTTO)
    start = clock.now()

    def due(days: int) -> list[Look]:
        return [*suspicions.due(start + timedelta(days=days), by=EVE)]

    first = Look(due=start + timedelta(days=1), suspicion=other, what="report")
    second = Look(due=start + timedelta(days=3), suspicion=one, what="report")
    third = Look(
        due=start + timedelta(days=14),
        suspicion=one,
        what="disclosure",
        regime=TippingOff.PREJUDICE_TEST,
    )
    assert [due(0), due(1), due(3), due(14)] == [
        *([], [first], [first, second], [first, second, third]),
    ]
    suspicions.add(one, assessed(), by=OTTO)
    suspicions.add(one, s.ReportFiled(authority="nca", reference="r", by=OTTO.person), by=OTTO)
    assert due(14) == [first, third]
    clock.later(days=14)
    suspicions.review(one, TippingOff.PREJUDICE_TEST, reason="it goes on", by=OTTO)
    assert (due(14), due(27)) == ([first], [first])
    assert due(28) == [first, attrs.evolve(third, due=start + timedelta(days=28))]
    allowed = s.DisclosureAllowed(
        regime=TippingOff.PREJUDICE_TEST, by=EVE.person, reason="it is over"
    )
    suspicions.add(one, allowed, by=EVE)
    assert due(99) == [first]


def test_a_look_that_sets_no_day_is_refused_where_the_law_sets_none(book: Casebook) -> None:
    """Whoever looks again says when the next look is."""
    suspicion, suspicions = begin(book), register(book)
    suspicions.restrict(suspicion, AMLA, withheld=["report"], basis="x", by=OTTO)
    with pytest.raises(InvalidValue, match="`fact-of-report` has no term of its own"):
        suspicions.review(suspicion, TippingOff.FACT_OF_REPORT, reason="x", by=OTTO)
    at = book.clock.now() + timedelta(days=30)
    found = suspicions.review(
        suspicion, TippingOff.FACT_OF_REPORT, reason="x", by=OTTO, review_at=at
    )
    assert found.restricted[TippingOff.FACT_OF_REPORT].review_at == at


def test_every_error_is_one_of_ours(book: Casebook) -> None:
    """A caller catches one class."""
    with pytest.raises(FreezeCaseError):
        begin(book, "an account with blanks")
