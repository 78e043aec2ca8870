"""What a notice promised and the exchange did is kept: what is said is what is measured."""

from freezecase import Channel
from freezecase import commands as do
from freezecase import events as e
from freezecase.core.values import Stated
from freezecase.views.promises import promise_rates
from tests.present.notices.stories import ANA, ANY, ENGINE, EVE, OWNER, Story, appealing, begin


def kept(story: Story) -> list[str]:
    """What was kept, as the record says."""
    events = (record.event for record in story.history)
    return [event.promise for event in events if isinstance(event, e.PromiseKept)]


def test_a_duty_that_was_met_keeps_the_promise_that_a_notice_made_of_it() -> None:
    """The freeze was reviewed within the day, as the customer was told."""
    story = begin()
    story.send(story.render("freeze-imposed"))
    before = kept(story)
    story.then(do.UpholdFreeze(ANY, reason="somebody looked"), by=EVE, hours=2)

    assert (before, kept(story)) == ([], ["review"])
    assert promise_rates(story.history, now=story.clock.now()).overall.kept == 1


def test_a_promise_under_a_second_name_is_kept_as_well() -> None:
    """After one was broken, the next has a number; it is about the same."""
    story = begin()
    story.send(story.render("freeze-imposed"))
    story.then(do.AssignCase(ANY, to=ANA.person), hours=30)
    story.send(story.render("update"))
    story.then(do.UpholdFreeze(ANY, reason="somebody looked"), by=EVE)

    assert kept(story) == ["review-2"]


def test_the_turn_that_promises_an_update_does_not_keep_it() -> None:
    """The next notice does."""
    story = begin()
    anew = [Stated(promise="update", due=story.in_hours(48), duty="update")]
    story.send(story.render("freeze-imposed", promises=anew))
    assert kept(story) == []

    story.send(story.render("update"))

    assert kept(story) == ["update"]


def test_what_only_its_maker_knows_of_is_theirs_to_keep() -> None:
    """A call that was promised is no duty of the case; nor is an answer to a question."""
    story = begin()
    story.then(do.MakePromise(ANY, promise="call-back", due=story.in_hours(4)))
    story.then(do.RecordContact(ANY, channel=Channel.PHONE), by=OWNER)
    story.then(do.SendReply(ANY, channel=Channel.PHONE))
    assert kept(story) == []

    story.then(do.KeepPromise(ANY, promise="call-back"), by=ENGINE)

    assert kept(story) == ["call-back"]


def test_an_appeal_that_was_decided_keeps_what_was_said_of_it() -> None:
    """Whatever the decision was."""
    story = appealing()
    story.send(story.render("appeal-received"))
    story.then(do.AssignAppeal(ANY, reviewer=EVE.person), by=EVE)
    story.then(do.UpholdAppeal(ANY, reason="it was your phone"), by=EVE)

    assert "appeal-decision" in kept(story)
