"""
Two policies side by side: where a new one is stricter than the old, where laxer, where neither.

`diff` compares them, and `report` is what it says. `pair` says what in them differs, and asks both
the same; `order` says which of two answers is the stricter. The cases they are asked in come from
`journeys`, and what may be asked from `asking`. `tally` keeps one witness of each difference, and
`pasting` writes it as a test.
"""
