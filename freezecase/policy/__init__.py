"""
What is allowed, and what is owed. A policy is a value: rules are plain functions plus data.

In reading order: `question` (all a rule may see), `rule` (plan, route, disclosure) and `gate` (what
is asked), `clock` (what is owed), `policy` (many rules), `judge` (the ruling they make), `owing`
(what they demand), `turn` (judge, decide, owe), `book` (policies by date), `effective` (from when
to when), `digest` (what a policy was), `standard` (the policy that ships), `packs` (cited law).

How long is `term` (what a rule gives), `calendar` (which days are worked), `clocks` (when a term
ends), `reckon` (both, and what to store), `budget` (service clocks that pause).
"""
