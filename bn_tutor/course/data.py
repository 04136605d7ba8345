"""Arrays from a learner's own file: CSV for x, .npz or .json for any input and for the upstream gradient."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from bn_tutor.course.archive import MOST_VALUES, read_archive
from bn_tutor.course.csv_file import read_csv
from bn_tutor.course.plain import one_line
from bn_tutor.engine.gradients import Array

LARGEST_FILE = 500_000_000


class DataError(ValueError):
    """A data file that cannot be used, with the reason in one line."""


def load_data(path: Path, upstream: str = "upstream") -> dict[str, Array]:
    """Return the arrays of a file by name; the upstream gradient is called "upstream".

    ``upstream`` is another name under which it may stand, such as dout. Raises DataError.
    """
    readers: Mapping[str, Callable[[Path], Mapping[str, Any]]] = {
        ".csv": _csv,
        ".txt": _csv,
        ".tsv": _csv,
        ".npz": read_archive,
        ".json": _json,
    }
    reader = readers.get(path.suffix.lower())
    name = one_line(path.name, 60)
    if reader is None:
        raise DataError(f"{name}: the ending must be .csv, .npz or .json")
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DataError(f"{name}: larger than {LARGEST_FILE // 1_000_000} MB")
        found = {key: _checked(key, value) for key, value in reader(path).items()}
    except OSError as error:
        raise DataError(f"{name}: {error.strerror or 'cannot be read'}") from None
    except UnicodeDecodeError:
        raise DataError(f"{name}: not UTF-8 text") from None
    except (BadZipFile, EOFError, RecursionError, MemoryError):
        raise DataError(f"{name}: the file is damaged") from None
    except ValueError as error:
        # NumPy adds advice for programmers after a semicolon.
        raise DataError(f"{name}: {one_line(str(error).split('; use')[0])}") from None
    if upstream in found:
        found["upstream"] = found.pop(upstream)
    return found


def _csv(path: Path) -> Mapping[str, Any]:
    """Read x, one sample a row."""
    return {"x": read_csv(path)}


def _json(path: Path) -> Mapping[str, Any]:
    """Read {name: nested lists}, or what ``walk --json`` wrote."""
    document = json.loads(path.read_text(encoding="utf-8-sig"))
    if not isinstance(document, dict):
        raise ValueError('must be an object: {"x": [[1, 2], [3, 4]]}')
    if not isinstance(document.get("inputs"), dict):
        return document
    upstream = document.get("upstream", {})
    if not isinstance(upstream, dict):
        return {**document["inputs"], "upstream": upstream}
    return {**document["inputs"], **{f"d{name}": value for name, value in upstream.items()}}


def _checked(name: str, value: Any) -> Array:
    """Return a finite float64 array, or raise ValueError with the reason."""
    name = one_line(name, 30)
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"the rows of {name} are not equally long") from None
    if array.dtype.kind not in "fiub":
        raise ValueError(f"{name} must hold numbers, not {array.dtype.name}")
    if array.size > MOST_VALUES:
        raise ValueError(f"{name} has more than {MOST_VALUES:,} values")
    array = array.astype(np.float64)
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        place = f"[{', '.join(map(str, wrong[0]))}]" if array.ndim else ""
        raise ValueError(f"{name}{place} is {array[tuple(wrong[0])]}: every number must be finite")
    if not array.size:
        raise ValueError(f"{name} is empty")
    return array
