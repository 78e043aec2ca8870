"""Who may read: keys, sealed texts and who opened them, erasure, suspicions."""
