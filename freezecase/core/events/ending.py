"""How a case ends, what it cost, and how it may begin again."""

from freezecase.core.checked import checked
from freezecase.core.values import Amount, Person, Reason, Slug

__all__ = [
    "AccountOffboarded",
    "CaseClosed",
    "CaseReopened",
    "FundsForfeited",
    "HarmRecorded",
    "PersonalDataErased",
]


@checked
class AccountOffboarded:
    """The exchange ended the relationship."""

    by: Person
    reason: Reason


@checked
class FundsForfeited:
    """Funds were taken under a final order."""

    basis: Slug
    by: Person
    amount: Amount | None = None


@checked
class HarmRecorded:
    """What the freeze cost somebody who had done nothing wrong."""

    harm: Slug
    amount: Amount | None = None
    description: Reason | None = None


@checked
class CaseClosed:
    """Nothing more is expected."""

    by: Person
    outcome: Slug
    """What the case turned out to be, such as `cleared`, `confirmed` or `mistake`."""


@checked
class CaseReopened:
    """The case is looked at again; the freeze stands where it stood."""

    by: Person
    reason: Reason


@checked
class PersonalDataErased:
    """The keys to somebody's personal data were destroyed. What was decided stays readable."""

    subject: Slug
    by: Person
    basis: Slug
