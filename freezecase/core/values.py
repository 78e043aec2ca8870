"""
The words a case is made of. Each value checks itself, so nothing downstream checks again.

An alias such as `AccountId` is its plain type plus the `Check` that every command and every event
share. A text that may hold somebody's words or name is also `Sealed`: it says whose it is and who
may read it. State never holds a sealed text, and no policy ever reads one.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, Self, TypeAlias, TypeVar
from uuid import UUID

import attrs

from freezecase.core.allowed import (
    DECIMAL,
    DIGEST,
    ID,
    ORDERED,
    PERSON,
    SOME,
    WORD,
    at_least,
    matches,
    prose,
    recurring,
)
from freezecase.core.checked import checked, refuse

__all__ = [
    "AccountId",
    "Amount",
    "Asset",
    "Audience",
    "Capability",
    "CaseId",
    "Channel",
    "CheckKind",
    "CustomerText",
    "Digest",
    "Evidence",
    "Ground",
    "Instant",
    "Person",
    "Plain",
    "Reason",
    "Scope",
    "Sealed",
    "Several",
    "Slug",
    "Stated",
    "Statement",
    "Verification",
]

T = TypeVar("T")

if TYPE_CHECKING:
    from collections.abc import Sequence as Several
else:

    class Several:
        """Several of one kind: a caller may hand in any list, what is kept is a tuple."""

        def __class_getitem__(cls, kind: Any) -> Any:
            """Read as `tuple[kind, ...]` at run time."""
            return tuple[kind, ...]


@attrs.frozen
class Sealed:
    """A mark on a text: whose personal data it may hold, and which audience may read it."""

    subject: str
    audience: "Audience"


@attrs.frozen
class Plain:
    """A mark on a text: why it holds nobody's personal data, whatever words it takes."""

    why: str


class Audience(StrEnum):
    """Who may read a section of a record, from the widest to the narrowest."""

    CUSTOMER = "customer"
    OPERATIONS = "operations"
    COMPLIANCE = "compliance"
    CONFIDENTIAL = "confidential"
    PRIVILEGED = "privileged"


class Ground(StrEnum):
    """Why an account is frozen. The ground steers the rules; the taxonomy is closed."""

    ACCOUNT_TAKEOVER = "account-takeover"
    CREDENTIAL_LOSS = "credential-loss"
    SANCTIONS_MATCH = "sanctions-match"
    AML_ALERT = "aml-alert"
    LEGAL_ORDER = "legal-order"
    IDENTITY_EXPIRED = "identity-expired"
    IDENTITY_FAILED = "identity-failed"
    PAYMENT_DISPUTE = "payment-dispute"
    INCIDENT = "incident"
    OWNER_DECEASED = "owner-deceased"
    SELF_LOCK = "self-lock"
    TERMS_BREACH = "terms-breach"


class Capability(StrEnum):
    """What an account can do, and a freeze can stop it from doing."""

    LOG_IN = "log-in"
    TRADE = "trade"
    DEPOSIT = "deposit"
    WITHDRAW_FIAT = "withdraw-fiat"
    WITHDRAW_CRYPTO = "withdraw-crypto"
    TRANSFER = "transfer"
    EARN = "earn"
    CARD = "card"


class Channel(StrEnum):
    """How the customer and the exchange reach each other."""

    PHONE = "phone"
    CALL_BACK = "call-back"
    CHAT = "chat"
    EMAIL = "e-mail"
    APP_MESSAGE = "app-message"
    FORUM = "forum"
    CLICK_TO_CALL = "click-to-call"
    SOCIAL = "social"
    LETTER = "letter"
    BRANCH = "branch"


CaseId: TypeAlias = UUID
Instant: TypeAlias = datetime
"""An aware instant, kept in UTC to the microsecond."""

