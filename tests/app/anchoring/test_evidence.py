"""Evidence made from a store: it holds, opens what was chosen, and survives an erasure."""

from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from msgspec import UNSET

from freezecase import Casebook
from freezecase.app.anchoring.evidence import Enclosed
from freezecase.core.values import Audience
from freezecase.errors import CannotVerify, InvalidValue, NoSuchCase
from freezecase.policy.digest import spelt
from freezecase.policy.standard import standard
from freezecase.seal.bundle import Bundle
from freezecase.seal.examine import Completeness, Examined, examine
from freezecase.seal.keys import KeyStore
from freezecase.seal.merkle import Frontier, leaf_hash
from freezecase.seal.note import Signer
from freezecase.seal.tlog_proof import TlogProof
from freezecase.seal.tlog_proof import shown as shown_by
from freezecase.seal.trust import Trust
from freezecase.testing.contracts import StoryClock
from tests.app.anchoring.evident import RECORDS, WORDS, maker, opening, signed, told
from tests.app.books import ANA, ROB, STORES, opened, url_of
from tests.app.custody.erasures import erasing, key_store, left_long_ago, over, shredder
from tests.app.stores.insider import by_hand
from tests.seal.offline import refused_offline, said_offline
from tests.seal.paper import LOG, ORIGIN, TRUST, WITNESSES


@pytest.fixture
def keys() -> Iterator[KeyStore]:
    """An empty key store."""
    with key_store() as opened:
        yield opened


@pytest.fixture(params=STORES)
def book(
    request: pytest.FixtureRequest, tmp_path: Path, clock: StoryClock, keys: KeyStore
) -> Iterator[Casebook]:
    """An empty book of each kind, that seals what is personal."""
    url = url_of(request.param, request, tmp_path)
    with Casebook.open(url, clock=clock, keys=keys, origin=ORIGIN) as made:
        yield made


@pytest.fixture
def case(book: Casebook) -> UUID:
    """A case of 25 records between two others."""
    opened(book, "acct-1")
    made = told(book)
    opened(book, "acct-2")
    return made


def shown(bundle: Bundle, trust: Trust = TRUST) -> Examined:
    """What a bundle shows; both programs say that it holds."""
    found = examine(Bundle.read(bundle.data), trust)
    assert found.faults == ()
    assert not refused_offline(bundle.data, trust)
    return found


def test_the_evidence_of_a_case_shows_every_record_of_it(book: Casebook, case: UUID) -> None:
    """As it is stored, to the byte; of the others nothing but where they are counted."""
    made = maker(book).bundle(case, signed(book))
    found = shown(made)
    assert [one.version for one in found.headers] == [*range(1, RECORDS + 1)]
    stored = [state.decode() for _version, _name, state, *_ in book.store.read(case)]
    assert [one.state for one in made.events] == stored
    assert b"acct-1" not in made.data
    assert found.complete is None
    assert len(made.data) < 60_000


def test_the_evidence_is_complete_up_to_the_end_of_a_day(
    book: Casebook, case: UUID, clock: StoryClock
) -> None:
    """The newest manifest in the checkpoint counts; what came later is told apart."""
    ends = maker(book).manifests
    first = ends.write(clock.instant.date())
    assert first is not None
    note = signed(book)
    assert shown(maker(book).bundle(case, note)).complete == Completeness(
        first.heads.upto, first.heads.day, 0
    )
    opened(book, "acct-3")
    second = ends.write(clock.instant.date())
    assert second is not None
    before = shown(maker(book).bundle(case, note)).complete
    assert before == Completeness(first.heads.upto, first.heads.day, 0)
    after = shown(maker(book).bundle(case, signed(book))).complete
    assert after == Completeness(second.heads.upto, second.heads.day, 0)


def test_records_after_the_manifest_are_in_the_evidence_too(
    book: Casebook, clock: StoryClock
) -> None:
    """They are shown, and nothing says that they are all."""
    case = opened(book).id
    known = len(book.store.read(case))
    maker(book).manifests.write(clock.instant.date())
    clock.later(days=30)
    assert book.run_due(clock.instant).missed
    found = shown(maker(book).bundle(case, signed(book))).complete
    assert found is not None
    assert found.later == len(book.store.read(case)) - known > 0


def test_a_case_that_began_after_every_manifest_claims_nothing(
    book: Casebook, clock: StoryClock
) -> None:
    """There is nothing yet that it could be held against."""
    opened(book, "acct-1")
    maker(book).manifests.write(clock.instant.date())
    case = opened(book, "acct-2").id
    assert shown(maker(book).bundle(case, signed(book))).complete is None


