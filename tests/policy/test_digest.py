"""A digest of all that a policy consists of."""

import dataclasses
import functools
import json
import math
import operator
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase.core import commands as do
from freezecase.core.checked import replace
from freezecase.core.obligations import Unit
from freezecase.core.values import Ground
from freezecase.policy.calendar import Calendar
from freezecase.policy.clock import Occasion, ladder
from freezecase.policy.digest import spelt
from freezecase.policy.effective import Anchor, Effective
from freezecase.policy.gate import ALLOW, SILENT, Answer
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.policy.rule import Kind, Rule
from freezecase.policy.standard import standard
from freezecase.policy.term import Term
from tests.house.source import ROOT
from tests.policy.some_rules import CALL_BACK, policy

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def rule(_question: Question) -> Answer:
    """Say yes."""
    return ALLOW


def other(_question: Question) -> Answer:
    """Say nothing."""
    return SILENT


ONE = Rule(id="one", ask=rule)
BASE = policy(ONE, CALL_BACK)


def with_rule(**changed: Any) -> Policy:
    """Return the policy with its rule changed."""
    return BASE.replacing(attrs.evolve(ONE, **changed))


def with_clock(**changed: Any) -> Policy:
    """Return the policy with its clock changed."""
    return BASE.replacing(attrs.evolve(CALL_BACK, **changed))


def never(_occasion: Occasion) -> bool:
    """Start on no occasion."""
    return False


DEMAND = CALL_BACK.demand
CHANGED = {
    "name": BASE.named("q"),
    "version": BASE.named("p", 2),
    "signatures": attrs.evolve(BASE, signatures=2),
    "accountable": attrs.evolve(BASE, accountable="lead"),
    "calendars": attrs.evolve(BASE, calendars=[Calendar(id="utc", zone="Europe/Berlin")]),
    "no rule": BASE.without("one"),
    "id of a rule": BASE.without("one").adding(attrs.evolve(ONE, id="two")),
    "version of a rule": with_rule(version=2),
    "source of a rule": with_rule(source="house rules, 4.2"),
    "function": with_rule(ask=other),
    "commands": with_rule(on=[do.ReopenCase]),
    "facts": with_rule(reads={"band": ("low", "high")}),
    "domain": with_rule(reads={"band": ("low", "high", "none")}),
    "kind": with_rule(kind=Kind.ROUTE),
    "table": with_rule(parameters={Ground.INCIDENT: 7}),
    "table, another number": with_rule(parameters={Ground.INCIDENT: 8}),
    "since": with_rule(effective=Effective(since=MARCH)),
    "until": with_rule(effective=Effective(until=MARCH)),
    "anchor": with_rule(effective=Effective(since=MARCH, anchor=Anchor.RECORD)),
    "no clock": BASE.without("call-back-clock"),
    "ladder": with_clock(demand=replace(DEMAND, ladder=ladder("front 3 hours"))),
    "met by": with_clock(demand=replace(DEMAND, met_by=("human-joined",))),
    "then": with_clock(demand=replace(DEMAND, then=DEMAND)),
    "when": with_clock(when=never),
    "term": with_clock(term=Term(count=2, unit=Unit.DAYS)),
    "source of a clock": with_clock(source="house rules, 4.2"),
}


def test_the_digest_changes_with_whatever_a_policy_consists_of() -> None:
    """Its name, its rules, their tables and dates, the demands of its clocks, its calendars."""
    digests = {name: one.ref.digest for name, one in CHANGED.items()}
    assert len({BASE.ref.digest, *digests.values()}) == 1 + len(CHANGED)


def test_the_digest_of_the_same_policy_is_the_same() -> None:
    """However often it is made."""
    assert attrs.evolve(BASE).ref == BASE.ref
    assert (BASE.ref.name, BASE.ref.version) == ("p", 1)
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", BASE.ref.digest)


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_the_digest_is_the_same_in_every_process(seed: str) -> None:
    """Whatever the order of its sets."""
    program = "from freezecase import standard; print(standard().ref.digest)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        cwd=ROOT,
        encoding="utf-8",
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    assert standard().ref.digest == done.stdout.strip()


