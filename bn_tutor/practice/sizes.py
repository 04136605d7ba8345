"""Sizes for questions: arrays that can be shown whole, and counts that are not taken for each other.

With N = 4 and D = 3 a division by N − 1 and one by D come to the same, and nobody can tell which was made.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, permutations
from math import prod

from bn_tutor.course.lesson import Lesson
from bn_tutor.practice.setting import fits

Sizes = Mapping[str, int]
# What is shown whole, in a narrow terminal, too.
MOST_ROWS, MOST_COLUMNS = 6, 4
# Statistics of two numbers are special, and of more than six nothing new is learnt.
_OFFERED = range(2, 7)
_MOST_TRIED, _FEWEST, _MOST = 8, 2, 3


def shape_can_be_shown(shape: Sequence[int]) -> bool:
    """Whether every entry of an array of this shape is on the screen, in a narrow terminal, too."""
    columns = shape[-1] if shape else 1
    return columns <= MOST_COLUMNS and 0 < prod(shape) <= MOST_ROWS * columns


def telling_sizes(lesson: Lesson) -> list[Sizes]:
    """Return the best sizes that a lesson's graph takes, a few that are about as good; else its own."""
    ranked: dict[tuple[int, int, int], list[Sizes]] = {}
    for sizes in _offers(lesson):
        ranked.setdefault(_rank(lesson, sizes), []).append(sizes)
    found, tried = list[Sizes](), 0
    for rank in sorted(ranked):
        for sizes in ranked[rank]:
            if len(found) < _MOST and tried < _MOST_TRIED and fits(lesson, sizes):
                found.append(sizes)
            tried += 1
        if len(found) >= _FEWEST:
            break
    return found or [lesson.sizes]


def _offers(lesson: Lesson) -> Iterator[Sizes]:
    """Yield all sizes to choose from, no two of them equal: a matrix is not to be taken for its transpose."""
    own = tuple(lesson.sizes.values())
    offered = permutations(_OFFERED, len(own)) if len(own) <= len(_OFFERED) else ()
    for chosen in dict.fromkeys([own, *offered]):
        if len(set(chosen)) == len(chosen):
            yield dict(zip(lesson.sizes, chosen, strict=True))


def _rank(lesson: Lesson, sizes: Sizes) -> tuple[int, int, int]:
    """The less is hidden the better, then, where something is, the smaller; then the clearer."""
    hidden = _hidden(lesson, sizes)
    return hidden, prod(sizes.values()) if hidden else 0, clashes(sizes.values())


def _hidden(lesson: Lesson, sizes: Mapping[str, int]) -> int:
    """Count the inputs that could not be shown whole."""
    shapes = [
        [each if isinstance(each, int) else sizes.get(each, 1) for each in row.shape] for row in lesson.inputs
    ]
    return sum(not shape_can_be_shown(shape) for shape in shapes)


def clashes(sizes: Iterable[int]) -> int:
    """Count the numbers that somebody divides by, or forgets to, and that are another one here.

    They are products of sizes, such as the count of a mean over two axes, with one more or less, and their
    double or half, as a factor 2 makes of them.
    """
    listed = list(sizes)
    counts = [prod(part) for many in range(1, len(listed) + 1) for part in combinations(listed, many)]
    near = [each for n in listed for each in (n - 1, n + 1, 2 * n, n / 2)]
    known = set(counts)
    return len(counts) - len(known) + sum(each in known for each in near) + listed.count(2)
