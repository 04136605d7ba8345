"""Where a learner left off, kept between runs."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bn_tutor.course.state_folder import write_whole
from bn_tutor.engine.zoom import Level

FORMAT = 1


@dataclass(frozen=True)
class Place:
    """A frame of a walk, the options with which it began, and the choices that the switches stood at."""

    frame: int
    level: Level
    options: Mapping[str, Any]
    choices: Mapping[str, str] = field(default_factory=dict)


def kept_place(name: str, folder: Path) -> Place | None:
    """Return where the walk ``name`` was left; None where nothing, or nothing readable, was kept."""
    found = _kept(folder).get(name)
    try:
        return _place(found) if found else None
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _place(found: Mapping[str, Any]) -> Place:
    # A place that an older version kept has no choices.
    found = {"choices": {}, **found}
    choices = {str(name): str(label) for name, label in dict(found["choices"]).items()}
    return Place(int(found["frame"]), Level(found["level"]), dict(found["options"]), choices)


def keep_place(name: str, place: Place, folder: Path) -> str:
    """Keep a place; return what went wrong, or an empty text."""
    places = {**_kept(folder), name: asdict(place)}
    try:
        write_whole(folder / "places.json", json.dumps({"format": FORMAT, "places": places}))
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _kept(folder: Path) -> dict[str, Any]:
    try:
        document = json.loads((folder / "places.json").read_text(encoding="utf-8"))
        places = document["places"] if document["format"] == FORMAT else {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return places if isinstance(places, dict) else {}
