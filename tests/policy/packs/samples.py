"""The smallest pack there can be, as text, and how the tests change it."""

from typing import Any

from freezecase.policy.packs.pack import Pack
from freezecase.policy.packs.reading import pack_of
from freezecase.policy.packs.rule import PackRule

HEAD = """
not_legal_advice = "Not legal advice: a pack that the tests made up, for no country."
id = "made-up"
jurisdiction = "XX"
zone = "Europe/Lisbon"
checked_on = 2026-11-21
places = [{ id = "there", zone = "Europe/Lisbon" }, { id = "elsewhere", zone = "Asia/Tokyo" }]
"""
RULE = """
[[rules]]
id = "xx.answer"
kind = "law"
citation = "Act 1, section 1"
url = "https://example.org/act"
evidence = "V"
binds = "everybody"
trigger = "a complaint is received"
"""
TERM = 'term = { count = 3, unit = "days", trigger = "receipt" }\n'
UNBOUND = 'unbound = "nothing happens"\n'
BOUND = """
[rules.bound]
covers = "appeal-decision"
debtor = "exchange"
after = ["accountable 2 days"]
"""


def said(*parts: str) -> str:
    """A pack of one rule, which says this beside what every rule says."""
    return "".join([HEAD, RULE, *parts])


def pack(*parts: str) -> Pack:
    """The same, read."""
    return pack_of(said(*parts), "made-up")


def rule(**changes: Any) -> PackRule:
    """A rule made by hand."""
    plain: dict[str, Any] = {
        "id": "xx.answer",
        "jurisdiction": "XX",
        "zone": "Europe/Lisbon",
        "kind": "law",
        "citation": "Act 1, section 1",
        "url": "https://example.org/act",
        "evidence": "V",
        "binds": "everybody",
        "trigger": "a complaint is received",
        "unbound": "nothing happens",
    }
    return PackRule(**{**plain, **changes})
