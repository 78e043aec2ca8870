"""What a policy answers, in a line."""

from collections.abc import Callable
from typing import Any, Final

from freezecase.core.obligations import Obligation
from freezecase.core.ruling import Lane
from freezecase.policy.clock import in_words
from freezecase.policy.turn import Turn

__all__ = ["answer_in_words"]


def answer_in_words(answer: object) -> str:
    """Say what a policy answers, or one piece of it."""
    for kind, said in _SAYS:
        if isinstance(answer, kind):
            return said(answer) or "nothing"
    return str(answer)


def _turn(answer: Turn) -> str:
    return answer.ruling.in_words()


def _obligation(owed: Obligation) -> str:
    at = owed.due.isoformat().replace("+00:00", "Z")
    verb = "may use" if owed.demand.right else "owes"
    rungs = (f"`{one.debtor}` within {in_words(one.within)}" for one in owed.demand.ladder[1:])
    return ", then ".join([f"`{owed.debtor}` {verb} it by {at}", *rungs])


def _checks(several: tuple[Any, ...]) -> str:
    return ", ".join(
        f"`{one.kind}`" + "".join(f" or `{other}`" for other in one.instead) for one in several
    )


def _lane(lane: Lane) -> str:
    skill = f", skill `{lane.skill}`" if lane.skill else ""
    return f"queue `{lane.queue}`{skill}, priority {lane.priority}"


_SAYS: Final[tuple[tuple[type[Any], Callable[[Any], str]], ...]] = (
    (Turn, _turn),
    (Obligation, _obligation),
    (Lane, _lane),
    (tuple, _checks),
    (type(None), lambda _: "nothing"),
)
