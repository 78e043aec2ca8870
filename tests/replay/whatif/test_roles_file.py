"""The roles of a foreign log are read from a file, and a slip in it is named with its key."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.values import Channel
from freezecase.errors import BadMapping
from freezecase.replay.whatif import Gap, Role, RoleRule, Roles, Shift, load_roles, read_roles
from tests.house.source import ROOT

LOG = """
[log]
name = "fines"
until = "2013-06-19T02:00:00+02:00"
days = true
tells = ["payment"]
"""
STEP = """
[[step]]
label = "penalty"
is = "scope-widened"
where = { actor = "system:clock" }
role = "mandated"
answers = "deliver"
shift = "either"
effect = { what = "lapsed", about = "payment" }
"""
GAP = """
[[gap]]
missing = "penalty"
after = "penalty"
past = ["penalty"]
hours = 24
maybe = false
is = "notice-sent"
with = { notice = "told", channel = "letter" }
actor = { kind = "staff", id = "unknown" }
"""


def test_everything_that_a_file_may_say_is_read() -> None:
    assert read_roles(LOG + STEP + GAP) == Roles(
        name="fines",
        until=datetime(2013, 6, 19, tzinfo=UTC),
        days=True,
        tells=frozenset({"payment"}),
        rules=(
            RoleRule(
                label="penalty",
                kind="scope-widened",
                where={"actor": "system:clock"},
                role=Role.MANDATED,
                answers="deliver",
                shift=Shift.EITHER,
                effect=("lapsed", "payment"),
            ),
        ),
        gaps=(
            Gap(
                missing="penalty",
                after="penalty",
                past=("penalty",),
                at_least=timedelta(days=1),
                event=e.NoticeSent(notice="told", channel=Channel.LETTER),
                actor=Actor.staff("unknown"),
                maybe=False,
            ),
        ),
    )


def test_a_name_is_enough() -> None:
    """Then whoever acts says whose move it was, and the ledger's end is the horizon."""
    assert read_roles('[log]\nname = "desk"\nlapses = true') == Roles(name="desk", lapses=True)


@pytest.mark.parametrize("name", ["road-traffic", "wikipedia"])
def test_the_examples_are_roles_of_the_logs_that_are_mapped(name: str) -> None:
    roles = load_roles(ROOT / "examples" / "roles" / f"{name}.toml")
    mapping = (ROOT / "examples" / "imports" / f"{name}.toml").read_text(encoding="utf-8")

    assert f'name = "{roles.name}"' in mapping


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("days = true", "days = 1", r"`log\.days` cannot be `1`: it takes true or false"),
        ("days", "hours", r"`log\.hours` means nothing here: it takes `days`"),
        ("T02:00:00+02:00", "T02:00:00", r"`log\.until` cannot be .* an instant with its zone"),
        ("2013-06-19T02", "soon", r"`log\.until` cannot be .* an instant with its zone"),
        ("scope-widened", "scope-wide", r"`step\[1\]\.is` cannot be `scope-wide`"),
        ("mandated", "ours", r"`step\[1\]\.role` cannot be `ours`: it takes one of `given`"),
        ('"either"', '"later"', r"`step\[1\]\.shift` cannot be `later`"),
        ('what = "lapsed"', 'what = "gone"', r"`step\[1\]\.effect\.what` cannot be `gone`"),
        ('label = "penalty"', "", r"`step\[1\]\.label` is missing"),
        ('missing = "penalty"', 'missing = "it"', r"`gap\[1\]\.missing` cannot be `it`"),
        ('channel = "letter"', 'channel = "owl"', r"`gap\[1\]\.with` does not make an event"),
        (', channel = "letter"', "", r"`gap\[1\]\.with` does not make an event: .*`channel`"),
        ('kind = "staff"', 'kind = "owl"', r"`gap\[1\]\.actor\.kind` cannot be `owl`"),
        ("[[gap]]", "[[gaps]]", r"`gaps` means nothing here"),
        ("[log]", "[log", r"is not TOML"),
    ],
    ids=[
        *("flag", "key", "no-zone", "no-instant", "event", "role", "shift", "effect", "label"),
        *("gap", "channel", "field", "actor", "table", "toml"),
    ],
)
def test_a_slip_is_named_with_its_key(old: str, new: str, words: str) -> None:
    with pytest.raises(BadMapping, match=words):
        read_roles((LOG + STEP + GAP).replace(old, new, 1), "roles.toml")


@pytest.mark.parametrize("content", [None, b"\xff"], ids=["absent", "no-text"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "roles.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(BadMapping, match=r"roles\.toml` cannot be read"):
        load_roles(path)
