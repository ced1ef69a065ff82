# Settings for nbgrader's own commands; tools/assignments.py and
# tools/grading/ read them too.
c = get_config()  # noqa: F821

c.CourseDirectory.source_directory = "notebooks/solutions"
c.CourseDirectory.release_directory = "notebooks/assignments"
# mistakes.py holds wrong answers: not for students.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    "mistakes.py",
]

# seconds of computing for one cell; a whole notebook gets ten times as much
c.Execute.timeout = 60

# How the files or folders of a class are called, where grading doesn't see it
# by itself, from the beginning; an id keeps students of one name apart. For
# "3_Ann Lee_a01.ipynb":
# c.Collect.pattern = r"(?P<id>\d+)_(?P<name>[^_]+)"
