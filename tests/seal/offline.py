"""The checker that is shipped beside the documents: loaded from its text, and run on its own."""

import subprocess
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Final

from freezecase.seal.trust import Trust
from tests.house.source import ROOT

SCRIPT: Final = ROOT / "docs" / "reference" / "check_evidence.py"


@cache
def checker() -> Any:
    """The text, loaded as a module that nobody else has."""
    spec = spec_from_file_location("check_evidence", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def options(trust: Trust) -> list[str]:
    """The same trust, as the command line takes it."""
    needs = max([group.needs for group in trust.groups.values()], default=0)
    keys = [word for log in trust.logs for word in ("--key", str(log.key))]
    names = trust.witnesses.values()
    witnesses = [word for one in names for word in ("--witness", str(one.key))]
    return [*keys, *witnesses, "--quorum", str(needs)]


def checked_offline(data: bytes, trust: Trust) -> tuple[int, list[str]]:
    """What the checker says of a file, in this process: how it exits, and its lines."""
    module, needs = checker(), options(trust)
    keys = [module.key(module.LOG, str(log.key)) for log in trust.logs]
    witnesses = [module.key(module.WITNESS, str(one.key)) for one in trust.witnesses.values()]
    code, lines = module.judged(data, keys, witnesses, int(needs[-1]))
    return int(code), list(lines)


def refused_offline(data: bytes, trust: Trust) -> bool:
    """Whether it refuses a file; it never does without a reason, nor takes one with it."""
    code, lines = checked_offline(data, trust)
    assert (lines[-1] == "VALID") is (code == 0)
    assert lines[-1].startswith("REFUSED: ") is (code == 1)
    return code == 1


def said_offline(data: bytes, trust: Trust) -> list[str]:
    """What it says of a file that holds."""
    code, lines = checked_offline(data, trust)
    assert code == 0, lines
    return lines


def run_offline(
    python: Path, *arguments: object, script: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it, or another script, as a stranger does: alone, and with an empty environment."""
    program = [str(SCRIPT)] if script is None else ["-c", script]
    return subprocess.run(
        [str(python), "-I", *program, *map(str, arguments)],
        env={},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
