"""Tests of utils.plotting: what is drawn, and how it is shown."""

import base64
import io

import matplotlib
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from PIL import Image

from utils import plotting

ALT = "A straight line that rises from left to right."


@pytest.fixture(autouse=True)
def no_figures_left():
    matplotlib.use("Agg")
    plotting.use_course_style()
    yield
    left = plt.get_fignums()
    plt.close("all")
    assert left == []


@pytest.fixture
def shown(monkeypatch):
    """What `show` displays: a list of (data, metadata) bundles."""
    bundles = []
    monkeypatch.setattr(
        plotting,
        "display",
        lambda data, metadata=None, raw=True: bundles.append((data, metadata)),
    )
    return bundles


@pytest.fixture
def drawn(monkeypatch):
    """The figures that the helpers hand to `show`, which closes them."""
    figures = []

    def keep(fig, alt):
        figures.append(fig)
        plt.close(fig)

    monkeypatch.setattr(plotting, "show", keep)
    return figures


def test_no_style_of_the_reader_s_own_is_left():
    plotting.use_course_style()
    course = dict(plt.rcParams)
    for style in ["dark_background", "seaborn-v0_8", "ggplot"]:
        plt.style.use(style)
        plt.rcParams["text.usetex"] = True
        plotting.use_course_style()
        assert dict(plt.rcParams) == course
    assert not course["text.usetex"]


IN_A_DARK_KERNEL = """
%config InlineBackend.rc = {"axes.facecolor": "black", "text.usetex": True}
%config InlineBackend.figure_formats = ["svg"]
import matplotlib.pyplot as plt
plt.style.use("dark_background")
from utils import plotting
plotting.use_course_style()
print(plt.get_backend(), plt.isinteractive())
plt.plot([1, 2])
plt.title("no LaTeX: 50 % & $x_1$")
print(plt.rcParams["axes.facecolor"], plt.rcParams["text.color"])
"""


def test_in_jupyter_the_backend_stays_and_the_style_does_not():
    cell = nbformat.v4.new_code_cell(IN_A_DARK_KERNEL)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(notebook, kernel_name="python3").execute()
    printed = "".join(output.get("text", "") for output in cell.outputs)
    assert printed.splitlines() == [
        "module://matplotlib_inline.backend_inline True",
        "white black",
    ]
    assert "image/svg+xml" in cell.outputs[-1].data


def png(bundle):
    data = base64.b64decode(bundle[0]["image/png"])
    return Image.open(io.BytesIO(data))


def test_show_gives_the_alternative_text_wherever_it_is_read(shown):
    fig, ax = plt.subplots()
    ax.plot([0, 1])
    plotting.show(fig, alt=ALT)
    (data, metadata), (pixel, _) = shown
    assert data["text/plain"] == ALT
    assert metadata["image/png"]["alt"] == ALT
    assert f'alt="{ALT}"' in pixel["text/html"]


def test_show_draws_sharply_but_at_the_size_of_the_page(shown):
    fig, ax = plt.subplots(figsize=(9, 4))
    ax.plot([0, 1])
    plotting.show(fig, alt=ALT)
    width = shown[0][1]["image/png"]["width"]
    assert 600 <= width <= 800  # a page of a notebook is about 800 wide
    assert png(shown[0]).width > 1.3 * width


def test_a_figure_without_alternative_text_is_refused():
    fig, _ = plt.subplots()
    with pytest.raises(ValueError, match="alt must describe"):
        plotting.show(fig, alt="a plot")


@pytest.mark.parametrize("template", ["lab", "classic"])
def test_nbconvert_writes_the_alternative_text_into_the_page(template):
    code = (
        "import matplotlib.pyplot as plt\n"
        "from utils import plotting\n"
        f"plotting.show(plt.figure(), alt={ALT!r})"
    )
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code)]
    )
    NotebookClient(notebook, kernel_name="python3").execute()
    exporter = HTMLExporter(template_name=template)
    page, _ = exporter.from_notebook_node(notebook)
    assert f'alt="{ALT}"' in page


