"""Every notice, in every language: what it says, what it promises, and when it is not written."""

from collections.abc import Callable
from typing import Any

import pytest

from freezecase import Actor, AppealLevel, Audience, Channel, Ground, Scope
from freezecase import commands as do
from freezecase.core.checked import replace
from freezecase.core.obligations import Demand, Rung, Unit, Within
from freezecase.core.ruling import Telling
from freezecase.core.values import Capability, Stated
from freezecase.errors import BadNotice
from freezecase.present.notices import NOTICES, Notice, available, load
from freezecase.present.notices.bidi import FSI, PDI, balanced
from freezecase.present.notices.kinds import ALWAYS
from freezecase.present.notices.messages import DEEDS, TELLABLE
from freezecase.present.notices.told import deed_of
from tests.present.notices.stories import (
    ANA,
    ANY,
    ENGINE,
    EVE,
    LETTERHEAD,
    OWNER,
    STORIES,
    WORDS,
    Story,
    appealing,
    begin,
    checking,
    failing,
    rejecting,
    released,
    releasing,
    told,
)

SECTIONS = {
    "freeze-imposed": "what scope why words machine duration next",
    "incident": "what scope why words machine duration next",
    "check-requested": "what need next",
    "check-failed": "what words machine need next",
    "extension": "what words next",
    "update": "what need next",
    "appeal-received": "what next",
    "appeal-rejected": "what words machine next",
    "release-ordered": "what next",
    "released": "what next",
    "promise-superseded": "what words next",
}
"""What each notice says before it says how to appeal, whom to call, and which case it is."""


def plain(text: str) -> str:
    """A text without its isolates."""
    return text.replace(FSI, "").replace(PDI, "")


def section(notice: Notice, name: str) -> str:
    """What a part of a notice says, without isolates; nothing if it has no such part."""
    return "".join(plain(one.text) for one in notice.sections if one.name == name)


def refused(story: Story, notice: str, **more: Any) -> list[str]:
    """The names of what keeps a notice from being written."""
    with pytest.raises(BadNotice, match=f"notice `{notice}` must not be sent: ") as raised:
        story.render(notice, **more)
    return [finding.name for finding in raised.value.findings]


@pytest.mark.parametrize("notice", NOTICES)
@pytest.mark.parametrize("language", available())
def test_a_notice_is_written_in_every_language_and_can_be_sent(language: str, notice: str) -> None:
    """It says its parts, ends with the ways out, and what it promises is promised on record."""
    story, written = told(notice, language)

    assert [one.name for one in written.sections] == [*SECTIONS[notice].split(), *ALWAYS]
    assert written.direction == ("rtl" if language == "ar" else "ltr")
    assert balanced(written.text)
    assert written.promises != ()
    assert {one.due for one in written.promises} <= {*written.stated}

    story.send(written)

    open_promises = story.state.promises
    assert {one.promise: one.due for one in written.promises}.items() <= {
        name: promise.due for name, promise in open_promises.items()
    }.items()


@pytest.mark.parametrize("notice", NOTICES)
@pytest.mark.parametrize("language", available())
def test_no_word_of_a_notice_is_english_unless_it_is_a_name(language: str, notice: str) -> None:
    """Whatever is no insert is in the language: none of it is what English says there."""
    _story, written = told(notice, language)
    _story, english = told(notice, "en")
    headings = [one.heading for one in written.sections if one.heading]
    there = {english.subject, *(one.heading for one in english.sections if one.heading)}

    assert ({written.subject, *headings} & there == set()) is (language != "en")


@pytest.mark.parametrize("ground", TELLABLE)
@pytest.mark.parametrize("language", available())
def test_a_ground_is_told_in_its_own_sentence(language: str, ground: Ground) -> None:
    """It stands in the part that says why, with the clause of the contract beside it."""
    story = begin(ground, by=ANA, reason="somebody looked")
    story.then(do.UpgradeDisclosure(ANY, audience=Audience.CUSTOMER, basis="told-once-looked-at"))

    why = section(story.render("freeze-imposed", language), "why").splitlines()

    assert why[1] == load(language).text(f"ground.{ground}")
    assert LETTERHEAD.terms in why[2]


