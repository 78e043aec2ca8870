"""A secret key in a file: spelt as Go's tools spell it, and never told to anybody."""

import json
from pathlib import Path
from typing import Final

import pytest

from freezecase.errors import InvalidValue
from freezecase.seal.keyfile import read_signer, spelt_secret
from freezecase.seal.note import Kind, Signer

# golang.org/x/mod/sumdb/note, example_test.go
GO_SECRET: Final = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_KEY: Final = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
VECTORS: Final = Path(__file__).parents[3] / "shared" / "vectors" / "core_vectors.json"


def test_a_published_secret_is_read_and_spelt() -> None:
    """The one of Go's own example."""
    signer = read_signer(GO_SECRET)

    assert str(signer.key) == GO_KEY
    assert signer.signed("a text\n") == read_signer(f"  {GO_SECRET}\n").signed("a text\n")


@pytest.mark.skipif(not VECTORS.exists(), reason="the published vectors are not at hand")
def test_the_secret_of_a_published_test_log_is_its_key() -> None:
    """Tessera's."""
    log = json.loads(VECTORS.read_text(encoding="utf-8"))["tessera_log"]

    assert log["vkey"] == str(read_signer(log["skey_public_test_key"]).key)


@pytest.mark.parametrize("kind", [*Kind], ids=lambda kind: kind.name)
def test_a_secret_comes_back(kind: Kind) -> None:
    """For a log, and for a witness."""
    seed = bytes(range(32))

    signer = read_signer(spelt_secret("bank.example/log", seed, kind))

    assert Signer.of_seed("bank.example/log", seed, kind).key == signer.key


BAD: Final = {
    "nothing": "",
    "a public key": GO_KEY,
    "another id": GO_SECRET.replace("c74f20a3", "c74f20a4"),
    "no base64": GO_SECRET[:-1] + "!",
    "a seed too short": GO_SECRET[:-4],
    "no kind that is known": GO_SECRET.replace("+AYEK", "+AoEK"),
    "no name": GO_SECRET.replace("PeterNeumann", ""),
    "another letter": GO_SECRET.replace("Peter", "peter"),
    "two of them": f"{GO_SECRET}\n{GO_SECRET}",
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_secret_is_not_repeated(name: str) -> None:
    """It may well be one, misspelt."""
    with pytest.raises(InvalidValue, match=r"PRIVATE\+KEY\+name\+id\+seed") as found:
        read_signer(BAD[name])

    assert str(found.value).startswith("key cannot be `'...'`")
    assert found.value.__cause__ is None


def test_a_secret_that_cannot_be_one_is_not_spelt() -> None:
    """A seed has 32 bytes."""
    with pytest.raises(InvalidValue, match="32 bytes"):
        spelt_secret("a", bytes(31))
