"""Which questions a session asks: every kind, every node, on changing data."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from random import Random

from bn_tutor.course.lesson import Lesson
from bn_tutor.practice.asked import Asked, Draft
from bn_tutor.practice.formula_questions import formulas
from bn_tutor.practice.join_questions import joins
from bn_tutor.practice.line_questions import wrong_lines
from bn_tutor.practice.local_questions import local_formulas
from bn_tutor.practice.number_questions import numbers
from bn_tutor.practice.order_questions import next_node, sorted_steps
from bn_tutor.practice.own_questions import own_questions
from bn_tutor.practice.setting import Setting, setting
from bn_tutor.practice.shape_questions import shapes
from bn_tutor.practice.sizes import Sizes, telling_sizes
from bn_tutor.practice.whole_questions import wholes

Maker = Callable[[Setting, Random], Iterator[Draft]]

MAKERS: Mapping[str, Maker] = {
    "next": next_node,
    "shape": shapes,
    "local": local_formulas,
    "number": numbers,
    "formula": formulas,
    "whole": wholes,
    "join": joins,
    "line": wrong_lines,
    "order": sorted_steps,
    "own": own_questions,
}
# What has to be computed or written. It takes longer, to be answered and to be made up as well, so that the
# first question does not wait for it.
COMPUTED = ("number", "formula", "whole")
# Asking only what was just shown transfers least, so sizes and numbers change from question to question.
MOST_RUNS = 4


def random_run(lesson: Lesson, random: Random, offered: Sequence[Sizes] = ()) -> Setting:
    """Return a run of a lesson with new numbers, and with other sizes where its graph takes them."""
    sizes = random.choice(offered or telling_sizes(lesson))
    return setting(lesson, sizes, random.randint(0, 10**6))


def questions(
    lessons: Sequence[Lesson],
    seed: int,
    kinds: Sequence[str] = (),
    first: Sequence[tuple[str, str]] = (),
) -> Iterator[Asked]:
    """Yield questions, the kinds in turn, each item once; the same for the same seed.

    Those that ``first`` names, as (lesson, id), come before all others, in that order. Each is worked out
    when it is its turn, so that the first does not wait for the last.
    """
    random = Random(seed)

    @cache
    def sizes_of(lesson: int) -> list[Sizes]:
        return telling_sizes(lessons[lesson])

    @cache
    def run_of(lesson: int, number: int) -> Setting:
        return random_run(lessons[lesson], Random(f"{seed}/{lesson}/{number}"), sizes_of(lesson))

    asked_kinds = [kind for kind in MAKERS if not kinds or kind in kinds]
    pools = {kind: list(_pool(len(lessons), kind, run_of, random)) for kind in asked_kinds}
    drafts = {(run.lesson.name, draft.id): (run, draft) for pool in pools.values() for run, draft in pool}
    wanted = [drafts[item] for item in first if item in drafts]
    seen: set[tuple[str, str]] = set()
    for run, draft in (*wanted, *_in_turn(pools, random)):
        item = (run.lesson.name, draft.id)
        asked = draft.make() if item not in seen else None
        if asked is not None:
            seen.add(item)
            yield replace(asked, run=run)


def _pool(
    count: int, kind: str, run_of: Callable[[int, int], Setting], random: Random
) -> Iterator[tuple[Setting, Draft]]:
    """Yield the drafts of one kind, mixed; of each kind and lesson from one run, another kind has another."""
    found: list[tuple[Setting, Draft]] = []
    for lesson in range(count):
        run = run_of(lesson, random.randrange(MOST_RUNS))
        found += [(run, draft) for draft in MAKERS[kind](run, random)]
    random.shuffle(found)
    yield from found


def _in_turn(
    pools: Mapping[str, Sequence[tuple[Setting, Draft]]], random: Random
) -> Iterator[tuple[Setting, Draft]]:
    """Yield one draft of each kind, then the next of each, in a new order every time: choices come first."""
    longest = max(map(len, pools.values()), default=0)
    for at in range(longest):
        kinds = [kind for kind, pool in pools.items() if at < len(pool)]
        for kind in sorted(random.sample(kinds, len(kinds)), key=COMPUTED.__contains__):
            yield pools[kind][at]
