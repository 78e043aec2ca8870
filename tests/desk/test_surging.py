"""In surge, promises that cannot be kept get a new time once, and the customer is told."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID

import attrs
import pytest

from freezecase import Actor, Casebook, Channel
from freezecase import commands as do
from freezecase import events as e
from freezecase.app.stores.store import Appended, Row, Store
from freezecase.core.checked import replace
from freezecase.core.commands import Command
from freezecase.core.obligations import Unit, Within
from freezecase.core.state import CaseState
from freezecase.core.values import Stated
from freezecase.desk.surge import Load, Spell, Surge, SurgeRules, Threshold
from freezecase.desk.surging import Applied, Repriced, apply, measured
from freezecase.errors import BadPolicy, InvalidValue
from freezecase.policy.standard import standard
from freezecase.testing.contracts import StoryClock
from tests.app.books import ANA, ENGINE, OWNER, opened
from tests.app.test_casebook_damage import removed
from tests.desk.overrun import DESK, SLOWER, THREE_DAYS, say

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
RULES: Final = SurgeRules(
    enter=Threshold(waiting=40),
    leave=Threshold(waiting=10),
    ahead=timedelta(),
    ladders={"reply-clock": SLOWER},
    promises={"answer": THREE_DAYS, "call-back": Within(count=8, unit=Unit.HOURS)},
)


class Story:
    """A book with a clock set by hand, and a surge that may come."""

    def __init__(self) -> None:
        self.clock = StoryClock()
        self.book = Casebook.open("memory:", clock=self.clock)
        self.surge = Surge()

    def case(self, account: str = OWNER.id, /, **promises: timedelta) -> UUID:
        """A case whose customer was promised something, each so long from now."""
        case = opened(self.book, account).id
        told = [
            Stated(promise=name.replace("_", "-"), due=self.clock.instant + length)
            for name, length in promises.items()
        ]
        notice = do.SendNotice(case, notice="freeze-imposed", channel=Channel.EMAIL, promises=told)
        self.does(ENGINE, notice, do.ConfirmEnforcement(case))
        return case

    def does(self, by: Actor, *commands: Command) -> None:
        """Somebody asks for all of it."""
        for command in commands:
            self.book.execute(command, by=by)

    def load(self, waiting: int, **later: float) -> None:
        """So many wait, so much later."""
        now = self.clock.later(**later)
        self.surge = RULES.step(Load(at=now, waiting=waiting), self.surge)

    def apply(self, said: Callable[[CaseState, Repriced], do.SendNotice] = say) -> Applied:
        """Do what follows."""
        now = self.clock.now()
        done = apply(self.book, standard(), RULES, self.surge, now, by=DESK, say=said)
        self.book = done.book
        return done

    def promises(self, case: UUID) -> dict[str, datetime]:
        """What is promised in a case, by when."""
        return {name: one.due for name, one in self.book.case(case).promises.items()}


@pytest.fixture
def story() -> Story:
    """A book without cases, on a Monday at nine."""
    return Story()


# --- the new time --------------------------------------------------------------------------------


def test_a_promise_that_cannot_be_kept_gets_a_time_that_can_and_the_customer_is_told(
    story: Story,
) -> None:
    """It is superseded, with the reason, by one under another name; a notice says so."""
    case = story.case(answer=DAY)
    was_due = story.promises(case)["answer"]
    story.load(50, hours=1)
    done = story.apply()

    due = story.promises(case)["answer-surge"]
    assert story.promises(case) == {"answer-surge": due}
    assert due == datetime.fromisoformat("2026-01-09T00:00+00:00")  # the end of Thursday
    [new] = done.repriced
    assert (new.promise, new.by_promise, new.was_due, new.due) == (
        "answer",
        "answer-surge",
        was_due,
        due,
    )
    assert new.reason == "`surge-service` since 2026-01-05T10:00:00+00:00"
    assert (done.told, dict(done.failing)) == ((new,), {})
    told = [one.event for one in story.book.history(case) if one.kind == "notice-sent"]
    assert told[-1] == e.NoticeSent(
        notice="promise-superseded",
        channel=Channel.EMAIL,
        text="answer takes until 09 January: `surge-service` since 2026-01-05T10:00:00+00:00",
    )


def test_what_can_be_kept_is_left_alone(story: Story) -> None:
    """A promise that has time enough, or that the rules do not name, stays as it was made."""
    case = story.case(answer=5 * DAY, letter=HOUR * 3)
    before = story.promises(case)
    story.load(50, hours=1)

    assert (story.apply().repriced, story.promises(case)) == ((), before)


def test_a_new_time_is_never_earlier_than_the_old_one(story: Story) -> None:
    """Whatever was promised for whenever, nothing is promised for sooner."""
    cases = [story.case(f"acct-{hours}", answer=hours * HOUR) for hours in range(2, 150, 7)]
    before = {case: story.promises(case) for case in cases}
    story.load(50, hours=1)
    story.apply()

    for case in cases:
        [(_name, due)] = story.promises(case).items()
        assert due >= before[case]["answer"]
    assert {len(story.promises(case).keys() & {"answer"}) for case in cases} == {0, 1}


def test_what_is_late_is_broken_and_not_repriced(story: Story) -> None:
    """A time that has come is no time to ask for more."""
    case = story.case(answer=HOUR)
    story.load(50, hours=1)
    done = story.apply()

    assert (done.repriced, dict(done.failing)) == ((), {})
    story.book.run_due(story.clock.now())
    assert story.book.case(case).broken == {"answer"}


def test_the_words_of_a_broken_promise_are_not_used_again(story: Story) -> None:
    """Where a promise of that name was broken, or is open, the new one takes another."""
    case = story.case(answer=DAY)
    story.does(ANA, do.MakePromise(case, promise="answer-surge", due=story.clock.now() + HOUR))
    other = story.case("acct-2", answer=DAY, answer_surge=5 * DAY)
    story.load(50, hours=2)
    done = story.apply()

    assert {one.by_promise for one in done.repriced} == {"answer-surge-2"}
    assert story.book.case(case).broken == {"answer-surge"}
    assert {*story.promises(other)} == {"answer-surge", "answer-surge-2"}


def test_a_promise_made_in_surge_is_kept_as_it_was_made(story: Story) -> None:
    """Whoever promised it knew what was in force."""
    story.load(50, hours=1)
    story.apply()
    case = story.case(answer=DAY)
    story.clock.later(minutes=5)

    assert (story.apply().repriced, {*story.promises(case)}) == ((), {"answer"})


def test_a_promise_is_repriced_once(story: Story) -> None:
    """Who was told of a new time is not told of another, however long the surge lasts."""
    case = story.case(answer=DAY)
    story.load(50, hours=1)
    story.apply()
    promised = story.promises(case)
    story.load(50, days=2)
    assert story.apply().repriced == ()
    story.load(0, hours=1)
    story.apply()
    story.load(60, hours=1)

    assert (story.apply().repriced, story.promises(case)) == ((), promised)


def test_a_long_name_keeps_within_what_a_name_may_have() -> None:
    """A name of sixty-four letters still gets an ending."""
    name = "a" * 63 + "b"
    rules = attrs.evolve(RULES, promises={name: THREE_DAYS})
    story = Story()
    case = story.case(OWNER.id, **{name: DAY})
    now = story.clock.later(hours=1)
    apply(*(story.book, standard(), rules, Surge((Spell(since=now),)), now), by=DESK, say=say)

    assert {*story.promises(case)} == {"a" * 58 + "-surge"}


# --- what is never touched -----------------------------------------------------------------------


def test_no_duty_that_stands_is_put_off(story: Story) -> None:
    """What was owed stays owed by whom and when it was, by law or by the rules of the house."""
    case = story.case(answer=DAY)
    story.does(OWNER, do.RecordContact(case, channel=Channel.CHAT))
    story.does(OWNER, do.RequestHuman(case, channel=Channel.CHAT))
    before = dict(story.book.case(case).obligations)
    story.load(50, seconds=30)
    story.apply()

    after = story.book.case(case).obligations
    kept = {key: owed for key, owed in after.items() if key in before and key != ("update", "")}
    assert kept == {key: owed for key, owed in before.items() if key != ("update", "")}


def test_rules_that_reprice_what_is_protected_switch_nothing(story: Story) -> None:
    """A promise of a right is refused before any customer hears of it."""
    case = story.case(appeal_window=DAY)
    rules = attrs.evolve(RULES, promises={"appeal-window": THREE_DAYS})
    now = story.clock.later(hours=1)
    with pytest.raises(BadPolicy, match="re-price promise `appeal-window`"):
        apply(*(story.book, standard(), rules, Surge((Spell(since=now),)), now), by=DESK, say=say)

    assert {*story.promises(case)} == {"appeal-window"}


def test_a_person_still_joins_in_two_minutes(story: Story) -> None:
    """Replies have longer in surge; a person who is asked for is owed in two minutes."""
    case = story.case()
    story.load(50, hours=1)
    story.apply()
    story.does(OWNER, do.RecordContact(case, channel=Channel.CHAT))
    story.does(OWNER, do.RequestHuman(case, channel=Channel.CHAT))

    owed = story.book.case(case).obligations
    assert owed["human", ""].due == story.clock.now() + timedelta(minutes=2)
    assert owed["reply", ""].due == datetime.fromisoformat("2026-01-09T00:00+00:00")


# --- switched openly, and back -------------------------------------------------------------------


def policies(story: Story, case: UUID) -> list[str]:
    """The policies behind each turn of a case."""
    rulings = (one.ruling for one in story.book.history(case))
    return [ruling.policy.name for ruling in rulings if ruling is not None]


def test_every_ruling_names_the_edition_that_made_it(story: Story) -> None:
    """Before, in and after a surge it is on record which rules were in force."""
    case = story.case(answer=DAY)
    usual = len(policies(story, case))
    story.load(50, hours=1)
    story.apply()
    in_surge = len(policies(story, case))
    story.load(0, hours=2)
    story.apply()
    story.does(ANA, do.SendReply(case, channel=Channel.CHAT))

    assert policies(story, case) == [
        *["standard"] * usual,
        *["standard-surge"] * (in_surge - usual),
        "standard",
    ]
    assert in_surge == usual + 2


def test_when_it_is_over_no_promise_is_made_worse_again(story: Story) -> None:
    """The new time stands, and what was promised meanwhile stands."""
    case = story.case(answer=DAY)
    story.load(50, hours=1)
    story.apply()
    other = story.case("acct-2", answer=DAY)
    promised = story.promises(case), story.promises(other)
    story.load(0, hours=2)
    done = story.apply()

    assert (done.repriced, done.told) == ((), ())
    assert (story.promises(case), story.promises(other)) == promised


def test_run_again_it_changes_nothing(story: Story) -> None:
    """Nothing is re-priced twice, and nobody is told twice, also at another time."""
    story.case(answer=DAY)
    story.case("acct-2", answer=DAY, call_back=2 * HOUR)
    story.load(50, hours=1)
    assert len(story.apply().repriced) == 3
    size = story.book.store.size()
    story.clock.later(minutes=10)

    again = story.apply()
    assert (again.repriced, again.told, story.book.store.size()) == ((), (), size)


def test_what_is_known_ahead_takes_effect_ahead_for_nobody(story: Story) -> None:
    """Until its time comes a switch is judged by the usual rules, and from then on by its own."""
    rules = attrs.evolve(RULES, ahead=timedelta(minutes=5))
    case = story.case(answer=DAY)
    now = story.clock.later(hours=1)
    surge = rules.step(Load(at=now, waiting=50), Surge())
    story.book = apply(story.book, standard(), rules, surge, now, by=DESK, say=say).book
    assert {*story.promises(case)} == {"answer-surge"}
    for minutes in (4, 1):
        story.clock.later(minutes=minutes)
        story.does(ANA, do.SendReply(case, channel=Channel.CHAT))

    assert policies(story, case)[-2:] == ["standard", "standard-surge"]


# --- what goes wrong -----------------------------------------------------------------------------


class Crash(BaseException):
    """The program ends."""


@attrs.define
class Ending:
    """A store that ends the program before or after the last of so many appends."""

    store: Store
    left: int
    after: bool

    def append(self, rows: Sequence[Row], **more: Any) -> Appended:
        """Store it, or end."""
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Crash
        put = self.store.append(rows, **more)
        if self.left == 0:
            raise Crash
        return put

    def __getattr__(self, name: str) -> Any:
        """Do everything else as the store does."""
        return getattr(self.store, name)


def in_the_end(story: Story) -> list[list[Any]]:
    """What happened in each case, whenever it was."""
    return [
        [one.event for one in story.book.history(case.id) if one.kind in STORY]
        for case in story.book.cases()
    ]


STORY: Final = ("promise-superseded", "notice-sent")


def crashed(left: int, *, after: bool) -> Story:
    """A story in which the program ends once, and then goes on."""
    story = Story()
    story.case(answer=DAY)
    story.case("acct-2", answer=DAY, call_back=2 * HOUR)
    story.load(50, hours=1)
    healthy = story.book
    story.book = attrs.evolve(healthy, store=cast("Store", Ending(healthy.store, left, after)))
    with pytest.raises(Crash):
        story.apply()
    story.book = healthy
    story.clock.later(minutes=3)
    story.apply()
    return story


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("left", range(1, 7))
def test_after_a_crash_it_goes_on_where_it_was(left: int, *, after: bool) -> None:
    """Wherever it ended, each promise is superseded once and each customer told once."""
    ends = in_the_end(crashed(left, after=after))

    kinds = [[type(one).__name__ for one in case] for case in ends]
    assert [case.count("PromiseSuperseded") for case in kinds] == [1, 2]
    assert [case.count("NoticeSent") for case in kinds] == [2, 3]


def test_who_was_not_told_before_the_surge_was_over_is_told_after_it() -> None:
    """A new time that nobody knows of helps nobody."""
    story = Story()
    case = story.case(answer=DAY)
    story.load(50, hours=1)
    healthy = story.book
    story.book = attrs.evolve(healthy, store=cast("Store", Ending(healthy.store, 1, after=True)))
    with pytest.raises(Crash):
        story.apply()
    story.book = healthy
    assert {*story.promises(case)} == {"answer-surge"}
    story.load(0, hours=1)

    assert [one.case for one in story.apply().told] == [case]
    assert policies(story, case)[-2:] == ["standard-surge", "standard"]


def test_what_did_not_arrive_is_told_another_way(story: Story) -> None:
    """A ruling that says no to a channel is named, and the next run may take another."""
    case = story.case(answer=DAY)
    lost = do.SendNotice(case, notice="promise-superseded", channel=Channel.EMAIL)
    failure = do.ReportDeliveryFailure(case, notice="promise-superseded", channel=Channel.EMAIL)
    story.does(ENGINE, lost, failure)
    story.load(50, hours=1)
    first = story.apply()
    assert (len(first.repriced), first.told, {*first.failing}) == (1, (), {case})

    by_letter = story.apply(lambda case, new: replace(say(case, new), channel=Channel.LETTER))
    assert [one.case for one in by_letter.told] == [case]
    assert story.apply().told == ()


def test_a_case_that_cannot_be_read_keeps_nobody_from_the_others(
    story: Story, tmp_path: Path
) -> None:
    """It is named, and the customers of the others are told."""
    story.book = Casebook.open(f"sqlite:///{tmp_path}/cases.db", clock=story.clock)
    lost, other = story.case(answer=DAY), story.case("acct-2", answer=DAY)
    story.book.catch_up()
    removed(story.book, lost, 2)
    story.load(50, hours=1)
    done = story.apply()

    assert [one.case for one in done.told] == [other]
    assert "version" in done.failing[lost]
    story.book.close()


def test_a_notice_of_something_else_is_refused(story: Story) -> None:
    """Whoever was promised something hears what became of it, and not something else."""
    story.case(answer=DAY)
    story.load(50, hours=1)
    with pytest.raises(InvalidValue, match="notice `promise-superseded`"):
        story.apply(lambda case, new: replace(say(case, new), notice="hello"))


# --- how it stands -------------------------------------------------------------------------------


def test_the_load_is_who_waits_for_an_answer_or_a_person(story: Story) -> None:
    """It counts customers who wait, and since when the first of them does."""
    waits: Iterator[UUID] = iter([story.case(f"acct-{number}") for number in range(3)])
    story.does(ANA, do.RecordContact(next(waits), channel=Channel.CHAT))
    story.clock.later(minutes=1)
    story.does(ENGINE, do.RequestHuman(next(waits), channel=Channel.CHAT))
    now = story.clock.later(minutes=1)

    assert measured(story.book, now) == Load(at=now, waiting=2, longest=timedelta(minutes=2))
