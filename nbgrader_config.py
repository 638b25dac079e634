"""How nbgrader turns solutions/ into exercises/; read by it and by tools/build.py."""

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = "weights-that-dont-learn"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.ClearSolutions.code_stub = {"python": "pass  # your code here"}
c.ClearSolutions.text_stub = "*Your answer here.*"
