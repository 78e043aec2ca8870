"""
Policies that each leave somebody stuck: one mistake in the standard policy, as a house makes it.

A seed is `standard()` with a rule more, a rule less, or a rule changed, through the means that any
author of a policy has. No rule here looks wrong by itself.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from freezecase.core import events as e
from freezecase.core.checked import replace
from freezecase.core.obligations import Then
from freezecase.policy.clock import Clock, Occasion, ladder
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from freezecase.replay.prove import Flaw
from tests.replay.prove import seeded_rules as rule

__all__ = ["DEAD", "SEEDS", "SHADOWED", "STRICT", "Seed"]


@attrs.frozen
class Seed:
    """A policy with a mistake in it, and what must be found."""

    flaw: Flaw
    policy: Policy
    slices: tuple[str, ...] = ()
    """The slices beside that of the release in which it shows."""
    few: Mapping[str, int] = attrs.field(factory=dict[str, int])
    """The roles that only so many people have."""
    rules: tuple[str, ...] = ()
    """The rules that the finding names."""


def _clock(id: str) -> Clock:
    clock = standard().rule(id)
    assert isinstance(clock, Clock)
    return clock


def _demanding(id: str, **changes: Any) -> Clock:
    """Return a clock of the standard policy that demands something else."""
    clock = _clock(id)
    return attrs.evolve(clock, demand=replace(clock.demand, **changes))


STRICT: Final = standard().adding(rule.nobody_breaks_the_glass, rule.customers_appeal_themselves)
"""One proposes, another approves, and that is the only way that the house itself lets go."""


def _answered(occasion: Occasion) -> bool:
    """Whoever asks for a person waits until their letter was answered: one after the other."""
    return not occasion.state.reply_owed


SEEDS: Final = {
    "missing timer": Seed(
        Flaw.UNCLOCKED,
        standard().without("review-clock"),
    ),
    "pause without end": Seed(
        Flaw.UNCLOCKED,
        standard().replacing(attrs.evolve(_clock("human-clock"), when=_answered)),
        slices=("conversation",),
    ),
    "escalation to nobody": Seed(
        Flaw.NOBODY,
        standard().replacing(
            _demanding(
                "human-clock",
                ladder=ladder("front 2 minutes", "duty-manager 10 minutes", "accountable 1 hour"),
            )
        ),
        rules=("human-clock",),
    ),
    "ladder that lapses": Seed(
        Flaw.SLEEPS,
        standard().replacing(_demanding("reply-clock", then=Then.LAPSE)),
        rules=("reply-clock",),
    ),
    "waiting for the customer": Seed(
        Flaw.SLEEPS,
        standard().replacing(
            _demanding("evidence-clock", ladder=ladder("customer 14 days"), then=Then.AGAIN)
        ),
        rules=("evidence-clock",),
    ),
    "owed by who cannot": Seed(
        Flaw.CANNOT_ACT,
        standard().adding(rule.the_front_talks),
        slices=("conversation",),
    ),
    "circular requires": Seed(
        Flaw.CANNOT_ACT,
        standard().adding(rule.written_first, rule.spoken_first),
        slices=("conversation",),
    ),
    "owner-only release": Seed(
        Flaw.NO_WAY_OUT,
        STRICT.adding(rule.the_owner_proposes, rule.owners_hand_over),
        slices=("desk",),
    ),
    "two approvals with one approver": Seed(
        Flaw.NO_WAY_OUT,
        attrs.evolve(STRICT.adding(rule.approvers_sign), signatures=2),
        few={"approver": 1},
    ),
    "verified or never": Seed(
        Flaw.NO_WAY_OUT,
        STRICT.adding(
            rule.verified_first, rule.passed_by_evidence, rule.customers_show_it_themselves
        ),
        slices=("verification",),
    ),
    "high risk stays": Seed(
        Flaw.NO_WAY_OUT,
        STRICT.adding(rule.high_risk_stays),
    ),
    "appeal behind a frozen log-in": Seed(
        Flaw.FROZEN_CHANNEL,
        standard().adding(rule.appeals_in_the_app),
        slices=("appeal",),
        rules=("appeals-in-the-app",),
    ),
    "final without appeal": Seed(
        Flaw.FINAL,
        standard().adding(rule.one_appeal),
        slices=("appeal", "contest"),
    ),
    "window on the freeze alone": Seed(
        Flaw.FINAL,
        standard().replacing(
            rule.while_the_window_is_open,
            attrs.evolve(_clock("appeal-window-clock"), on=[e.FreezeImposed]),
        ),
        slices=("appeal", "contest"),
    ),
    "silent refusal": Seed(
        Flaw.UNEXPLAINED,
        standard().adding(rule.no_letters_meanwhile),
        slices=("conversation",),
        rules=("no-letters-meanwhile",),
    ),
    "appeal heard by its decider": Seed(
        Flaw.OWN_ACT,
        standard().without("independent-review"),
        slices=("appeal",),
    ),
    "two eyes": Seed(
        Flaw.OWN_ACT,
        standard().without("four-eyes"),
    ),
    "glass signed by who broke it": Seed(
        Flaw.OWN_ACT,
        standard().without("second-signature-by-another"),
        slices=("signature",),
    ),
    "release under hold": Seed(
        Flaw.UNDER_HOLD,
        standard().adding(rule.holds_end_by_themselves),
        slices=("holds",),
    ),
    "bot-only loop": Seed(
        Flaw.BOT_LOOP,
        standard().without("bot-clock"),
        slices=("conversation", "machines"),
    ),
    "rule that reads the clock": Seed(
        Flaw.BROKE,
        standard().adding(rule.not_at_weekends),
        rules=("not-at-weekends",),
    ),
    "rule that reads a due time": Seed(
        Flaw.BROKE,
        standard().adding(rule.late_is_late),
        slices=("verification",),
        rules=("late-is-late",),
    ),
    "rule that reads a name": Seed(
        Flaw.BROKE,
        standard().adding(rule.ask_rob),
        rules=("ask-rob",),
    ),
    "rule that raises": Seed(
        Flaw.BROKE,
        standard().adding(rule.no_owner_no_answer),
        slices=("conversation", "desk"),
        rules=("no-owner-no-answer",),
    ),
}
"""Each under the mistake that it makes."""


DEAD: Final = standard().adding(rule.closed_is_closed)
"""With a rule that can never say anything: the core has refused it before."""
SHADOWED: Final = standard().adding(rule.officers_narrow_alone)
"""With a rule that says something, and others always decide."""