@pytest.mark.parametrize("language", available())
def test_a_dispute_is_told_as_a_suspicion_is_until_somebody_looked(language: str) -> None:
    """Else a neutral text would point to a suspicion."""
    grounds = (Ground.AML_ALERT, Ground.PAYMENT_DISPUTE)
    one, other = (begin(ground, by=ANA, reason="looked") for ground in grounds)

    assert one.render("freeze-imposed", language) == other.render("freeze-imposed", language)


@pytest.mark.parametrize("language", available())
def test_a_suspicion_is_told_as_any_restriction_is(language: str) -> None:
    """Without ground, the text says that the contract allows it, and that we cannot say more."""
    why = section(begin(Ground.AML_ALERT).render("freeze-imposed", language), "why").splitlines()

    assert why[1:] == [load(language).text("why.neutral").format(terms=LETTERHEAD.terms)]


@pytest.mark.parametrize("deed", [*DEEDS, "call-back"])
@pytest.mark.parametrize("language", available())
def test_every_deed_that_is_owed_has_a_sentence_with_its_time(language: str, deed: str) -> None:
    """What is promised under another name is said in general words, never by its machine name."""
    story = begin()
    promised = Stated(promise=deed, due=story.in_hours(3.5))

    written = story.render("update", language, promises=[promised])

    catalogue = load(language)
    start, _, end = catalogue.text(f"owed.{deed if deed in DEEDS else 'promise'}").partition(
        "{due}"
    )
    [line] = [
        one
        for one in section(written, "next").splitlines()
        if one.startswith(start) and one.endswith(end) and "12:30" in one
    ]
    assert deed not in line or deed in {"update", "review", "human"}
    assert promised in written.promises


def test_the_text_is_what_a_person_reads() -> None:
    """The whole of one, so that somebody can see it; times are those of the letterhead's zone."""
    story = begin(scope=Scope.of(Capability.CARD))
    story.then(do.AssignCase(ANY, to=ANA.person), days=100)
    story.book.run_due(story.clock.now())

    written = story.render("freeze-imposed")

    assert plain(written.text).splitlines()[:8] == [
        "We have restricted your account",
        "",
        "On 5 January 2026 Coinhaven restricted your account.",
        "",
        "What is restricted",
        "You cannot use this function of your account:",
        "• paying by card",
        "What you hold with us is still recorded in your name.",
    ]
    assert "You can appeal until 6 July 2026, 01:00 (UTC+01:00)." in plain(written.text)
    assert plain(written.text).splitlines()[-1] == (
        "Reference: 00000000-0000-0000-0000-000000000001. Written on 15 April 2026."
    )


def test_who_decided_is_said_as_it_was() -> None:
    """A machine, a person; of an order from outside nothing is said, for neither decided it."""
    by_machine = section(begin().render("freeze-imposed"), "machine")
    order = begin(Ground.LEGAL_ORDER, by=Actor.authority("court"))
    by_person = section(rejecting().render("appeal-rejected"), "machine")

    assert by_machine.splitlines()[1] == load("en").text("machine.automated")
    assert by_person.splitlines()[1] == load("en").text("machine.person")
    assert section(order.render("freeze-imposed"), "machine") == ""


def test_a_locked_account_says_so_at_once() -> None:
    """Where nothing can be used, there is no list of everything."""
    said = section(begin(scope=Scope.everything()).render("freeze-imposed"), "scope")

    assert said.splitlines()[1] == "You cannot use your account for the time being."
    assert "•" not in said


