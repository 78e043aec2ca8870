"""How events and obligations meet: what each event is about, and what it settles."""

from typing import Any

import attrs
import pytest

from freezecase.core import events as e
from freezecase.core.checked import replace
from freezecase.core.events import STORED_AS, CaseEvent, kind_of
from freezecase.core.evolve import fold, unopened
from freezecase.core.obligations import Then
from freezecase.core.owing import SUBJECTS, meets, subjects_of
from freezecase.core.pending import PENDING
from freezecase.core.values import Verification
from tests.core.lifecycle.table import rows
from tests.core.samples import BY, CASE, DEMAND, DUTY, EVENTS

ABOUT = """
# what happened      | what it is about
checks-requested     | device
evidence-submitted   | device
check-passed         | device
check-failed         | device
check-waived         | device
check-expired        | device
notice-sent          | freeze-imposed
delivery-confirmed   | freeze-imposed
delivery-failed      | freeze-imposed
notice-withheld      | freeze-imposed
promise-made         | call-back
promise-kept         | call-back
promise-broken       | call-back
promise-superseded   | call-back
legal-hold-placed    | order-7
legal-hold-lifted    | order-7
"""
TOLD = dict(rows(ABOUT))


@pytest.mark.parametrize("kind", STORED_AS, ids=kind_of)
def test_what_an_event_is_about(kind: type[CaseEvent]) -> None:
    """A check, a notice, a promise or a hold; everything else is about the case as a whole."""
    said = TOLD.get(kind_of(kind))
    assert (set() if said is None else {said}) == subjects_of(EVENTS[kind])


def test_a_request_is_about_every_check_that_it_names() -> None:
    """And one that names none is about none."""
    both = tuple(Verification(kind=kind) for kind in ("device", "identity"))
    assert {"device", "identity"} == subjects_of(e.ChecksRequested(checks=both, by=BY))
    assert set() == subjects_of(e.ChecksRequested(checks=(), by=BY))


def test_every_event_that_names_a_part_of_the_case_says_so() -> None:
    """A kind that is left out of the table would meet the duties about every other part too."""
    parts = {"check", "checks", "hold", "notice", "promise"}
    naming = {kind for kind in STORED_AS if parts & {field.name for field in _fields(kind)}}
    assert set(SUBJECTS) == naming


def _fields(kind: Any) -> Any:
    return attrs.fields(kind)


MEETS = """
# owed about | met by                             | what happened      | is it met
             | reply-sent                         | reply-sent         | yes
             | reply-sent                         | contact-received   | no   # another kind
             | human-joined reply-sent            | human-joined       | yes  # any of the kinds
             |                                    | reply-sent         | no   # nothing meets it
device       | check-passed                       | check-passed       | yes
identity     | check-passed                       | check-passed       | no   # another check
             | check-passed                       | check-passed       | yes  # whichever check
device       | check-passed                       | check-waived       | no
device       | checks-requested                   | checks-requested   | yes
identity     | checks-requested                   | checks-requested   | no
device       | check-passed release-ordered       | release-ordered    | yes  # about the whole, so about this too
identity     | check-passed release-ordered       | release-ordered    | yes
freeze-imposed | notice-sent                      | notice-sent        | yes
update       | notice-sent                        | notice-sent        | no   # another notice
letter       | promise-kept                       | promise-kept       | no   # another promise
order-7      | legal-hold-lifted                  | legal-hold-lifted  | yes
order-8      | legal-hold-lifted                  | legal-hold-lifted  | no
anything     | reply-sent                         | reply-sent         | yes  # a reply is about everything
"""  # noqa: E501 - a row is a rule
PAST = {kind_of(event): event for event in EVENTS.values()}


@pytest.mark.parametrize(("about", "met_by", "happened", "met"), [tuple(r) for r in rows(MEETS)])
def test_what_meets_an_obligation(about: str, met_by: str, happened: str, met: str) -> None:
    """Each row is something owed, something that happened, and whether it is what was owed."""
    demand = replace(DEMAND, met_by=tuple(met_by.split()))
    owed = replace(DUTY, demand=demand, subject=about)
    assert (met == "yes") is meets(PAST[happened], owed)


@pytest.mark.parametrize("row", PENDING, ids=lambda row: row.what)
def test_what_ends_a_wait_meets_the_duty_to_end_it(row: Any) -> None:
    """Of whatever it is, as long as the event is about the same."""
    for kind in row.ends:
        event = PAST[kind]
        for subject in (*subjects_of(event), ""):
            demand = replace(DEMAND, kind=row.what, met_by=tuple(sorted(row.ends)))
            assert meets(event, replace(DUTY, demand=demand, subject=subject))


def test_of_several_rights_that_lapse_each_is_remembered() -> None:
    """One does not take the place of another."""
    right = replace(DEMAND, right=True, then=Then.LAPSE)
    rights = [replace(DUTY, demand=right, subject=subject) for subject in ("one", "two")]
    opened = [e.ObligationOpened(obligation=one) for one in rights]
    missed = [e.ObligationMissed(obligation=right.kind, subject=one.subject) for one in rights]
    after = fold([*opened, *missed], unopened(CASE))
    assert after.lapsed == {(right.kind, "one"), (right.kind, "two")}
