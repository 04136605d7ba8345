"""Round numbers for the axes of a plot, whatever it is drawn with."""

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10

MOST_TICKS = 6
# Over fewer powers of ten than this, a scale of logarithms has 2 and 5 at it as well.
DECADES = 2.5
# What is larger, such as a loss that was lost, would press all else into one line.
LARGEST = 1e100
# Rounding is no reason to leave out a tick at the end.
TINY = 1e-9


def ticks(numbers: Sequence[float], is_log: bool, most: int = MOST_TICKS) -> list[float]:
    """Return a few round numbers between the smallest and the largest; or the logarithms of round ones.

    Where ``is_log``, the numbers are logarithms to the base of ten, as they are drawn. ``most`` is about how
    many there may be.
    """
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    if is_log and high - low < DECADES:
        round_ones = (
            log10(digit) + power for power in range(floor(low), ceil(high) + 1) for digit in (1, 2, 5)
        )
        return _thinned([each for each in round_ones if low - TINY <= each <= high + TINY], most) or [
            low,
            high,
        ]
    step = next(each for each in _steps(high - low) if (high - low) / each <= most)
    step = max(1.0, step) if is_log else step
    return [at * step for at in range(ceil(low / step - TINY), floor(high / step + TINY) + 1)]


def _thinned(numbers: list[float], most: int) -> list[float]:
    """Return every number, or every second, and so on, so that there are not too many."""
    return numbers[:: -(-len(numbers) // most) or 1]


def _steps(width: float) -> Iterator[float]:
    """Yield round steps, from one that is too small for this width up."""
    power = 10.0 ** floor(log10(width if width > 1 / LARGEST else 1.0) - 1)
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10
