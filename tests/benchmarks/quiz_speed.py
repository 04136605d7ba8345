"""How long the quiz takes: to its first question, and to judge a typed formula, its mistake named."""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, thread_time

import numpy as np
from measuring import Row, alternating, median_row, ratio_row, seconds
from start_speed import IMPORTS, until_the_end
from terminal import COMMAND, spawn

from bn_tutor.course.loading import load
from bn_tutor.practice.asked import Wants
from bn_tutor.practice.choosing import questions

ROUNDS = 20
SEEDS = range(3)
LESSONS = Path(__file__).resolve().parents[2] / "lessons"
NAMES = sorted(path.stem for path in LESSONS.glob("*.md") if path.stem != "README")
# A long question is shown in pages.
PROMPT = r"[a-z)]> |-- more"


def rows():
    """Return the rows of the quiz."""
    with TemporaryDirectory() as folder:
        measures = {
            "imports": partial(until_the_end, Path(folder)),
            "question": partial(until_the_first_question, Path(folder)),
        }
        alternating(measures, 3)
        times = alternating(measures, ROUNDS)
    slowest, told = slowest_judgement()
    return [
        median_row("first question of `quiz` in a terminal", times["question"] * 1000, "ms"),
        ratio_row(f"the same / `python -c '{IMPORTS}'`", times["question"], times["imports"], 1.3),
        Row(f"a wrong formula is judged, the slowest: {told}", slowest * 1000, "", "ms", 100.0),
    ]


def until_the_first_question(state):
    """Return the seconds until the quiz waits for an answer."""
    start = perf_counter()
    child = spawn(COMMAND, ("quiz",), state)
    child.expect(PROMPT)
    taken = perf_counter() - start
    child.close(force=True)
    return taken


def slowest_judgement():
    """Return the longest that a typed formula took to be judged, in all shipped lessons, and where that was.

    It is processor time, as one reading in hundreds is late for other reasons. Mostly the mistakes of a run
    are looked for once, so the first formula on it takes longest.
    """
    with np.errstate(all="ignore"):
        return max(judgement for name in NAMES for seed in SEEDS for judgement in judgements(name, seed))


def judgements(name, seed):
    """Yield the seconds that each formula takes, and what it is; what was found for it is not held on to."""
    for asked in questions([load(name)], seed, ("formula", "whole")):
        if asked.wants is Wants.NUMPY:
            wrong = f"7 * {asked.run.recording.graph.inputs[0].name}"
            yield seconds(partial(asked.judge, wrong), clock=thread_time), f"{asked.id} of {name}"


def counts():
    """Return how many questions of each kind derive from each lesson, as a Markdown table."""
    kinds = list(dict.fromkeys(kind for name in NAMES for kind in counted(name)))
    head = ["lesson", *kinds, "all"]
    table = [head, ["---"] * len(head)]
    for name in NAMES:
        found = counted(name)
        table.append([name, *(str(found.get(kind, "")) for kind in kinds), str(sum(found.values()))])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in table)


def counted(name):
    found = {}
    with np.errstate(all="ignore"):
        for asked in questions([load(name)], 0):
            kind = asked.id.partition("/")[0].replace("total", "join")
            found[kind] = found.get(kind, 0) + 1
    return found


if __name__ == "__main__":
    print(counts())
