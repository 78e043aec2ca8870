"""The lint refuses each kind of text that must not leave, by name, and says what to do instead."""

from collections.abc import Callable

import attrs
import pytest

from freezecase.core.ruling import Telling
from freezecase.core.values import Ground
from freezecase.present.notices import Finding, available, lint, lint_notice, lint_text, load
from freezecase.present.notices.bidi import FSI
from freezecase.present.notices.finding import ADVICE
from freezecase.present.notices.looking import found_in
from freezecase.present.notices.notice import Section
from freezecase.present.notices.reading import catalogue_of
from tests.present.notices.stories import LETTERHEAD, told
from tests.present.notices.test_catalogues import source

SPOILT = [
    ("en", 'why = "Why"', 'why = ""', "missing-message", "`heading.why`"),
    ("en", 'why = "Why"', 'why = "Why"\nwho = "Who"', "unknown-message", "`heading.who`"),
    ("nl", 'why = "Waarom"', 'why = "Why"', "untranslated", "`heading.why`"),
    ("cy", 'many = "Anfonwch', '#many = "Anfonwch', "missing-category", "no form for `many`"),
    ("ar", 'many = "نرجو', '#many = "نرجو', "missing-category", "no form for `many`"),
    ("vi", 'other = "Vui', 'two = "x"\nother = "Vui', "needless-category", "`two`"),
    ("en", 'by {due}."\nupdate', 'by {date}."\nupdate', "unknown-placeholder", "`{date}`"),
    ("en", 'why = "Why"', 'why = "Why {"', "unknown-placeholder", "a brace"),
    ("en", 'why = "Why"', 'why = "Why {0}"', "unknown-placeholder", "`{0}`: it takes nothing"),
    ("en", 'by {due}."\nupdate', 'soon."\nupdate', "missing-placeholder", "`{due}`"),
    ("ar", 'direction = "rtl"', 'direction = "ltr"', "wrong-direction", "written `rtl`"),
    ("ar", 'why = "السبب"', 'why = "السبب (AML)"', "not-isolated", "`AML` runs against"),
    ("en", 'why = "Why"', 'why = "Why \u0627"', "not-isolated", "`\u0627` runs against"),
    ("en", 'why = "Why"', 'why = "Why \\u202e"', "not-isolated", "a control of direction"),
    ("en", 'why = "Why"', 'why = "Why \\u2068"', "not-isolated", "a control of direction"),
    ("en", 'aml-alert = ["money', 'aml-alert = []#["money', "no-words-to-look-for", "`aml-alert`"),
    ("en", 'why = "Why"', 'why = "Routine maintenance work"', "false-reason", "`routine`"),
    ("cy", 'why = "Pam"', 'why = "Gwaith cynnal a chadw"', "false-reason", "`cynnal a chadw`"),
    ("nl", 'why = "Waarom"', 'why = "Routine maintenance"', "false-reason", "`routine*`"),
    (
        "en",
        'why = "Why"',
        'why = "It will be unlocked"',
        "unlock-nobody-owes",
        "`will be unlocked`",
    ),
    ("en", 'why = "Why"', 'why = "Within two hours"', "time-nobody-owes", "`within # hour*`"),
    ("en", 'why = "Why"', 'why = "On 3 May"', "time-nobody-owes", "a number that is no insert"),
    ("en", 'why = "Why"', 'why = "A suspicion"', "not-cleared", "gives `aml-alert` away"),
    ("en", 'why = "Why"', 'why = "You were hacked"', "not-cleared", "gives `account-takeover`"),
    ("vi", 'why = "Lý do"', 'why = "Giao dịch đáng ngờ"', "not-cleared", "gives `aml-alert` away"),
]
"""A language, what is changed in its file, and what the lint finds."""


@pytest.mark.parametrize(("language", "good", "bad", "name", "said"), SPOILT)
def test_a_spoilt_catalogue_is_found_out(
    language: str, good: str, bad: str, name: str, said: str
) -> None:
    """Each fault has a name, a place, and an advice."""
    text = source(language)
    assert good in text

    english = load("en") if language != "en" else None
    findings = lint(catalogue_of(text.replace(good, bad, 1), "x"), english)

    found = [finding for finding in findings if finding.name == name]
    assert any(said in str(finding) for finding in found)
    assert all(str(finding).endswith(ADVICE[name]) for finding in found)


