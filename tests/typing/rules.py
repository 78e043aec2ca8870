"""What the type checkers say of a rule of one's own. Checked, never run."""

from collections.abc import Sequence
from typing import assert_type

from freezecase import (
    SILENT,
    Anchor,
    Answer,
    Casebook,
    Clock,
    Demand,
    Edition,
    Effective,
    Gate,
    Lane,
    Occasion,
    Policy,
    PolicyBook,
    Question,
    Telling,
    Verification,
    disclosure,
    forbid,
    gate,
    installed_policies,
    ladder,
    plan,
    route,
    standard,
)
from freezecase import commands as do
from freezecase import events as e


@gate("our-rule", on=[do.ApproveRelease], reads={"band": ("low", "high")})
def our_rule(question: Question) -> Answer:
    """Nobody approves what they own."""
    return forbid("own case") if question.actor.person == question.state.owner else SILENT


@plan("our-checks", on=[do.RequestChecks])
def our_checks(question: Question) -> Sequence[str]:
    """Everybody shows their face."""
    return ("liveness",)


@plan("our-other-checks")
def our_other_checks(question: Question) -> tuple[Verification, ...]:
    """A check with alternatives is a `Verification`."""
    return (Verification(kind="device", instead=("second-factor",)),)


@route("our-desk")
def our_desk(question: Question) -> Lane | None:
    """One desk does it all."""
    return Lane(queue="desk")


@disclosure("our-silence")
def our_silence(question: Question) -> Telling | None:
    """The ground, and no more."""
    return Telling.GROUND


def harmed(occasion: Occasion) -> bool:
    """Say whether somebody was harmed."""
    return isinstance(occasion.event, e.HarmRecorded)


HARM = Clock(
    id="harm-clock",
    on=[e.HarmRecorded],
    when=harmed,
    demand=Demand(kind="harm", ladder=ladder("lead 1 business-day"), met_by=("reply-sent",)),
)


def compose() -> None:
    """Rules of every kind go into policies; policies are made of policies."""
    assert_type(our_rule, Gate)
    ours = standard().adding(our_rule, our_checks, our_other_checks, our_desk, our_silence, HARM)
    assert_type(ours.without("four-eyes").named("ours", 2), Policy)
    later = Edition(ours, Effective(anchor=Anchor.RECORD))
    assert_type(PolicyBook.of(standard(), later), PolicyBook)
    Casebook.open("memory:", policy=PolicyBook.of(*installed_policies()["ours"]))
    standard().adding(7)  # type: ignore[arg-type]
    standard().rules = ()  # type: ignore[misc]


@gate("no-rule")  # type: ignore[arg-type]
def no_rule(question: Question) -> bool:
    """A rule answers; yes or no is no answer."""
    return question.actor.id == "ana"


@route("no-lane")  # type: ignore[arg-type]
def no_lane(question: Question) -> str:
    """A lane is more than its queue."""
    return "desk"
