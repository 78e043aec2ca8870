"""What the store says to PostgreSQL. `{schema}` is filled in once, when it is opened."""

from itertools import combinations
from typing import LiteralString

__all__ = ["GRANTS", "STATEMENTS"]

# `ledger_head` keeps room in its page for the versions that updates leave behind, so that they
# never need a new index entry.
SCHEMA = """
CREATE TABLE {schema}.stored_events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    notification_id bigint NOT NULL,
    recorded_at bigint NOT NULL,
    PRIMARY KEY (originator_id, originator_version));
CREATE UNIQUE INDEX stored_events_notification_id_idx
    ON {schema}.stored_events (notification_id);
CREATE TABLE {schema}.ledger_head (
    id smallint PRIMARY KEY CHECK (id = 1),
    size bigint NOT NULL,
    recorded_at bigint NOT NULL,
    frontier bytea NOT NULL) WITH (fillfactor = 10);
CREATE TABLE {schema}.ledger_leaves (leaf_index bigint PRIMARY KEY, header bytea NOT NULL);
CREATE TABLE {schema}.ledger_nodes (
    height smallint NOT NULL,
    place bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (height, place));
CREATE TABLE {schema}.ledger_checkpoints (
    size bigint NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (size, note));
CREATE TABLE {schema}.cases (
    opened bigint PRIMARY KEY,
    case_id uuid NOT NULL UNIQUE,
    account text NOT NULL,
    alarm bigint);
CREATE INDEX cases_account ON {schema}.cases (account, opened);
CREATE INDEX cases_alarm ON {schema}.cases (alarm, case_id) WHERE alarm IS NOT NULL;
CREATE TABLE {schema}.store_meta (key text PRIMARY KEY, value text NOT NULL);
INSERT INTO {schema}.ledger_head VALUES (1, 0, 0, '')
"""

GRANTS = (
    "GRANT USAGE ON SCHEMA {schema} TO {user}",
    "GRANT SELECT, INSERT ON {schema}.stored_events, {schema}.cases TO {user}",
    "GRANT SELECT, INSERT ON {schema}.ledger_leaves, {schema}.ledger_nodes TO {user}",
    "GRANT SELECT, INSERT ON {schema}.ledger_checkpoints TO {user}",
    "GRANT UPDATE (alarm) ON {schema}.cases TO {user}",
    "GRANT SELECT, UPDATE ON {schema}.ledger_head TO {user}",
    "GRANT SELECT ON {schema}.store_meta TO {user}",
)

# One statement is one round trip and one transaction. It sees the database as it was when it
# began; the UPDATE then waits for the writer before it, and finds what that one left. Headers name
# their place and the record before, so they were made for one end of the ledger and fit no other:
# where another writer was first the head does not move, nothing is written, and they are made anew.
# So what `sound` compares is one picture: the end that the head names, the last record and header
# there, and the records that these follow.
# A taken version is found by the unique index, which knows what has been committed meanwhile.
# An alarm goes to a case that is opened here, or to one in that picture, as the record before is.
# It is written even where it stays as it was there: that may have changed during the wait.
# The wake-up is what the engine's subscriptions listen to; it is sent when the commit is done.
APPEND = """
WITH sound AS MATERIALIZED (
    SELECT (SELECT size FROM {schema}.ledger_head WHERE id = 1)
         = (SELECT coalesce(max(notification_id), 0) FROM {schema}.stored_events)
       AND (SELECT size FROM {schema}.ledger_head WHERE id = 1)
         = (SELECT coalesce(max(leaf_index), 0) FROM {schema}.ledger_leaves)
       AND NOT EXISTS (
           SELECT FROM unnest(%b::uuid[], %b::bigint[]) AS before (id, version)
           WHERE NOT EXISTS (
               SELECT FROM {schema}.stored_events AS stored
               WHERE stored.originator_id = before.id
                 AND stored.originator_version = before.version)) AS yes
), head AS (
    UPDATE {schema}.ledger_head
    SET size = %b::bigint, recorded_at = %b::bigint, frontier = %b::bytea
    WHERE id = 1 AND size = %b::bigint AND frontier = %b::bytea AND (SELECT yes FROM sound)
    RETURNING size - %b::bigint AS base, recorded_at
), appended AS (
    INSERT INTO {schema}.stored_events
        (originator_id, originator_version, topic, state, notification_id, recorded_at)
    SELECT id, version, topic, state, base + place, recorded_at
    FROM head, unnest(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[])
        WITH ORDINALITY AS given (id, version, topic, state, place)
), leaves AS (
    INSERT INTO {schema}.ledger_leaves (leaf_index, header)
    SELECT base + place, header
    FROM head, unnest(%b::bytea[]) WITH ORDINALITY AS given (header, place)
"""
# What an append only sometimes has. A part that would find nothing costs as much to begin as
# another, so it is left out.
PARTS: dict[str, LiteralString] = {
    "nodes": """
), nodes AS (
    INSERT INTO {schema}.ledger_nodes (height, place, hash)
    SELECT height, place, hash
    FROM head, unnest(%b::smallint[], %b::bigint[], %b::bytea[]) AS given (height, place, hash)
""",
    "listed": """
), listed AS (
    INSERT INTO {schema}.cases (opened, case_id, account, alarm)
    SELECT base + 1 + place, id, account, alarm
    FROM head, unnest(%b::bigint[], %b::uuid[], %b::text[], %b::bigint[])
        AS given (place, id, account, alarm)
""",
    "rung": """
), rung AS (
    UPDATE {schema}.cases SET alarm = given.alarm
    FROM head, unnest(%b::uuid[], %b::bigint[]) AS given (id, alarm)
    WHERE case_id = id
""",
}
APPENDED = """
)
SELECT base + 1, recorded_at, pg_notify('stored_events', '') FROM head
"""
APPENDS: dict[str, LiteralString] = {
    " ".join(("append", *some)): APPEND + "".join(PARTS[part] for part in some) + APPENDED
    for count in range(len(PARTS) + 1)
    for some in combinations(PARTS, count)
}

