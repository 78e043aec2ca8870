"""What every key store does, and what the tests of it share."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from freezecase.app.custody.key_store import open_key_store
from freezecase.core.values import Audience
from freezecase.errors import SealError, StoreError, UnknownKey
from freezecase.seal.kek import FileKek, Kek
from freezecase.seal.keys import KeyEntry, KeyStore, SubjectKey, Tombstone, Wanted

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
KEK, NEW_KEK = FileKek(bytes(range(32))), FileKek(bytes(range(32, 64)))
CUSTOMER: Wanted = ("acct-4711", Audience.CUSTOMER)
STAFF: Wanted = ("acct-4711", Audience.OPERATIONS)
ELSE: Wanted = ("acct-4712", Audience.CUSTOMER)
Open = Callable[..., KeyStore]


@attrs.define
class Counting:
    """A key of the house, as a key service has it: it counts, and may be out of reach."""

    kek: FileKek = KEK
    wrapped: int = 0
    unwrapped: int = 0
    left: int = 10**9
    """After so many more it is out of reach."""

    @property
    def id(self) -> str:
        """As the key itself."""
        return self.kek.id

    def wrap(self, secret: bytes) -> bytes:
        """Wrap, if it is in reach."""
        if not self.left:
            raise ConnectionError("no answer")
        self.wrapped, self.left = self.wrapped + 1, self.left - 1
        return self.kek.wrap(secret)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Unwrap and count."""
        self.unwrapped += 1
        return self.kek.unwrap(wrapped)


def opener(url: str) -> Open:
    """Open the same key store as often as one likes."""

    def opened(kek: Kek = KEK, **more: Any) -> KeyStore:
        return open_key_store(url, kek, **more)

    return opened


def ids(keys: Iterable[SubjectKey | Tombstone]) -> list[str]:
    """The ids of keys."""
    return [key.id for key in keys]


