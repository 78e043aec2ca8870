"""
What an auditor runs. Reads a history, trusts nothing.

`history` reads a whole store: `ledger` asks of the list as one, `one_case` of each case; what is
not as it should be becomes a `finding`. `by_the_book` says the rules of the life cycle a second
time, plainly, to be held against the first.

`verify` holds a store against what is kept outside of it: `vouching` reads the notes, `headers` and
`roots` look at records, headers and the tree, `beside` at what is made from them, `sealed` and
`manifests` at keys and day ends, `spots` at single records. `findings` has every code.

`rejudge` makes every decision again: `case_again` case by case, `judged_again` one at a time;
`rejudged` is what came of it.
"""
