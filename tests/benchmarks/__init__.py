"""
What freezecase costs, beside the floor and the peer, measured in one run.

Floor: the same bytes through bare `sqlite3`, `psycopg` or `msgspec`. Peer: the `eventsourcing`
package as it comes, with its own aggregates and JSON. The three take turns, round by round, and
what is printed is the median of the rounds and of the ratios. Nothing here asserts a time.
"""
