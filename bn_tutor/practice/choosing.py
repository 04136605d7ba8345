"""Which questions a session asks: every kind, every node, on changing data."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
# The numbers of one run may not do for a question; then others are tried.
MOST_RUNS = 3


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
    sizes = [telling_sizes(lesson) for lesson in lessons]
    runs = [setting(lesson, fitting[0], seed) for lesson, fitting in zip(lessons, sizes, strict=True)]
    asked_kinds = [kind for kind in MAKERS if not kinds or kind in kinds]
    pools = {kind: _pool(runs, kind, random) for kind in asked_kinds}
    items = {(lessons[item.lesson].name, item.id): item for pool in pools.values() for item in pool}
    wanted = [items[item] for item in first if item in items]
    seen: set[_Item] = set()
    at = random.randrange(MOST_RUNS)
    for item in (*wanted, *_in_turn(pools, random)):
        fitting = sizes[item.lesson]
        asked = (
            _asked(lessons[item.lesson], item, fitting[at % len(fitting)], seed) if item not in seen else None
        )
        if asked is not None:
            seen.add(item)
            at += 1
            yield asked


@dataclass(frozen=True)
class _Item:
    """What could be asked, on whatever data: the number of a lesson, a kind, and the id of a draft."""

    lesson: int
    kind: str
    id: str


def _asked(lesson: Lesson, item: _Item, sizes: Sizes, seed: int) -> Asked | None:
    """Return a question on a run of its own: no other shows its numbers, and with them the answer."""
    for number in range(MOST_RUNS):
        random = Random(f"{seed}/{item.lesson}/{item.id}/{number}")
        run = random_run(lesson, random, [sizes])
        drafts = (draft for draft in MAKERS[item.kind](run, random) if draft.id == item.id)
        for draft in drafts:
            if asked := draft.make():
                return replace(asked, run=run)
    return None


def _pool(runs: Sequence[Setting], kind: str, random: Random) -> list[_Item]:
    """Return what could be asked of one kind, mixed."""
    found = [
        _Item(lesson, kind, draft.id)
        for lesson, run in enumerate(runs)
        for draft in MAKERS[kind](run, random)
    ]
    return random.sample(found, len(found))


def _in_turn(pools: Mapping[str, Sequence[_Item]], random: Random) -> Iterator[_Item]:
    """Yield one item of each kind, then the next of each, in a new order every time: choices come first."""
    longest = max(map(len, pools.values()), default=0)
    for at in range(longest):
        kinds = [kind for kind, pool in pools.items() if at < len(pool)]
        for kind in sorted(random.sample(kinds, len(kinds)), key=COMPUTED.__contains__):
            yield pools[kind][at]
