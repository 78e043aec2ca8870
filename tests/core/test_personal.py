"""Which texts are sealed: every field that takes free words says so, or cannot be registered."""

from typing import Annotated

import pytest

from freezecase import commands as do
from freezecase import events as e
from freezecase.core.allowed import ID, line, prose
from freezecase.core.checked import checked, replace
from freezecase.core.commands import ASKED_AS
from freezecase.core.personal import (
    PLACEHOLDER,
    classified,
    masked,
    personal,
    texts_of,
    with_texts,
)
from freezecase.core.streams import STREAM_EVENTS
from freezecase.core.values import Audience, Plain, Reason, Several
from tests.core import samples

KINDS = [*e.STORED_AS, *STREAM_EVENTS, *ASKED_AS]


@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_is_stored_is_classified(kind: type) -> None:
    """No event and no command takes free words without saying whose they may be."""
    classified(kind)


def test_a_text_that_nobody_thought_about_is_refused() -> None:
    """Free words, on a line or on many, alone, optional, in a list, inside another value."""

    @checked
    class Inner:
        note: Annotated[str, prose(10)]

    @checked
    class Telling:
        reason: Reason

    hints: list[tuple[object, str]] = [
        (str, r"Kind\.said: it takes free words"),
        (str | None, r"Kind\.said: it takes free words"),
        (Annotated[str, prose(10)], r"Kind\.said: it takes free words"),
        (Annotated[str, line(1, 10), "a remark"], r"Kind\.said: it takes free words"),
        (Several[str], r"Kind\.said: it takes free words"),
        (Inner, r"Inner\.note: it takes free words"),
        (Several[Telling], r"Kind\.said: a sealed text stands inside it"),
    ]
    for hint, said in hints:
        with pytest.raises(TypeError, match=said):
            classified(checked(type("Kind", (), {"__annotations__": {"said": hint}})))


def test_a_text_that_says_why_it_is_nobodys_passes() -> None:
    """So does one with a form of its own, such as an id, and one that is sealed."""

    @checked
    class Kind:
        plain: Annotated[str, line(1, 10), Plain("a word of the machine")]
        id: Annotated[str, ID]
        reason: Reason | None = None

    classified(Kind)
    assert personal(Kind) == {"reason": Audience.OPERATIONS}


def test_what_may_be_read_by_whom() -> None:
    """The customer's words and the words to the customer are theirs; reasons are for staff."""
    assert personal(e.CheckFailed) == {
        "reason": Audience.OPERATIONS,
        "remedy": Audience.CUSTOMER,
    }
    assert personal(do.FileAppeal) == {"statement": Audience.CUSTOMER}
    assert personal(e.EnforcementConfirmed) == {}


@pytest.mark.parametrize("kind", [kind for kind in e.STORED_AS if personal(kind)])
def test_a_masked_event_says_nothing_of_anybody(kind: type[e.CaseEvent]) -> None:
    """A placeholder stands for each text, nothing else changes, and it can be put back."""
    event = samples.EVENTS[kind]
    texts = texts_of(event)
    hidden = masked(event)
    assert set(texts_of(hidden).values()) <= {PLACEHOLDER}
    assert texts_of(hidden).keys() == texts.keys()
    assert with_texts(hidden, texts) == event


def test_what_says_nothing_is_left_as_it_is() -> None:
    """A field that was left empty stays empty, and what has no such field is not copied."""
    freeze = replace(samples.EVENTS[e.FreezeImposed], reason=None)
    confirmed = samples.EVENTS[e.EnforcementConfirmed]
    assert masked(freeze) is freeze
    assert masked(confirmed) is confirmed
