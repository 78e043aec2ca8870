"""
Carrying out what was approved: keys are destroyed, copies purged, and all of it is verified.

    begin      which keys are to go         -> `erasure-begun`      from here it only goes on
    destroy    they are destroyed           -> `subject-key-destroyed`
    verify     copies elsewhere are purged,
               and nothing opens any more   -> `erasure-verified`

`STEPS` says which step follows at which stage, and every step can be taken again. So whatever broke
off is finished by `resume`, whether a key went before its record or the machine stopped after it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import attrs

from freezecase.app.custody.erasing import Erasing
from freezecase.app.custody.erasure_log import destroyed_at, erasures, record
from freezecase.app.custody.erasure_scan import (
    Scan,
    audiences_of,
    is_lost,
    live_keys,
    scan_sections,
)
from freezecase.core.actors import Actor
from freezecase.core.custody import (
    CustodyEvent,
    ErasureBegun,
    ErasureVerified,
    KeyId,
    SubjectKeyDestroyed,
)
from freezecase.core.erasure import Erasure, ErasureStage
from freezecase.core.values import AccountId, Slug
from freezecase.errors import FreezeCaseError, NotAllowedNow, SealError
from freezecase.seal.keys import KeyStore, SubjectKey, Tombstone

__all__ = ["STEPS", "SWEEP", "Buried", "Purge", "Resumed", "Shredder"]

Purge: TypeAlias = Callable[[AccountId], object]
"""Removes what is kept of a person elsewhere. It may be called again, and raises if it failed."""

SWEEP: Final = Actor.system("erasure")
"""Who carries out what others decided, unless somebody is named."""


class Resumed(NamedTuple):
    """What became of the erasures that had broken off."""

    finished: tuple[Erasure, ...]
    failed: Mapping[AccountId, str]
    """Why one could not be finished; it is tried again the next time."""


class Buried(NamedTuple):
    """What was found of keys that the ledger says are gone."""

    again: tuple[KeyId, ...]
    """They were back, and were destroyed again."""
    missing: tuple[KeyId, ...]
    """There was not even a tombstone: the copy of the key store is older. Now there is one."""


@attrs.frozen(kw_only=True)
class Shredder:
    """
    Destroys the keys of whoever is to be erased. It alone of all needs the key store.

    Safe to use from several processes: of two that take the same step one goes first.
    """

    erasing: Erasing
    keys: KeyStore
    purges: tuple[Purge, ...] = ()
    """What removes copies of personal data that the host keeps elsewhere."""

    def carry_out(self, account: AccountId, *, by: Actor = SWEEP) -> Erasure:
        """
        Destroy the keys, purge the copies, and verify that nothing opens any more.

        Raises:
            NotAllowedNow: it is not approved.
            ErasureRefused: something forbids it that was not there when it was approved.
            SealError: something still opens, or a key was lost. What is done is on record; ask
                again, or let `resume` do it.

        """
        erasure = self.erasing.erasure(account)
        if erasure.stage not in STEPS:
            raise NotAllowedNow(
                asked="carry out the erasure",
                position=f"the erasure is `{erasure.stage}`",
                allowed=STEPS,
            )
        if erasure.stage is ErasureStage.APPROVED:
            self.erasing.unless_blocked(erasure, by)
        return self._carry_on(erasure, by)

    def resume(self, *, by: Actor = SWEEP) -> Resumed:
        """Finish every erasure that was begun and is not verified yet; one that fails is named."""
        finished: list[Erasure] = []
        failed: dict[AccountId, str] = {}
        begun = [one for one in erasures(self.erasing.store) if one.stage in _BROKEN_OFF]
        for erasure in begun:
            try:
                finished.append(self._carry_on(erasure, by))
            except FreezeCaseError as error:
                failed[erasure.account] = str(error)
        return Resumed(tuple(finished), failed)

    def bury_again(self, *, by: Actor = SWEEP) -> Buried:
        """
        Destroy every key that the ledger says is gone and that is back.

        For after a key store was restored from a copy. That they came back and went is on record,
        and everything is verified again. Those of which nothing is left get their tombstones, so
        that what they sealed reads as erased and not as lost.

        Raises:
            SealError: as for `carry_out`.

        """
        known = [*erasures(self.erasing.store)]
        missing = {
            key: erasure.account
            for erasure in known
            for key in sorted(erasure.gone)
            if is_lost(self.keys, key)
        }
        buried = self._entomb(missing)
        again: list[KeyId] = []
        for erasure in known:
            back = sorted(erasure.gone & {*live_keys(self.keys, erasure.account)})
            if back:
                again += back
                after = self._bury(erasure, by, back, "key-store-restored")
                if after.stage in _BROKEN_OFF:  # else something newer is under way
                    self._carry_on(after, by)
        return Buried(tuple(again), buried)

    # --- the steps -------------------------------------------------------------------------------

    def _carry_on(self, erasure: Erasure, by: Actor) -> Erasure:
        while erasure.stage in STEPS:
            erasure = STEPS[erasure.stage](self, erasure, by)
        return erasure

    def begin(self, erasure: Erasure, by: Actor) -> Erasure:
        """Record which keys are to go; where there is none, there is only something to verify."""
        going = live_keys(self.keys, erasure.account)
        if not going:
            return self._verified(erasure, by)
        return self._record(erasure, by, ErasureBegun(keys=going, basis=erasure.basis))

    def destroy(self, erasure: Erasure, by: Actor) -> Erasure:
        """Destroy what is to go, whether or not it went already, and record that it is gone."""
        return self._bury(erasure, by, sorted(erasure.going), erasure.basis)

    def verify(self, erasure: Erasure, by: Actor) -> Erasure:
        """Purge the copies and look through everything; begin again if there is a new key."""
        if erasure.going:  # another key came back, and went, while these were under way
            return self.destroy(erasure, by)
        if live_keys(self.keys, erasure.account):
            return self.begin(erasure, by)
        return self._verified(erasure, by)

    def _entomb(self, missing: Mapping[KeyId, AccountId]) -> tuple[KeyId, ...]:
        """Give keys their tombstones; one that sealed nothing needs none, nobody asks for it."""
        store = self.erasing.store
        when = {account: destroyed_at(store, account) for account in {*missing.values()}}
        tombstones = [
            Tombstone(key, missing[key], audience, when[missing[key]][key])
            for key, audience in sorted(audiences_of(store, missing).items())
        ]
        self.keys.bury(tombstones)
        return tuple(one.id for one in tombstones)

    def _bury(self, erasure: Erasure, by: Actor, going: Sequence[KeyId], basis: Slug) -> Erasure:
        self.keys.destroy(going, self.erasing.clock.now())
        if any(isinstance(self.keys.find(key), SubjectKey) for key in going):
            raise SealError(
                f"{self.keys.where} did not destroy the keys of `{erasure.account}`: no step is "
                "taken before they are gone, look at the key store"
            )
        return self._record(erasure, by, SubjectKeyDestroyed(keys=going, basis=basis))

    def _verified(self, erasure: Erasure, by: Actor) -> Erasure:
        for purge in self.purges:
            purge(erasure.account)
        scan = scan_sections(self.erasing.store, self.keys, erasure)
        if scan.openable or scan.unknown:
            raise _not_erased(erasure, scan)
        verified = ErasureVerified(
            upto=scan.upto, records=scan.records, sections=scan.sections, keys=len(erasure.gone)
        )
        return self._record(erasure, by, verified)

    def _record(self, erasure: Erasure, by: Actor, event: CustodyEvent) -> Erasure:
        return record(self.erasing.store, self.erasing.clock, erasure, event, by)


STEPS: Final[Mapping[ErasureStage, Callable[[Shredder, Erasure, Actor], Erasure]]] = {
    ErasureStage.APPROVED: Shredder.begin,
    ErasureStage.BEGUN: Shredder.destroy,
    ErasureStage.DESTROYED: Shredder.verify,
}
"""What is done next, from the approval on."""
_BROKEN_OFF: Final = frozenset({ErasureStage.BEGUN, ErasureStage.DESTROYED})
"""Where nobody may stop."""


def _not_erased(erasure: Erasure, scan: Scan) -> SealError:
    """Say what keeps an erasure from being verified."""
    if scan.openable:
        keys, why = sorted(scan.openable), "still open what was sealed: destroy them"
    else:
        keys, why = sorted(scan.unknown), "are lost, not destroyed: restore the key store"
    named = ", ".join(f"`{key}`" for key in keys)
    return SealError(f"`{erasure.account}` is not erased: keys {named} {why}", keys=tuple(keys))
