"""Code is stopped whatever it catches, and nothing is left behind."""

import contextlib
import signal
import sys
import threading
import time
import types

import pytest
from told import timers

from utils import limits
from utils.checking import check
from utils.limits import TimeLimit, TimeUp

pytestmark = timers


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """However busy this machine is, a loop isn't taken for waiting."""
    monkeypatch.setattr(limits, "PATIENCE", 1000)


def work():
    end = time.perf_counter() + 0.01
    while time.perf_counter() < end:
        pass


def plain():
    while True:
        work()


def bare():
    while True:
        try:
            work()
        except:  # noqa: E722
            pass


def base_exception():
    while True:
        try:
            work()
        except BaseException:
            continue


def finally_continue():
    while True:
        try:
            work()
        finally:
            continue


def suppressed():
    while True:
        with contextlib.suppress(BaseException):
            work()


def kept():
    errors = []
    while True:
        try:
            work()
        except BaseException as error:
            errors.append(error)


def nested():
    while True:
        try:
            while True:
                try:
                    work()
                except:  # noqa: E722
                    pass
        except:  # noqa: E722
            pass


def in_a_helper():
    while True:
        try:
            nested()
        except:  # noqa: E722
            pass


def generate():
    while True:
        with contextlib.suppress(BaseException):
            work()
        yield 1


def in_a_generator():
    while True:
        try:
            for _ in generate():
                pass
        except:  # noqa: E722
            pass


def another_error():
    while True:
        try:
            try:
                work()
            finally:
                raise ValueError
        except ValueError:
            pass


@pytest.mark.parametrize(
    "loop",
    [
        plain,
        bare,
        base_exception,
        finally_continue,
        suppressed,
        kept,
        nested,
        in_a_helper,
        in_a_generator,
        another_error,
    ],
)
def test_a_loop_is_stopped_whatever_it_catches(loop):
    before = sys.gettrace(), signal.getsignal(signal.SIGALRM)
    with pytest.raises(TimeUp, match="^Stopped after 0.1 seconds: does"):
        with TimeLimit(0.1):
            loop()
    assert (sys.gettrace(), signal.getsignal(signal.SIGALRM)) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_code_that_catches_it_once_and_ends_is_told_of():
    with TimeLimit(0.1) as limit:
        with contextlib.suppress(BaseException):
            plain()
    assert limit.reason.startswith("Stopped after 0.1 seconds")


def test_code_that_tidies_up_is_not_disturbed(monkeypatch):
    monkeypatch.setattr(limits, "AGAIN", 60)
    tidied = []
    with pytest.raises(TimeUp), TimeLimit(0.1):
        try:
            plain()
        finally:
            tidied.append(1)
            tidied.append(2)
    assert tidied == [1, 2]


def test_the_end_of_a_check_is_not_interrupted():
    frame = types.SimpleNamespace(f_code=check.__exit__.__code__)
    with TimeLimit(60) as limit:
        limit.seconds = 0  # over
        limit.alarm(signal.SIGALRM, frame)
        limit.running = False
    assert limit.reason == ""


def test_waiting_has_more_time_than_computing(monkeypatch):
    with TimeLimit(0.05) as limit:
        time.sleep(0.2)
    assert limit.reason == ""
    monkeypatch.setattr(limits, "PATIENCE", 2)
    with pytest.raises(TimeUp, match="^Stopped after 0.1 seconds, most of"):
        with TimeLimit(0.05):
            time.sleep(60)


def test_other_threads_cost_nothing():
    done = []

    def compute():
        while time.thread_time() < 0.3:
            pass
        done.append(True)

    with TimeLimit(0.1) as limit:
        threads = [threading.Thread(target=compute) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert done == [True, True] and limit.reason == ""


def test_a_debugger_s_tracer_comes_back():
    def tracer(*_):
        return None

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        with pytest.raises(TimeUp), TimeLimit(0.1):
            bare()
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)


def test_somebody_else_s_timer_goes_on():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(TimeUp), TimeLimit(0.05):
            plain()
        end = time.monotonic() + 60
        while not rung and time.monotonic() < end:
            time.sleep(0.01)
        assert rung == [True]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
