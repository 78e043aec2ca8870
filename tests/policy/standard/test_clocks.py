"""
What is owed, by whom, by when, and what happens when nobody moves: the whole ladder, on schedule.

    clock | the case | what lets somebody owe it | what ends it
      who owes it | until when

Everything happens on Monday 5 January 2026 at nine in the morning, UTC. A day ends at midnight.
The last one who owes, owes again and again: the last line says until when the second time.
"""

from collections.abc import Iterator

import attrs
import pytest

from freezecase.core.obligations import Demand, Obligation, Then
from freezecase.core.pending import PENDING, pending
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from freezecase.testing import SOME_DAY, Given
from tests.policy.standard.book import MINUTE, PEOPLE, Row, ask, command, instant, rows

WAITS = """
enforcement-clock       | new                 | engine impose-freeze      | engine confirm-enforcement; otto order-release
  exchange              | Mon  5 Jan 2026 09:10
  lead                  | Mon  5 Jan 2026 10:10
  accountable           | Mon  5 Jan 2026 14:10
  accountable           | Mon  5 Jan 2026 18:10

lifting-clock           | proposed            | rob approve-release       | engine confirm-release; court place-legal-hold
  exchange              | Mon  5 Jan 2026 10:00
  lead                  | Mon  5 Jan 2026 14:00
  accountable           | Tue  6 Jan 2026 14:00
  accountable           | Wed  7 Jan 2026 14:00

notice-clock            | new                 | engine impose-freeze      | engine send-notice; ana withhold-notice review_at=7
  exchange              | Tue  6 Jan 2026 09:00
  lead                  | Wed  7 Jan 2026 09:00
  accountable           | Thu  8 Jan 2026 09:00
  accountable           | Fri  9 Jan 2026 09:00

withheld-notice-clock   | suspected           | ana withhold-notice review_at=7 | ana send-notice; ana withhold-notice review_at=14
  compliance            | Mon 12 Jan 2026 09:00      # as it was said
  accountable           | Mon 19 Jan 2026 end of day
  accountable           | Tue 27 Jan 2026 end of day

review-clock            | new                 | engine impose-freeze      | rob uphold-freeze; ana propose-release; owner file-appeal
  reviewer              | Tue  6 Jan 2026 09:00
  lead                  | Wed  7 Jan 2026 09:00
  accountable           | Thu  8 Jan 2026 09:00
  accountable           | Fri  9 Jan 2026 09:00

renewal-clock           | frozen              | rob uphold-freeze         | rob renew-freeze until=30; ana propose-release; owner file-appeal
  @owner                | Wed  4 Feb 2026 end of day
  lead                  | Thu 12 Feb 2026 end of day
  accountable           | Fri 20 Feb 2026 end of day
  accountable           | Fri 27 Feb 2026 end of day

renewal-clock           | frozen until in 30 days | rob uphold-freeze     | rob renew-freeze until=60
  @owner                | Wed  4 Feb 2026 09:00      # as it was said
  lead                  | Wed 11 Feb 2026 end of day

approval-clock          | frozen              | ana propose-release       | rob approve-release; rob refuse-release; court place-legal-hold; ana widen-scope; court narrow-scope
  approver              | Tue  6 Jan 2026 09:00
  lead                  | Wed  7 Jan 2026 09:00
  accountable           | Thu  8 Jan 2026 09:00
  accountable           | Fri  9 Jan 2026 09:00

approval-clock          | appealed            | ana propose-release       | rob uphold-appeal; otto order-release
  approver              | Tue  6 Jan 2026 09:00

approval-clock          | offboarded          | ana propose-release       | lea close-case
  approver              | Tue  6 Jan 2026 09:00

acknowledgement-clock   | frozen              | owner file-appeal         | rob acknowledge-appeal; rob reject-appeal; owner withdraw-appeal
  exchange              | Tue  6 Jan 2026 end of day
  lead                  | Thu  8 Jan 2026 end of day
  accountable           | Mon 12 Jan 2026 end of day
  accountable           | Wed 14 Jan 2026 end of day

appeal-decision-clock   | frozen              | owner file-appeal         | rob uphold-appeal; rob reject-appeal; owner withdraw-appeal
  reviewer              | Mon 19 Jan 2026 end of day
  lead                  | Tue 27 Jan 2026 end of day
  accountable           | Wed  4 Feb 2026 end of day
  accountable           | Thu 12 Feb 2026 end of day

external-decision-clock | upheld              | court open-external-review | court decide-external-review
  authority             | Sun  5 Apr 2026 end of day
  accountable           | Wed  6 May 2026 end of day
  accountable           | Sat  6 Jun 2026 end of day

evidence-clock          | frozen              | ana request-checks        | owner submit-evidence; ana pass-check; ana waive-check
  customer              | Mon 12 Jan 2026 end of day
  customer              | Tue 20 Jan 2026 end of day  # reminded
  @owner                | Wed 28 Jan 2026 end of day  # who tries to reach them
  then                  | decide-without-evidence
  reviewer              | Thu  5 Feb 2026 end of day
  lead                  | Tue 10 Feb 2026 end of day
  accountable           | Wed 18 Feb 2026 end of day
  accountable           | Thu 26 Feb 2026 end of day

check-review-clock      | asked               | owner submit-evidence     | ana pass-check; ana fail-check; ana waive-check
  @owner                | Tue  6 Jan 2026 end of day
  lead                  | Thu  8 Jan 2026 end of day
  accountable           | Mon 12 Jan 2026 end of day
  accountable           | Wed 14 Jan 2026 end of day

reply-clock             | frozen              | owner record-contact      | ana send-reply; engine send-reply
  @owner                | Tue  6 Jan 2026 end of day
  lead                  | Thu  8 Jan 2026 end of day
  accountable           | Mon 12 Jan 2026 end of day
  accountable           | Wed 14 Jan 2026 end of day

human-clock             | frozen              | owner request-human       | ana join-conversation
  front                 | Mon  5 Jan 2026 09:02
  lead                  | Mon  5 Jan 2026 09:05
  accountable           | Mon  5 Jan 2026 10:05
  accountable           | Mon  5 Jan 2026 11:05

hand-over-clock         | frozen              | ana transfer-case to=rob  | rob accept-hand-over; lea assign-case; ana transfer-case to=lea
  @offered              | Mon  5 Jan 2026 13:00
  lead                  | Mon  5 Jan 2026 17:00
  accountable           | Tue  6 Jan 2026 17:00
  accountable           | Wed  7 Jan 2026 17:00

hand-over-clock         | offboarded          | ana transfer-case to=rob  | lea close-case
  @offered              | Mon  5 Jan 2026 13:00

closing-clock           | ordered             | engine confirm-release    | ana close-case; owner file-appeal
  @owner                | Wed  4 Feb 2026 end of day
  lead                  | Thu 12 Feb 2026 end of day
  accountable           | Fri 20 Feb 2026 end of day
  accountable           | Fri 27 Feb 2026 end of day

closing-clock           | frozen              | otto offboard-account     | ana close-case; ana propose-release
  @owner                | Wed  4 Feb 2026 end of day
"""  # noqa: E501 - a line is a clock

