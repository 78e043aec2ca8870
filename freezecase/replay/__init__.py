"""
What an auditor runs. Reads a history, trusts nothing.

`history` reads a whole store: `ledger` asks of the list as one, `one_case` of each case; what is
not as it should be becomes a `finding`, and `replayed` is what came of it. `by_the_book` says the
rules of the life cycle a second time, plainly, to be held against the first.

`verify` holds a store against what is kept outside of it: `vouching` reads the notes, `headers` and
`roots` look at records, headers and the tree, `beside` at what is made from them, `sealed` and
`manifests` at keys and day ends, `spots` at single records. `findings` has every code.

`rejudge` makes every decision again: `case_again` case by case, `judged_again` one at a time;
`rejudged` is what came of it.

`parts` divides the cases of a store over processes, or machines; what reads or judges them says
how its reports add up.

`whatif` tries a policy on the past. `diff` holds a new policy against an old one. `conformance`
holds an imported log against a policy, step by step; `conformed` is what came of it. `prove` looks
at every state that cases under a policy can come to. `pen` writes what they found as tests.
"""
