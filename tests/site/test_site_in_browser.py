"""The whole site in a browser, at a phone's, a tablet's and a desktop's width:
it fits, is found by eye, ear and keyboard, and asks no other host."""

import functools
import http.server
import importlib.util
import shutil
import threading
from urllib.parse import urlsplit

import pytest

from tools import npm

WIDTHS = {"desktop": 1280, "tablet": 820, "phone": 390}
BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LECTURE = "notebooks/05_backpropagation"
# Of each kind of page one, and one with a table of Keras's.
COLOURFUL = "index", "notebooks/01_linear_classifiers", "assignments/a02"
UNFOLD = "document.querySelectorAll('details').forEach(d => d.open = true)"
FIRST_TEXT = """performance.getEntriesByName("first-contentful-paint")[0]
    ?.startTime ?? 0"""
WRONG = "mjx-merror"  # how MathJax marks what it can't read
CHROMIUM = shutil.which("chromium")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(site):
    """Return the site's address at a server of this machine."""
    handler = functools.partial(Quiet, directory=site)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser(require):
    require(importlib.util.find_spec("playwright"), "playwright")
    require(CHROMIUM, "chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=BROWSER
        )
        yield browser
        browser.close()


@pytest.fixture
def tab(browser):
    """Return a function that opens an address in a new tab; a complaint of
    the browser's, or a request to another host, fails the test."""
    tabs, complaints = [], []

    def said(message):
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def asked(request):
        if urlsplit(request.url).hostname not in (None, "127.0.0.1"):
            complaints.append(request.url)

    def tab(url, **settings):
        tabs.append(browser.new_context(**settings).new_page())
        tabs[-1].on("console", said)
        tabs[-1].on("request", asked)
        tabs[-1].on("pageerror", lambda error: complaints.append(str(error)))
        go(tabs[-1], url)
        return tabs[-1]

    yield tab
    for page in tabs:
        page.context.close()
    assert not complaints


def go(page, url):
    """Open a page, and wait until its formulas are set."""
    page.goto(url)
    page.evaluate("window.MathJax?.startup?.promise?.then(() => 1)")


def faults(page, *without):
    """Return the serious faults that axe finds in a page, all unfolded."""
    page.evaluate(UNFOLD)
    page.evaluate((npm.folder("axe-core") / "axe.min.js").read_text("utf-8"))
    found = page.evaluate(
        """without => axe.run({exclude: ["mjx-container"]}, {
            resultTypes: ["violations"],
            rules: Object.fromEntries(without.map(r => [r, {enabled: false}]))
        })""",
        without,
    )
    return [
        f"{fault['id']}: {node['html'][:200]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


def test_every_page_fits_and_has_no_fault(tab, address, pages):
    page, found, paints = tab(address), {}, []
    for name in pages:
        page.set_viewport_size({"width": WIDTHS["desktop"], "height": 900})
        go(page, f"{address}{name}.html")
        paints.append(page.evaluate(FIRST_TEXT))
        problems = faults(page, "color-contrast")
        problems += [e.text_content() for e in page.query_selector_all(WRONG)]
        for device, width in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.body.parentNode.scrollWidth") > width:
                problems.append(f"scrolls sideways on a {device}")
        found |= {name: problems} if problems else {}
    print(f"first text after {max(paints) / 1000:.2f} s at most")
    assert not found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_told_apart(tab, address, scheme):
    page = tab(address, color_scheme=scheme)
    found = {}
    for name in COLOURFUL:
        go(page, f"{address}{name}.html")
        found[name] = faults(page)
    assert not any(found.values()), found


def test_figures_are_on_white_in_the_dark(tab, address):
    page = tab(f"{address}{LECTURE}.html", color_scheme="dark")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, ground.strip("rgba()").split(",")[:3])) < 60
    white, change = page.evaluate(
        """(() => {
            const style = getComputedStyle(
                document.querySelector(".cell_output img"));
            return [style.backgroundColor, style.filter];
        })()"""
    )
    assert white == "rgb(255, 255, 255)"
    assert "invert" not in change


@pytest.mark.parametrize("word", ["spider", "__array_ufunc__"])
@pytest.mark.parametrize("from_folder", [False, True])
def test_search_finds_words_and_code(tab, address, site, word, from_folder):
    start = site.as_uri() + "/" if from_folder else address
    page = tab(f"{start}index.html")
    page.get_by_role("button", name="Search").locator("visible=true").click()
    page.keyboard.type(word)
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    links = page.query_selector_all("#search-results li a")
    assert any(f"{LECTURE}.html" in a.get_attribute("href") for a in links)
    # Words of prose or code are shown around it, where pages can be read.
    if not from_folder:
        page.wait_for_selector(f"#search-results .context >> text={word}")


def test_a_page_from_a_folder_sets_its_formulas_and_says_them(tab, site):
    page = tab((site / f"{LECTURE}.html").as_uri())
    formulas = page.locator("article .math").count()
    assert formulas > 0
    assert page.locator("mjx-container > mjx-math").count() == formulas
    spoken = "mjx-container > mjx-assistive-mml > math"
    assert page.locator(spoken).count() == formulas


def test_buttons_are_reached_and_opened_by_keyboard(tab, address):
    page = tab(f"{address}{LECTURE}.html")
    reached = "document.activeElement.textContent"
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate(reached) == "Show the answer":
            break
    page.keyboard.press("Enter")
    box = "document.activeElement.parentNode"
    assert page.evaluate(f"{box}.className") == "course-answer"
    assert page.evaluate(f"{box}.open")


def test_formulas_that_scroll_are_reached_by_keyboard(tab, address):
    page = tab(
        f"{address}{LECTURE}.html", viewport={"width": 390, "height": 900}
    )
    page.evaluate(UNFOLD)
    wide = """[...document.querySelectorAll("mjx-container")]
        .filter(formula => formula.scrollWidth > formula.clientWidth)"""
    page.wait_for_function(f"{wide}.every(box => box.tabIndex == 0)")
    assert page.evaluate(f"{wide}.length") > 0


def test_on_a_phone_the_side_bar_opens(tab, address):
    page = tab(address, viewport={"width": 390, "height": 900})
    side_bar = page.locator("#pst-primary-sidebar-modal")
    assert not side_bar.is_visible()
    page.get_by_role("button", name="Site navigation").click()
    side_bar.locator(f"a[href='{LECTURE}.html']").click()
    page.wait_for_url(f"{address}{LECTURE}.html")
