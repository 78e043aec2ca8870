"""Who writes: the store, the ledger and the casebook. The only user of `eventsourcing`."""