def test_the_colours_differ_for_every_kind_of_colour_blindness():
    """Machado et al. (2009), severity 1, in linear RGB."""
    simulations = {
        "protanopia": [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
        "deuteranopia": [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
    }
    rgb = np.array([matplotlib.colors.to_rgb(c) for c in plotting.PALETTE])
    for matrix in simulations.values():
        seen = np.clip(rgb**2.2 @ np.transpose(matrix), 0, 1) ** (1 / 2.2)
        distance = np.linalg.norm(seen[:, None] - seen[None], axis=2)
        distance[np.diag_indices(len(rgb))] = np.inf
        assert distance.min() > 0.12


def test_lines_differ_without_colour(drawn):
    curves = {str(i): [1, 2] for i in range(4)}
    plotting.training_curves(curves, alt=ALT, title="t", ylabel="loss")
    styles = [line.get_linestyle() for line in drawn[0].axes[0].get_lines()]
    assert len(set(styles)) == 4


def test_training_curves_count_epochs_from_one(drawn):
    curves = {"a": [3, 2, 1], "b": ([0.5, 1.5], [7, 8])}
    plotting.training_curves(curves, alt=ALT, title="t", ylabel="loss")
    first, second = drawn[0].axes[0].get_lines()
    assert first.get_xydata().tolist() == [[1, 3], [2, 2], [3, 1]]
    assert second.get_xydata().tolist() == [[0.5, 7], [1.5, 8]]
    labels = [text.get_text() for text in drawn[0].legends[0].get_texts()]
    assert labels == ["a", "b"]


def test_image_grid_shows_each_image_once_in_order(drawn):
    images = np.arange(5 * 4).reshape(5, 2, 2)
    plotting.image_grid(images, list("abcde"), columns=3, alt=ALT)
    axes = drawn[0].axes
    assert len(axes) == 6  # two rows of three, the last one empty
    for image, title, ax in zip(images, "abcde", axes):
        assert (ax.images[0].get_array() == image).all()
        assert ax.get_title() == title
    assert not axes[5].images


def test_image_grid_centres_a_diverging_map_at_zero(drawn):
    images = [np.full((2, 2), -3.0), np.full((2, 2), 1.0)]
    plotting.image_grid(images, cmap=plotting.DIVERGING, alt=ALT)
    for ax in drawn[0].axes[:2]:
        assert ax.images[0].get_clim() == (-3, 3)


def test_confusion_matrix_counts_true_class_by_row(drawn):
    counts = plotting.confusion_matrix(
        [0, 0, 1, 2], [0, 1, 1, 0], ["a", "b", "c"], alt=ALT, title="t"
    )
    assert counts.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]
    ax = drawn[0].axes[0]
    written = {
        tuple(text.get_position()): text.get_text() for text in ax.texts
    }
    assert written[(1, 0)] == "1"  # column 1, row 0
    assert ax.get_ylabel() == "true class"


def test_decision_regions_colour_what_is_predicted():
    X = np.array([[0.0, 0.0], [4.0, 2.0]])
    fig, ax = plt.subplots()
    plotting.decision_regions(ax, lambda Z: Z[:, 0] > 2, X, np.array([0, 1]))
    [mesh] = [c for c in ax.collections if hasattr(c, "get_coordinates")]
    regions = mesh.get_array().reshape(200, 200)
    plt.close(fig)
    assert (regions[:, :90] == 0).all() and (regions[:, 110:] == 1).all()


def test_a_graph_s_arrows_point_to_the_right(drawn):
    inputs = {"a": [], "b": [], "+": ["a", "b"], "×": ["+", "b"]}
    labels = {node: (node, "1", "grad 1") for node in inputs}
    plotting.graph(inputs, labels, title="t", alt=ALT)
    [ax] = drawn[0].axes
    for arrow in ax.texts[:5]:  # b reaches × around a corner
        assert arrow.xyann[0] < arrow.xy[0]
    boxes = {box.get_xy(): box.get_facecolor() for box in ax.patches}
    assert len(boxes) == 4 and len(set(boxes.values())) == 2
    assert sum(text.get_text() == "grad 1" for text in ax.texts) == 4


def test_a_node_may_enter_another_one_twice(drawn):
    inputs = {"x": [], "+": ["x", "x"]}
    labels = {node: (node, "", "") for node in inputs}
    plotting.graph(inputs, labels, title="t", alt=ALT)
    assert len(drawn[0].axes[0].patches) == 2
