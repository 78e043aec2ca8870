"""
What if: a candidate policy, tried on whole histories, along the paths that people really went.

    report = whatif(store, PolicyBook.of(candidate))
    report.whole.decided, report.whole.open, report.whole.not_evaluable
    report.whole.figures["deadlines missed"].change     # between what it would have changed

What others did stays. What our own people and systems attempted is judged again, and what our
clocks produced is worked out again. Where history cannot answer, every answer is tried: the figures
have bounds, and no number is invented. Nothing is dropped, and nothing can be written.

In reading order: `why`, `trace`, `step` (what a history is made of), `roles`, `roles_file`,
`imports`, `reading` (how it is read), `quiet`, `path`, `world` (one way it may go), `figures`,
`row` (one case), `backtest` (all of them), `trying`, `parts` (in several processes).
"""

from freezecase.replay.whatif.backtest import Backtest, Part, Sum, merged
from freezecase.replay.whatif.reading import Readable, histories
from freezecase.replay.whatif.roles import NATIVE, Gap, RoleRule, Roles
from freezecase.replay.whatif.roles_file import load_roles, read_roles
from freezecase.replay.whatif.row import ASSUMPTIONS, Row, Verdict
from freezecase.replay.whatif.step import History, Later, Role, Shift, Step
from freezecase.replay.whatif.trace import Effect
from freezecase.replay.whatif.trying import tried, whatif
from freezecase.replay.whatif.why import Departure, Why

__all__ = [
    "ASSUMPTIONS",
    "NATIVE",
    "Backtest",
    "Departure",
    "Effect",
    "Gap",
    "History",
    "Later",
    "Part",
    "Readable",
    "Role",
    "RoleRule",
    "Roles",
    "Row",
    "Shift",
    "Step",
    "Sum",
    "Verdict",
    "Why",
    "histories",
    "load_roles",
    "merged",
    "read_roles",
    "tried",
    "whatif",
]
