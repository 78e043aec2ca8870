"""What a case waits for, what ends the wait, and who covers it: tables that anybody can read."""

from typing import Any, Final

import pytest

from freezecase.core import events as e
from freezecase.core.appeals import AppealLevel
from freezecase.core.checked import replace
from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.evolve import evolve, fold, unopened
from freezecase.core.needs import why_not
from freezecase.core.obligations import Obligation, key_of
from freezecase.core.pending import PENDING, Pending, covered_by, covering, pending, uncovered
from freezecase.core.state import CaseState
from freezecase.core.values import Verification
from tests.core.lifecycle.table import rows
from tests.core.samples import BY, CASE, DEMAND, DUTY, EVENTS, NARROW, ROB, WHY

PAST: Final[dict[str, CaseEvent]] = {
    **{kind_of(event): event for event in EVENTS.values()},
    "identity-requested": e.ChecksRequested(checks=(Verification(kind="identity"),), by=BY),
    "check-failed-for-good": e.CheckFailed(
        check="device", by=BY, reason=WHY, appeal_to=AppealLevel.INTERNAL_REVIEW
    ),
    "other-notice-withheld": replace(EVENTS[e.NoticeWithheld], notice="update"),
    "appeal-filed-outside": replace(EVENTS[e.AppealFiled], level=AppealLevel.EXTERNAL_BODY),
    "release-ordered-in-part": e.ReleaseOrdered(by=ROB.person, leaving=NARROW),
}
BEGINNINGS: Final = {"bound": "freeze-imposed enforcement-confirmed notice-sent"}
"""A freeze that binds, and the customer knows."""


def after(history: str) -> CaseState:
    """Return the case after a history told in words, each of which was legal."""
    first, _, rest = history.partition(" ")
    state = unopened(CASE)
    for word in (BEGINNINGS.get(first, first) + " " + rest).split():
        assert why_not(state, PAST[word]) is None, word
        state = evolve(state, PAST[word])
    return state


def _waits(state: CaseState) -> set[tuple[str, str]]:
    return {(wait.what, wait.subject) for wait in pending(state)}


