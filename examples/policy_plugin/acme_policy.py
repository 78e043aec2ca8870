"""The house rules of Acme Exchange: the standard policy, one rule more and one clock more."""

from freezecase import SILENT, Answer, Clock, Demand, Question, gate, ladder, require, standard
from freezecase import commands as do
from freezecase import events as e

__all__ = ["ACME"]


@gate("hear-first", on=[do.UpholdFreeze, do.RenewFreeze], source="Acme house rules, 3")
def hear_first(question: Question) -> Answer:
    """Whoever wrote to us is answered before anybody decides that the freeze stands."""
    if question.state.reply_owed:
        return require("an answer to what the customer wrote")
    return SILENT


HARM_CLOCK = Clock(
    id="harm-clock",
    on=[e.HarmRecorded],
    demand=Demand(
        kind="harm-answer",
        ladder=ladder("lead 1 business-day", "accountable 2 business-days"),
        met_by=("reply-sent",),
    ),
    source="Acme house rules, 7",
)

ACME = standard().named("acme").adding(hear_first, HARM_CLOCK)
"""What Acme goes by. Whatever changes here takes a new version: `named("acme", 2)`."""
