"""The due list names everything whose time has come, longest first, and nothing else."""

from datetime import datetime, timedelta
from uuid import UUID

from freezecase import Demand, Rung, Unit, Within
from freezecase import events as e
from freezecase.app.reading import Unread
from freezecase.core.checked import replace
from freezecase.core.evolve import fold, unopened
from freezecase.core.state import CaseState
from freezecase.views.due import Due, due
from tests.core.samples import DUTY, EVENTS, NOW

HOUR = timedelta(hours=1)
SOON = Within(count=1, unit=Unit.HOURS)
LADDER = (Rung(debtor="@owner", within=SOON), Rung(debtor="lead", within=SOON))


def owing(number: int, *events: e.CaseEvent) -> CaseState:
    """A case of its own account that owes what *events* say."""
    imposed = replace(EVENTS[e.FreezeImposed], account=f"acct-{number}")
    return fold((imposed, *events), unopened(UUID(int=number)))


def opened(kind: str, at: datetime, subject: str = "", rung: int = 0) -> e.ObligationOpened:
    """Something is owed, by the first or a later rung."""
    demand = Demand(kind=kind, ladder=LADDER, met_by=("reply-sent",))
    obligation = replace(DUTY, demand=demand, subject=subject, rung=rung, opened_at=NOW, due=at)
    return e.ObligationOpened(obligation=obligation)


def promised(name: str, at: datetime) -> e.PromiseMade:
    """Ana promised something."""
    return e.PromiseMade(promise=name, due=at, by="staff:ana")


def test_what_is_due_is_listed_longest_first() -> None:
    """Over all cases, whatever is due by now: obligations and promises alike."""
    one = owing(1, opened("review", NOW - HOUR), promised("call-back", NOW + HOUR))
    two = owing(2, promised("letter", NOW - 2 * HOUR), opened("reply", NOW, "check"))
    listed = due([one, two], NOW)
    assert [(item.due, item.account, item.kind, item.subject) for item in listed] == [
        (NOW - 2 * HOUR, "acct-2", "promise", "letter"),
        (NOW - HOUR, "acct-1", "review", ""),
        (NOW, "acct-2", "reply", "check"),
    ]


def test_who_owes_it_is_named() -> None:
    """The rung that stands now owes; beyond the last rung, the last; a promise, who made it."""
    case = owing(
        1,
        opened("review", NOW, "a", rung=0),
        opened("review", NOW, "b", rung=1),
        opened("review", NOW, "c", rung=7),
        promised("call-back", NOW),
    )
    assert [(item.subject, item.debtor) for item in due([case], NOW)] == [
        ("call-back", "staff:ana"),
        ("a", "@owner"),
        ("b", "lead"),
        ("c", "lead"),
    ]


def test_what_was_kept_or_met_is_not_due() -> None:
    """What was done in time, or late, is owed no more."""
    case = owing(
        1,
        promised("call-back", NOW),
        opened("reply", NOW),
        e.PromiseKept(promise="call-back"),
        e.ObligationMet(obligation="reply"),
    )
    assert due([case], NOW + HOUR) == ()


def test_a_moment_before_its_time_nothing_is_due() -> None:
    """Due is due from its very instant on."""
    case = owing(1, promised("call-back", NOW))
    assert due([case], NOW - timedelta(microseconds=1)) == ()
    assert due([case], NOW) == (
        Due(
            due=NOW,
            case=UUID(int=1),
            account="acct-1",
            kind="promise",
            subject="call-back",
            debtor="staff:ana",
            who="staff:ana",
        ),
    )


def test_who_stands_in_a_relation_is_named_beside_it() -> None:
    """The list says which role or relation owes, and who that is as far as the case knows."""
    nobodys = owing(1, opened("review", NOW))
    hers = owing(2, opened("review", NOW), e.CaseAssigned(to="staff:ana"))
    climbed = owing(3, opened("review", NOW, rung=1), e.CaseAssigned(to="staff:ana"))
    assert [(one.debtor, one.who, one.rung) for one in due([nobodys, hers, climbed], NOW)] == [
        ("@owner", "exchange", 0),
        ("@owner", "staff:ana", 0),
        ("lead", "lead", 1),
    ]


def test_a_right_is_told_apart_from_a_duty() -> None:
    """What lapses is not late."""
    right = opened("window", NOW).obligation
    lapsing = replace(right, demand=replace(right.demand, right=True))
    case = owing(1, e.ObligationOpened(obligation=lapsing), opened("reply", NOW))
    assert [(one.kind, one.right) for one in due([case], NOW)] == [
        ("reply", False),
        ("window", True),
    ]


def test_of_a_case_that_cannot_be_read_the_exchange_owes_the_repair() -> None:
    """What else is owed nobody knows; since its alarm rang somebody has to look."""
    unread = Unread(id=UUID(int=9), account="acct-9", rang=NOW - HOUR, why="version 3 is missing")
    assert due([unread, owing(1, opened("reply", NOW))], NOW)[0] == Due(
        due=NOW - HOUR,
        case=UUID(int=9),
        account="acct-9",
        kind="repair",
        subject="version 3 is missing",
        debtor="exchange",
        who="exchange",
    )


def test_a_promise_in_a_closed_case_is_nobodys_to_keep() -> None:
    """What was promised and neither kept nor broken ends with its case."""
    over = (e.AccountOffboarded(by="staff:ana", reason="x"), EVENTS[e.CaseClosed])
    assert due([owing(1, promised("call-back", NOW), *over)], NOW) == ()
