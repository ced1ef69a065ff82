"""The course's figure style and the few figures that several notebooks draw.

Every figure ends in `show` (the whole-figure functions call it), which takes
the alternative text that a reader who can't see the figure gets instead.
"""

import base64
import html
import io

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from IPython.display import display
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from PIL import Image

# Okabe and Ito's palette without its yellow, which a projector swallows:
# https://jfly.uni-koeln.de/color/
COLORS = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#009E73",
    "pink": "#CC79A7",
    "sky": "#56B4E9",
    "amber": "#E69F00",
    "black": "#222222",
}
PALETTE = list(COLORS.values())
MARKERS = "os^Dv*P"
# Blue is negative, orange positive, white zero.
DIVERGING = LinearSegmentedColormap.from_list(
    "course_diverging", ["#00395a", "#0072B2", "white", "#D55E00", "#6b2f00"]
)
_SCREEN_DPI = 80  # a figure 10 inches wide fills a notebook's page
_SHARPNESS = 1.6  # pixels in the file for each pixel on the page
_CLEAR_PIXEL = (
    "data:image/gif;base64,"
    "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
)


def use_course_style():
    """Set Matplotlib's defaults: large type, colours that colour-blind
    readers can tell apart, and line styles that do without colour.

    No setting of the reader's own is left, such as a dark style or LaTeX's
    type, but for the backend (and the formats of Jupyter's). A backend may
    bring settings of its own when it is loaded, so that comes first.
    """
    plt.switch_backend(plt.get_backend())
    matplotlib.rcdefaults()
    styles = ["-", "--", "-.", ":", "-", "--", "-."]
    plt.rcParams.update(
        {
            "axes.prop_cycle": cycler(color=PALETTE, linestyle=styles),
            "axes.grid": True,
            "axes.axisbelow": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titleweight": "bold",
            "axes.titlesize": 15,
            "axes.titlepad": 10,
            "axes.labelsize": 14,
            "figure.constrained_layout.use": True,
            "figure.dpi": _SCREEN_DPI,
            "figure.figsize": (9, 4.2),
            "figure.titlesize": 16,
            "figure.titleweight": "bold",
            "font.size": 14,
            "grid.color": "#dddddd",
            "image.cmap": "gray_r",
            "image.interpolation": "nearest",
            "legend.frameon": False,
            "lines.linewidth": 2.5,
            "lines.markersize": 8,
        }
    )


def show(fig, alt):
    """Display a figure once, with alternative text, and close it.

    No one place is read by all. nbconvert's classic template reads the
    ``alt`` in the metadata of the PNG, its default template and JupyterLab
    (4.6) drop that; terminals and diffs show the plain-text form. What all
    pages honour is the ``alt`` of an image written in HTML, so a clear pixel
    that carries the text follows the figure. (The figure itself stays a PNG
    output: GitHub shows those, and is strict about HTML.)

    Parameters: fig, a Matplotlib figure; alt, a sentence or two that say
    what a reader should take from the figure.
    Raises: ValueError if alt is shorter than 20 characters.
    """
    if len(alt.strip()) < 20:
        plt.close(fig)
        raise ValueError(
            "alt must describe the figure in a sentence (20 characters or "
            f"more), not {alt!r}"
        )
    image = io.BytesIO()
    dpi = _SCREEN_DPI * _SHARPNESS
    fig.savefig(image, dpi=dpi, facecolor="white", bbox_inches="tight")
    plt.close(fig)
    # 128 colours look the same and take a third of the space.
    picture = Image.open(image).convert("RGB").quantize(128)
    image = io.BytesIO()
    picture.save(image, "PNG", optimize=True)
    width = round(picture.width / _SHARPNESS)
    png = base64.b64encode(image.getvalue()).decode()
    display(
        {"image/png": png, "text/plain": alt},
        metadata={"image/png": {"alt": alt, "width": width}},
        raw=True,
    )
    pixel = f'<img alt="{html.escape(alt)}" src="{_CLEAR_PIXEL}" width="1">'
    display({"text/html": pixel}, raw=True)


