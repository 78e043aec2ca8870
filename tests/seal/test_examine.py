"""
An evidence bundle, looked at by whoever has the keys: what it shows, and every way to spoil one.

Two programs look at it: ours, and the text that is shipped beside the documents, which imports
nothing of ours. They were written apart, and have to agree.
"""

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest

from freezecase.core.manifest import manifest_stream
from freezecase.core.values import Audience
from freezecase.errors import InvalidValue
from freezecase.seal.bundle import Bundle
from freezecase.seal.examine import Completeness, SectionSeen, examine
from freezecase.seal.manifest import head_proof
from freezecase.seal.note import Signer
from freezecase.seal.sections import Place, seal_section
from freezecase.seal.trust import Trust
from tests.seal.offline import refused_offline, said_offline
from tests.seal.paper import (
    CASE,
    DAY,
    LOG,
    NAME,
    ORIGIN,
    OTHER,
    POLICY,
    SECRETS,
    TRUST,
    WITNESSES,
    Paper,
    spell,
    state,
    written,
)

Told = dict[str, Any]
"""A bundle as plain JSON."""

PAPER: Final = written(25)
BOTH: Final = (Audience.CUSTOMER, Audience.OPERATIONS)


def told(paper: Paper = PAPER, *opened: Audience) -> Told:
    """The bundle of the case of a log, as plain JSON."""
    found: Told = json.loads(paper.bundle(opened).data)
    return found