# --- functions -----------------------------------------------------------------------------------


def closed_over(inside: Any) -> Callable[..., Any]:
    """Return a function that closes over something."""
    return lambda: inside


def defaulted(number: int) -> Callable[..., Any]:
    """Return a function with a default."""

    def ask(least: int = number) -> int:
        return least

    return ask


def named(number: int) -> Callable[..., Any]:
    """Return a function with a default that is given by name."""

    def ask(*, least: int = number) -> int:
        return least

    return ask


def deep(number: int) -> Callable[..., Any]:
    """Return a function that closes over one that closes over a number."""
    return closed_over(closed_over(number))


def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that says the contrary, and looks like the first."""

    @functools.wraps(function)
    def ask(*given: Any) -> Any:
        return not function(*given)

    return ask


@attrs.frozen
class Table:
    """A record that may be asked."""

    most: int

    def __call__(self) -> int:
        return self.most


@dataclasses.dataclass
class Data:
    """Another kind of record."""

    most: int
    some: frozenset[str] = frozenset({"a", "b", "c"})


class Plain:
    """A class that shows nothing of what it holds."""

    def __init__(self, most: int) -> None:
        self.most = most

    def ask(self) -> int:
        return self.most


class Callee(Plain):
    """One that may be asked."""

    def __call__(self) -> int:
        return self.most


@pytest.mark.parametrize(
    "make",
    [
        closed_over,
        deep,
        defaulted,
        named,
        lambda n: functools.partial(rule, n),
        lambda n: functools.partial(defaulted(0), least=n),
        lambda n: functools.lru_cache(closed_over(n)),
        lambda n: Plain(n).ask,
        *(Table, Data, Plain, Callee),
        operator.itemgetter,
        lambda n: re.compile("x" * 300 + str(n)),
        lambda n: [n],
        lambda n: {"a": {n}},
        lambda n: (n, math.nan),
        lambda n: UUID(int=n),
        lambda n: date(2026, 1, n),
        lambda n: timedelta(days=n),
        lambda n: str(n).encode(),
        lambda n: Plain if n > 1 else Callee,
    ],
)
def test_what_is_bound_into_a_rule_is_part_of_it(make: Callable[[int], Any]) -> None:
    """The same function with another number is another rule."""
    assert spelt(make(1)) == spelt(make(1))
    assert spelt(make(1)) != spelt(make(2))


def test_a_wrapper_is_not_what_it_wraps() -> None:
    """Though it goes by its name."""
    assert len({spelt(one) for one in (rule, wrapped(rule), wrapped(wrapped(rule)))}) == 3
    assert spelt(wrapped(rule)) == spelt(wrapped(rule))
    assert spelt(wrapped(rule)) != spelt(wrapped(other))


def test_one_who_is_asked_is_known_by_what_it_does() -> None:
    """Not only by what it holds."""
    assert "return self.most" in spelt(Table(1))
    assert "return self.most" in spelt(Callee(1))
    assert "return self.most" not in spelt(Plain(1))


def test_functions_that_hold_themselves_are_spelt_once() -> None:
    """A recursive one, and a table that stands in itself."""

    def down(n: int) -> int:
        return down(n - 1) if n else 0

    ring: list[Any] = [1]
    ring.append(ring)
    assert "<the function around this>" in spelt(down)
    assert spelt(ring) == "(1, <the list around this>)"


def test_what_is_closed_over_and_not_yet_there_is_nothing() -> None:
    """It is spelt before it is filled."""

    def ask() -> Any:
        return later

    before = spelt(ask)
    later = 7
    assert before.endswith(" (None, None, (empty))")
    assert before != spelt(ask)
    assert later == ask()


def test_modules_and_classes_are_known_by_their_names() -> None:
    """Where they lie on the disk is nobody's law."""
    assert spelt(json) == "module json"
    assert spelt(do.ReopenCase) == f"{do.ReopenCase.__module__}.ReopenCase"
    assert os.sep not in spelt(closed_over(json)).partition("module")[2]