AccountId: TypeAlias = Annotated[str, ID]
"""The host's opaque id of an account. Never an e-mail address: it is stored in the clear."""
Person: TypeAlias = Annotated[str, recurring(PERSON)]
"""Somebody in relation to a case, as `kind:id`. Compared for equality, never read."""
Slug: TypeAlias = Annotated[str, recurring(WORD)]
"""A short machine word."""
CheckKind: TypeAlias = Slug
"""What one check verifies. The usual ones are listed in `USUAL_CHECKS`; hosts may add their own."""
Asset: TypeAlias = Annotated[str, matches(r"[A-Za-z0-9._-]{1,32}", "an asset code such as `BTC`")]
Digest: TypeAlias = Annotated[str, DIGEST]
Reason: TypeAlias = Annotated[str, prose(4000), Sealed("customer", Audience.OPERATIONS)]
"""Why staff or the system did something, for staff."""
CustomerText: TypeAlias = Annotated[str, prose(8000), Sealed("customer", Audience.CUSTOMER)]
"""Words the exchange says to the customer."""
Statement: TypeAlias = Annotated[str, prose(20000), Sealed("customer", Audience.CUSTOMER)]
"""Words the customer says to the exchange."""

USUAL_CHECKS: Final = (
    "identity",
    "liveness",
    "address",
    "source-of-funds",
    "wallet-ownership",
    "device",
    "video-call",
    "second-factor",
    "authority-letter",
)


Units: TypeAlias = Annotated[str, DECIMAL]


@checked
class Amount:
    """How much of one asset: exact decimal units, never a float."""

    units: Units
    asset: Asset

    @classmethod
    def of(cls, units: str | int | Decimal, asset: str) -> Self:
        """Return *units* of *asset*."""
        given: Any = units  # made exact, or refused, like any other value
        return cls(units=given, asset=asset)

    def at_most(self, other: "Amount") -> bool:
        """Say whether this is the same asset and not more of it."""
        return self.asset == other.asset and Decimal(self.units) <= Decimal(other.units)


@checked
class Scope:
    """
    What a freeze stops: some capabilities, for all assets or a few, wholly or up to an amount.

    Freezing an amount beats freezing an account: name the narrowest scope that protects.
    No assets means every asset; no amount means everything.
    """

    capabilities: Annotated[tuple[Capability, ...], SOME, ORDERED]
    assets: Annotated[tuple[Asset, ...], ORDERED] = ()
    amount: Amount | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse an amount of an asset that the scope does not stop."""
        if self.amount is not None and self.assets and self.amount.asset not in self.assets:
            stopped = ", ".join(f"`{asset}`" for asset in self.assets)
            raise refuse("Scope.amount", self.amount.asset, f"an amount of {stopped}")

    @classmethod
    def of(
        cls, *capabilities: Capability, assets: Iterable[str] = (), amount: Amount | None = None
    ) -> Self:
        """Return the scope that stops *capabilities*."""
        return cls(capabilities=capabilities, assets=tuple(assets), amount=amount)

    @classmethod
    def withdrawals(cls, *, assets: Iterable[str] = (), amount: Amount | None = None) -> Self:
        """Return the scope that stops money from leaving: withdrawals and transfers."""
        leaving = (Capability.WITHDRAW_FIAT, Capability.WITHDRAW_CRYPTO, Capability.TRANSFER)
        return cls.of(*leaving, assets=assets, amount=amount)

    @classmethod
    def everything(cls) -> Self:
        """Return the scope that stops every capability."""
        return cls.of(*Capability)

    def within(self, other: "Scope") -> bool:
        """Say whether this stops nothing that *other* does not stop."""
        return (
            set(self.capabilities) <= set(other.capabilities)
            and (not other.assets or (bool(self.assets) and set(self.assets) <= set(other.assets)))
            and (
                other.amount is None
                or (self.amount is not None and self.amount.at_most(other.amount))
            )
        )


@checked
class Verification:
    """One thing to verify, and what may be shown instead. Any one of them settles it."""

    kind: CheckKind
    instead: Annotated[tuple[CheckKind, ...], ORDERED] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse an alternative that is the thing itself."""
        if self.kind in self.instead:
            raise refuse("Verification.instead", self.instead, f"something other than {self.kind}")


@checked
class Stated:
    """What a text to the customer says will happen by a time. Whoever sends it has promised it."""

    promise: Slug
    due: Instant
    duty: Slug | None = None
    """The kind of obligation that is promised; nothing for a promise that nobody owed before."""


@checked
class Evidence:
    """A reference to a document that the host keeps. The library never stores the document."""

    reference: Annotated[str, ID]
    digest: Digest
    size: Annotated[int, at_least(0, "a size in bytes, ")]
    media_type: Annotated[str, matches(r"[a-z]+/[a-z0-9.+-]{1,100}", "such as `image/png`")]