WAITING = """
# what happened                                           | what the case waits for
                                                          |
freeze-imposed                                            | enforcement notice:freeze-imposed review
freeze-imposed enforcement-confirmed                      | notice:freeze-imposed review
freeze-imposed enforcement-confirmed enforcement-failed   | enforcement notice:freeze-imposed review
freeze-imposed notice-sent                                | enforcement review
freeze-imposed notice-withheld                            | enforcement withheld-notice:freeze-imposed review
freeze-imposed notice-withheld notice-sent                | enforcement review
freeze-imposed release-ordered                            | lifting notice:freeze-imposed  # still frozen
freeze-imposed release-ordered release-enforced           | closing
freeze-imposed account-offboarded                         | enforcement notice:freeze-imposed closing
bound                                                     | review
bound other-notice-withheld                               | withheld-notice:update review
bound scope-narrowed                                      | enforcement review
bound freeze-upheld                                       | renewal
bound freeze-upheld freeze-renewed                        | renewal  # in thirty days again
bound freeze-upheld scope-widened                         | enforcement review
bound release-proposed                                    | approval
bound freeze-upheld release-proposed                      | approval
bound release-proposed release-approved                   | approval  # until it is ordered
bound release-proposed release-refused                    | review
bound release-proposed legal-hold-placed                  | review
bound release-ordered                                     | lifting
bound release-ordered legal-hold-placed                   | enforcement review  # it may have been lifted
bound release-ordered-in-part scope-narrowed              | enforcement review
bound release-ordered release-enforced                    | closing
bound appeal-filed                                        | acknowledgement appeal-decision
bound appeal-filed appeal-acknowledged                    | appeal-decision
bound appeal-filed release-proposed                       | acknowledgement appeal-decision approval
bound appeal-filed external-review-opened                 | appeal-decision
bound appeal-filed appeal-upheld                          | lifting
bound appeal-filed appeal-rejected                        | renewal
bound appeal-filed appeal-withdrawn                       | review
bound external-review-opened external-review-decided      | review
bound checks-requested                                    | review evidence:device
bound checks-requested identity-requested                 | review evidence:device evidence:identity
bound checks-requested evidence-submitted                 | review check-review:device
bound checks-requested check-passed                       | review
bound checks-requested check-passed check-expired         | review evidence:device
bound checks-requested check-failed                       | review evidence:device
bound checks-requested check-failed-for-good              | review
bound checks-requested check-waived                       | review
bound checks-requested release-ordered                    | lifting  # nothing that is shown matters any more
bound checks-requested evidence-submitted funds-forfeited | closing
bound checks-requested release-ordered legal-hold-placed  | enforcement review evidence:device  # and again it does
bound contact-received                                    | review reply
bound contact-received reply-sent                         | review
bound human-requested                                     | review human
bound human-requested human-joined                        | review
bound case-transferred                                    | review hand-over
bound case-transferred hand-over-accepted                 | review
bound funds-forfeited                                     | closing
bound account-offboarded                                  | closing
bound account-offboarded release-proposed                 | approval
bound account-offboarded release-ordered                  | lifting
bound account-offboarded appeal-filed                     | acknowledgement appeal-decision
bound account-offboarded case-closed                      |
freeze-imposed notice-withheld funds-forfeited case-closed |
bound account-offboarded case-transferred case-closed     |
bound account-offboarded case-closed contact-received     | reply  # whoever writes is answered
bound account-offboarded case-closed human-requested      | human
bound account-offboarded case-closed case-reopened        | enforcement closing  # it restricts again
"""  # noqa: E501 - a row is a rule
STANDING: Final = [tuple(row) for row in rows(WAITING)]


@pytest.mark.parametrize(("history", "waits"), STANDING)
def test_what_a_case_waits_for(history: str, waits: str) -> None:
    """Each row is a history and everything that is waited for after it."""
    said = [tuple(wait.partition(":")[::2]) for wait in waits.split()]
    found = [(wait.what, wait.subject) for wait in pending(after(history))]
    assert sorted(said) == sorted(found)


