"""The offline checker, as a stranger runs it: a clean interpreter without freezecase."""

import ast
import json
import shutil
import sys
import venv
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest

from freezecase import Casebook
from freezecase.core.values import Audience
from freezecase.seal.note import Signer
from freezecase.testing.contracts import StoryClock
from tests.app.anchoring.evident import REASON, RECORDS, WORDS, maker, opening, signed, told
from tests.app.books import ANA, ROB
from tests.app.custody.erasures import erasing, key_store, left_long_ago, over, shredder
from tests.seal.offline import SCRIPT, options, run_offline
from tests.seal.paper import LOG, ORIGIN, TRUST

TRUSTED: Final = options(TRUST)
NEEDED: Final = ("cryptography", "cffi", "_cffi_backend")
"""The package that the checker imports, and what that imports itself."""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own, in which there is `cryptography` and nothing else."""
    home = tmp_path_factory.mktemp("stranger")
    maker = venv.EnvBuilder(with_pip=False, symlinks=sys.platform != "win32")
    maker.create(home)
    windows = sys.platform == "win32"
    found = home / ("Scripts/python.exe" if windows else "bin/python")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = home / ("Lib" if windows else f"lib/{version}") / "site-packages"
    for name in NEEDED:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        file = Path(spec.origin)
        if file.name == "__init__.py":
            shutil.copytree(file.parent, packages / name)
        else:
            shutil.copy(file, packages)
    return found


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The bundle of a case of 25 records, opened for the customer, complete: as plain JSON."""
    clock = StoryClock()
    with (
        key_store() as keys,
        Casebook.open("memory:", clock=clock, keys=keys, origin=ORIGIN) as book,
    ):
        case = told(book)
        maker(book).manifests.write(clock.instant.date())
        note = signed(book)
        made = maker(book).bundle(case, note, **opening(book, keys, Audience.CUSTOMER))
        found: dict[str, Any] = json.loads(made.data)
        return found


