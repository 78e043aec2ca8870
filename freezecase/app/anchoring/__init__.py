"""What proves it outside: proofs, checkpoints, witnesses, anchors, evidence."""
