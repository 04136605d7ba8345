"""The misconceptions about a backward pass: one row each, found on any edge of any graph.

A row looks at one edge and says what people wrongly do there, as another backward function, in the terms of that
very node. ``wrong_passes`` puts each into the pass and sees what it leads to. What the rows stand for was
counted in strangers' code: the sum over the batch missing, mean for sum, 1/N missing or with the wrong N, a
branch dropped or overwritten, statistics taken for constants, signs, powers, factors, operands mixed up.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from bn_tutor.course import factor_slips, sum_slips
from bn_tutor.course.slips import Slip, Spot


@dataclass(frozen=True)
class Misconception:
    """One row of the catalogue: ``find`` yields the slips that it leads to on an edge."""

    id: str
    title: str
    find: Callable[[Spot], Iterator[Slip]] = field(compare=False)


ROWS: Sequence[Misconception] = (
    Misconception("sum-missing", "the sum over a broadcast axis is missing", sum_slips.sum_missing),
    Misconception("mean-for-sum", "a mean in place of the sum", sum_slips.mean_for_sum),
    Misconception("wrong-axis", "summed over the wrong axis", sum_slips.wrong_axis),
    Misconception("sum-of-all", "summed over every axis", sum_slips.sum_of_all),
    Misconception("share-missing", "the 1/N of a mean is missing", sum_slips.share_missing),
    Misconception("other-share", "divided by the wrong number", sum_slips.other_share),
    Misconception("road-dropped", "one of several roads is missing", sum_slips.road_dropped),
    Misconception("sign-turned", "the sign is turned", factor_slips.sign_turned),
    Misconception("local-missing", "the local gradient is missing", factor_slips.local_missing),
    Misconception("upstream-missing", "the upstream gradient is missing", factor_slips.upstream_missing),
    Misconception("half-or-double", "a factor 2 or ½ is missing", factor_slips.half_or_double),
    Misconception("wrong-power", "the wrong power", factor_slips.wrong_power),
    Misconception("own-value", "multiplied with itself, not with the other factor", factor_slips.own_value),
    Misconception("wrong-operand", "another value in the place of a factor", factor_slips.wrong_operand),
    Misconception("divided", "divided in place of multiplied", factor_slips.divided),
    Misconception("not-transposed", "the other matrix is not transposed", factor_slips.not_transposed),
    Misconception("mask-of-upstream", "the mask is taken from the upstream", factor_slips.mask_of_upstream),
    Misconception("eps-forgotten", "eps is missing, or outside the root", factor_slips.eps_forgotten),
)
