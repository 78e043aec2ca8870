"""Every word that the library speaks is explained, and no list in a document is behind."""

import re
from enum import StrEnum

import pytest

import freezecase
from freezecase import errors
from freezecase.app.intake.report import AnomalyRule
from freezecase.cli.app import COMMANDS
from freezecase.core.actors import ActorKind
from freezecase.core.appeals import AppealLevel, AppealRoute
from freezecase.core.commands import asked
from freezecase.core.leads import LEADS
from freezecase.core.needs import NEEDS
from freezecase.core.status import Status
from freezecase.core.values import Audience, Capability, Ground
from freezecase.policy.rule import Rule
from freezecase.policy.standard import standard
from tests.docs.pages import text_of, words_in


@pytest.mark.parametrize(
    "kind", [Status, Ground, Capability, ActorKind, Audience, AppealLevel], ids=lambda k: k.__name__
)
def test_the_glossary_has_every_word_of_a_closed_list(kind: type[StrEnum]) -> None:
    assert {*kind} - words_in(text_of("reference/glossary.md")) == set()


def test_the_glossary_explains_the_routes_of_an_appeal() -> None:
    terms = set(re.findall(r"\*\*([^*]+)\*\*", text_of("reference/glossary.md")))

    assert {*AppealRoute} <= terms


def test_a_word_is_explained_once() -> None:
    lines = re.findall(r"^\*\*.*$", text_of("reference/glossary.md"), re.MULTILINE)
    terms = [term for line in lines for term in re.findall(r"\*\*([^*]+)\*\*", line)]

    assert sorted(terms) == sorted(set(terms))


def test_what_a_case_must_hold_is_listed_for_every_command_that_needs_something() -> None:
    table = text_of("reference/errors.md").partition("## What a case must hold")[2]
    listed = {
        word for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for word in words_in(row)
    }

    assert listed == {asked(command) for command, event in LEADS.items() if event in NEEDS}


def test_every_error_is_in_the_tree() -> None:
    page = text_of("reference/errors.md")

    assert [name for name in errors.__all__ if name not in page] == []


def test_every_rule_of_the_standard_policy_is_listed_once_with_what_it_says() -> None:
    page = text_of("reference/standard-policy.md")
    rules, _, facts = page.partition("## Facts")
    listed = re.findall(r"^\| `(.*?)` \|", rules, re.MULTILINE)

    assert sorted(listed) == [rule.id for rule in standard().rules]
    assert [r.id for r in standard().rules if isinstance(r, Rule) and r.says not in rules] == []
    assert set(re.findall(r"^\| `(.*?)` \|", facts, re.MULTILINE)) == {*standard().domains}


def test_every_name_in_the_reference_is_at_the_front_door() -> None:
    named = re.findall(r"^::: freezecase\.(\w+)$", text_of("reference/python.md"), re.MULTILINE)

    assert len(named) > 20
    assert [name for name in named if name not in freezecase.__all__] == []


def test_every_anomaly_is_explained() -> None:
    assert {*AnomalyRule} - words_in(text_of("how-to/import-a-log.md")) == set()


def test_every_command_of_the_command_line_is_explained() -> None:
    headings = re.findall(r"^## (\S+)$", text_of("reference/command-line.md"), re.MULTILINE)

    assert headings == list(COMMANDS)
