"""Small lessons for the tests. Their graph begins on line 14 of the file."""

from bn_tutor.course.problem import Findings
from bn_tutor.course.reader import parse_lesson, read_lesson

FRONT = """\
+++
format = 1
title = "A small lesson"

[sizes]
N = 4
D = 3

[inputs]
x = { shape = ["N", "D"] }
w = { shape = ["D"] }
+++
"""
GRAPH_LINE = 14
SMALL = FRONT + "```graph\ny = w * x\n```\n"


def with_graph(*lines):
    return FRONT + "\n".join(["```graph", *lines, "```", ""])


def with_input(row, graph="y = z * 2"):
    """Return a lesson whose one input is ``row``, on line 4."""
    return f"+++\nformat = 1\n[inputs]\nz = {{ {row} }}\n+++\n```graph\n{graph}\n```\n"


def with_front(*lines, body="```graph\ny = x * 2\n```\n"):
    """Return a lesson with these lines of front matter, from line 3, and an input x after them."""
    return "\n".join(["+++", "format = 1", *lines, "[inputs]", "x = { shape = [4, 3] }", "+++", body])


def parsed(text):
    return parse_lesson(text, "lesson", Findings("lesson.md"))


def problems(text):
    """Return what ``parsed`` complains about, as it is printed."""
    found = parsed(text)
    assert isinstance(found, tuple), "no problem was found"
    return [str(problem) for problem in found]


def written(folder, content):
    """Write text or bytes to lesson.md in the folder; return its path."""
    path = folder / "lesson.md"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def file_problems(folder, content):
    """Return what ``read_lesson`` complains about in a file of this content, as it is printed."""
    found = read_lesson(written(folder, content), "lesson.md")
    assert isinstance(found, tuple), "no problem was found"
    return [str(problem) for problem in found]
