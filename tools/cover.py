"""The picture on top of README.md: a figure of a notebook, as it is saved.

`python -m tools.cover` writes it.
"""

import base64

from tools.notebooks import files

COVER = files.ROOT / ".github" / "cover.png"
NOTEBOOK = files.ROOT / "notebooks" / "09b_the_variational_autoencoder.ipynb"
TITLE = "Random codes of the trained network"  # of the figure's cell


def cover():
    """Return the PNG (bytes) of the first figure of the cell with TITLE."""
    for cell in files.read(NOTEBOOK).cells:
        if cell.cell_type == "code" and TITLE in cell.source:
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    return base64.b64decode(output.data["image/png"])
    raise files.NotebookError(
        f"{NOTEBOOK.name} has no figure {TITLE!r}: choose another one in "
        "tools/cover.py"
    )


if __name__ == "__main__":
    COVER.write_bytes(cover())