def test_what_is_needed_is_listed_with_its_alternatives_and_what_came_already() -> None:
    """The time is the customer's own: stated, and no promise of ours."""
    story = checking().then(do.SubmitEvidence(ANY, check="proof-of-play"), by=OWNER)

    written = story.render("check-requested")

    assert section(written, "need").splitlines() == [
        "What we need from you",
        "Please send us 1 thing:",
        "• a short video of your face; or instead: a video call with us",
        "Please send it by 13 January 2026, 00:00 (UTC).",
        "If you cannot send it, tell us. We then decide with what we have.",
        "We have received this and are looking at it: something else (proof-of-play)",
    ]
    assert "evidence" not in {one.promise for one in written.promises}


def test_a_check_that_failed_says_what_would_help() -> None:
    """The remedy is the one on record unless somebody gives it in the language of the reader."""
    story = failing(remedy="Hold the camera still.")

    assert "Hold the camera still." in section(story.render("check-failed"), "words")
    assert WORDS["nl"]["remedy"] in section(
        story.render("check-failed", "nl", words=WORDS["nl"]["remedy"]), "words"
    )


def test_a_remedy_on_record_is_never_told_in_another_language() -> None:
    """Whoever reads Welsh is not told in English what to do; nor is Dutch staff translated."""
    story = failing(remedy="Houd de camera stil.")
    dutch = replace(LETTERHEAD, language="nl")

    assert refused(story, "check-failed", language="cy") == ["words-missing"]
    assert refused(story, "check-failed", letterhead=dutch) == ["words-missing"]
    assert "Houd de camera stil." in section(
        story.render("check-failed", "nl", letterhead=dutch), "words"
    )


def test_a_check_that_failed_for_good_points_to_the_appeal() -> None:
    """There is no remedy then, and no words but the sentence that says so."""
    written = failing(appeal_to=AppealLevel.INTERNAL_REVIEW).render("check-failed")

    assert load("en").text("check-failed.final") in section(written, "what")
    assert section(written, "words") == ""


def test_a_remedy_on_record_is_looked_at_like_any_words() -> None:
    """Whoever wrote it into the record may have written what must not leave."""
    story = failing(remedy="This is a routine check, send it again.")

    assert refused(story, "check-failed") == ["false-reason"]


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (begin, "open"),
        (appealing, "pending"),
        (rejecting, "over"),
        (releasing, "complaint"),
        (released, "open"),
    ],
)
def test_the_way_to_object_is_that_of_the_moment(story: Callable[[], Story], said: str) -> None:
    """Every notice says it: while there is a decision to contest, while it is heard, and after."""
    text = section(story().render("update"), "appeal")

    assert load("en").text(f"appeal.{said}").partition("{")[0] in text
    assert LETTERHEAD.appeal_at in text
    assert LETTERHEAD.outside in text
    assert ("You can appeal until " in text) is (said == "open")


def test_an_update_says_whether_the_account_is_still_restricted() -> None:
    """It follows the case."""
    assert load("en").text("update.frozen") in section(begin().render("update"), "what")
    assert load("en").text("update.free") in section(released().render("update"), "what")


def test_who_hears_an_appeal_is_said() -> None:
    """Inside, somebody else; outside, the body."""
    story = rejecting()
    filed = do.FileAppeal(
        ANY, contests=story.state.decision, statement="No.", level=AppealLevel.EXTERNAL_BODY
    )
    story.then(filed, by=OWNER)

    assert load("en").text("appeal-received.inside") in section(
        appealing().render("appeal-received"), "what"
    )
    assert load("en").text("appeal-received.outside") in section(
        story.render("appeal-received"), "what"
    )


@pytest.mark.parametrize("notice", ["release-ordered", "released"])
def test_a_release_says_what_it_leaves(notice: str) -> None:
    """The whole account, or what stays restricted."""
    make = releasing if notice == "release-ordered" else released
    left = Scope.of(Capability.WITHDRAW_FIAT)

    whole, partly = make().render(notice), make(left).render(notice)

    assert section(whole, "what") == load("en").text(f"{notice}.what")
    assert section(partly, "what").splitlines() == [
        load("en").text(f"{notice}.partly"),
        load("en").text(f"{notice}.left"),
        "• withdrawing money",
    ]


