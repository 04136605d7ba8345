"""The misconceptions about a backward pass: one row each, found in the backward pass of any graph.

A row says what people wrongly do, in the terms of the very node, and gives the edges that it changes.
``wrong_passes`` puts each into the pass and sees what it leads to. What the rows stand for was counted in
strangers' code: statistics taken for constants, the sum over the batch missing, mean for sum, 1/N missing or
with the wrong N, a branch dropped or overwritten, signs, powers, factors, operands mixed up.

Their order is that of how likely they are: where two come to the same, the first gives its name and words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bn_tutor.course import (
    factor_slips,
    operand_slips,
    place_slips,
    road_slips,
    share_slips,
    statistics_slips,
    sum_slips,
)
from bn_tutor.course.share_slips import together
from bn_tutor.course.slips import Find, on_each_edge


@dataclass(frozen=True)
class Misconception:
    """One row of the catalogue: ``find`` yields what it changes in a backward pass."""

    id: str
    title: str
    find: Find = field(compare=False, repr=False)


_STATISTICS = statistics_slips.statistics_as_constants
_SHARE_MISSING = together(on_each_edge(sum_slips.share_missing), share_slips.all_missing)
_OTHER_SHARE = together(on_each_edge(sum_slips.other_share), share_slips.all_less_one)
_SHARE_TURNED = together(on_each_edge(share_slips.share_turned), share_slips.all_turned)

ROWS: Sequence[Misconception] = (
    Misconception("sum-missing", "sum over the broadcast axis missing", on_each_edge(sum_slips.sum_missing)),
    Misconception("mean-for-sum", "mean in place of the sum", on_each_edge(sum_slips.mean_for_sum)),
    Misconception("wrong-axis", "sum over the wrong axis", on_each_edge(sum_slips.wrong_axis)),
    Misconception("sum-of-all", "sum or mean over every axis", on_each_edge(sum_slips.sum_of_all)),
    Misconception("statistics-as-constants", "statistics taken for constants", _STATISTICS),
    Misconception("road-dropped", "one of several roads missing", on_each_edge(road_slips.road_dropped)),
    Misconception("own-dropped", "an output's own upstream missing", road_slips.own_dropped),
    Misconception("overwritten", "contribution overwritten by the last one", road_slips.overwritten),
    Misconception("share-missing", "1/N of a mean missing", _SHARE_MISSING),
    Misconception("other-share", "division by the wrong number", _OTHER_SHARE),
    Misconception("share-turned", "multiplied by N and not by 1/N", _SHARE_TURNED),
    Misconception("minus-missing", "minus missing", on_each_edge(factor_slips.minus_missing)),
    Misconception("number-missing", "factor 2 or ½ missing", on_each_edge(factor_slips.number_missing)),
    Misconception("local-missing", "local gradient missing", on_each_edge(factor_slips.local_missing)),
    Misconception(
        "upstream-missing", "upstream gradient missing", on_each_edge(factor_slips.upstream_missing)
    ),
    Misconception(
        "own-value", "own value in place of the other factor", on_each_edge(operand_slips.own_value)
    ),
    Misconception(
        "wrong-operand", "another value in place of a factor", on_each_edge(operand_slips.wrong_operand)
    ),
    Misconception(
        "two-slopes", "slopes of root and reciprocal mixed up", on_each_edge(factor_slips.two_slopes)
    ),
    Misconception(
        "power-of-variance",
        "power of the variance taken of its root",
        on_each_edge(factor_slips.power_of_variance),
    ),
    Misconception("power-off", "power off by one", on_each_edge(factor_slips.power_off)),
    Misconception("divided", "division in place of multiplication", on_each_edge(operand_slips.divided)),
    Misconception(
        "quotient-mixed", "operands of a quotient mixed up", on_each_edge(operand_slips.quotient_mixed)
    ),
    Misconception("complement", "1 − p in place of p", on_each_edge(operand_slips.complement)),
    Misconception(
        "other-stage", "input and output of a function mixed up", on_each_edge(place_slips.other_stage)
    ),
    Misconception(
        "eps-forgotten", "eps missing, or in the wrong place", on_each_edge(operand_slips.eps_forgotten)
    ),
    Misconception("not-transposed", "matrix not transposed", on_each_edge(place_slips.not_transposed)),
    Misconception("sides-swapped", "matrix on the wrong side", on_each_edge(place_slips.sides_swapped)),
    Misconception("product-transposed", "gradient transposed", on_each_edge(place_slips.product_transposed)),
    Misconception("transpose-kept", "axes not put back in order", on_each_edge(place_slips.transpose_kept)),
    Misconception(
        "mask-of-upstream", "mask taken of the upstream", on_each_edge(place_slips.mask_of_upstream)
    ),
    Misconception("mask-turned", "mask of the wrong side", on_each_edge(place_slips.mask_turned)),
    Misconception("stretch-swapped", "stretch of another part", on_each_edge(place_slips.stretch_swapped)),
    Misconception(
        "place-forgotten", "parts not put back in place", on_each_edge(place_slips.place_forgotten)
    ),
    Misconception("stop-ignored", "gradient through what is held constant", road_slips.stop_ignored),
    Misconception("diagonal-only", "diagonal of the Jacobian alone", road_slips.diagonal_only),
    Misconception("minus-added", "minus too many", on_each_edge(factor_slips.minus_added)),
)


def title_of(mistake: str) -> str:
    """Return the title of a row by its id; of another mistake, a lesson's own, the id in words."""
    titles = {row.id: row.title for row in ROWS}
    return titles.get(mistake, mistake.replace("-", " "))
