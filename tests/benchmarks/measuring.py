"""Timing side by side, and the rows of the table that tells of it."""

import math
from dataclasses import dataclass
from time import perf_counter

import numpy as np

COLUMNS = ("what", "measured", "spread", "target", "holds")


@dataclass(frozen=True)
class Row:
    """One line of the table; ``most`` is the target, None where the number is only told."""

    what: str
    value: float
    spread: str
    unit: str
    most: float | None = None

    def cells(self):
        target = "" if self.most is None else f"≤ {amount(self.most, self.unit)}"
        holds = "" if self.most is None else "yes" if self.value <= self.most else "no"
        return (self.what, amount(self.value, self.unit), self.spread, target, holds)


def amount(value, unit):
    """Write a number with three digits that count, and its unit."""
    decimals = max(0, 2 - math.floor(math.log10(value))) if value else 0
    return f"{value:.{decimals}f}{'' if unit == '×' else ' '}{unit}"


def alternating(measures, rounds):
    """Take each measure, a function that returns seconds, once a round; return an array of them by name.

    The order turns round every time, so that a machine that slows down slows all of them down.
    """
    taken = {name: [] for name in measures}
    for each in range(rounds):
        for name in list(measures)[:: 1 if each % 2 else -1]:
            taken[name].append(measures[name]())
    return {name: np.array(times) for name, times in taken.items()}


def seconds(function, calls=1, clock=perf_counter):
    """Return the seconds that one of several calls in a row takes."""
    start = clock()
    for _ in range(calls):
        function()
    return (clock() - start) / calls


def ratio_row(what, times, over, most=None):
    """Return the median of the rounds' own ratios, and the middle half of them."""
    return median_row(what, times / over, "×", most)


def median_row(what, values, unit, most=None):
    low, middle, high = np.percentile(values, (25, 50, 75))
    return Row(what, float(middle), f"{amount(low, unit)} to {amount(high, unit)}", unit, most)


def table(rows):
    """Return the rows as a Markdown table."""
    lines = [COLUMNS, ("---",) * len(COLUMNS), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
