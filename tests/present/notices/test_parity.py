"""
Nothing that is kept back shows: neutral texts are the same bytes, whatever the ground.

A text that only suspicions get would say what it is silent about: Directive (EU) 2015/849 Art. 39,
31 U.S.C. 5318(g)(2).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freezecase import Ground, Scope
from freezecase import commands as do
from freezecase.core.checked import replace
from freezecase.core.ruling import Telling
from freezecase.core.values import Capability
from freezecase.present.notices import Notice, available, load
from freezecase.present.notices.bidi import balanced, outside, strays
from freezecase.present.notices.looking import found_in
from tests.present.notices.stories import ANA, ANY, LETTERHEAD, OPEN, Story, begin

NEUTRAL = Telling.NEUTRAL
GROUNDS = st.sampled_from(Ground)
PROSE = st.text(min_size=1, max_size=80).filter(str.strip)
"""Whatever staff may write, in any script, signs of direction included."""
RESTRICTED = st.fixed_dictionaries(
    {
        "ground": GROUNDS,
        "reason": PROSE,
        "incident": st.none() | st.just("leak-1"),
        "contracted_at": st.none() | st.datetimes(timezones=st.just(UTC)),
    }
)
"""What differs between two cases and may not show."""
SCOPES = st.sets(st.sampled_from([*{*Capability} - {Capability.LOG_IN}]), min_size=1).map(
    lambda some: Scope.of(*some)
)


def story_of(restricted: dict[str, Any], scope: Scope | None = None) -> Story:
    """A freeze by staff, with all that the customer may not know."""
    while OPEN:
        OPEN.pop().close()
    return begin(scope=scope, by=ANA, **restricted)


def neutral(story: Story, language: str) -> list[Notice]:
    """What such a customer is told: of the freeze, of checks, of where it stands."""
    told = [story.render("freeze-imposed", language, at_most=NEUTRAL)]
    story.send(told[0])
    story.then(do.RequestChecks(ANY, checks=["identity", "address"]))
    asked = [story.render(one, language, at_most=NEUTRAL) for one in ("check-requested", "update")]
    return told + asked


@given(st.sampled_from(available()), SCOPES, RESTRICTED, RESTRICTED)
@settings(max_examples=40)
def test_neutral_texts_are_the_same_bytes_whatever_is_kept_back(
    language: str, scope: Scope, one: dict[str, Any], other: dict[str, Any]
) -> None:
    """Two cases that differ only in what their customers may not know are told the same."""
    assert neutral(story_of(one, scope), language) == neutral(story_of(other, scope), language)


@pytest.mark.parametrize("language", available())
@pytest.mark.parametrize("ground", [ground for ground in Ground if ground is not Ground.AML_ALERT])
def test_a_suspicion_reads_like_any_other_ground_that_is_not_told(
    language: str, ground: Ground
) -> None:
    """The rule keeps a suspicion back, the host another: no byte tells which."""
    suspicion = begin(Ground.AML_ALERT, by=ANA, reason="x").render("freeze-imposed", language)
    other = begin(ground, by=ANA, reason="x").render("freeze-imposed", language, at_most=NEUTRAL)

    assert suspicion == other
    assert suspicion.text.encode() == other.text.encode()


@pytest.mark.parametrize("language", available())
def test_a_neutral_text_holds_no_word_of_any_ground(language: str) -> None:
    """Neither of the ground that it has, nor of one that it has not."""
    catalogue = load(language)
    for written in neutral(begin(Ground.AML_ALERT), language):
        for ground, words in catalogue.looked.grounds.items():
            assert (ground, [*found_in(written.text, words)]) == (ground, [])


def test_at_most_lowers_and_never_raises() -> None:
    """Whatever the host asks for, a suspicion stays one."""
    story = begin(Ground.AML_ALERT)

    assert story.render("freeze-imposed", at_most=Telling.EVIDENCE) == story.render(
        "freeze-imposed", at_most=NEUTRAL
    )


LATER = st.integers(min_value=0, max_value=60 * 24 * 40)
"""Minutes from the freeze."""


@given(st.sampled_from(available()), GROUNDS, LATER, st.booleans())
@settings(max_examples=40)
def test_every_time_to_come_that_is_stated_is_owed_promised_or_a_right(
    language: str, ground: Ground, later: int, checks: bool
) -> None:
    """To the minute, as it is said; and nothing that has passed is stated."""
    story = story_of({"ground": ground, "reason": "x"})
    if checks:
        story.then(do.RequestChecks(ANY, checks=["identity", "address"]))
    story.book.run_due(story.clock.later(minutes=later))

    written = story.render("update", language)

    state = story.state
    open_dues = {owed.due for owed in state.obligations.values()}
    promised = {promise.due for promise in state.promises.values()}
    known = {due.replace(second=0, microsecond=0) for due in open_dues | promised}
    assert {*written.stated} <= known
    assert all(at > story.clock.now() for at in written.stated)
    assert {one.due for one in written.promises} <= {*written.stated}
    names = [one.promise for one in written.promises]
    assert sorted({*names}) == sorted(names)
    assert {*names}.isdisjoint({*state.promises, *state.broken})


@given(st.sampled_from(available()), st.text(min_size=1, max_size=60), PROSE)
@settings(max_examples=60)
def test_nothing_that_is_inserted_can_turn_the_text_around(
    language: str, name: str, words: str
) -> None:
    """Whatever signs of direction a name or somebody's words hold, each line ends as it began."""
    shown = "".join(char for char in name if char.isprintable()) or "x"
    letterhead = replace(LETTERHEAD, exchange=shown)
    story = story_of({"ground": Ground.ACCOUNT_TAKEOVER, "reason": "x"})

    written = story.render(
        "freeze-imposed", language, words=_harmless(words), letterhead=letterhead
    )

    assert balanced(written.text)
    assert strays(outside(written.text), written.direction) == ""
    assert len(written.text.splitlines()) >= len(written.sections)


def _harmless(words: str) -> str:
    """Words without letters of Latin script, so that the lint of words has nothing to say."""
    return "".join(char for char in words if not char.isascii()) or "x"


def test_the_clock_of_a_story_stands_still() -> None:
    """What is compared byte by byte was written at the same instant."""
    first, second = begin(), begin()

    assert first.clock.now() == second.clock.now() == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert first.in_hours(1) - first.clock.now() == timedelta(hours=1)
