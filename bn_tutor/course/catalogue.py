"""Where lessons live."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from bn_tutor.course.plain import one_line
from bn_tutor.course.problem import did_you_mean


@dataclass(frozen=True)
class Entry:
    """One lesson of the catalogue: its name is the file's, without the ending."""

    name: str
    path: Path


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


def entries() -> tuple[Entry, ...]:
    """Return the shipped lessons, batch norm first, as it is the one to begin with."""
    paths = (path for path in shipped_folder().glob("*.md") if path.stem.upper() != "README")
    found = [Entry(path.stem, path) for path in paths]
    return tuple(sorted(found, key=lambda entry: (entry.name != "batchnorm", entry.name)))


def find(name: str) -> Path | None:
    """Return the path of a lesson by its name, or of a lesson file; None where there is none."""
    if name.endswith(".md"):
        path = Path(name)
        try:
            return path if path.is_file() else None
        except (OSError, ValueError):  # a name that is too long, say
            return None
    return next((entry.path for entry in entries() if entry.name == name), None)


def node_names(path: Path) -> tuple[str, ...]:
    """Return the names that a lesson's graph block defines, for shell completion: no NumPy, no proof."""
    text = path.read_text(encoding="utf-8", errors="replace")
    block = text.partition("```graph\n")[2].partition("```")[0]
    names = (line.partition("=")[0].strip() for line in block.splitlines())
    return tuple(name for name in names if name.isidentifier())


def summary(path: Path) -> str:
    """Return the one-line summary of a lesson file; empty where it has none that can be read."""
    try:
        front = path.read_text(encoding="utf-8-sig").split("+++")[1]
        return one_line(str(tomllib.loads(front).get("summary", "")), 100)
    except (OSError, ValueError, IndexError, RecursionError):
        return ""


def not_found(name: str) -> str:
    """Return what to say where ``find`` finds nothing."""
    if name.endswith(".md"):
        return f"there is no file {one_line(name)}"
    if name.endswith(".py"):
        return f"{one_line(name, 60)} is no lesson (name a function in it: {one_line(name, 60)}:function)"
    known = [entry.name for entry in entries()]
    hint = did_you_mean(name, known) or f"there are: {', '.join(known)}"
    return f"there is no lesson {one_line(name, 60)} ({hint})"
