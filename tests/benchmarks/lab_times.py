"""Times every lab as a whole process and prints a Markdown table: ``python tests/benchmarks/lab_times.py``.

It takes about three minutes. What is kept for the page of claims goes to a folder that is removed.
"""

import os
import subprocess
import sys
from tempfile import TemporaryDirectory
from time import perf_counter

from bn_tutor.labs.catalogue import LABS


def seconds(state, *words):
    """Return how long ``bn-tutor lab`` takes with these words, start included."""
    command = [sys.executable, "-m", "bn_tutor", "lab", *words]
    start = perf_counter()
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "BN_TUTOR_STATE": state}
    )
    return perf_counter() - start


def main():
    """Print a row a lab, and one for all of them in turn."""
    print("| lab | default | `--quick` |\n| --- | --- | --- |")
    with TemporaryDirectory() as state:
        for name in LABS:
            print(f"| `{name}` | {seconds(state, name):.1f} s | {seconds(state, name, '--quick'):.1f} s |")
        print(f"| `all` | | {seconds(state, 'all', '--quick'):.1f} s |")


if __name__ == "__main__":
    main()
