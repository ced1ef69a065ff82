// From a folder (file://) a page may not read another one: the search then
// does without the lines in which it found the words.
if (location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

// A formula that scrolls sideways can be reached by keyboard, as the theme
// sees to it for code.
function reachFormulas() {
  for (const formula of document.querySelectorAll("mjx-container")) {
    if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
  }
}

document.addEventListener("toggle", reachFormulas, true);
window.addEventListener("resize", reachFormulas);
window.addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  reachFormulas();
});
