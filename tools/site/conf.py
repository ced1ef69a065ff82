"""How Sphinx makes the site; see https://www.sphinx-doc.org."""

from tools.notebooks import badges

course = badges.course()

project = "Deep Learning, Cell by Cell"
language = "en"
extensions = ["tools.site.extension", "sphinx.ext.githubpages"]
smartquotes = False  # texts and code stay as they were written

# The set-up cell's shell command has two lines, which Pygments doesn't know.
suppress_warnings = ["misc.highlighting_failure"]

# Notebooks, as they were saved: nothing is executed.
nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}  # they would come from another host
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

# Mathematics, without a network
mathjax_path = "mathjax/tex-chtml.js"
mathjax3_config = {"options": {"enableMenu": False}}

html_theme = "pydata_sphinx_theme"
html_title = project
html_static_path = ["static"]
templates_path = ["templates"]
html_css_files = ["course.css"]
html_js_files = ["course.js"]
html_favicon = "static/favicon.svg"
html_copy_source = html_show_sourcelink = html_use_index = False
html_show_sphinx = False
html_sidebars = {"**": ["contents.html"]}
html_context = {"default_mode": "auto"}
html_theme_options = {
    "github_url": f"https://github.com/{course.repository}",
    "navbar_center": [],
    "navbar_end": ["theme-switcher", "navbar-icon-links"],
    "navbar_persistent": ["search-button-field"],
    "article_header_start": [],
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
    "footer_start": ["footer.html"],
    "footer_end": [],
    "show_toc_level": 2,
    "search_bar_text": "Search words and code",
}
