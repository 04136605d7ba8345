"""How long lint takes: for the shipped lessons, in one process, and for lessons of very many nodes."""

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
# The second is nearly as long as a file may be: five lines a node.
NODES = (500, 1900)
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
        measures = measures_of(Path(folder))
        alternating(measures, 1)
        times = alternating(measures, ROUNDS)
    lessons, imports = times["lessons"], times["imports"]
    return [
        median_row(f"`lesson lint` of the {count} shipped lessons", lessons, "s"),
        ratio_row(
            f"the same for one lesson on average / `python -c '{IMPORTS}'`", lessons / count, imports, 3.0
        ),
        *(median_row(f"`lesson lint` of a lesson with {count} nodes", times[count], "s") for count in NODES),
    ]


def measures_of(folder):
    """Return what is measured, by name and by the number of nodes; the lessons are written to the folder."""
    files = {count: folder / f"nodes{count}.md" for count in NODES}
    for count, file in files.items():
        file.write_text(large_lesson(count), encoding="utf-8")
    lint = {count: (COMMAND, "lesson", "lint", str(file)) for count, file in files.items()}
    lint["lessons"] = (COMMAND, "lesson", "lint", str(LESSONS))
    lint["imports"] = (sys.executable, "-c", IMPORTS)
    return {name: partial(seconds, partial(run, folder, *command)) for name, command in lint.items()}


def large_lesson(count):
    """Return a lesson of so many nodes, half of which two others use, each with prose that quotes a value."""
    names = [f"n{place}" for place in range(count)]
    graph = ["n0 = x * x"]
    for place, name in enumerate(names[1:], 1):
        far = names[max(0, place - 7)]
        formula = f"{names[place - 1]} + tanh({far})" if place % 2 else f"{names[place - 1]} * 0.5"
        graph.append(f"{name} = {formula}")
    prose = (f"## {name}\nIts first row: {{value: {name}[0]}}.\n### backward\nWords." for name in names)
    return FRONT + "\n".join(graph) + "\n```\n\n" + "\n".join(prose)


def run(state, *command):
    subprocess.run(command, env=environment(state), stdout=subprocess.DEVNULL, check=True)
