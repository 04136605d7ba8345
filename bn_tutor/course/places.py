"""The places that lessons come from, and the lesson files in each. Only the names of files are read here."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SHIPPED = "shipped"
LOCAL = "./lessons"
VARIABLE = "BN_TUTOR_LESSONS"

# What a place is called in lists, and its folder; a lesson file can be a place of its own.
Place = tuple[str, Path]


@dataclass(frozen=True)
class Entry:
    """One lesson of the catalogue: its name, which is the file's without the ending, and its place's."""

    name: str
    path: Path
    source: str = SHIPPED


def shipped_folder() -> Path:
    """Return the folder of the lessons that came with this copy of bn-tutor.

    A wheel carries them inside the package. In a checkout, which is what an editable install runs from, they
    lie beside it; pyproject.toml tells a checkout from a stranger's folder of the same name.
    """
    package = Path(__file__).resolve().parent.parent
    checkout = package.parent
    inside = package / "lessons"
    if not inside.is_dir() and (checkout / "pyproject.toml").is_file():
        return checkout / "lessons"
    return inside


def own_places() -> Iterator[Place]:
    """Yield the places that need no looking for: shipped, ./lessons where there is one, BN_TUTOR_LESSONS."""
    yield SHIPPED, shipped_folder()
    if os.path.lexists("lessons"):
        yield LOCAL, Path("lessons")
    for part in os.environ.get(VARIABLE, "").split(os.pathsep):
        if part:
            yield VARIABLE, Path(part)


def entries_at(place: Place) -> list[Entry]:
    """Return the lessons of a place by name. Raises OSError where it cannot be read."""
    source, path = place
    if path.suffix == ".md" and path.is_file():
        return [Entry(path.stem, path, source)]
    with os.scandir(path) as found:
        names = sorted(file.name.removesuffix(".md") for file in found if _is_lesson(file))
    return [Entry(name, path / f"{name}.md", source) for name in names]


def _is_lesson(file: os.DirEntry[str]) -> bool:
    """Tell by its name whether a file is a lesson; hidden ones are those that editors and systems leave."""
    if not file.name.endswith(".md") or file.name.startswith(".") or file.name.upper() == "README.MD":
        return False
    with suppress(OSError):
        return file.is_file()  # and no folder, no pipe that would wait for ever, no link that leads nowhere
    return False