class KeyStoreContract:
    """A key store makes keys, finds them, destroys them, and never takes that back."""

    @pytest.fixture
    def keys(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyStore]:
        """An empty key store."""
        raise NotImplementedError

    # --- making and finding ----------------------------------------------------------------------

    def test_missing_keys_are_made_once(self, keys: KeyStore) -> None:
        """The same is given whenever it is asked for, and nobody shares one."""
        made = keys.keys_for([CUSTOMER, STAFF, ELSE])
        assert list(made) == [CUSTOMER, STAFF, ELSE]
        assert [(key.subject, key.audience, key.epoch) for key in made.values()] == [
            (*CUSTOMER, 1),
            (*STAFF, 1),
            (*ELSE, 1),
        ]
        assert len({key.id for key in made.values()}) == 3
        assert len({key.secret for key in made.values()}) == 3
        assert keys.keys_for([ELSE, CUSTOMER, CUSTOMER]) == {
            ELSE: made[ELSE],
            CUSTOMER: made[CUSTOMER],
        }
        assert keys.keys_for([]) == {}

    def test_an_id_says_nothing(self, keys: KeyStore) -> None:
        """It stands in records in the clear: nobody can read off it whose it is, or for whom."""
        for key in keys.keys_for([CUSTOMER, STAFF]).values():
            assert len(bytes.fromhex(key.id)) == 16

    def test_many_are_made_at_once(self, keys: KeyStore) -> None:
        """A mass incident seals for thousands; some of them had a key before."""
        before = keys.keys_for([("acct-7", Audience.CUSTOMER)])
        wanted = [(f"acct-{n}", Audience.CUSTOMER) for n in range(1200)]
        made = keys.keys_for(wanted)
        assert list(made) == wanted
        assert made | before == made
        assert keys.keys_for(wanted[::-1]) == made
        assert len([*keys.every()]) == 1200

    def test_a_key_is_found_by_its_id(self, keys: KeyStore) -> None:
        """As sections name it."""
        key = keys.keys_for([CUSTOMER])[CUSTOMER]
        assert keys.find(key.id) == key
        assert keys.find(key.id) == key

    def test_a_key_that_is_not_there_was_lost(self, keys: KeyStore) -> None:
        """It does not read as erased."""
        with pytest.raises(UnknownKey, match="`gone` and no tombstone: restore the key store"):
            keys.find("gone")

    def test_what_a_person_has_is_listed(self, keys: KeyStore) -> None:
        """By audience and epoch, whether it lives or not."""
        made = keys.keys_for([STAFF, CUSTOMER, ELSE])
        gone = keys.destroy([made[CUSTOMER].id], NOW)
        (anew,) = keys.begin_anew("acct-4711", LATER)
        assert keys.of_subject("acct-4711") == (*gone, anew, made[STAFF])
        assert keys.of_subject("acct-1") == ()

    def test_every_key_is_told_of_without_its_secret(self, keys: KeyStore) -> None:
        """In the order of ids, for whoever compares them with the ledger."""
        made = keys.keys_for([CUSTOMER, ELSE])
        keys.destroy([made[ELSE].id], NOW)
        told = [
            KeyEntry(made[CUSTOMER].id, *CUSTOMER, 1, None),
            KeyEntry(made[ELSE].id, *ELSE, 1, NOW),
        ]
        assert [*keys.every()] == sorted(told)

    # --- destroying ------------------------------------------------------------------------------

    def test_a_destroyed_key_leaves_a_tombstone(self, keys: KeyStore) -> None:
        """Whose it was and when it went; the others live on."""
        made = keys.keys_for([CUSTOMER, STAFF, ELSE])
        gone = Tombstone(made[STAFF].id, *STAFF, NOW)
        assert keys.destroy([made[STAFF].id], NOW) == (gone,)
        assert keys.find(made[STAFF].id) == gone
        assert keys.find(made[CUSTOMER].id) == made[CUSTOMER]
        assert keys.keys_for([ELSE, CUSTOMER]) == {ELSE: made[ELSE], CUSTOMER: made[CUSTOMER]}

    def test_a_destroyed_secret_is_not_kept_in_memory(self, keys: KeyStore) -> None:
        """It goes at once where it was destroyed, and not only when somebody asks again."""
        key = keys.keys_for([CUSTOMER])[CUSTOMER]
        remembered: Any = keys
        assert key in remembered._remembered._keys.values()
        keys.destroy([key.id], NOW)
        assert key not in remembered._remembered._keys.values()
        keys.keys_for([ELSE])
        keys.close()
        assert not remembered._remembered._keys

    def test_tombstones_come_in_the_order_asked(self, keys: KeyStore) -> None:
        """However the database orders them."""
        asked = ids(keys.keys_for([CUSTOMER, STAFF, ELSE]).values())[::-1]
        assert ids(keys.destroy(asked, NOW)) == asked
        assert keys.destroy([], NOW) == ()

    def test_to_destroy_twice_does_no_harm(self, keys: KeyStore) -> None:
        """The first tombstone stays; others that are named go as well."""
        made = keys.keys_for([CUSTOMER, STAFF])
        first = keys.destroy([made[CUSTOMER].id], NOW)
        both = keys.destroy(ids(made.values()), LATER)
        assert both == (*first, Tombstone(made[STAFF].id, *STAFF, LATER))

    def test_nothing_is_destroyed_where_one_is_unknown(self, keys: KeyStore) -> None:
        """All of them or none: whoever asks has mistaken a key store, or lost one."""
        key = keys.keys_for([CUSTOMER])[CUSTOMER]
        with pytest.raises(UnknownKey, match="`gone`"):
            keys.destroy([key.id, "gone"], NOW)
        assert keys.find(key.id) == key

    def test_no_key_is_made_for_whoever_was_erased(self, keys: KeyStore) -> None:
        """Not for that audience, not for another; and of many that are asked for none is made."""
        made = keys.keys_for([CUSTOMER, STAFF])
        keys.destroy(ids(made.values()), NOW)
        for wanted in (CUSTOMER, STAFF, ("acct-4711", Audience.PRIVILEGED)):
            with pytest.raises(SealError, match=r"`acct-4711` for `.*` was destroyed") as refused:
                keys.keys_for([ELSE, wanted])
            assert "`begin_anew` says so" in str(refused.value)
        assert len([*keys.every()]) == 2

    def test_a_person_may_be_erased_for_one_audience_alone(self, keys: KeyStore) -> None:
        """What the law keeps is kept, and more of it may come; what was erased stays erased."""
        made = keys.keys_for([CUSTOMER, STAFF])
        keys.destroy([made[CUSTOMER].id], NOW)
        assert keys.keys_for([STAFF]) == {STAFF: made[STAFF]}
        assert keys.keys_for([("acct-4711", Audience.COMPLIANCE)])
        with pytest.raises(SealError, match="for `customer` was destroyed"):
            keys.keys_for([STAFF, CUSTOMER])

    def test_whoever_comes_back_gets_new_keys(self, keys: KeyStore) -> None:
        """In the next epoch, in place of those that went; what was erased stays unreadable."""
        made = keys.keys_for([CUSTOMER, STAFF])
        gone = keys.destroy(ids(made.values()), NOW)
        anew = keys.begin_anew("acct-4711", LATER)
        assert {(key.audience, key.epoch) for key in anew} == {
            (Audience.CUSTOMER, 2),
            (Audience.OPERATIONS, 2),
        }
        assert keys.keys_for([CUSTOMER, STAFF]) == {(k.subject, k.audience): k for k in anew}
        assert tuple(keys.find(one.id) for one in gone) == gone
        assert not {k.secret for k in anew} & {k.secret for k in made.values()}
        assert keys.begin_anew("acct-4711", LATER) == ()

    def test_nobody_begins_anew_who_was_not_erased(self, keys: KeyStore) -> None:
        """Neither somebody with keys nor somebody without: there is nothing to do."""
        made = keys.keys_for([CUSTOMER])
        assert keys.begin_anew("acct-4711", NOW) == ()
        assert keys.begin_anew("acct-1", NOW) == ()
        assert keys.keys_for([CUSTOMER]) == made
        assert len([*keys.every()]) == 1

    def test_erased_again_they_stay_erased(self, keys: KeyStore) -> None:
        """The third epoch begins as the second did, and no earlier one is given out again."""
        key = keys.keys_for([CUSTOMER])[CUSTOMER]
        keys.destroy([key.id], NOW)
        (second,) = keys.begin_anew("acct-4711", NOW)
        keys.destroy([second.id], NOW)
        with pytest.raises(SealError, match="was destroyed"):
            keys.keys_for([CUSTOMER])
        (third,) = keys.begin_anew("acct-4711", LATER)
        assert (second.epoch, third.epoch) == (2, 3)
        assert len({key.id, second.id, third.id}) == 3

    def test_what_a_copy_lost_is_buried(self, keys: KeyStore) -> None:
        """It reads as erased and not as lost, in the epoch after those that are there."""
        made = keys.keys_for([CUSTOMER, ELSE])
        keys.destroy([made[CUSTOMER].id], NOW)
        lost = Tombstone("f" * 32, *CUSTOMER, LATER)
        other = Tombstone("e" * 32, *STAFF, LATER)
        keys.bury([lost, other, lost])
        keys.bury([lost])
        assert (keys.find(lost.id), keys.find(other.id)) == (lost, other)
        told = {one.id: (one.epoch, one.destroyed_at) for one in keys.every()}
        assert told[lost.id] == (2, LATER)
        assert told[other.id] == (1, LATER)
        assert len(told) == 4
        with pytest.raises(SealError, match="`begin_anew` says so"):
            keys.keys_for([STAFF])
        anew = {key.audience: key.epoch for key in keys.begin_anew("acct-4711", LATER)}
        assert anew == {Audience.CUSTOMER: 3, Audience.OPERATIONS: 2}

    def test_a_tombstone_is_put_on_no_key_that_lives(self, keys: KeyStore) -> None:
        """Nor are the others put anywhere then; one that is there keeps its day."""
        made = keys.keys_for([CUSTOMER, STAFF])
        (before,) = keys.destroy([made[STAFF].id], NOW)
        lost = Tombstone("f" * 32, *CUSTOMER, LATER)
        live = Tombstone(made[CUSTOMER].id, *CUSTOMER, LATER)
        with pytest.raises(SealError, match="lives: destroy it") as refused:
            keys.bury([lost, live])
        assert live.id in str(refused.value)
        keys.bury([Tombstone(before.id, *STAFF, LATER)])
        assert keys.find(before.id) == before
        assert len([*keys.every()]) == 2

    # --- the key of the house --------------------------------------------------------------------

    def test_every_live_key_is_wrapped_under_the_new_key(self, keys: KeyStore) -> None:
        """The secrets stay; what is destroyed stays destroyed; asked again, nothing is left."""
        made = keys.keys_for([CUSTOMER, STAFF, ELSE])
        keys.destroy([made[STAFF].id], NOW)
        new = Counting(NEW_KEK)
        assert keys.rewrap(new) == 2
        assert keys.rewrap(new) == 0
        assert new.wrapped == 2
        assert keys.keys_for([CUSTOMER, ELSE]) == {CUSTOMER: made[CUSTOMER], ELSE: made[ELSE]}
        assert isinstance(keys.find(made[STAFF].id), Tombstone)
        keys.keys_for([("acct-1", Audience.CUSTOMER)])
        assert new.wrapped == 3

    def test_a_rotation_that_broke_off_is_taken_up_again(self, keys: KeyStore) -> None:
        """A key service may be out of reach half-way; all keys can be read all the time."""
        wanted = [(f"acct-{n}", Audience.CUSTOMER) for n in range(700)]
        made = keys.keys_for(wanted)
        with pytest.raises(ConnectionError):
            keys.rewrap(Counting(NEW_KEK, left=600))
        assert keys.keys_for(wanted) == made
        assert keys.rewrap(NEW_KEK) == 200
        assert keys.keys_for(wanted) == made

    # --- ending ----------------------------------------------------------------------------------

    def test_a_closed_key_store_gives_nothing(self, keys: KeyStore) -> None:
        """Also what it had in memory is gone; and to close twice does no harm."""
        keys.keys_for([CUSTOMER])
        keys.close()
        keys.close()
        with pytest.raises(StoreError, match="was closed"):
            keys.keys_for([CUSTOMER])

    def test_it_shows_where_it_is_and_no_more(self, keys: KeyStore) -> None:
        """No password, and no key."""
        assert repr(keys) == f"<SubjectKeys {keys.where}>"


