"""The text of a lecture's cells as HTML: blocks, and sentences of a block."""

import re
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, NavigableString
from nbconvert.filters.markdown_mistune import (
    IPythonRenderer,
    MarkdownWithMath,
)

HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
# Where a sentence ends, but not after an initial, as in "L. Bottou", nor in a
# row of small questions: cold? hot?
END = re.compile(
    r"(?<=[.?!])(?<!\b[A-Z]\.)(?<!e\.g\.)(?<!i\.e\.)(?!(?<=\?)\s+[a-z])(\s+|$)"
)


def blocks(source):
    """Return the blocks of a Markdown text: paragraphs, lists, tables …"""
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    html = MarkdownWithMath(renderer=renderer).render(source)
    return BeautifulSoup(html, "html.parser").find_all(True, recursive=False)


def is_prose(block):
    """Tell if a block is a paragraph, and not a displayed formula or image."""
    return (
        block.name == "p"
        and not block.get_text().startswith("$$")
        and not block.find("img")
    )


def follows(block):
    """Tell if a paragraph goes on with the sentence before it."""
    return re.match(r"[a-z]", block.get_text()) is not None


def sentences(paragraph):
    """Return a paragraph's sentences as HTML; none ends within brackets,
    quotations, formulas or emphasis."""
    found, sentence = [], []
    for node in paragraph.contents:
        texts = END.split(node) if isinstance(node, NavigableString) else []
        for i, text in enumerate(texts):
            if i % 2 == 0:
                sentence.append(NavigableString(text))
            elif _is_whole(sentence):
                found.append(_html(sentence))
                sentence = []
            else:
                sentence.append(NavigableString(text))
        if not texts:
            sentence.append(node)
    rest = _html(sentence)
    return [html for html in [*found, rest] if html]


def _is_whole(nodes):
    text = "".join(node.get_text() for node in nodes)
    paired = all(text.count(mark) % 2 == 0 for mark in '$"')
    return paired and text.count("(") == text.count(")")


def _html(nodes):
    return "".join(
        node.output_ready("minimal")
        if isinstance(node, NavigableString)
        else str(node)
        for node in nodes
    ).strip()


def size(html):
    """Return the number of letters that a reader sees, about."""
    return len(BeautifulSoup(html, "html.parser").get_text())


def _said(paragraph):
    """Return its sentences without asides in brackets."""
    found = sentences(paragraph)
    return [html for html in found if html[0] != "("] or found


def first(paragraph, limit):
    """Return a paragraph's first sentences, up to `limit` letters, but one."""
    found = _said(paragraph)
    count = 1
    while size(" ".join(found[: count + 1])) <= limit and count < len(found):
        count += 1
    return " ".join(found[:count])


def last(paragraph, limit):
    """Return a paragraph's last sentence; an empty text if it is longer than
    `limit`."""
    found = _said(paragraph)
    return found[-1] if found and size(found[-1]) <= limit else ""


def refers_back(sentence):
    """Tell if a sentence, out of its place, would be about something else."""
    back = r"(It|That|This|These|Those|They|Both|Of|So|But|And|Or|Here that)\b"
    return sentence[-1] not in ":?" and re.match(back, sentence) is not None


def relink(html, page, decks):
    """Let links lead to other decks, or else into the course on GitHub.

    Parameters: html; page, the address of its notebook; decks, the names
    (without `.html`) of the decks that lie in the same folder.
    """
    soup = BeautifulSoup(html, "html.parser")
    for link in soup.find_all("a", href=True):
        parts = urlsplit(link["href"])
        name = parts.path.removesuffix(".ipynb")
        if not parts.scheme and name != parts.path and name in decks:
            link["href"] = f"{name}.html"
        else:
            link["href"] = urljoin(page, link["href"])
    return str(soup)
