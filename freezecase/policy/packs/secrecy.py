"""
The four ways in which law forbids tipping off, as data; and the disclosure rules that they make.

A disclosure rule is asked of a case, and sees its ground. It never sees whether its account is
suspected: that is on no record of the case, and no fact of a ruling. So what is told to somebody
who is suspected is what is told to everybody whose account is frozen on that ground.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

import attrs

from freezecase.core import commands as do
from freezecase.core.ruling import Telling
from freezecase.core.suspicion import TippingOff
from freezecase.core.values import Audience, Ground
from freezecase.policy.packs.rule import PackRule
from freezecase.policy.question import Question
from freezecase.policy.rule import Disclosure, Kind, Rule

__all__ = ["REGIMES", "Regime", "disclosure_of", "strictest"]


@attrs.frozen(kw_only=True)
class Regime:
    """One way of forbidding to tip off: what it lets be told of an AML alert, and for how long."""

    forbids: str
    """What it forbids to disclose, in words."""
    at_first: Telling
    """How much may be told with the freeze."""
    later: Telling
    """How much may be told at most once somebody decided that more may be."""
    review: timedelta | None
    """After how long somebody looks again, if nobody says another day; never, if nothing."""
    ends: bool
    """Whether it ever ends."""
    sources: tuple[str, ...]
    """Where the law says so, cited."""


REGIMES: Final[Mapping[TippingOff, Regime]] = {
    TippingOff.ABSOLUTE: Regime(
        forbids="that there is a report, or that there is none",
        at_first=Telling.NEUTRAL,
        later=Telling.NEUTRAL,
        review=None,
        ends=False,
        sources=("31 U.S.C. 5318(g)(2)(A)(i)", "31 CFR 1022.320(d)", "FIN-2012-A002"),
    ),
    TippingOff.FACT_OF_REPORT_AND_ASSESSMENT: Regime(
        forbids="that there is, was or will be a report, or that anything is or was assessed",
        at_first=Telling.NEUTRAL,
        later=Telling.NEUTRAL,
        review=None,
        ends=True,
        sources=("Regulation (EU) 2024/1624 Art. 73(1)", "Directive (EU) 2015/849 Art. 39(1)"),
    ),
    TippingOff.FACT_OF_REPORT: Regime(
        forbids="that there is a report",
        at_first=Telling.GROUND,
        later=Telling.GROUND,
        review=None,
        ends=True,
        sources=("AMLA (SR 955.0) Art. 10a(1)", "FATF Recommendation 21"),
    ),
    TippingOff.PREJUDICE_TEST: Regime(
        forbids="what is likely to prejudice an investigation, for as long as it is",
        at_first=Telling.NEUTRAL,
        later=Telling.FACTS,
        review=timedelta(days=14),
        ends=True,
        sources=(
            *("POCA 2002 s.333A(1)-(3)", "AML/CTF Act 2006 s.123"),
            *("OSCO s.25A(5)", "CDSA s.57"),
        ),
    ),
}
"""What each regime forbids and allows. The time after which somebody looks again is `industry`."""

_STRICTNESS: Final = (
    TippingOff.ABSOLUTE,
    TippingOff.FACT_OF_REPORT_AND_ASSESSMENT,
    TippingOff.FACT_OF_REPORT,
    TippingOff.PREJUDICE_TEST,
)


def strictest(regimes: Iterable[TippingOff]) -> TippingOff | None:
    """Return the regime that holds longest where several do; nothing where none does."""
    return min(regimes, key=_STRICTNESS.index, default=None)


def _most(question: Question, regime: TippingOff) -> Telling | None:
    """Return how much of an AML alert a customer may be told; of others the regime is silent."""
    command: Any = question.command
    imposed = isinstance(command, do.ImposeFreeze)
    ground = command.ground if imposed else question.state.ground
    told = getattr(command, "audience", Audience.CUSTOMER)
    if ground is not Ground.AML_ALERT or told is not Audience.CUSTOMER:
        return None
    return REGIMES[regime].at_first if imposed else REGIMES[regime].later


def _absolute(question: Question) -> Telling | None:
    """Neither a report nor that there is none is ever told, and no word that would say so."""
    return _most(question, TippingOff.ABSOLUTE)


def _report_and_assessment(question: Question) -> Telling | None:
    """Neither a report is told, nor that anything is or was assessed."""
    return _most(question, TippingOff.FACT_OF_REPORT_AND_ASSESSMENT)


def _report(question: Question) -> Telling | None:
    """That there is a report is not told; of an alert the ground may be, and no facts."""
    return _most(question, TippingOff.FACT_OF_REPORT)


def _prejudice(question: Question) -> Telling | None:
    """Nothing is told until somebody found that telling prejudices no investigation."""
    return _most(question, TippingOff.PREJUDICE_TEST)


_ASKS: Final[Mapping[TippingOff, Callable[[Question], Telling | None]]] = {
    TippingOff.ABSOLUTE: _absolute,
    TippingOff.FACT_OF_REPORT_AND_ASSESSMENT: _report_and_assessment,
    TippingOff.FACT_OF_REPORT: _report,
    TippingOff.PREJUDICE_TEST: _prejudice,
}


def disclosure_of(rule: PackRule, regime: TippingOff) -> Disclosure:
    """Return the disclosure rule that a cited rule makes, which forbids tipping off by *regime*."""
    return Rule(
        id=rule.id,
        ask=_ASKS[regime],
        on=frozenset({do.ImposeFreeze, do.UpgradeDisclosure}),
        version=rule.version,
        source=rule.citation,
        parameters=REGIMES[regime],
        effective=rule.effective,
        kind=Kind.DISCLOSURE,
    )
