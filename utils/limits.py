"""A limit in time for code that may never end, whatever it catches."""

import os
import signal
import sys
import threading
import time

PATIENCE = 6  # times the seconds that code may compute, it may wait
AGAIN = 0.2  # seconds until code that went on is stopped once more


class TimeUp(BaseException):  # passes through `except Exception`
    """The seconds that some code was given are over."""

    def __init__(self, limit):
        super().__init__(limit.reason)
        self.limit = limit

    def __del__(self):  # an `except: pass` may have swallowed it
        if self.limit.running and self.limit.insists:
            self.limit.trace(sys._getframe(1))


class TimeLimit:
    """A block that is stopped by TimeUp after some seconds of computing.

    They are the main thread's own, so that neither a busy machine nor many
    cores cost any. Code that waits may take PATIENCE times as long. Code that
    catches TimeUp and goes on (`except: pass`, `finally: continue`) gets it
    again, at the next line that it runs, until it has left the block.

    It holds in the main thread, where the system has timers.

    Parameters: seconds. Attributes: reason, why it was stopped, or ''.
    """

    def __init__(self, seconds):
        self.seconds, self.reason = seconds, ""
        self.running = self.insists = False

    def __enter__(self):
        main = threading.current_thread() is threading.main_thread()
        if main and hasattr(signal, "setitimer"):
            self.outer = set(_stack(sys._getframe()))
            self.tracer = sys.gettrace()
            self.computed, self.begun = time.thread_time(), time.monotonic()
            self.handler = signal.signal(signal.SIGALRM, self.alarm)
            self.running = True
            self.timer = signal.setitimer(signal.ITIMER_REAL, self.seconds)
        self.started = self.running
        return self

    def __exit__(self, *_):
        self.running = False
        if not self.started:
            return
        if self.insists:
            sys.settrace(self.tracer)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self.handler)
        wait, interval = self.timer  # somebody else's
        if wait:
            wait = max(0.001, wait - (time.monotonic() - self.begun))
            signal.setitimer(signal.ITIMER_REAL, wait, interval)
        self.outer = None

    def alarm(self, _, frame):
        """Stop the code if its time is over, otherwise look again later."""
        computed = time.thread_time() - self.computed
        waited = time.monotonic() - self.begun
        left = min(self.seconds - computed, PATIENCE * self.seconds - waited)
        if not self.running:
            return
        if _is_ours(frame) or (left > 0 and not self.reason):
            signal.setitimer(signal.ITIMER_REAL, max(left, 0.01))
            return
        signal.setitimer(signal.ITIMER_REAL, AGAIN)
        if self.reason:  # the first TimeUp left it time to tidy up
            self.insists = True
            self.trace(frame)
        else:
            whole, why = self.seconds, ""
            if computed < whole:
                whole, why = PATIENCE * whole, ", most of them spent waiting"
            self.reason = (
                f"Stopped after {whole:g} seconds{why}: does a loop never end?"
            )
        raise TimeUp(self)

    def trace(self, frame):
        """Raise TimeUp at the next line of the block's functions."""
        sys.settrace(self.step)
        for inner in _stack(frame):
            if inner in self.outer:
                break
            inner.f_trace = self.step

    def step(self, frame, event, _):
        """See `sys.settrace`."""
        if not self.running or _is_ours(frame):
            return None
        if event == "line":
            raise TimeUp(self)
        return self.step


def _stack(frame):
    """Yield a frame and those that called it."""
    while frame:
        yield frame
        frame = frame.f_back


def _is_ours(frame):
    """Tell whether a frame ends the limit, or is at work for it."""
    name, own = frame.f_code.co_filename, __file__
    return name == own or (
        frame.f_code.co_name == "__exit__"
        and os.path.dirname(name) == os.path.dirname(own)
    )
