"""Where records are kept: SQLite and PostgreSQL, the ledger over them, stored views, exports."""
