"""What the exchange plugs in: the one call by which its accounts are restricted and freed."""

from typing import Protocol

from freezecase.views.accounts import Restriction

__all__ = ["AccountControl"]


class AccountControl(Protocol):
    """The exchange's own systems, as far as they restrict accounts."""

    def apply(self, account: str, restriction: Restriction, revision: int) -> None:
        """
        Make *restriction* all that this book restricts on *account*: no more, and no less.

        It is the whole of it every time, never a change: no scopes free the account. Return once
        it binds, and no sooner: what is only queued is not yet so. Whatever is raised means that
        it may not be so, and it is tried again; what the error says goes on record.

        Keep the *revision* with the restriction, in one transaction, and keep three rules:

        * **the same again** is no error. Answers are lost, so calls are repeated;
        * **an older revision** than the one that is kept changes nothing. Calls arrive late and
          out of order, and an old lift must not undo a new freeze. Whoever takes it all the same
          has accounts that are not what their cases demand, and nobody is told;
        * raise on an older revision, if you can: a book that was restored from a backup counts
          from where it was, and would otherwise confirm what you have just ignored.
        """
        ...
