"""Diagnose each function of a pair that is wrong: the forward function first, what builds on it after it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bn_tutor.checker.bench import Bench, Patches
from bn_tutor.checker.diagnosis import Diagnosis, diagnosed, further
from bn_tutor.checker.instrument import probed
from bn_tutor.checker.loading_file import load_into
from bn_tutor.checker.naming import Case, accused, is_known, merged
from bn_tutor.checker.process import Child, StoppedError
from bn_tutor.checker.proofs import Proof
from bn_tutor.checker.report import Accused, Looked, Tier, Verdict
from bn_tutor.checker.source import Source
from bn_tutor.checker.steps import exchanges, steps
from bn_tutor.checker.trial import Aspect, Trial

# What a diagnosis may take, in seconds; then what is known by then is said.
BUDGET = 2.5
# What a last experiment may still take after it.
GRACE = 2.0
# So many mistakes are looked for in one function.
MOST_MISTAKES = 4
# In which order the parts of a layer are diagnosed: each builds on those before it.
_ORDER = (Aspect.FORWARD, Aspect.TEST, Aspect.RUNNING, Aspect.BACKWARD)


def accusations(
    started: Child, source: Source, trials: Sequence[Trial], looked: Sequence[Looked]
) -> Mapping[str, tuple[Accused, ...]]:
    """Return the lines that are accused, by the names of the functions.

    The verdict stands without them: where the diagnosis itself fails, none are accused.
    """
    try:
        return diagnosed_lines(started, source, trials, looked)
    except Exception:
        return {}


def diagnosed_lines(
    started: Child, source: Source, trials: Sequence[Trial], looked: Sequence[Looked]
) -> Mapping[str, tuple[Accused, ...]]:
    """Return the lines that are accused; raises whatever goes wrong with it."""
    wrong = {
        (trial.function, trial.aspect)
        for trial, each in zip(trials, looked, strict=True)
        if each.verdict is Verdict.WRONG and (trial.reference or trial.right_for)
    }
    if not wrong or any(each.crash and each.aspect is Aspect.FORWARD for each in looked):
        return {}
    tree, sites = probed(source)
    until = time.monotonic() + BUDGET
    started.deadline = until + GRACE
    load_into(started, source, tree)
    found: dict[str, tuple[Accused, ...]] = {}
    base: Patches = {}
    for aspect in _ORDER:
        for name in dict.fromkeys(name for name, each in wrong if each is aspect):
            mine = [trial for trial in trials if (trial.function, trial.aspect) == (name, aspect)]
            try:
                lines, base, is_mended = _on_bench(Bench(started, mine, trials, sites, base, until), source)
            except StoppedError:
                return found  # an experiment ran on for ever: what is known by now is said
            found[name] = (*found.get(name, ()), *lines)
            if aspect is Aspect.FORWARD and not is_mended:
                return found  # what builds on it cannot be judged
    return found


def _on_bench(bench: Bench, source: Source) -> tuple[tuple[Accused, ...], Patches, bool]:
    """Return the lines that a part is accused of, the patches for what follows, and whether it is mended.

    Where a single edit does not mend it, one result is looked after alone, or an edit is made that brings
    it nearer; and the rest is looked at again.
    """
    lines: list[Accused] = []
    made: list[Proof] = []
    for _ in range(MOST_MISTAKES):
        if not bench.wrong or (bench.is_late and lines):
            break
        found = _found(source, bench)
        lines += accused(Case(source, bench, found))
        if not found.proofs:
            return tuple(merged(source, [*_unsure(lines[:-1]), *lines[-1:]], made)), bench.base, False
        made.append(found.proofs[0])
        bench = bench.with_base(made[-1].patches)
    mended = not bench.wrong
    return tuple(merged(source, lines if mended else _unsure(lines), made)), bench.base, mended


def _found(source: Source, bench: Bench) -> Diagnosis:
    """Diagnose a part: what mends it, what mends one of its results, or else what brings it nearer.

    Where its results show one known mistake there are no others to be looked for.
    """
    found = diagnosed(bench)
    if not found.proofs:
        found = replace(found, proofs=exchanges(bench, found))
    if not found.proofs:
        found = further(bench, found)
    if found.proofs or is_known(Case(source, bench, found)):
        return found
    return replace(found, proofs=steps(bench, found))


def _unsure(lines: Sequence[Accused]) -> list[Accused]:
    """Return lines that brought a function nearer to what is right, which proves none of them."""
    return [replace(each, tier=Tier.SUSPECT) for each in lines]
