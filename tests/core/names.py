"""How a class is named on disk: its words in lower case, joined by `-`, and a version."""

import re

__all__ = ["expected_name"]


def expected_name(kind: type) -> str:
    """Return the name that the first version of *kind* is stored under."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower() + ".v1"
