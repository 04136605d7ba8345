"""The last runs of each lab, kept as JSON files in the state folder. Rows are kept, never a verdict.

The last run with the lab's own sizes has one file, the last of all others, such as quick ones, another.
"""

import json
from collections.abc import Mapping
from math import isfinite, nan
from pathlib import Path
from typing import Any

from bn_tutor.course.state_folder import write_whole
from bn_tutor.labs.lab import Lab
from bn_tutor.labs.report import Report
from bn_tutor.labs.running import LARGEST_SIZE

FOLDER = "labs"
FORMAT = 1


class RecordError(ValueError):
    """A record that cannot be read, and why."""


def record_path(folder: Path, name: str, *, is_usual: bool = True) -> Path:
    """Return where a lab's last run is kept: that with its own sizes, or that with others."""
    return folder / FOLDER / f"{name}{'' if is_usual else '-other'}.json"


def keep(report: Report, folder: Path) -> str:
    """Keep a run; return in a line why it is not kept, else nothing.

    A run that was stopped, or with too few seeds for a verdict, takes the place of no sound one.
    """
    path = record_path(folder, report.lab.name, is_usual=report.is_usual)
    if not len(report.whole):
        return "no seed was run to its end"
    try:
        if not report.is_sound and _is_sound(path, report.lab):
            return "an earlier run has more seeds"
        write_whole(path, json.dumps(record_document(report), indent=1) + "\n")
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _is_sound(path: Path, lab: Lab) -> bool:
    try:
        before = kept(path, lab)
    except RecordError:
        return False
    return before is not None and before.is_sound


def record_document(report: Report) -> dict[str, Any]:
    """Return what is kept of a run: what it was, and its rows."""
    return {
        "format": FORMAT,
        "lab": report.lab.name,
        "version": report.version,
        "date": report.date,
        "data": report.source,
        "data_said": report.said,
        "sizes": dict(report.sizes),
        "quick": report.is_quick,
        "seeds": list(report.seeds),
        "planned": report.planned,
        "seconds": round(report.seconds, 3),
        "rows": [{name: written(value) for name, value in row.items()} for row in report.rows],
    }


def written(value: str | float) -> str | float | None:
    """Return a value as it may stand in a file: JSON has neither nan nor inf."""
    return value if isinstance(value, str) or isfinite(value) else None


def kept(path: Path, lab: Lab) -> Report | None:
    """Return the last run of a lab, if there was one. Raises RecordError where the file cannot be read."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RecordError(error.strerror or str(error)) from None
    except (ValueError, RecursionError):
        raise RecordError("it is no JSON") from None
    try:
        return _report(document, lab)
    except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError):
        raise RecordError("it is no record of this lab") from None


def _report(document: Mapping[str, Any], lab: Lab) -> Report:
    if document["format"] != FORMAT or document["lab"] != lab.name:
        raise ValueError("another format, or another lab")
    report = Report(
        lab=lab,
        source=str(document["data"]),
        said=str(document["data_said"]),
        sizes=_sizes(document["sizes"], lab),
        is_quick=document["quick"] is True,
        seeds=[int(seed) for seed in document["seeds"]],
        rows=[_row(row) for row in document["rows"]],
        planned=int(document["planned"]),
        seconds=float(document["seconds"]),
        date=str(document["date"]),
        version=str(document["version"]),
    )
    if not report.seeds or len(set(report.seeds)) < len(report.seeds):
        raise ValueError("no seeds, or one of them twice")
    # Rows of an older version of the lab may lack what its findings ask for.
    _ = report.verdicts
    return report


def _sizes(given: Mapping[str, Any], lab: Lab) -> dict[str, int]:
    """Return the sizes of a run, which must be such that the lab could have been run with them."""
    sizes = {name: int(given[name]) for name in lab.sizes}
    if not all(1 <= size <= LARGEST_SIZE for size in sizes.values()) or lab.check(sizes):
        raise ValueError("sizes that no run has")
    return sizes


def _row(row: Mapping[str, Any]) -> dict[str, str | float]:
    return {str(name): _value(value) for name, value in row.items()}


def _value(value: Any) -> str | float:
    if value is None:
        return nan  # as it was written
    if isinstance(value, str):
        return value
    if not isfinite(value):
        raise ValueError("a number that is none")
    return float(value)