SET_ALARMS = """
UPDATE {schema}.cases SET alarm = given.alarm
FROM unnest(%b::uuid[], %b::bigint[]) AS given (id, alarm)
WHERE case_id = id AND cases.alarm IS DISTINCT FROM given.alarm AND NOT EXISTS (
    SELECT FROM {schema}.stored_events
    WHERE originator_id = id AND notification_id > %b::bigint)
"""

SCANNED = """
SELECT notification_id, recorded_at, encode(uuid_send(originator_id), 'hex'), originator_version,
       topic, state
FROM {schema}.stored_events
"""

STATEMENTS: dict[str, LiteralString] = {
    "alone": "SELECT pg_advisory_xact_lock(hashtext('freezecase'), hashtext(%s))",
    "tables": "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename IN "
    "('stored_events', 'ledger_head', 'cases', 'store_meta')",
    "schema": SCHEMA,
    "sign": "INSERT INTO {schema}.store_meta VALUES (%s, %s)",
    "meta": "SELECT key, value FROM {schema}.store_meta",
    **APPENDS,
    "ringing": "SELECT alarm, case_id, account FROM {schema}.cases "
    "WHERE alarm <= %s AND (alarm, case_id) > (%s, %s) ORDER BY alarm, case_id LIMIT %s",
    "lock": "SELECT size, recorded_at, frontier FROM {schema}.ledger_head "
    "WHERE id = 1 FOR NO KEY UPDATE",
    "set_alarms": SET_ALARMS,
    "head": "SELECT size, recorded_at FROM {schema}.ledger_head WHERE id = 1",
    "end": "SELECT size, recorded_at, frontier, "
    "(SELECT max(notification_id) FROM {schema}.stored_events), "
    "(SELECT max(leaf_index) FROM {schema}.ledger_leaves) "
    "FROM {schema}.ledger_head WHERE id = 1",
    "before": "SELECT originator_id, originator_version, header "
    "FROM unnest(%b::uuid[], %b::bigint[]) AS asked (id, version) "
    "JOIN {schema}.stored_events ON originator_id = id AND originator_version = version "
    "LEFT JOIN {schema}.ledger_leaves ON leaf_index = notification_id",
    "frontier": "SELECT size, frontier FROM {schema}.ledger_head WHERE id = 1",
    "header": "SELECT header FROM {schema}.ledger_leaves WHERE leaf_index = %s",
    "headers": "SELECT leaf_index, header FROM {schema}.ledger_leaves "
    "WHERE leaf_index > %s AND leaf_index <= %s ORDER BY leaf_index LIMIT %s",
    "nodes": "SELECT place, hash FROM {schema}.ledger_nodes "
    "WHERE height = %s AND place >= %s AND place < %s",
    "keep_checkpoint": "INSERT INTO {schema}.ledger_checkpoints VALUES (%s, %s) "
    "ON CONFLICT DO NOTHING RETURNING size",
    "checkpoints": "SELECT size, note FROM {schema}.ledger_checkpoints "
    'WHERE (size, note COLLATE "C") < (%s, %s) ORDER BY size DESC, note COLLATE "C" DESC LIMIT %s',
    "exists": "SELECT FROM {schema}.stored_events "
    "WHERE originator_id = %s AND originator_version = 1",
    "versions": "SELECT originator_id, max(originator_version) FROM {schema}.stored_events "
    "WHERE originator_id = ANY(%s::uuid[]) GROUP BY originator_id",
    "read": "SELECT originator_version, topic, state, notification_id, recorded_at, header "
    "FROM {schema}.stored_events LEFT JOIN {schema}.ledger_leaves ON leaf_index = notification_id "
    "WHERE originator_id = %s AND originator_version > %s "
    "AND originator_version <= %s AND recorded_at <= %s ORDER BY originator_version",
    "scan": SCANNED + "WHERE notification_id > %s AND notification_id <= %s "
    "ORDER BY notification_id LIMIT %s",
    "scan_cases": SCANNED + "WHERE (originator_id, originator_version) > (%s, %s) "
    "AND originator_id <= %s ORDER BY originator_id, originator_version LIMIT %s",
    "cases_of": "SELECT case_id FROM {schema}.cases WHERE account = %s ORDER BY opened",
    "cases": "SELECT opened, case_id, account FROM {schema}.cases WHERE opened > %s "
    "ORDER BY opened LIMIT %s",
}
