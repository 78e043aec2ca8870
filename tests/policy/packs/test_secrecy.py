"""
The four regimes of tipping off as a table: what may be told of an AML alert, under which law.

Read a row as: under this rule of this pack, with the freeze the customer may be told at most so
much of an AML alert, and at most so much once somebody decided that more may be told.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from freezecase.core.ruling import Telling
from freezecase.core.suspicion import TippingOff
from freezecase.core.values import Ground
from freezecase.errors import BadPolicy
from freezecase.policy import packs
from freezecase.policy.effective import Anchors
from freezecase.policy.packs.rule import PackRule
from freezecase.policy.packs.secrecy import REGIMES, strictest
from freezecase.policy.policy import Policy
from freezecase.policy.rule import Kind
from freezecase.policy.standard import standard
from tests.policy.standard.book import ask, rows, ruling_on

TABLE = rows("""
# pack | rule                    | it is                        | at first | later
us     | us.fincen.sar-confidential | absolute                  | neutral  | neutral
eu     | eu.amlr.73.tipoff       | fact-of-report-and-assessment | neutral | neutral
eu     | eu.amld4.35-39-40       | fact-of-report-and-assessment | neutral | neutral
ch     | ch.amla.10              | fact-of-report               | ground   | ground
world  | fatf.r21                | fact-of-report               | ground   | ground
uk     | uk.poca.333a            | prejudice-test               | neutral  | facts
au     | au.austrac.123          | prejudice-test               | neutral  | facts
sg     | sg.mas.str              | prejudice-test               | neutral  | facts
hk     | hk.sfc.vatp             | prejudice-test               | neutral  | facts
""")
LOOKED_AGAIN = rows("""
# a regime                      | somebody looks again after | and it ends
absolute                        | never                      | never
fact-of-report-and-assessment   | never                      | some day
fact-of-report                  | never                      | some day
prejudice-test                  | 14 days                    | some day
""")


def of(pack: str, rule: str) -> PackRule:
    """The rule of a pack."""
    return packs.load(pack).rule(rule)


def lenient(pack: str, rule: str) -> Policy:
    """The policy that ships, but of disclosures it has this rule alone, whatever its dates."""
    told = standard().without("no-tipping-off")
    return told.adding(*packs.load(pack).disclosures(rule)).named("of-one-law")


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[1])
def test_each_law_lets_so_much_be_told(row: tuple[str, ...]) -> None:
    """Each row is a law."""
    pack, rule, regime, first, later = row
    assert of(pack, rule).tipping_off is TippingOff(regime)
    policy = lenient(pack, rule)
    imposed = ruling_on(ask("new", "ana", "impose-freeze ground=aml-alert", policy=policy))
    upgraded = ruling_on(ask("suspected", "ana", _UPGRADE, policy=policy))
    inside = ruling_on(ask("suspected", "ana", f"{_UPGRADE} audience=compliance", policy=policy))
    assert (imposed.telling, upgraded.telling) == (Telling(first), Telling(later))
    assert inside.telling is None, "what compliance may read is nothing to the customer"


def test_every_law_that_forbids_tipping_off_is_in_the_table() -> None:
    """And there is none in it that is not."""
    known = {
        (name, rule.id)
        for name in packs.available()
        for rule in packs.load(name).rules
        if rule.tipping_off
    }
    assert known == {(pack, rule) for pack, rule, *_ in TABLE}


@pytest.mark.parametrize("row", LOOKED_AGAIN, ids=lambda row: row[0])
def test_what_is_withheld_is_looked_at_again(row: tuple[str, ...]) -> None:
    """Where harm is a question of the day; what is absolute is for ever."""
    name, after, end = row
    regime = REGIMES[TippingOff(name)]
    days = None if after == "never" else timedelta(days=int(after.removesuffix(" days")))
    assert (regime.review, regime.ends) == (days, end == "some day")


def test_every_regime_is_known_and_cited() -> None:
    """No regime is without a row, none without its law."""
    assert [*TippingOff] == sorted(REGIMES, key=[*TippingOff].index)
    assert all(regime.sources for regime in REGIMES.values())
    assert {name for name, *_ in LOOKED_AGAIN} == {*TippingOff}


@pytest.mark.parametrize("ground", [one for one in Ground if one is not Ground.AML_ALERT])
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[1])
def test_of_any_other_ground_these_laws_say_nothing(row: tuple[str, ...], ground: Ground) -> None:
    """The facts of a take-over are told, whoever is suspected of what."""
    policy = lenient(*row[:2])
    what = f"impose-freeze ground={ground} reason=seen"
    assert ruling_on(ask("new", "ana", what, policy=policy)).telling is None


@pytest.mark.parametrize("pack", sorted({pack for pack, *_ in TABLE}))
def test_a_pack_brings_its_disclosures_and_tells_no_more_than_the_house(pack: str) -> None:
    """The least holds: where the law would let the ground be told, the house may still not."""
    policy = packs.load(pack).into(standard())
    brought = {one.id: one for one in packs.load(pack).disclosures()}
    assert brought.keys() == {rule for name, rule, *_ in TABLE if name == pack}
    for id, one in brought.items():
        assert (policy.rule(id), one.kind) == (one, Kind.DISCLOSURE)
        assert (one.source, one.effective) == (of(pack, id).citation, of(pack, id).effective)
        assert one.says.endswith(".")
    for case, what in (("new", "impose-freeze ground=aml-alert"), ("suspected", _UPGRADE)):
        assert ruling_on(ask(case, "ana", what, policy=policy)).telling is Telling.NEUTRAL


_UPGRADE = "upgrade-disclosure"


def test_what_is_named_alone_comes_alone() -> None:
    """Whoever names rules has chosen; what they leave out stays out."""
    eu = packs.load("eu")
    policy = eu.into(standard(), "eu.mica.71.complaint.ack")
    assert policy.rule("eu.amlr.73.tipoff") is None
    assert [one.id for one in eu.disclosures("eu.amlr.73.tipoff")] == ["eu.amlr.73.tipoff"]


def test_a_rule_that_forbids_nothing_is_no_disclosure() -> None:
    """The error names those that are."""
    there = r"there is `eu.amlr.73.tipoff`, `eu.amld4.35-39-40`"
    with pytest.raises(
        BadPolicy, match=rf"`eu.dsa.17.sor` .* does not forbid tipping off: {there}"
    ):
        packs.load("eu").disclosures("eu.dsa.17.sor")
    with pytest.raises(BadPolicy, match="does not forbid tipping off: there is none"):
        packs.load("ae").disclosures("ae.vara.complaints")


@pytest.mark.parametrize(
    ("day", "holds"),
    [(date(2027, 7, 9), "eu.amld4.35-39-40"), (date(2027, 7, 10), "eu.amlr.73.tipoff")],
    ids=["the directive", "the regulation"],
)
def test_the_law_of_the_day_holds(day: date, holds: str) -> None:
    """One follows the other without a gap, for what is frozen on that day."""
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    policy = packs.load("eu").into(standard())
    dated = policy.on(Anchors(trigger=at, record=at, contract=at, report=at))
    assert [one.id for one in dated.rules if one.id.startswith("eu.aml")] == [holds]


def test_of_several_regimes_the_one_that_holds_longest_is_the_strictest() -> None:
    """A house under two laws keeps to the stricter of them."""
    assert strictest([]) is None
    assert strictest(reversed(TippingOff)) is TippingOff.ABSOLUTE
    both = (TippingOff.PREJUDICE_TEST, TippingOff.FACT_OF_REPORT)
    assert strictest(both) is TippingOff.FACT_OF_REPORT
