"""`python -m tools.site` writes the course's site into build/site."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from sphinx.cmd.build import build_main

from tools import npm
from tools.notebooks import files
from tools.site.sources import Sources

OUT = files.ROOT / "build" / "site"
# Of MathJax, what the pages load: the script, letters, and what it fetches
# when a formula needs it.
MATHJAX = "tex-chtml.js", "output/chtml/fonts/woff-v2", "input/tex/extensions"


def build(out, root=files.ROOT):
    """Write the site into the folder `out`, and replace what is there.

    Raises NotebookError if a notebook can't be read, or Sphinx warns of
    something; then the folder stays as it is.
    """
    with tempfile.TemporaryDirectory() as work:
        source, made = Path(work, "source"), Path(work, "site")
        sources = Sources(root)
        sources.write(source)
        settings = ["-c", str(Path(__file__).parent), "-q", "-E"]
        strict = ["-W", "--keep-going", "-j", str(os.cpu_count())]
        if build_main([*settings, *strict, str(source), str(made)]):
            raise files.NotebookError(
                "the site isn't written: mend what Sphinx warns of, above "
                f"({source}/NAME stands for the notebook or page NAME)"
            )
        sources.write_downloads(made)
        scripts = npm.folder("mathjax") / "es5"
        for name in MATHJAX:
            _copy(scripts / name, made / "_static" / "mathjax" / name)
        for rest in ".doctrees", ".buildinfo", "_sources", "objects.inv":
            _remove(made / rest)
        _remove(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, out)


def _copy(start, end):
    if start.is_dir():
        shutil.copytree(start, end)
    else:
        end.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(start, end)


def _remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def main():
    try:
        build(OUT)
    except files.NotebookError as error:
        sys.exit(str(error))
    print(f"Open {(OUT / 'index.html').relative_to(files.ROOT)}")


if __name__ == "__main__":
    main()