def test_nothing_is_known_by_where_it_lies_in_memory() -> None:
    """Two that are alike are spelt alike."""
    assert spelt(threading.Lock()) == spelt(threading.Lock())
    assert spelt(object()) == spelt(object())
    assert "at 0x10, he said" in spelt("at 0x10, he said")


@pytest.mark.parametrize(
    ("part", "spelling"),
    [
        ({"b": {2}, "a": 1, (1, 2): 3}, "{'a': 1, 'b': {2}, (1, 2): 3}"),
        ({(2,), (1,)}, "{(1), (2)}"),
        ([1, "a"], "(1, 'a')"),
        (Data(1), "Data(most=1, some={'a', 'b', 'c'})"),
        (Plain(1), "Plain({'most': 1})"),
        (operator.itemgetter(1), "itemgetter(operator.itemgetter(1))"),
        (threading.Lock(), "lock(<unlocked _thread.lock object>)"),
        (re.compile("x"), "pattern('x', 32)"),
        (closed_over(7), "lambda: inside (None, None, (7))"),
    ],
)
def test_the_spelling_stays_as_it_is(part: object, spelling: str) -> None:
    """To the letter: stored rulings name the digest that was made of it."""
    assert spelling == spelt(part)


def test_a_method_is_what_it_does_to_whom() -> None:
    """Two of one object do not do the same."""
    method = spelt(Plain(1).ask)
    assert method.startswith("    def ask(self) -> int:\n        return self.most\n")
    assert method.endswith(" of Plain({'most': 1})")


def test_an_object_that_holds_itself_is_spelt_once() -> None:
    """As a table that does."""
    ring = Plain(1)
    ring.most = ring  # type: ignore[assignment]
    assert spelt(ring) == "Plain({'most': <the Plain around this>})"


def test_sets_and_tables_are_spelt_in_order() -> None:
    """A list in its own."""
    assert spelt({"a": 1, "b": 2}) == spelt({"b": 2, "a": 1})
    assert spelt({"a", "b"}) == spelt(frozenset({"b", "a"}))
    assert spelt([1, 2]) == spelt((1, 2)) != spelt([2, 1])
    assert len({spelt(one) for one in (1, True, "1")}) == 3


# --- functions without a source ------------------------------------------------------------------


def compiled(text: str) -> Callable[[Question], Answer]:
    """Return a rule that has no source: a notebook made it, or a program."""
    names: dict[str, Any] = {"SILENT": SILENT, "ALLOW": ALLOW}
    exec(text, names)
    made: Callable[[Question], Answer] = names["rule"]
    return made


def test_rules_without_source_are_known_by_their_code() -> None:
    """By its constants, by the names it looks up, and by the functions within it."""
    texts = [
        "def rule(question): return ALLOW",
        "def rule(question): return SILENT",
        "def rule(question): return ALLOW if question else 7",
        "def rule(question): return ALLOW if question else 8",
        "def rule(question): return ALLOW if question in {'a', 'b'} else 7",
        "def rule(question): return (lambda: ALLOW)()",
        "def rule(question): return (lambda: SILENT)()",
    ]

    def digests() -> list[str]:
        return [with_rule(ask=compiled(said)).ref.digest for said in texts]

    assert digests() == digests()
    assert len({*digests()}) == len(texts)


def test_two_lambdas_in_one_line_are_two_rules() -> None:
    """Whether or not the program says where in the line they stand."""
    yes, no = (lambda _: ALLOW), (lambda _: SILENT)
    assert spelt(yes) != spelt(no)
    seven, eight = (lambda: 7), (lambda: 8)
    assert spelt(seven) != spelt(eight)
