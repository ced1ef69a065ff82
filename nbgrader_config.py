# Settings for nbgrader's own commands; tools/assignments.py and
# tools/grading/ read them too.
c = get_config()  # noqa: F821

c.CourseDirectory.source_directory = "notebooks/solutions"
c.CourseDirectory.release_directory = "notebooks/assignments"

# seconds for one cell; a whole notebook gets ten times as much
c.Execute.timeout = 60
