"""How long ``bn-tutor check`` takes beyond what Python and NumPy take to start.

The command starts two processes, the second while the first imports what it needs; what is compared is one
``python -c 'import numpy, rich, typer'``.
"""

import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from measuring import alternating, median_row, seconds
from terminal import COMMAND, environment

ROUNDS = 15
RIGHT = Path(__file__).resolve().parents[1] / "checker" / "right" / "staged_divar.py"
# What is wrong in one line of it, and how it is found: where a value is odd, and where none is.
MISTAKES = {
    "a sum without an axis": ("dbeta = np.sum(dout, axis=0)", "dbeta = np.sum(dout)"),
    "gamma forgotten": ("dxhat = dgammax * gamma", "dxhat = dgammax"),
}


def rows():
    """Return the rows of the check."""
    with TemporaryDirectory() as folder:
        measures = measures_of(Path(folder))
        alternating(measures, 2)
        times = alternating(measures, ROUNDS)
    start = times.pop("start")
    right = times.pop("right")
    rows = [median_row("check of a right file, beyond the start", (right - start) * 1000, "ms", 300)]
    return rows + [
        median_row(f"check of a wrong file: {name}, beyond the start", (taken - start) * 1000, "ms", 1000)
        for name, taken in times.items()
    ]


def measures_of(state):
    measures = {
        "start": partial(seconds, partial(run, state, sys.executable, "-c", "import numpy, rich, typer")),
        "right": partial(seconds, partial(run, state, COMMAND, "check", str(RIGHT))),
    }
    for number, (name, change) in enumerate(MISTAKES.items()):
        path = state / f"wrong_{number}.py"
        source = RIGHT.read_text(encoding="utf-8")
        if change[0] not in source:
            raise ValueError(f"there is no {change[0]!r} in {RIGHT.name}")
        path.write_text(source.replace(*change), encoding="utf-8")
        measures[name] = partial(seconds, partial(run, state, COMMAND, "check", str(path)))
    return measures


def run(state, *command):
    subprocess.run(command, env=environment(state), stdout=subprocess.DEVNULL, check=False)
