"""A finding as a test: given, when, then, ready to be pasted beside the policy that it is about."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from freezecase.core import commands as do
from freezecase.core.commands import asked
from freezecase.replay.pen import Pen
from freezecase.replay.prove.bounds import CASE, DAY
from freezecase.replay.prove.flaws import Flaw
from freezecase.replay.prove.journey import Journey, Leg

__all__ = ["as_test", "told"]


def told(journey: Journey) -> Iterator[str]:
    """Yield the steps of a journey in words, and what is asked at its end."""
    for leg in journey.legs:
        yield f"{leg.at:%Y-%m-%d %H:%M}  {_in_words(leg)}"
    if journey.last is not None:
        yield f"{journey.last.at:%Y-%m-%d %H:%M}  {_in_words(journey.last)} is asked for"
    if not journey.arrives:
        yield "(a real case does not come here by this way: it shows the flaw in outline)"


def _in_words(leg: Leg) -> str:
    if leg.command is None or leg.by is None:
        return "nobody does anything, and what is owed is missed"
    said = "".join(f", {name} being `{value}`" for name, value in leg.facts.items())
    return f"{leg.by.person} asks for `{asked(leg.command)}`{said}"


def as_test(flaw: Flaw, says: str, journey: Journey | None) -> str:
    """
    Return a test that fails under the policy that was found wanting, and passes once it is mended.

    It speaks of a `policy` in its module: the one to be tested.
    """
    pen = Pen(DAY)
    pen.uses("freezecase.testing.spec", "given")
    if journey is None:
        lines = _static(pen, flaw)
    else:
        lines = [
            "story = given().under(policy)",
            *(f"story = story.{_step(pen, leg)}" for leg in journey.legs),
            *_DEMANDS[flaw](pen, journey),
        ]
    name, said = flaw.replace("-", "_"), f"{says[:1].upper()}{says[1:]}: never again."
    body = [f"def test_{name}() -> None:", f'    """{said}"""', *(f"    {one}" for one in lines)]
    head = ["from datetime import UTC, datetime, timedelta", "", *pen.imports()]
    return "\n".join([*head, "", f"AT = {pen.begin()}", "", "", *body]) + "\n"


def _static(pen: Pen, flaw: Flaw) -> list[str]:
    """Demand what the rules alone show."""
    looks = {Flaw.NOBODY: "nobody", Flaw.SLEEPS: "sleeps"}
    pen.uses("freezecase.replay.prove.ladders", looks[flaw])
    if flaw is Flaw.SLEEPS:
        return ["assert not [spot.says for spot in sleeps(policy)]"]
    pen.uses("freezecase.replay.prove", "Bounds")
    return ["assert not [spot.says for spot in nobody(policy, Bounds())]"]


def _step(pen: Pen, leg: Leg) -> str:
    return f"after({_asking(pen, leg)})" if leg.command else f"later({pen.code(leg.at)})"


def _asking(pen: Pen, leg: Leg | None) -> str:
    if leg is None or leg.command is None or leg.by is None:
        return ""
    return pen.asked(leg.command, leg.by, leg.at, leg.facts)


def _demand(pen: Pen, name: str, *said: str) -> list[str]:
    """Write a demand of `freezecase.testing.proving` on the story."""
    pen.uses("freezecase.testing.proving", name)
    return [f"{name}({', '.join(filter(None, ('story', *said)))})"]


def _allowed(pen: Pen, journey: Journey) -> list[str]:
    return [f"story.when({_asking(pen, journey.last)}).allowed()"]


def _refused(pen: Pen, journey: Journey) -> list[str]:
    return [f"story.when({_asking(pen, journey.last)}).then_refused()"]


def _unbroken(pen: Pen, journey: Journey) -> list[str]:
    return _demand(pen, "must_not_break", _asking(pen, journey.last))


def _way_out(pen: Pen, journey: Journey) -> list[str]:
    away = f"away={pen.code((journey.away,))}" if journey.away else ""
    facts = f"facts={pen.code(dict(journey.facts))}" if journey.facts else ""
    return _demand(pen, "must_have_way_out", away, facts, _when(pen, journey))


def _able(pen: Pen, journey: Journey) -> list[str]:
    return _demand(pen, "must_be_able", *map(pen.code, journey.about), _when(pen, journey))


def _when(pen: Pen, journey: Journey) -> str:
    return f"at={pen.code(journey.legs[-1].at)}" if journey.legs else ""


def _person(pen: Pen, journey: Journey) -> list[str]:
    last = journey.last.command if journey.last else None
    signed_off = isinstance(last, do.MeetObligation | do.WaiveObligation)
    return _refused(pen, journey) if signed_off else _demand(pen, "must_owe_a_person")


def _clocked(pen: Pen, journey: Journey) -> list[str]:
    last = _asking(pen, journey.last)
    then = [f"story = story.after({last})"] if last else []
    return [*then, *_demand(pen, "must_be_clocked", pen.code(journey.about[0]))]


def _appealed(pen: Pen, journey: Journey) -> list[str]:
    pen.uses("freezecase.core.actors", "Actor")
    appeal = pen.code(do.FileAppeal(CASE, statement="i contest this"))
    customer = "by=Actor.customer(story.state.account)"
    said = ", ".join(filter(None, (appeal, customer, _when(pen, journey))))
    return [f"story.when({said}).allowed()"]


_DEMANDS: Final[Mapping[Flaw, Callable[[Pen, Journey], list[str]]]] = {
    Flaw.NO_WAY_OUT: _way_out,
    Flaw.CANNOT_ACT: _able,
    Flaw.UNCLOCKED: _clocked,
    Flaw.FROZEN_CHANNEL: _allowed,
    Flaw.FINAL: _appealed,
    Flaw.OWN_ACT: _refused,
    Flaw.UNDER_HOLD: _refused,
    Flaw.UNEXPLAINED: _allowed,
    Flaw.BOT_LOOP: _person,
    Flaw.BROKE: _unbroken,
}
"""What is demanded at the end of a journey."""
