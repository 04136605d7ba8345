"""What ``bn-tutor lab NAME`` does: ask for a prediction, run, show, and keep."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from bn_tutor.cli.keyboard import keyboard
from bn_tutor.cli.lab_wish import INSTALL, Asked, Wish, wish_for
from bn_tutor.cli.output import (
    console_for,
    fail,
    is_terminal,
    output_look,
    show,
    tell,
    until_reader_leaves,
    write_file,
)
from bn_tutor.course.plain import one_line
from bn_tutor.course.state_folder import state_folder
from bn_tutor.export.lab_document import lab_csv, lab_json
from bn_tutor.export.lab_svg import lab_svg
from bn_tutor.labs.catalogue import LABS
from bn_tutor.labs.lab import Lab
from bn_tutor.labs.records import keep
from bn_tutor.labs.report import Report
from bn_tutor.labs.rows import Row
from bn_tutor.labs.running import RunError, run
from bn_tutor.version import __version__
from bn_tutor.views.lab_page import Plot, choice_lines, question_lines, report_lines
from bn_tutor.views.look import Look

INTERRUPTED = 130
# For a screen reader: how often is told how far it is.
QUARTERS = 4
SHORT_OF_MEMORY = "a process of the run was ended, as happens where memory is short; try a smaller --size"


@dataclass(frozen=True)
class Manner:
    """How a run is shown, and where it is written."""

    predict: int | None = None
    as_json: bool = False
    csv: Path | None = None
    svg: Path | None = None
    force: bool = False
    no_color: bool = False
    is_asking: bool = True


def run_all(asked: Asked, manner: Manner, look: Look) -> None:
    """Run every lab, one after the other, without asking what is expected. Ctrl-C ends them all."""
    if asked.sizes or asked.walking:
        fail("--size and --walk are for one lab: bn-tutor lab NAME")
    for name in LABS:
        run_lab(wish_for(replace(asked, name=name)), manner, look)


def run_lab(wish: Wish, manner: Manner, look: Look) -> None:
    """Run the lab and show what it came to; exit status 130 where it was stopped, 1 where a file failed."""
    lab = wish.plan.lab
    _refuse_number(lab, manner)
    _refuse_files(manner)
    if wish.note:
        tell(wish.note)
    with until_reader_leaves():
        if not manner.as_json:
            show(question_lines(lab, look), console_for(no_color=manner.no_color))
        predicted = _predicted(lab, manner, look)
    report, trouble = _report(wish, predicted, manner, look)
    if trouble and not report.rows:
        fail(trouble[0], status=1)
    # First kept and written, then shown: a run took its time, and its reader may have gone away.
    problem = keep(report, state_folder())
    plot = None if manner.as_json or look.plain else _plot()
    unwritten = _write_files(report, manner)
    with until_reader_leaves():
        _show_report(report, manner, look, plot)
    if problem:
        tell(f"not kept for the page of claims: {problem}")
    for told in (*trouble, *unwritten):
        tell(told)
    if trouble or unwritten:
        raise typer.Exit(1)
    if report.is_stopped:
        raise typer.Exit(INTERRUPTED)


def _show_report(report: Report, manner: Manner, look: Look, plot: Plot | None) -> None:
    if manner.as_json:
        sys.stdout.write(lab_json(report))
    else:
        # The window may have got another size meanwhile.
        look = output_look(is_plain=look.plain)
        show(report_lines(report, look, plot), console_for(no_color=manner.no_color))


# --- the prediction ---------------------------------------------------------------------------------------


def _refuse_number(lab: Lab, manner: Manner) -> None:
    """End the program before it says anything where no prediction has this number."""
    count = len(lab.findings[0].choices)
    if (manner.predict or 1) > count:
        fail(f"--predict is a number from 1 to {count}")


def _predicted(lab: Lab, manner: Manner, look: Look) -> str:
    """Return the name of the outcome that the learner expects; empty where nobody is asked, or knows."""
    names = list(lab.findings[0].choices)
    is_asked = manner.is_asking and is_terminal()
    if manner.as_json or (manner.predict is None and not is_asked):
        return names[manner.predict - 1] if manner.predict else ""
    show([*choice_lines(lab, look), Text()], console_for(no_color=manner.no_color))
    return names[manner.predict - 1] if manner.predict else _asked(names)


def _asked(names: Sequence[str]) -> str:
    # What is typed may be no text at all; it is no number then.
    sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
    while True:
        try:
            answer = input(f" prediction, 1 to {len(names)} (Enter: none)> ").strip()
        except EOFError:
            sys.stdout.write("\n")
            answer = ""
        except KeyboardInterrupt:
            sys.stdout.write("\n")
            raise typer.Exit(INTERRUPTED) from None
        if not answer:
            return ""
        if answer.isascii() and answer.isdecimal() and 1 <= int(answer[:9]) <= len(names):
            return names[int(answer[:9]) - 1]
        sys.stdout.write(f" a number from 1 to {len(names)}, or Enter for none\n")


# --- the run ----------------------------------------------------------------------------------------------


def _report(wish: Wish, predicted: str, manner: Manner, look: Look) -> tuple[Report, Sequence[str]]:
    """Run, and return what there is at the end or when it was stopped; and what went wrong, if anything."""
    plan, rows, trouble, begun = wish.plan, list[Row](), list[str](), time.monotonic()
    with _watched(plan.count, manner, look) as told, closing(run(plan)) as running:
        try:
            for row in running:
                rows.append(row)
                told(len(rows))
        except KeyboardInterrupt:
            pass  # what there is, is shown
        except (BrokenProcessPool, MemoryError):
            trouble.append(SHORT_OF_MEMORY)
        except RunError as error:
            trouble.append(f"these sizes cannot be run: {error}")
    report = Report(
        lab=plan.lab,
        source=plan.source.name,
        said=plan.source.said,
        sizes=plan.sizes,
        is_quick=wish.is_quick,
        seeds=list(plan.seeds),
        rows=rows,
        planned=plan.count,
        seconds=time.monotonic() - begun,
        date=date.today().isoformat(),
        version=__version__,
        predicted=predicted,
    )
    return report, trouble


@contextmanager
def _watched(count: int, manner: Manner, look: Look) -> Iterator[Callable[[int], None]]:
    """Give what is told how many runs are done: a bar in a terminal, lines for a screen reader, or none."""
    if manner.as_json or not sys.stdout.isatty():
        yield lambda done: None
    elif look.plain:
        yield lambda done: _quarterly(done, count)
    else:
        columns = (TextColumn(" running"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        # Of no width of its own, so that the bar follows the window.
        console = Console(no_color=manner.no_color or None, legacy_windows=False)
        with _quiet_keys(), Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("", total=count)
            yield lambda done: progress.update(task, completed=done)


@contextmanager
def _quiet_keys() -> Iterator[None]:
    """Let the terminal not show what is typed meanwhile: it would tear the bar."""
    if not is_terminal():
        yield
        return
    with keyboard("", ""):
        yield


def _quarterly(done: int, count: int) -> None:
    if done * QUARTERS // count > (done - 1) * QUARTERS // count:
        sys.stdout.write(f"{done} of {count} runs\n")
        sys.stdout.flush()


def _plot() -> Plot | None:
    """Return how panels are drawn; None, with a word on it, where plotext is not installed."""
    try:
        from bn_tutor.views.lab_plot import plot_lines
    except ImportError:
        tell(f"plots need plotext ({INSTALL}); the tables have the same numbers")
        return None
    return plot_lines


# --- files ------------------------------------------------------------------------------------------------


def _refuse_files(manner: Manner) -> None:
    """End the program before the run where a file is there already, or could not be written."""
    if manner.csv is not None and manner.csv == manner.svg:
        fail("--csv and --svg name the same file")
    for path in filter(None, (manner.csv, manner.svg)):
        name = one_line(str(path))
        if path.is_dir():
            fail(f"{name} is a folder")
        if path.exists() and not manner.force:
            fail(f"{name} is there already: --force overwrites it")
        if not path.parent.is_dir():
            fail(f"{name} cannot be written: there is no folder {one_line(str(path.parent))}")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            fail(f"{name} cannot be written: no permission")


def _write_files(report: Report, manner: Manner) -> list[str]:
    """Write what was asked for, each by itself; return what could not be written, and why."""
    problems = []
    if manner.csv is not None:
        problems.append(_written(manner.csv, lab_csv(report), force=manner.force))
    if manner.svg is not None:
        problems.append(_written(manner.svg, lab_svg(report), force=manner.force))
    return [each for each in problems if each]


def _written(path: Path, text: str, *, force: bool) -> str:
    """Write a file; return what is wrong where that cannot be done, else nothing."""
    try:
        write_file(path, text, force=force)
    except OSError as error:
        return f"{one_line(str(path))}: {error.strerror or 'it cannot be written'}"
    return ""
