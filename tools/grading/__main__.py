"""Grade a class.

    python -m tools.grading SUBMITTED --jobs 2

SUBMITTED is a folder (or zip) with what students sent. Beside it appears
SUBMITTED-a01-graded with grades.csv, review.md, feedback/STUDENT.html, and
the gradebook for what a person grades. Stop it whenever you like: the same
command goes on where it was, and grades again only what has changed. Run it
again after grading by hand, too: it renews grades.csv and the feedback.
"""

import sys

if __name__ == "__main__":
    if sys.platform != "linux":
        sys.exit(
            "grading wants Linux: use a Linux machine, WSL, or the container "
            "in README.md"
        )
    from tools.grading.grade import main

    main()
