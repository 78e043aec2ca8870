"""
WHAT LEAVES THE HOUSE: texts to the customer, made of the record and of nothing else.

`notices` tells the owner of an account what was decided, why, what is owed and how to object. What
a text may say is what its reader is cleared for; when it says a time, somebody owes it.
`export` writes whole stores in the formats of others.
"""
