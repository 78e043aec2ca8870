"""
Check an evidence bundle of freezecase, without freezecase and without a network.

    python3 check_evidence.py FILE --key LOG [--witness WITNESS ...] [--quorum N]

It takes Python 3.11 or later and the package `cryptography`. The keys come from you and never from
the bundle: `name+id+key`, as c2sp.org/signed-note spells them. Read it before you believe it.

Exit code 0: all of it holds. 1: something in the bundle does not. 2: it was not asked rightly.
"""

import argparse
import hmac
import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

LOG, WITNESS = 1, 4  # kinds of key: c2sp.org/signed-note, c2sp.org/tlog-cosignature
PARTS = {"checkpoint", "complete", "events", "format", "note", "policy", "stream", "tsr"}
WITHHELD = '{"d":{"event":"[withheld]"}}'


def need(holds: object, otherwise: str) -> None:
    """Go on only if it holds."""
    if not holds:
        raise ValueError(otherwise)


def spelt(value: Any) -> str:
    """Spell JSON in one way (RFC 8785; there are no fractions)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read(text: str) -> Any:
    """Read JSON that is spelt so: nothing is said twice."""
    need(spelt(value := json.loads(text)) == text, "some JSON is not in its one spelling")
    return value


def decoded(text: str) -> bytes:
    """Decode base64 in its one spelling."""
    need(b64encode(data := b64decode(text)).decode() == text, "base64 is in another spelling")
    return data


def root(leaf: str, index: int, size: int, proof: list[str]) -> bytes:
    """Return the root of the tree of that size with this leaf there (RFC 6962 section 2.1)."""
    need(type(index) is int and 0 <= index < size, "a proof is of no such leaf")
    if size == 1:
        need(not proof, "a proof is longer than it should be")
        return sha256(b"\x00" + leaf.encode()).digest()
    (*inner, last), half = proof, 1 << ((size - 1).bit_length() - 1)
    if index < half:
        return sha256(b"\x01" + root(leaf, index, half, inner) + decoded(last)).digest()
    return sha256(b"\x01" + decoded(last) + root(leaf, index - half, size - half, inner)).digest()


def key(kind: int, text: str) -> tuple[str, bytes, bytes]:
    """Read a key: its name, its id, and 32 bytes."""
    name, id_, encoded = text.split("+", 2)
    raw = decoded(encoded)
    own = sha256(f"{name}\n".encode() + raw).digest()[:4]
    need((raw[:1], id_) == (bytes([kind]), own.hex()), f"`{text}` is no key of that kind")
    return name, own, raw[1:]


def signed(note: str, kind: int, name: str, id_: bytes, public: bytes) -> datetime | None:
    """Say when the key signed the note, if it did."""
    text, _, lines = note.rpartition("\n\n")
    for dash, signer, encoded in (line.split(" ") for line in lines.split("\n")[:-1]):
        blob = decoded(encoded)
        if (dash, signer, blob[:4]) == ("\u2014", name, id_):
            need(len(blob) == {LOG: 68, WITNESS: 76}[kind], f"{name} signed in another way")
            seconds = int.from_bytes(blob[4:-64])
            said = text if kind == LOG else f"cosignature/v1\ntime {seconds}\n{text}"
            Ed25519PublicKey.from_public_bytes(public).verify(blob[-64:], f"{said}\n".encode())
            return datetime.fromtimestamp(seconds, UTC)
    return None


def record(shown: Any, log: tuple[str, int, bytes], what: str, **known: Any) -> Any:
    """Check one record by the checkpoint and by what is known of it; return its header."""
    (origin, size, whole), header = log, read(shown["header"])
    need(shown.keys() <= {"header", "keys", "proof", "state"}, f"{what} says more than it should")
    need(" ".join(header) == "c h i l p s t ts v", f"{what} has a header of another form")
    known |= {"l": origin, "s": "fc-leaf/1"}
    need(spelt(header | known) == shown["header"], f"there is no {what} in this place of the log")
    found = root(shown["header"], header["i"] - 1, size, shown["proof"])
    need(found == whole, f"{what} is not in the tree of the checkpoint")
    state = sha256(shown["state"].encode()).digest() if "state" in shown else None
    need(state in {None, decoded(header["h"])}, f"{what} was altered")
    return header | {"leaf": b64encode(root(shown["header"], 0, 1, [])).decode()}


def contents(shown: Any, header: Any) -> Iterator[str]:
    """Say what stands in a record, as far as it is shown and opened."""
    state, keys = read(shown.get("state", WITHHELD)), {**shown.get("keys", {})}
    yield json.dumps(state["d"]["event"])
    for section in state.get("s", []):
        name = section["a"]
        said = opened(section, header, decoded(keys.pop(name))) if name in keys else "[sealed]"
        yield f"{name}: {said}"
    need(not keys, f"version {header['v']} has a key and no section for it")


def opened(section: Any, header: Any, secret: bytes) -> str:
    """Open a section, if this key is the only one that it was sealed with."""
    meant = hmac.digest(secret, b"fc-commit/1", "sha256")
    need(meant == decoded(section["kc"]), f"version {header['v']} has another key")
    place = spelt({one: (section | header)[one] for one in "acktv"}).encode()
    texts = AESGCM(secret).decrypt(decoded(section["n"]), decoded(section["ct"]), place)
    return repr(json.loads(texts))


def complete(shown: Any, log: tuple[str, int, bytes], headers: list[Any]) -> str:
    """Check that nothing was left out, by what the log says of the ends of all its streams."""
    need(" ".join(shown) == "entry index manifest proof size", "it claims something else")
    own = str(uuid5(NAMESPACE_URL, f"https://{log[0]}#stream-heads"))
    manifest = record(shown["manifest"], log, "manifest", c=own, t="stream-heads.v1")
    heads = read(shown["manifest"]["state"])["d"]["event"]
    entry, upto = shown["entry"], heads["upto"]
    whole = b64encode(root(entry, shown["index"], shown["size"], shown["proof"])).decode()
    told = spelt([heads["streams"], heads["root"]])
    need(spelt([shown["size"], whole]) == told, "the manifest has no such entry")
    need(upto < manifest["i"], "the manifest covers what came after it")
    covered = [one for one in headers if one["i"] <= upto]
    mine = spelt([covered[-1]["c"], len(covered), covered[-1]["leaf"]])
    need(entry == mine, f"the manifest knows {read(entry)[1]} records, or another history")
    later = len(headers) - len(covered)
    return f"complete up to record {upto} of the log ({heads['day']}), {later} after it"


def check(bundle: Any, keys: Any, witnesses: Any, quorum: int) -> Iterator[str]:
    """Check all of it, and say what it shows."""
    need(bundle["format"] == "freezecase-evidence/1", "it is of another format")
    need(bundle.keys() <= PARTS and bundle["events"], "it says more than it should, or nothing")
    note, (origin, size, whole) = bundle["checkpoint"], bundle["checkpoint"].split("\n")[:3]
    log = origin, int(size), decoded(whole)
    need(note.endswith("\n"), "the checkpoint is cut off")
    need(any(signed(note, LOG, *one) for one in keys if one[0] == origin), "the log did not sign")
    seen = {one[-1]: str(at) for one in witnesses if (at := signed(note, WITNESS, *one))}
    need(len(seen) >= quorum, f"{len(seen)} of {quorum} witnesses signed")
    yield f"checkpoint of {origin}, {size} records, witnessed {', '.join(seen.values()) or 'never'}"
    headers: list[Any] = []
    before: Any = {"leaf": "", "i": 0, "ts": 0}
    for version, shown in enumerate(bundle["events"], 1):
        what, case = f"version {version}", bundle["stream"]
        header = record(shown, log, what, c=case, p=before["leaf"], v=version)
        need(before["i"] < header["i"] and before["ts"] <= header["ts"], f"{what} goes back")
        headers.append(before := header)
        yield f"{version:>4} {datetime.fromtimestamp(header['ts'] / 10**6, UTC)} {header['t']}"
        yield from (f"     {line}" for line in contents(shown, header))
    if "complete" in bundle:
        yield complete(bundle["complete"], log, headers)
    else:
        yield "nothing shows that no record was left out"
    if "policy" in bundle:
        digest = f'"sha256:{sha256(bundle["policy"].encode()).hexdigest()}"'
        named = sum(digest in one.get("state", "") for one in bundle["events"])
        need(named, "no record names the policy that is enclosed")
        yield f"policy {digest}, named by {named} records"
    need(isinstance(bundle.get("note", ""), str), "its note is no text")
    decoded(bundle.get("tsr", ""))
    yield from (f"{one}, not checked: {bundle[one]!r}" for one in ("note", "tsr") if one in bundle)


def judged(data: bytes, keys: Any, witnesses: Any, quorum: int) -> tuple[int, list[str]]:
    """Return how this ends, and what to say."""
    try:
        return 0, [*check(read(data.decode()), keys, witnesses, quorum), "VALID"]
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, the bundle does not hold
        forged = f"a signature or a section does not hold: {type(error).__name__}"
        return 1, [f"REFUSED: {str(error) or forged}"]


def main() -> int:
    """Check the bundle that is named, and say so."""
    ask = argparse.ArgumentParser(description="Check an evidence bundle of freezecase, offline.")
    ask.add_argument("file", type=Path)
    ask.add_argument("--key", action="append", required=True, help="a key of the log")
    ask.add_argument("--witness", action="append", default=[], help="a key of a witness")
    ask.add_argument("--quorum", type=int, help="how many of them; all, if not said")
    asked = ask.parse_args()
    quorum = len(asked.witness) if asked.quorum is None else asked.quorum
    try:
        keys = [key(LOG, one) for one in asked.key]
        witnesses = [key(WITNESS, one) for one in asked.witness]
        code, lines = judged(asked.file.read_bytes(), keys, witnesses, quorum)
    except (OSError, ValueError) as error:
        ask.error(str(error))
    for line in lines:  # what others wrote does not steer a terminal
        shown = "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in line)
        sys.stdout.buffer.write(f"{shown}\n".encode())
    return code


if __name__ == "__main__":
    sys.exit(main())
