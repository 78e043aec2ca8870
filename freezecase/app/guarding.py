"""Policies whose rules come to an end: a function of a rule that takes too long is stopped."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import attrs

from freezecase.app.watchdog import limited
from freezecase.policy.clock import Clock, any_time, by_its_term, its_subject
from freezecase.policy.policy import AnyRule, Policy

__all__ = ["guarded"]

F = TypeVar("F", bound=Callable[..., Any])

_OURS: Final = (any_time, by_its_term, its_subject)
"""What clocks do unless they say otherwise; they end."""


def guarded(policy: Policy, seconds: float) -> Policy:
    """Return *policy* with rules that are broken once they take longer than *seconds*."""

    def stopped(ask: F) -> F:
        ours = any(ask is one for one in _OURS)
        return ask if ours else limited(ask, seconds)  # type: ignore[return-value]

    def of(rule: AnyRule) -> AnyRule:
        if isinstance(rule, Clock):
            return attrs.evolve(
                rule, when=stopped(rule.when), about=stopped(rule.about), at=stopped(rule.at)
            )
        return attrs.evolve(rule, ask=stopped(rule.ask))

    return attrs.evolve(policy, rules=tuple(map(of, policy.rules))).being(policy)
