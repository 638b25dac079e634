"""How long a learner's code may run: an endless loop must not hang the notebook."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Event, Thread, current_thread, get_ident, main_thread


@dataclass(frozen=True)
class Limit:
    """How long code may run, in seconds on the machine that this was written on.

    Args:
        cpu: of computing, so that a busy computer, which is merely late, costs nobody an answer.
        wall: on the clock, for what sleeps or waits and so computes nothing. While the computer is
            too busy to let this process on, that clock goes more slowly: see `_share_given`.
    """

    cpu: float
    wall: float

    def left(self, cpu: float, wall: float, free: float) -> float:
        """The time until code that has taken so much can be over the limit; over it, 0 or less.

        TensorFlow's threads compute at the same time: of that, no more counts than the clock shows.
        Of the clock, only what it was `free` to use counts against what waits.
        """
        return min(self.cpu - min(cpu, wall), self.wall - free)

    def exceeded(self, cpu: float, wall: float) -> str:
        """What a learner reads whose code was stopped after so much: no cause that is not known."""
        if min(cpu, wall) >= self.cpu:
            return (
                f"your code was still running after {cpu:.1f} s of computing ({wall:.1f} s on the "
                "clock) and was stopped. If it trains, fewer epochs are enough for this check; if "
                "not, does a loop in it end?"
            )
        return (
            f"your code was still running after {wall:.1f} s on the clock and had computed for "
            f"{cpu:.1f} s of them; it was stopped. Does it wait for something, or is this computer "
            "very busy? Then run the check again."
        )


# For one check; the slowest right answer computes for 6 s.
TIME_LIMIT = Limit(cpu=30, wall=300)
_USUAL_LOOP = 0.02  # seconds: what the loop in `slowness` takes on that machine
_TICK = 1.0  # seconds between two looks at how busy the computer is


class OverLimit(Exception):
    """Code was stopped; the message says after how long, to whoever wrote it."""


@cache
def slowness() -> float:
    """How many times slower this machine computes than the usual one; at least 1. Measured once."""
    began = time.thread_time()
    for _ in range(1_000_000):
        pass
    return max(1.0, (time.thread_time() - began) / _USUAL_LOOP)


def _share_given(seconds: float = 0.02) -> float:
    """How much of a processor this process is given when it wants one, from 0 to 1.

    Tried by computing for so long. A busy computer gives less, so that an answer which is merely
    late is no more stopped by the clock than one on an idle computer.
    """
    began, computed = time.monotonic(), time.thread_time()
    while (taken := time.thread_time() - computed) < seconds:
        pass
    return min(1.0, taken / (time.monotonic() - began))


def _interrupt(thread: int) -> None:
    """Ctrl-C for the main thread, of this number; it ends a sleep, unlike interrupt_main."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(thread, signal.SIGINT)
    else:  # on Windows, where a sleep ends whichever thread the signal is raised in
        signal.raise_signal(signal.SIGINT)


@contextmanager
def time_limit(limit: Limit) -> Iterator[None]:
    """Stop the main thread's work at the limit, which is longer on a slower machine.

    Raises:
        OverLimit: the work was stopped.
    """
    if current_thread() is not main_thread():  # only the main thread can be interrupted
        yield
        return
    usual = signal.getsignal(signal.SIGINT)
    if not callable(usual):  # as in a program started with nohup: nothing could interrupt it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    limit = Limit(limit.cpu * slowness(), limit.wall * slowness())
    stopped_at: list[tuple[float, float]] = []  # computing and clock, at each interrupt
    here, done = get_ident(), Event()
    cpu, wall = time.process_time(), time.monotonic()

    def interrupt() -> None:
        wait, free, looked = limit.left(0, 0, 0), 0.0, wall
        while not done.wait(min(max(wait, 0.02), _TICK)):
            share, now = _share_given(), time.monotonic()
            free, looked = free + share * (now - looked), now
            computed = time.process_time() - cpu - time.thread_time()  # without the watching itself
            taken = computed, now - wall
            wait = limit.left(*taken, free)
            if wait <= 0:
                stopped_at.append(taken)
                _interrupt(here)
                wait = 0.5  # then again: C code on the way may swallow an interrupt and go on

    watcher = Thread(target=interrupt, daemon=True)
    watcher.start()
    try:
        try:
            yield
        finally:
            done.set()
            watcher.join()
            if stopped_at:
                time.sleep(0.1)  # let an interrupt that is already on its way arrive here
    except KeyboardInterrupt:
        if stopped_at:
            raise OverLimit(limit.exceeded(*stopped_at[-1])) from None
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler if usual is None else usual)
