"""Whatever is asked of a key store, in whatever order and by whom: what it never takes back."""

from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from freezecase.app.custody.key_store import open_key_store
from freezecase.core.values import Audience
from freezecase.errors import SealError
from freezecase.seal.kek import FileKek
from freezecase.seal.keys import KeyEntry, KeyStore, SubjectKey, Tombstone, Wanted
from tests.app.custody.key_contract import NOW
from tests.laws.settings import BRIEF

PEOPLE = ("acct-1", "acct-2")
AUDIENCES = (Audience.CUSTOMER, Audience.PRIVILEGED)
WANTED = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(AUDIENCES))
WHO = st.integers(0, 1)


class TwoProcesses(RuleBasedStateMachine):
    """Two have the same key store open, and a plain list says what there must be."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.keks = [FileKek(bytes(32))]
        self.made: list[SubjectKey] = []
        self.gone: set[str] = set()
        self.keys: list[KeyStore] = []
        self.numbers = count()

    @initialize()
    def begin(self) -> None:
        """Both open it."""
        self.keys = [self.opened(), self.opened()]

    def opened(self) -> KeyStore:
        """Open it once more, with every key of the house that there ever was."""
        *older, kek = self.keks
        url = f"sqlite:///{Path(self.folder.name)}/keys.db"
        return open_key_store(url, kek, older=older, remembered=3, fresh=self.chance)

    def chance(self, size: int) -> bytes:
        """Bytes that are never the same, and the same in every run."""
        return sha256(str(next(self.numbers)).encode()).digest()[:size]

    def newest(self) -> dict[Wanted, SubjectKey]:
        """The newest key of each, live or not."""
        return {(key.subject, key.audience): key for key in self.made}

    def erased(self, wanted: Wanted) -> bool:
        """Whether this key is gone, or everything of the person."""
        theirs = [key for key in self.newest().values() if key.subject == wanted[0]]
        newest = self.newest().get(wanted)
        return (newest is not None and newest.id in self.gone) or (
            theirs != [] and all(key.id in self.gone for key in theirs)
        )

    @rule(who=WHO, wanted=st.sets(WANTED, min_size=1))
    def ask(self, who: int, wanted: set[Wanted]) -> None:
        """What is there is given; what is missing is made; for the erased nothing is."""
        before = self.newest()
        try:
            given = self.keys[who].keys_for(wanted)
        except SealError:
            assert any(map(self.erased, wanted))
            return
        assert not any(map(self.erased, wanted))
        assert given.keys() == wanted
        for whose, key in given.items():
            assert key == before.get(whose, key)
            assert (key.subject, key.audience) == whose
        self.made += [key for whose, key in given.items() if whose not in before]

    @precondition(lambda self: self.made)
    @rule(who=WHO, data=st.data())
    def destroy(self, who: int, data: st.DataObject) -> None:
        """They go, and go again."""
        places = data.draw(st.sets(st.integers(0, len(self.made) - 1), max_size=3))
        going = {self.made[place].id for place in places}
        assert {one.id for one in self.keys[who].destroy(sorted(going), NOW)} == going
        self.gone |= going

    @rule(who=WHO, person=st.sampled_from(PEOPLE))
    def come_back(self, who: int, person: str) -> None:
        """In the next epoch, for what was destroyed."""
        expected = {
            (key.audience, key.epoch + 1)
            for key in self.newest().values()
            if key.subject == person and key.id in self.gone
        }
        anew = self.keys[who].begin_anew(person, NOW)
        assert {(key.audience, key.epoch) for key in anew} == expected
        self.made += anew

    @rule(who=WHO)
    def open_again(self, who: int) -> None:
        """One of them ends and begins again."""
        self.keys[who].close()
        self.keys[who] = self.opened()

    @rule(who=WHO)
    def change_the_key_of_the_house(self, who: int) -> None:
        """All that lives is wrapped anew; the other hears of the key, too."""
        self.keks.append(FileKek(len(self.keks).to_bytes(32)))
        assert self.keys[who].rewrap(self.keks[-1]) == len(self.made) - len(self.gone)
        assert self.keys[1 - who].rewrap(self.keks[-1]) == 0

    @invariant()
    def both_say_what_there_is(self) -> None:
        """Each key is as it was made, or a tombstone for ever; no more of them are there."""
        for keys in self.keys:
            for key in self.made:
                found = keys.find(key.id)
                gone = Tombstone(key.id, key.subject, key.audience, NOW)
                assert found == (gone if key.id in self.gone else key)
            assert [*keys.every()] == sorted(
                KeyEntry(
                    *(key.id, key.subject, key.audience, key.epoch),
                    NOW if key.id in self.gone else None,
                )
                for key in self.made
            )

    @invariant()
    def none_is_given_out_twice(self) -> None:
        """No id, no secret, no place in the row of epochs."""
        size = len(self.made)
        assert len({key.id for key in self.made}) == size
        assert len({key.secret for key in self.made}) == size
        assert len({(key.subject, key.audience, key.epoch) for key in self.made}) == size

    def teardown(self) -> None:
        """Leave nothing behind."""
        for keys in self.keys:
            keys.close()
        self.folder.cleanup()


TestTwoProcesses = TwoProcesses.TestCase
TestTwoProcesses.settings = settings(BRIEF, stateful_step_count=30)