class SharedKeyStoreContract:
    """Several processes have the same key store; here each is opened for itself."""

    @pytest.fixture
    def open_keys(self, request: pytest.FixtureRequest, tmp_path: Path) -> Open:
        """Open the same key store again and again."""
        raise NotImplementedError

    def test_keys_outlast_whoever_made_them(self, open_keys: Open) -> None:
        """They are there when it is opened again."""
        with open_keys() as keys:
            made = keys.keys_for([CUSTOMER])
        with open_keys(create=False) as keys:
            assert keys.keys_for([CUSTOMER]) == made

    def test_where_there_is_none_none_is_made_unasked(self, open_keys: Open) -> None:
        """A key store in the wrong place would be empty, and every key unknown."""
        with pytest.raises(StoreError, match=r"there is no such file|is empty"):
            open_keys(create=False)

    def test_what_one_destroys_the_others_forget(self, open_keys: Open) -> None:
        """Though they have it in memory: they ask how often keys were destroyed, and look again."""
        with open_keys() as one, open_keys() as other:
            made = one.keys_for([CUSTOMER, ELSE])
            assert other.keys_for([CUSTOMER, ELSE]) == made
            gone = one.destroy([made[CUSTOMER].id], NOW)
            assert (other.find(made[CUSTOMER].id),) == gone
            with pytest.raises(SealError, match="was destroyed"):
                other.keys_for([CUSTOMER])
            assert other.keys_for([ELSE]) == {ELSE: made[ELSE]}

    def test_what_was_opened_once_is_not_opened_again(self, open_keys: Open) -> None:
        """A key service takes its time: it is asked once for each key that is remembered."""
        service = Counting()
        wanted = [(f"acct-{n}", Audience.CUSTOMER) for n in range(5)]
        with open_keys(service) as keys:
            made = keys.keys_for(wanted)
            keys.keys_for(wanted)
        assert (service.wrapped, service.unwrapped) == (5, 5)
        with open_keys(service, remembered=2) as keys:
            assert keys.keys_for(wanted) == made
            assert keys.keys_for(wanted[3:]) == {one: made[one] for one in wanted[3:]}
            assert service.unwrapped == 10
            assert keys.keys_for(wanted) == made
            assert keys.find(made[wanted[0]].id) == made[wanted[0]]
        assert service.unwrapped > 10

    def test_keys_under_an_older_key_of_the_house_need_it(self, open_keys: Open) -> None:
        """Until they are wrapped anew; which one is missing is said."""
        with open_keys() as keys:
            made = keys.keys_for([CUSTOMER])
        with open_keys(NEW_KEK) as keys, pytest.raises(SealError, match=rf"`{KEK.id}`.*`older`"):
            keys.keys_for([CUSTOMER])
        with open_keys(NEW_KEK, older=[KEK]) as keys:
            assert keys.keys_for([CUSTOMER]) == made
            assert keys.rewrap(NEW_KEK) == 1
        with open_keys(NEW_KEK) as keys:
            assert keys.keys_for([CUSTOMER]) == made

    def test_a_key_service_out_of_reach_leaves_nothing_half_made(self, open_keys: Open) -> None:
        """No key is stored that was not wrapped, and nobody else has to wait for the service."""
        with open_keys(Counting(left=1)) as keys, open_keys() as other:
            with pytest.raises(ConnectionError):
                keys.keys_for([CUSTOMER, ELSE])
            assert [*other.every()] == []

    def test_who_makes_a_key_second_takes_the_first(self, open_keys: Open) -> None:
        """Two look, see nothing, and make one each: one of them is kept."""
        with open_keys() as other:
            service = _Meanwhile(lambda: other.keys_for([CUSTOMER]))
            with open_keys(service) as keys:
                made = keys.keys_for([CUSTOMER, ELSE])
            assert made == other.keys_for([CUSTOMER, ELSE])
            assert len([*other.every()]) == 2

    def test_who_is_erased_meanwhile_gets_no_key(self, open_keys: Open) -> None:
        """A key is wrapped, the person is erased, and only then would it be stored."""
        with open_keys() as other:
            key = other.keys_for([CUSTOMER])[CUSTOMER]
            service = _Meanwhile(lambda: other.destroy([key.id], NOW))
            with open_keys(service) as keys, pytest.raises(SealError, match="was destroyed"):
                keys.keys_for([STAFF])
            assert ids(other.of_subject("acct-4711")) == [key.id]

    def test_who_comes_back_twice_at_once_comes_back_once(self, open_keys: Open) -> None:
        """Two say so at the same time, and mean the same epoch."""
        with open_keys() as other:
            key = other.keys_for([CUSTOMER])[CUSTOMER]
            other.destroy([key.id], NOW)
            service = _Meanwhile(lambda: other.begin_anew("acct-4711", NOW))
            with open_keys(service) as keys:
                (anew,) = keys.begin_anew("acct-4711", LATER)
            assert other.keys_for([CUSTOMER]) == {CUSTOMER: anew}
            assert len([*other.every()]) == 2

    def test_a_key_destroyed_during_a_rotation_stays_destroyed(self, open_keys: Open) -> None:
        """It was read, it is wrapped anew, and it is gone when that would be stored."""
        with open_keys() as other:
            made = other.keys_for([CUSTOMER, ELSE])
            new = _Meanwhile(lambda: other.destroy([made[CUSTOMER].id], NOW), NEW_KEK)
            with open_keys() as keys:
                assert keys.rewrap(new) == 1
            assert isinstance(other.find(made[CUSTOMER].id), Tombstone)


@attrs.define
class _Meanwhile:
    """A key of the house; while it wraps for the first time, something else happens."""

    happens: Callable[[], object]
    kek: FileKek = KEK
    done: bool = False

    @property
    def id(self) -> str:
        return self.kek.id

    def wrap(self, secret: bytes) -> bytes:
        if not self.done:
            self.done = True
            self.happens()
        return self.kek.wrap(secret)

    def unwrap(self, wrapped: bytes) -> bytes:
        return self.kek.unwrap(wrapped)
