"""A code proves who speaks, in one direction, about one case, on one channel, for a while."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase import Actor, Casebook, Channel
from freezecase import events as e
from freezecase.deliver import (
    Checked,
    ContactCodes,
    Direction,
    Secret,
    Verdict,
    check_contact,
    contact_codes,
)
from freezecase.deliver.contact_codes import STEPS, hotp
from freezecase.errors import InvalidValue, NoSuchCase, PolicyForbids
from freezecase.testing.contracts import StoryClock
from tests.app.books import ANA, OWNER
from tests.deliver.desk import freeze
from tests.laws.settings import QUICK

SECRET, NEXT = Secret(b"s" * 32), Secret(b"n" * 32)
CODES = ContactCodes(secrets=[SECRET])
CASE, OTHER = UUID(int=1), UUID(int=2)
NOW = datetime(2026, 1, 5, 9, 2, tzinfo=UTC)
OURS, THEIRS = Direction.FROM_EXCHANGE, Direction.FROM_CUSTOMER
GENUINE, FALSE, MISTYPED = Verdict.GENUINE, Verdict.FALSE, Verdict.MISTYPED


def issue(**other: Any) -> str:
    """A code of ours about a case by phone, unless said otherwise."""
    said: dict[str, Any] = {"about": CASE, "channel": Channel.PHONE, "at": NOW, **other}
    direction = said.pop("direction", OURS)
    codes: ContactCodes = said.pop("codes", CODES)
    return codes.issue(direction, **said)


def check(said: str, **other: Any) -> Verdict:
    """What is made of a code, for a call of ours about a case, unless said otherwise."""
    asked: dict[str, Any] = {"about": CASE, "channel": Channel.PHONE, "at": NOW, **other}
    direction = asked.pop("direction", OURS)
    codes: ContactCodes = asked.pop("codes", CODES)
    return codes.check(said, direction, **asked).verdict


# --- the published vectors ---------------------------------------------------------------------

RFC_4226 = (
    *("755224", "287082", "359152", "969429", "338314"),
    *("254676", "287922", "162583", "399871", "520489"),
)
RFC_6238 = [
    # seconds     | sha1      | sha256    | sha512
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]


@pytest.mark.parametrize(("counter", "password"), [*enumerate(RFC_4226)])
def test_passwords_are_those_of_rfc_4226(counter: int, password: str) -> None:
    """Appendix D, from counter 0 on."""
    assert password == hotp(b"12345678901234567890", counter)


@pytest.mark.parametrize(("seconds", "sha1", "sha256", "sha512"), RFC_6238)
def test_passwords_in_steps_of_time_are_those_of_rfc_6238(
    seconds: int, sha1: str, sha256: str, sha512: str
) -> None:
    """Appendix B, whose seeds are as long as the digest (erratum 2866)."""
    for digest, size, password in (
        ("sha1", 20, sha1),
        ("sha256", 32, sha256),
        ("sha512", 64, sha512),
    ):
        key = (b"1234567890" * 7)[:size]
        assert password == hotp(key, seconds // 30, digits=8, digest=digest)


# --- the check digit ---------------------------------------------------------------------------


def slips(digits: str) -> Iterator[str]:
    """Every way to get one digit wrong, or to swap two neighbours that differ."""
    for place, digit in enumerate(digits):
        for other in set("0123456789") - {digit}:
            yield digits[:place] + other + digits[place + 1 :]
    for place, (one, other) in enumerate(pairwise(digits)):
        if one != other:
            yield digits[:place] + other + one + digits[place + 2 :]


@QUICK
@given(st.integers(0, 10**8 - 1))
def test_every_slip_of_the_tongue_is_known_for_one(number: int) -> None:
    """It is asked again, and nobody is taken for an impostor."""
    digits = f"{number:08}"
    digits += contact_codes._damm(digits)
    assert check(digits) in {FALSE, GENUINE}
    assert {check(slip) for slip in slips(digits)} == {MISTYPED}


def test_the_check_digit_is_that_of_damm() -> None:
    """His own example."""
    assert contact_codes._damm("572") == "4"


# --- what a code is good for -------------------------------------------------------------------


def test_a_code_is_nine_digits_in_groups_of_three() -> None:
    """The same for the same step, whoever makes it: this one was made with OpenSSL."""
    assert issue() == issue() == "865-355-953"
    assert check(issue()) is GENUINE


@pytest.mark.parametrize(
    "other",
    [
        {"direction": THEIRS},
        {"about": OTHER},
        {"about": "acct-4711"},
        {"channel": Channel.CHAT},
        {"codes": ContactCodes(secrets=[NEXT])},
        {"at": NOW + timedelta(minutes=10)},
        {"at": NOW - timedelta(minutes=10)},
    ],
)
def test_a_code_for_anything_else_is_false(other: dict[str, Any]) -> None:
    """The other direction, case, channel, secret, or time: each has codes of its own."""
    assert check(issue(), **other) is FALSE
    assert check(issue(**other)) is FALSE
    assert check(issue(**other), **other) is GENUINE


def test_no_two_contexts_read_the_same() -> None:
    """Where one word ends and the next begins is part of the context."""
    accounts = [("ab", "c"), ("a", "bc")]
    made = {CODES._digits(SECRET, OURS, one, other, 1) for one, other in accounts}  # type: ignore[arg-type]
    assert len(made) == 2


@pytest.mark.parametrize(
    ("steps", "verdict"), [(-2, FALSE), (-1, GENUINE), (1, GENUINE), (2, FALSE)]
)
@pytest.mark.parametrize("channel", [*Channel])
def test_a_code_lives_for_its_step_and_one_on_either_side(
    channel: Channel, steps: int, verdict: Verdict
) -> None:
    """As long as its channel takes."""
    said = issue(channel=channel)
    assert verdict is check(said, channel=channel, at=NOW + steps * STEPS[channel])


@pytest.mark.parametrize(
    "spelling",
    [
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: f"  {code}\n",
        lambda code: code.replace("-", "\u2011"),
        lambda code: "".join(chr(0x660 + int(one)) if one != "-" else one for one in code),
        lambda code: "".join(chr(0xFF10 + int(one)) if one != "-" else one for one in code),
    ],
)
def test_how_a_code_is_written_does_not_matter(spelling: Any) -> None:
    """With blanks or hyphens or neither, in any script that has digits."""
    assert check(spelling(issue())) is GENUINE


@QUICK
@given(st.text(max_size=20))
def test_whatever_else_is_said_is_mistyped(said: str) -> None:
    """Nothing that is said can raise."""
    assert check(said) in {MISTYPED, FALSE}


def test_one_code_is_used_once_by_whoever_remembers_its_step() -> None:
    """RFC 6238, 5.2: a verifier does not take the same password twice."""
    first = CODES.check(issue(), OURS, about=CASE, channel=Channel.PHONE, at=NOW)
    assert first.step is not None
    assert check(issue(), after=first.step) is FALSE
    assert check(issue(), after=first.step - 1) is GENUINE
    later = NOW + timedelta(minutes=5)
    assert check(issue(at=later), at=later, after=first.step) is GENUINE


def test_one_secret_is_replaced_by_another_without_a_gap() -> None:
    """The newest makes codes, all of them check."""
    both = ContactCodes(secrets=[NEXT, SECRET])
    assert check(issue(), codes=both) is check(issue(codes=both), codes=both) is GENUINE
    assert issue(codes=both) == issue(codes=ContactCodes(secrets=[NEXT]))


def test_how_often_somebody_may_guess_can_be_reckoned() -> None:
    """Three of a hundred million are good at a time: five guesses, three in twenty million."""
    assert CODES.chance(0) == 0
    assert CODES.chance(5) == pytest.approx(15e-8, rel=1e-6)
    assert ContactCodes(secrets=[SECRET, NEXT], window=0).chance(1) == pytest.approx(2e-8)


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"secrets": []}, "ContactCodes.secrets"),
        ({"steps": {Channel.CHAT: timedelta()}}, r"steps\[chat\] .* whole seconds, 1 or more"),
        ({"steps": {Channel.CHAT: timedelta(seconds=1.5)}}, "whole seconds"),
        ({"window": -1}, "ContactCodes.window"),
    ],
)
def test_codes_that_could_not_work_are_refused(wrong: dict[str, Any], match: str) -> None:
    """Before the first one is made."""
    settings: dict[str, Any] = {"secrets": [SECRET], **wrong}
    with pytest.raises(InvalidValue, match=match):
        ContactCodes(**settings)


def test_a_step_of_the_hosts_own_leaves_the_others(clock: StoryClock) -> None:
    """One channel is changed, the others are as the table says."""
    codes = ContactCodes(secrets=[SECRET], steps={Channel.CHAT: timedelta(seconds=30)})
    assert dict(codes.steps) == {**STEPS, Channel.CHAT: timedelta(seconds=30)}


# --- on record ---------------------------------------------------------------------------------


def checks(book: Casebook, case: UUID) -> list[e.ContactCodeChecked]:
    """What is on record of codes that were checked."""
    events = (record.event for record in book.history(case))
    return [event for event in events if isinstance(event, e.ContactCodeChecked)]


def said_on_record(
    book: Casebook, case: UUID, said: str, direction: Direction, by: Actor, **more: Any
) -> Checked:
    """What came of a code that was said by phone."""
    return check_contact(book, CODES, case, said, direction, channel=Channel.PHONE, by=by, **more)


def test_what_came_of_a_code_is_on_record_in_both_directions(
    book: Casebook, clock: StoryClock
) -> None:
    """Genuine and false; what was mistyped is asked again, and is no record."""
    case = freeze(book)
    ours = CODES.issue(OURS, about=case, channel=Channel.PHONE, at=clock.now())
    theirs = CODES.issue(THEIRS, about=case, channel=Channel.PHONE, at=clock.now())
    assert said_on_record(book, case, ours, OURS, OWNER).genuine
    assert said_on_record(book, case, theirs, THEIRS, ANA).genuine
    assert said_on_record(book, case, ours, THEIRS, ANA).verdict is FALSE
    assert said_on_record(book, case, ours[:-1], OURS, OWNER).verdict is MISTYPED
    assert checks(book, case) == [
        e.ContactCodeChecked(channel=Channel.PHONE, genuine=genuine, by=by.person)
        for genuine, by in ((True, OWNER), (True, ANA), (False, ANA))
    ]


def test_a_repeat_under_the_same_id_is_recorded_once(book: Casebook, clock: StoryClock) -> None:
    """As every command is."""
    case = freeze(book)
    ours = CODES.issue(OURS, about=case, channel=Channel.PHONE, at=clock.now())
    for _ in range(2):
        assert said_on_record(book, case, ours, OURS, OWNER, id=UUID(int=77)).genuine
    assert len(checks(book, case)) == 1


def test_nobody_checks_codes_of_cases_that_are_not_theirs(book: Casebook) -> None:
    """Nor of cases that are not there."""
    case = freeze(book)
    with pytest.raises(PolicyForbids):
        said_on_record(book, case, issue(), OURS, Actor.vendor("call-centre"))
    with pytest.raises(NoSuchCase):
        said_on_record(book, UUID(int=404), issue(), OURS, ANA)
