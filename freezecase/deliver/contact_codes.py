"""
Contact codes: how a customer tells a genuine call or message from an impostor, and the reverse.

A code is nine digits, such as `493-051-728`: eight by RFC 4226 under a key of its own for each
direction, case and channel, in steps of time as RFC 6238 has them; the ninth is a check digit, so
that a slip of the tongue is told from a lie. Nothing is stored: whoever has the secret can check.
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import attrs

from freezecase.app.reading import instant
from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.allowed import at_least
from freezecase.core.checked import refuse
from freezecase.core.values import Channel
from freezecase.deliver.secret import Secret

__all__ = ["STEPS", "Checked", "ContactCodes", "Direction", "Verdict", "check_contact", "hotp"]

_DIGITS: Final = 8
_LENGTH: Final = _DIGITS + 1
_GROUP: Final = 3
_DOMAIN: Final = b"freezecase contact code 1"
_TALKING: Final = timedelta(minutes=5)
_WRITTEN: Final = timedelta(days=1)

STEPS: Final[Mapping[Channel, timedelta]] = MappingProxyType(
    {
        Channel.PHONE: _TALKING,
        Channel.CALL_BACK: _TALKING,
        Channel.CHAT: _TALKING,
        Channel.CLICK_TO_CALL: _TALKING,
        Channel.BRANCH: _TALKING,
        Channel.EMAIL: _WRITTEN,
        Channel.APP_MESSAGE: _WRITTEN,
        Channel.FORUM: _WRITTEN,
        Channel.SOCIAL: _WRITTEN,
        Channel.LETTER: timedelta(days=14),
    }
)
"""How long a code lives on each channel: as long as people speak, or until they have read."""

_DAMM: Final = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
"""H. Michael Damm, 2004: with one digit wrong, or two neighbours swapped, it ends in no `0`."""


class Direction(StrEnum):
    """Who proves themselves. A code of one direction is worth nothing in the other."""

    FROM_EXCHANGE = "from-exchange"
    """We say it, the customer checks it: an impostor who calls does not know it."""
    FROM_CUSTOMER = "from-customer"
    """The customer says it, we check it: whoever is not logged in to the app does not know it."""


class Verdict(StrEnum):
    """What a code turned out to be."""

    GENUINE = "genuine"
    FALSE = "false"
    """Well formed, and not ours, or too old: somebody else may be speaking."""
    MISTYPED = "mistyped"
    """Not well formed: ask again, nothing is known yet."""


@attrs.frozen(kw_only=True)
class Checked:
    """What came of checking a code."""

    verdict: Verdict
    step: int | None = None
    """The step of time of a genuine code: hand it in as `after`, and it cannot be used again."""

    @property
    def genuine(self) -> bool:
        """Whether it is ours, and of now."""
        return self.verdict is Verdict.GENUINE


def hotp(key: bytes, counter: int, *, digits: int = 6, digest: str = "sha1") -> str:
    """Return the one-time password of RFC 4226; with a step of time as *counter*, of RFC 6238."""
    mac = hmac.digest(key, counter.to_bytes(8, "big"), digest)
    offset = mac[-1] & 0xF  # RFC 4226, 5.3: the last four bits say where to cut
    cut = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{cut % 10**digits:0{digits}}"


def _steps(given: Mapping[Channel, timedelta]) -> Mapping[Channel, timedelta]:
    return MappingProxyType({**STEPS, **given})


def _whole_seconds(_codes: Any, _field: Any, steps: Mapping[Channel, timedelta]) -> None:
    for channel, step in steps.items():
        if step < timedelta(seconds=1) or step.microseconds:
            raise refuse(f"ContactCodes.steps[{channel}]", step, "whole seconds, 1 or more")


def _some(_codes: Any, _field: Any, secrets: Sequence[Secret]) -> None:
    if not secrets:
        raise refuse("ContactCodes.secrets", (), "it takes at least one")


def _window(_codes: Any, _field: Any, window: int) -> None:
    allowed = at_least(0)
    if not allowed.holds(window):
        raise refuse("ContactCodes.window", window, f"it takes {allowed.allows}")


@attrs.frozen(kw_only=True)
class ContactCodes:
    """
    Makes codes and checks them.

    Args:
        secrets: the first makes codes, all of them check, so that one can replace another. Use
            them for nothing else.
        steps: how long a code lives on a channel, where that is not as `STEPS` says.
        window: how many steps before and after the present one are good: clocks differ.

    Raises:
        InvalidValue: there is no secret, or a step is no length of time in whole seconds.

    """

    secrets: Sequence[Secret] = attrs.field(validator=_some)
    steps: Mapping[Channel, timedelta] = attrs.field(
        factory=dict, converter=_steps, validator=_whole_seconds
    )
    window: int = attrs.field(default=1, validator=_window)

    def issue(
        self, direction: Direction, *, about: UUID | str, channel: Channel, at: datetime
    ) -> str:
        """
        Return the code of now, in groups of three: to be said, shown or printed.

        *about* is a case, or an account where there is no case yet.
        """
        step = self._step(channel, instant(at, "at"))
        digits = self._digits(self.secrets[0], direction, str(about), channel, step)
        return "-".join(digits[n : n + _GROUP] for n in range(0, _LENGTH, _GROUP))

    def check(
        self,
        said: str,
        direction: Direction,
        *,
        about: UUID | str,
        channel: Channel,
        at: datetime,
        after: int | None = None,
    ) -> Checked:
        """
        Return whether *said* is the code of now, for the same direction, case and channel.

        Blanks and hyphens do not matter, and digits may be of any script. With *after*, only a
        code of a later step is good: so one code is used once.
        """
        digits = _plain(said)
        if len(digits) != _LENGTH or _damm(digits) != "0":
            return Checked(verdict=Verdict.MISTYPED)
        now = self._step(channel, instant(at, "at"))
        steps = range(max(0, now - self.window), now + self.window + 1)
        found = [  # all are compared, so that the time it takes says nothing
            step
            for step in steps
            for secret in self.secrets
            if hmac.compare_digest(
                digits, self._digits(secret, direction, str(about), channel, step)
            )
        ]
        if not found or (after is not None and found[-1] <= after):
            return Checked(verdict=Verdict.FALSE)
        return Checked(verdict=Verdict.GENUINE, step=found[-1])

    def chance(self, attempts: int) -> float:
        """Return how likely somebody who guesses *attempts* times within one step is right once."""
        good = (2 * self.window + 1) * len(self.secrets)
        return 1 - (1 - good / 10**_DIGITS) ** attempts

    def _step(self, channel: Channel, at: datetime) -> int:
        return int(at.timestamp()) // int(self.steps[channel].total_seconds())

    def _digits(
        self, secret: Secret, direction: Direction, about: str, channel: Channel, step: int
    ) -> str:
        parts = (_DOMAIN, *(word.encode() for word in (direction, about, channel)))
        # each with its length, so that no two contexts read the same
        context = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        key = hmac.digest(secret.key, context, "sha256")
        digits = hotp(key, step, digits=_DIGITS, digest="sha256")
        return digits + _damm(digits)


def check_contact(
    book: Casebook,
    codes: ContactCodes,
    case: UUID,
    said: str,
    direction: Direction,
    *,
    channel: Channel,
    by: Actor,
    id: UUID | None = None,
    after: int | None = None,
) -> Checked:
    """
    Check a code about *case* now, and put the answer on record; what was mistyped is no answer.

    *by* is who checked: whoever of the staff heard it, the customer who was called, or a machine.

    Raises:
        NoSuchCase: there is no such case.
        PolicyForbids: the policy does not let them say so.

    """
    at = book.clock.now()
    checked = codes.check(said, direction, about=case, channel=channel, at=at, after=after)
    if checked.verdict is not Verdict.MISTYPED:
        command = do.CheckContactCode(case, channel=channel, genuine=checked.genuine)
        book.execute(command, by=by, id=id)
    return checked


def _plain(said: str) -> str:
    """Return what was said as ASCII digits, if it is nothing but digits, blanks and hyphens."""
    letters = [letter for letter in said if not letter.isspace() and letter not in "-\u2010\u2011"]
    if len(letters) != _LENGTH or not all(letter.isdecimal() for letter in letters):
        return ""
    return "".join(str(int(letter)) for letter in letters)


def _damm(digits: str) -> str:
    """Return the check digit of digits; of digits with their check digit, `0`."""
    at = "0"
    for digit in digits:
        at = _DAMM[int(at)][int(digit)]
    return at
