"""What the course adds to Sphinx and MyST-NB, for readers who can't see."""

from html import escape

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.transforms import SphinxTransform


class AlternativeTexts(SphinxTransform):
    """Give each figure of a cell its plain text as alternative text.

    MyST-NB reads the width from an output's metadata, and nothing else.
    """

    default_priority = 500

    def apply(self):
        for bundle in self.document.findall(nodes.container):
            if bundle.get("nb_element") == "mime_bundle":
                forms = {form["mime_type"]: form for form in bundle.children}
                for image in bundle.findall(nodes.image):
                    image["alt"] = forms["text/plain"].astext()


def start_folded(translator, node):
    """Begin a folded cell: the button's text is what is read out, too."""
    label = escape(node["prompt_show"])
    translator.body.append(
        f'<details class="course-code"><summary>{label}</summary>\n'
    )


def end_folded(translator, node):
    translator.body.append("</details>\n")


def setup(app):
    app.setup_extension("myst_nb")
    app.add_transform(AlternativeTexts)
    app.add_node(
        HideCodeCellNode, override=True, html=(start_folded, end_folded)
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
