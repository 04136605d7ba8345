"""The lessons there are, from all places. No place comes before another: a name that two have is a clash."""

import re
from collections.abc import Iterable, Iterator, Sequence
from filecmp import cmp
from itertools import chain
from pathlib import Path

from bn_tutor.course.packs import packs
from bn_tutor.course.places import LOCAL, Entry, Place, entries_at, own_places
from bn_tutor.course.plain import one_line
from bn_tutor.course.problem import Problem, did_you_mean

LONGEST_PATH = 4096


def survey() -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """Return every lesson, place by place, and what is wrong: with a place, or between two of them."""
    found = list(_found())
    entries = _distinct(each for each in found if isinstance(each, Entry))
    problems = [each for each in found if isinstance(each, Problem)]
    return entries, (*problems, *_clashes(entries))


def entries() -> tuple[Entry, ...]:
    """Return every lesson, place by place and within each by name; where names clash, all that have it."""
    return survey()[0]


def find(name: str) -> Path | None:
    """Return the path of a lesson by its name, or of a lesson file.

    None where there is none and where the name alone does not tell which; ``not_found`` says why.
    """
    if name.endswith(".md"):
        path = Path(name)
        try:
            return path if path.is_file() else None
        except (OSError, ValueError):  # a name that is too long, say
            return None
    named = _named(name)
    return named[0].path if len(named) == 1 else None


def not_found(name: str) -> str:
    """Return what to say where ``find`` finds nothing."""
    if name.endswith(".md"):
        return f"there is no file {one_line(name)}"
    if name.endswith(".py"):
        return f"{one_line(name, 60)} is no lesson (name a function in it: {one_line(name, 60)}:function)"
    named = _named(name)
    if len(named) > 1:
        clash = _clash(named)
        return f"{clash.message} ({clash.hint})"
    if find(f"{name}.md"):
        return (
            f"there is no lesson {one_line(name, 60)} (there is a file {one_line(name, 60)}.md: name it so)"
        )
    known = list(dict.fromkeys(one_line(entry.name, 60) for entry in entries()))
    hint = did_you_mean(name, known) or f"there are: {one_line(', '.join(known), 1000)}"
    return f"there is no lesson {one_line(name, 60)} ({hint})"


def shell_names() -> list[str]:
    """Return the names of lessons for a shell to complete, each once; only those of harmless signs.

    A shell can read what it is offered as code, and anyone can name a file anything.
    """
    names = dict.fromkeys(entry.name for entry in entries())
    return [name for name in names if re.fullmatch(r"\w[\w.-]*", name)]


def _found() -> Iterator[Entry | Problem]:
    for place in chain(own_places(), packs()):
        if isinstance(place, Problem):
            yield place
        else:
            yield from _found_at(place)


def _found_at(place: Place) -> Iterator[Entry | Problem]:
    source, path = place
    where = one_line(str(path), LONGEST_PATH)
    try:
        found = entries_at(place)
    except FileNotFoundError:
        yield Problem(source, 0, 0, f"there is no folder and no lesson file {where}")
    except OSError as error:
        # Whatever else is called lessons in the working directory is nothing of ours.
        if source != LOCAL or not isinstance(error, NotADirectoryError):
            yield Problem(source, 0, 0, f"{where} cannot be read: {error.strerror or error}")
    else:
        yield from found
        if not found and source != LOCAL:
            yield Problem(source, 0, 0, f"there is no lesson in {where}")


def _named(name: str) -> tuple[Entry, ...]:
    return _distinct(each for each in _found() if isinstance(each, Entry) and each.name == name)


def _distinct(found: Iterable[Entry]) -> tuple[Entry, ...]:
    """Leave out the files that were reached before, and copies of them.

    In a checkout ./lessons is the shipped folder; where bn-tutor was installed from it, it is a copy.
    """
    kept: list[Entry] = []
    named: dict[str, list[Entry]] = {}
    for entry in found:
        others = named.setdefault(entry.name, [])
        if not any(_is_same(entry.path, other.path) for other in others):
            others.append(entry)
            kept.append(entry)
    return tuple(kept)


def _is_same(one: Path, another: Path) -> bool:
    if one.resolve() == another.resolve():
        return True
    try:
        return cmp(one, another, shallow=False)
    except OSError:
        return False


def _clashes(found: Iterable[Entry]) -> list[Problem]:
    named: dict[str, list[Entry]] = {}
    for entry in found:
        named.setdefault(entry.name, []).append(entry)
    return [_clash(several) for several in named.values() if len(several) > 1]


def _clash(named: Sequence[Entry]) -> Problem:
    name = one_line(named[0].name, 60)
    files = ", ".join(f"{one_line(str(entry.path), LONGEST_PATH)} ({entry.source})" for entry in named)
    return Problem(name, 0, 0, f"{len(named)} lessons have this name: {files}", "give the path of one")
