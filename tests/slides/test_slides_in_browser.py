"""How the slides look in a browser, on a projector of 1280 x 720 pixels."""

import importlib.util
import shutil

import pytest

from tools.notebooks import files

LECTURES = files.lecture_paths()
CHROMIUM = shutil.which("chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A function that returns each fault of the slides on the page, in words. All
# are laid out at their places, one after the other, with what clicks show.
FAULTS = """() => {
  const found = [];
  for (const fragment of document.querySelectorAll(".fragment"))
    fragment.classList.add("visible");
  const sections = [...document.querySelectorAll(".slides section")];
  for (const [index, section] of sections.entries()) {
    const say = (fault, part) => found.push(
      `${index + 1}: ${fault}: <${part.tagName} ${part.className}> `
      + part.textContent.trim().slice(0, 40));
    section.style.cssText = "display: block !important; top: 0";
    section.removeAttribute("hidden");
    const slide = section.querySelector(".slide");
    const box = slide.querySelector(".body").getBoundingClientRect();
    for (const part of slide.querySelectorAll(".body, .body *")) {
      if (part.closest("svg, mjx-assistive-mml")) continue;
      const own = part.getBoundingClientRect();
      if (own.left < box.left - 1 || own.right > box.right + 1
          || own.top < box.top - 1 || own.bottom > box.bottom + 1)
        say("sticks out", part);
      if (part.clientWidth && part.scrollWidth > part.clientWidth + 1
          || part.clientHeight && part.scrollHeight > part.clientHeight + 1)
        if (part.matches(".body, pre")) say("overflows", part);
      if (part.tagName == "IMG" && own.width * own.height < 120000)
        say("is a small picture", part);
      const letters = [...part.childNodes].some(
        (node) => node.nodeType == Node.TEXT_NODE && node.data.trim());
      const size = parseFloat(getComputedStyle(part).fontSize);
      if ((letters || part.matches("mjx-container")) && size < 19.99)
        say("has small letters", part);
      if (part.matches("mjx-container[display]") && size < 30)
        say("is a small formula", part);
    }
    for (const error of section.querySelectorAll("mjx-merror"))
      say("is no formula", error);
    const texts = document.createTreeWalker(section, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const {data, parentElement} = texts.currentNode;
      if (data.includes("$") && !parentElement.closest("pre, code"))
        say("has a dollar", parentElement);
    }
    section.style.cssText = "display: none";
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser(require):
    require(importlib.util.find_spec("playwright"), "playwright")
    require(CHROMIUM, "chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=QUIET
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    size = {"width": 1280, "height": 720}
    with browser.new_context(viewport=size) as context:
        yield context.new_page()


def show(page, folder, name, query=""):
    """Open a deck and wait until it is typeset and fits."""
    page.goto((folder / f"{name}.html").as_uri() + query)
    page.wait_for_selector("html.ready", state="attached")


@pytest.mark.parametrize("name", [path.stem for path in LECTURES])
def test_all_slides_can_be_read_and_nothing_is_fetched(page, folder, name):
    said, fetched = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: fetched.append(request.url))
    show(page, folder, name)
    assert page.evaluate(FAULTS) == []
    assert said == []
    assert len(fetched) > 5
    assert all(url.startswith(("file:", "data:")) for url in fetched)


PLANTED = {
    "sticks out": "p.style.marginLeft = '1200px'",
    "overflows": "p.style.height = '700px'",
    "has small letters": "p.style.fontSize = '19px'",
    "is no formula": "p.append(document.createElement('mjx-merror'))",
    "is a small formula": """
      const formula = document.createElement("mjx-container");
      formula.setAttribute("display", "true");
      formula.style.fontSize = "29px";
      p.append(formula)""",
    "has a dollar": "p.append('$x$')",
    "is a small picture": "p.append(new Image(200, 200))",
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_fault_would_be_found(page, folder, fault):
    show(page, folder, LECTURES[1].stem)
    page.evaluate(f"""() => {{
      const p = document.querySelectorAll(".slides section")[1]
        .querySelector(".body p");
      {PLANTED[fault]};
    }}""")
    assert any(f": {fault}:" in found for found in page.evaluate(FAULTS))


def test_a_click_shows_the_answer(page, folder):
    show(page, folder, "02_softmax_and_cross_entropy")
    index = page.evaluate("""() => {
      const predict = document.querySelector(".predict").closest("section");
      return [...predict.parentElement.children].indexOf(predict);
    }""")
    page.evaluate(f"Reveal.slide({index})")
    answer = page.locator("section.present pre.output")
    assert page.locator("section.present .predict").is_visible()
    assert answer.count() == 0
    page.keyboard.press("Space")
    assert page.locator("section.present .hl-ipython3").is_visible()
    assert not answer.is_visible()
    page.keyboard.press("Space")
    assert answer.is_visible()


def test_the_notes_open_beside_the_slides_with_their_formulas(page, folder):
    show(page, folder, "02_softmax_and_cross_entropy")
    index = page.evaluate("""() => {
      const formula = document.querySelector(".notes svg");
      const section = formula.closest("section");
      return [...section.parentElement.children].indexOf(section);
    }""")
    page.evaluate(f"Reveal.slide({index})")
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    notes = popup.value.locator(".speaker-controls-notes .value")
    notes.locator("svg").first.wait_for()
    assert len(notes.inner_text()) > 20
    assert notes.locator("mjx-assistive-mml").count() == 0


def test_slides_can_be_printed_one_a_page(page, folder):
    name = "02_softmax_and_cross_entropy"
    show(page, folder, name, "?print-pdf")
    page.locator(".pdf-page").last.wait_for()
    assert page.locator(".pdf-page").count() == page.locator(".slide").count()
    fits = """pages => pages.every(page => page.scrollHeight <= 721
      && page.querySelector(".slide").clientHeight == 720)"""
    assert page.locator(".pdf-page").evaluate_all(fits)
    hidden = ".fragment:not(.visible)"
    assert page.locator(hidden).count() == 0
