"""Measures bn-tutor on this machine and prints a Markdown table: ``python tests/benchmarks/run.py``.

It says how long it took. Ratios compare runs that took turns; spread is the middle half of the rounds. Name
one or more of ``engine``, ``start``, ``keys``, ``lint``, ``quiz``, ``check`` and ``labs`` to run
only those.
"""

import os
import platform
import sys
from time import perf_counter

import check_speed
import engine_speed
import key_speed
import lab_speed
import lint_speed
import numpy as np
import quiz_speed
import start_speed
from measuring import table

PARTS = {
    "engine": engine_speed.rows,
    "start": start_speed.rows,
    "keys": key_speed.rows,
    "lint": lint_speed.rows,
    "quiz": quiz_speed.rows,
    "check": check_speed.rows,
    "labs": lab_speed.rows,
}


def machine():
    """Return one line on what this runs on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
    return f"{cores} cores, {versions}, {platform.platform()}"


def main(names):
    start = perf_counter()
    rows = [row for name in names or PARTS for row in PARTS[name]()]
    print(f"{machine()}; taken in {perf_counter() - start:.0f} s", end="\n\n")
    print(table(rows))


if __name__ == "__main__":
    main(sys.argv[1:])