def spelt(bundle: Told) -> bytes:
    text = json.dumps(bundle, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def faults(bundle: Told, trust: Trust = TRUST) -> list[tuple[str, str]]:
    """What ours finds: code and place; the other program has to agree that there is something."""
    data = spelt(bundle)
    try:
        found = examine(Bundle.read(data), trust).faults
    except InvalidValue:
        codes = [("SHAPE", "bundle")]
    else:
        codes = [(code, where) for code, where, _why in found]
    assert refused_offline(data, trust) is bool(codes)
    return codes


# --- what holds ----------------------------------------------------------------------------------


def test_the_evidence_of_a_case_of_25_records_holds() -> None:
    """Every record, complete up to the end of the day, with both witnesses."""
    bundle = PAPER.bundle()
    found = examine(bundle, TRUST)
    assert found.faults == ()
    assert found.valid
    assert [one.version for one in found.headers] == [*range(1, 26)]
    assert found.complete == Completeness(upto=50, day=DAY, later=0)
    assert found.vouched is not None
    assert set(found.vouched.cosigned) == {one.key.name for one in WITNESSES}
    assert not refused_offline(bundle.data, TRUST)


def test_only_the_sections_that_were_chosen_are_opened() -> None:
    """The others are there, and stay sealed; no key of a person is in it."""
    bundle = PAPER.bundle([Audience.CUSTOMER])
    found = examine(bundle, TRUST)
    texts = {"event.statement": "my 1. word: é, 凍"}
    assert found.sections[:2] == (
        SectionSeen(1, "customer", texts),
        SectionSeen(1, "operations", None),
    )
    assert {one.texts is None for one in found.sections if one.audience == "operations"} == {True}
    for secret in SECRETS.values():
        assert b64encode(secret) not in bundle.data
    said = said_offline(bundle.data, TRUST)
    assert "     customer: {'event.statement': 'my 1. word: é, 凍'}" in said
    assert "     operations: [sealed]" in said


def test_a_record_may_be_withheld() -> None:
    """It is shown to be there, and when, and what it follows; not what stands in it."""
    bundle = told()
    del bundle["events"][3]["state"]
    assert faults(bundle) == []
    assert '     "[withheld]"' in said_offline(spelt(bundle), TRUST)


def test_what_came_after_the_manifest_is_shown_and_not_said_to_be_all() -> None:
    """The claim is up to a record of the log, and says how many came later."""
    paper = written(3)
    for version in (4, 5):
        paper.add(CASE, NAME, state(version, {}))
    found = examine(paper.bundle(), TRUST)
    assert found.faults == ()
    assert found.complete == Completeness(upto=6, day=DAY, later=2)
    assert faults(told(paper)) == []


def test_without_a_manifest_nothing_is_claimed() -> None:
    """A bundle without a claim holds, and says so."""
    bundle = written(3, heads=False).bundle()
    found = examine(bundle, TRUST)
    assert (found.faults, found.complete) == ((), None)
    said = said_offline(bundle.data, TRUST)
    assert "nothing shows that no record was left out" in said


def test_the_policy_that_is_enclosed_is_the_one_that_the_records_name() -> None:
    """By its digest; another text is refused, and so is one that no record that is shown names."""
    assert faults(told() | {"policy": POLICY}) == []
    assert faults(told() | {"policy": f"{POLICY}, more or less"}) == [("POLICY_UNNAMED", "policy")]
    hidden: Told = told() | {"policy": POLICY}
    for event in hidden["events"]:
        event.pop("state")
    assert faults(hidden) == [("POLICY_UNNAMED", "policy")]


def test_what_its_maker_adds_is_told_as_that() -> None:
    """A note and a time stamp are for others to check."""
    bundle = told() | {"note": "as asked on Monday", "tsr": "MAA="}
    assert faults(bundle) == []
    said = said_offline(spelt(bundle), TRUST)
    assert said[-3:] == [
        "note, not checked: 'as asked on Monday'",
        "tsr, not checked: 'MAA='",
        "VALID",
    ]


# --- who is trusted ------------------------------------------------------------------------------

THIEF: Final = Signer.of_seed(ORIGIN, bytes([9] * 32))


def test_the_keys_come_from_whoever_looks() -> None:
    """Another log, another key of that log, other witnesses: whatever the bundle says."""
    witnesses = [one.key for one in WITNESSES]
    elsewhere = Signer.of_seed("bank.example/elsewhere", bytes(32)).key
    assert faults(told(), Trust.of([elsewhere], witnesses, 2)) == [
        ("CHECKPOINT_ORIGIN", "checkpoint")
    ]
    assert faults(told(), Trust.of([THIEF.key], witnesses, 2)) == [
        ("CHECKPOINT_INVALID", "checkpoint")
    ]
    assert faults(told(), Trust.of([THIEF.key, LOG.key], witnesses, 2)) == []
    assert faults(told(), Trust.of([LOG.key], witnesses[:1], 1)) == []
    assert faults(told(), Trust.of([LOG.key], [], 0)) == []


# --- every way to spoil one ----------------------------------------------------------------------


def without(paper: Paper, place: int) -> Told:
    """Leave out a record."""
    bundle = told(paper)
    del bundle["events"][place]
    return bundle


def changed(place: int, part: str, change: Callable[[Any], Any]) -> Told:
    """Change a part of a record."""
    bundle = told(PAPER, Audience.CUSTOMER)
    bundle["events"][place][part] = change(bundle["events"][place][part])
    return bundle


def claiming(**changes: Any) -> Told:
    """Claim something else about what is complete."""
    bundle = told()
    bundle["complete"] |= changes
    return bundle


def noted(change: Callable[[str], str]) -> Told:
    """Change the checkpoint."""
    bundle = told()
    bundle["checkpoint"] = change(bundle["checkpoint"])
    return bundle


def stuffed(note: str) -> str:
    """Put a time into the signature of the log, as a cosignature has one."""
    line = next(line for line in note.splitlines() if line.startswith(f"\u2014 {ORIGIN} "))
    *who, blob = line.split(" ")
    signed = b64decode(blob)
    return note.replace(
        line, " ".join([*who, b64encode(signed[:4] + bytes(8) + signed[4:]).decode()])
    )


def reordered() -> Told:
    bundle = told()
    bundle["events"][4:6] = reversed(bundle["events"][4:6])
    return bundle


def _other_key() -> str:
    key: str = told(PAPER, Audience.CUSTOMER)["events"][9]["keys"]["customer"]
    return key


def _less(given: Told, part: str) -> Told:
    return {name: value for name, value in given.items() if name != part}


def _with(given: Told, **changes: Any) -> Told:
    return given | changes


def _withheld(place: int) -> Told:
    bundle = told(PAPER, Audience.CUSTOMER)
    del bundle["events"][place]["state"]
    return bundle


TAMPERED: Final[dict[str, tuple[Callable[[], Told], set[str]]]] = {
    "B1 the last record left out": (lambda: without(PAPER, 24), {"EVENT_MISSING"}),
    "B2 one in the middle left out": (
        lambda: without(PAPER, 11),
        {"STREAM_GAP", "STREAM_LINK", "EVENT_MISSING"},
    ),
    "B3 a record altered": (
        lambda: changed(7, "state", lambda one: one.replace("[sealed]", "[signed]")),
        {"EVENT_ALTERED"},
    ),
    "B4 the key of another section": (
        lambda: changed(7, "keys", lambda _keys: {"customer": _other_key()}),
        {"SECTION_FORGED"},
    ),
    "B5 another size of the log": (
        lambda: noted(lambda note: note.replace("\n52\n", "\n53\n")),
        {"CHECKPOINT_INVALID"},
    ),
    "B6 a cosignature cut off": (
        lambda: noted(lambda note: note[: note[:-1].rindex("\n") + 1]),
        {"QUORUM"},
    ),
    "B7 another key of the log": (
        lambda: noted(lambda note: THIEF.signed(note.partition("\n\n")[0] + "\n")),
        {"CHECKPOINT_INVALID"},
    ),
    "a signature with something in it": (lambda: noted(stuffed), {"CHECKPOINT_INVALID"}),
    "B8 two records exchanged": (
        reordered,
        {"STREAM_GAP", "STREAM_LINK", "TIME_BACKWARDS", "ROW_MISMATCH"},
    ),
    "the first record left out": (
        lambda: without(PAPER, 0),
        {"STREAM_GAP", "STREAM_LINK", "EVENT_MISSING"},
    ),
    "no record at all": (lambda: told() | {"events": []}, {"EVENT_MISSING"}),
    "no record and no claim": (
        lambda: _less(told(), "complete") | {"events": []},
        {"EVENT_MISSING"},
    ),
    "another format": (lambda: told() | {"format": "freezecase-evidence/2"}, {"SHAPE"}),
    "an unknown part": (lambda: told() | {"more": 1}, {"SHAPE"}),
    "the records of another case": (
        lambda: told() | {"stream": str(OTHER)},
        {"ROW_MISMATCH", "MANIFEST_MISMATCH"},
    ),
    "a header altered": (
        lambda: changed(7, "header", lambda one: one.replace('"ts":17', '"ts":18')),
        {"ROOT_MISMATCH", "STREAM_LINK", "TIME_BACKWARDS"},
    ),
    "a header in another spelling": (
        lambda: changed(7, "header", lambda one: one + " "),
        {"HEADER_SHAPE", "STREAM_LINK", "EVENT_MISSING"},
    ),
    "a proof cut short": (
        lambda: changed(7, "proof", lambda one: one[:-1]),
        {"ROOT_MISMATCH"},
    ),
    "a proof that goes on": (
        lambda: changed(7, "proof", lambda one: [*one, one[0]]),
        {"ROOT_MISMATCH"},
    ),
    "the proof of another record": (
        lambda: changed(7, "proof", lambda _one: told()["events"][8]["proof"]),
        {"ROOT_MISMATCH"},
    ),
    "a record that is none": (
        lambda: changed(7, "state", lambda _one: "{"),
        {"EVENT_ALTERED"},
    ),
    "a key for a section that is not there": (
        lambda: changed(7, "keys", lambda keys: keys | {"privileged": _other_key()}),
        {"SECTION_FORGED"},
    ),
    "a key for a record that is withheld": (lambda: _withheld(7), {"SECTION_FORGED"}),
    "a key of another length": (
        lambda: changed(7, "keys", lambda _keys: {"customer": "MAA="}),
        {"SECTION_FORGED"},
    ),
    "no such place in the manifest": (lambda: claiming(index=2), {"MANIFEST_MISMATCH"}),
    "a place that is no whole number": (lambda: claiming(index=0.0), {"SHAPE"}),
    "a place that is no number": (lambda: claiming(index=False), {"SHAPE"}),
    "a number of streams that is not whole": (lambda: claiming(size=2.0), {"SHAPE"}),
    "a claim that claims nothing": (lambda: told() | {"complete": None}, {"SHAPE"}),
    "another number of streams": (lambda: claiming(size=3), {"MANIFEST_MISMATCH"}),
    "the entry of another case": (
        lambda: claiming(entry=told()["complete"]["entry"].replace("ca5e", "ca5f")),
        {"MANIFEST_MISMATCH"},
    ),
    "an entry that knows less": (
        lambda: claiming(entry=told()["complete"]["entry"].replace(",25,", ",24,")),
        {"MANIFEST_MISMATCH"},
    ),
    "an entry that knows nothing": (
        lambda: claiming(entry=told()["complete"]["entry"].replace(",25,", ",0,")),
        {"MANIFEST_MISMATCH"},
    ),
    "an entry in another spelling": (
        lambda: claiming(entry=told()["complete"]["entry"] + " "),
        {"MANIFEST_MISMATCH"},
    ),
    "a record of the case for a manifest": (
        lambda: claiming(manifest=told()["events"][0]),
        {"MANIFEST_MISMATCH"},
    ),
    "a manifest that is withheld": (
        lambda: claiming(manifest=_less(told()["complete"]["manifest"], "state")),
        {"MANIFEST_MISMATCH"},
    ),
    "a manifest that is altered": (
        lambda: claiming(
            manifest=_with(
                told()["complete"]["manifest"],
                state=told()["complete"]["manifest"]["state"].replace("11-21", "11-22"),
            )
        ),
        {"EVENT_ALTERED"},
    ),
    "a manifest with another header": (
        lambda: claiming(manifest=_with(told()["complete"]["manifest"], header="{}")),
        {"MANIFEST_MISMATCH"},
    ),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_bundle_that_was_tampered_with_is_refused(how: str) -> None:
    """By both programs; ours says what it is."""
    tampered, codes = TAMPERED[how]
    assert {code for code, _where in faults(tampered())} == codes


def test_a_bundle_with_one_bit_changed_is_refused() -> None:
    """Every byte of it in turn: of a record, a proof, a key, the checkpoint, the claim, between."""
    whole = bytearray(written(1).bundle(BOTH).data)
    taken = list[int]()
    for place in range(len(whole)):
        bit = 1 << place % 7
        whole[place] ^= bit
        if not refused_offline(bytes(whole), TRUST) or holds(bytes(whole)):
            taken.append(place)
        whole[place] ^= bit
    assert taken == []


def holds(data: bytes) -> bool:
    """Whether a file holds, by ours."""
    try:
        return examine(Bundle.read(data), TRUST).valid
    except InvalidValue:
        return False


# --- what a log could sign that is not so --------------------------------------------------------


def lying(lie: Callable[[Paper], None]) -> Told:
    """The bundle of a log that signs whatever it likes."""
    paper = written(3, heads=False)
    lie(paper)
    return told(paper)


def late(paper: Paper) -> None:
    """A record that the log has, and its manifest does not know."""
    paper.write_heads(4, says=6)


def next_of_case(paper: Paper, **other: Any) -> None:
    """Add another record of the case, with something else in its header."""
    paper.add(CASE, NAME, state(4, {}), **other)


def with_state(text: bytes) -> Callable[[Paper], None]:
    """A record with these bytes."""
    return lambda paper: paper.add(CASE, NAME, text)


LIES: Final[dict[str, tuple[Callable[[Paper], None], set[str]]]] = {
    "a manifest that lacks a record that it covers": (late, {"MANIFEST_MISMATCH"}),
    "a manifest that covers less than it knows": (
        lambda paper: paper.write_heads(says=5),
        {"MANIFEST_MISMATCH"},
    ),
    "a manifest of what comes after it": (
        lambda paper: paper.write_heads(says=99),
        {"MANIFEST_MISMATCH"},
    ),
    "a manifest in another stream": (
        lambda paper: paper.write_heads(stream=OTHER),
        {"MANIFEST_MISMATCH"},
    ),
    "a manifest under another name": (
        lambda paper: paper.write_heads(name=NAME),
        {"MANIFEST_MISMATCH"},
    ),
    "a manifest that counts others": (
        lambda paper: paper.write_heads(streams=3),
        {"MANIFEST_MISMATCH"},
    ),
    "a manifest with another history": (
        lambda paper: paper.write_heads(leaf=bytes(32)),
        {"MANIFEST_MISMATCH"},
    ),
    "a manifest that knows more records": (
        lambda paper: paper.write_heads(version=4),
        {"EVENT_MISSING"},
    ),
    "a manifest that is said twice": (
        lambda paper: paper.write_heads(twice=True),
        {"MANIFEST_MISMATCH"},
    ),
    "another log": (
        lambda paper: next_of_case(paper, origin=b"bank.example/other"),
        {"CHECKPOINT_ORIGIN"},
    ),
    "another place": (
        lambda paper: next_of_case(paper, index=4),
        {"ROOT_MISMATCH", "ROW_MISMATCH"},
    ),
    "another past": (lambda paper: next_of_case(paper, previous=bytes(32)), {"STREAM_LINK"}),
    "an earlier time": (lambda paper: next_of_case(paper, recorded_at=7), {"TIME_BACKWARDS"}),
    "a version too many": (lambda paper: next_of_case(paper, version=5), {"STREAM_GAP"}),
    "a record that is no JSON": (with_state(b"{"), {"SECTION_FORGED"}),
    "a record without a public part": (with_state(b"{}"), {"SECTION_FORGED"}),
    "a record that says a thing twice": (
        with_state(b'{"d":{"event":{}},"d":{"event":{}}}'),
        {"SECTION_FORGED"},
    ),
    "a record that is very deep": (
        with_state(b'{"d":{"event":' + b"[" * 9000 + b"]" * 9000 + b"}}"),
        {"SECTION_FORGED"},
    ),
}


@pytest.mark.parametrize("how", LIES)
def test_what_a_log_signs_and_is_not_so_is_refused(how: str) -> None:
    """Its signatures hold, and what it says does not fit together."""
    lie, codes = LIES[how]
    assert {code for code, _where in faults(lying(lie))} == codes


def test_a_section_that_was_sealed_for_another_record_does_not_open() -> None:
    """Its key is the right one, and the place is not (what is sealed is bound to its place)."""
    paper = written(3, heads=False)
    paper.add(CASE, NAME, paper.states[1])
    bundle = told(paper, Audience.CUSTOMER)
    assert faults(bundle) == [("SECTION_FORGED", "version 4")]
    bundle["events"][3]["keys"] = bundle["events"][0]["keys"]
    assert faults(bundle) == [("SECTION_FORGED", "version 4")]


def test_a_section_that_commits_to_another_key_does_not_open() -> None:
    """
    Its key opens it, and would not have to be the only one: AES-GCM does not commit to its key.

    One ciphertext can be made that opens under two (see `salamander`); the commitment cannot.
    """
    paper = written(1, heads=False)
    honest, other = msgspec.json.decode(paper.states[1]), msgspec.json.decode(paper.states[1])
    other["s"][0]["kc"] = b64encode(hmac.digest(bytes(32), b"fc-commit/1", "sha256")).decode()
    for version, said in (2, honest), (3, other):
        place = Place(CASE, version, NAME)
        texts = {"event.statement": "the one, or the other"}
        sealed = seal_section(
            SECRETS[Audience.CUSTOMER], "key-1", place, Audience.CUSTOMER, texts, bytes(12)
        )
        commitment = said["s"][0]["kc"] if said is other else sealed.spelt()["kc"]
        paper.add(CASE, NAME, spell({"d": said["d"], "s": [sealed.spelt() | {"kc": commitment}]}))
    assert faults(told(paper, Audience.CUSTOMER)) == [("SECTION_FORGED", "version 3")]
    assert faults(told(paper)) == []


def test_a_header_of_another_form_is_refused() -> None:
    """Though the log signed it, and it is JSON in one spelling."""
    paper = written(1, heads=False)
    paper.add(CASE, NAME, state(2, {}))
    paper.headers[-1] = paper.headers[-1].removesuffix(b"}") + b',"x":1}'
    assert faults(told(paper)) == [("HEADER_SHAPE", "version 2")]


def test_the_entry_of_another_case_says_nothing_of_this_one() -> None:
    """Though it is in the manifest."""
    found = head_proof(PAPER.entries, OTHER)
    bundle = claiming(
        entry=found.entry.decode(),
        index=found.place,
        proof=[b64encode(one).decode() for one in found.proof],
    )
    assert faults(bundle) == [("MANIFEST_MISMATCH", "manifest")] * 2


def test_both_programs_know_the_manifests_of_a_log() -> None:
    """By an id that follows from its name."""
    manifest = told()["complete"]["manifest"]["header"]
    assert json.loads(manifest)["c"] == str(manifest_stream(ORIGIN))
