"""
Rules of the book that no policy lifts: what takes two people was done by two people.

A ruling says that the policy of its day allowed a record; it does not say that the policy was fair.
These rules are asked of the records alone. What was imported was ruled elsewhere, and is let be.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from freezecase.core import events as e
from freezecase.core.draft import Draft
from freezecase.core.events import CaseEvent

__all__ = ["broken"]

_Asks = Callable[[Draft, Any], str]
"""Says how an event breaks a rule, given the case before it; nothing if it does not."""


def broken(before: Draft, event: CaseEvent) -> tuple[str, str] | None:
    """Return how *event* breaks a rule and what the rule asks for; nothing if it breaks none."""
    rule = _RULES.get(type(event))
    if rule is None:
        return None
    asks, expected = rule
    said = asks(before, event)
    return (said, expected) if said else None


def _alone(before: Draft, event: e.ReleaseApproved) -> str:
    release = before.release
    signed = () if release is None else (release.proposer, *release.approvers)
    return f"`{event.by}` proposed or signed it already" if event.by in signed else ""


def _own_appeal(before: Draft, event: e.AppealUpheld | e.AppealRejected) -> str:
    return _decided(before, event.by)


def _own_review(before: Draft, event: e.AppealAssigned) -> str:
    return _decided(before, event.reviewer)


def _decided(before: Draft, person: str) -> str:
    appeal = before.appeal
    own = appeal is not None and before.deciders.get(appeal.contests) == person
    return f"`{person}` made the decision that is contested" if own else ""


_ANOTHER: Final = "another person"
_RULES: Final[Mapping[type[CaseEvent], tuple[_Asks, str]]] = {
    e.ReleaseApproved: (_alone, _ANOTHER),
    e.AppealAssigned: (_own_review, _ANOTHER),
    e.AppealUpheld: (_own_appeal, _ANOTHER),
    e.AppealRejected: (_own_appeal, _ANOTHER),
}
"""What each kind of event asks of the case before it."""
