"""
What the exchange is told: its accounts, its customers, its other systems, until they have it.

    reconciler = Reconciler(book, control)      # accounts, as their cases demand
    relay = Relay(book, webhook, name="crm")    # other systems, of what happened
    courier = Courier(book, notifier, [...])    # customers, on one channel after another
    while True:
        step = reconciler.step(clock.now())
        ...                                     # come again at `step.again_at`, or in a moment
"""

from freezecase.deliver.announcing import ANNOUNCED, Announcement
from freezecase.deliver.backoff import Backoff
from freezecase.deliver.contact_codes import (
    Checked,
    ContactCodes,
    Direction,
    Verdict,
    check_contact,
)
from freezecase.deliver.courier import COURIER, Carried, Courier, Errand, Stage, Wording
from freezecase.deliver.doubts import RECONCILER
from freezecase.deliver.envelope import read_event
from freezecase.deliver.ports import (
    AccountControl,
    Arrival,
    Message,
    Notifier,
    Positions,
    Subscriber,
)
from freezecase.deliver.positions import FilePositions, MemoryPositions
from freezecase.deliver.reconciler import Reconciler, Step
from freezecase.deliver.relay import RELAY, Relay, Relayed
from freezecase.deliver.secret import Secret
from freezecase.deliver.signing import verify
from freezecase.deliver.webhooks import Webhook

__all__ = [
    "ANNOUNCED",
    "COURIER",
    "RECONCILER",
    "RELAY",
    "AccountControl",
    "Announcement",
    "Arrival",
    "Backoff",
    "Carried",
    "Checked",
    "ContactCodes",
    "Courier",
    "Direction",
    "Errand",
    "FilePositions",
    "MemoryPositions",
    "Message",
    "Notifier",
    "Positions",
    "Reconciler",
    "Relay",
    "Relayed",
    "Secret",
    "Stage",
    "Step",
    "Subscriber",
    "Verdict",
    "Webhook",
    "Wording",
    "check_contact",
    "read_event",
    "verify",
]
