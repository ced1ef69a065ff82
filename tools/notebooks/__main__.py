"""Commands:

python -m tools.notebooks format
python -m tools.notebooks badges owner/name [tag]
python -m tools.notebooks execute NOTEBOOK ...
python -m tools.notebooks timings [NOTEBOOK ...]
python -m tools.notebooks rerun [NOTEBOOK ...]

A notebook is a path; without one, all lectures are meant.
"""

import argparse
import sys
from pathlib import Path

from tools.notebooks import (
    badges,
    engine,
    files,
    rerun,
    running,
    timings,
)


def main():
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("format")
    stamp = commands.add_parser("badges")
    stamp.add_argument("repository", metavar="owner/name")
    stamp.add_argument("tag", nargs="?")
    for name, number in ("execute", "+"), ("timings", "*"), ("rerun", "*"):
        command = commands.add_parser(name)
        command.add_argument("paths", nargs=number, type=Path)
    arguments = parser.parse_args()
    try:
        if arguments.command == "format":
            for path in files.format_notebooks() + engine.write_engine():
                print("formatted", path.relative_to(files.ROOT))
        elif arguments.command == "badges":
            badges.stamp(arguments.repository, arguments.tag)
        elif arguments.command == "execute":
            for path in arguments.paths:
                running.execute(path)
        elif arguments.command == "timings":
            timings.write_timings(arguments.paths or files.lecture_paths())
        else:
            sys.exit(_rerun(arguments.paths or files.lecture_paths()))
    except files.NotebookError as error:
        sys.exit(str(error))


def _rerun(paths):
    """Print each fault; return how the command ends."""
    faults = 0
    for path in paths:
        try:
            for fault in rerun.rerun(path):
                print(fault, flush=True)
                faults += 1
        except files.NotebookError as error:
            print(error, flush=True)
            faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    main()
