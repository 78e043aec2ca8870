"""A real log, written by nobody here: deadlines are calendar rules in a local zone."""

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache

import pytest

from freezecase.core.obligations import Unit
from freezecase.core.resolved import Resolved
from freezecase.policy.calendar import Calendar, resolve
from freezecase.policy.clocks import Deadline, due
from freezecase.policy.term import Start, Term
from tests.house.source import ROOT

LOG = ROOT.parent / "shared" / "data" / "road_traffic_fines" / "road_traffic_fines.csv.gz"
SIXTY_DAYS = Term(count=60, unit=Unit.DAYS, trigger="notification")
AS_HOURS = Term(count=60 * 24, unit=Unit.HOURS, start=Start.MOMENT, trigger="notification")


def pairs() -> Iterator[tuple[datetime, datetime]]:
    """Notification and penalty of every case that has both; the first of each."""
    with gzip.open(LOG, "rt", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        notified: dict[str, datetime] = {}
        for case, activity, at, *_ in rows:
            if activity == "Insert Fine Notification":
                notified.setdefault(case, datetime.fromisoformat(at))
            elif activity == "Add penalty" and case in notified:
                yield notified.pop(case), datetime.fromisoformat(at)


@pytest.mark.skipif(not LOG.exists(), reason="the real histories are not here")
def test_sixty_local_days_after_notification_the_penalty_falls() -> None:
    """Always; sixty times twenty-four hours find it in seven cases of ten."""
    italy: Resolved = resolve(
        Calendar(id="it", zone="Europe/Rome"), date(2000, 1, 1), date(2014, 12, 31)
    )

    @cache  # there are far fewer days than cases
    def end(term: Term, start: datetime) -> Deadline:
        return due(term, start, italy)

    days = hours = cases = 0
    for notified, penalty in pairs():
        cases += 1
        days += end(SIXTY_DAYS, notified).day == penalty.date()
        hours += end(AS_HOURS, notified).at == penalty.astimezone(UTC)

    assert (cases, days, hours) == (79_860, 79_860, 55_910)
