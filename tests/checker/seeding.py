"""Seeds mistakes in right implementations: ``python tests/checker/seeding.py --count``.

They are there to judge what `bn-tutor check` finds. Each seeded source has one statement changed as a learner
might slip, or two, and is proven to be really wrong by running it. The grammar of slips and the proof are
this folder's own; nothing of bn_tutor is used.
"""

import argparse
import ast
import difflib
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from pathlib import Path
from random import Random

from seed_exam import Exam, Outcome, differ, exam, examine
from seed_names import slips
from seed_text import Slip, Source, changed, lines_of

RIGHT = Path(__file__).parent / "right"
PER_FILE = 5
# How much less a kind is wanted after a slip of it that changed nothing, and a line that has had its slip.
_FAILED, _USED = 0.5, 3.0


@dataclass(frozen=True)
class Seeded:
    """A source with one or two statements changed.

    The lines are where the changed statements begin, counted from 1 in this source, and the kinds are theirs.
    The function is the one that holds a changed statement, where its results are wrong, and otherwise the
    first with wrong results; forward comes before backward.
    """

    file: str
    function: str
    lines: tuple[int, ...]
    kinds: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Proved:
    """A slip that really makes its source wrong, and what the source then gives."""

    slip: Slip
    outcome: Outcome


@dataclass(frozen=True)
class Bed:
    """A right file in which mistakes are seeded; where crashing, only those that raise."""

    file: str
    source: Source
    given: Exam
    crashing: bool = False


def corpus(seed: int, per_file: int = PER_FILE, folder: Path = RIGHT, crashing: bool = False) -> list[Seeded]:
    """Return single mistakes, at most so many a file, and about a third as many double ones.

    The same seed and files give the same corpus. No kind of mistake is taken much more often than others.
    """
    singles: Counter[str] = Counter()
    doubles: Counter[str] = Counter()
    found = []
    for path in sorted(folder.glob("*.py")):
        source = Source(path.read_text(encoding="utf-8"))
        bed = Bed(path.name, source, exam(source.text), crashing)
        rng = Random(f"{seed} {path.name}")
        every = slips(source, rng)
        found += islice(_singles(bed, every, singles, rng), per_file)
        # What raises at one line never comes to the other.
        found += islice(_doubles(bed, every, doubles, rng), 0 if crashing else (per_file + 2) // 3)
    return found


def proved(bed: Bed, slip: Slip) -> Proved | None:
    """Return the slip with its proof, or nothing where it makes no result wrong."""
    outcome = examine(bed.given, changed(bed.source, [slip]))
    return Proved(slip, outcome) if outcome.wrong and outcome.raised == bed.crashing else None


def proved_together(bed: Bed, one: Proved, other: Proved) -> Outcome | None:
    """Return what both slips give, or nothing where one of them makes no difference beside the other."""
    if one.slip.line == other.slip.line or not set(one.outcome.wrong) & set(other.outcome.wrong):
        return None
    outcome = examine(bed.given, changed(bed.source, [one.slip, other.slip]))
    if not outcome.wrong or outcome.raised != bed.crashing:
        return None
    return outcome if differ(outcome, one.outcome) and differ(outcome, other.outcome) else None


def _singles(bed: Bed, every: Sequence[Slip], taken: Counter[str], rng: Random) -> Iterator[Seeded]:
    for each in _chosen(bed, every, taken, rng):
        yield _seeded(bed, each.outcome, [each.slip])


def _doubles(bed: Bed, every: Sequence[Slip], taken: Counter[str], rng: Random) -> Iterator[Seeded]:
    chosen = _chosen(bed, every, taken, rng)
    # A few are drawn for each double, as not every two go together.
    while len(drawn := list(islice(chosen, 4))) > 1:
        for one, other in combinations(drawn, 2):
            if outcome := proved_together(bed, one, other):
                yield _seeded(bed, outcome, [one.slip, other.slip])
                break


def _chosen(bed: Bed, every: Iterable[Slip], taken: Counter[str], rng: Random) -> Iterator[Proved]:
    """Yield slips with their proofs: first kinds that were taken least, at lines without a slip."""
    waiting, failed, used = _distinct(bed, every), Counter[str](), Counter[int]()
    rng.shuffle(waiting)
    while waiting:
        slip = min(
            waiting,
            key=lambda each: taken[each.kind] + _FAILED * failed[each.kind] + _USED * used[each.line],
        )
        waiting.remove(slip)
        if found := proved(bed, slip):
            taken[slip.kind] += 1
            used[slip.line] += 1
            yield found
        else:
            failed[slip.kind] += 1


def _distinct(bed: Bed, every: Iterable[Slip]) -> list[Slip]:
    """Of slips that come to the same source, one."""
    return list({changed(bed.source, [slip]): slip for slip in every}.values())


def _seeded(bed: Bed, outcome: Outcome, made: Sequence[Slip]) -> Seeded:
    ordered = sorted(made, key=lambda slip: slip.start)
    kinds = tuple(slip.kind for slip in ordered)
    lines = lines_of(bed.source, ordered)
    return Seeded(bed.file, _accused(bed, outcome, ordered), lines, kinds, changed(bed.source, ordered))


def _accused(bed: Bed, outcome: Outcome, made: Sequence[Slip]) -> str:
    holders = [
        node.name
        for node in bed.source.tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and any(node.lineno <= slip.line <= (node.end_lineno or 0) for slip in made)
    ]
    return next((name for name in outcome.wrong if name in holders), outcome.wrong[0])


# --- the command ------------------------------------------------------------------------------------------


def table(found: Sequence[Seeded]) -> str:
    """Return how many there are of each kind, alone and in pairs."""
    alone = Counter(each.kinds[0] for each in found if len(each.kinds) == 1)
    paired = Counter(kind for each in found if len(each.kinds) == 2 for kind in each.kinds)
    rows = [f"{kind:20} {alone[kind]:7} {paired[kind]:9}" for kind in sorted({*alone, *paired})]
    total = f"{'all':20} {alone.total():7} {paired.total():9}"
    return "\n".join([f"{'kind':20} {'singles':>7} {'in pairs':>9}", *rows, total])


def difference(each: Seeded, folder: Path = RIGHT) -> str:
    """Return what was changed, as a diff."""
    before = (folder / each.file).read_text(encoding="utf-8").splitlines()
    heading = f"{each.file} {each.function} {each.lines} {each.kinds}"
    lines = difflib.unified_diff(before, each.source.splitlines(), n=0, lineterm="")
    return "\n".join([heading, *list(lines)[2:]])


def main() -> None:
    parser = argparse.ArgumentParser(description="seed mistakes in right implementations")
    parser.add_argument("--count", action="store_true", help="print how many there are of each kind")
    parser.add_argument("--show", action="store_true", help="print every change as a diff")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-file", type=int, default=PER_FILE)
    parser.add_argument("--folder", type=Path, default=RIGHT)
    parser.add_argument(
        "--crashing", action="store_true", help="mistakes that raise, in place of wrong values"
    )
    options = parser.parse_args()
    start = time.perf_counter()
    found = corpus(options.seed, options.per_file, options.folder, options.crashing)
    if options.show:
        print("\n\n".join(difference(each, options.folder) for each in found))
    if options.count:
        print(table(found))
    files = len({each.file for each in found})
    print(f"{len(found)} sources of {files} files in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
