"""A record spelt for many accounts is, for each, what spelling it alone would give."""

from uuid import UUID

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.values import Ground, Scope
from freezecase.testing.strategies import events, rulings, scopes, values
from freezecase.wire.codec import audit_entry, encode
from freezecase.wire.shapes import Asked, Entry
from freezecase.wire.template import Template, spelt
from tests.core import samples

ODD = "".join(map(chr, range(0x21, 0x7F))).replace("@", "")


def frozen(account: str, id: UUID, scope: Scope, reason: str | None, asked: Asked | None) -> Entry:
    """The first record of a case on *account*."""
    ground = Ground.INCIDENT
    command = do.ImposeFreeze(account=account, ground=ground, scope=scope, reason=reason)
    ruling = asked.ruling if asked else samples.ALLOWED
    return Entry(
        event=e.FreezeImposed(
            account=account, ground=ground, scope=scope, by=samples.BY, reason=reason
        ),
        actor=samples.ANA,
        occurred_at=samples.NOW,
        command_id=id,
        asked=Asked(command=command, ruling=ruling),
    )


accounts = st.sampled_from(['"', "\\", '\\"', "\\u0000", "acct-4711", "{}", ODD]) | st.text(
    ODD, min_size=1, max_size=40
)


@settings(max_examples=40)
@given(accounts, accounts, st.uuids(), scopes(), st.data())
def test_it_is_byte_for_byte_what_encode_makes(
    first: str, other: str, two: UUID, scope: Scope, data: st.DataObject
) -> None:
    """Quotes, backslashes and braces in an account, and reasons that name it, change nothing."""
    one, ruling = data.draw(st.uuids()), data.draw(rulings())
    reason = data.draw(
        st.none() | st.just(f"{other} {two} {first}") | values(str).filter(str.strip)
    )
    asked = Asked(command=samples.COMMANDS[do.ImposeFreeze], ruling=ruling)
    template = Template.of(frozen(first, one, scope, reason, asked))
    expected = frozen(other, two, scope, reason, asked)
    made = template.filled(spelt(other, two))
    assert encode(expected) == (template.name, made)
    assert audit_entry("freeze-imposed.v1", made) == expected


@settings(max_examples=40)
@given(accounts, st.uuids(), st.uuids(), events())
def test_what_follows_a_freeze_is_spelt_for_many_accounts_too(
    account: str, one: UUID, two: UUID, event: e.CaseEvent
) -> None:
    """The other records of a turn name no account: only the command that led to them differs."""
    entry = Entry(event=event, actor=samples.ANA, occurred_at=samples.NOW, command_id=one, cause=1)
    template = Template.of(entry)
    made = template.filled(spelt(account, two))
    assert encode(attrs.evolve(entry, command_id=two)) == (template.name, made)