# --- what is opened, and what is not -------------------------------------------------------------


def test_only_what_was_chosen_is_opened(book: Casebook, case: UUID, keys: KeyStore) -> None:
    """The customer's words, and none of the house's; nobody gets a key of a person."""
    note = signed(book)
    made = maker(book).bundle(case, note, **opening(book, keys, Audience.CUSTOMER))
    found = shown(made)
    texts = [one.texts for one in found.sections if one.texts is not None]
    assert {"command.statement": WORDS, "event.statement": WORDS} in texts
    assert {one.audience for one in found.sections if one.texts is not None} == {"customer"}
    assert WORDS.encode() not in made.data
    assert WORDS in "\n".join(said_offline(made.data, TRUST))
    closed = maker(book).bundle(case, note)
    assert all(one.texts is None for one in shown(closed).sections)


def test_who_opened_what_is_on_record_before_it_is_shown(
    book: Casebook, case: UUID, keys: KeyStore
) -> None:
    """In a stream beside the case; the evidence is as of the checkpoint, before that."""
    note, size = signed(book), book.store.size()
    made = maker(book).bundle(case, note, **opening(book, keys, Audience.CUSTOMER))
    asked = opening(book, keys, Audience.CUSTOMER)
    (record,) = asked["opening"].opener.history(case)
    assert (record.index, record.actor.person) == (size + 1, "staff:ana")
    versions = [n for n, one in enumerate(made.events, 1) if one.keys is not UNSET]
    assert record.event.versions == tuple(versions)


def test_after_an_erasure_the_evidence_holds_and_stays_sealed(
    book: Casebook, keys: KeyStore, clock: StoryClock
) -> None:
    """B9: what was handed out before holds as well, and what is made now opens nothing."""
    case = over(book, reason="the owner is verified")
    maker(book).manifests.write(clock.instant.date())
    note = signed(book)
    before = maker(book).bundle(case, note)
    opened_before = maker(book).bundle(case, note, **opening(book, keys, *Audience))
    assert any(one.texts for one in shown(opened_before).sections)
    left = left_long_ago(book, clock)
    erasing(book).request("acct-4711", by=ANA, basis="asked-by-the-customer", left=left)
    erasing(book).approve("acct-4711", by=ROB)
    shredder(book, keys).carry_out("acct-4711", by=ROB)
    after = maker(book).bundle(case, note, **opening(book, keys, *Audience))
    assert after == before
    assert [one.texts for one in shown(after).sections if one.texts] == []
    assert shown(after).sections
    assert "     operations: [sealed]" in said_offline(after.data, TRUST)
    assert shown(before) == shown(after)


def test_what_is_withheld_is_there_and_says_nothing(
    book: Casebook, case: UUID, keys: KeyStore
) -> None:
    """Nor is it opened for anybody."""
    asked = opening(book, keys, *Audience)
    enclosed = Enclosed(withheld={1, RECORDS})
    made = maker(book).bundle(case, signed(book), enclosed=enclosed, **asked)
    hidden = [n for n, one in enumerate(made.events, 1) if one.state is UNSET]
    assert hidden == [1, RECORDS]
    assert made.events[-1].keys is UNSET
    assert len(shown(made).headers) == RECORDS
    (record,) = asked["opening"].opener.history(case)
    assert RECORDS not in record.event.versions


def test_only_what_is_there_can_be_withheld(book: Casebook, case: UUID) -> None:
    """Whoever mistypes a version would show what they meant to keep back."""
    for version in (0, RECORDS + 1):
        with pytest.raises(InvalidValue, match="from 1 to 25"):
            maker(book).bundle(case, signed(book), enclosed=Enclosed(withheld=[version]))


def test_what_is_enclosed_goes_with_it(book: Casebook, case: UUID) -> None:
    """The policy is the one that the rulings name; the rest is as it was handed in."""
    policy = spelt(standard())
    enclosed = Enclosed(policy=policy, time_stamp=b"\x30\x00", note="as asked")
    made = maker(book).bundle(case, signed(book), enclosed=enclosed)
    shown(made)
    assert (made.policy, made.tsr, made.note) == (policy, b"\x30\x00", "as asked")
    digest = sha256(policy.encode()).hexdigest()
    named = sum(digest in str(one.state) for one in made.events)
    assert f'policy "sha256:{digest}", named by {named} records' in said_offline(made.data, TRUST)


# --- which checkpoint ----------------------------------------------------------------------------


