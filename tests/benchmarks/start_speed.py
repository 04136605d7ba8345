"""How long it takes to begin: the first frame in a terminal, and --help in a pipe."""

import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import pexpect
from measuring import alternating, median_row, ratio_row, seconds
from terminal import COMMAND, environment, spawn, walking

ROUNDS = 20
IMPORTS = "import numpy, rich.console, typer"


def rows():
    """Return the rows of the start."""
    with TemporaryDirectory() as folder:
        measures = measures_of(Path(folder))
        alternating(measures, 3)
        times = alternating(measures, ROUNDS)
    return [
        median_row(f"`python -c '{IMPORTS}'`", times["imports"] * 1000, "ms"),
        median_row("first frame of `walk` in a terminal", times["first frame"] * 1000, "ms"),
        ratio_row("first frame / those imports", times["first frame"], times["imports"], 1.2),
        median_row("`bn-tutor --help`, piped", times["help"] * 1000, "ms"),
        ratio_row("`--help` / those imports", times["help"], times["imports"]),
        ratio_row("`--help` / `python -c 'import typer'`", times["help"], times["typer"]),
    ]


def measures_of(state):
    return {
        "imports": partial(until_the_end, state),
        "first frame": partial(until_the_first_frame, state),
        "help": partial(seconds, partial(run_piped, state, COMMAND, "--help")),
        "typer": partial(seconds, partial(run_piped, state, sys.executable, "-c", "import typer")),
    }


def until_the_end(state):
    """Return the seconds that the imports take; in a terminal as well, so that both pay for one."""
    start = perf_counter()
    child = spawn(sys.executable, ("-c", IMPORTS), state)
    child.expect_exact(pexpect.EOF)
    taken = perf_counter() - start
    child.close()
    return taken


def until_the_first_frame(state):
    start = perf_counter()
    with walking(state):
        return perf_counter() - start


def run_piped(state, *command):
    subprocess.run(command, env=environment(state), stdout=subprocess.DEVNULL, check=True)
