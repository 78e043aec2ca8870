"""Writes what is known of bad service from the table of detectors: their records are the text."""

from freezecase.views.run_around import DETECTORS

__all__ = ["detectors_table"]


def detectors_table() -> str:
    """Return the detectors: the name of each, and what it finds."""
    rows = (f"| `{one.id}` | {one.says} |" for one in DETECTORS)
    return "\n".join(("| detector | finds |", "| --- | --- |", *rows))