NEUTRAL = Telling.NEUTRAL
FACTS = Telling.FACTS
WORDS = [
    ("en", NEUTRAL, "Your account is subject to scheduled maintenance.", ["false-reason"]),
    ("en", FACTS, "This is a routine check.", ["false-reason"]),
    ("en", FACTS, "There was a technical\nproblem.", ["false-reason"]),
    ("en", FACTS, "Your account will be unlocked by Friday.", ["unlock", "time"]),
    ("en", FACTS, "You will be able to withdraw tomorrow.", ["unlock", "time"]),
    ("en", NEUTRAL, "Somebody hacked you.", ["not-cleared"]),
    ("en", FACTS, "Somebody hacked you.", []),
    ("en", FACTS, "We filed a report about money laundering.", ["not-cleared"]),
    ("en", Telling.EVIDENCE, "Your transfers look SUS\u200bPICIOUS.", ["not-cleared"]),
    ("en", Telling.EVIDENCE, "Do not worry: no SAR was filed.", ["not-cleared"]),
    ("nl", FACTS, "Dit ligt bij onze MLRO.", ["not-cleared"]),
    ("en", NEUTRAL, "Please show us where your money comes from.", []),
    ("en", NEUTRAL, "We looked at the document and it is too dark.", []),
    ("cy", FACTS, "Gwaith cynnal a chadw oedd hyn.", ["false-reason"]),
    ("cy", NEUTRAL, "Mae arnom ofn gwyngalchu arian.", ["not-cleared"]),
    ("cy", FACTS, "Anfonwn air o fewn dau ddiwrnod.", ["time"]),
    ("cy", NEUTRAL, "This is a routine check.", ["false-reason"]),
    ("ar", FACTS, "توقف الحساب بسبب أعمال الصيانة.", ["false-reason"]),
    ("ar", NEUTRAL, "نشتبه في غَسْل الأمـوال.", ["not-cleared"]),
    ("ar", FACTS, "سيتم فتح حسابك غدًا.", ["unlock", "time"]),
    ("vi", FACTS, "Hệ thống đang bảo trì.", ["false-reason"]),
    ("vi", FACTS, "Tài khoản sẽ được mở khóa trong vòng 3 ngày.", ["unlock", "time"]),
    ("vi", NEUTRAL, "Chúng tôi nghi ngờ có rửa tiền.", ["not-cleared"]),
    ("nl", FACTS, "Dit is een routinecontrole.", ["false-reason"]),
    ("nl", FACTS, "Uw account wordt gedeblokkeerd binnen 2 dagen.", ["unlock", "time"]),
    ("nl", NEUTRAL, "Er is een vermoeden van witwassen.", ["not-cleared"]),
]


@pytest.mark.parametrize(("language", "telling", "text", "names"), WORDS)
def test_words_of_ones_own_are_looked_at(
    language: str, telling: Telling, text: str, names: list[str]
) -> None:
    """Whoever writes them, in whichever language, and whatever hides in them."""
    catalogues = [load(one) for one in dict.fromkeys((language, "en"))]

    found = lint_text(text, *catalogues, telling=telling)

    said = dict.fromkeys(finding.name.removesuffix("-nobody-owes") for finding in found)
    assert [*said] == names


def test_who_owes_the_release_may_speak_of_it() -> None:
    """An unlock that somebody owes is no empty promise."""
    text = "The restriction will be lifted."

    assert lint_text(text, load("en"), telling=FACTS, owed=["lifting"]) == ()
    assert [f.name for f in lint_text(text, load("en"), telling=FACTS, owed=["review"])] == [
        "unlock-nobody-owes"
    ]


@pytest.mark.parametrize("ground", Ground)
@pytest.mark.parametrize("language", available())
def test_every_ground_is_given_away_by_some_word_in_every_language(
    language: str, ground: Ground
) -> None:
    """So a text with that word reaches nobody who may only know that there is a restriction."""
    words = load(language).looked.grounds[ground]
    plain = [word.replace("*", "") for word in words]

    for word in plain:
        found = lint_text(f"x {word} y", load(language), telling=NEUTRAL)
        assert "not-cleared" in [finding.name for finding in found]


@pytest.mark.parametrize("language", available())
def test_the_sentence_of_a_ground_gives_it_away(language: str) -> None:
    """What we say of a ground ourselves is found in a text that may not say it."""
    catalogue = load(language)
    for ground in Ground:
        for _category, text in catalogue.of(f"ground.{ground}"):
            assert [*found_in(text, catalogue.looked.grounds[ground])] != []


FAULTS: list[tuple[str, Callable[[Section], Section | None], str]] = [
    ("no-appeal", lambda one: None if one.name == "appeal" else one, "appeal"),
    ("no-human", lambda one: None if one.name == "human" else one, "7946"),
    ("no-appeal", lambda one: attrs.evolve(one, paragraphs=()), "ombudsman"),
    ("not-isolated", lambda one: attrs.evolve(one, heading=f"{one.heading}{FSI}"), "isolate"),
    ("not-isolated", lambda one: attrs.evolve(one, heading=f"{one.heading} ابن"), "runs against"),
]


@pytest.mark.parametrize(("name", "change", "said"), FAULTS)
def test_a_notice_that_lost_something_is_found_out(
    name: str, change: Callable[[Section], Section | None], said: str
) -> None:
    """One without the ways out, or with something that turns the text around, does not leave."""
    _story, notice = told("freeze-imposed")
    sections = tuple(one for one in map(change, notice.sections) if one is not None)

    found = lint_notice(attrs.evolve(notice, sections=sections), LETTERHEAD)

    assert lint_notice(notice, LETTERHEAD) == ()
    assert name in [finding.name for finding in found]
    assert any(said in finding.what for finding in found)


def test_every_finding_says_what_to_do() -> None:
    """In words, without a full stop, after what it found."""
    finding = Finding("no-human", "notice `x`", "`y` is not in it")

    assert (
        str(finding)
        == "`no-human` in notice `x`: `y` is not in it; say where a person can be reached"
    )
    assert [advice for advice in ADVICE.values() if advice.endswith(".")] == []
