"""
What is on disk. The only folder that knows JSON.

In reading order: `names` (the closed registry of stored names), `shapes` (how the bytes of a record
are laid out), `codec` (bytes to values and back, fast), `template` (one record spelt for many
accounts), `converter` (plain data, described and strict), `upcast` (old versions, in one table).
"""
