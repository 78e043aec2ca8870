"""
The laws of erasure: whatever happened, without the keys it is the same case, with the same proofs.

Arbitrary histories are told to a book that seals, each text in them marked. Then the keys go.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import attrs
from hypothesis import given
from hypothesis import strategies as st

from freezecase import Actor, Casebook, CaseState, PolicyForbids, Status
from freezecase import commands as do
from freezecase.app.anchoring.proving import Prover
from freezecase.app.custody.erasing import Erasing
from freezecase.app.custody.key_store import open_key_store
from freezecase.app.custody.openings import Cleared
from freezecase.app.custody.shredding import Shredder
from freezecase.core.personal import personal, texts_of, with_texts
from freezecase.core.values import Audience, Channel
from freezecase.errors import Conflict, ErasureRefused, FreezeCaseError, NotAllowedNow
from freezecase.seal.keys import FileKek, KeyStore, Tombstone
from freezecase.seal.merkle import includes, leaf_hash
from freezecase.seal.unopened import Erased
from freezecase.testing.contracts import StoryClock
from freezecase.testing.journeys import Step, journeys
from tests.laws.settings import JOURNEY

CASE = UUID(int=1)
MARK = "canary of somebody"
KEK = FileKek(bytes(range(32)))
EVERYBODY = Cleared(actor=Actor.staff("ana"), audiences=frozenset(Audience), purpose="law")


@attrs.frozen
class Told:
    """A history that was told to a book that seals."""

    book: Casebook
    keys: KeyStore
    account: str

    def erase(self) -> None:
        """Destroy every key of the customer."""
        owned = [one.id for one in self.keys.of_subject(self.account)]
        self.keys.destroy(owned, self.book.clock.now())

    def read(self) -> list[str]:
        """What somebody cleared for everything reads in it, in order."""
        records = self.book.history(CASE, reader=EVERYBODY) if self.account else ()
        parts = (part for one in records for part in (one.event, one.command) if part)
        return [text for part in parts for text in texts_of(part).values()]


@contextmanager
def told(steps: Sequence[Step]) -> Generator[Told]:
    """Tell a journey to a book in memory, with a mark in each text."""
    clock = StoryClock(ids=1)
    with (
        open_key_store("memory:", KEK) as keys,
        Casebook.open("memory:", clock=clock, keys=keys) as book,
    ):
        for step in steps:
            clock.instant = step.at
            with suppress(PolicyForbids, NotAllowedNow, Conflict):
                tell(book, step)
        account = book.case(CASE).account if book.store.exists(CASE) else ""
        yield Told(book, keys, account)


def tell(book: Casebook, step: Step) -> None:
    """Tell one step, or let its time pass."""
    command: Any = step.command
    if isinstance(command, do.LetTimePass):
        book.run_due(step.at)
        return
    fields = {*personal(type(command))} - {"remedy"} | {*texts_of(command)}
    marked = with_texts(command, dict.fromkeys(fields, MARK))  # a remedy says that one may retry
    opens = isinstance(command, do.ImposeFreeze)
    if not (opens and book.store.exists(CASE)):  # its id would stand for two commands
        book.execute(marked, by=step.by, id=CASE if opens else None)


@JOURNEY
@given(journeys(max_size=10))
def test_without_its_keys_a_case_is_what_it_was(steps: tuple[Step, ...]) -> None:
    """The same state at every version, and the same bytes, in which no text ever stood."""
    with told(steps) as there:
        book, store = there.book, there.book.store
        versions = range(1, store.versions([CASE]).get(CASE, 0) + 1)
        before = [book.case(CASE, version=n) for n in versions]
        ledger = [*store.scan()], [*store.headers()]
        history = book.history(CASE) if versions else ()
        there.erase()

        assert [book.case(CASE, version=n) for n in versions] == before
        assert ([*store.scan()], [*store.headers()]) == ledger
        assert (book.history(CASE) if versions else ()) == history
        assert not [row for row in ledger[0] if MARK.encode() in row[5]]


@JOURNEY
@given(journeys(max_size=10))
def test_whoever_read_every_text_reads_none(steps: tuple[Step, ...]) -> None:
    """And what stands there instead says so, by its type."""
    with told(steps) as there:
        said = there.read()
        there.erase()
        left = there.read()

        assert {*said} == ({MARK} if there.account else set())
        assert len(left) == len(said)
        assert all(isinstance(text, Erased) for text in left)


@JOURNEY
@given(journeys(max_size=8), st.data())
def test_every_proof_is_the_same_byte_for_byte(steps: tuple[Step, ...], data: Any) -> None:
    """A stranger who kept one before can check it after, and is given the same one again."""
    with told(steps) as there:
        store = there.book.store
        prover, size = Prover(store), store.size()
        index = data.draw(st.integers(1, max(size, 1)))
        header = store.header(index)
        if header is None:
            assert size == 0
            return
        root, proof = prover.root(), prover.inclusion(index)
        there.erase()

        assert (prover.root(size), prover.inclusion(index, size)) == (root, proof)
        assert store.header(index) == header
        assert includes(root, size, index - 1, leaf_hash(header), proof)


def close(book: Casebook) -> None:
    """Bring the case to its end, as far as it lets itself be."""
    eve = Actor.staff("eve", "lead", "officer")
    for command, by in (
        (do.SendReply(CASE, channel=Channel.LETTER), eve),
        (do.ProposeRelease(CASE, reason=MARK), eve),
        (do.ApproveRelease(CASE), Actor.staff("rob", "reviewer")),
        (do.ConfirmRelease(CASE), Actor.system("risk-engine")),
        (do.CloseCase(CASE, outcome="cleared"), eve),
    ):
        with suppress(FreezeCaseError):
            book.execute(command, by=by)


def test_a_person_is_erased_wholly_or_not_at_all() -> None:
    """And not at all exactly while a case is open, a hold stands, or somebody owes an answer."""
    outcomes: set[str] = set()

    @JOURNEY
    @given(journeys(max_size=8), st.booleans())
    def law(steps: tuple[Step, ...], ends: bool) -> None:
        with told(steps) as there:
            if ends and there.account:
                close(there.book)
            outcomes.add(erased_by_the_book(there))

    law()
    assert outcomes == {"kept", "erased"}


def erased_by_the_book(there: Told) -> str:
    """Try to erase; say what came of it, which is one of two things."""
    account = there.account or "acct-of-nobody"
    before = there.keys.of_subject(account)
    kept = {why for case in there.book.cases(account=account) for why in keeping(case)}
    gone, refused = tried(there, account)

    assert refused == kept
    if kept:
        assert there.keys.of_subject(account) == before
        return "kept"
    assert gone == {key.id for key in before}
    assert all(isinstance(key, Tombstone) for key in there.keys.of_subject(account))
    return "erased"


def tried(there: Told, account: str) -> tuple[frozenset[str], set[str]]:
    """Ask, agree and carry out; the keys that went, or why none did."""
    erasing = Erasing(store=there.book.store, clock=there.book.clock, retention=())
    try:
        erasing.request(account, by=Actor.customer(account), basis="asked")
        erasing.approve(account, by=Actor.staff("rob"))
        erasure = Shredder(erasing=erasing, keys=there.keys).carry_out(account)
    except ErasureRefused as refused:
        return frozenset(), {*refused.why}
    return erasure.gone, set()


def keeping(case: CaseState) -> Iterator[str]:
    """Why a case keeps everything, said once more and in other words."""
    if case.status is not Status.CLOSED:
        yield "open-case"
    elif [one for one in case.obligations.values() if not one.demand.right]:
        yield "owed"
    if case.holds:
        yield "legal-hold"
