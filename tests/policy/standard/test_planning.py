"""Which checks a case takes, whose work it is, and how much the customer may be told."""

import pytest

from freezecase.core.ruling import Lane, Telling
from freezecase.core.values import Ground, Verification
from freezecase.errors import PolicyForbids
from freezecase.policy.policy import Policy
from tests.policy.standard.book import Book, Row, ask, ruling_on, sections

PLANS = sections("""
checks-by-ground:
# ground           | the host says                  | the customer shows
account-takeover   |                                | liveness/video-call, device/second-factor
account-takeover   | amount=small                   | liveness/video-call, device/second-factor
account-takeover   | amount=medium tier=retail      | liveness/video-call, device/second-factor
account-takeover   | amount=large                   | liveness/video-call, device/second-factor, wallet-ownership/video-call
account-takeover   | tier=business                  | liveness/video-call, device/second-factor, authority-letter
account-takeover   | tier=institution amount=large  | liveness/video-call, device/second-factor, wallet-ownership/video-call, authority-letter
credential-loss    |                                | identity, liveness/video-call      # no device, no factor, no log-in
credential-loss    | amount=small                   | identity, liveness/video-call
sanctions-match    |                                | identity
sanctions-match    | amount=large                   | identity, wallet-ownership/video-call
aml-alert          |                                | source-of-funds
identity-expired   |                                | identity
identity-expired   | amount=small tier=business     | identity
identity-failed    |                                | identity, liveness/video-call
identity-failed    | amount=small                   | identity, liveness/video-call
payment-dispute    |                                | source-of-funds
owner-deceased     |                                | authority-letter
owner-deceased     | tier=business                  | authority-letter                    # once
self-lock          |                                | liveness/video-call
self-lock          | amount=small                   | liveness/video-call
incident           |                                | liveness/video-call
incident           | amount=small tier=institution  | liveness/video-call
incident           | amount=large                   | liveness/video-call, wallet-ownership/video-call
legal-order        |                                |                                     # no document settles it
legal-order        | amount=large tier=business     |
terms-breach       |                                |
""")  # noqa: E501 - a row is a rule
ROUTES = sections("""
lane-by-ground:
# case | asks for                             | it goes to   | who know   | and comes
new    | impose-freeze ground=account-takeover | security     | takeover   | 1
new    | impose-freeze ground=credential-loss  | security     | recovery   | 2
new    | impose-freeze ground=incident         | security     | incident   | 2
new    | impose-freeze ground=self-lock        | security     | recovery   | 2
new    | impose-freeze ground=sanctions-match  | compliance   | sanctions  | 1
new    | impose-freeze ground=aml-alert        | compliance   | monitoring | 2
new    | impose-freeze ground=legal-order      | legal        | orders     | 1
new    | impose-freeze ground=owner-deceased   | legal        | estates    | 3
new    | impose-freeze ground=identity-expired | verification |            | 3
new    | impose-freeze ground=identity-failed  | verification |            | 3
new    | impose-freeze ground=payment-dispute  | verification |            | 3
new    | impose-freeze ground=terms-breach     | verification |            | 3

appeals-lane:
frozen | file-appeal                           | appeals      |            | 2

people-lane:
frozen | request-human                         | front        | conversation | 1
""")
DISCLOSURES = sections("""
no-tipping-off:
# case         | asks for                              | and may be told at most
new            | impose-freeze ground=aml-alert        | neutral
new            | impose-freeze ground=sanctions-match  | ground
new            | impose-freeze ground=legal-order      | ground
new            | impose-freeze ground=account-takeover | facts
new            | impose-freeze ground=credential-loss  | facts
new            | impose-freeze ground=identity-expired | facts
new            | impose-freeze ground=identity-failed  | facts
new            | impose-freeze ground=payment-dispute  | neutral    # so that neutral says nothing
new            | impose-freeze ground=incident         | facts
new            | impose-freeze ground=owner-deceased   | facts
new            | impose-freeze ground=self-lock        | facts
new            | impose-freeze ground=terms-breach     | facts
suspected      | upgrade-disclosure                    | neutral    # whoever asks
ordered by law | upgrade-disclosure                    | ground
disputed       | upgrade-disclosure                    | facts      # told, once somebody looked
frozen         | upgrade-disclosure                    | facts
disputed       | upgrade-disclosure audience=compliance |           # is nothing to the customer
frozen         | upgrade-disclosure audience=operations |
""")


