"""The sizes of the batches: who counts the wrong numbers is never right by chance."""

from itertools import combinations
from math import prod

import pytest

from bn_tutor.checker.families import FAMILIES
from tests.checker.check_files import checked, said_of, with_fault

BATCHES = {
    f"{family.id} {at}": {name: size for name, size in sizes.items() if size > 1}
    for family in FAMILIES
    for at, sizes in enumerate(family.sizes)
}


def products(sizes):
    """Return every product of different counts; the channels are those of a group times the groups."""
    counts = dict(sizes)
    if "G" in counts:
        counts["C // G"] = counts.pop("C") // counts["G"]
    chosen = (names for length in range(1, len(counts) + 1) for names in combinations(counts, length))
    return {" * ".join(names): prod(counts[name] for name in names) for names in chosen}


@pytest.mark.parametrize("name", BATCHES)
def test_no_two_counts_or_products_of_them_are_equal(name):
    found = products(BATCHES[name])
    assert len(found) >= 3
    assert sorted(found.values()) == sorted(set(found.values())), found


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.id)
def test_no_two_counts_differ_by_the_same_in_every_batch(family):
    if len(family.sizes) < 2:
        return
    names = [name for name, size in family.sizes[0].items() if size > 1]
    for one, other in combinations(names, 2):
        assert len({sizes[one] - sizes[other] for sizes in family.sizes}) > 1, (one, other)


GROUPS = """
import numpy as np


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    grouped = x.reshape(N, G, -1)
    inv_std = 1 / np.sqrt(grouped.var(axis=2, keepdims=True) + gn_param["eps"])
    xhat = (grouped - grouped.mean(axis=2, keepdims=True)) * inv_std
    return gamma * xhat.reshape(x.shape) + beta, (xhat, inv_std, gamma, G)


def spatial_groupnorm_backward(dout, cache):
    xhat, inv_std, gamma, G = cache
    N, C, H, W = dout.shape
    count = C // G * H * W
    d = (dout * gamma).reshape(N, G, -1)
    spread = d.sum(axis=2, keepdims=True) + xhat * (d * xhat).sum(axis=2, keepdims=True)
    dx = inv_std * (d - spread / count)
    dgamma = (dout * xhat.reshape(dout.shape)).sum(axis=(0, 2, 3), keepdims=True)
    return dx.reshape(dout.shape), dgamma, dout.sum(axis=(0, 2, 3), keepdims=True)
"""
COUNTS = [
    "N * H * W",
    "C * H * W",
    "G * H * W",
    "C // G * H * H",
    "C // G * W * W",
    "N * C // G * H",
    "H * W",
]


def test_the_right_count_of_a_group_is_right(tmp_path):
    assert checked(tmp_path, GROUPS).verdict == "right"


@pytest.mark.parametrize("count", COUNTS)
def test_a_wrong_count_of_a_group_is_wrong(tmp_path, count):
    report = checked(tmp_path, with_fault(GROUPS, "count = C // G * H * W", f"count = {count}"))
    assert report.verdict == "wrong"
    assert said_of(report, "spatial_groupnorm_backward").keys() == {"dx"}
    # Nothing else is proved, and no sum that is the right number only in these batches.
    proved = [each for each in report.functions[1].accused if each.tier == "proved"]
    assert all(each.code == f"count = {count}" and "+" not in each.fix for each in proved)
