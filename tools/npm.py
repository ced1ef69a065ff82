"""Scripts for pages in a browser: from npm, checked and unpacked."""

import sys
from pathlib import Path

import pooch

from tools.notebooks.files import NotebookError

ADDRESS = "https://registry.npmjs.org/{name}/-/{name}-{version}.tgz"
# Each package's version, and the SHA-256 of its archive.
PACKAGES = {
    "axe-core": (
        "4.14.1",
        "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745",
    ),
    "mathjax": (
        "3.2.2",
        "1b9c0a1c44df864e915690558e72adb9cc5203360daefd385084ced3b6c64c09",
    ),
    "reveal.js": (
        "5.2.1",
        "359b575dd51bbda32f89b2fd4c7dc46ad7389a805572158916c29252f7a27333",
    ),
}


def folder(name):
    """Return the Path of a package's files, fetched the first time.

    They lie beside the environment's own packages, so that later runs need no
    network.

    Raises: NotebookError if they are not there and can't be fetched.
    """
    version, sha256 = PACKAGES[name]
    archive = f"{name}-{version}.tgz"
    try:
        pooch.retrieve(
            ADDRESS.format(name=name, version=version),
            f"sha256:{sha256}",
            fname=archive,
            path=Path(sys.prefix, "npm"),
            processor=pooch.Untar(),
        )
    except (OSError, ValueError) as error:  # no network; another file
        raise NotebookError(
            f"{name} {version} can't be fetched, which is needed once: "
            f"{str(error).splitlines()[0]}"
        ) from None
    return Path(sys.prefix, "npm", f"{archive}.untar", "package")
