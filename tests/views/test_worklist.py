"""The worklist: who has what to do next in a case, how urgent it is, and why."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase import Actor, AppealLevel, Casebook, Channel, Ground, Scope, Status
from freezecase import commands as do
from freezecase import events as e
from freezecase.core.checked import replace
from freezecase.core.commands import Command
from freezecase.core.events import CaseEvent
from freezecase.core.evolve import fold, unopened
from freezecase.testing import strategies as made
from freezecase.testing.contracts import StoryClock
from freezecase.views.projecting import CaseRead
from freezecase.views.worklist import WorkItem, place_of, work_item
from tests.app.books import ANA, ENGINE, ROB
from tests.core.samples import CASE, EVENTS, LATER, NOW
from tests.laws.settings import LAW
from tests.views.records import owing, records

OWNER = Actor.customer("acct-1")
ITEM = WorkItem(
    case=CASE,
    account="acct-1",
    status=Status.IN_FORCE,
    ground=None,
    queue=None,
    skill=None,
    priority=3,
    why=(),
    next_move="answer",
    debtor="exchange",
    due=None,
    waiting_since=NOW,
    customer_waiting_since=None,
    owner=None,
    debtors=("exchange",),
)


def read(*events: CaseEvent) -> CaseRead:
    """A case in which this happened, a minute apart."""
    told = tuple(records(events))
    return CaseRead(id=CASE, records=told, state=fold(events, unopened(CASE)), begun=NOW)


def item(*events: CaseEvent) -> WorkItem:
    """The row of a frozen case in which this happened."""
    found = work_item(read(EVENTS[e.FreezeImposed], *events))
    assert found is not None
    return found


class Desk:
    """One case of a book, and its row."""

    def __init__(self, book: Casebook, ground: Ground = Ground.ACCOUNT_TAKEOVER) -> None:
        self.book, self.clock = book, book.clock
        freeze = do.ImposeFreeze(account=OWNER.id, ground=ground, scope=Scope.withdrawals())
        self.case = book.execute(freeze, by=ENGINE).case.id

    def ask(self, command: Command, by: Actor = ANA, **after: float) -> "Desk":
        """Somebody asks for something, some time later."""
        assert isinstance(self.clock, StoryClock)
        self.clock.later(**(after or {"seconds": 1}))
        self.book.execute(replace(command, case=self.case), by=by)
        return self

    def later(self, **by: float) -> "Desk":
        """Time passes."""
        assert isinstance(self.clock, StoryClock)
        self.book.run_due(self.clock.later(**by))
        return self

    @property
    def item(self) -> WorkItem:
        """Its row in the worklist."""
        (found,) = self.book.worklist().items
        return found


@pytest.fixture
def book() -> Iterator[Casebook]:
    """An empty book in memory."""
    with Casebook.open("memory:", clock=StoryClock()) as opened:
        yield opened


NO_CASE = UUID(int=0)
CONTACT = do.RecordContact(NO_CASE, channel=Channel.CHAT)
CONFIRM = do.ConfirmEnforcement(NO_CASE)
TELL = do.SendNotice(NO_CASE, notice="freeze-imposed", channel=Channel.EMAIL)
WANT = do.RequestHuman(NO_CASE, channel=Channel.CHAT)
JOIN = do.JoinConversation(NO_CASE, channel=Channel.CHAT)
PROMISE = do.MakePromise(NO_CASE, promise="call-back", due=LATER)
APPEAL = do.FileAppeal(NO_CASE, contests=1, statement="it was my new phone")


# --- what is to be done --------------------------------------------------------------------------


def test_a_fresh_freeze_is_the_exchanges_to_enforce(book: Casebook) -> None:
    """The row says who, what, by when, since when and by which rule."""
    found = Desk(book).item
    assert (found.debtor, found.next_move, found.due, found.waiting_since) == (
        "exchange",
        "make the freeze bind the account and confirm it",
        NOW + timedelta(minutes=10),
        NOW,
    )
    assert (found.queue, found.skill, found.priority) == ("security", "takeover", 1)
    assert found.why == ("rule `enforcement-clock` asks for it",)
    assert found.debtors == ("exchange", "reviewer")
    assert (found.account, found.status, found.ground) == (
        "acct-1",
        Status.IN_FORCE,
        Ground.ACCOUNT_TAKEOVER,
    )
    assert (found.owner, found.customer_waiting_since) == (None, None)


def test_what_is_due_first_is_the_next_move(book: Casebook) -> None:
    """Once the first thing is done the second comes up."""
    desk = Desk(book).ask(CONFIRM, ENGINE).ask(TELL)
    assert desk.item.next_move == "decide whether the freeze stands"
    assert desk.ask(WANT, OWNER).item.next_move == "let a person join the conversation"
    assert desk.ask(JOIN).item.next_move == "decide whether the freeze stands"
    assert desk.ask(PROMISE).item.debtors == ("exchange", "reviewer", ANA.person)


def test_a_case_that_waits_for_its_customer_says_so() -> None:
    """Whose move it is may be the customer's; the case is in the list all the same."""
    found = item(EVENTS[e.ChecksRequested], owing("evidence", "customer", subject="device"))
    assert (found.debtor, found.next_move) == ("customer", "show `device`")


