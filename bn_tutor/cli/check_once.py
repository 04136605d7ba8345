"""What ``check`` does without ``--watch``: one check, shown as a page or as a JSON document."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bn_tutor.checker.checking import Wish, check
from bn_tutor.checker.report import FileReport
from bn_tutor.checker.source import problem
from bn_tutor.cli.output import console_for, output_look, show
from bn_tutor.course.loading import LessonError
from bn_tutor.course.plain import one_line
from bn_tutor.export.check_document import check_json
from bn_tutor.views.check_page import check_lines


@dataclass(frozen=True)
class Manner:
    """How checks are shown."""

    show_fix: bool = False
    as_json: bool = False
    is_plain: bool = False
    no_color: bool = False


def checked(path: Path, wish: Wish, manner: Manner) -> FileReport:
    """Check a file, show what it came to, and return it."""
    if manner.as_json:
        report = check(path, wish)
        sys.stdout.write(check_json(report, show_fix=manner.show_fix) + "\n")
        return report
    with _waiting(manner):
        report = check(path, wish)
    lines = check_lines(report, output_look(is_plain=manner.is_plain), show_fix=manner.show_fix)
    show(lines, console_for(no_color=manner.no_color))
    return report


def refused(path: Path, why: LessonError) -> None:
    """Print the document of a file that is not checked, since there is no such lesson."""
    # A line of a lesson file is none of this file: it is told in words.
    problems = [
        problem(path, 0, f"{each.path}:{each.line}: {each.message}" if each.line else each.message, each.hint)
        for each in why.problems
    ]
    document = check_json(FileReport(one_line(str(path), 200), problems=problems), show_fix=False)
    sys.stdout.write(document + "\n")


@contextmanager
def _waiting(manner: Manner) -> Iterator[None]:
    """Say meanwhile that something is going on, where that can be wiped out again."""
    if manner.is_plain or not sys.stdout.isatty():
        yield
        return
    _write("\r checking ...")
    try:
        yield
    finally:
        _write("\r\x1b[K")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
