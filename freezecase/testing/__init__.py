"""
Shipped to users: what a policy developer and an integrator test with.

`given` tells a story and checks how it goes on. `freezecase.testing.strategies` makes up whatever
Hypothesis asks for; it needs the `testing` extra.
"""

from freezecase.testing.spec import A_CASE, SOME_DAY, Asked, Given, given

__all__ = ["A_CASE", "SOME_DAY", "Asked", "Given", "given"]