def _verification(said: str) -> Verification:
    kind, _, instead = said.partition("/")
    return Verification(kind=kind, instead=(instead,) if instead else ())


def plan_row(cells: Row, policy: Policy | None = None) -> None:
    """Demand what a ground takes, when the freeze is imposed."""
    ground, says, shown = cells
    ruling = ruling_on(ask("new", "ana", f"impose-freeze ground={ground}", says, policy))
    checks = sorted(map(_verification, filter(None, shown.split(", "))), key=lambda one: one.kind)
    assert list(ruling.checks) == checks


def route_row(cells: Row, policy: Policy | None = None) -> None:
    """Demand whose work it is."""
    case, what, queue, skill, priority = cells
    ruling = ruling_on(ask(case, "ana", what, policy=policy))
    assert ruling.lane == Lane(queue=queue, skill=skill or None, priority=int(priority))


def disclosure_row(cells: Row, policy: Policy | None = None) -> None:
    """Demand how much the customer may be told."""
    case, what, most = cells
    ruling = ruling_on(ask(case, "ana", what, policy=policy))
    assert ruling.telling == (Telling(most) if most else None)


def _all(book: Book) -> list[Row]:
    return [cells for table in book.values() for cells in table]


@pytest.mark.parametrize("cells", _all(PLANS))
def test_plans(cells: Row) -> None:
    """Each row is what a ground takes."""
    plan_row(cells)


@pytest.mark.parametrize("cells", _all(ROUTES))
def test_routes(cells: Row) -> None:
    """Each row is whose work it is."""
    route_row(cells)


@pytest.mark.parametrize("cells", _all(DISCLOSURES))
def test_disclosures(cells: Row) -> None:
    """Each row is how much may be told."""
    disclosure_row(cells)


@pytest.mark.parametrize("ground", Ground)
def test_every_ground_is_in_every_table(ground: Ground) -> None:
    """Nobody is frozen on a ground of which it is not said what it takes and who knows it."""
    assert ground in {ground for ground, _, _ in _all(PLANS)}
    for book in (ROUTES, DISCLOSURES):
        assert f"impose-freeze ground={ground}" in {cells[1] for cells in _all(book)}


def test_whoever_is_suspected_is_treated_like_whoever_somebody_has_a_dispute_with() -> None:
    """The same is told, and the same is asked for: or a neutral text would point to a suspicion."""
    for says in ("", "amount=large", "amount=large tier=business"):
        rulings = [
            ruling_on(ask("new", "ana", f"impose-freeze ground={ground} reason=seen", says))
            for ground in ("aml-alert", "payment-dispute")
        ]
        assert rulings[0].checks == rulings[1].checks
        assert {one.telling for one in rulings} == {Telling.NEUTRAL}


def test_checks_are_asked_for_by_the_plan_unless_somebody_names_them() -> None:
    """Then it is what they name."""
    planned = ask("locked out", "ana", "request-checks checks=").allowed().after.checks
    assert sorted(planned) == ["identity", "liveness"]
    named = ask("locked out", "ana", "request-checks checks=identity").allowed().after.checks
    assert sorted(named) == ["identity"]


def test_where_nothing_is_planned_the_checks_are_named() -> None:
    """An order of law is not settled by documents."""
    ask("ordered by law", "ana", "request-checks checks=").then_refused(
        PolicyForbids, by_rule="plan"
    )


def test_nothing_that_was_lost_is_planned_for_whoever_lost_it() -> None:
    """The way back in needs no device, no second factor and no log-in, whatever the amount."""
    for says in ("", "amount=large", "amount=large tier=business"):
        ruling = ruling_on(ask("new", "ana", "impose-freeze ground=credential-loss", says))
        assert {one.kind for one in ruling.checks}.isdisjoint({"device", "second-factor"})


def test_what_no_rule_speaks_of_is_nobodys_work_and_tells_nothing() -> None:
    """Such as an answer to a question."""
    ruling = ruling_on(ask("written to us", "ana", "send-reply"))
    assert (ruling.lane, ruling.telling, ruling.checks) == (None, None, ())
