"""
A rule that does not come to an end is stopped: each has seconds to answer in, or it is broken.

Policy is pure and knows no time, so the time is kept here, around it. `limited` wraps the plain
function of a rule. One thread of the process looks at the rules that are running, a few times a
second, and interrupts what is late where it stands; the wrapper makes an `OverBudget` of that,
which a ruling takes like anything else that a rule raises.

What this can do, and what it cannot:

* The time is counted in the looks of that thread. A machine that stood still, or had no time for
  this process, does not count; a budget is therefore never shorter than said, and sometimes longer.
* Once a rule was interrupted its answer is dropped, whatever it catches, answers or raises then.
* A rule is interrupted between two of its own steps. One call that does not come back to Python
  cannot be: `sum(itertools.count())`, a regular expression that backtracks for ever, a read from
  the network. If it comes back late, the rule is stopped then.
* What Python runs in between, a signal handler or a finalizer, may be hit instead. The rule is hit
  at the next look.
* A rule that catches `BaseException` again and again is interrupted again and again, and goes on
  for ever. This is a net for mistakes, not a wall against malice: that takes another process.
* Where Python does not let one thread interrupt another (PyPy), or lets no thread begin (at its own
  end), there is no limit, and rules run as they are.
"""

import os
from collections.abc import Callable
from functools import cache, wraps
from math import ceil, inf
from queue import SimpleQueue
from threading import Lock, Thread, get_ident
from time import sleep
from typing import Final, ParamSpec, TypeVar

import attrs

from freezecase.errors import InvalidValue, OverBudget

__all__ = ["SECONDS", "Watchdog", "limited"]

SECONDS: Final = 2.0
"""How long a rule may take if nobody says otherwise. Rules take microseconds."""
_TICK: Final = 0.05
_REST: Final = 20
"""After so many looks at nothing the watchdog sleeps until a rule wakes it."""

P = ParamSpec("P")
R = TypeVar("R")


def limited(ask: Callable[P, R], seconds: float = SECONDS) -> Callable[P, R]:
    """
    Return *ask* as it is, but for raising `OverBudget` when it takes longer than *seconds*.

    Its answers and its errors pass through unchanged, its name, its docstring and its source are
    still its own. It may be asked from any thread, within another that is limited, and after a
    fork. `math.inf` is no limit. What can be interrupted is said at the head of this module.

    Raises:
        InvalidValue: *seconds* is no time at all.

    """
    return _OURS.limited(ask, seconds)


class _TimeIsUp(BaseException):
    """What lands in a rule that is late. Nobody catches it who catches `Exception`."""


@cache
def _sender() -> Callable[[int, type[_TimeIsUp]], object] | None:
    """Return what leaves an exception for a thread to raise, if this Python has it."""
    try:
        import ctypes  # noqa: PLC0415 - not before the first ruling

        kind = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_ulong, ctypes.py_object)
        return kind(("PyThreadState_SetAsyncExc", ctypes.pythonapi))
    except (ImportError, AttributeError):
        return None


def _send(thread: int) -> None:
    if (send := _sender()) is not None:
        send(thread, _TimeIsUp)


@attrs.define(eq=False)
class _Watch:
    """One rule that is running: in which thread, and until which look it may."""

    thread: int
    outer: "_Watch | None"
    due: int
    over: bool = False
    """The rule is done, one way or another: it may no longer be struck."""
    struck: bool = False
    """It was interrupted, or is about to be."""
    left: bool = False
    """Nothing of the watch is left: no strike is under way, and none can come."""