ENDING = """
# what            | where it is waited for                            | what ends it                                                      | after which it begins anew
enforcement       | freeze-imposed                                    | enforcement-confirmed release-ordered                             |
enforcement       | freeze-imposed appeal-filed                       | appeal-upheld                                                     |
enforcement       | freeze-imposed account-offboarded                 | case-closed                                                       |
lifting           | bound release-ordered                             | release-enforced legal-hold-placed                                |
lifting           | bound release-ordered-in-part                     | scope-narrowed                                                    |
notice            | freeze-imposed                                    | notice-sent notice-withheld                                       |
notice            | freeze-imposed release-ordered                    | release-enforced                                                  |
notice            | freeze-imposed account-offboarded                 | case-closed                                                       |
withheld-notice   | freeze-imposed notice-withheld                    | notice-sent                                                       | notice-withheld
withheld-notice   | freeze-imposed notice-withheld account-offboarded | case-closed                                                       |
review            | bound                                             | freeze-upheld release-proposed release-ordered                    |
review            | bound                                             | funds-forfeited account-offboarded                                |
review            | bound                                             | appeal-filed external-review-opened                               |
renewal           | bound freeze-upheld                               | release-proposed release-ordered scope-widened                    | freeze-renewed freeze-upheld
renewal           | bound freeze-upheld                               | funds-forfeited account-offboarded                                |
renewal           | bound freeze-upheld                               | appeal-filed external-review-opened                               |
approval          | bound release-proposed                            | release-refused release-ordered legal-hold-placed                 | release-approved
approval          | bound release-proposed                            | scope-narrowed scope-widened                                      |
approval          | bound appeal-filed release-proposed               | appeal-upheld                                                     |
approval          | bound account-offboarded release-proposed         | case-closed                                                       |
acknowledgement   | bound appeal-filed                                | appeal-acknowledged appeal-upheld appeal-rejected                 |
acknowledgement   | bound appeal-filed                                | appeal-withdrawn external-review-opened release-ordered           |
acknowledgement   | bound appeal-filed-outside                        | external-review-decided                                           |
appeal-decision   | bound appeal-filed                                | appeal-upheld appeal-rejected appeal-withdrawn release-ordered    | external-review-opened
appeal-decision   | bound external-review-opened                      | external-review-decided                                           |
evidence          | bound checks-requested                            | evidence-submitted check-passed check-waived                      | check-failed
evidence          | bound checks-requested                            | release-ordered funds-forfeited account-offboarded                |
evidence          | bound checks-requested                            | check-failed-for-good                                             |
evidence          | bound appeal-filed checks-requested               | appeal-upheld                                                     |
check-review      | bound checks-requested evidence-submitted         | check-passed check-failed check-waived check-expired              |
check-review      | bound checks-requested evidence-submitted         | release-ordered funds-forfeited account-offboarded                |
check-review      | bound appeal-filed checks-requested evidence-submitted | appeal-upheld                                                |
reply             | bound contact-received                            | reply-sent                                                        |
human             | bound human-requested                             | human-joined                                                      |
hand-over         | bound case-transferred                            | hand-over-accepted case-assigned                                  | case-transferred
hand-over         | bound account-offboarded case-transferred         | case-closed                                                       |
closing           | bound account-offboarded                          | case-closed release-proposed release-ordered                      |
closing           | bound account-offboarded                          | appeal-filed external-review-opened                               |
"""  # noqa: E501 - a row is a rule
ENDS: Final = [tuple(row) for row in rows(ENDING)]


@pytest.mark.parametrize(("what", "history", "over", "anew"), ENDS)
def test_what_ends_a_wait(what: str, history: str, over: str, anew: str) -> None:
    """Each row is a wait, and what ends it: for good, or so that it begins anew."""
    state = after(history)
    (wait,) = (wait for wait in pending(state) if wait.what == what)
    for word in (*over.split(), *anew.split()):
        event = PAST[word]
        assert kind_of(event) in wait.ends
        assert why_not(state, event) is None
        still = (wait.what, wait.subject) in _waits(evolve(state, event))
        assert (word in anew.split()) is still, word


@pytest.mark.parametrize("row", PENDING, ids=lambda row: row.what)
def test_every_kind_that_is_named_ends_the_wait_somewhere(row: Any) -> None:
    """And every row of the table is told, so that none is dead."""
    told = {
        kind_of(PAST[word])
        for what, _, over, anew in ENDS
        if what == row.what
        for word in (*over.split(), *anew.split())
    }
    assert row.ends == told


EVERYWHERE: Final = sorted({history for history, _ in STANDING} | {row[1] for row in ENDS})


@pytest.mark.parametrize("history", EVERYWHERE)
def test_whatever_ends_a_wait_is_named_in_its_row(history: str) -> None:
    """Or somebody would owe for ever what nobody waits for any more."""
    state = after(history)
    for event in PAST.values():
        if why_not(state, event) is None:
            left = _waits(evolve(state, event))
            ended = [wait for wait in pending(state) if (wait.what, wait.subject) not in left]
            assert [wait.what for wait in ended if kind_of(event) not in wait.ends] == [], event


# --- who covers it -------------------------------------------------------------------------------


def _owed(kind: str, about: str = "", met_by: str = "", *, right: bool = False) -> Obligation:
    demand = replace(DEMAND, kind=kind, met_by=tuple(met_by.split()), right=right)
    return replace(DUTY, demand=demand, subject=about)


def _owing(state: CaseState, *owed: Obligation) -> CaseState:
    return fold([e.ObligationOpened(obligation=one) for one in owed], state)


