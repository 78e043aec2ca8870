"""What the store says to SQLite."""

APPLICATION_ID = 0x465A4353  # "FZCS": how `file` and other tools know the format
SCHEMA = """
CREATE TABLE stored_events (
    rowid INTEGER PRIMARY KEY,
    originator_id TEXT NOT NULL,
    originator_version INTEGER NOT NULL,
    topic TEXT NOT NULL,
    state BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    UNIQUE (originator_id, originator_version));
CREATE TABLE ledger_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    size INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    frontier BLOB NOT NULL);
CREATE TABLE ledger_leaves (leaf_index INTEGER PRIMARY KEY, header BLOB NOT NULL);
CREATE TABLE ledger_nodes (
    height INTEGER NOT NULL,
    place INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (height, place)) WITHOUT ROWID;
CREATE TABLE ledger_checkpoints (
    size INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (size, note)) WITHOUT ROWID;
CREATE TABLE cases (
    opened INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    alarm INTEGER);
CREATE INDEX cases_account ON cases (account, opened);
CREATE INDEX cases_alarm ON cases (alarm, case_id) WHERE alarm IS NOT NULL;
CREATE TABLE store_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO ledger_head VALUES (1, 0, 0, x'')
"""
# Rails, not evidence: whoever owns the file can drop them, and INSERT OR REPLACE gets past them
# unless the connection asks for recursive triggers (https://www.sqlite.org/lang_createtrigger.html).
KEPT_FOR_EVER = ("stored_events", "ledger_leaves", "ledger_nodes", "ledger_checkpoints")
GUARDS = [
    f"CREATE TRIGGER {table}_{word.lower()} BEFORE {word} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, 'what stands in {table} is never changed'); END"
    for table in KEPT_FOR_EVER
    for word in ("UPDATE", "DELETE")
]
TABLES_MADE = [*SCHEMA.split(";"), *GUARDS]

TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
META = "SELECT key, value FROM store_meta"
HEAD = "SELECT size, recorded_at FROM ledger_head"
END = (
    "SELECT size, recorded_at, frontier, (SELECT max(rowid) FROM stored_events), "
    "(SELECT max(leaf_index) FROM ledger_leaves) FROM ledger_head"
)
ADVANCE = "UPDATE ledger_head SET size = ?, recorded_at = ?, frontier = ?"
INSERT = "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?, ?)"
INSERT_LEAF = "INSERT INTO ledger_leaves VALUES (?, ?)"
INSERT_NODE = "INSERT INTO ledger_nodes VALUES (?, ?, ?)"
FRONTIER = "SELECT size, frontier FROM ledger_head"
HEADER = "SELECT header FROM ledger_leaves WHERE leaf_index = ?"
HEADERS = (
    "SELECT leaf_index, header FROM ledger_leaves "
    "WHERE leaf_index > ? AND leaf_index <= ? ORDER BY leaf_index LIMIT ?"
)
NODES = "SELECT place, hash FROM ledger_nodes WHERE height = ? AND place >= ? AND place < ?"
KEEP_CHECKPOINT = "INSERT OR IGNORE INTO ledger_checkpoints VALUES (?, ?)"
CHECKPOINTS = (
    "SELECT size, note FROM ledger_checkpoints WHERE (size, note) < (?, ?) "
    "ORDER BY size DESC, note DESC LIMIT ?"
)
INSERT_CASE = "INSERT INTO cases VALUES (?, ?, ?, ?)"
# An alarm that stays as it was is not written: no page and no index changes.
SET_ALARM = "UPDATE cases SET alarm = ? WHERE case_id = ? AND alarm IS NOT ?"
SET_ALARM_UPTO = (
    "UPDATE cases SET alarm = ? WHERE case_id = ? AND alarm IS NOT ? AND NOT EXISTS "
    "(SELECT 1 FROM stored_events WHERE originator_id = case_id AND rowid > ?)"
)
NEWEST = "SELECT max(originator_version) FROM stored_events WHERE originator_id = ?"
STORED = "SELECT 1 FROM stored_events WHERE originator_id = ? AND originator_version = ?"
VERSIONS = (
    "SELECT originator_id, max(originator_version) FROM stored_events "
    "WHERE originator_id IN ({}) GROUP BY originator_id"
)
READ = (
    "SELECT originator_version, topic, state, stored_events.rowid, recorded_at, header "
    "FROM stored_events LEFT JOIN ledger_leaves ON leaf_index = stored_events.rowid "
    "WHERE originator_id = ? AND originator_version > ?"
)
BEFORE = (
    "SELECT header FROM stored_events LEFT JOIN ledger_leaves ON leaf_index = stored_events.rowid "
    "WHERE originator_id = ? AND originator_version = ?"
)
SCANNED = (
    "SELECT rowid, recorded_at, originator_id, originator_version, topic, state FROM stored_events "
)
SCAN = f"{SCANNED} WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ?"
SCAN_CASES = (
    f"{SCANNED} WHERE (originator_id, originator_version) > (?, ?) AND originator_id <= ? "
    "ORDER BY originator_id, originator_version LIMIT ?"
)
CASES_OF = "SELECT case_id FROM cases WHERE account = ? ORDER BY opened"
CASES = "SELECT opened, case_id, account FROM cases WHERE opened > ? ORDER BY opened LIMIT ?"
RINGING = (
    "SELECT alarm, case_id, account FROM cases "
    "WHERE alarm <= ? AND (alarm, case_id) > (?, ?) ORDER BY alarm, case_id LIMIT ?"
)
