"""How well ``bn-tutor check`` finds and names mistakes: on right files, on wild ones, and on seeded bugs.

``python tests/benchmarks/check_figures.py [SEED [PER_FILE]]`` prints the table that the README holds. The
seeded bugs come from tests/checker/seeding.py, which shares no code with the diagnosis.
"""

import os
import sys
import tomllib
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

from bn_tutor.checker.checking import Wish, check

CHECKER = Path(__file__).resolve().parents[1] / "checker"
sys.path.insert(0, str(CHECKER))

import seeding  # noqa: E402

SEED, PER_FILE = 7, 3


@dataclass(frozen=True)
class Found:
    """What a check said: its verdict, the accused lines in order, how sure, if named, and the seconds."""

    verdict: str
    lines: tuple[int, ...]
    tier: str
    is_named: bool
    seconds: float


def found_in(path):
    """Check a file and return what matters here."""
    start = perf_counter()
    report = check(Path(path), Wish(seconds=30))
    taken = perf_counter() - start
    accused = [each for function in report.functions for each in function.accused]
    crashed = [function.first_crash.line for function in report.functions if function.first_crash]
    # What a line cannot be told apart from counts as its second guess.
    lines = [line for each in accused for line in (each.line, *each.other_lines)] or crashed
    tier = str(accused[0].tier) if accused else "crash" if crashed else "none"
    is_named = bool(accused and accused[0].mistake) or bool(crashed)
    return Found(str(report.verdict), tuple(lines), tier, is_named, taken)


def found_in_source(arguments):
    """Write a source into a folder of its own and check it."""
    folder, number, seeded = arguments
    path = Path(folder) / str(number) / Path(seeded.file).name
    path.parent.mkdir()
    path.write_text(seeded.source, encoding="utf-8")
    return found_in(path)


def seeded_bugs(seed=SEED, per_file=PER_FILE):
    """Return (seeded bug, what was found) for a reproducible corpus, single bugs first."""
    corpus = sorted(seeding.corpus(seed, per_file), key=lambda seeded: len(seeded.lines))
    with TemporaryDirectory() as folder, ProcessPoolExecutor(os.cpu_count()) as pool:
        jobs = [(folder, number, seeded) for number, seeded in enumerate(corpus)]
        return list(zip(corpus, pool.map(found_in_source, jobs, chunksize=4), strict=True))


def row(title, pairs):
    """Return a row of the table, a cell for each of its columns."""
    count = len(pairs)
    first = sum(bool(found.lines) and found.lines[0] in lines for lines, found in pairs)
    two = sum(any(line in lines for line in found.lines[:2]) for lines, found in pairs)
    proved = [found.lines[0] in lines for lines, found in pairs if found.tier == "proved"]
    named = sum(found.is_named for _, found in pairs)
    times = [found.seconds for _, found in pairs]
    late = quantiles(times, n=20)[-1]
    cells = [
        title, count, share(first, count), share(two, count), f"{sum(proved)} of {len(proved)}",
        share(named, count), f"{median(times):.2f} / {late:.2f} s",
    ]  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def share(part, whole):
    """Return a part in percent."""
    return f"{part / whole:.0%}" if whole else "-"


def table(seed, per_file):
    """Return the table as Markdown."""
    wild = tomllib.loads((CHECKER / "wild.toml").read_text(encoding="utf-8"))
    own = [
        ({*row["lines"], *row.get("second_lines", ())}, found_in(CHECKER / "wild" / f"{name}.py"))
        for name, row in wild.items()
    ]
    bugs = [(set(seeded.lines), found) for seeded, found in seeded_bugs(seed, per_file)]
    single = [pair for pair in bugs if len(pair[0]) == 1]
    double = [pair for pair in bugs if len(pair[0]) == 2]
    head = ["", "files", "first wrong line", "first two", "proved and right", "named", "time, median / 95th"]
    right = Counter(found_in(path).verdict for path in sorted((CHECKER / "right").glob("*.py")))
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [row("written by hand", own), row("one seeded bug", single), row("two seeded bugs", double)]
    return "\n".join([*lines, "", f"Right files that are called right: {right['right']} of {right.total()}."])


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    print(table(*(given + [SEED, PER_FILE][len(given) :])))
