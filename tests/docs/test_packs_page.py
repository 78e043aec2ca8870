"""The page on packs says every rule, how well it is known, and that it is no legal advice."""

import re

import pytest

from docs import write_packs
from freezecase.policy import packs
from freezecase.policy.packs.pack import Pack
from freezecase.policy.packs.reading import pack_of
from tests.docs.pages import text_of
from tests.policy.packs.samples import BOUND, HEAD, RULE, TERM

PAGE = text_of("reference/packs.md")
PACKS = [packs.load(name) for name in packs.available()]
CELL = re.compile(r"(?<!\\)\|")


def cells(row: str) -> list[str]:
    """The cells of a row of a table."""
    return [cell.strip() for cell in CELL.split(row)[1:-1]]


def test_the_page_begins_with_what_it_is_not() -> None:
    before, _, _ = PAGE.partition("## ")

    assert PACKS[0].not_legal_advice in before


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_every_rule_has_a_row_with_its_evidence(pack: Pack) -> None:
    rows = {row.split("`")[1]: cells(row) for row in PAGE.splitlines() if row.startswith("| `")}

    for rule in pack.rules:
        assert len(rows[rule.id]) == 6
        assert rule.url in rows[rule.id][0]
        assert rows[rule.id][3] == rule.evidence
        assert all(rows[rule.id])


def test_what_is_only_remembered_is_listed_above_the_rules() -> None:
    remembered = PAGE.partition("## What is only remembered")[2].partition("## ")[0]

    assert re.findall(r"^- `(.*?)`", remembered, re.MULTILINE) == [
        rule.id for pack in PACKS for rule in pack.unverified
    ]


def test_a_clock_that_is_only_remembered_says_so() -> None:
    made_up = pack_of(f"{HEAD}{RULE}{TERM}{BOUND}".replace('"V"', '"Mm"'), "made-up")

    assert cells(write_packs.row(made_up.rules[0]))[-1] == (
        "`appeal-decision`; once named: it is only remembered"
    )


def test_every_field_of_a_rule_has_a_meaning_or_speaks_for_itself() -> None:
    table = write_packs.fields_page().partition("### Rules")[2].partition("###")[0]
    rows = [cells(row) for row in table.splitlines() if row.startswith("| `")]

    assert [row[0] for row in rows if not row[-1]] == []
    assert [row[0] for row in rows if row[1]] == [
        f"`{key}`" for key in ("id", "kind", "citation", "url", "binds", "trigger", "evidence")
    ]
