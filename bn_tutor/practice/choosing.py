"""Which questions a session asks: every kind, every node, on changing data."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from random import Random

from bn_tutor.course.lesson import Lesson
from bn_tutor.practice.asked import Asked
from bn_tutor.practice.gradient_questions import formulas, local_formulas, numbers, shapes
from bn_tutor.practice.line_questions import wrong_lines
from bn_tutor.practice.order_questions import joins, next_node, sorted_steps
from bn_tutor.practice.own_questions import own_questions
from bn_tutor.practice.setting import Setting, fits, setting

Maker = Callable[[Setting, Random], Iterator[Asked]]

MAKERS: Mapping[str, Maker] = {
    "next": next_node,
    "shape": shapes,
    "local": local_formulas,
    "number": numbers,
    "formula": formulas,
    "join": joins,
    "line": wrong_lines,
    "order": sorted_steps,
    "own": own_questions,
}
# Asking only what was just shown transfers least, so sizes and numbers change from question to question.
MOST_SETTINGS = 4


def settings(lesson: Lesson, random: Random) -> list[Setting]:
    """Return a few runs of a lesson: its own sizes and others that its graph takes, with other seeds."""
    found = []
    for _ in range(MOST_SETTINGS):
        sizes = {name: size + random.randint(0, 1) for name, size in lesson.sizes.items()}
        is_telling = len(set(sizes.values())) == len(sizes) and fits(lesson, sizes)
        found.append(setting(lesson, sizes if is_telling else {}, random.randint(0, 10**6)))
    return found


def questions_of(run: Setting, random: Random, kinds: Sequence[str] = ()) -> Iterator[Asked]:
    """Yield every question that derives from one run, kind by kind."""
    for kind, maker in MAKERS.items():
        if not kinds or kind in kinds:
            yield from maker(run, random)


def chosen_questions(
    lessons: Sequence[Lesson],
    count: int,
    seed: int,
    kinds: Sequence[str] = (),
    first: Set[tuple[str, str]] = frozenset(),
) -> list[Asked]:
    """Return at most ``count`` questions, the kinds in turn, each item once; the same for the same seed.

    Those that ``first`` names, as (lesson, id), come before all others.
    """
    random = Random(seed)
    runs = [run for lesson in lessons for run in settings(lesson, random)]
    pools = {kind: _pool(runs, random, kind) for kind in MAKERS if not kinds or kind in kinds}
    wanted = [asked for pool in pools.values() for asked in pool if (asked.lesson, asked.id) in first]
    order = [*wanted, *_in_turn(pools, random)]
    found: dict[tuple[str, str], Asked] = {}
    for asked in order:
        if len(found) < count:
            found.setdefault((asked.lesson, asked.id), asked)
    return list(found.values())


def _pool(runs: Sequence[Setting], random: Random, kind: str) -> list[Asked]:
    """Return the questions of one kind, mixed, each on a run of its own choice."""
    pool = [replace(asked, run=run) for run in runs for asked in MAKERS[kind](run, random)]
    random.shuffle(pool)
    return list({(asked.lesson, asked.id): asked for asked in pool}.values())


def _in_turn(pools: Mapping[str, Sequence[Asked]], random: Random) -> Iterator[Asked]:
    """Yield one question of each kind, then the next of each, in a new order every time."""
    longest = max(map(len, pools.values()), default=0)
    for at in range(longest):
        kinds = [kind for kind, pool in pools.items() if at < len(pool)]
        for kind in random.sample(kinds, len(kinds)):
            yield pools[kind][at]
