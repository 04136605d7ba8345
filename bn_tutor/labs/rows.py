"""What the runs of a lab have measured: one flat row a run, and what is read off many of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from statistics import median

# A word or a number by its name: what the run was about (with its seed), and what it measured.
Row = Mapping[str, str | float]


@dataclass(frozen=True)
class Spread:
    """A value over several seeds."""

    middle: float
    low: float
    high: float
    count: int

    def text(self, form: str = "{:.3g}") -> str:
        """``0.96 (0.94 to 0.97)``; the number alone where there is but one."""
        shown = [form.format(each) for each in (self.middle, self.low, self.high)]
        return shown[0] if shown[1] == shown[2] else f"{shown[0]} ({shown[1]} to {shown[2]})"


@dataclass(frozen=True)
class Rows:
    """Rows, in the order in which they were measured."""

    rows: tuple[Row, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def where(self, **wanted: str | float) -> "Rows":
        """Return the rows that have all these values."""
        return Rows(
            tuple(row for row in self.rows if all(row[key] == value for key, value in wanted.items()))
        )

    def values(self, name: str) -> list[float]:
        """Return the numbers of this name."""
        return [float(row[name]) for row in self.rows]

    def value(self, name: str, **wanted: str | float) -> float:
        """Return the number of this name in the one row that has all these values."""
        (value,) = self.where(**wanted).values(name)
        return value

    def different(self, name: str) -> list[str | float]:
        """Return the different values of this name, as they first come."""
        return list(dict.fromkeys(row[name] for row in self.rows))

    def by_seed(self) -> dict[int, "Rows"]:
        """Return each seed's rows."""
        found: dict[int, list[Row]] = {}
        for row in self.rows:
            found.setdefault(int(row["seed"]), []).append(row)
        return {seed: Rows(tuple(rows)) for seed, rows in found.items()}

    def spread(self, of_seed: Callable[["Rows"], float]) -> Spread:
        """Return a value that is worked out for each seed by itself, over all seeds."""
        return spread([of_seed(rows) for rows in self.by_seed().values()])


def spread(values: Sequence[float]) -> Spread:
    """Return the median and the range of some values; of those that are numbers, if any are."""
    numbers = [value for value in values if not isnan(value)]
    if not numbers:
        return Spread(nan, nan, nan, 0)
    return Spread(median(numbers), min(numbers), max(numbers), len(numbers))