def test_a_duty_comes_before_a_right() -> None:
    """That somebody may appeal soon is no work, however soon it ends."""
    right = owing("some-right", "customer", right=True)
    found = item(right)
    assert (found.next_move, found.due) == ("decide whether the freeze stands", None)
    assert "customer" not in found.debtors


def test_a_case_in_which_nobody_has_anything_to_do_is_not_listed(book: Casebook) -> None:
    """A closed case is in no worklist; reopened it is there again."""
    desk = Desk(book)
    for command, by in (
        (do.ProposeRelease(NO_CASE, reason="verified"), ANA),
        (do.ApproveRelease(NO_CASE), ROB),
        (do.ConfirmRelease(NO_CASE), ENGINE),
        (do.CloseCase(NO_CASE, outcome="cleared"), ANA),
    ):
        desk.ask(command, by)
    assert book.worklist().items == ()
    desk.ask(do.ReopenCase(NO_CASE, reason="there is more"))
    assert [one.case for one in book.worklist().items] == [desk.case]


def test_a_promise_says_since_when_it_was_made() -> None:
    """Of a promise there is no rule."""
    found = item(e.PromiseMade(promise="call-back", due=NOW + timedelta(hours=1), by=ANA.person))
    assert (found.next_move, found.debtor, found.why) == (
        "keep promise `call-back`",
        ANA.person,
        (),
    )
    assert found.waiting_since == NOW + timedelta(minutes=1)


def test_a_case_from_elsewhere_has_no_time_and_no_rule() -> None:
    """Where nobody owes anything yet, the move is named, and it waits since the last record."""
    found = item()
    assert (found.due, found.why, found.queue, found.priority) == (None, (), None, 3)
    assert found.waiting_since == NOW


def test_a_case_that_cannot_be_read_is_the_exchanges_to_repair() -> None:
    """It comes first, and says what is wrong."""
    broken = CaseRead(id=CASE, records=(), state=unopened(CASE), begun=NOW, broken="it is damaged")
    found = work_item(broken)
    assert found is not None
    assert (found.priority, found.debtor, found.why) == (1, "exchange", ("it is damaged",))
    assert (found.next_move, found.waiting_since) == ("`repair`: it cannot be read", NOW)


# --- whose work it is ----------------------------------------------------------------------------


def test_a_case_is_in_a_lane_while_there_is_work_for_it(book: Casebook) -> None:
    """Who asks for a person is at the front until one joins, an appeal with those who hear it."""
    desk, lanes = Desk(book, Ground.AML_ALERT), []
    for command, by in (
        (CONFIRM, ENGINE),
        (WANT, OWNER),
        (JOIN, ANA),
        (APPEAL, OWNER),
        (WANT, OWNER),
        (JOIN, ANA),
        (
            do.RejectAppeal(NO_CASE, reason="no", next_level=AppealLevel.SECOND_INSTANCE),
            ROB,
        ),
    ):
        found = desk.ask(command, by).item
        lanes.append((found.queue, found.skill))
    assert lanes == [
        ("compliance", "monitoring"),
        ("front", "conversation"),
        ("compliance", "monitoring"),
        ("appeals", None),
        ("front", "conversation"),
        ("appeals", None),
        ("compliance", "monitoring"),
    ]


# --- what raises it ------------------------------------------------------------------------------


def test_a_person_who_is_waited_for_comes_before_everything(book: Casebook) -> None:
    """From whatever lane it is raised to the top, until one joins."""
    desk = Desk(book, Ground.IDENTITY_EXPIRED).ask(CONFIRM, ENGINE)
    assert desk.item.priority == 3
    found = desk.ask(WANT, OWNER).item
    assert (found.priority, found.why[0]) == (1, "the customer waits for a person")
    assert found.next_move == "let a person join the conversation"
    assert desk.ask(JOIN).item.priority == 3


