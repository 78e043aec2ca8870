"""
What happened at the desk, in words: who looks after a case, and who said what to whom.

One sentence maker for each kind of event; `sentences` joins them with all the others.
"""

from collections.abc import Callable, Mapping
from typing import Final

from freezecase.core import events as e
from freezecase.core.events import CaseEvent
from freezecase.views.telling import Telling, as_customer, by_channel, instant, listed

__all__ = ["DESK_SENTENCES", "Sentence"]

Sentence = Callable[[Telling], str]
"""Says what one kind of event did, as far as the reader may know it."""


def _notice(told: Telling) -> str:
    event = told.event
    language = "" if event.language == "en" else f" in `{event.language}`"
    channel = by_channel(event.channel)
    return f"told the customer {channel} of `{event.notice}`{language}{told.text('text')}"


def _assigned(told: Telling) -> str:
    to = told.event.to
    return (
        "took the case" if to == told.record.actor.person else f"gave the case to {told.name(to)}"
    )


def _transferred(told: Telling) -> str:
    event = told.event
    known = told.text("packet", "; what is known: ")
    carried = {"asked": event.asked, "received": event.received, "promised": event.promised}
    packet = "".join(
        f"; {what}: {listed(f'`{one}`' for one in several)}"
        for what, several in carried.items()
        if several
    )
    return f"offered the case to {told.name(event.to)}{told.text()}{known}{packet}"


def _about(told: Telling) -> str:
    topics = told.event.topics
    return f" about {listed(f'`{topic}`' for topic in topics)}" if topics else ""


def _contact(told: Telling) -> str:
    how = f"got in touch {by_channel(told.event.channel)}{_about(told)}"
    return as_customer(f"{how}{told.text('summary')}", told)


def _reply(told: Telling) -> str:
    how = "answered" if told.event.human else "sent an automatic answer"
    return f"{how} {by_channel(told.event.channel)}{_about(told)}{told.text('text')}"


def _promised(told: Telling) -> str:
    event = told.event
    return f"promised `{event.promise}` by {instant(event.due)}{told.text('text')}"


def _was_due(told: Telling) -> str:
    promise = told.before.promises.get(told.event.promise)
    return f", due {instant(promise.due)}" if promise else ""


def _contacted(told: Telling) -> str:
    event = told.event
    how = "reached" if event.reached else "tried to reach"
    return f"{how} the customer {by_channel(event.channel)}{_about(told)}{told.text('summary')}"


def _code(told: Telling) -> str:
    found = "genuine" if told.event.genuine else "an impostor's"
    return f"checked a contact code {by_channel(told.event.channel)}: {found}"


def _full(told: Telling) -> str:
    skill = f" with skill `{told.event.skill}`" if told.event.skill else ""
    return f"found nobody{skill} free in queue `{told.event.queue}`"


def _arrived(told: Telling) -> str:
    return f"confirmed that notice `{told.event.notice}` arrived {by_channel(told.event.channel)}"


def _not_arrived(told: Telling) -> str:
    notice, channel = told.event.notice, by_channel(told.event.channel)
    return f"found that notice `{notice}` did not arrive {channel}{told.text()}"


DESK_SENTENCES: Final[Mapping[type[CaseEvent], Sentence]] = {
    e.NoticeSent: _notice,
    e.NoticeWithheld: lambda t: (
        f"did not tell the customer of `{t.event.notice}`: `{t.event.basis}` forbids it; "
        f"to be looked at again {instant(t.event.review_at)}"
    ),
    e.DeliveryConfirmed: _arrived,
    e.DeliveryFailed: _not_arrived,
    e.AssignmentFailed: _full,
    e.CaseAssigned: _assigned,
    e.CaseTransferred: _transferred,
    e.HandOverAccepted: lambda t: "took over the case that was offered",
    e.ContactReceived: _contact,
    e.CustomerContacted: _contacted,
    e.ContactCodeChecked: _code,
    e.ReplySent: _reply,
    e.HumanRequested: lambda t: as_customer(f"asked for a person {by_channel(t.event.channel)}", t),
    e.HumanJoined: lambda t: f"joined the conversation in person, {by_channel(t.event.channel)}",
    e.PromiseMade: _promised,
    e.PromiseKept: lambda t: f"kept promise `{t.event.promise}`{_was_due(t)}",
    e.PromiseBroken: lambda t: f"found promise `{t.event.promise}` broken{_was_due(t)}",
    e.PromiseSuperseded: lambda t: (
        f"replaced promise `{t.event.promise}` by `{t.event.by_promise}`{t.text()}"
    ),
}
"""What each kind of event at the desk did, in words."""