OTHERS = """
appeal-window-clock     | new                 | engine impose-freeze      |
  customer              | Sun  5 Jul 2026 end of day
  nobody                | then the right has lapsed

update-clock            | new                 | engine impose-freeze      | ana send-reply; engine send-notice; rob join-conversation
  @owner                | Mon 12 Jan 2026 end of day
  lead                  | Thu 15 Jan 2026 end of day
  accountable           | Fri 23 Jan 2026 end of day
  accountable           | Fri 30 Jan 2026 end of day

hold-review-clock       | frozen              | court place-legal-hold    | court lift-legal-hold
  compliance            | Sun  5 Apr 2026 end of day
  accountable           | Wed  6 May 2026 end of day
  accountable           | Sat  6 Jun 2026 end of day

hold-review-clock       | held                | rob meet-obligation obligation=hold-review subject=order-7 | court lift-legal-hold
  compliance            | Sun  5 Apr 2026 end of day  # looked at, and in ninety days again

second-signature-clock  | frozen              | otto order-release        | eve meet-obligation obligation=second-signature
  officer               | Tue  6 Jan 2026 09:00
  accountable           | Wed  7 Jan 2026 09:00
  accountable           | Thu  8 Jan 2026 09:00

broken-promise-clock    | promised            | engine let-time-pass      | ana send-reply; rob join-conversation
  lead                  | Tue  6 Jan 2026 end of day
  accountable           | Thu  8 Jan 2026 end of day
  accountable           | Mon 12 Jan 2026 end of day

escalation-clock        | frozen              | ana escalate              | lea assign-case
  lead                  | Tue  6 Jan 2026 end of day
  accountable           | Thu  8 Jan 2026 end of day
  accountable           | Mon 12 Jan 2026 end of day

run-around-clock        | handed on twice     | ana transfer-case to=lea  | lea accept-hand-over; lea assign-case
  lead                  | Tue  6 Jan 2026 end of day
  accountable           | Thu  8 Jan 2026 end of day
  accountable           | Mon 12 Jan 2026 end of day

bot-clock               | answered twice by a bot | engine send-reply     | rob join-conversation
  front                 | Mon  5 Jan 2026 09:02
  lead                  | Mon  5 Jan 2026 09:05
  accountable           | Mon  5 Jan 2026 10:05
  accountable           | Mon  5 Jan 2026 11:05

conduct-clock           | looked after        | owner record-contact topics=conduct | lea meet-obligation obligation=conduct
  lead                  | Tue  6 Jan 2026 end of day
  accountable           | Thu  8 Jan 2026 end of day
  accountable           | Mon 12 Jan 2026 end of day

undelivered-clock       | told of it          | lab report-delivery-failure notice=update | engine send-notice notice=update channel=letter; lab confirm-delivery notice=update
  exchange              | Mon  5 Jan 2026 13:00
  lead                  | Tue  6 Jan 2026 13:00
  accountable           | Wed  7 Jan 2026 13:00
  accountable           | Thu  8 Jan 2026 13:00

impostor-clock          | frozen              | owner check-contact-code genuine=no | lea meet-obligation obligation=impostor subject=phone
  lead                  | Mon  5 Jan 2026 10:00
  accountable           | Mon  5 Jan 2026 14:00
  accountable           | Mon  5 Jan 2026 18:00

capacity-clock          | frozen              | engine report-assignment-failure | lea assign-case
  lead                  | Mon  5 Jan 2026 10:00
  accountable           | Mon  5 Jan 2026 14:00
  accountable           | Mon  5 Jan 2026 18:00

post-release-clock      | ordered             | engine confirm-release    | ana meet-obligation obligation=post-release-watch; ana close-case
  @owner                | Mon 19 Jan 2026 end of day
  accountable           | Tue 27 Jan 2026 end of day
  accountable           | Wed  4 Feb 2026 end of day
"""  # noqa: E501 - a line is a clock

