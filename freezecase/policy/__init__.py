"""
What is allowed, and what is owed. A policy is a value: rules are plain functions plus data.

In reading order: `question` (all a rule may see), `gate` (one rule), `policy` (many rules and the
ruling they make), `turn` (judge, decide, evolve), `standard` (the policy that ships).

How long is `term` (what a rule gives), `calendar` (which days are worked), `clocks` (when a term
ends), `reckon` (both, and what to store), `budget` (service clocks that pause).
"""
