"""``bn-tutor lesson lint``: prove lesson files, and tell each slip at its line and column."""

import sys
from pathlib import Path
from typing import Annotated

import typer

HELP = """\
Prove lesson files: every gradient, formula, quote, mistake and question in them.

\b
Examples:
  bn-tutor lesson lint lessons/relu.md      one lesson
  bn-tutor lesson lint lessons              every lesson of a folder
  bn-tutor lesson lint . --format short     one line a problem, for editors
  bn-tutor lesson lint . --format github    annotations, for GitHub Actions
  bn-tutor lesson explain unknown-name      what a code means
\b
Exit status: 0 all is proven, 1 something is wrong, 2 there is nothing to prove.
"""
FORMATS = ("full", "short", "github", "json")

Paths = Annotated[list[str], typer.Argument(metavar="PATH...", help="Lesson files, or folders of them.")]
Format = Annotated[str, typer.Option("--format", metavar="FORMAT", help="full, short, github or json.")]
AsJson = Annotated[bool, typer.Option("--json", help="The same as --format json.")]


def lint_lessons(paths: Paths, form: Format = "full", as_json: AsJson = False) -> None:
    """Prove lessons; what --help shows is HELP."""
    from bn_tutor.cli.output import console_for, fail, output_look, show, until_reader_leaves
    from bn_tutor.course.lint import lint
    from bn_tutor.course.plain import plain
    from bn_tutor.export.problem_reports import github_report, json_report
    from bn_tutor.views.problem_list import problem_lines

    if form not in FORMATS:
        fail(f"--format is {', '.join(FORMATS)}, not {form!r}")
    files = _files(paths)
    with until_reader_leaves():
        found = [(path, lint(path, str(path))) for path in files]
        problems = [problem for _, each in found for problem in each]
        if as_json or form == "json":
            sys.stdout.write(json_report(problems))
        elif form == "github":
            # GitHub reads UTF-8, whatever this terminal takes.
            sys.stdout.buffer.write(plain(github_report(problems)).encode())
        else:
            show(problem_lines(found, output_look(), full=form == "full"), console_for(no_color=False))
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(1)


def _files(paths: list[str]) -> list[Path]:
    """Return the lesson files that are meant, each once; ends the program where there are none."""
    from bn_tutor.cli.output import fail
    from bn_tutor.course.plain import one_line

    found: dict[Path, Path] = {}
    for text in paths:
        try:
            for file in _meant(text):
                found.setdefault(file.resolve(), file)
        except typer.Exit:
            raise  # it is a RuntimeError, too
        except (OSError, ValueError, RuntimeError) as error:
            fail(f"{one_line(text)}: {getattr(error, 'strerror', None) or 'this path cannot be read'}")
    return list(found.values())


def _meant(text: str) -> list[Path]:
    """Return the lessons of a folder, or a lesson by its file or by its name."""
    from bn_tutor.cli.output import fail
    from bn_tutor.course.catalogue import find, not_found
    from bn_tutor.course.plain import one_line

    path = Path(text)
    if path.is_dir():
        return _lessons_in(path)
    if path.is_file():
        return [path]
    if path.suffix or path.name != text:
        fail(f"{one_line(text)}: there is no such file")
    named = find(text)
    return [named] if named else fail(not_found(text))


def _lessons_in(folder: Path) -> list[Path]:
    from bn_tutor.cli.output import fail, tell
    from bn_tutor.course.heading import begins_as_lesson
    from bn_tutor.course.places import entries_at
    from bn_tutor.course.plain import one_line

    files = [entry.path for entry in entries_at(("", folder))]
    lessons = [file for file in files if begins_as_lesson(file)]
    if not lessons:
        fail(f"{one_line(str(folder))}: there is no lesson in this folder")
    for file in (each for each in files if each not in lessons):
        tell(f"{one_line(str(file))}: left out, since it does not begin with +++")
    return lessons