NOTHING_OWED = """
# clock                 | the case            | what lets nobody owe it
appeal-window-clock     | shown               | ana fail-check                    # to be tried again
update-clock            | released            | ana send-reply                    # the account is free
update-clock            | free and gone       | ana send-reply
hold-review-clock       | held                | court lift-legal-hold
hold-review-clock       | held, and nobody looks | ana meet-obligation obligation=reply subject=order-7
second-signature-clock  | proposed            | rob approve-release               # two people
second-signature-clock  | frozen              | court order-release               # a court needs nobody
run-around-clock        | offered             | ana transfer-case to=lea          # the second time
external-decision-clock | frozen              | owner file-appeal
bot-clock               | written to us       | engine send-reply                 # the first answer
bot-clock               | answered twice by a bot | ana send-reply                # a person
conduct-clock           | frozen              | owner record-contact topics=codes
impostor-clock          | frozen              | owner check-contact-code genuine=yes
undelivered-clock       | told                | lab report-delivery-failure       # the case itself waits for that one
appeal-decision-clock   | upheld              | court open-external-review
"""  # noqa: E501 - a line is a clock


@attrs.frozen
class Schedule:
    """A clock of the book: how it begins, what ends it, and who owes until when."""

    clock: str
    case: str
    begins: str
    ends: tuple[str, ...]
    ladder: tuple[Row, ...]


def schedules(book: str) -> Iterator[Schedule]:
    """Return the clocks of a book."""
    for block in book.strip().split("\n\n"):
        (clock, case, begins, ends), *ladder = rows(block)
        yield Schedule(clock, case, begins, tuple(filter(None, ends.split("; "))), tuple(ladder))


def begin(schedule: Schedule, policy: Policy | None = None) -> tuple[Given, Obligation]:
    """Let a clock start; return the story from there on, and what it let somebody owe."""
    who, _, what = schedule.begins.partition(" ")
    asked = ask(schedule.case, who, what, policy=policy)
    asked.allowed()
    opened = [one for one in asked.after.obligations.values() if _is(one, schedule.clock)]
    assert len(opened) == 1, f"{schedule.clock} opened {len(opened)}"
    return Given(asked.after, policy or standard()), opened[0]


def _is(owed: Obligation, clock: str) -> bool:
    return (owed.basis, owed.opened_at) == (clock, SOME_DAY)


def climb(schedule: Schedule, policy: Policy | None = None) -> None:
    """Demand that each rung owes until it should, and that the next one owes from then on."""
    story, first = begin(schedule, policy)
    kind, owed = first.demand.kind, first
    for debtor, until in schedule.ladder:
        if debtor == "then":
            kind, owed = until, _owed(story.state, until, first)
        elif debtor == "nobody":
            assert (kind, first.subject) in story.state.lapsed
        else:
            assert (owed.debtor, owed.due) == (debtor, instant(until)), owed.debtor
            story = story.later(owed.due)
            owed = story.state.obligations.get((kind, first.subject), owed)


def _owed(state: CaseState, kind: str, first: Obligation) -> Obligation:
    owed = state.obligations[kind, first.subject]
    assert owed.basis == first.basis
    return owed


BOOK = [*schedules(WAITS), *schedules(OTHERS)]


