"""How long lint takes: for the shipped lessons, in one process, and for a lesson of 500 nodes."""

import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from measuring import alternating, median_row, ratio_row, seconds
from terminal import COMMAND, environment

ROUNDS = 5
IMPORTS = "import numpy, rich.console"
LESSONS = Path(__file__).resolve().parents[2] / "lessons"
NODES = 500
FRONT = """\
+++
format = 1
title = "Many nodes"

[sizes]
N = 4
D = 3

[inputs]
x = { shape = ["N", "D"] }
+++

```graph
"""


def rows():
    """Return the rows of lint."""
    count = len([path for path in LESSONS.glob("*.md") if path.stem != "README"])
    with TemporaryDirectory() as folder:
        large = Path(folder) / "large.md"
        large.write_text(large_lesson(), encoding="utf-8")
        measures = measures_of(Path(folder), large)
        alternating(measures, 1)
        times = alternating(measures, ROUNDS)
    lessons, imports = times["lessons"], times["imports"]
    return [
        median_row(f"`lesson lint` of the {count} shipped lessons", lessons, "s"),
        ratio_row(
            f"the same for one lesson on average / `python -c '{IMPORTS}'`", lessons / count, imports, 3.0
        ),
        median_row(f"`lesson lint` of a lesson with {NODES} nodes", times["large"], "s"),
    ]


def measures_of(state, large):
    return {
        "imports": partial(seconds, partial(run, state, sys.executable, "-c", IMPORTS)),
        "lessons": partial(seconds, partial(run, state, COMMAND, "lesson", "lint", str(LESSONS))),
        "large": partial(seconds, partial(run, state, COMMAND, "lesson", "lint", str(large))),
    }


def large_lesson():
    """Return a lesson of NODES nodes, half of which two others use, each with prose that quotes a value."""
    names = [f"n{place}" for place in range(NODES)]
    graph = ["n0 = x * x"]
    for place, name in enumerate(names[1:], 1):
        far = names[max(0, place - 7)]
        formula = f"{names[place - 1]} + tanh({far})" if place % 2 else f"{names[place - 1]} * 0.5"
        graph.append(f"{name} = {formula}")
    prose = (
        f"## {name}\n\nIts first row: {{value: {name}[0]}}.\n\n### backward\n\nWords.\n" for name in names
    )
    return FRONT + "\n".join(graph) + "\n```\n\n" + "\n".join(prose)


def run(state, *command):
    subprocess.run(command, env=environment(state), stdout=subprocess.DEVNULL, check=True)
