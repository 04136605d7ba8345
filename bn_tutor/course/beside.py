"""A CSV file beside a lesson: read only from the lesson's own folder, and only after a look at its size."""

from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from bn_tutor.course.csv_file import read_csv
from bn_tutor.course.numbers import shape_text
from bn_tutor.course.plain import one_line
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.shapes import Shape

LARGEST_FILE = 2_000_000
MOST_NUMBERS = 100_000


class BesideError(ValueError):
    """A file beside a lesson that cannot be used, with the reason in one line."""


def read_beside(folder: Path | None, name: Any) -> Array:
    """Return the table of numbers in a CSV file of the folder, two axes. Raises BesideError."""
    path = _confined(folder, name)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BesideError(f"it is larger than {LARGEST_FILE:,} bytes")
        table = read_csv(path)
    except OSError as error:
        raise BesideError(f"it cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise BesideError("it is not UTF-8 text") from None
    except BesideError:
        raise
    except (ValueError, RecursionError, MemoryError) as error:
        # NumPy adds advice for programmers after a semicolon.
        raise BesideError(one_line(str(error).split("; use")[0]) or "it holds no table of numbers") from None
    if table.size > MOST_NUMBERS:
        raise BesideError(f"it has more than {MOST_NUMBERS:,} numbers")
    if not np.all(np.isfinite(table)):
        raise BesideError("every number in it must be finite")
    return table


def _confined(folder: Path | None, name: Any) -> Path:
    """Return the file's path, which must lie in the folder, also after every link has been followed."""
    if not isinstance(name, str) or not name.lower().endswith(".csv") or folder is None:
        raise BesideError('it must be a name in quotes that ends in .csv: file = "data.csv"')
    home = folder.resolve()
    try:
        path = (home / name).resolve()
    except (OSError, ValueError, RuntimeError):  # a name that is too long, a circle of links
        raise BesideError(f"there is no file {one_line(name, 60)} beside the lesson") from None
    if not path.is_relative_to(home):
        raise BesideError("it must lie in the folder of the lesson")
    if not _is_file(path):
        raise BesideError(f"there is no file {one_line(name, 60)} beside the lesson")
    return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that is too long
        return False


def laid_out(table: Array, shape: tuple[Any, ...]) -> Array:
    """Return the numbers in another shape, row by row. Raises BesideError where they do not fit."""
    wanted: Shape = tuple(shape)
    if prod(wanted) != table.size or min(wanted, default=0) < 0:
        raise BesideError(f"its {table.size} numbers do not fit the shape {shape_text(wanted)}")
    return table.reshape(wanted)
