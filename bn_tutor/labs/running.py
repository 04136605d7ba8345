"""Runs a lab: each of its cells with each seed, in as many processes as there are cores."""

import os
import signal
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_context, parent_process
from threading import Thread, current_thread, main_thread

from bn_tutor.course.loading import LessonError
from bn_tutor.labs.lab import Lab, Setting
from bn_tutor.labs.rows import Row
from bn_tutor.labs.samples import Source

# A lab is small: what is larger than this would run for days.
LARGEST_SIZE = 100_000


@dataclass(frozen=True, eq=False)
class Plan:
    """What is to be run: a lab in some sizes, on some images, with some seeds."""

    lab: Lab
    sizes: Mapping[str, int]
    source: Source
    seeds: Sequence[int]

    @property
    def cells(self) -> Sequence[Row]:
        """What each seed is run on."""
        return self.lab.cells(self.sizes)

    @property
    def count(self) -> int:
        """How many runs there are."""
        return len(self.cells) * len(self.seeds)

    def settings(self) -> Iterator[tuple[Row, Setting]]:
        """Yield every run: its cell, and what it is given."""
        # Seed by seed, so that a run that is interrupted has some that are whole.
        for seed in self.seeds:
            setting = Setting(self.sizes, self.source, seed)
            yield from ((cell, setting) for cell in self.cells)


class RunError(ValueError):
    """A run that cannot be done with these sizes, and why, in a line."""


Measure = Callable[[Row, Setting], Mapping[str, float]]


def run(plan: Plan, workers: int = 0) -> Generator[Row]:
    """Yield a row for each run of the plan, as they end. ``workers``: how many processes; 0 for one a core.

    Where the iterator is closed before its end, what has not begun is not run.
    """
    workers = min(workers or cores(), plan.count)
    measure = plan.lab.measure
    if workers <= 1:
        yield from (measured(measure, cell, setting) for cell, setting in plan.settings())
        return
    yield from _run_apart(plan, workers)


def _run_apart(plan: Plan, workers: int) -> Generator[Row]:
    measure = plan.lab.measure
    others = active_children()
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _end_with_parent)
    try:
        with _born_deaf():
            waiting = [pool.submit(measured, measure, cell, setting) for cell, setting in plan.settings()]
        yield from (future.result() for future in as_completed(waiting))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in active_children():
            if child not in others:
                child.terminate()


def _end_with_parent() -> None:
    """Let this process end with its parent, even where that is killed: it would wait for work for ever."""
    Thread(target=_watch_parent, daemon=True).start()


def _watch_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


@contextmanager
def _born_deaf() -> Iterator[None]:
    """Let processes that begin meanwhile hear no Ctrl-C: it is the parent that ends them."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def measured(measure: Measure, cell: Row, setting: Setting) -> Row:
    """Return one run's row: its cell, its seed, and what was measured. Raises RunError."""
    try:
        found = measure(cell, setting)
    except LessonError as error:
        # The network could not be built; an error with a plain text is what another process can hand over.
        raise RunError(error.problems[0].message) from None
    # Plain floats: a NumPy number could not be written as JSON.
    return {**cell, "seed": setting.seed, **{name: float(value) for name, value in found.items()}}


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
