"""Every language says everything, in every form that it has; what is missing stops the build."""

import sys
from pathlib import Path

import pytest

from freezecase.core.values import Ground
from freezecase.errors import BadNotice
from freezecase.present.notices import Catalogue, available, lint, load, read
from freezecase.present.notices.catalogue import OTHER
from freezecase.present.notices.language import Language
from freezecase.present.notices.messages import CATEGORIES, MESSAGES, TELLABLE
from freezecase.present.notices.reading import catalogue_of

FORMS = {
    "en": {"one", "other"},
    "cy": {*CATEGORIES},
    "ar": {*CATEGORIES},
    "vi": {"other"},
    "nl": {"one", "other"},
}
"""The plural categories of each language, as the CLDR has them."""
THINGS = [
    ("en", 1, "Please send us {count} thing:"),
    ("en", 0, "Please send us {count} things:"),
    ("cy", 0, "Nid oes angen i chi anfon dim atom."),
    ("cy", 1, "Anfonwch {count} peth atom, os gwelwch yn dda:"),
    ("cy", 2, "Anfonwch {count} beth atom, os gwelwch yn dda:"),
    ("cy", 3, "Anfonwch {count} pheth atom, os gwelwch yn dda:"),
    ("cy", 4, "Anfonwch {count} peth atom, os gwelwch yn dda:"),
    ("cy", 6, "Anfonwch {count} pheth atom, os gwelwch yn dda:"),
    ("ar", 0, "لا نحتاج منك شيئًا."),
    ("ar", 1, "نرجو أن ترسل إلينا شيئًا واحدًا:"),
    ("ar", 2, "نرجو أن ترسل إلينا شيئين:"),
    ("ar", 3, "نرجو أن ترسل إلينا {count} أشياء:"),
    ("ar", 11, "نرجو أن ترسل إلينا {count} شيئًا:"),
    ("ar", 100, "نرجو أن ترسل إلينا {count} شيء:"),
    ("vi", 1, "Vui lòng gửi cho chúng tôi {count} mục sau:"),
    ("vi", 7, "Vui lòng gửi cho chúng tôi {count} mục sau:"),
    ("nl", 1, "Stuur ons alstublieft {count} ding:"),
    ("nl", 2, "Stuur ons alstublieft {count} dingen:"),
]
"""How each language asks for so many things, as a speaker would say it."""
SOURCE = Path(__file__).parents[3] / "freezecase/present/notices/languages"


def source(language: str) -> str:
    """The file of a language that ships."""
    return (SOURCE / f"{language}.toml").read_text(encoding="utf-8")


def test_five_languages_ship() -> None:
    """English, Welsh, Arabic, Vietnamese and Dutch are there."""
    assert {*available()} == {*FORMS}


