"""
What every language must say: the messages, what each takes, and who may read it.

This table is the schema of the files in `languages/`: a file that lacks one of these, or has one
more, is no catalogue. A message is counted if its words change with a number.
"""

from collections.abc import Mapping
from typing import Final

import attrs

from freezecase.core.ruling import Telling
from freezecase.core.values import USUAL_CHECKS, Capability, Ground
from freezecase.views.disclosure import NEVER_TOLD

__all__ = ["CATEGORIES", "DEEDS", "MESSAGES", "TELLABLE", "TIMES", "Message"]

CATEGORIES: Final = ("zero", "one", "two", "few", "many", "other")
"""The plural categories of the CLDR; a language has some of them, `other` always."""
TIMES: Final = frozenset({"due"})
"""The inserts that are times to come. Only what somebody owes, or may do, can fill them."""
DEEDS: Final = (
    *("acknowledgement", "appeal-decision", "broken-promise", "check-review", "decision"),
    *("decide-without-evidence", "human", "lifting", "reply", "review", "update"),
)
"""What we owe, and say in a sentence of its own; for anything else there is `owed.promise`."""
TELLABLE: Final = tuple(ground for ground in Ground if ground not in NEVER_TOLD)
"""The grounds that may be told at all. For the others there is no sentence, in no language."""


@attrs.frozen
class Message:
    """One message: its inserts, whether it is counted, and from which telling on it may be read."""

    takes: frozenset[str] = frozenset()
    counted: bool = False
    told_from: Telling = Telling.NEUTRAL
    lifts: bool = False
    """Whether it speaks of the end of the freeze: it is said only where that is owed, or done."""


def _said(
    group: str,
    *names: str,
    takes: str = "",
    counted: bool = False,
    told_from: Telling = Telling.NEUTRAL,
    lifts: bool = False,
) -> dict[str, Message]:
    """Return the messages of a group that take the same."""
    message = Message(frozenset(takes.split()), counted, told_from, lifts)
    return {f"{group}.{name}" if name else group: message for name in names}


_GROUND: Final = Telling.GROUND

MESSAGES: Final[Mapping[str, Message]] = {
    **_said("style", "separator"),
    **_said("style", "time", takes="date clock zone"),
    **_said("heading", "scope", "why", "machine", "duration"),
    **_said("heading", "need", "next", "appeal", "human"),
    **_said("freeze-imposed", "subject", "words"),
    **_said("freeze-imposed", "what", takes="exchange date"),
    **_said("incident", "subject", "words", told_from=_GROUND),
    **_said("incident", "what", takes="exchange date", told_from=_GROUND),
    **_said("check-requested", "subject", "what"),
    **_said("check-failed", "subject", "retry", "final", "words"),
    **_said("check-failed", "what", takes="check"),
    **_said("extension", "subject", "what", "words"),
    **_said("update", "subject", "frozen", "free", "words"),
    **_said("appeal-received", "subject", "inside", "outside"),
    **_said("appeal-received", "what", takes="date"),
    **_said("appeal-rejected", "subject", "what", "words"),
    **_said("release-ordered", "subject", "what", "partly", "left", lifts=True),
    **_said("released", "subject", "what", "partly", "left", lifts=True),
    **_said("promise-superseded", "subject", "what", "words"),
    **_said("scope", "everything", "yours"),
    **_said("scope", "assets", takes="assets"),
    **_said("scope", "amount", takes="amount"),
    **_said("scope", "counted", takes="count", counted=True),
    **_said("capability", *Capability),
    **_said("why", "neutral", "terms", takes="terms"),
    **_said("ground", *TELLABLE, told_from=_GROUND),
    **_said("machine", "automated", "person"),
    **_said("duration", "open"),
    **_said("need", "received", takes="check"),
    **_said("need", "instead", takes="check instead"),
    **_said("need", "by", takes="due"),
    **_said("need", "otherwise"),
    **_said("need", "counted", takes="count", counted=True),
    **_said("check", *USUAL_CHECKS),
    **_said("check", "other", takes="check"),
    **_said("owed", *DEEDS, "promise", takes="due"),
    **_said("owed", "lifting", takes="due", lifts=True),
    **_said("late", "", takes="count", counted=True),
    **_said("broken", "", takes="count", counted=True),
    **_said("appeal", "open", "pending", "complaint", takes="place"),
    **_said("appeal", "by", takes="due"),
    **_said("appeal", "over"),
    **_said("appeal", "outside", takes="outside"),
    **_said("human", "place", takes="place"),
    **_said("reference", "dated", takes="reference date"),
}
"""Every message, by its name: the table of the file and the key in it."""