def test_a_freeze_that_fell_in_an_appeal_can_be_told() -> None:
    """An appeal that is upheld orders the release."""
    story = appealing().then(do.AssignAppeal(ANY, reviewer=EVE.person), by=EVE)
    story.then(do.UpholdAppeal(ANY, reason="it was your phone"), by=EVE)

    assert "We will have lifted the restriction by " in section(
        story.render("release-ordered"), "next"
    )


def test_extension_states_the_new_time_and_not_the_old() -> None:
    """Who asks for more time says until when, and a lead may extend it once it was told."""
    story, written = told("extension")
    old = story.state.obligations["appeal-decision", ""].due
    [new] = [one for one in written.promises if one.promise == "appeal-decision"]

    story.send(written)
    extend = do.ExtendObligation(
        ANY, obligation="appeal-decision", due=new.due, reason="translation"
    )
    story.then(extend, by=EVE)

    assert new.due > old
    assert old not in written.stated
    assert story.state.obligations["appeal-decision", ""].due == new.due


def test_extension_states_a_promise_that_took_the_place_of_another() -> None:
    """A time that was promised is replaced openly; the text says the new one and not the old."""
    story = appealing()
    story.send(story.render("appeal-received"))
    old = story.state.obligations["appeal-decision", ""].due
    new = story.in_hours(24 * 30).replace(second=0)
    story.then(
        do.SupersedePromise(
            ANY,
            promise="appeal-decision",
            by_promise="appeal-decision-2",
            due=new,
            reason="translation",
        )
    )

    written = story.render("extension", words="We have it translated.")

    assert new in written.stated
    assert old not in written.stated
    assert "appeal-decision" not in {deed_of(one.promise) for one in written.promises}


def test_what_is_promised_already_is_stated_and_not_promised_again() -> None:
    """The second notice says the same time, and makes no second promise of it."""
    story = begin()
    first = story.render("freeze-imposed")
    story.send(first)

    second = story.render("update")

    assert [one.promise for one in first.promises] == ["review"]
    assert second.promises == ()
    assert first.promises[0].due in second.stated


def test_what_is_promised_is_what_is_said_to_the_minute() -> None:
    """The text says no seconds, so neither does the promise: it is never later than it was said."""
    story = begin()
    story.then(do.RequestHuman(ANY, channel=Channel.CHAT), by=OWNER, seconds=47)
    due = story.state.obligations["human", ""].due

    written = story.render("update")

    assert due == story.in_hours(2 / 60)
    assert due.second == 47
    assert Stated(promise="human", due=due.replace(second=0), duty="human") in written.promises
    assert "A person will be with you by 5 January 2026, 09:02 (UTC)." in section(written, "next")


def test_a_promise_that_was_broken_is_owned_up_to_and_named_anew() -> None:
    """The text says that we broke it; what is owed now is promised in other words, anew."""
    story = begin()
    story.send(story.render("freeze-imposed"))
    story.then(do.AssignCase(ANY, to=ANA.person), hours=30)

    written = story.render("update")

    assert "review" in story.state.broken
    assert "We broke 1 promise to you. We are sorry." in section(written, "what")
    assert "review-2" in {one.promise for one in written.promises}
    assert "review" not in {one.promise for one in written.promises}
    story.send(written)
    assert "review-2" in story.state.promises


def test_what_is_late_is_owned_up_to_and_its_time_is_not_stated() -> None:
    """A time that has passed is no time to come."""
    story = begin()
    due = story.state.obligations["review", ""].due
    written = story.render("update", at=story.in_hours(25))

    assert "We are late with 2 things" not in section(written, "what")
    assert "We are late with 1 thing that we owe you." in section(written, "what")
    assert due not in written.stated


