"""Does every mirror still deliver every file of the data sets, unharmed?

`python -m tools.mirrors` fetches them all, past any cache, and stores nothing.
"""

import os
import sys

from utils import data


def main():
    """Print the state of each file on each mirror; exit with the dead ones."""
    os.environ["TQDM_DISABLE"] = "1"  # the rows show how far it is
    dead = []
    for dataset in data.REGISTRY.values():
        for mirror in dataset.mirrors:
            address = mirror.removesuffix("/{}")
            states = []
            for file in dataset.files:
                states.append(_state(mirror.format(file.name), file))
                print(f"{address:84}{file.name:28}{states[-1]}", flush=True)
            faults = [state for state in states if state != "ok"]
            if faults:
                dead.append(
                    f"{dataset.title}: {address} fails for {len(faults)} of "
                    f"{len(states)} files ({'; '.join(dict.fromkeys(faults))})"
                )
    if dead:
        sys.exit("\n".join(dead))


def _state(url, file):
    """Return "ok", or why two attempts to fetch a file failed."""
    for _ in range(2):
        try:
            data.download(url, file)
            return "ok"
        except data.Unavailable as reason:
            state = str(reason)
    return state


if __name__ == "__main__":
    main()
