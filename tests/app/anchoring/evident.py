"""A case that says something personal, in a book that seals it, and what vouches for it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from freezecase import Actor, Casebook, Channel
from freezecase import commands as do
from freezecase.app.anchoring.day_end import DayEnds
from freezecase.app.anchoring.evidence import EvidenceMaker, Opening
from freezecase.app.anchoring.proving import Prover
from freezecase.app.custody.openings import Cleared, Opener
from freezecase.core.checked import replace
from freezecase.core.values import Audience
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.keys import KeyStore
from freezecase.seal.note import Signer
from tests.app.books import ANA, ENGINE, OWNER, freeze
from tests.seal.paper import AT, LOG, WITNESSES

RECORDS = 25
WORDS = "I was on holiday, and that was my new phone: é, 凍"
REASON = "the customer calls from a new number"


def told(book: Casebook) -> UUID:
    """A case of 25 records, in which the customer and the staff say things."""
    case = book.execute(replace(freeze(), reason=REASON), by=ENGINE).case.id
    steps: list[tuple[Any, Actor]] = [
        (do.ConfirmEnforcement(case, reference="core 1"), ENGINE),
        (do.SendNotice(case, notice="freeze-imposed", channel=Channel.EMAIL), ENGINE),
        (do.AssignCase(case, to=ANA.person), ENGINE),
        (do.RequestChecks(case, checks=["liveness"]), ANA),
        (do.RecordContact(case, channel=Channel.CHAT, topics=["when"], summary="when?"), OWNER),
        (do.SendReply(case, channel=Channel.CHAT, topics=["when"], text="by Tuesday"), ANA),
        (do.FileAppeal(case, contests=1, statement=WORDS), OWNER),
    ]
    for command, by in steps:
        book.execute(command, by=by)
    assert book.case(case).version == RECORDS
    return case


def signed(book: Casebook, witnesses: Sequence[Signer] = WITNESSES) -> str:
    """A checkpoint of all that is in a book, by its log and its witnesses."""
    frontier = book.store.frontier()
    text = Checkpoint(book.store.origin, frontier.size, frontier.root).text
    return LOG.signed(text) + "".join(one.line(text, at=AT) for one in witnesses)


def maker(book: Casebook) -> EvidenceMaker:
    """What makes evidence from a book."""
    return EvidenceMaker(book.store, Prover(book.store), DayEnds(book.store, book.clock))


def opening(book: Casebook, keys: KeyStore, *audiences: Audience) -> dict[str, Any]:
    """Let somebody open sections, as `EvidenceMaker.bundle` takes it."""
    reader = Cleared(actor=ANA, audiences=frozenset(audiences), purpose="data-request")
    return {"opening": Opening(Opener(book.store, keys, book.clock), reader)}