def test_what_is_due_now_is_late_and_no_time_to_come() -> None:
    """At the very instant nobody can keep it any more."""
    story = begin()
    due = story.state.obligations["review", ""].due

    written = story.render("update", at=due)

    assert "We are late with 1 thing that we owe you." in section(written, "what")
    assert due not in written.stated


def test_the_next_update_may_come_later_than_the_one_that_this_is() -> None:
    """The old time is met by this very text; the new one is what it promises."""
    story = begin()
    old = story.state.obligations["update", ""].due
    anew = [Stated(promise="update", due=story.in_hours(24 * 10))]

    written = story.render("update", promises=anew)

    assert anew[0].due > old
    assert anew[0] in written.promises


def test_whoever_owes_the_release_may_write_of_it() -> None:
    """Words that say that the freeze ends are true once that is owed, and not before."""
    words = "The restriction will be lifted by our systems."

    assert words in section(releasing().render("update", words=words), "words")
    assert refused(begin(), "update", words=words) == ["unlock-nobody-owes"]


def test_two_duties_of_one_kind_are_promised_under_two_names() -> None:
    """Of the same time they are one; names of promises are distinct."""
    story = checking()
    story.then(do.SubmitEvidence(ANY, check="liveness"), by=OWNER)
    story.then(do.SubmitEvidence(ANY, check="proof-of-play"), by=OWNER, days=1)

    names = [one.promise for one in story.render("update").promises]

    assert {"check-review", "check-review-2"} <= {*names}
    assert len(names) == len({*names})


def test_duties_of_one_kind_and_time_are_said_once() -> None:
    """Both are met by then, and one promise says so."""
    story = checking()
    story.then(do.SubmitEvidence(ANY, check="liveness"), by=OWNER)
    story.then(do.SubmitEvidence(ANY, check="proof-of-play"), by=OWNER)

    written = story.render("update")

    assert section(written, "next").count("We will look at what you sent us by ") == 1
    assert [one.promise for one in written.promises].count("check-review") == 1


def test_a_freeze_that_is_over_is_told_without_what_no_longer_holds() -> None:
    """Nothing is restricted any more, so nothing lasts; why it was imposed is still owed."""
    names = [one.name for one in released().render("freeze-imposed").sections]

    assert names == ["what", "why", "machine", "appeal", "human", "reference"]


def test_a_time_of_the_customers_that_has_passed_is_not_stated() -> None:
    """What we still need is asked for, without a time that was."""
    story = checking()
    [due] = {one.due for one in story.book.customer_view(story.case).we_need if one.due}
    later = (due - story.clock.now()).total_seconds() / 3600 + 1

    asked = section(story.render("check-requested", at=story.in_hours(later)), "need")

    assert "Please send us 2 things:" in asked
    assert "Please send it by" not in asked


def test_what_telling_itself_meets_is_not_promised() -> None:
    """The next update is owed anew once this one is sent, so its old time would say nothing."""
    story = begin()

    assert ("update", "") in story.state.obligations
    assert "update" not in {one.promise for one in story.render("update").promises}


def test_a_policy_of_ones_own_is_told_as_well() -> None:
    """What is open is what is stated, whatever rule opened it."""
    story = begin()
    demand = Demand(
        kind="reply",
        ladder=(Rung(debtor="lead", within=Within(count=1, unit=Unit.DAYS)),),
        met_by=("reply-sent",),
    )
    due = story.in_hours(9)
    story.then(do.OpenObligation(ANY, demand=demand, due=due, basis="house"), by=ENGINE)

    written = story.render("update")

    assert Stated(promise="reply", due=due, duty="reply") in written.promises
    assert "We will answer you by 5 January 2026, 18:00 (UTC)." in section(written, "next")


