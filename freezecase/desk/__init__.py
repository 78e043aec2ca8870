"""
Who does it: how many people the desk needs, and what becomes of its promises when it is overrun.

    erlang      by formula: a steady stream, one queue
    series      when customers come, grown if need be
    times       how long it takes, and how long they wait
    roster      who is on duty
    contacts    when customers came, from a store or a log
    relief      what a surge policy sees, and what it may change
    floor       one run of the desk, contact by contact
    rehearsal   several of them, from a seed, with their error
    staffing    the fewest people who keep a target around the clock

    plan = Rehearsal(series=Series(rates=(20.0,)), growth=13)
    staffing(plan, 0.8).staff               # (33, 33, 33): two minutes for 80 %, around the clock
"""

from freezecase.desk.erlang import (
    Target,
    Traffic,
    abandonment,
    delayed,
    erlang_b,
    erlang_c,
    expected_wait,
    service_level,
    staff_needed,
)
from freezecase.desk.estimate import Estimate
from freezecase.desk.rehearsal import Rehearsal, Rehearsed, rehearse
from freezecase.desk.relief import USUAL, Pressure, Relief, SurgePolicy
from freezecase.desk.roster import Contract, Roster
from freezecase.desk.series import Series
from freezecase.desk.staffing import Staffing, staffing
from freezecase.desk.times import Shape, Times

__all__ = [
    "USUAL",
    "Contract",
    "Estimate",
    "Pressure",
    "Rehearsal",
    "Rehearsed",
    "Relief",
    "Roster",
    "Series",
    "Shape",
    "Staffing",
    "SurgePolicy",
    "Target",
    "Times",
    "Traffic",
    "abandonment",
    "delayed",
    "erlang_b",
    "erlang_c",
    "expected_wait",
    "rehearse",
    "service_level",
    "staff_needed",
    "staffing",
]
