"""Lesson packs: installed packages with a folder of lessons, announced by an entry point.

A pack has, in its pyproject.toml, the folder's place as a dotted name::

    [project.entry-points."bn_tutor.lessons"]
    my-pack = "my_pack.lessons"

Nothing of a pack is imported: its lessons are data, and to list them must run no code of a stranger.
"""

import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from bn_tutor.course.places import Place
from bn_tutor.course.plain import one_line
from bn_tutor.course.problem import Problem

GROUP = "bn_tutor.lessons"


def packs() -> Iterator[Place | Problem]:
    """Yield the folder of every installed pack, by the packs' names, and what is wrong with a pack."""
    announced: list[tuple[str, str]] = []
    for folder, name in _metadata_folders():
        try:
            announced += _announced(f"{folder}/{name}/entry_points.txt")
        except OSError as error:
            reason = error.strerror or str(error)
            yield Problem(one_line(name), 0, 0, f"entry_points.txt cannot be read: {reason}")
    for name, value in sorted(set(announced)):
        yield from _folders(f"pack {one_line(name, 60)}", value)


def _metadata_folders() -> Iterator[tuple[str, str]]:
    """Yield the folder of metadata of every distribution, as its own folder and its name; the first counts.

    importlib.metadata would do it, too, but every walk would pay for it: with its import it takes 14 ms,
    a look at the folders' names and a read of each entry_points.txt less than one. For the same reason
    these are texts: among hundreds of distributions, a Path for each costs as much as the reading.
    """
    seen = set()
    for folder in dict.fromkeys(sys.path):
        for name in _metadata_in(folder or "."):
            distribution = name.rpartition(".")[0].partition("-")[0].lower().replace(".", "_")
            if distribution not in seen:
                seen.add(distribution)
                yield folder or ".", name


def _metadata_in(folder: str) -> list[str]:
    try:
        names = os.listdir(folder)  # noqa: PTH208
    except (OSError, ValueError):  # missing, or an archive
        return []
    # What begins with ~ is the rest of an installation that pip has not finished.
    return sorted(name for name in names if name.endswith((".dist-info", ".egg-info")) and name[0] != "~")


def _announced(file: str) -> list[tuple[str, str]]:
    """Return name and value of each line that the file has in the group."""
    try:
        with open(file, "rb") as opened:  # noqa: PTH123
            content = opened.read()
    except (FileNotFoundError, NotADirectoryError):  # most distributions have none
        return []
    if GROUP.encode() not in content:
        return []
    found, group = [], ""
    for line in map(str.strip, content.decode(errors="replace").splitlines()):
        if line.startswith("["):
            group = line.strip("[]").strip()
        elif group == GROUP and line and line[0] not in "#;":
            name, _, value = line.partition("=")
            found.append((name.strip(), value.strip()))
    return found


def _folders(source: str, value: str) -> Iterator[Place | Problem]:
    """Yield where the folder of a dotted name lies; in a namespace package there can be several."""
    top, *rest = value.split(".")
    if not all(part.isidentifier() for part in (top, *rest)):
        message = f"{one_line(value, 60)!r} is not the dotted name of a folder in a package"
        yield Problem(source, 0, 0, message, "such as my_pack.lessons")
        return
    folders = [Path(location, *rest) for location in _locations(top)]
    existing = [folder for folder in folders if folder.is_dir()]
    if not existing:
        message = f"there is no folder {'/'.join((top, *rest))}" if folders else f"there is no package {top}"
        yield Problem(source, 0, 0, one_line(message))
    for folder in existing:
        yield source, folder


def _locations(package: str) -> list[str]:
    """Return the folders of a package. To find a name without a dot runs nothing of what it names."""
    try:
        spec = find_spec(package)
    except Exception:  # whatever a finder of someone else's raises
        return []
    return list(spec.submodule_search_locations or ()) if spec else []
