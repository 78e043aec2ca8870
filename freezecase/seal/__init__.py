"""
Who may read, and what it proves: hashes, trees and signatures over what is stored.

    merkle      one tree over all records, and proofs that a record is in it and none was changed
    note        signed checkpoints of the tree, for whoever keeps them outside the house

Nothing here is of our own making: each construction is published, and cited where it stands.
"""
