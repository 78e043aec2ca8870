"""
The policy that ships: fair, strict, and complete enough to run an exchange.

Where it gives numbers they are the practice of the trade, marked `industry`, never law. Law comes
in packs, by jurisdiction: `standard().adding(*pack.clocks())`.
"""

from typing import Final

from freezecase.policy.calendar import Calendar
from freezecase.policy.policy import UTC_DAYS, Policy
from freezecase.policy.standard.clocks import clocks
from freezecase.policy.standard.freezing import FREEZING
from freezecase.policy.standard.hearing import HEARING
from freezecase.policy.standard.planning import PLANNING
from freezecase.policy.standard.reach import REACH, within_reach
from freezecase.policy.standard.releasing import RELEASING
from freezecase.policy.standard.serving import SERVING

__all__ = ["REACH", "standard"]

_GATES: Final = (within_reach, *FREEZING, *HEARING, *RELEASING, *SERVING, *PLANNING)


def standard(
    *,
    calendars: tuple[Calendar, ...] = (UTC_DAYS,),
    accountable: str = "accountable",
    signatures: int = 1,
) -> Policy:
    """
    Return the policy that ships.

    Args:
        calendars: what business days are counted by, the first unless a rule names another; days
            in UTC with no holidays if not said.
        accountable: the role that stands for whatever nobody else did, by its name in the house.
        signatures: how many approvals a release takes, beside the proposal.

    """
    if (calendars, accountable, signatures) == ((UTC_DAYS,), "accountable", 1):
        return _STANDARD
    return _made(calendars, accountable, signatures)


def _made(calendars: tuple[Calendar, ...], accountable: str, signatures: int) -> Policy:
    return Policy(
        name="standard",
        version=1,
        rules=(*_GATES, *clocks(accountable)),
        signatures=signatures,
        calendars=calendars,
        accountable=accountable,
    )


_STANDARD: Final = _made((UTC_DAYS,), "accountable", 1)
