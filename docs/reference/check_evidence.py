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
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BROKEN = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
LOG, WITNESS = 1, 4  # kinds of key: c2sp.org/signed-note, c2sp.org/tlog-cosignature
PARTS = {"checkpoint", "complete", "events", "format", "note", "policy", "stream", "tsr"}
OF_RECORD = {"header", "keys", "proof", "state"}


def need(holds: object, otherwise: str) -> None:
    """Go on only if it holds."""
    if not holds:
        raise ValueError(otherwise)


def read(text: str, what: str) -> Any:
    """Read JSON in its one spelling (RFC 8785, without fractions): nothing is said twice."""
    need(spelt(value := json.loads(text)) == text, f"{what} is not in its one spelling")
    return value


def spelt(value: Any) -> str:
    """Spell JSON so."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def decoded(text: str) -> bytes:
    """Decode base64 in its one spelling."""
    need(b64encode(data := b64decode(text)).decode() == text, "base64 is in another spelling")
    return data


def leaf_hash(leaf: str) -> bytes:
    """Hash a leaf (RFC 6962 section 2.1)."""
    return sha256(b"\x00" + leaf.encode()).digest()


def root(leaf: str, index: int, size: int, proof: Sequence[str]) -> bytes:
    """Return the root of the tree with this leaf at this index (RFC 9162 section 2.1.3.2)."""
    need(0 <= index < size, "a proof is of no such leaf")
    node, last, found = index, size - 1, leaf_hash(leaf)
    for beside in map(decoded, proof):
        need(last and len(beside) == len(found), "a proof is not as long as it should be")
        right = node & 1 or node == last
        found = sha256(b"\x01" + (beside + found if right else found + beside)).digest()
        while right and node and not node & 1:
            node, last = node >> 1, last >> 1
        node, last = node >> 1, last >> 1
    need(last == 0, "a proof is not as long as it should be")
    return found


def key(kind: int, text: str) -> tuple[str, bytes, bytes]:
    """Read a key: its name, its id, and 32 bytes."""
    name, id_, encoded = text.split("+", 2)
    raw = decoded(encoded)
    hashed = sha256(f"{name}\n".encode() + raw).hexdigest()[:8]
    need((raw[0], id_) == (kind, hashed), f"`{text}` is no key of that kind")
    return name, bytes.fromhex(id_), raw[1:]


def signed(note: str, kind: int, name: str, id_: bytes, public: bytes) -> datetime | None:
    """Say when the key signed the note, if it did."""
    text, _, lines = note.rpartition("\n\n")
    for line in lines.split("\n")[:-1]:
        dash, signer, encoded = line.split(" ")
        blob = decoded(encoded)
        if (dash, signer, blob[:4]) == ("\u2014", name, id_):
            need(len(blob) == {LOG: 68, WITNESS: 76}[kind], f"{name} signed in another way")
            seconds = int.from_bytes(blob[4:-64])
            said = text if kind == LOG else f"cosignature/v1\ntime {seconds}\n{text}"
            Ed25519PublicKey.from_public_bytes(public).verify(blob[-64:], f"{said}\n".encode())
            return datetime.fromtimestamp(seconds, UTC)
    return None


def record(shown: Any, origin: str, size: int, whole: bytes) -> Any:
    """Check one record against the checkpoint, and return its header and its leaf hash."""
    header = read(shown["header"], "a header")
    where = f"version {header['v']}"
    need(shown.keys() <= OF_RECORD, f"{where} says more than it should")
    need(" ".join(header) == "c h i l p s t ts v", f"{where} has a header of another form")
    need((header["l"], header["s"]) == (origin, "fc-leaf/1"), f"{where} is of another log")
    found = root(shown["header"], header["i"] - 1, size, shown["proof"])
    need(found == whole, f"{where} is not in the tree of the checkpoint")
    state = sha256(shown["state"].encode()).digest() if "state" in shown else None
    need(state in {None, decoded(header["h"])}, f"{where} was altered")
    return header | {"leaf": b64encode(leaf_hash(shown["header"])).decode()}


def contents(shown: Any, header: Any) -> Iterator[str]:
    """Say what stands in a record, as far as it is shown and opened."""
    where, keys = f"version {header['v']}", dict(shown.get("keys", {}))
    hidden: Any = {"d": {"event": "[withheld]"}}
    state = read(shown["state"], where) if "state" in shown else hidden
    yield json.dumps(state["d"]["event"])
    for section in state.get("s", []):
        given = keys.pop(section["a"], None)
        said = opened(section, header, decoded(given), where) if given else "[sealed]"
        yield f"{section['a']}: {said}"
    need(not keys, f"{where} has a key and no section for it")


def opened(section: Any, header: Any, secret: bytes, where: str) -> str:
    """Open a section, if this key is the only one that it was sealed with."""
    meant = hmac.digest(secret, b"fc-commit/1", "sha256")
    need(hmac.compare_digest(meant, decoded(section["kc"])), f"{where} has another key")
    place = {one: section[one] for one in "ak"} | {one: header[one] for one in "ctv"}
    nonce, sealed = decoded(section["n"]), decoded(section["ct"])
    return repr(json.loads(AESGCM(secret).decrypt(nonce, sealed, spelt(place).encode())))


def complete(shown: Any, headers: Sequence[Any], log: tuple[str, int, bytes]) -> str:
    """Check that nothing was left out, by what the log says of the end of all its streams."""
    need(" ".join(shown) == "entry index manifest proof size", "it claims something else")
    manifest = record(shown["manifest"], *log)
    own = str(uuid5(NAMESPACE_URL, f"https://{log[0]}#stream-heads"))
    need((manifest["c"], manifest["t"]) == (own, "stream-heads.v1"), "it is no manifest")
    heads = read(shown["manifest"]["state"], "the manifest")["d"]["event"]
    whole = root(shown["entry"], shown["index"], shown["size"], shown["proof"])
    said = [shown["size"], b64encode(whole).decode()]
    need(said == [heads["streams"], heads["root"]], "the manifest has no such entry")
    stream, version, leaf = read(shown["entry"], "the entry")
    need(stream == headers[0]["c"], "the entry is of another case")
    need(1 <= version <= len(headers), f"the manifest knows {version} records")
    need(headers[version - 1]["leaf"] == leaf, "the manifest knows another history")
    upto, later = heads["upto"], headers[version:]
    need(headers[version - 1]["i"] <= upto < manifest["i"], "the manifest covers something else")
    need(all(upto < one["i"] for one in later), "the manifest lacks a record that it covers")
    return f"complete up to record {upto} of the log ({heads['day']}), {len(later)} after it"


def check(bundle: Any, keys: Any, witnesses: Any, quorum: int) -> Iterator[str]:
    """Check all of it, and say what it shows."""
    need(bundle["format"] == "freezecase-evidence/1", "it is of another format")
    need(bundle.keys() <= PARTS and bundle["events"], "it says more than it should, or nothing")
    note, (origin, size, whole) = bundle["checkpoint"], bundle["checkpoint"].split("\n")[:3]
    log = origin, int(size), decoded(whole)
    need(any(signed(note, LOG, *one) for one in keys if one[0] == origin), "the log did not sign")
    seen = {one[-1]: str(at) for one in witnesses if (at := signed(note, WITNESS, *one))}
    need(len(seen) >= quorum, f"{len(seen)} of {quorum} witnesses signed")
    yield f"checkpoint of {origin}, {size} records, witnessed {', '.join(seen.values()) or 'never'}"
    headers: list[Any] = []
    for version, shown in enumerate(bundle["events"], 1):
        header = record(shown, *log)
        before = headers[-1] if headers else {"leaf": "", "ts": header["ts"], "i": 0}
        need((header["c"], header["v"]) == (bundle["stream"], version), f"no version {version}")
        need(header["p"] == before["leaf"], f"version {version} follows another record")
        need(header["ts"] >= before["ts"], f"version {version} goes back in time")
        need(header["i"] > before["i"], f"version {version} goes back in the log")
        headers.append(header)
        yield f"{version:>4} {datetime.fromtimestamp(header['ts'] / 10**6, UTC)} {header['t']}"
        yield from (f"     {line}" for line in contents(shown, header))
    shown = bundle.get("complete")
    yield complete(shown, headers, log) if shown else "nothing shows that no record was left out"
    if "policy" in bundle:
        digest = f'"sha256:{sha256(bundle["policy"].encode()).hexdigest()}"'
        named = sum(digest in one.get("state", "") for one in bundle["events"])
        need(named, "no record names the policy that is enclosed")
        yield f"policy {digest}, named by {named} records"
    yield from (f"{one}, not checked: {bundle[one]!r}" for one in ("note", "tsr") if one in bundle)


def judged(data: bytes, keys: Any, witnesses: Any, quorum: int) -> tuple[int, list[str]]:
    """Return how this ends, and what to say."""
    try:
        return 0, [*check(read(data.decode(), "the bundle"), keys, witnesses, quorum), "VALID"]
    except (InvalidSignature, InvalidTag) as error:
        return 1, [f"REFUSED: a signature or a section does not hold: {type(error).__name__}"]
    except BROKEN as error:
        return 1, [f"REFUSED: {error}"]


def main() -> int:
    """Check the bundle that is named, and say so."""
    ask = argparse.ArgumentParser(description="Check an evidence bundle of freezecase, offline.")
    ask.add_argument("file", type=Path)
    ask.add_argument("--key", action="append", required=True, help="a key of the log")
    ask.add_argument("--witness", action="append", default=[], help="a key of a witness")
    ask.add_argument("--quorum", type=int, help="how many of them; all, if not said")
    asked = ask.parse_args()
    try:
        keys = [key(LOG, one) for one in asked.key]
        witnesses = [key(WITNESS, one) for one in asked.witness]
        data = asked.file.read_bytes()
    except (OSError, ValueError, LookupError) as error:
        ask.error(str(error))
    quorum = len(witnesses) if asked.quorum is None else asked.quorum
    code, lines = judged(data, keys, witnesses, quorum)
    for line in lines:  # what others wrote does not steer a terminal
        shown = "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in line)
        sys.stdout.buffer.write(f"{shown}\n".encode())
    return code


if __name__ == "__main__":
    sys.exit(main())
