"""
Foreign case logs, taken in: what happened elsewhere becomes cases like ours.

In reading order: `spec` (what a mapping says), `mapping`, `fields`, `table` (how it is read from
TOML), `source`, `spool`, `content` (rows), `reading`, `translate`, `maker` (rows become events),
`history`, `rules`, `identity` (what is asked of them), `passage`, `output`, `report`, `intake`.
"""

from freezecase.app.intake.intake import import_log
from freezecase.app.intake.mapping import load_mapping, read_mapping
from freezecase.app.intake.report import Anomalies, Anomaly, AnomalyRule, ImportReport
from freezecase.app.intake.spec import Mapping

__all__ = [
    "Anomalies",
    "Anomaly",
    "AnomalyRule",
    "ImportReport",
    "Mapping",
    "import_log",
    "load_mapping",
    "read_mapping",
]