@pytest.mark.parametrize("schedule", BOOK, ids=lambda one: f"{one.clock}, {one.case}")
def test_each_duty_climbs_its_ladder_on_schedule(schedule: Schedule) -> None:
    """Nobody moves; and the one who stands for it in the end is asked again and again."""
    climb(schedule)


@pytest.mark.parametrize(
    ("schedule", "ending"), [(schedule, ending) for schedule in BOOK for ending in schedule.ends]
)
def test_each_duty_ends_with_its_deed(schedule: Schedule, ending: str) -> None:
    """By whoever does it, a minute later."""
    story, owed = begin(schedule)
    who, _, what = ending.partition(" ")
    asked = story.when(command(what, story.state), by=PEOPLE[who], at=SOME_DAY + MINUTE)
    asked.allowed()
    assert asked.after.obligations.get((owed.demand.kind, owed.subject)) != owed


PLAIN = standard().without(*(clock.id for clock in standard().clocks))
"""The gates alone: whatever a case waits for is owed plainly."""


@pytest.mark.parametrize(
    ("schedule", "ending"),
    [(schedule, ending) for schedule in schedules(WAITS) for ending in schedule.ends],
)
def test_each_wait_ends_with_its_deed_whoever_owes_it(schedule: Schedule, ending: str) -> None:
    """Even without a clock: what ends a wait is not for a policy to say."""
    [row] = {clock.covers for clock in standard().clocks if clock.id == schedule.clock}
    (beginner, _, begins), (who, _, ends) = (
        said.partition(" ") for said in (schedule.begins, ending)
    )
    begun = ask(schedule.case, beginner, begins, policy=PLAIN).allowed().after
    story = Given(begun, PLAIN)
    asked = story.when(command(ends, begun), by=PEOPLE[who], at=SOME_DAY + MINUTE)
    asked.allowed()
    waits = {(wait.what, wait.subject) for wait in pending(asked.after)}
    duties = {key for key in asked.after.obligations if key[0] == row}
    assert {key for key in begun.obligations if key[0] == row}
    assert duties <= waits


def stay_silent(clock: str, case: str, happens: str) -> None:
    """Demand that a clock lets nobody owe anything then."""
    who, _, what = happens.partition(" ")
    asked = ask(case, who, what)
    asked.allowed()
    assert not [one for one in asked.after.obligations.values() if _is(one, clock)]


@pytest.mark.parametrize(("clock", "case", "happens"), rows(NOTHING_OWED))
def test_clocks_that_are_about_something_else_are_silent(
    clock: str, case: str, happens: str
) -> None:
    """A row each."""
    stay_silent(clock, case, happens)


# --- all of them together ----------------------------------------------------------------------


def test_every_clock_is_in_the_book() -> None:
    """With its whole ladder: as many lines as it has rungs, and what follows."""
    lines: dict[str, int] = {}
    for schedule in BOOK:
        rungs = len([debtor for debtor, _ in schedule.ladder if debtor != "then"])
        lines[schedule.clock] = max(lines.get(schedule.clock, 0), rungs)
    assert lines == {clock.id: _all_rungs(clock.demand) + 1 for clock in standard().clocks}


def _all_rungs(demand: object) -> int:
    if not isinstance(demand, Demand):
        return 0
    return len(demand.ladder) + _all_rungs(demand.then)


def test_every_row_of_what_a_case_waits_for_has_a_clock() -> None:
    """So nothing falls to the law of coverage, which knows no ladder."""
    assert {clock.covers for clock in standard().clocks} - {""} == {row.what for row in PENDING}


def test_every_ladder_ends_with_the_accountable_role_by_the_name_of_the_house() -> None:
    """Somebody is there whoever leaves, for ever; only a right of the customer's lapses."""
    for clock in standard(accountable="head-of-compliance").clocks:
        demand = clock.demand
        while not isinstance(demand.then, Then):
            demand = demand.then
        if demand.right:
            assert (clock.id, demand.then) == ("appeal-window-clock", Then.LAPSE)
        else:
            assert (demand.ladder[-1].debtor, demand.then) == ("head-of-compliance", Then.AGAIN)
            assert not {rung.debtor for rung in demand.ladder[-1:]} & {"@owner", "customer"}


def test_every_clock_says_whose_practice_it_is() -> None:
    """The trade's, never law: law comes in packs."""
    assert all(clock.source.startswith("industry") for clock in standard().clocks)


def test_what_a_case_waits_for_is_owed_until_nobody_needs_it() -> None:
    """A closed case needs answers only; what is shown changes nothing once the outcome is there."""
    settled = {*(Status.RELEASING, Status.RELEASED, Status.FORFEITED, Status.OFFBOARDED)}
    for clock in standard().clocks:
        if clock.covers:
            closed = set() if clock.covers in {"reply", "human"} else {Status.CLOSED}
            also = settled if clock.covers in {"evidence", "check-review"} else set()
            assert closed | also == set(clock.demand.moot_in), clock.id
