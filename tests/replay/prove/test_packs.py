"""The packs that ship, all of them at once: no law of theirs leaves anybody stuck."""

import pytest

from freezecase.replay.prove import prove
from tests.replay.prove.packs import BOUNDS, NAMES, combined, everything, of

LATER = ("eu.amld6.24.suspend-account", "eu.amld6.24.suspend-tx")
"""The rules that are not in force yet on the day of a proof."""
pytestmark = pytest.mark.no_cover  # the rules are asked many thousand times


def test_with_all_that_any_pack_says_the_standard_policy_is_proved() -> None:
    """Ten laws may ask for the same decision; it is owed under each, and made once."""
    proof = prove(everything(), BOUNDS)

    assert [(one.flaw, one.says) for one in proof.findings] == []
    assert proof.proved
    assert proof.dead == LATER
    assert proof.shadowed == ()


def test_the_combinations_hold_every_set_of_clocks() -> None:
    """Whatever packs are chosen, a policy that owes the same is among those that are proved."""
    owing = {frozenset(one.id for one in of(names).clocks) for names in combined()}
    alone = [frozenset(one.id for one in of((name,)).clocks) for name in NAMES]

    assert {*alone} <= owing
    assert len(owing) == 2 ** len({*alone} - {frozenset(one.id for one in of(()).clocks)})
    assert len({*combined()}) == 2 * len(owing)
