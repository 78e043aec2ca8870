"""The runner of documents runs, compares, and can fail."""

import sys
from pathlib import Path

import pytest

from tests.documents import documents, matches, run, transcript

GOOD = """
```python
kept = 1
```
```python
from pathlib import Path
assert kept == 1
assert not list(Path().iterdir())
Path("stray").touch()
```
```console
$ ls
stray
$ echo one; echo two >&2
one
...
$ sh -c 'exit 3'
$ echo $?
3
```
"""


def failures(folder: Path, text: str) -> list[str]:
    """Run one document; what each failing block says."""
    path = folder / "README.md"
    path.write_text(text, encoding="utf-8")
    sybil = documents(folder)
    document = sybil.parse(path)
    said: list[str] = []
    enter, leave = sybil.setup, sybil.teardown
    assert enter is not None
    assert leave is not None
    enter(document.namespace)
    try:
        for example in document.examples():
            try:
                example.evaluate()
            except Exception as problem:  # noqa: BLE001  (whatever a block raises)
                said.append(str(problem))
    finally:
        leave(document.namespace)
    return said


def test_a_document_is_one_namespace_in_one_folder_that_goes(tmp_path: Path) -> None:
    before = Path.cwd()

    assert failures(tmp_path, GOOD) == []
    assert Path.cwd() == before
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ("```python\nassert 1 == 2\n```", ""),
        ("```console\n$ echo one\ntwo\n```", "printed\none\nand not\ntwo"),
        ("```console\n$ echo one\n```", "printed\none\nand not"),
        ("```console\n$ true\none\n```", "and not\none"),
        ("```console\n$ false\n```", "exited 1"),
        ("```console\n$ false\n$ true\n$ echo $?\n0\n```", "exited 1"),
        ("```console\n$ no-such-program-here\n...\n```", "exited 127"),
    ],
)
def test_a_block_that_lies_is_found_out(tmp_path: Path, block: str, complaint: str) -> None:
    said = failures(tmp_path, f"Text.\n\n{block}\n")

    assert len(said) == 1
    assert complaint in said[0]


def test_a_transcript_begins_with_a_command() -> None:
    assert transcript("$ a b\nc\n\nd\n$ e\n") == [("a b", "c\n\nd"), ("e", "")]
    with pytest.raises(ValueError, match="begins with"):
        transcript("printed\n$ a\n")


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("case ... frozen", "case 12 frozen", True),
        ("case ... frozen", "case 12\nfrozen", False),
        ("a\n...\nd", "a\nb\nc\nd", True),
        ("a\n...\nd", "a\nd", True),
        ("a\n...", "a\nb\nc", True),
        ("a.b", "axb", False),
        ("a", "a\nb", False),
        ("", "", True),
    ],
)
def test_dots_stand_for_any_text(expected: str, printed: str, *, same: bool) -> None:
    assert matches(expected, printed) is same


def test_tools_of_this_environment_come_first() -> None:
    status, words = run("python -c 'import sys; print(sys.prefix)'", 0)

    assert (status, Path(words)) == (0, Path(sys.prefix))
