"""Who may ask for what."""

import pytest

from freezecase.core.actors import Actor, ActorKind
from freezecase.core.commands import ASKED_AS, Command, LetTimePass, asked
from freezecase.core.evolve import unopened
from freezecase.core.ruling import Verdict
from freezecase.policy.question import Question
from freezecase.policy.standard.reach import REACH, within_reach
from tests.core.samples import CASE, COMMANDS, NOW
from tests.policy.standard.book import ask, ruling_on

# what                 | who may ask for it
REACH_IN_WORDS = """
impose-freeze          | system staff customer authority
submit-evidence        | system staff customer vendor
pass-check             | system staff vendor
fail-check             | system staff vendor
record-contact         | system staff customer
check-contact-code     | system staff customer
confirm-delivery       | system staff vendor
report-delivery-failure | system staff vendor
request-human          | system staff customer
join-conversation      | staff
file-appeal            | system staff customer
withdraw-appeal        | customer
uphold-freeze          | staff
renew-freeze           | staff
narrow-scope           | system staff authority
uphold-appeal          | staff
reject-appeal          | staff
approve-release        | staff
refuse-release         | staff
open-external-review   | system staff authority
decide-external-review | system staff authority
order-release          | staff authority
place-legal-hold       | staff authority
lift-legal-hold        | staff authority
offboard-account       | staff
forfeit-funds          | staff authority
reopen-case            | staff
"""
SAID = {
    name.strip(): {ActorKind(who) for who in whose.split()}
    for name, whose in (line.split("|") for line in REACH_IN_WORDS.strip().splitlines())
}
HOUSE = {ActorKind.SYSTEM, ActorKind.STAFF}


def test_every_command_is_within_reach_of_somebody() -> None:
    """A command that nobody may ask for would be a dead end."""
    assert set(REACH) == set(ASKED_AS)
    assert all(REACH.values())


@pytest.mark.parametrize("kind", ASKED_AS, ids=asked)
@pytest.mark.parametrize("who", ActorKind)
def test_each_kind_of_actor_may_ask_for_what_is_theirs(kind: type[Command], who: ActorKind) -> None:
    """What the table does not name is for staff and system."""
    question = Question(COMMANDS[kind], unopened(CASE), Actor(kind=who, id="acct-4711"), NOW, {})
    may = who in SAID.get(asked(kind), HOUSE)
    assert (Verdict.ALLOW if may else None) == within_reach.ask(question).verdict


def test_where_it_is_out_of_reach_no_rule_allows_it() -> None:
    """Nobody forbids it; nobody says yes."""
    ruling = ruling_on(ask("frozen", "lab", "uphold-freeze"))
    assert (ruling.allowed, ruling.opinions) == (False, ())


def test_time_is_within_reach_of_everybody() -> None:
    """No rule is asked: all that it can do is to let the next one owe."""
    for who in ("owner", "lab", "court", "ana", "engine"):
        assert ruling_on(ask("frozen", who, asked(LetTimePass))).allowed
