"""What people read. Folds over the log; disposable, and rebuilt from it at any time."""
