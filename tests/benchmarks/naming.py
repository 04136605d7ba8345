"""How many mistakes are named back from their value alone: ``python tests/benchmarks/naming.py``.

For each shipped lesson every mistake of the catalogue is made, and what it comes to is handed in as an
answer: all gradients of the inputs at once; what one line brings to one input, as a formula, its upstream
being given; and one number with three decimals of the gradient of an input, at the entry and on the seed that
tell mistakes apart best. It prints a Markdown table, and what is confused with what, in about a minute.
"""

import sys
from collections import Counter
from itertools import product
from pathlib import Path

import numpy as np
from measuring import seconds

from bn_tutor.course.known_mistakes import mistakes_of
from bn_tutor.course.loading import load
from bn_tutor.course.recognizing import Wanted, precision, recognized, recognized_number
from bn_tutor.course.wrong_passes import same

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
SEEDS = range(10)
MOST_PLACES = 24
DECIMALS = 3
SHOWN = 3


def lessons():
    return [path for path in sorted(LESSONS.glob("*.md")) if path.stem.upper() != "README"]


def inputs_of(mistakes):
    graph = mistakes.run.flow.recording.graph
    return [f"d{node.name}" for node in graph.inputs if node.name in mistakes.run.flow.totals]


# --- all gradients of the inputs at once ------------------------------------------------------------------


def by_all_gradients(mistakes):
    """Yield, for each mistake, those that its gradients fit."""
    found = mistakes.of(*inputs_of(mistakes))
    for each in found:
        yield each, [other for other in found if alike(each.values, other.values)]


def alike(one, another):
    return one.keys() == another.keys() and all(same(one[name], another[name]) for name in one)


# --- a formula of one line --------------------------------------------------------------------------------


def by_formula(mistakes):
    """Yield, for each mistake in what one line brings to one input, those that are named for its value."""
    flow = mistakes.run.flow
    for name, target in mistakes.run.targets.items():
        edges = target.edges or [spot.edge for spot in flow.arriving.get(target.node, ())]
        lines = {line_of(flow, edge) for edge in edges}
        if len(lines) == 1:
            found = mistakes.of(name, given=[f"d{line}" for line in lines])
            wanted = Wanted(name, mistakes.right[name], found)
            for each in found:
                yield each, named(recognized(wanted, each.value))


def line_of(flow, edge):
    node = flow.recording.graph[edge[0]]
    return node.group or node.name


def named(found):
    return [each.mistake for each in found if each.mistake is not None]


# --- one number -------------------------------------------------------------------------------------------


def by_number(lesson):
    """Yield, for each mistake in the gradient of an input, those that one number of it fits.

    A mistake that does not show at three decimals is fitted by none: there the number is right.
    """
    runs = [mistakes_of(lesson, seed=seed) for seed in SEEDS]
    for name in inputs_of(runs[0]):
        questions = [Wanted(name, run.right[name], run.of(name)) for run in runs]
        places = list(product(*(range(size) for size in questions[0].right.shape)))[:MOST_PLACES]
        results = (at_place(question, place) for question in questions for place in places)
        yield from max(results, key=lambda result: sum(len(fitting) == 1 for _, fitting in result))


def at_place(question, place):
    """Return the mistakes that have a number at a place, each with those that its number fits."""
    found = []
    for each in question.mistakes:
        try:
            value = float(np.broadcast_to(each.value, question.right.shape)[place])
        except ValueError:
            continue
        typed = f"{value:.{DECIMALS}f}"
        fitting = named(recognized_number(question, place, float(typed), precision(typed)))
        found.append((each, fitting))
    return found


# --- the table --------------------------------------------------------------------------------------------


def told(pairs, confused):
    """Return how many of the mistakes are named alone, as a text; count what the others are confused with."""
    alone = invisible = 0
    for each, fitting in pairs:
        alone += [other.id for other in fitting] == [each.id]
        invisible += not fitting
        for other in fitting:
            if other.id != each.id:
                confused[" / ".join(sorted((each.title, other.title)))] += 1
    hidden = f", {invisible} hidden" if invisible else ""
    return f"{alone} of {len(pairs)}{hidden}"


def row(path):
    lesson = load(str(path))
    mistakes = mistakes_of(lesson)
    confused = [Counter(), Counter(), Counter()]
    ways = (list(by_all_gradients(mistakes)), list(by_formula(mistakes)), list(by_number(lesson)))
    texts = [told(pairs, counter) for pairs, counter in zip(ways, confused, strict=True)]
    names = inputs_of(mistakes)
    first = min(seconds(lambda: mistakes_of(lesson).of(names[0])) for _ in range(3))
    every = min(seconds(lambda: mistakes_of(lesson).of(*names)) for _ in range(3))
    times = f"{1000 * first:.0f} / {1000 * every:.0f} ms"
    return (path.stem, str(len(ways[0])), *texts, times), confused


def main(names):
    columns = ("lesson", "mistakes", "from all gradients", "from a formula", "from one number", "time")
    rows = [row(path) for path in lessons() if not names or path.stem in names]
    for cells in (columns, ("---",) * len(columns), *(cells for cells, _ in rows)):
        print(f"| {' | '.join(cells)} |")
    for place, way in enumerate(columns[2:5]):
        total = sum((confused[place] for _, confused in rows), Counter())
        print(f"\nConfused {way}, so often in all lessons:\n")
        for pair, count in total.most_common(SHOWN * 4):
            print(f"- {pair}: {count // 2}")


if __name__ == "__main__":
    main(sys.argv[1:])
