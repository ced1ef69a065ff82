"""The kernel that runs a student's notebook: IPython with limits.

`sandbox.py` starts it as a script, in a box where only this file, Python
and the course's `utils` and data can be seen:
    python kernel.py MEGABYTES -f CONNECTION_FILE
"""

import builtins
import os
import resource
import sys

sys.modules["debugpy"] = None  # nobody debugs; a third of the start-up
from ipykernel.kernelapp import IPKernelApp  # noqa: E402

FILE_SIZE = 256 * 2**20  # bytes


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


def protect(shell):
    """Undo what a cell assigned into NumPy or builtins before the next.

    `np.sum = my_sum` spoils the exercise it belongs to, not the others.
    """
    import numpy as np

    modules = [builtins, np, np.linalg, np.random]
    originals = [dict(vars(module)) for module in modules]

    def restore(*_):
        for module, original in zip(modules, originals, strict=True):
            vars(module).update(original)

    shell.events.register("pre_run_cell", restore)


def main():
    limit(int(sys.argv[1]))
    app = IPKernelApp.instance(
        parent_handle=int(os.environ.get("JPY_PARENT_PID", 0))
    )
    app.initialize(sys.argv[2:])
    for name in ("exit", "quit"):  # IPython's own would end the kernel
        app.shell.user_ns[name] = sys.exit
    protect(app.shell)
    app.start()


if __name__ == "__main__":
    main()