def test_the_newest_checkpoint_that_covers_the_case_is_taken(book: Casebook, case: UUID) -> None:
    """Of two of one size the one that more witnesses cosigned; what is none is passed over."""
    old = signed(book)
    opened(book, "acct-3")
    bare, whole = signed(book, []), signed(book)
    notes = ["no note at all", old, whole, bare]
    assert maker(book).newest(case, notes) == whole
    assert maker(book).newest(case, notes, TRUST) == whole
    assert maker(book).newest(case, [old, bare]) == bare
    assert maker(book).newest(case, [old, bare], TRUST) == old


def test_without_a_checkpoint_that_covers_the_case_there_is_no_evidence(
    book: Casebook, case: UUID
) -> None:
    """The error says what to do."""
    note, late = signed(book), opened(book, "acct-3").id
    for notes in ([], [note]):
        with pytest.raises(CannotVerify, match="make a checkpoint first"):
            maker(book).newest(late, notes)
    with pytest.raises(CannotVerify, match="make a checkpoint first"):
        maker(book).bundle(late, note)
    witnesses = [one.key for one in WITNESSES]
    thief = Trust.of([Signer.of_seed(ORIGIN, bytes([9] * 32)).key], witnesses, 2)
    with pytest.raises(CannotVerify, match="make a checkpoint first"):
        maker(book).newest(case, [note], thief)


def test_a_checkpoint_of_something_else_is_refused(book: Casebook, case: UUID) -> None:
    """Of another log, of another history, of more than there is, or none."""
    note = signed(book)
    size, root = note.split("\n")[1:3]
    other = root.replace(root[:4], "AAAA")
    for wrong, why in (
        (note.replace(ORIGIN, "bank.example/other"), "no checkpoint of `bank.example/freezecase`"),
        (note.replace(root, other), "is not what the checkpoint"),
        (note.replace(f"\n{size}\n", f"\n{int(size) + 1}\n"), "make a checkpoint first"),
        ("no note", "no checkpoint of `bank.example/freezecase`"),
    ):
        with pytest.raises(CannotVerify, match=why):
            maker(book).bundle(case, wrong)


def test_there_is_no_evidence_of_a_case_that_is_not_there(book: Casebook, case: UUID) -> None:
    """Neither a bundle nor a checkpoint is looked for."""
    for ask in maker(book).newest, maker(book).bundle:
        with pytest.raises(NoSuchCase):
            ask(UUID(int=0xDEAD), signed(book))


# --- receipts ------------------------------------------------------------------------------------


def test_a_receipt_shows_one_record(book: Casebook, case: UUID) -> None:
    """In the format of public logs; it needs no case and no store."""
    note, (_version, name, _state, index, _at) = signed(book), book.store.read(case)[-1]
    found = shown_by(TlogProof.read(maker(book).receipt(index, note).text), TRUST)
    assert (found.header.index, found.header.name, found.header.stream) == (index, name, case)
    assert found.vouched.quorum
    with pytest.raises(InvalidValue):
        maker(book).receipt(0, note)
    opened(book, "acct-3")
    with pytest.raises(CannotVerify, match="make a checkpoint first"):
        maker(book).receipt(book.store.size(), note)


def test_a_receipt_outlives_a_record_that_was_cut_off(tmp_path: Path, clock: StoryClock) -> None:
    """A5: a tail cut off before a witness saw it shows nowhere, but to whoever has a receipt."""
    path = tmp_path / "cases.db"
    with Casebook.open(f"sqlite:///{path}", clock=clock, origin=ORIGIN) as book:
        case = opened(book).id
        size = book.store.size()
        alone = signed(book, [])
        receipt = maker(book).receipt(size, alone)
        with closing(by_hand(str(path))) as connection, connection:
            for cut in CUTS:
                connection.execute(cut, (size,))
            frontier = root_without_last(book)
            connection.execute(
                "UPDATE ledger_head SET size = ?, frontier = ?", (size - 1, frontier)
            )
        assert book.store.size() == len(book.store.read(case)) == size - 1
        found = shown_by(receipt, Trust.of([LOG.key], [], 0))
        assert found.header.index == size
        assert book.store.header(size) is None


CUTS = (
    "DELETE FROM stored_events WHERE rowid = ?",
    "DELETE FROM ledger_leaves WHERE leaf_index = ?",
)


def root_without_last(book: Casebook) -> bytes:
    """The frontier as it was one record ago, as an insider would repair it."""
    leaves = [leaf_hash(data) for _, data in book.store.headers()]
    return b"".join(Frontier().adding(leaves[: book.store.size() - 1]).roots)


def test_the_log_is_named_as_it_signs(book: Casebook) -> None:
    """The key of these tests is that of the log."""
    assert book.store.origin == LOG.key.name