def checked(python: Path, folder: Path, bundle: dict[str, Any]) -> tuple[int, list[str]]:
    """Write a bundle, and have it checked: how the program ends, and what it says."""
    text = json.dumps(bundle, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    file = folder / "evidence.json"
    file.write_text(text, encoding="utf-8")
    done = run_offline(python, file, *TRUSTED)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def test_freezecase_cannot_be_imported_there(python: Path) -> None:
    """So that nothing of it can help."""
    for name, code in {"freezecase": 1, "msgspec": 1, "cryptography": 0}.items():
        done = run_offline(python, script=f"import {name}")
        assert (done.returncode, code == 1) == (code, "ModuleNotFoundError" in done.stderr)


def test_it_imports_only_cryptography_and_the_standard_library() -> None:
    """Whoever reads it has to believe no more than that."""
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    named = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert named - {*sys.stdlib_module_names} == {"cryptography"}


def test_the_evidence_of_a_case_of_25_records_holds_there(
    python: Path, tmp_path: Path, evidence: dict[str, Any]
) -> None:
    """It says who vouches for it, every record, what is opened, and that it is complete."""
    code, said = checked(python, tmp_path, evidence)
    assert (code, said[-1]) == (0, "VALID")
    assert said[0].startswith(
        f"checkpoint of {ORIGIN}, {RECORDS + 1} records, witnessed 2026-11-21"
    )
    assert sum(line[:4].strip().isdecimal() for line in said) == RECORDS
    assert any(WORDS in line for line in said)
    assert "     operations: [sealed]" in said
    assert not any(REASON in line for line in said)
    assert said[-2] == f"complete up to record {RECORDS} of the log (2026-01-05), 0 after it"


Change = Callable[[dict[str, Any]], object]


def records(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bundle["events"]
    return found


def exchange(bundle: dict[str, Any]) -> None:
    records(bundle)[4:6] = reversed(records(bundle)[4:6])


def alter(bundle: dict[str, Any]) -> None:
    records(bundle)[7]["state"] = records(bundle)[7]["state"].replace('"d"', '"d" ', 1)


def take_another_key(bundle: dict[str, Any]) -> None:
    keyed = [one for one in records(bundle) if "keys" in one]
    keyed[0]["keys"], keyed[1]["keys"] = keyed[1]["keys"], keyed[0]["keys"]


def note(change: Callable[[str], str]) -> Change:
    return lambda bundle: bundle.update(checkpoint=change(bundle["checkpoint"]))


def thief(text: str) -> str:
    other = Signer.of_seed(ORIGIN, bytes([9] * 32))
    return text.replace(LOG.line(signed_text(text)), other.line(signed_text(text)))


def signed_text(text: str) -> str:
    return text.partition("\n\n")[0] + "\n"


TAMPERED: Final[dict[str, tuple[Change, str]]] = {
    "B1 the last record left out": (
        lambda bundle: records(bundle).pop(),
        f"the manifest knows {RECORDS} records",
    ),
    "B2 one in the middle left out": (lambda bundle: records(bundle).pop(11), "no version 12"),
    "B3 a record altered": (alter, "version 8 was altered"),
    "B4 the key of another section": (take_another_key, "has another key"),
    "B5 another size of the log": (
        note(lambda text: text.replace(f"\n{RECORDS + 1}\n", f"\n{RECORDS + 2}\n")),
        "a signature or a section does not hold: InvalidSignature",
    ),
    "B6 a cosignature cut off": (
        note(lambda text: text[: text[:-1].rindex("\n") + 1]),
        "1 of 2 witnesses signed",
    ),
    "B7 another key of the log": (note(thief), "the log did not sign"),
    "B8 two records exchanged": (exchange, "no version 5"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_tampered_with_is_refused_there(
    python: Path, tmp_path: Path, evidence: dict[str, Any], how: str
) -> None:
    """With exit code 1, one line that says why, and not a word of what stands in it."""
    change, why = TAMPERED[how]
    spoilt = json.loads(json.dumps(evidence))
    change(spoilt)
    code, said = checked(python, tmp_path, spoilt)
    assert code == 1
    assert len(said) == 1
    assert said[0].startswith("REFUSED: ")
    assert why in said[0]


def test_after_an_erasure_the_evidence_holds_there_and_is_sealed(
    python: Path, tmp_path: Path
) -> None:
    """B9: by the book, five years later; a new bundle and one from before are the same file."""
    clock = StoryClock()
    with (
        key_store() as keys,
        Casebook.open("memory:", clock=clock, keys=keys, origin=ORIGIN) as book,
    ):
        case = over(book, reason="the owner is verified")
        note = signed(book)
        before = maker(book).bundle(case, note, **opening(book, keys, *Audience))
        left = left_long_ago(book, clock)
        erasing(book).request("acct-4711", by=ANA, basis="asked-by-the-customer", left=left)
        erasing(book).approve("acct-4711", by=ROB)
        shredder(book, keys).carry_out("acct-4711", by=ROB)
        after = maker(book).bundle(case, note, **opening(book, keys, *Audience))
    code, said = checked(python, tmp_path, json.loads(before.data))
    assert code == 0
    assert any("the owner is verified" in line for line in said)
    code, said = checked(python, tmp_path, json.loads(after.data))
    assert (code, said[-1]) == (0, "VALID")
    assert "     operations: [sealed]" in said
    assert not any("the owner is verified" in line for line in said)


def test_what_others_wrote_does_not_steer_a_terminal(
    python: Path, tmp_path: Path, evidence: dict[str, Any]
) -> None:
    """Neither in a bundle that holds, nor in one that is refused."""
    code, said = checked(python, tmp_path, evidence | {"note": "\x1b[2J\u202e done"})
    assert (code, said[-1]) == (0, "VALID")
    spoilt = json.loads(json.dumps(evidence))
    spoilt["events"][0]["header"] = '{"v":"\\u001b[2J\u202e"}'
    code, refused = checked(python, tmp_path, spoilt)
    assert code == 1
    assert all(line.isprintable() for line in [*said, *refused])


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "the following arguments are required"),
        (("no-such-file", "--key", str(LOG.key)), "No such file"),
        (("evidence.json",), "--key"),
        (("evidence.json", "--key", "bank.example/freezecase"), "not enough values"),
        (("evidence.json", "--key", TRUSTED[3]), "is no key of that kind"),
        (("evidence.json", "--key", str(LOG.key), "--witness", str(LOG.key)), "no key of that"),
    ],
    ids=[
        "nothing",
        "no file",
        "no key",
        "half a key",
        "a witness for a log",
        "a log for a witness",
    ],
)
def test_what_is_not_asked_rightly_is_neither_held_nor_refused(
    python: Path, arguments: tuple[str, ...], why: str
) -> None:
    """Exit code 2: it says nothing of the bundle."""
    done = run_offline(python, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert why in done.stderr