def image_grid(
    images, titles=None, *, alt, columns=10, cmap=None, title=None, size=1.0
):
    """Show images side by side.

    Parameters: images, an array (n, height, width) or (n, height, width, 3)
    or a list of such images; titles, n short strings or None; cmap, a colour
    map for grey images (with `DIVERGING`, white is put at zero and all
    images share the limits); title, of the whole figure; size, of one image
    in inches; alt, the alternative text.
    """
    rows = -(-len(images) // columns)
    columns = min(columns, len(images))
    space = 0.3 * (titles is not None) * (1 + max(map(_lines, titles or [""])))
    fig, axes = plt.subplots(
        rows,
        columns,
        figsize=(columns * size, rows * (size + space)),
        squeeze=False,
    )
    limits = {}
    if cmap is DIVERGING:
        largest = max(np.abs(image).max() for image in images)
        limits = {"vmin": -largest, "vmax": largest}
    for ax in axes.flat:
        ax.axis("off")
    for i, (ax, image) in enumerate(zip(axes.flat, images)):
        shown = ax.imshow(image, cmap=cmap, **limits)
        if titles is not None:
            ax.set_title(
                titles[i], fontsize=11, weight="normal", loc="center", pad=4
            )
    if cmap is DIVERGING:
        fig.colorbar(shown, ax=axes, shrink=0.9, pad=0.02)
    if title:
        fig.suptitle(title, x=0.01, ha="left")
    show(fig, alt)


def _lines(text):
    return text.count("\n")


def training_curves(curves, *, alt, title, ylabel, xlabel="epoch"):
    """Plot one line for each named sequence, labelled at its end.

    Parameters: curves, a dict from label to a sequence of numbers, or to a
    pair (x, y) of sequences; alt, the alternative text.
    """
    fig, ax = plt.subplots()
    for label, curve in curves.items():
        if not (isinstance(curve, tuple) and len(curve) == 2):
            curve = np.arange(1, len(curve) + 1), curve
        ax.plot(*curve, label=label)
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    if len(curves) > 1:
        fig.legend(loc="outside right center")
    show(fig, alt)


def confusion_matrix(labels, predictions, class_names, *, alt, title):
    """Show how often each class (row) is predicted as each other (column).

    Parameters: labels and predictions, (n,) integers below k; class_names,
    k strings; alt, the alternative text.
    Returns: the (k, k) integer array of counts, true class by row.
    """
    k = len(class_names)
    counts = np.zeros((k, k), dtype=int)
    np.add.at(counts, (np.asarray(labels), np.asarray(predictions)), 1)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    fig, ax = plt.subplots(figsize=(0.75 * k + 2, 0.62 * k + 1.6))
    ax.imshow(share, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for i, j in zip(*np.nonzero(counts)):
        color = "white" if share[i, j] > 0.5 else "black"
        ax.text(
            j, i, counts[i, j], ha="center", va="center", color=color, size=12
        )
    ax.set_xticks(range(k), class_names, rotation=35, ha="right")
    ax.set_yticks(range(k), class_names)
    ax.grid(False)
    ax.set(title=title, xlabel="predicted class", ylabel="true class")
    show(fig, alt)
    return counts


def decision_regions(ax, predict, X, y):
    """Draw the examples on the plane, and the class predicted at each point.

    Parameters: ax, the axes to draw on; predict, a function from (m, 2)
    points to (m,) integer classes; X, (n, 2) examples; y, (n,) integer
    labels from 0.
    """
    low, high = X.min(axis=0), X.max(axis=0)
    margin = 0.1 * (high - low)
    low, high = low - margin, high + margin
    grid = np.meshgrid(*np.linspace(low, high, 200).T)
    points = np.stack([axis.ravel() for axis in grid], axis=1)  # (40000, 2)
    k = int(y.max()) + 1
    regions = np.asarray(predict(points)).reshape(200, 200)
    ax.pcolormesh(
        *grid,
        regions,
        cmap=ListedColormap(PALETTE[:k]),
        vmin=-0.5,
        vmax=k - 0.5,
        alpha=0.2,
        rasterized=True,
    )
    for c in range(k):
        ax.scatter(
            *X[y == c].T,
            color=PALETTE[c],
            marker=MARKERS[c],
            edgecolor="white",
            s=45,
        )
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    ax.grid(False)


def graph(inputs, labels, *, title, alt, size=12):
    """Draw a computational graph, its arrows pointing to the right.

    Parameters: inputs, a dict from each node to the list of nodes that it is
    computed from, these listed before it (the last node is the result);
    labels, a dict from node to three short strings, '' for none: its name,
    its value (above the box), its gradient (below); size, of the type.
    Nodes are hashable, no tuples. Leaves, nodes without inputs, are blue.
    """
    pieces, column = _columns(inputs)
    row = _rows(pieces, column)
    half = {node: 0.36 if node in inputs else 0 for node in pieces}
    width, height = (np.ptp([*p.values()]) + 1 for p in (column, row))
    fig, ax = plt.subplots(figsize=(min(9.5, 2 * width), height + 0.6))
    for node in pieces:
        for x in pieces[node]:
            ax.annotate(
                "",
                (column[node] - half[node], row[node]),
                (column[x] + half[x], row[x]),
                arrowprops={
                    "arrowstyle": "-|>" if half[node] else "-",
                    "shrinkA": 0,
                    "shrinkB": 0,
                    "color": "#555555",
                },
            )
    for node in inputs:
        fill = "white" if inputs[node] else "#d6eaf8"
        _box(ax, column[node], row[node], labels[node], fill, size)
    ax.set_title(title)
    low, high = min(row.values()), max(row.values())
    ax.set(xlim=(0.5 - width, 0.5), ylim=(low - 0.5, high + 0.5))
    ax.axis("off")
    show(fig, alt)


def _columns(inputs):
    """Return ({node or corner: what it is drawn from}, {…: column}).

    A node's column is its distance from the result, along the longest way;
    an edge that passes a column gets a corner there.
    """
    column = dict.fromkeys(inputs, 0)
    for node in reversed(inputs):
        for x in inputs[node]:
            column[x] = min(column[x], column[node] - 1)
    pieces = {}
    for node in inputs:
        pieces[node] = []
        for number, x in enumerate(inputs[node]):
            for c in range(column[x] + 1, column[node]):
                corner = (node, number, c)
                pieces[corner], column[corner] = [x], c
                x = corner
            pieces[node].append(x)
    return pieces, column


def _rows(pieces, column):
    """Return {node or corner: row}, neighbours at least 1 apart.

    A node stands in the middle of its inputs; a leaf gets a row of its own,
    but if it joins a path that is drawn already it hangs below that path.
    """
    row, free = {}, 0
    user = {x: node for node in reversed(pieces) for x in pieces[node]}
    for c in sorted(set(column.values())):
        here = [node for node in pieces if column[node] == c]
        here.sort(key=lambda node: not pieces[node])  # leaves last
        for node in here:
            joins = pieces[node] or pieces.get(user.get(node), [])
            joins = [x for x in joins if pieces[x]] or pieces[node]
            if joins:
                row[node] = np.mean([row[x] for x in joins])
                row[node] -= not pieces[node]  # hung below
            else:
                row[node] = free
                free += 1
        here.sort(key=row.get)
        middle = np.mean([row[node] for node in here])
        for low, high in zip(here, here[1:]):
            row[high] = max(row[high], row[low] + 1)
        shift = np.mean([row[node] for node in here]) - middle
        row |= {node: row[node] - shift for node in here}
    return row


def _box(ax, c, r, texts, fill, size):
    """Draw a box in column c, row r: name, value above, gradient below."""
    box = plt.Rectangle((c - 0.36, r - 0.17), 0.72, 0.34, fc=fill, ec="k")
    ax.add_patch(box)
    for height, text in zip([0, 0.3, -0.3], texts):
        color = "#a84300" if height < 0 else "black"
        style = {"ha": "center", "va": "center", "size": size}
        ax.text(c, r + height, text, color=color, **style)
