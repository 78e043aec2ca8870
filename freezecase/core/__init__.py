"""
What is true. Pure and total: no clock, no chance, no input or output.

A command is asked, a ruling answers it, `decide` says which events follow, `fold` says what the
case then is. In reading order: `values`, `actors`, `commands`, `events` (`STORED_AS`), `status` and
`moves` (`MOVES`), `obligations`, `state`, `effects` and `evolve`, `needs`, `ruling`, `decide`.
"""