def test_a_promise_that_was_broken_raises_a_case(book: Casebook) -> None:
    """By one priority, however many were broken; each is named."""
    desk = Desk(book, Ground.IDENTITY_EXPIRED).ask(CONFIRM, ENGINE).ask(TELL)
    desk.ask(replace(PROMISE, due=NOW + timedelta(hours=1)))
    desk.ask(replace(PROMISE, promise="letter", due=NOW + timedelta(hours=2)))
    assert desk.item.priority == 3
    assert desk.later(minutes=90).item.priority == 2
    found = desk.later(minutes=90).item
    assert (found.priority, found.why[:2]) == (
        2,
        ("promise `call-back` was broken", "promise `letter` was broken"),
    )


def test_a_miss_raises_a_case_until_it_is_made_good(book: Casebook) -> None:
    """What was missed and is owed still raises it; the wait goes on from where it began."""
    desk = Desk(book, Ground.IDENTITY_EXPIRED).ask(TELL)
    began = desk.item.waiting_since
    found = desk.later(minutes=11).item
    assert (found.priority, found.debtor, found.why) == (
        2,
        "lead",
        ("`enforcement` was missed", "rule `enforcement-clock` asks for it"),
    )
    assert found.waiting_since == began == NOW
    for _ in range(5):
        again = desk.later(hours=2).item
        assert (again.priority, again.waiting_since) == (2, NOW)
    assert desk.ask(CONFIRM, ENGINE).item.priority == 3


def test_what_is_opened_anew_after_a_miss_is_a_new_wait(book: Casebook) -> None:
    """A reply that is owed for a second question was not missed."""
    desk = Desk(book, Ground.IDENTITY_EXPIRED).ask(CONFIRM, ENGINE).ask(TELL).ask(CONTACT, OWNER)
    owed = book.case(desk.case).obligations["reply", ""].due
    desk.later(seconds=(owed - book.clock.now()).total_seconds() + 1)
    assert "`reply` was missed" in desk.item.why
    desk.ask(do.SendReply(NO_CASE, channel=Channel.CHAT)).ask(CONTACT, OWNER)
    found = desk.item
    assert "`reply` was missed" not in found.why
    desk.ask(do.UpholdFreeze(NO_CASE, reason="it was somebody else"), ROB)
    assert desk.item.next_move == "answer the customer"
    assert desk.item.waiting_since == book.clock.now() - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("debtor", "right", "raised"),
    [
        ("lead", False, True),
        ("lead", True, False),
        ("customer", False, False),
        ("authority", False, False),
    ],
)
def test_only_what_the_exchange_missed_raises_a_case(
    debtor: str, right: bool, raised: bool
) -> None:
    """That a customer or an authority was late is no fault of ours; nor is a right unused."""
    duty = owing("reply", debtor, "lead", right=right)
    found = item(duty, e.ObligationMissed(obligation="reply"), replace(duty))
    assert (found.priority, "`reply` was missed" in found.why) == (
        (2, True) if raised else (3, False)
    )


def test_nothing_is_raised_above_the_top(book: Casebook) -> None:
    """Priority 1 comes first, whatever else went wrong."""
    desk = Desk(book).ask(replace(PROMISE, due=NOW + timedelta(minutes=5)))
    found = desk.later(hours=1).ask(WANT, OWNER).item
    assert found.priority == 1
    assert found.why[:3] == (
        "the customer waits for a person",
        "promise `call-back` was broken",
        "`enforcement` was missed",
    )


# --- how long the customer waits -----------------------------------------------------------------


def test_the_customer_waits_from_the_first_that_nobody_answered(book: Casebook) -> None:
    """A machine's answer is an answer, but no person; asked twice is waited for once."""
    desk = Desk(book)
    assert desk.item.customer_waits(NOW) is None
    desk.ask(CONTACT, OWNER, minutes=1).ask(CONTACT, OWNER, minutes=1)
    assert desk.item.customer_waiting_since == NOW + timedelta(minutes=1)
    assert desk.item.customer_waits(NOW + timedelta(minutes=5)) == timedelta(minutes=4)
    desk.ask(WANT, OWNER, minutes=1).ask(
        do.SendReply(NO_CASE, channel=Channel.CHAT), ENGINE, seconds=1
    )
    assert desk.item.customer_waiting_since == NOW + timedelta(minutes=3)
    assert desk.ask(JOIN, minutes=1).item.customer_waiting_since is None
    desk.ask(CONTACT, OWNER, minutes=1)
    assert desk.item.customer_waiting_since == book.clock.now()


