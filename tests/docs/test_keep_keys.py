"""The page on keys says what the code says."""

from psycopg.sql import SQL, Identifier

from freezecase.app.custody.key_store_postgres import KEY_GRANTS
from tests.docs.pages import blocks, text_of

PAGE = text_of("how-to/keep-keys.md")


def test_a_user_of_the_key_store_gets_the_rights_that_are_tested() -> None:
    names = {"schema": Identifier("public"), "user": Identifier("backend")}
    grants = [SQL(grant).format(**names).as_string().replace('"', "") for grant in KEY_GRANTS]

    assert [text for kind, text in blocks(PAGE) if kind == "sql"] == [
        "".join(f"{grant};\n" for grant in grants)
    ]
