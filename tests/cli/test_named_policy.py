"""How a policy is named on the command line."""

from pathlib import Path

import pytest

from freezecase.cli import named_policy as told
from freezecase.errors import BadPolicy, NoPolicy
from freezecase.policy.book import Edition, PolicyBook
from freezecase.policy.effective import Effective
from freezecase.policy.standard import standard
from tests.replay.diff.stories import AT


def test_an_edition_is_named_by_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one the edition counts that is in force then."""
    later = Edition(standard().named("acme", 2), Effective(since=AT.replace(year=2027)))
    book = PolicyBook.of(standard().named("acme", 1), later)
    monkeypatch.setattr(told, "policies_of", lambda name: {"acme": book}[name])

    assert told.policy_named("acme", AT).version == 1
    assert told.policy_named("acme", AT.replace(year=2028)).version == 2
    assert told.policy_named("acme@2", AT).version == 2
    with pytest.raises(NoPolicy, match=r"`acme@3`.*version 1"):
        told.policy_named("acme@3", AT)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("1 / 0", "cannot be run: ZeroDivisionError", id="raises"),
        pytest.param("", "holds nothing as `POLICY`: it takes a policy, or a", id="nothing"),
        pytest.param("POLICY = 7", "holds a `int` as `POLICY`", id="something-else"),
    ],
)
def test_a_file_without_a_policy_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "policy.py"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadPolicy, match=words):
        told.policy_named(f"{path}:POLICY", AT)


def test_a_policy_or_what_returns_one_may_stand_in_a_file(tmp_path: Path) -> None:
    """The file is run; the standard policy needs no file."""
    path = tmp_path / "policy.py"
    made = "from freezecase.policy.standard import standard\n\ndef two():\n    return P\n"
    path.write_text(f"{made}P = standard(signatures=2)\n", encoding="utf-8")

    assert told.policy_named(f"{path}:P", AT).signatures == 2
    assert told.policy_named(f"{path}:two", AT).signatures == 2
    assert told.policy_named("standard", AT) is standard()
