"""A desk that is overrun: who switches the rules, what they are then, and how it is told."""

from typing import Final

from freezecase import Actor, CaseState, Channel
from freezecase import commands as do
from freezecase.core.obligations import Unit, Within
from freezecase.desk.surging import Repriced
from freezecase.policy.clock import ladder

DESK: Final = Actor.system("surge-desk")
THREE_DAYS: Final = Within(count=3, unit=Unit.BUSINESS_DAYS)
SLOWER: Final = ladder(
    "@owner 3 business-days", "lead 2 business-days", "accountable 2 business-days"
)
"""Who owes a reply in surge, and how long each has."""


def say(case: CaseState, new: Repriced) -> do.SendNotice:
    """What a customer is told of a new time."""
    text = f"{new.promise} takes until {new.due:%d %B}: {new.reason}"
    return do.SendNotice(case.id, notice="promise-superseded", channel=Channel.EMAIL, text=text)
