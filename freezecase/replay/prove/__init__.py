"""
Prove that a policy leaves nobody stuck, by looking at every state its cases can come to.

    proof = prove(standard())
    proof.proved                       # nothing is wrong, and everything was looked at
    proof.findings[0].journey          # the shortest way to what is

The method, what it takes for granted and what it leaves out: `docs/concepts/no-dead-end.md`.
"""

from freezecase.replay.prove.bounds import Bounds
from freezecase.replay.prove.flaws import Flaw
from freezecase.replay.prove.journey import Journey, Leg
from freezecase.replay.prove.proof import ASSUMED, Finding, Looked, Proof, prove

__all__ = ["ASSUMED", "Bounds", "Finding", "Flaw", "Journey", "Leg", "Looked", "Proof", "prove"]
