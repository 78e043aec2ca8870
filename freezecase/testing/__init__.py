"""
Shipped to users: what a policy developer and an integrator test with.

`given` tells a story and checks how it goes on. For Hypothesis, which comes with the `testing`
extra, `freezecase.testing.strategies` makes up values, commands and events in any order, and
`freezecase.testing.journeys` plays them by the rules.
"""

from freezecase.testing.spec import A_CASE, SOME_DAY, Asked, Given, given

__all__ = ["A_CASE", "SOME_DAY", "Asked", "Given", "given"]
