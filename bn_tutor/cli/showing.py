"""What the command ``lesson show`` does once its options are read."""

import sys

import numpy as np

from bn_tutor.cli.output import console_for, fail, output_look, show, wants_plain
from bn_tutor.cli.targets import Request, subject_of
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.plain import one_line
from bn_tutor.engine.graph import Recording
from bn_tutor.engine.zoom import Level, zoom
from bn_tutor.export.dot import dot
from bn_tutor.export.lesson_document import lesson_json
from bn_tutor.export.mermaid import mermaid
from bn_tutor.views.lesson_graph import lesson_graph
from bn_tutor.views.lesson_table import lesson_table


def shown(request: Request, form: str, level: str) -> None:
    """Write a lesson to stdout in a form: table, graph, dot, mermaid or json."""
    lesson, recording = _recorded(request, Level(level))
    if form == "json":
        _write(lesson_json(lesson, recording, level) + "\n")
    elif form in ("dot", "mermaid"):
        _write(dot(recording.graph) if form == "dot" else mermaid(recording.graph))
    else:
        look = output_look(is_plain=wants_plain())
        is_graph = form == "graph"
        lines = lesson_graph(recording.graph, look) if is_graph else lesson_table(lesson, recording, look)
        show(lines, console_for(no_color=False))


def _recorded(request: Request, level: Level) -> tuple[Lesson, Recording]:
    # A local gradient may depend on the values, so the lesson is run; what it divides by is of no interest.
    with np.errstate(all="ignore"):
        is_function = request.target.rpartition(":")[0].endswith(".py")
        subject = None if is_function else subject_of(request)
        if subject is None or subject.lesson is None:
            fail(f"{one_line(request.target, 60)} is a function: lesson show shows lessons")
        return subject.lesson, zoom(subject.recording, level)


def _write(text: str) -> None:
    """Write a text for another program: UTF-8, whatever the terminal's encoding is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
