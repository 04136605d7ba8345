"""The last run of each lab, kept as a JSON file in the state folder. Rows are kept, never a verdict."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any

from bn_tutor.labs.lab import Lab
from bn_tutor.labs.report import Report

FOLDER = "labs"
FORMAT = 1


class RecordError(ValueError):
    """A record that cannot be read, and why."""


def record_path(folder: Path, name: str) -> Path:
    """Return where a lab's last run is kept."""
    return folder / FOLDER / f"{name}.json"


def keep(report: Report, folder: Path) -> str:
    """Keep a run; return what is wrong where that cannot be done, else nothing.

    A run that was stopped, or with too few seeds for a verdict, takes the place of no sound one.
    """
    path = record_path(folder, report.lab.name)
    try:
        if not report.is_sound and _is_sound(path, report.lab):
            return ""
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, json.dumps(record_document(report), indent=1) + "\n")
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _is_sound(path: Path, lab: Lab) -> bool:
    try:
        before = kept(path, lab)
    except RecordError:
        return False
    return before is not None and before.is_sound


def _write(path: Path, text: str) -> None:
    """Write beside it and put it in its place, so that there is never half a file."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


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
        "rows": [dict(row) for row in report.rows],
    }


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
    except (KeyError, TypeError, ValueError):
        raise RecordError("it is no record of this lab") from None


def _report(document: Mapping[str, Any], lab: Lab) -> Report:
    if document["format"] != FORMAT or document["lab"] != lab.name:
        raise ValueError("another format, or another lab")
    sizes = {name: int(document["sizes"][name]) for name in lab.sizes}
    report = Report(
        lab=lab,
        source=str(document["data"]),
        said=str(document["data_said"]),
        sizes=sizes,
        is_quick=document["quick"] is True,
        seeds=[int(seed) for seed in document["seeds"]],
        rows=[_row(row) for row in document["rows"]],
        planned=int(document["planned"]),
        seconds=float(document["seconds"]),
        date=str(document["date"]),
        version=str(document["version"]),
    )
    # Rows of an older version of the lab may lack what its findings ask for.
    _ = report.verdicts
    return report


def _row(row: Mapping[str, Any]) -> dict[str, str | float]:
    found = {str(name): value if isinstance(value, str) else float(value) for name, value in row.items()}
    if not all(isinstance(value, str) or isfinite(value) for value in found.values()):
        raise ValueError("a number that is none")
    return found
