"""
Bad service, found in the records of one case: one detector a pattern, pure and total.

A detector reads what happened and in which order: no policy, no clock, and nobody's words. So it
finds the same in a case of ours, in an imported one, and in one whose personal data is erased.
What is found names the records that show it, and is for staff: it tells whose hands a case is in.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

import attrs

from freezecase.app.record import Record
from freezecase.core import events as e
from freezecase.core.values import Slug
from freezecase.views.detecting import (
    Finder,
    asked_again,
    back_again,
    complained,
    never_taken,
    promised_again,
    raised_twice,
    reopened,
    third_transfer,
)
from freezecase.views.detecting_waits import (
    bot_in_circles,
    bought_at_the_last_moment,
    bought_for_nothing,
    missed,
    rung_by_rung,
)

__all__ = ["DETECTORS", "Detector", "Found", "run_around"]


@attrs.frozen(kw_only=True)
class Found:
    """Bad service that somebody met with."""

    detector: str
    at: datetime
    """When it showed: when the last of the records is said to have happened."""
    versions: tuple[int, ...]
    """The records that show it, in order."""
    said: str
    """What they show, in words; no sealed text is ever in it."""


class Detector(NamedTuple):
    """One pattern of bad service: its name, what it is in a sentence, and how it is found."""

    id: Slug
    says: str
    shows: Finder

    def found(self, records: Iterable[Record]) -> Iterator[Found]:
        """Yield what it finds in the records of one case, in the order in which it showed."""
        for shown, said in self.shows(records):
            yield Found(
                detector=self.id,
                at=shown[-1].occurred_at,
                versions=tuple(record.version for record in shown),
                said=said,
            )


def run_around(records: Iterable[Record]) -> tuple[Found, ...]:
    """Return what `DETECTORS` find in the records of one case, in the order in which it showed."""
    told = tuple(records)
    found = (one for detector in DETECTORS for one in detector.found(told))
    return tuple(sorted(found, key=lambda one: one.versions[-1]))


# --- the table -----------------------------------------------------------------------------------

_TOLD: Final = (e.FreezeImposed, e.CaseReopened, e.NoticeSent, e.ReplySent, e.HumanJoined)
"""After each of these the customer has nothing to hear yet; from the last of them on is silence."""

DETECTORS: Final = (
    Detector(
        "third-transfer",
        "The case is transferred for the third time, or once more after that.",
        third_transfer,
    ),
    Detector(
        "back-again",
        "The case is sent back to somebody who gave it away.",
        back_again,
    ),
    Detector(
        "never-taken",
        "The case is transferred on before whoever was offered it accepted the hand-over.",
        never_taken,
    ),
    Detector(
        "question-asked-twice",
        "A check is requested again while what was shown for it is under review.",
        asked_again(e.EvidenceSubmitted, "`{}` asked for again before anybody looked at it"),
    ),
    Detector(
        "evidence-asked-twice",
        "A check is requested again after it passed, though it neither expired nor failed since.",
        asked_again(e.CheckPassed, "`{}` asked for again though it had passed"),
    ),
    Detector(
        "topic-raised-twice",
        "The customer gets in touch about the same topics again, and no person answered between.",
        raised_twice,
    ),
    Detector(
        "reopened",
        "The case is reopened after it was closed as resolved.",
        reopened,
    ),
    Detector(
        "promise-repeated",
        "A promise that was broken is made again under the same name.",
        promised_again,
    ),
    Detector(
        "bot-in-circles",
        "A machine answers three times in a row, with nothing but talk between.",
        bot_in_circles,
    ),
    Detector(
        "human-missed",
        "The customer asks for a person, and none joins in time.",
        missed("human", [e.HumanRequested], [e.HumanJoined], "no person joined in time"),
    ),
    Detector(
        "silence",
        "The customer hears nothing for so long that an update is missed.",
        missed("update", _TOLD, _TOLD, "nothing was heard since"),
    ),
    Detector(
        "missed-rung-by-rung",
        "A duty of the exchange is missed on more than one rung of its ladder.",
        rung_by_rung,
    ),
    Detector(
        "conduct-complaint",
        "The customer complains of how somebody behaved.",
        complained,
    ),
    Detector(
        "pause-without-question",
        "A duty of the exchange is put off while nothing is asked of the customer.",
        bought_for_nothing,
    ),
    Detector(
        "pause-before-breach",
        "A duty of the exchange is put off in the last tenth of its time.",
        bought_at_the_last_moment,
    ),
)
"""The patterns of bad service, each found by itself: one record may show several of them."""
