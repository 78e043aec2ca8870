"""`python -m freezecase` is the command line."""

import sys

from freezecase.cli import main

if __name__ == "__main__":
    sys.exit(main())
