"""Runs a lab: each of its cells with each seed, in as many processes as there are cores."""

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context

from bn_tutor.labs.lab import Lab, Setting
from bn_tutor.labs.rows import Row, Rows
from bn_tutor.labs.samples import Source


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

    def whole(self, rows: Sequence[Row]) -> Rows:
        """Return, in the plan's order, the rows of those seeds that have all of them."""
        cells = self.cells
        kept = [[_matching(rows, {**cell, "seed": seed}) for cell in cells] for seed in self.seeds]
        return Rows(
            tuple(row for of_seed in kept if None not in of_seed for row in of_seed if row is not None)
        )

    def _settings(self) -> Iterator[tuple[Row, Setting]]:
        # Seed by seed, so that a run that is interrupted has some that are whole.
        for seed in self.seeds:
            setting = Setting(self.sizes, self.source, seed)
            yield from ((cell, setting) for cell in self.cells)


Measure = Callable[[Row, Setting], Mapping[str, float]]


def run(plan: Plan, workers: int = 0) -> Iterator[Row]:
    """Yield a row for each run of the plan, as they end. ``workers``: how many processes; 0 for one a core.

    Where the iterator is closed before its end, what has not begun is not run.
    """
    workers = min(workers or cores(), plan.count)
    measure = plan.lab.measure
    if workers <= 1:
        yield from (measured(measure, cell, setting) for cell, setting in plan._settings())
        return
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_leave_interrupts_to_the_parent)
    try:
        waiting = [pool.submit(measured, measure, cell, setting) for cell, setting in plan._settings()]
        yield from (future.result() for future in as_completed(waiting))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _matching(rows: Sequence[Row], wanted: Row) -> Row | None:
    """Return the row that has all these values."""
    return next((row for row in rows if all(row.get(name) == value for name, value in wanted.items())), None)


def measured(measure: Measure, cell: Row, setting: Setting) -> Row:
    """Return one run's row: its cell, its seed, and what was measured."""
    return {**cell, "seed": setting.seed, **measure(cell, setting)}


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
