"""
What the exchange is told to do: its accounts, as their cases demand, until it says that they are.

    reconciler = Reconciler(book, control)
    while True:
        step = reconciler.step(clock.now())
        ...                                     # come again at `step.again_at`, or in a moment
"""

from freezecase.deliver.backoff import Backoff
from freezecase.deliver.doubts import RECONCILER
from freezecase.deliver.ports import AccountControl
from freezecase.deliver.reconciler import Reconciler, Step

__all__ = ["RECONCILER", "AccountControl", "Backoff", "Reconciler", "Step"]
