"""The page on PostgreSQL is followed to the letter, on a server."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from freezecase import Casebook, errors
from freezecase.app.stores.postgres import GRANTS
from tests.docs.pages import blocks, text_of

PAGE = text_of("how-to/run-on-postgresql.md")


def test_a_program_may_add_records_and_not_change_them(postgres_url: str) -> None:
    import psycopg

    role = f"backend_{uuid4().hex}"
    parts = urlsplit(f"{postgres_url}{'&' if '?' in postgres_url else '?'}schema=freezecase")
    where = parts.netloc.rpartition("@")[2]
    backend = parts._replace(netloc=f"{role}:choose-another@{where}").geturl()
    known: dict[str, Any] = {"OWNER_URL": parts.geturl(), "BACKEND_URL": backend}
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        try:
            for language, text in blocks(PAGE):
                if language == "sql":
                    owner.execute(text.replace("backend", role).encode())
                elif language == "python":
                    exec(text, known)

            plain = backend.replace("?schema=freezecase", "").replace("&schema=freezecase", "")
            with (
                psycopg.connect(plain) as writer,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                writer.execute("DELETE FROM freezecase.stored_events")
            with Casebook.open(backend, create=False) as book:
                assert [one.account for one in book.cases()] == ["acct-4711"]
        finally:
            owner.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())


def test_an_empty_database_is_found_out(postgres_url: str) -> None:
    with pytest.raises(errors.StoreError, match="is empty"):
        Casebook.open(postgres_url, create=False)


def test_the_rights_on_the_page_are_those_that_the_store_needs() -> None:
    needed = [grant.format(schema="freezecase", user="backend") for grant in GRANTS]

    assert [grant for grant in needed if f"{grant};" not in PAGE] == []
