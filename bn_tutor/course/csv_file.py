"""A table of numbers from a CSV file."""

import warnings
from pathlib import Path

import numpy as np

from bn_tutor.engine.gradients import Array


def read_csv(path: Path) -> Array:
    """Return a table of numbers, two axes; a first line that is not numbers is a heading.

    Raises OSError, UnicodeDecodeError, or ValueError with the reason.
    """
    with path.open(encoding="utf-8-sig") as file:
        first = file.readline()
    delimiter = next((sign for sign in ",;\t" if sign in first), None)
    # A row with a gap or a slip is no heading: were it taken for one, a sample would be lost in silence.
    heading = bool(first.strip()) and not any(_is_number(cell) for cell in first.split(delimiter))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an empty file warns; it is refused below
        table = np.loadtxt(path, delimiter=delimiter, skiprows=int(heading), ndmin=2, encoding="utf-8-sig")
    if not table.size:
        raise ValueError("there are no numbers in it")
    return table


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
