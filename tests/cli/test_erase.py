"""`freezecase erase`: each step by a command, and an exit code for what stands in the way."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile

import attrs
import pytest

from freezecase import Casebook
from freezecase.app.clock import SystemClock
from freezecase.app.custody.erasing import Erasing
from freezecase.app.custody.shredding import Shredder
from freezecase.app.stores.opening import open_store
from freezecase.cli.stories import StoryClock
from freezecase.seal.keys import FileKek
from tests.app.custody.erasures import Crash, crashing_at, key_store, over
from tests.cli.conftest import Ran, Run

ACCOUNT = "acct-4711"
LONG_AGO = datetime(2015, 3, 2, 12, tzinfo=UTC)


@attrs.frozen
class Place:
    """A store and a key store, and how to run a step on them."""

    run: Run
    folder: Path

    def store(self, at: datetime) -> None:
        """Leave a case behind that is over, with something sealed in it."""
        with (
            key_store(self.keys) as keys,
            Casebook.open(self.db, clock=StoryClock(at=at), keys=keys) as book,
        ):
            over(book, ACCOUNT)

    @property
    def db(self) -> str:
        """Where the records are."""
        return f"sqlite:///{self.folder}/cases.db"

    @property
    def keys(self) -> str:
        """Where the keys are."""
        return f"sqlite:///{self.folder}/keys.db"

    def erase(self, *arguments: object) -> Ran:
        """Take a step that needs no key."""
        return self.run("erase", *arguments, "--db", self.db)

    def shred(self, *arguments: object) -> Ran:
        """Take a step that needs the keys."""
        kek = self.folder / "kek"
        if not kek.exists():
            FileKek.make(kek, bytes(range(32)))
        return self.erase(*arguments, "--keys", self.keys, "--kek", kek)

    def ask(self, *more: object) -> Ran:
        """Let the customer ask, who left long ago."""
        basis = "--basis", "asked-by-the-customer"
        left = "--left", LONG_AGO.isoformat()
        return self.erase("request", ACCOUNT, "--by", f"customer:{ACCOUNT}", *basis, *left, *more)


@pytest.fixture
def place(run: Run, tmp_path: Path) -> Place:
    """A case that was over long ago."""
    made = Place(run, tmp_path)
    made.store(LONG_AGO)
    return made


def test_three_commands_by_three_parties_and_the_keys_are_gone(place: Place) -> None:
    assert place.ask().code == 0
    assert place.erase("approve", ACCOUNT, "--by", "staff:rob").code == 0
    ran = place.shred("carry-out", ACCOUNT)

    assert ran.code == 0
    assert [line.split() for line in ran.out.splitlines()] == [
        ["account", "stage", "until", "(UTC)", "why", "keys", "gone"],
        [ACCOUNT, "verified", "1"],
        ["1", "erasure"],
    ]
    assert f"  keys: `{place.keys}`" in ran.err
    assert "  retention: eu.amlr.77.retention" in ran.err
    assert place.erase("status").out == "0 erasures\n"


def test_whoever_verifies_and_replays_it_finds_nothing(place: Place) -> None:
    """An erasure by the book is no damage: the keys that are gone are gone on record."""
    place.ask()
    place.erase("approve", ACCOUNT, "--by", "staff:rob")
    place.shred("carry-out", ACCOUNT)
    keys = "--keys", place.keys, "--kek", place.folder / "kek"
    verified = place.run("verify", "--db", place.db, *keys)
    replayed = place.run("replay", "--db", place.db)

    assert "1 erased, 0 unknown, 0 resurrected" in verified.out
    assert "FINDING" not in verified.out
    assert replayed.code == 0


def test_what_must_be_kept_is_an_answer_with_a_date_and_no_failure(
    run: Run, tmp_path: Path
) -> None:
    place = Place(run, tmp_path)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    place.store(yesterday)
    ran = place.ask("--json")

    assert ran.code == 1
    (erasure,) = ran.data["erasures"]
    assert (erasure["stage"], erasure["why"]) == ("blocked", ["eu.amlr.77.retention"])
    assert erasure["until"].startswith(str(yesterday.year + 5))
    assert "must be kept until" in ran.err
    assert place.erase("status").code == 0  # nothing is owed before that day
    assert place.erase("status", ACCOUNT).out.splitlines()[1].split()[:2] == [ACCOUNT, "blocked"]


def test_another_rule_of_a_pack_may_bind_the_house(place: Place) -> None:
    ran = place.ask("--keep", "us.ofac.501-601.records", "--json")

    assert ran.data["read"]["retention"] == ["us.ofac.501-601.records"]
    assert ran.code == 0
    ran = place.ask("--keep", "us.ofac.501-601.nothing")
    assert (ran.code, "has no rule" in ran.err) == (2, True)


def test_what_waits_for_somebody_is_owed(place: Place) -> None:
    place.ask()
    ran = place.erase("status")

    assert ran.code == 1
    assert ran.out.splitlines()[1].split() == [ACCOUNT, "requested", "0"]


def test_who_asked_does_not_approve(place: Place) -> None:
    place.ask()
    ran = place.erase("approve", ACCOUNT, "--by", f"customer:{ACCOUNT}")

    assert ran.code == 2
    assert "it allows `a second person of the staff`" in ran.err


def test_an_authority_extends_it(place: Place) -> None:
    until = "2999-01-01T00:00Z"
    told = "--by", "authority:fiu", "--basis", "order-7", "--until", until
    assert place.erase("extend", ACCOUNT, *told).code == 0

    ran = place.ask("--json")
    assert ran.code == 1
    assert ran.data["erasures"][0]["why"] == ["extended-by-authority"]


def test_a_key_that_came_back_is_a_finding(place: Place) -> None:
    keys = place.folder / "keys.db"
    copyfile(keys, place.folder / "copy.db")
    place.ask()
    place.erase("approve", ACCOUNT, "--by", "staff:rob")
    place.shred("carry-out", ACCOUNT)
    assert place.shred("bury-again").code == 0
    copyfile(place.folder / "copy.db", keys)
    ran = place.shred("bury-again", "--json")

    assert ran.code == 1
    assert len(ran.data["again"]) == 1
    assert place.shred("resume").out == "0 erasures\n"


def test_a_key_of_which_a_copy_has_nothing_is_a_finding_once(place: Place) -> None:
    """The ledger knows that it was destroyed: it gets its tombstone back, and reads as erased."""
    place.ask()
    place.erase("approve", ACCOUNT, "--by", "staff:rob")
    place.shred("carry-out", ACCOUNT)
    for lost in place.folder.glob("keys.db*"):
        lost.unlink()
    key_store(place.keys).close()
    ran = place.shred("bury-again")

    assert ran.code == 1
    assert ": had not even a tombstone: the key store is older than its destruction\n" in ran.out
    assert (again := place.shred("bury-again")).code == 0
    assert again.out == "0 erasures\n"


def test_what_cannot_be_finished_is_named(place: Place) -> None:
    """Here the key store was lost, between the keys that were to go and the record of it."""
    place.ask()
    place.erase("approve", ACCOUNT, "--by", "staff:rob")
    with open_store(place.db) as store, key_store(place.keys) as keys:
        whole = Shredder(erasing=Erasing(store=store, clock=SystemClock()), keys=keys)
        with pytest.raises(Crash):
            crashing_at(whole, "destroy", after=False).carry_out(ACCOUNT)
    for lost in place.folder.glob("keys.db*"):
        lost.unlink()
    key_store(place.keys).close()
    ran = place.shred("resume")

    assert ran.code == 1
    assert ran.out.splitlines()[0].startswith(f"{ACCOUNT}: no key `")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["request"], 64, "`erase request` takes ACCOUNT, --by, --basis"),
        (["carry-out", ACCOUNT], 64, "`erase carry-out` takes --keys, --kek"),
        (["approve", ACCOUNT, "--by", "ana"], 64, "`ana` is not `kind:id`"),
        (["approve", ACCOUNT, "--by", "friend:ana"], 64, "`friend:ana` is not `kind:id`"),
        (["approve", ACCOUNT, "--by", "staff:ana"], 2, "the erasure is `unasked`"),
        (["shred", ACCOUNT], 64, "'shred' is not one of"),
        (["carry-out", ACCOUNT, "--keys", "memory:", "--kek", "none"], 2, "none"),
    ],
    ids=["request", "carry-out", "who", "kind", "unasked", "step", "kek"],
)
def test_what_cannot_be_done_says_why(
    place: Place, arguments: list[str], code: int, says: str
) -> None:
    ran = place.erase(*arguments)

    assert ran.code == code
    assert says in ran.err