COVER = """
# owed            | about    | met by                              | covers the evidence for `device`
evidence          | device   | evidence-submitted                  | yes
evidence          |          | evidence-submitted                  | yes  # of every check
evidence          | device   | check-passed check-failed           | yes  # each of them ends the wait
look-after-it     |          | check-waived                        | yes  # whatever it is called
evidence          | identity | evidence-submitted                  | no  # of another check
evidence          | device   |                                     | no  # nothing would ever meet it
evidence          | device   | evidence-submitted reply-sent       | no  # a reply ends the duty, and not the wait
update            |          | human-joined notice-sent reply-sent | no  # nobody gets anywhere by being told so
right to evidence | device   | evidence-submitted                  | no  # a right is nobody's duty
"""  # noqa: E501 - a row is a rule
ASKED: Final = after("bound checks-requested")
DEVICE: Final = next(wait for wait in pending(ASKED) if wait.what == "evidence")


@pytest.mark.parametrize(("kind", "about", "met_by", "covers"), [tuple(r) for r in rows(COVER)])
def test_which_duty_covers_a_wait(kind: str, about: str, met_by: str, covers: str) -> None:
    """Each row is an obligation, and whether somebody thereby owes the end of the wait."""
    right = kind.startswith("right to ")
    owed = _owed(kind.removeprefix("right to "), about, met_by, right=right)
    expected = owed if covers == "yes" else None
    assert expected == covered_by({key_of(owed): owed}, DEVICE)
    state = _owing(ASKED, owed)
    assert expected == covering(state, DEVICE)
    assert (DEVICE in uncovered(state)) is (covers == "no")


@pytest.mark.parametrize("history", EVERYWHERE)
def test_the_clock_of_the_next_update_covers_nothing(history: str) -> None:
    """It would be met again and again while nobody decides anything."""
    state = _owing(after(history), _owed("update", "", "human-joined notice-sent reply-sent"))
    assert list(pending(state)) == list(uncovered(state))


@pytest.mark.parametrize("history", EVERYWHERE)
def test_a_right_covers_nothing(history: str) -> None:
    """That the customer may act does not mean that anybody must."""
    state = after(history)
    rights = (_owed(w.what, w.subject, " ".join(w.ends), right=True) for w in pending(state))
    assert list(pending(state)) == list(uncovered(_owing(state, *rights)))


@pytest.mark.parametrize("history", EVERYWHERE)
def test_the_duty_of_its_own_name_covers_a_wait(history: str) -> None:
    """Whatever else would do too: the one that says so is the one that is found."""
    state = after(history)
    waits = list(pending(state))
    other = (_owed("other-" + wait.what, wait.subject, min(wait.ends)) for wait in waits)
    named = {wait: _owed(wait.what, wait.subject, " ".join(wait.ends)) for wait in waits}
    state = _owing(state, *other, *named.values())
    assert named == {wait: covering(state, wait) for wait in waits}
    assert list(uncovered(state)) == []


def test_one_duty_about_the_whole_covers_every_check() -> None:
    """And one about a check only that one."""
    state = after("bound checks-requested identity-requested")
    evidence = [wait for wait in pending(state) if wait.what == "evidence"]
    one, both = (_owed("evidence", about, "evidence-submitted") for about in ("device", ""))
    assert [one, None] == [covering(_owing(state, one), wait) for wait in evidence]
    assert [both, both] == [covering(_owing(state, both), wait) for wait in evidence]


def test_a_duty_of_that_name_that_covers_nothing_leaves_room_for_another() -> None:
    """What nothing meets does not stand in the way of what something meets."""
    idle, other = _owed("reply"), _owed("answer", "", "reply-sent")
    wait = Pending("reply", "", frozenset({"reply-sent"}))
    assert other == covered_by({key_of(one): one for one in (idle, other)}, wait)