@pytest.mark.parametrize("language", FORMS)
def test_a_language_that_ships_is_sound(language: str) -> None:
    """Nothing is wrong with it, and it says which way it runs."""
    english = load("en") if language != "en" else None

    assert lint(load(language), english) == ()
    assert load(language).direction == ("rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize("language", FORMS)
def test_a_language_has_the_forms_of_the_cldr(language: str) -> None:
    """Six for Welsh and Arabic, two for English and Dutch, one for Vietnamese."""
    assert load(language).rules.categories == FORMS[language]


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("language", FORMS)
def test_every_message_is_said_in_every_form(language: str, message: str) -> None:
    """A counted message has each form of the language, any other has one."""
    forms = {category for category, text in load(language).of(message) if text.strip()}

    assert forms == (FORMS[language] if MESSAGES[message].counted else {OTHER})


@pytest.mark.parametrize("language", [*FORMS])
@pytest.mark.parametrize("message", [name for name, one in MESSAGES.items() if one.counted])
def test_every_number_finds_its_form(language: str, message: str) -> None:
    """Whatever the number, there is a text for it."""
    said = {load(language).text(message, count) for count in range(200)}

    assert said == {text for _category, text in load(language).of(message)}


@pytest.mark.parametrize(("language", "count", "said"), THINGS)
def test_numbers_change_words_as_speakers_do(language: str, count: int, said: str) -> None:
    """Welsh changes the first letter of what is counted, Arabic its whole ending."""
    assert load(language).text("need.counted", count) == said


@pytest.mark.parametrize("language", FORMS)
def test_what_is_never_told_has_no_sentence_in_any_language(language: str) -> None:
    """Nobody can say by mistake what nobody wrote."""
    assert Ground.AML_ALERT not in TELLABLE
    assert [*load(language).of("ground.aml-alert")] == []


def test_adding_a_file_adds_a_language(tmp_path: Path) -> None:
    """A file of one's own is read like those that ship; its language need not be one of them."""
    text = source("nl").replace('language = "nl"', 'language = "li"')
    (tmp_path / "li.toml").write_text(text, encoding="utf-8")

    own = read(tmp_path / "li.toml")

    assert isinstance(own, Catalogue)
    assert own.language == "li"
    assert own.texts == load("nl").texts


def test_a_missing_translation_is_an_error_and_never_english(tmp_path: Path) -> None:
    """A file that lacks one sentence cannot be read; the error says which."""
    text = source("cy").replace('\nreview = "Bydd', '\nrevue = "Bydd')
    (tmp_path / "cy.toml").write_text(text, encoding="utf-8")

    with pytest.raises(BadNotice) as raised:
        read(tmp_path / "cy.toml")

    assert [finding.name for finding in raised.value.findings] == [
        "missing-message",
        "unknown-message",
    ]
    assert "`missing-message` in `cy`, `owed.review`: it says nothing" in str(raised.value)


def test_an_english_sentence_left_standing_is_an_error(tmp_path: Path) -> None:
    """Whoever copied a file and missed a line finds out before a customer does."""
    text = source("nl").replace('why = "Waarom"', 'why = "Why"')
    (tmp_path / "nl.toml").write_text(text, encoding="utf-8")

    with pytest.raises(BadNotice) as raised:
        read(tmp_path / "nl.toml")

    assert [finding.name for finding in raised.value.findings] == ["untranslated"]


BROKEN = [
    ("=", "language `x` is no TOML"),
    ("", "language `x`, language is `None`: it takes a text"),
    (source("en").replace('why = "Why"', "why = 3"), "heading.why.other is `3`: it takes a text"),
    (
        source("en").replace("[lint.grounds]", "[lint.grounds]\nbribery = []"),
        "takes a table of `acc",
    ),
    (source("en").replace("unlocks = [", 'unlocks = "now"\nx = ['), "`x` is no list of it"),
    (source("en").replace("unlocks = [", 'unlocks = "now"\n#'), "language `x` is no TOML"),
    (source("en").split("[lint]")[0] + '[lint]\nunlocks = "now"', "unlocks is `'now'`: it takes"),
    (source("en").replace("[style]", "style_too = 3\n[style]", 1), "style_too is `3`: it takes a"),
]


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_a_file_that_is_no_catalogue_is_refused(text: str, said: str) -> None:
    """The error names the file, the place, and what would be taken."""
    with pytest.raises(BadNotice, match="language `x`") as raised:
        catalogue_of(text, "x")

    assert said in str(raised.value)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(BadNotice, match=r"language file `.*no\.toml` cannot be read"):
        read(tmp_path / "no.toml")


def test_a_language_that_does_not_ship_is_refused() -> None:
    """The error names those that do."""
    with pytest.raises(BadNotice, match="there is no language `tlh`: there is `ar`, `cy`, `en`"):
        load("tlh")


def test_a_locale_that_the_cldr_does_not_know_is_refused(tmp_path: Path) -> None:
    """The error says what would be taken."""
    text = source("nl").replace('locale = "nl"', 'locale = "xx-Nowhere"')
    (tmp_path / "xx.toml").write_text(text, encoding="utf-8")

    with pytest.raises(BadNotice, match="there is no locale `xx-Nowhere`: it takes one of the"):
        read(tmp_path / "xx.toml")


def test_without_babel_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs an extra names it."""
    monkeypatch.setitem(sys.modules, "babel", None)

    with pytest.raises(BadNotice, match=r"pip install 'freezecase\[notices\]'"):
        Language.of("fy")
