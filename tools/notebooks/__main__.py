"""Commands:

python -m tools.notebooks format
python -m tools.notebooks badges owner/name [tag]
python -m tools.notebooks execute notebooks/02_topic.ipynb ...
python -m tools.notebooks timings
"""

import argparse
import sys
from pathlib import Path

from tools.notebooks import badges, files, running, timings


def main():
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("format")
    stamp = commands.add_parser("badges")
    stamp.add_argument("repository", metavar="owner/name")
    stamp.add_argument("tag", nargs="?")
    execute = commands.add_parser("execute")
    execute.add_argument("paths", nargs="+", type=Path)
    commands.add_parser("timings")
    arguments = parser.parse_args()
    try:
        if arguments.command == "format":
            for path in files.format_notebooks():
                print("formatted", path.relative_to(files.ROOT))
        elif arguments.command == "badges":
            badges.stamp(arguments.repository, arguments.tag)
        elif arguments.command == "execute":
            for path in arguments.paths:
                running.execute(path)
        else:
            timings.write_timings()
    except files.NotebookError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
