"""What a run of a lab came to, and what is kept of it for the page of claims."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bn_tutor.labs.lab import LEAST_SEEDS, Lab, Outcome, Verdict, verdict
from bn_tutor.labs.rows import Row, Rows


@dataclass(frozen=True)
class Report:
    """A run: its lab, what it was run on, and its rows, in the order in which they were measured.

    ``planned`` is how many rows there should be; fewer where it was stopped. ``date`` is the day of the run,
    ``version`` the tutor's, ``seconds`` how long it took, ``predicted`` the outcome that the learner chose.
    """

    lab: Lab
    source: str
    said: str
    sizes: Mapping[str, int]
    is_quick: bool
    seeds: Sequence[int]
    rows: Sequence[Row]
    planned: int
    seconds: float
    date: str
    version: str
    predicted: str = ""

    @property
    def whole(self) -> Rows:
        """The rows of those seeds that were run to their end, in the order of the cells."""
        cells, own = self.lab.cells(self.sizes), dict[str | float, list[Row]]()
        for row in self.rows:
            own.setdefault(row.get("seed", ""), []).append(row)
        return Rows(tuple(row for seed in self.seeds for row in _whole(own.get(seed, []), cells)))

    @property
    def shown(self) -> Rows:
        """The rows that panels show: where no seed is whole, what there is of the first ones."""
        return self.whole or Rows(tuple(self.rows))

    @property
    def facts(self) -> str:
        """What was run, in a line: how many runs, which seeds, and the sizes."""
        done = len(self.rows)
        runs = f"{done} {'run' if done == 1 else 'runs'}"
        whole = ""
        if self.is_stopped:
            runs = f"{done} of {self.planned} runs: stopped"
            whole = f", {len(self.whole.by_seed())} of them whole"
        sizes = ", ".join(f"{name} {size}" for name, size in self.sizes.items())
        quick = ", quick" if self.is_quick else ""
        return f"{runs}, {seeds_text(self.seeds)}{whole}, {self.seconds:.1f} s{quick}; {sizes}"

    @property
    def is_stopped(self) -> bool:
        """Whether it ended before its end."""
        return len(self.rows) < self.planned

    @property
    def is_usual(self) -> bool:
        """Whether it has the lab's own sizes, and no shorter ones."""
        return self.sizes == self.lab.sizes

    @property
    def is_sound(self) -> bool:
        """Whether verdicts can rest on it."""
        return len(self.whole.by_seed()) >= LEAST_SEEDS

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What the rows say of each of the lab's claims; worked out here and now, never kept."""
        whole = self.whole
        return tuple(verdict(finding, whole) for finding in self.lab.findings)

    @property
    def prediction(self) -> Outcome | None:
        """What was predicted, if anything was."""
        return self.lab.findings[0].outcomes.get(self.predicted)


def _whole(rows: Sequence[Row], cells: Sequence[Row]) -> Sequence[Row]:
    """Return a row for each cell, of those of one seed; or nothing where one is missing."""
    found = [_matching(rows, cell) for cell in cells]
    return [row for row in found if row is not None] if None not in found else []


def _matching(rows: Sequence[Row], cell: Row) -> Row | None:
    return next((row for row in rows if cell.items() <= row.items()), None)


def seeds_text(seeds: Sequence[int]) -> str:
    """Return which seeds there are, in a few words."""
    return f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"
