"""The kernel that runs a student's notebook: IPython with limits.

`sandbox.py` starts it as a script, in a box where only this file, Python and
the course's `utils` and data can be seen:

    python kernel.py MEGABYTES SECONDS ASSIGNMENTS -f CONNECTION_FILE

ASSIGNMENTS, such as "a02,a05" or "", are those whose checks may be imported.
"""

import ast
import builtins
import importlib.abc
import importlib.util
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path

sys.modules["debugpy"] = None  # nobody debugs; a third of the start-up
from ipykernel.kernelapp import IPKernelApp  # noqa: E402

FILE_SIZE = 256 * 2**20  # bytes
PUT_BACK = "application/vnd.course.put-back"  # names a cell had replaced


class Timeout(BaseException):  # passes through `except Exception`
    """A cell has computed for longer than it may."""


def limit(megabytes):
    """Limit this process's own memory, the files it writes, and no dump.

    RLIMIT_DATA counts private memory that can be written; RLIMIT_AS would
    count the address space too, of which TensorFlow reserves far more than
    it uses.
    """
    memory = megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_SIZE, FILE_SIZE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def end_with_the_grader():
    """End when the grader does: its end of the pipe on stdin is closed."""
    lifeline = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

    def wait():
        os.read(lifeline, 1)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()


def limit_seconds(shell, seconds):
    """Stop a cell that has computed for `seconds`.

    That is time on a processor, and time on the clock as well: neither a busy
    machine nor code that runs on many cores makes it come sooner.
    """
    start = 0.0

    def begin(*_):
        nonlocal start
        start = time.monotonic()
        signal.setitimer(signal.ITIMER_PROF, seconds, 1)  # again if swallowed

    def stop(*_):
        if time.monotonic() - start >= seconds:
            raise Timeout(f"more than {seconds} s of computing")

    def end(*_):
        signal.setitimer(signal.ITIMER_PROF, 0)

    signal.signal(signal.SIGPROF, stop)
    shell.events.register("pre_run_cell", begin)
    shell.events.register("post_run_cell", end)


def protect(shell, assignments):
    """Undo, after each cell, what it did to all that later cells rely on.

    `np.sum = my_sum` spoils the exercise it belongs to, not the others. The
    names go to the grader as an output of their own type.
    """
    import numpy as np

    import utils
    from utils import (
        checking,
        comparing,
        limits,
        mistakes,
        originals,
        ready_made,
    )

    checks = load_checks(assignments)
    own, of_checks = checking._restore, originals.Originals(checks).put_back
    checking._restore = lambda: own() + of_checks()
    put_back = originals.Originals(
        [builtins, os, time, signal, np, np.linalg, np.random, *checks]
        + [utils, checking, comparing, limits, mistakes, originals, ready_made]
    ).put_back
    environment, publish = dict(os.environ), shell.display_pub.publish
    folder = os.getcwd()

    def restore(*_):
        names = put_back()
        changed = {
            name for name in environment if os.environ.get(name) is None
        } | {n for n, v in environment.items() if os.environ.get(n, v) != v}
        os.environ.update(environment)
        os.chdir(folder)
        names += [f"os.environ[{name!r}]" for name in sorted(changed)]
        if names:
            publish({PUT_BACK: ", ".join(names)})

    shell.events.register("post_run_cell", restore)


def load_checks(assignments):
    """Import the checks of some of the course's assignments, before a
    student's code can; return these modules and the packages that they are
    found in."""
    import utils

    folder = Path(utils.__file__).parents[1] / "notebooks" / "assignments"
    for name in assignments:
        if (folder / name / "checks.py").exists():
            importlib.import_module(f"notebooks.assignments.{name}.checks")
    return [
        m for n, m in sys.modules.items() if f"{n}.".startswith("notebooks.")
    ]


def define_what_follows(shell):
    """After an error at a cell's top level, define what stands below it.

    `drive.mount(...)` or `input()` above a function fails here, and must not
    cost the function.
    """

    def define(result):
        error, source = result.error_in_exec, result.info.raw_cell
        trace = error and error.__traceback__
        while trace and trace.tb_frame.f_globals is not shell.user_ns:
            trace = trace.tb_next
        if trace is None or trace.tb_frame.f_code.co_name != "<module>":
            return
        for node in ast.parse(shell.transform_cell(source)).body:
            plain = isinstance(node, (ast.Import, ast.ImportFrom)) or (
                isinstance(node, (ast.FunctionDef, ast.ClassDef))
                and not node.decorator_list
            )
            if plain and node.lineno > trace.tb_lineno:
                code = ast.Module([node], [])
                try:
                    exec(compile(code, "<cell>", "exec"), shell.user_ns)
                except Exception:
                    continue

    shell.events.register("post_run_cell", define)


class Colab(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds an empty `google.colab`: `drive.mount(...)` does nothing."""

    def find_spec(self, name, path=None, target=None):
        if name == "google" or f"{name}.".startswith("google.colab."):
            return importlib.util.spec_from_loader(name, self, is_package=True)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        if module.__name__ != "google":
            module.__getattr__ = _nothing


def _nothing(name):
    if name.startswith("__"):
        raise AttributeError(name)
    from unittest.mock import MagicMock  # slow, and few notebooks ask

    return MagicMock(name=name)


def main():
    limit(int(sys.argv[1]))
    end_with_the_grader()
    app = IPKernelApp.instance(parent_handle=0)
    app.initialize(sys.argv[4:])
    for name in ("exit", "quit"):  # IPython's own would end the kernel
        app.shell.user_ns[name] = sys.exit
    sys.meta_path.append(Colab())
    limit_seconds(app.shell, int(sys.argv[2]))
    define_what_follows(app.shell)
    protect(app.shell, sys.argv[3].split(","))
    app.start()


if __name__ == "__main__":
    main()
