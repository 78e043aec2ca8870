"""Rules that say one thing, whatever they are asked."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from freezecase.core import events as e
from freezecase.core.obligations import Demand
from freezecase.policy.clock import Clock, ladder
from freezecase.policy.gate import ALLOW, SILENT, forbid, require
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.policy.rule import Kind, Rule


def says(answer: Any, id: str = "one", **data: Any) -> Rule[Any]:
    """Return a rule that always answers this."""
    return Rule(id=id, ask=lambda _question: answer, **data)


def breaks(_question: Question) -> Any:
    """Fail as code does."""
    raise KeyError("balance")


def fails(error: BaseException) -> Callable[[Question], Any]:
    """Return a function that raises this."""

    def ask(_question: Question) -> Any:
        raise error

    return ask


plans: Final = partial(says, kind=Kind.PLAN)
routes: Final = partial(says, kind=Kind.ROUTE)
tells: Final = partial(says, kind=Kind.DISCLOSURE)

YES, NO, FIRST = says(ALLOW, "yes"), says(forbid("no"), "no"), says(require("x"), "first")
MUTE, BUG = says(SILENT, "mute"), Rule(id="bug", ask=breaks)
RUBBISH: Final = says("sure", "rubbish")
CALL_BACK: Final = Clock(
    id="call-back-clock",
    on=[e.ContactReceived],
    demand=Demand(kind="call-back", ladder=ladder("front 2 hours"), met_by=("reply-sent",)),
)


def policy(*rules: Any, version: int = 1, **more: Any) -> Policy:
    """Return a policy of these rules."""
    return Policy(name="p", version=version, rules=rules, **more)
