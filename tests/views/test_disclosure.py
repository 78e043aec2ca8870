"""Whether the customer may know the ground: told, not withheld, and as far as the rules allow."""

import pytest

from freezecase.app.record import Record
from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.checked import replace
from freezecase.core.evolve import fold, unopened
from freezecase.core.ruling import Opinion, Ruling, Telling, Verdict
from freezecase.core.values import Ground
from freezecase.views.disclosure import knows_ground
from tests.core.samples import ALLOWED, CASE, COMMANDS, EVENTS
from tests.views.records import record

BUG = (Opinion(rule="bug", verdict=Verdict.BROKEN, because="raised KeyError"),)


def told(*rulings: Ruling, ground: Ground = Ground.SANCTIONS_MATCH) -> list[Record]:
    """A freeze that was ruled like this, a notice of it, and what was ruled later."""
    freeze = replace(EVENTS[e.FreezeImposed], ground=ground)
    first, *later = rulings or (ALLOWED,)
    return [
        record(freeze, command=COMMANDS[do.ImposeFreeze], ruling=first),
        record(EVENTS[e.NoticeSent], version=2),
        *(
            record(
                EVENTS[e.DisclosureUpgraded],
                version=n,
                command=COMMANDS[do.UpgradeDisclosure],
                ruling=one,
            )
            for n, one in enumerate(later, start=3)
        ),
    ]


def knows(history: list[Record]) -> bool:
    """Whether the customer may know the ground after this history."""
    return knows_ground(fold((one.event for one in history), unopened(CASE)), history)


def saying(telling: Telling | None, *, allowed: bool = True) -> Ruling:
    """A ruling that says how much may be told."""
    return replace(ALLOWED, telling=telling, allowed=allowed)


@pytest.mark.parametrize(
    ("rulings", "expected"),
    [
        # how it was ruled, one after the other | whether the customer may know the ground
        ((), True),
        ((saying(Telling.NOTHING),), False),
        ((saying(Telling.NEUTRAL),), False),
        ((saying(Telling.GROUND),), True),
        ((saying(Telling.FACTS),), True),
        ((saying(Telling.EVIDENCE),), True),
        ((saying(Telling.NEUTRAL), saying(Telling.GROUND)), True),
        ((saying(Telling.GROUND), saying(Telling.NEUTRAL)), False),
        ((saying(Telling.NEUTRAL), saying(None)), False),
        ((saying(Telling.NEUTRAL), saying(Telling.FACTS, allowed=False)), False),
        ((replace(ALLOWED, opinions=BUG),), False),
        ((replace(saying(Telling.GROUND), opinions=BUG),), True),
        ((saying(Telling.GROUND), replace(ALLOWED, opinions=BUG, allowed=False)), True),
    ],
    ids=[
        *("no rule speaks of it", "nothing", "neutral", "ground", "facts", "evidence"),
        *("more later", "less later", "silent later", "refused later"),
        *("a rule broke", "another rule broke", "a rule broke later, and forbade"),
    ],
)
def test_the_newest_ruling_that_says_so_holds(rulings: tuple[Ruling, ...], expected: bool) -> None:
    """A refused attempt discloses nothing, and a rule that breaks never tells more."""
    assert expected is knows(told(*rulings))


@pytest.mark.parametrize("ground", Ground)
def test_a_suspicion_is_never_told_whatever_a_policy_says(ground: Ground) -> None:
    """Everything may be told but an AML alert: that would tip somebody off."""
    assert (ground is not Ground.AML_ALERT) is knows(told(saying(Telling.EVIDENCE), ground=ground))


def test_nobody_knows_before_they_were_told_or_while_that_is_withheld() -> None:
    """The notice comes first; one that is withheld later takes the ground out of sight again."""
    freeze, notice = told()
    withheld = record(EVENTS[e.NoticeWithheld], version=3)
    assert [knows([freeze]), knows([freeze, notice]), knows([freeze, notice, withheld])] == [
        *(False, True),
        False,
    ]
