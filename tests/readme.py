"""Writes the blocks of the README that the program itself can tell: a frame, and the commands.

Run it as ``python tests/readme.py``; tests/test_readme.py fails where the README is not what it would write.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from typer.testing import CliRunner

from bn_tutor.cli.main import app
from bn_tutor.course.loading import load, record, upstream_of
from bn_tutor.engine.zoom import Level
from bn_tutor.views.look import Look
from bn_tutor.views.screen import screen
from bn_tutor.walk.state import start
from bn_tutor.walk.story import Tour
from bn_tutor.walk.subject import Subject

README = Path(__file__).resolve().parent.parent / "README.md"
_BLOCK = re.compile(r"(<!-- written: (\w+) -->\n```text\n).*?(\n```\n)", re.S)


def frame() -> str:
    """The frame of node 6 on the way back, as an 80 by 24 terminal shows it."""
    lesson = load("batchnorm")
    recording = record(lesson, level=Level.OPERATION)
    upstream = upstream_of(recording.output.shape, seed=0)
    tour = Tour(Subject("batchnorm", recording, upstream, 0, lesson.sizes, lesson))
    lines = screen(tour, start(tour, place=12), Look(width=80), 24).lines
    return "\n".join(line.plain.rstrip() for line in lines)


def help_of(*words: str) -> Callable[[], str]:
    """Return what --help prints of a command."""

    def run() -> str:
        result = CliRunner(env={"COLUMNS": "90", "TERMINAL_WIDTH": "90"}).invoke(app, [*words, "--help"])
        return result.output.replace("Usage: root", "Usage: bn-tutor").strip()

    return run


BLOCKS: Mapping[str, Callable[[], str]] = {
    "frame": frame,
    "commands": help_of(),
    "walk": help_of("walk"),
    "quiz": help_of("quiz"),
}


def rewritten(text: str) -> str:
    """Return the README with every written block made anew."""
    return _BLOCK.sub(lambda found: found[1] + BLOCKS[found[2]]() + found[3], text)


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