class Watchdog:
    """
    One thread that looks, every *tick* seconds, at rules that are running, and strikes the late.

    A strike lands in another thread, at a time of the interpreter's choosing, and must not land
    after the rule is done. A lock does not keep it out: a strike may land just after the lock was
    taken, and it would stay taken for ever (whether `with` prevents that is the business of each
    version of Python). So the thread of a rule holds nothing, and what it does on leaving may be
    done twice:

    1. It says `over`, then waits while `aim` names it. The watchdog sets `aim`, then looks for
       `over`, then strikes. The GIL puts these steps in one order, so one of the two sees the
       other: after the wait every strike that was sent has landed, and no more will be sent.
    2. It makes a call, at the end of which a strike that has landed is noticed, and removes the
       watch. (Python could take a strike back, but 3.11 and 3.12 then look for it ever after, and
       3.11 hangs at the next call that a debugger or a coverage tool traces.)

    From `over` on two strikes at most can still be noticed: one that had landed before, and one on
    its way. Each may break off a leaving half-way, so a rule is left up to three times. That `over`
    comes first, before any call, is why there are not more: strikes are noticed when functions are
    entered or left and when loops turn round, never between two plain steps.

    A watch within a watch, while it is left, keeps out strikes for the outer one as well. The outer
    one is still late at the next look, and struck then; so is a rule that caught its strike.
    """

    def __init__(self, tick: float = _TICK) -> None:
        """Look every *tick* seconds, from the first rule on."""
        self._tick = tick
        self._ticks = 0
        self.renew()

    def renew(self) -> None:
        """Begin without a thread and without rules, as a forked process has to."""
        self._watches: dict[int, _Watch] = {}
        self._aim: int | None = None
        self._running = False
        self._awake = False
        self._starting = Lock()
        self._bell = SimpleQueue[None]()

    def limited(self, ask: Callable[P, R], seconds: float = SECONDS) -> Callable[P, R]:
        """Return *ask* with a limit of *seconds*: see the function of the same name."""
        if not seconds > 0:
            raise InvalidValue("limited.seconds", seconds, "it takes more than 0")
        if seconds == inf:
            return ask
        name = getattr(ask, "__qualname__", type(ask).__qualname__)
        looks = ceil(seconds / self._tick) + 1  # the first may come at once

        @wraps(ask)
        def answer(*args: P.args, **kwargs: P.kwargs) -> R:
            thread = get_ident()
            watch = _Watch(thread, self._watches.get(thread), self._ticks + looks)
            try:
                try:
                    try:
                        try:
                            self._watches[thread] = watch
                            if not self._awake:  # asked last: the watchdog looks first, see _rest
                                self._wake()
                            said = ask(*args, **kwargs)
                        finally:
                            watch.over = True  # before any call: see above
                            self._leave(watch)
                    finally:
                        if not watch.left:
                            self._leave(watch)
                finally:
                    if not watch.left:
                        self._leave(watch)
            except (Exception, _TimeIsUp) as error:
                if not watch.struck:
                    raise  # the rule's own, or meant for a rule around this one
                raise OverBudget(name, seconds) from error
            if watch.struck:
                raise OverBudget(name, seconds)
            return said

        return answer

    def _leave(self, watch: _Watch) -> None:
        watch.over = True
        while self._aim == watch.thread:
            sleep(0)
        if watch.struck:
            sleep(0)
        if watch.outer is None:
            self._watches.pop(watch.thread, None)
        else:
            self._watches[watch.thread] = watch.outer
        watch.left = True

    def _wake(self) -> None:
        if self._running:
            self._bell.put(None)
        else:
            self._start()

    def _start(self) -> None:
        with self._starting:  # no strike breaks in here: whoever strikes does not run yet
            if self._running:
                return
            self._running = self._awake = True
            if _sender() is None:
                return
            try:
                Thread(target=self._guard, name="freezecase-watchdog", daemon=True).start()
            except RuntimeError:  # no thread to be had
                self._running = self._awake = False

    def _guard(self) -> None:
        idle = 0
        while True:
            sleep(self._tick)
            self._ticks += 1
            idle = 0 if self._watches else idle + 1
            if idle == _REST:
                self._rest()
                idle = 0
            for thread in list(self._watches):
                self._look(thread)

    def _rest(self) -> None:
        self._awake = False
        if not self._watches:  # asked after that was said: whoever comes sees it, or is seen
            self._bell.get()
        self._awake = True

    def _look(self, thread: int) -> None:
        if not self._late(thread):
            return
        self._aim = thread
        try:
            late = self._late(thread)
            for watch in late:
                watch.struck = True
            if late:
                _send(thread)
        finally:
            self._aim = None

    def _late(self, thread: int) -> list[_Watch]:
        """Return what is late in a thread and may be struck, from the innermost outwards."""
        watch = self._watches.get(thread)
        late: list[_Watch] = []
        while watch is not None and not watch.over:
            if watch.due <= self._ticks:
                late.append(watch)
            watch = watch.outer
        return late


_OURS: Final = Watchdog()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_OURS.renew)
