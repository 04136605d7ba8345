"""The page of ``bn-tutor progress``."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bn_tutor.cli.output import console_for, fail, output_look, show, tell, until_reader_leaves, wants_plain
from bn_tutor.course.catalogue import entries
from bn_tutor.course.heading import node_names
from bn_tutor.course.plain import one_line
from bn_tutor.course.problem import did_you_mean
from bn_tutor.course.state_folder import state_folder
from bn_tutor.export.progress_document import progress_json
from bn_tutor.practice.answer import Answer
from bn_tutor.practice.answer_log import NAME, Skipped, answers
from bn_tutor.practice.report import Report, report
from bn_tutor.views.progress_page import progress_lines

# How many of the lines that were skipped are named.
MOST_TOLD = 3


def kept_answers() -> tuple[tuple[Answer, ...], tuple[Skipped, ...]]:
    """Return the answers and what was skipped, which is told; ends the program where nothing can be read."""
    kept, skipped = answers(state_folder())
    if skipped and not skipped[0].line:
        fail(f"{one_line(str(state_folder() / NAME))}: {skipped[0].reason}", status=1)
    if skipped:
        tell(f"{NAME}: {_told(skipped)}")
    return kept, skipped


def _told(skipped: Sequence[Skipped]) -> str:
    """Say in one line what was skipped."""
    count = sum(each.count for each in skipped)
    parts = [f"{_place(each)} {each.reason}" for each in skipped[:MOST_TOLD]]
    rest = count - sum(each.count for each in skipped[:MOST_TOLD])
    words = "1 line was" if count == 1 else f"{count:,} lines were"
    return f"{words} skipped, and kept: " + "; ".join([*parts, *([f"and {rest:,} more"] if rest else [])])


def _place(each: Skipped) -> str:
    return f"line {each.line}" if each.count == 1 else f"lines {each.line}-{each.line + each.count - 1}"


def show_progress(names: Sequence[str], *, as_json: bool) -> None:
    """Write the page, or the document, to stdout; of the lessons that are named, or of all."""
    kept, skipped = kept_answers()
    paths = _paths()
    if names:
        _insist_on_known(names, {*paths, *(each.lesson for each in kept)})
        lessons = set(map(_lesson_of, names))
        kept = tuple(each for each in kept if each.lesson in lessons)
    found = report(kept, datetime.now(UTC), _node_order({each.lesson for each in kept}, paths))
    with until_reader_leaves():
        if as_json:
            sys.stdout.write(progress_json(found, skipped))
        else:
            look = output_look(is_plain=wants_plain())
            show(progress_lines(found, look, _titles(found), names), console_for(no_color=False))


def _paths() -> Mapping[str, Sequence[Path]]:
    """Return where the lessons lie, by their names; those that share a name together."""
    known: dict[str, list[Path]] = {}
    for entry in entries():
        known.setdefault(entry.name, []).append(entry.path)
    return known


def _node_order(lessons: Iterable[str], paths: Mapping[str, Sequence[Path]]) -> Mapping[str, Sequence[str]]:
    """Return the nodes of those lessons whose name alone tells which graph is meant."""
    return {name: node_names(paths[name][0]) for name in lessons if len(paths.get(name, ())) == 1}


def _lesson_of(name: str) -> str:
    """Return the name under which a lesson is kept: that of a file is its own, without the ending."""
    return Path(name).stem if name.endswith(".md") else name


def _insist_on_known(names: Iterable[str], known: Iterable[str]) -> None:
    known = sorted(known)
    for name in names:
        if _lesson_of(name) not in known:
            hint = did_you_mean(name, known) or "bn-tutor lesson list lists the lessons"
            fail(f"there is no lesson {one_line(name, 60)}, and no answer to one ({hint})")


def _titles(found: Report) -> Mapping[str, str]:
    """Return the titles of misconceptions; they come with NumPy, so only where there is a mistake to name."""
    if not found.habits:
        return {}
    from bn_tutor.course.misconceptions import ROWS

    return {row.id: row.title for row in ROWS}
