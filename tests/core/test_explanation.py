"""An explanation is a tree of sentences, and a ruling explains itself in one."""

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.core.checked import replace
from freezecase.core.explanation import Explanation
from freezecase.core.resolved import WESTERN, Offset, Resolved
from freezecase.core.ruling import Lane, Opinion, Ruling, Telling, Verdict
from freezecase.core.values import Verification
from tests.core.samples import ALLOWED, NOW

TREE = Explanation.of(
    "it was refused",
    [
        Explanation.of("a rule forbids it", ["its sentence", "its source"]),
        "asked by `staff:ana`",
        Explanation.of("days were counted", ["in UTC"]),
    ],
)
DRAWN = """\
it was refused
├─ a rule forbids it
│  ├─ its sentence
│  └─ its source
├─ asked by `staff:ana`
└─ days were counted
   └─ in UTC"""


def test_a_tree_is_drawn_with_a_branch_for_each_reason() -> None:
    """What something rests on stands below it, further in, and the last branch is a corner."""
    assert str(TREE) == DRAWN
    assert list(TREE.lines()) == DRAWN.splitlines()


def test_a_plain_sentence_is_an_explanation_that_rests_on_nothing() -> None:
    """Sentences and explanations may stand side by side."""
    assert Explanation.of("a", ["b"]) == Explanation("a", (Explanation("b"),))
    assert str(Explanation("a")) == "a"


_TREES = st.recursive(
    st.text("abc", min_size=1).map(Explanation),
    lambda trees: st.builds(
        Explanation, st.text("abc", min_size=1), st.lists(trees, max_size=3).map(tuple)
    ),
    max_leaves=8,
)


def _said(tree: Explanation) -> Iterable[tuple[int, str]]:
    yield 0, tree.said
    for one in tree.because:
        yield from ((depth + 1, said) for depth, said in _said(one))


@given(_TREES)
def test_nothing_that_is_said_is_lost_in_drawing(tree: Explanation) -> None:
    """Each thing has its line, three columns further in than what rests on it."""
    drawn = [(len(line) - len(line.lstrip("│├└─ ")), line.lstrip("│├└─ ")) for line in tree.lines()]

    assert drawn == [(depth * 3, said) for depth, said in _said(tree)]


DAYS = Resolved(
    calendar="gb-eng",
    zone="Europe/London",
    first=date(2026, 1, 1),
    last=date(2026, 12, 31),
    weekends=WESTERN,
    opens=9 * 60,
    closes=17 * 60,
    offsets=(Offset(at=NOW, seconds=0),),
    holidays=(),
)

# --- a ruling ------------------------------------------------------------------------------------


def said(*verdicts: Verdict) -> tuple[Opinion, ...]:
    """What so many rules said."""
    return tuple(
        Opinion(rule=f"rule-{n}", verdict=one, because="" if one is Verdict.ALLOW else "so it is")
        for n, one in enumerate(verdicts)
    )


def ruling(*verdicts: Verdict, allowed: bool = False) -> Ruling:
    """A ruling on what these rules said."""
    return replace(ALLOWED, allowed=allowed, opinions=said(*verdicts))


OUTCOMES = [
    # what the rules said | whether it was allowed | how that is told
    ((Verdict.ALLOW,), True, "allowed: a rule allows it, and none stands in the way"),
    ((), True, "allowed: time asks nobody's leave"),
    ((), False, "refused: no rule allows it"),
    ((Verdict.FORBID, Verdict.ALLOW), False, "refused: a rule forbids it, whatever others allow"),
    (
        (Verdict.REQUIRE, Verdict.ALLOW),
        False,
        "refused for now: something must be there first",
    ),
    (
        (Verdict.REQUIRE, Verdict.FORBID),
        False,
        "refused: a rule forbids it, whatever others allow",
    ),
    (
        (Verdict.FORBID, Verdict.REQUIRE, Verdict.BROKEN),
        False,
        "refused: a rule could not be evaluated, and a bug lets nothing through",
    ),
]


@pytest.mark.parametrize(("verdicts", "allowed", "outcome"), OUTCOMES)
def test_a_ruling_says_first_what_came_of_it(
    verdicts: tuple[Verdict, ...], allowed: bool, outcome: str
) -> None:
    """The gravest of what stands in the way is told first."""
    assert outcome == ruling(*verdicts, allowed=allowed).explain().said


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict.ALLOW, "rule `rule-0` allows it"),
        (Verdict.FORBID, "rule `rule-0` forbids it: so it is"),
        (Verdict.REQUIRE, "rule `rule-0` requires something first: so it is"),
        (Verdict.BROKEN, "rule `rule-0` could not be evaluated: so it is"),
    ],
)
def test_each_rule_is_named_with_what_it_said(verdict: Verdict, words: str) -> None:
    """Every verdict has words of its own, and its reason if it gave one."""
    assert words == ruling(verdict).explain().because[0].said


def test_more_may_be_known_of_a_rule() -> None:
    """Whoever has the policy at hand adds a rule's sentence and source."""
    told = ruling(Verdict.FORBID).explain(lambda rule: (f"what {rule} says", "source: law"))

    assert told.because[0] == Explanation.of(
        "rule `rule-0` forbids it: so it is", ["what rule-0 says", "source: law"]
    )


ASKED = (
    "asked by `staff:ana` at 2026-01-05T09:00:00+00:00",
    f"judged by policy `standard` version 1, sha256:{'0' * 64}",
)


def test_who_asked_whom_is_always_told() -> None:
    """The least that a ruling says: what came of it, who asked when, and which policy judged."""
    assert Explanation.of("refused: no rule allows it", ASKED) == ruling().explain()


def test_the_inputs_and_all_that_follows_are_told() -> None:
    """Facts, checks, lane, telling and calendars: whatever the ruling holds is in its tree."""
    days = replace(DAYS, source="GB-ENG", package="holidays 0.80", tz="2026a")
    full = replace(
        ruling(),
        facts={"risk": "high", "amount": 3},
        checks=(Verification(kind="device"), Verification(kind="liveness")),
        lane=Lane(queue="security", skill="takeover", priority=1),
        telling=Telling.GROUND,
        calendars=(days,),
    )

    assert (
        full.explain().because
        == Explanation.of(
            "",
            (
                Explanation.of("the host said", ["`amount` = 3", "`risk` = 'high'"]),
                Explanation.of("planned are the checks", ["`device`", "`liveness`"]),
                "work for queue `security`, skill `takeover`, priority 1",
                "the customer may be told at most: ground",
                (
                    "days counted by calendar `gb-eng` in Europe/London, 2026-01-01 to 2026-12-31, "
                    "holidays of GB-ENG from package holidays 0.80, zone data 2026a"
                ),
                *ASKED,
            ),
        ).because
    )


def test_what_a_ruling_does_not_hold_is_not_told() -> None:
    """A lane without a skill, and days without holidays, are told without."""
    plain = replace(ruling(), lane=Lane(queue="front"), calendars=(replace(DAYS, tz="2026a"),))

    assert [one.said for one in plain.explain().because[:2]] == [
        "work for queue `front`, priority 3",
        (
            "days counted by calendar `gb-eng` in Europe/London, 2026-01-01 to 2026-12-31, "
            "zone data 2026a"
        ),
    ]
