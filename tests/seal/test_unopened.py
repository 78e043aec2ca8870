"""What stands where a text is not shown: words, and why."""

import pickle
from copy import deepcopy
from datetime import UTC, datetime

import msgspec
import pytest

from freezecase.core.values import Audience
from freezecase.seal.unopened import Erased, Withheld

AT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
ERASED = Erased("key-1", AT)
WITHHELD = Withheld(Audience.CONFIDENTIAL)


def test_they_are_texts_in_brackets() -> None:
    """Whatever prints a record prints them as they are."""
    assert f"reason: {ERASED}" == "reason: [erased on 2026-11-22]"
    assert f"reason: {WITHHELD}" == "reason: [withheld]"


def test_they_know_why() -> None:
    """A program does not read the words: it asks the type."""
    assert (ERASED.key, ERASED.at) == ("key-1", AT)
    assert WITHHELD.audience is Audience.CONFIDENTIAL
    assert not isinstance(ERASED, Withheld)


@pytest.mark.parametrize("audience", Audience)
def test_the_words_do_not_say_who_may_read(audience: Audience) -> None:
    """That something is for the authorities alone would tell a reader that there is something."""
    assert str(Withheld(audience)) == "[withheld]"


@pytest.mark.parametrize("one", [ERASED, WITHHELD])
def test_a_copy_still_knows_why(one: Erased | Withheld) -> None:
    """Also one that went to another process."""
    for copy in (deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert (type(copy), copy, repr(copy)) == (type(one), one, repr(one))


def test_they_do_not_look_like_texts_to_whoever_looks_closely() -> None:
    """In a debugger and in a failed assertion the type is seen."""
    assert repr(WITHHELD) == "Withheld(<Audience.CONFIDENTIAL: 'confidential'>)"
    assert repr(ERASED).startswith("Erased('key-1', datetime.datetime(2026, 11, 22")


@pytest.mark.parametrize("one", [ERASED, WITHHELD])
def test_none_is_stored_by_mistake(one: Erased | Withheld) -> None:
    """The engine that spells records refuses them: words in brackets would be on disk for ever."""
    with pytest.raises(TypeError, match=f"type {type(one).__name__} is unsupported"):
        msgspec.json.encode({"reason": one})