def test_late_is_what_is_due_by_now() -> None:
    """At the instant it is due it is late; what has no time is never late."""
    due = attrs.evolve(ITEM, due=LATER)
    late = [due.late(LATER), due.late(LATER - timedelta(microseconds=1)), ITEM.late(LATER)]
    assert late == [True, False, False]


# --- the order -----------------------------------------------------------------------------------

SOME = st.sampled_from([1, 2, 3, 2**40])
INSTANTS = (
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
    | st.integers(-2, 2).map(lambda micros: NOW + timedelta(microseconds=micros))
)
ITEMS = st.builds(
    lambda priority, due, since, case: attrs.evolve(
        ITEM, priority=priority, due=due, waiting_since=since, case=case
    ),
    SOME,
    st.none() | INSTANTS,
    INSTANTS,
    st.uuids(),
)


def before(one: WorkItem) -> tuple[int, bool, datetime, datetime, int]:
    """The order as it is documented: priority, due, waiting since, case."""
    never = one.due is None
    return one.priority, never, one.due or NOW, one.waiting_since, one.case.int


@LAW
@given(st.lists(ITEMS, max_size=20))
def test_the_order_of_bytes_is_the_order_that_is_documented(items: list[WorkItem]) -> None:
    """Rows in the order of their places, then of their cases, are in the order of the worklist."""
    stored = sorted(items, key=lambda one: (place_of(one), one.case))
    assert stored == sorted(items, key=before)


@LAW
@given(ITEMS, ITEMS)
def test_no_two_cases_are_equal_in_it(one: WorkItem, other: WorkItem) -> None:
    """The order is total: of two cases one comes first, always the same."""
    same = (place_of(one), one.case) == (place_of(other), other.case)
    assert same == (before(one) == before(other))


def test_the_stored_list_is_in_that_order(book: Casebook) -> None:
    """In one page or in many, in the file as by the rule; filters leave out, and do not reorder."""
    clock = book.clock
    assert isinstance(clock, StoryClock)
    for number, ground in enumerate([*Ground] * 2):
        clock.later(minutes=1)
        freeze = do.ImposeFreeze(
            account=f"a-{number}", ground=ground, scope=Scope.withdrawals(), reason="it looked so"
        )
        by = Actor.customer(freeze.account) if ground is Ground.SELF_LOCK else ROB
        case = book.execute(freeze, by=by).case.id
        if number % 3 == 0:
            book.execute(do.AssignCase(case, to=ANA.person), by=ANA)
        if number % 5 == 0:
            book.execute(do.RequestHuman(case, channel=Channel.CHAT), by=ANA)
    listed = list(book.worklist().items)
    assert listed == sorted(listed, key=before)
    assert len(listed) == 2 * len(Ground)
    assert {one.due for one in listed[:5]} != {listed[0].due}

    paged: list[WorkItem] = []
    while page := (
        book.worklist(limit=5, after=paged[-1]) if paged else book.worklist(limit=5)
    ).items:
        paged += page
    assert paged == listed

    for name, value in (
        ("queue", "security"),
        ("queue", "front"),
        ("skill", "takeover"),
        ("skill", ""),
        ("owner", ANA.person),
        ("owner", ""),
        ("debtor", "reviewer"),
        ("queue", "nobody"),
    ):
        search = {name: value}
        wanted = [one for one in listed if _has(one, name, value)]
        assert list(book.worklist(**search).items) == wanted  # type: ignore[arg-type]
    both = [one for one in listed if one.queue == "security" and one.owner == ANA.person]
    assert list(book.worklist(queue="security", owner=ANA.person).items) == both != []


def _has(one: WorkItem, name: str, value: str) -> bool:
    if name == "debtor":
        return value in one.debtors
    return (getattr(one, name) or "") == value


# --- strange histories ---------------------------------------------------------------------------


@LAW
@given(st.lists(made.events(), min_size=1, max_size=30))
def test_no_history_is_too_strange_for_a_row(events: list[CaseEvent]) -> None:
    """Whatever was recorded, in whatever order, there is a row or none, and no error."""
    found = work_item(read(*events))
    assert found is None or found.priority >= 1
