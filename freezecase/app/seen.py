"""A store in which one case stands still: for a command that holds only for what was seen of it."""

from typing import Any, cast
from uuid import UUID

import attrs

from freezecase.app.stores.store import Loaded, Store
from freezecase.core.state import CaseState
from freezecase.errors import Conflict

__all__ = ["as_seen"]


@attrs.frozen
class _Seen:
    """A store from which one case is read only as it was seen, and so is only written upon that."""

    _store: Store
    _case: CaseState

    def read(self, case: UUID, **upto: Any) -> list[Loaded]:
        """Return the rows of a case, unless it is the one that was seen and there are others."""
        found = self._store.read(case, **upto)
        if case == self._case.id and len(found) != self._case.version:
            raise Conflict(case, self._case.version, "somebody wrote to it since it was looked at")
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def as_seen(store: Store, case: CaseState) -> Store:
    """
    Return *store*, in which to read *case* is a `Conflict` once somebody wrote to it.

    So a command that is executed there goes on record upon the case as it was seen, or not at all.
    """
    return cast("Store", _Seen(store, case))