def test_words_of_several_lines_are_isolated_line_by_line() -> None:
    """No isolate reaches over a line; a control that somebody put in is taken out."""
    words = "First.\n\n  Second, \u202eturned.\n"

    [said] = [
        one.paragraphs
        for one in begin().render("freeze-imposed", words=words).sections
        if one.name == "words"
    ]

    assert said == (f"{FSI}First.{PDI}", f"{FSI}Second, turned.{PDI}")


NOT_WRITTEN: list[tuple[str, Callable[[], Story], str, Callable[[Story], dict[str, Any]]]] = [
    ("unknown-notice", begin, "farewell", lambda _: {}),
    ("not-in-the-record", begin, "appeal-received", lambda _: {}),
    ("not-in-the-record", begin, "released", lambda _: {}),
    ("not-in-the-record", begin, "incident", lambda _: {}),
    ("not-cleared", STORIES["incident"], "incident", lambda _: {"at_most": Telling.NEUTRAL}),
    ("not-cleared", begin, "freeze-imposed", lambda _: {"at_most": Telling.NOTHING}),
    ("not-cleared", lambda: begin(Ground.AML_ALERT), "freeze-imposed", lambda _: {"words": "X."}),
    ("not-cleared", lambda: begin(Ground.AML_ALERT), "update", lambda _: {"words": "A suspicion."}),
    ("false-reason", begin, "update", lambda _: {"words": "It is routine."}),
    ("unlock-nobody-owes", begin, "update", lambda _: {"words": "It will be unlocked."}),
    ("time-nobody-owes", begin, "update", lambda _: {"words": "Wait, within 3 days."}),
    ("words-missing", appealing, "extension", lambda s: {"promises": anew(s, 900)}),
    ("no-new-time", released, "extension", lambda _: {"words": "It takes longer."}),
    ("words-not-taken", releasing, "release-ordered", lambda _: {"words": "Hello."}),
    ("time-past", begin, "update", lambda s: {"promises": anew(s, 0)}),
    ("promise-taken", begin, "update", lambda s: {"promises": anew(s, 1) * 2}),
    ("later-than-owed", appealing, "update", lambda s: {"promises": anew(s, 900)}),
]
"""What is wrong, with which story, of which notice, asked for in which way."""


def anew(story: Story, hours: float) -> list[Stated]:
    """One new promise, to decide the appeal."""
    return [Stated(promise="appeal-decision", due=story.in_hours(hours))]


@pytest.mark.parametrize(("name", "make", "notice", "more"), NOT_WRITTEN)
def test_what_must_not_be_sent_is_not_written(
    name: str,
    make: Callable[[], Story],
    notice: str,
    more: Callable[[Story], dict[str, Any]],
) -> None:
    """The finding has a name, and the error says what to do."""
    story = make()

    assert set(refused(story, notice, **more(story))) == {name}


def test_a_promise_that_is_open_or_was_broken_is_not_made_again_by_name() -> None:
    """The same words would be said twice."""
    story = begin()
    story.then(do.MakePromise(ANY, promise="call-back", due=story.in_hours(2)))
    again = [Stated(promise="call-back", due=story.in_hours(30))]

    assert refused(story, "update", promises=again) == ["promise-taken"]
    story.then(do.RecordContact(ANY, channel=Channel.PHONE), by=OWNER, hours=3)
    assert "call-back" in story.state.broken
    assert refused(story, "update", promises=again) == ["promise-taken"]


def test_the_record_of_every_notice_is_in_its_language() -> None:
    """What is stored is what was said: the text, its language, and which promise was said in it."""
    story, written = told("freeze-imposed", "ar")
    story.send(written)

    sent: Any = [one.event for one in story.history if one.kind == "notice-sent"][-1]
    made: Any = [one.event for one in story.history if one.kind == "promise-made"]

    assert replace(sent, channel=Channel.EMAIL) == sent
    assert (sent.notice, sent.language, sent.text) == ("freeze-imposed", "ar", written.text)
    assert {one.said_in for one in made} == {"freeze-imposed"}
