"""
The parts of a notice, each as the paragraphs that say it: one function a part, in one table.

A part is written from what may be told and from nothing else.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

import attrs

from freezecase.core.values import Capability, Scope, Slug
from freezecase.present.notices.bidi import isolated
from freezecase.present.notices.letterhead import Letterhead
from freezecase.present.notices.told import Stand, Told
from freezecase.present.notices.writing import Pen
from freezecase.views.customer import Needed
from freezecase.views.telling import amount

__all__ = ["HEADINGS", "PARTS", "Page"]

_ITEM: Final = "\N{BULLET} "


@attrs.frozen(kw_only=True)
class Page:
    """All that a part is written from: the notice, what may be told, by whom, and whose words."""

    notice: Slug
    told: Told
    letterhead: Letterhead
    words: str | None
    """Somebody's own words, for this notice and in its language."""


Part: TypeAlias = Callable[[Page, Pen], Iterator[str]]


def _what(page: Page, pen: Pen) -> Iterator[str]:
    yield from _OPENINGS.get(page.notice, _opening)(page, pen)
    if page.told.late:
        yield pen.count("late", page.told.late)
    if page.told.broken:
        yield pen.count("broken", page.told.broken)


def _opening(page: Page, pen: Pen) -> Iterator[str]:
    yield pen.say(f"{page.notice}.what")


def _imposed(page: Page, pen: Pen) -> Iterator[str]:
    who = page.letterhead.exchange
    yield pen.say(f"{page.notice}.what", exchange=who, date=page.told.since)


def _failed(page: Page, pen: Pen) -> Iterator[str]:
    yield pen.say("check-failed.what", check=_check(page.told.check or "", pen))
    yield pen.say("check-failed.final" if page.told.final else "check-failed.retry")


def _update(page: Page, pen: Pen) -> Iterator[str]:
    yield pen.say("update.frozen" if page.told.frozen else "update.free")


def _received(page: Page, pen: Pen) -> Iterator[str]:
    yield pen.say("appeal-received.what", date=page.told.since)
    yield pen.say(f"appeal-received.{'outside' if page.told.heard_outside else 'inside'}")


def _lifted(page: Page, pen: Pen) -> Iterator[str]:
    left = page.told.scope
    yield pen.say(f"{page.notice}.{'partly' if left else 'what'}")
    if left:
        yield pen.say(f"{page.notice}.left")
        yield from _items(left, pen)
        yield from _bounds(left, pen)


_OPENINGS: Final[Mapping[Slug, Part]] = {
    **dict.fromkeys(("freeze-imposed", "incident"), _imposed),
    **dict.fromkeys(("release-ordered", "released"), _lifted),
    "check-failed": _failed,
    "update": _update,
    "appeal-received": _received,
}
"""How a notice begins, where it says more than one sentence without inserts."""


def _scope(page: Page, pen: Pen) -> Iterator[str]:
    scope = page.told.scope
    if scope is None:
        return
    if len(scope.capabilities) == len(Capability):
        yield pen.say("scope.everything")
    else:
        yield pen.count("scope.counted", len(scope.capabilities))
        yield from _items(scope, pen)
    yield from _bounds(scope, pen)
    yield pen.say("scope.yours")


def _items(scope: Scope, pen: Pen) -> Iterator[str]:
    return (f"{_ITEM}{pen.say(f'capability.{one}')}" for one in scope.capabilities)


def _bounds(scope: Scope, pen: Pen) -> Iterator[str]:
    """Yield what a scope is only about: some assets, an amount."""
    if scope.assets:
        yield pen.say("scope.assets", assets=scope.assets)
    if scope.amount:
        yield pen.say("scope.amount", amount=amount(scope.amount))


def _why(page: Page, pen: Pen) -> Iterator[str]:
    told, terms = page.told, page.letterhead.terms
    if told.ground is None:
        yield pen.say("why.neutral", terms=terms)
    else:
        yield pen.say(f"ground.{told.ground}")
        yield pen.say("why.terms", terms=terms)


def _words(page: Page, _pen: Pen) -> Iterator[str]:
    """Yield somebody's words, each line isolated by itself: no isolate reaches over a line."""
    lines = (page.words or page.told.said or "").splitlines()
    return (isolated(line.strip()) for line in lines if line.strip())


def _machine(page: Page, pen: Pen) -> Iterator[str]:
    if page.told.machine is not None:
        yield pen.say(f"machine.{'automated' if page.told.machine else 'person'}")


def _duration(page: Page, pen: Pen) -> Iterator[str]:
    if page.told.frozen:
        yield pen.say("duration.open")


def _need(page: Page, pen: Pen) -> Iterator[str]:
    needs = page.told.needs
    wanted = [one for one in needs if not one.received]
    if wanted:
        yield pen.count("need.counted", len(wanted))
        yield from (f"{_ITEM}{_wanted(one, pen)}" for one in wanted)
        if page.told.needs_by:
            yield pen.say("need.by", due=page.told.needs_by)
        yield pen.say("need.otherwise")
    for one in needs:
        if one.received:
            yield pen.say("need.received", check=_check(one.check, pen))


def _wanted(need: Needed, pen: Pen) -> str:
    check = _check(need.check, pen)
    if not need.instead:
        return isolated(check)
    instead = tuple(_check(one, pen) for one in need.instead)
    return pen.say("need.instead", check=check, instead=instead)


def _check(kind: str, pen: Pen) -> str:
    return pen.word("check", kind) or pen.say("check.other", check=kind)


def _next(page: Page, pen: Pen) -> Iterator[str]:
    return (pen.say(f"owed.{one.what}", due=one) for one in page.told.owed)


def _appeal(page: Page, pen: Pen) -> Iterator[str]:
    told, letterhead = page.told, page.letterhead
    if told.stand is Stand.OVER:
        yield pen.say("appeal.over")
    way = Stand.COMPLAINT if told.stand is Stand.OVER else told.stand
    yield pen.say(f"appeal.{way}", place=letterhead.appeal_at)
    if told.stand is Stand.OPEN and told.appeal_by:
        yield pen.say("appeal.by", due=told.appeal_by)
    yield pen.say("appeal.outside", outside=letterhead.outside)


def _human(page: Page, pen: Pen) -> Iterator[str]:
    yield pen.say("human.place", place=page.letterhead.human_at)


def _reference(page: Page, pen: Pen) -> Iterator[str]:
    yield pen.say("reference.dated", reference=page.told.reference, date=page.told.at)


PARTS: Final[Mapping[Slug, Part]] = {
    "what": _what,
    "scope": _scope,
    "why": _why,
    "words": _words,
    "machine": _machine,
    "duration": _duration,
    "need": _need,
    "next": _next,
    "appeal": _appeal,
    "human": _human,
    "reference": _reference,
}
"""Every part of a notice, and how it is written."""
HEADINGS: Final = {
    **{part: f"heading.{part}" for part in PARTS if part not in {"what", "words", "reference"}},
    "words": "{notice}.words",
}
"""What stands above a part, where something does."""
