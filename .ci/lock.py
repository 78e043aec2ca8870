"""Write the lock files: every package that is installed here, with its version and its hashes.

    python3 .ci/lock.py    for maintainers; needs `uv` (any recent one) and a package index

run.lock     what the library needs, with its command line and PostgreSQL
dev.lock     the same versions, and all that works on the project
oldest.lock  the oldest versions of the dependencies that pyproject.toml allows, and the test tools

One file is good for every Python and platform that the project supports. None names a host, so that
any index will do.
"""

import re
import subprocess
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES_AND_MINIMUM = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?>=([0-9.]+)")
COMPILE = [
    "uv",
    "pip",
    "compile",
    "pyproject.toml",
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--upgrade",
    "--no-header",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-python-downloads",
]


def main() -> None:
    """Write all three, the second in step with the first."""
    lock("run", "--extra=cli", "--extra=postgres", "--group=build")
    lock("dev", "--all-extras", "--group=dev", "--constraints=.ci/run.lock")
    with tempfile.TemporaryDirectory() as folder:
        oldest = Path(folder) / "oldest.txt"
        pins = (f"{name}=={version}\n" for name, version in minimums().items())
        oldest.write_text("".join(pins), encoding="utf-8")
        groups = ["--group=build", "--group=test"]
        lock("oldest", "--all-extras", *groups, f"--constraints={oldest}", "--no-annotate")


def minimums() -> dict[str, str]:
    """The oldest version of each dependency of the library and its extras, as stated."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    stated = [need for needs in (project["dependencies"], *extras) for need in needs]
    found = [NAMES_AND_MINIMUM.match(need) for need in stated]
    return {match[1]: match[2] for match in found if match}


def lock(name: str, *options: str) -> None:
    """Resolve, and write one lock file."""
    subprocess.run(
        [*COMPILE, *options, f"--output-file=.ci/{name}.lock"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    main()
