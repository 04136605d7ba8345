"""What a lab is: a question, what is run to answer it, and how the answer is read off the runs.

No verdict is written down anywhere: a lab says for *one* seed what its rows show, and the verdict is what
the seeds agree on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from math import comb

from bn_tutor.labs.network import Network
from bn_tutor.labs.rows import Row, Rows
from bn_tutor.labs.samples import Data, Source, split
from bn_tutor.labs.training import Step

# A verdict stands where a coin for each seed would agree so well less often than this.
BY_CHANCE = 0.1
# With fewer seeds even all of them could agree by chance: 5 coins do once in 16 times.
LEAST_SEEDS = 5


class Word(StrEnum):
    """What becomes of a claim."""

    HOLDS = "holds"
    PARTLY = "holds in part"
    FAILS = "does not hold"
    UNDECIDED = "undecided"
    TOO_FEW = "too few seeds"
    NOT_RUN = "not yet run"


@dataclass(frozen=True, eq=False)
class Setting:
    """What one run is given beside its cell: the lab's sizes, the images, and its seed."""

    sizes: Mapping[str, int]
    source: Source
    seed: int

    def data(self) -> Data:
        """Return the images, split into training and test by the seed."""
        return split(self.source, self.seed)


@dataclass(frozen=True)
class Outcome:
    """What a run may show: as a prediction to choose, as a verdict's first sentence, and the claim's fate."""

    predicted: str
    concluded: str
    word: Word


@dataclass(frozen=True)
class Finding:
    """One claim, and how the rows of one seed decide it.

    ``decide`` returns one of the outcomes' names for the rows of a single seed; ``evidence`` tells the
    numbers, over all seeds, in one sentence.
    """

    name: str
    claim: str
    outcomes: Mapping[str, Outcome]
    decide: Callable[[Rows], str]
    evidence: Callable[[Rows], str]

    @property
    def rule(self) -> str:
        """Where it is written how a seed's rows decide: the function, and its file."""
        function = self.decide.func if isinstance(self.decide, partial) else self.decide
        return f"{function.__name__} in {function.__module__.replace('.', '/')}.py"

    @property
    def choices(self) -> Mapping[str, Outcome]:
        """What may be predicted, by the alphabet, so that its place tells nothing."""
        told = sorted(self.outcomes.items(), key=lambda each: each[1].predicted.lower())
        return {name: outcome for name, outcome in told if outcome.word is not Word.UNDECIDED}


@dataclass(frozen=True)
class Panel:
    """A measured value against ``across``, one line for each of ``by``: both a table and a plot."""

    title: str
    value: str
    across: str
    by: str
    form: str = "{:.3g}"
    log_across: bool = False
    log_value: bool = False


def _nothing_wrong(sizes: Mapping[str, int]) -> str:
    return ""


@dataclass(frozen=True)
class Lab:
    """One lab. A *cell* is what one run is about: words and numbers by their names, without the seed.

    ``about`` tells what is done, ``sizes`` what can be set, ``quick`` what is smaller in a short run.
    ``check`` says what is wrong with sizes, or nothing. ``walked`` returns one step of training.
    ``has_images`` is False where only that step is on images.
    """

    name: str
    title: str
    question: str
    about: str
    papers: tuple[str, ...]
    sizes: Mapping[str, int]
    quick: Mapping[str, int]
    cells: Callable[[Mapping[str, int]], Sequence[Row]]
    measure: Callable[[Row, Setting], Mapping[str, float]]
    panels: tuple[Panel, ...]
    findings: tuple[Finding, ...]
    walked: Callable[[Setting], tuple[Network, Step]]
    check: Callable[[Mapping[str, int]], str] = _nothing_wrong
    has_images: bool = True


def usual_sizes(lab: Lab, *, is_quick: bool) -> dict[str, int]:
    """Return the sizes of a run for which none are asked for."""
    return {**lab.sizes, **(lab.quick if is_quick else {})}


@dataclass(frozen=True)
class Verdict:
    """What the seeds agree on about one claim.

    ``outcome`` is its name, empty where they do not agree; ``votes`` counts the seeds for each.
    """

    finding: Finding
    word: Word
    outcome: str
    votes: Mapping[str, int]
    sentences: tuple[str, ...]


def verdict(finding: Finding, rows: Rows) -> Verdict:
    """Ask each seed by itself, and return what they agree on; ``rows`` are of seeds that are complete."""
    votes: dict[str, int] = {}
    for of_seed in rows.by_seed().values():
        shown = finding.decide(of_seed)
        votes[shown] = votes.get(shown, 0) + 1
    if not votes:
        return Verdict(finding, Word.NOT_RUN, "", {}, ("No seed has been run to its end.",))
    seeds = sum(votes.values())
    most = max(votes, key=votes.__getitem__)
    evidence = finding.evidence(rows)
    if not agrees(votes[most], seeds):
        return Verdict(finding, Word.UNDECIDED, "", votes, (_disagreement(finding, votes), evidence))
    outcome = finding.outcomes[most]
    agreed = f"{outcome.concluded}, in {_of_seeds(votes[most], seeds)}"
    if seeds < LEAST_SEEDS:
        return Verdict(
            finding, Word.TOO_FEW, most, votes, (f"{agreed}; a verdict takes {LEAST_SEEDS}.", evidence)
        )
    return Verdict(finding, outcome.word, most, votes, (f"{agreed}.", evidence))


def agrees(votes: int, seeds: int) -> bool:
    """Return whether so many seeds of all are more than chance; of too few seeds, more than half."""
    return by_chance(votes, seeds) <= BY_CHANCE if seeds >= LEAST_SEEDS else votes > seeds / 2


def by_chance(votes: int, seeds: int) -> float:
    """Return how often fair coins, one for each seed, show at least so many of a kind: the sign test.

    Both kinds count, heads and tails; ``votes`` is more than half of ``seeds``.
    """
    return 2 * sum(comb(seeds, heads) for heads in range(votes, seeds + 1)) / 2**seeds


def _of_seeds(votes: int, seeds: int) -> str:
    if seeds == 1:
        return "the only seed"
    if votes == seeds:
        return "both seeds" if seeds == 2 else f"all {seeds} seeds"
    return f"{votes} of {seeds} seeds"


def _disagreement(finding: Finding, votes: Mapping[str, int]) -> str:
    parts = [
        f"{count} {'seed' if count == 1 else 'seeds'}: {finding.outcomes[name].predicted}"
        for name, count in sorted(votes.items(), key=lambda each: -each[1])
    ]
    return f"The seeds do not agree ({'; '.join(parts)})."
