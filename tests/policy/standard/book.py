"""
The language of the rule book: a case, who asks for what, what the host says, and the answer.

    upheld | lea | extend-obligation obligation=update | amount=large | forbidden: not yet

A case is one of `CASES`. What is asked is a kind of command, with whatever is particular about it.
The answer is `allowed`; or `forbidden:` or `required:` and the words of the one rule that says so.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from freezecase.core.actors import Actor
from freezecase.core.appeals import AppealLevel, AppealRoute
from freezecase.core.checked import replace
from freezecase.core.commands import Command, asked
from freezecase.core.ruling import Fact, Opinion, Ruling, Verdict
from freezecase.core.state import CaseState
from freezecase.core.values import (
    Amount,
    Audience,
    Capability,
    Channel,
    Ground,
    Scope,
    Stated,
    Verification,
)
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from freezecase.policy.turn import Turn
from freezecase.testing import SOME_DAY, Asked, Given, given
from tests.core.samples import COMMANDS, COURT, ENGINE, LAB, OWNER

__all__ = [
    "CASES",
    "MINUTE",
    "PEOPLE",
    "Book",
    "Row",
    "ask",
    "command",
    "instant",
    "play",
    "row",
    "rows",
    "ruling_on",
    "sections",
]

MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)

PEOPLE: Final = {
    "ana": Actor.staff("ana", "analyst"),
    "rob": Actor.staff("rob", "reviewer"),
    "lea": Actor.staff("lea", "lead"),
    "otto": Actor.staff("otto", "officer"),
    "eve": Actor.staff("eve", "officer"),
    "engine": ENGINE,
    "owner": OWNER,
    "stranger": Actor.customer("acct-0815"),
    "court": COURT,
    "lab": LAB,
}


# --- what is asked -----------------------------------------------------------------------------

_KINDS: Final[dict[str, Command]] = {asked(kind): one for kind, one in COMMANDS.items()}
_SCOPES: Final = {"everything": Scope.everything(), "withdrawals": Scope.withdrawals()}


def _scope(word: str) -> Scope:
    """Read `trade+log-in`, or `transfer+0.1-BTC`: some capabilities, perhaps up to an amount."""
    if word in _SCOPES:
        return _SCOPES[word]
    *capabilities, last = word.split("+")
    if last[0].isdigit():
        quantity, asset = last.split("-")
        return Scope.of(*map(Capability, capabilities), amount=Amount.of(quantity, asset))
    return Scope.of(*map(Capability, [*capabilities, last]))


def _checks(word: str) -> tuple[Verification, ...]:
    """Read `device/liveness+identity`: checks, each with what else would do; or none."""
    several = (one.split("/") for one in word.split("+") if one)
    return tuple(Verification(kind=kind, instead=tuple(instead)) for kind, *instead in several)


_READ: Final[dict[str, Callable[[str], Any]]] = {
    "appeal_to": AppealLevel,
    "audience": Audience,
    "channel": Channel,
    "checks": _checks,
    "due": lambda word: SOME_DAY + int(word) * DAY,
    "genuine": "yes".__eq__,
    "ground": Ground,
    "leaving": _scope,
    "level": AppealLevel,
    "promises": lambda name: (Stated(promise=name, due=SOME_DAY + DAY),),
    "remedy": lambda _: None,
    "reviewer": lambda name: PEOPLE[name].person,
    "review_at": lambda word: SOME_DAY + int(word) * DAY,
    "route": AppealRoute,
    "scope": _scope,
    "text": lambda word: word or None,
    "to": lambda name: PEOPLE[name].person,
    "topics": lambda word: (word,),
    "until": lambda word: SOME_DAY + int(word) * DAY,
}
"""How a word is read, field by field; days are days from the day on which stories happen."""


def command(words: str, state: CaseState) -> Command:
    """Return what is asked; an appeal contests the newest decision, unless another is named."""
    kind, *particulars = words.split()
    plain: Any = _KINDS[kind]
    fields = dict(one.split("=") for one in particulars)
    said = {name: _READ.get(name, str)(word) for name, word in fields.items()}
    if hasattr(plain, "contests"):
        said["contests"] = state.decision
    asked_for: Command = replace(plain, **said)
    return asked_for


def _facts(words: str) -> Mapping[str, Fact]:
    return dict(one.split("=") for one in words.split())


# --- cases -------------------------------------------------------------------------------------

CASES: Final = {
    "new": "",
    "frozen": "engine impose-freeze",
    "frozen until in 30 days": "engine impose-freeze until=30",
    "frozen for terms": "ana impose-freeze ground=terms-breach reason=spam",
    "locked out": "engine impose-freeze ground=credential-loss scope=everything",
    "ordered by law": "court impose-freeze ground=legal-order",
    "disputed": "ana impose-freeze ground=payment-dispute reason=charged-back",
    "suspected": "engine impose-freeze ground=aml-alert",
    "nothing but crypto": "engine impose-freeze scope=withdraw-crypto",
    "log-in alone": "owner impose-freeze ground=self-lock scope=log-in+trade",
    "frozen long ago": "200 days ago engine impose-freeze",
    "frozen long ago, upheld today": "frozen long ago, rob uphold-freeze",
    "upheld": "frozen, rob uphold-freeze",
    "upheld until in 30 days": "frozen until in 30 days, rob uphold-freeze",
    "asked": "frozen, ana request-checks checks=device+identity/video-call",
    "shown": "asked, owner submit-evidence check=device",
    "half settled": "asked, ana pass-check check=device",
    "settled": "half settled, ana waive-check check=identity",
    "proposed": "frozen, ana propose-release",
    "ordered": "proposed, rob approve-release",
    "ordered alone": "frozen, otto order-release",
    "ordered by a court": "frozen, court order-release",
    "released": "ordered, engine confirm-release",
    "offboarded": "frozen, otto offboard-account",
    "closed": "offboarded, ana close-case",
    "free and gone": "released, otto offboard-account",
    "appealed": "frozen, owner file-appeal",
    "upheld and appealed": "upheld, owner file-appeal",
    "before an ombudsman": "upheld, engine open-external-review",
    "offered": "frozen, ana transfer-case to=rob",
    "handed on twice": "offered, rob accept-hand-over, rob transfer-case to=ana",
    "looked after": "frozen, ana assign-case to=ana",
    "written to us": "frozen, owner record-contact",
    "asking for a person": "frozen, owner request-human",
    "promised": "frozen, ana make-promise due=0",
    "held": "frozen, court place-legal-hold",
    "held, and nobody looks": "held, lea waive-obligation obligation=hold-review subject=order-7,"
    " ana open-obligation subject=order-7",
    "withheld": "suspected, ana withhold-notice review_at=7",
    "broken": "promised, engine let-time-pass",
    "broken, and promised else": "broken, ana make-promise promise=letter due=9",
    "told": "frozen, engine send-notice",
    "not reached": "told, lab report-delivery-failure",
    "told of it": "frozen, ana send-notice notice=update",
    "reached nowhere": "frozen, "
    + ", ".join(
        f"engine send-notice channel={by}, lab report-delivery-failure channel={by}"
        for by in Channel
    ),
    "complained": "looked after, owner record-contact topics=conduct",
    "answered twice by a bot": "written to us, engine send-reply, engine send-reply",
    "in circles": "answered twice by a bot, engine send-reply",
    "told of an extension": "frozen, ana send-notice notice=extension",
}
"""How a case came to be as it is: what happened, in order, mostly on one Monday morning."""


@cache
def play(case: str) -> Given:
    """Return a case, as it came to be under the policy that ships."""
    story = given()
    for words in filter(None, CASES[case].split(", ")):
        ago, _, rest = words.partition(" days ago ")
        who, _, what = (rest or words).partition(" ")
        at = SOME_DAY - MINUTE - int(ago if rest else 0) * DAY
        if words in CASES:
            story = play(words)
        else:
            story = story.after(command(what, story.state), by=PEOPLE[who], at=at)
    return story


def ask(case: str, who: str, what: str, says: str = "", policy: Policy | None = None) -> Asked:
    """Ask for something in a case, of this policy or the one that ships."""
    story = play(case).under(policy or standard())
    return story.when(command(what, story.state), by=PEOPLE[who], at=SOME_DAY, facts=_facts(says))


def ruling_on(tried: Asked) -> Ruling:
    """Return the ruling; what the case is in no position for has none."""
    assert isinstance(tried.outcome, Turn), tried.outcome
    return tried.outcome.ruling


# --- rows --------------------------------------------------------------------------------------

Row = tuple[str, ...]
Book = dict[str, list[Row]]
"""The rows of each rule, by its id."""
_VERDICTS: Final = {"forbidden": Verdict.FORBID, "required": Verdict.REQUIRE}


def rows(table: str) -> list[Row]:
    """Return the cells of each row of a table, without the comments after `#`."""
    lines = (line.partition("#")[0].strip() for line in table.splitlines())
    return [tuple(cell.strip() for cell in line.split("|")) for line in lines if line]


def instant(said: str) -> datetime:
    """Read `Mon  5 Jan 2026 09:10`, or `Tue  6 Jan 2026 end of day`: the midnight after it."""
    _weekday, day, month, year, *time = said.split()
    start = datetime.strptime(f"{day} {month} {year}", "%d %b %Y").replace(tzinfo=UTC)
    assert said.startswith(f"{start:%a}"), f"{said} is a {start:%A}"
    if time == ["end", "of", "day"]:
        return start + DAY
    hours, minutes = time[0].split(":")
    return start + timedelta(hours=int(hours), minutes=int(minutes))


def sections(text: str) -> Book:
    """Return the rows of a text, in sections that begin with the id of a rule and a colon."""
    blocks = (block.partition(":\n") for block in text.strip().split("\n\n"))
    return {rule: rows(table) for rule, _, table in blocks}


def row(rule: str, cells: Row, policy: Policy | None = None) -> None:
    """Demand the answer that a row of a gate's table gives: by *rule* alone, in its own words."""
    case, who, what, says, answer = cells
    ruling = ruling_on(ask(case, who, what, says, policy))
    said, _, words = answer.partition(": ")
    if said == "allowed":
        assert ruling.allowed, ruling.in_words()
    else:
        opinion = Opinion(rule=rule, verdict=_VERDICTS[said], because=words)
        assert (ruling.allowed, ruling.decided_by) == (False, (rule,)), ruling.in_words()
        assert opinion in ruling.opinions, ruling.in_words()
