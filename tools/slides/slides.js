// Typeset the mathematics, give each slide the largest letters that fit, then
// let reveal.js show them.

const LARGEST = 40, SMALLEST = 20; // px

function overflows(box) {
  return (
    box.scrollHeight > box.clientHeight ||
    [box, ...box.querySelectorAll("*")].some(
      (part) => part.clientWidth && part.scrollWidth > part.clientWidth,
    )
  );
}

// Of formulas in a row that is much too wide, each gets a line of its own.
function stack(formula) {
  const room = formula.parentElement.clientWidth;
  const {width} = formula.querySelector("svg").getBoundingClientRect();
  const {math} = [...MathJax.startup.document.math].find(
    (item) => item.typesetRoot == formula,
  );
  const parts = math.trim().split("\\qquad");
  if (width > 1.25 * room && parts.length > 1 && !math.includes("\\begin")) {
    const lines = parts.join("\\\\[0.5em]");
    formula.replaceWith(
      MathJax.tex2svg(`\\begin{gathered}${lines}\\end{gathered}`),
    );
  }
}

// A wide formula shouldn't make the text around it small, too.
function narrow(formula) {
  const room = formula.parentElement.clientWidth;
  const width = formula.querySelector("svg").getBoundingClientRect().width;
  if (width > room) {
    const size = parseFloat(getComputedStyle(formula).fontSize);
    const own = parseFloat(getComputedStyle(formula.parentElement).fontSize);
    formula.style.fontSize = `${(0.98 * size * room) / width / own}em`;
  }
}

function fit(slide) {
  const body = slide.querySelector(".body");
  let size = LARGEST;
  slide.style.fontSize = `${size}px`;
  slide.querySelectorAll("mjx-container[display]").forEach(stack);
  slide.querySelectorAll("mjx-container[display]").forEach(narrow);
  do {
    slide.style.fontSize = `${size}px`;
    size -= 1;
  } while (overflows(body) && size >= SMALLEST);
}

async function start() {
  await MathJax.startup.promise;
  await MathJax.typesetPromise();
  // The speaker's view has no style sheet that hides it.
  document
    .querySelectorAll(".notes mjx-assistive-mml")
    .forEach((copy) => copy.remove());
  await Promise.all([...document.fonts].map((font) => font.load()));
  document.querySelectorAll(".slide").forEach(fit);
  document.documentElement.classList.remove("fitting");
  await Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    center: false,
    hash: true,
    controls: false,
    slideNumber: "c/t",
    transition: "none",
    pdfSeparateFragments: false,
    plugins: [RevealNotes],
  });
  document.documentElement.classList.add("ready");
}

start();
