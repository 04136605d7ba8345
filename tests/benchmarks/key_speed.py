"""How long a key press takes in a real pseudo-terminal, and what a walk over much data costs."""

import json
import subprocess
import sys
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from measuring import Row, median_row
from terminal import COMMAND, see_frame, walking

PRESSES = 100
# Nine frames forward and ten back: 18 steps to the last of them, and 18 steps home.
ALL_FRAMES = [" "] * 18 + ["b"] * 18
# Each changes the screen: what stands there already is not painted again.
OTHER_KEYS = ["G", "b", "z", "z", "z", "J", "J", "v", "v", "?", "?", "i", "i", "<"]
MANY = 10**6
# In a small process of its own: a child's peak counts what its parent held when it was started.
MEASURE = """
import json, os, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(json.dumps([status, time.perf_counter() - start, usage.ru_maxrss]))
"""


def rows():
    """Return the rows of the key presses and of the walk over a million rows."""
    with TemporaryDirectory() as folder:
        data = Path(folder) / "many.csv"
        write_data(data)
        return [
            *press_rows("(4, 3): next and back through all frames", press_times(ALL_FRAMES, folder), 30),
            *press_rows("(4, 3): zoom, Jacobian, graph, keys", press_times(OTHER_KEYS, folder), 30),
            *press_rows("10⁶ rows: through all frames", press_times(ALL_FRAMES, folder, "--data", str(data))),
            *walk_rows(data),
        ]


def press_times(keys, state, *options):
    """Return the milliseconds from each key to the last byte of the frame that it draws."""
    with walking(state, *options) as child:
        return [1000 * time_of_press(child, key) for key in islice(cycle(keys), PRESSES)]


def time_of_press(child, key):
    start = perf_counter()
    child.send(key)
    see_frame(child)
    return perf_counter() - start


def press_rows(what, times, most=None):
    """Return the rows of one series of presses: the median, and the slowest."""
    slow = float(np.percentile(times, 95))
    return [
        median_row(f"{what}, median", times, "ms", most),
        Row(f"{what}, 95th percentile", slow, "", "ms", most),
        Row(f"{what}, slowest of {PRESSES}", max(times), "", "ms", most),
    ]


def write_data(path):
    table = np.random.default_rng(0).normal(2.0, 1.5, size=(MANY, 3)).round(4)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{a},{b},{c}\n" for a, b, c in table.tolist())


def walk_rows(data):
    """Return the time and memory of a piped walk over the data, beside those of only reading the file."""
    program = f"import numpy; numpy.loadtxt({str(data)!r}, delimiter=',')"
    reading_time, reading_memory = cost(sys.executable, "-c", program)
    time, memory = cost(COMMAND, "walk", "batchnorm", "--data", str(data))
    return [
        Row("10⁶ rows: piped walk", time, "", "s"),
        Row("10⁶ rows: piped walk / `numpy.loadtxt` alone", time / reading_time, "", "×"),
        Row("10⁶ rows: piped walk, peak memory", memory, "", "MB"),
        Row("10⁶ rows: peak memory / `numpy.loadtxt` alone", memory / reading_memory, "", "×"),
    ]


def cost(*command):
    """Return the seconds that a command takes, and the most memory that it held, in MB."""
    told = subprocess.run([sys.executable, "-c", MEASURE, *command], stdout=subprocess.PIPE, check=True)
    status, time, peak = json.loads(told.stdout)
    assert status == 0, f"{command}: {status}"
    # Linux counts in KiB, macOS in bytes.
    return time, peak * (1 if sys.platform == "darwin" else 1024) / 1e6
