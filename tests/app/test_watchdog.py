"""A rule that loops is stopped where it stands, and nothing of that is felt by anybody else."""

import inspect
import math
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from time import sleep
from typing import Any

import pytest

from freezecase.app import watchdog
from freezecase.app.watchdog import Watchdog, limited
from freezecase.errors import InvalidValue, OverBudget

QUICK = 0.001
PATIENT = 60.0
FOR_EVER = 500_000_000  # it takes some seconds: a test whose watchdog sleeps fails, and ends
NO_END = "it came to an end by itself"


@pytest.fixture
def dog() -> Watchdog:
    """A watchdog that looks a thousand times a second."""
    return Watchdog(QUICK)


def loop() -> str:
    """Loop without an end."""
    for _ in range(FOR_EVER):
        pass
    return NO_END


def wait(until: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    for _ in range(20_000):
        if until():
            return
        sleep(QUICK)
    pytest.fail("it did not happen")


def carry_on(dog: Watchdog) -> None:
    """Go on for a few looks, in as many steps as possible: whatever strays lands here."""
    until = dog._ticks + 5
    dog.limited(wait, PATIENT)(lambda: dog._ticks >= until)


# --- what is stopped -----------------------------------------------------------------------------


def test_a_rule_that_loops_is_stopped() -> None:
    """It is named, with the time it was allowed and the place where it stood."""
    with pytest.raises(OverBudget) as raised:
        limited(loop, 0.05)()
    assert (raised.value.rule, raised.value.seconds) == ("loop", 0.05)
    expected = "rule `loop` ran longer than 0.05 s: make it do less, or allow it more"
    assert expected == str(raised.value)
    place = raised.value.__cause__.__traceback__ if raised.value.__cause__ else None
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    assert place is not None
    assert loop.__code__ is place.tb_frame.f_code


def test_the_error_survives_a_trip_to_another_process() -> None:
    """With its words and its parts."""
    error = OverBudget("four_eyes", 2.0)
    told = pickle.loads(pickle.dumps(error))
    assert (OverBudget, str(error), vars(error)) == (type(told), str(told), vars(told))


def caught_whatever_it_is() -> str:
    try:
        return loop()
    except BaseException:  # noqa: BLE001 - as careless people write
        return "allowed"


def turned_into_another_error() -> str:
    try:
        return loop()
    except BaseException as error:
        raise KeyError("limit") from error


def late_out_of_a_call() -> str:
    sleep(0.05)
    return "allowed"


@pytest.mark.parametrize(
    "rule",
    [
        caught_whatever_it_is,
        turned_into_another_error,
        late_out_of_a_call,
    ],
)
def test_what_a_late_rule_does_about_it_is_dropped(dog: Watchdog, rule: Callable[[], str]) -> None:
    """It may catch, answer or raise what it likes: it ran over its budget."""
    with pytest.raises(OverBudget, match=f"`{rule.__name__}`"):
        dog.limited(rule, QUICK)()
    carry_on(dog)


def test_catching_every_error_does_not_keep_a_rule_running(dog: Watchdog) -> None:
    """What lands in it is no `Exception`."""
    caught: list[Exception] = []

    def rule() -> None:
        try:
            loop()
        except Exception as error:  # noqa: BLE001 - as careful people write
            caught.append(error)

    with pytest.raises(OverBudget):
        dog.limited(rule, QUICK)()
    assert caught == []


def test_a_rule_that_goes_on_is_struck_again(dog: Watchdog) -> None:
    """At every look, for as long as it lasts."""
    ended: list[str] = []

    def rule() -> str:
        for _ in range(5):
            with suppress(BaseException):
                ended.append(loop())
        return "allowed"

    with pytest.raises(OverBudget):
        dog.limited(rule, QUICK)()
    assert ended == []
    carry_on(dog)


def test_every_thread_has_its_own_time(dog: Watchdog) -> None:
    """Those that loop are stopped, each once; one that has time is left alone."""
    ended: list[str] = []

    def ask(rule: Callable[[], Any], seconds: float) -> None:
        try:
            ended.append(dog.limited(rule, seconds)())
        except OverBudget as over:
            ended.append(over.rule)

    def patiently() -> str:
        wait(lambda: len(ended) == 3)
        return "patiently"

    asked = [(patiently, PATIENT), (loop, QUICK), (loop, QUICK), (loop, QUICK)]
    threads = [threading.Thread(target=ask, args=one) for one in asked]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert ended == ["loop", "loop", "loop", "patiently"]
    assert dog._watches == {}


# --- rules within rules --------------------------------------------------------------------------


def test_a_late_rule_within_a_rule_is_an_error_to_that_rule(dog: Watchdog) -> None:
    """The rule around it may go on and answer: its own time is not up."""

    def around() -> str:
        with pytest.raises(OverBudget, match="`loop`"):
            dog.limited(loop, QUICK)()
        return "answered"

    assert dog.limited(around, PATIENT)() == "answered"


@pytest.mark.parametrize(("seconds", "heard"), [(QUICK, ["loop"]), (PATIENT, [])])
def test_a_late_rule_around_a_rule_is_stopped_within_it(
    dog: Watchdog, seconds: float, heard: list[str]
) -> None:
    """Whoever is late is named: to the rule around it, the one within is late only if it is."""
    within: list[str] = []

    def around() -> str:
        try:
            within.append(dog.limited(loop, seconds)())
        except OverBudget as over:
            within.append(over.rule)
        return loop()

    with pytest.raises(OverBudget, match=r"`.*around`"):
        dog.limited(around, 50 * QUICK)()
    assert within == heard
    carry_on(dog)
    assert dog._watches == {}


# --- what is left alone --------------------------------------------------------------------------


def test_answers_and_arguments_pass_through() -> None:
    """The very objects."""
    given, answer = object(), object()

    def rule(*args: object, **kwargs: object) -> object:
        return answer if (args, kwargs) == ((given, 1), {"now": given}) else None

    assert limited(rule)(given, 1, now=given) is answer


@pytest.mark.parametrize("kind", [ValueError, OverBudget, KeyboardInterrupt, SystemExit])
def test_errors_pass_through(kind: type[BaseException]) -> None:
    """The very objects, and nothing is left watching."""
    error = kind("rule", 1.0)

    def rule() -> None:
        raise error

    with pytest.raises(kind) as raised:
        limited(rule)()
    assert raised.value is error
    assert raised.value.__cause__ is None
    assert threading.get_ident() not in watchdog._OURS._watches


def test_whoever_stops_the_process_is_not_held_up(dog: Watchdog) -> None:
    """Even out of a rule that is late."""

    def rule() -> None:
        try:
            loop()
        except BaseException:  # noqa: BLE001 - it stands for a signal
            raise KeyboardInterrupt from None

    with pytest.raises(KeyboardInterrupt):
        dog.limited(rule, QUICK)()
    carry_on(dog)


def test_a_limited_rule_still_says_what_it_is() -> None:
    """Its name, its docstring and its source: what a policy's digest and its documents read."""
    rule = limited(loop)
    assert ("loop", loop.__doc__) == (rule.__name__, rule.__doc__)
    assert inspect.getsource(loop) == inspect.getsource(rule)
    assert inspect.unwrap(rule) is loop


def test_a_rule_without_a_name_is_known_by_its_kind(dog: Watchdog) -> None:
    """A callable may be any object."""

    class Endless:
        def __call__(self) -> str:
            return loop()

    with pytest.raises(OverBudget, match=r"`.*Endless`"):
        dog.limited(Endless(), QUICK)()


def test_no_limit_is_no_wrapper() -> None:
    """Infinity is a number of seconds."""
    assert limited(loop, math.inf) is loop


@pytest.mark.parametrize("seconds", [0, -1.0, math.nan])
def test_a_limit_is_a_time(seconds: float) -> None:
    """Nothing and less than nothing are none."""
    with pytest.raises(InvalidValue, match="it takes more than 0"):
        limited(loop, seconds)


# --- nothing strays ------------------------------------------------------------------------------


def test_a_strike_on_its_way_is_waited_for(dog: Watchdog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that ends just when it is struck: the strike does not land after it."""
    send = watchdog._send

    def slowly(thread: int) -> None:
        sleep(20 * QUICK)
        send(thread)

    def ends_when_aimed_at() -> str:
        me = threading.get_ident()
        wait(lambda: dog._aim == me)
        return "too late"

    monkeypatch.setattr(watchdog, "_send", slowly)
    for _ in range(3):
        with pytest.raises(OverBudget):
            dog.limited(ends_when_aimed_at, QUICK)()
        assert dog._watches == {}
        carry_on(dog)


def test_a_rule_that_is_done_is_not_struck(dog: Watchdog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is the one around it, while the one within still takes its leave."""
    sent: list[int] = []
    monkeypatch.setattr(watchdog, "_send", sent.append)
    outer = watchdog._Watch(7, None, due=0)
    within = watchdog._Watch(7, outer, due=0)
    dog._watches[7] = within
    within.over = True
    dog._look(7)
    assert (sent, within.struck, outer.struck) == ([], False, False)
    dog._leave(within)
    dog._look(7)
    assert (sent, within.struck, outer.struck) == ([7], False, True)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("early", [True, False], ids=["before", "after"])
def test_strikes_while_a_rule_is_left_do_not_keep_it_from_leaving(
    dog: Watchdog, monkeypatch: pytest.MonkeyPatch, *, times: int, early: bool
) -> None:
    """Two can still land then: whatever they break off is done again."""
    leave = dog._leave
    done: list[int] = []

    def struck(watch: Any) -> None:
        assert watch.over
        watch.struck = True
        if not early:
            leave(watch)
            watch.left = False
        done.append(watch.thread)
        if len(done) <= times:
            raise watchdog._TimeIsUp
        leave(watch)

    monkeypatch.setattr(dog, "_leave", struck)
    with pytest.raises(OverBudget):
        dog.limited(lambda: "answered", PATIENT)()
    assert [threading.get_ident()] * (times + 1) == done
    assert dog._watches == {}


def test_a_strike_that_landed_is_noticed_before_the_rule_is_left(
    dog: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not after it: leaving makes a call at the end of which it is."""
    me = threading.get_ident()
    calls: list[float] = []

    def notice(seconds: float) -> None:
        if threading.get_ident() != me:
            sleep(seconds)  # a watchdog's own
            return
        calls.append(seconds)
        if len(calls) == 1:
            raise watchdog._TimeIsUp

    def struck() -> None:
        dog._watches[me].struck = True
        monkeypatch.setattr(watchdog, "sleep", notice)

    with pytest.raises(OverBudget):
        dog.limited(struck, PATIENT)()
    assert calls == [0, 0]
    assert dog._watches == {}


def at_the_last_moment(dog: Watchdog) -> Iterator[Callable[[], None]]:
    """Rules that end about when they are struck, alone and within one another."""
    for more in range(0, 400, 57):
        rule = partial(until_it_is_due, dog, more)
        inner = dog.limited(rule, QUICK)

        def around(inner: Callable[[], None] = inner, rule: Callable[[], None] = rule) -> None:
            inner()
            rule()

        yield inner
        yield dog.limited(around, 2 * QUICK)


def until_it_is_due(dog: Watchdog, more: int) -> None:
    """Go on until the next look is one too many, and a few steps *more*."""
    watch = dog._watches[threading.get_ident()]
    while dog._ticks < watch.due - 1:
        sleep(0)
    for _ in range(more):
        pass


def test_nothing_strays_where_many_rules_end_at_the_last_moment(dog: Watchdog) -> None:
    """In several threads at once: whatever the rules raise is an `OverBudget`, or nothing."""
    strays: list[BaseException] = []

    def work() -> None:
        try:
            for rule in [*at_the_last_moment(dog)] * 5:
                with suppress(OverBudget):
                    rule()
                for _ in range(50):
                    assert threading.get_ident() not in dog._watches
            carry_on(dog)
        except BaseException as stray:  # noqa: BLE001 - that is what is looked for
            strays.append(stray)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert strays == []
    assert dog._watches == {}


# --- the watchdog itself -------------------------------------------------------------------------


def test_a_watchdog_with_nothing_to_watch_sleeps_until_it_is_woken(dog: Watchdog) -> None:
    """An idle process is not woken twenty times a second; a rule that loops then is stopped too."""
    for _ in range(2):
        with pytest.raises(OverBudget):
            dog.limited(loop, QUICK)()
        wait(lambda: not dog._awake)


def test_a_watch_that_comes_as_the_watchdog_lies_down_keeps_it_up(
    dog: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that it sleeps before it looks a last time."""
    dog._awake = True
    watch = watchdog._Watch(threading.get_ident(), None, due=9)
    monkeypatch.setattr(dog, "_watches", {watch.thread: watch})
    monkeypatch.setattr(dog, "_bell", None)  # nobody waits for it
    dog._rest()
    assert dog._awake


def test_one_watchdog_is_enough(dog: Watchdog) -> None:
    """Two threads that start it at the same time start one; time would run twice as fast."""
    before = sum(one.name == "freezecase-watchdog" for one in threading.enumerate())
    dog._start()
    dog._start()
    after = sum(one.name == "freezecase-watchdog" for one in threading.enumerate())
    assert after == before + 1


def test_without_a_way_to_interrupt_rules_run_as_they_are(
    dog: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some Pythons have none: no limit, and no error either."""
    monkeypatch.setattr(watchdog, "_sender", lambda: None)
    assert dog.limited(late_out_of_a_call, QUICK)() == "allowed"


def test_a_python_without_ctypes_has_no_way_to_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an optional part of Python."""
    monkeypatch.setitem(sys.modules, "ctypes", None)
    assert watchdog._sender.__wrapped__() is None


def test_where_no_thread_can_begin_rules_run_as_they_are(
    dog: Watchdog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As at the end of a process; and once there is one again, the limit is back."""

    def none_left(**_: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(watchdog, "Thread", none_left)
        assert dog.limited(late_out_of_a_call, QUICK)() == "allowed"
    with pytest.raises(OverBudget):
        dog.limited(late_out_of_a_call, QUICK)()


LOOPS = """
import os, sys
from freezecase.app.watchdog import limited
from freezecase.errors import OverBudget

def loop():
    for _ in range(500_000_000):
        pass

def stopped():
    try:
        limited(loop, 0.05)()
    except OverBudget:
        return 0
    return 1

"""
FORKED = """
first = stopped()
child = os.fork()
if not child:
    os._exit(stopped())
print(first, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), stopped())
"""
TRACED = """
for tracer in (lambda *_: None, lambda *_: tracer):
    sys.settrace(tracer)
    print(stopped())
"""


def said_by(program: str) -> str:
    """What a program says that knows of a rule that loops, in a process of its own."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", LOOPS + program]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_process_has_a_watchdog_of_its_own() -> None:
    """Threads are not inherited."""
    assert said_by(FORKED) == "0 0 0\n"


def test_a_rule_is_stopped_under_a_debugger_too() -> None:
    """And what is traced after it does not hang, as it would where strikes are taken back."""
    assert said_by(TRACED) == "0\n0\n"
