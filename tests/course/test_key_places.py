import pytest

from bn_tutor.course.key_places import place_of

FRONT = """\
+++
title = "N = 3"
  "odd key" = 1
dotted.inner = 2
[sizes]
M = 1
N = 4
[ inputs ]
Nx = { shape = [3] }
N = 3
[inputs.deep]
shape = [1]
+++"""

PLACES = {
    ("title",): (2, 1),
    ("odd key",): (3, 3),
    ("dotted",): (4, 1),
    ("dotted", "inner"): (4, 1),
    ("sizes",): (5, 2),
    ("sizes", "N"): (7, 1),
    ("inputs", "N"): (10, 1),
    ("inputs", "deep"): (11, 2),
    ("inputs", "none"): (8, 3),
    ("none",): (1, 1),
    ("none", "none"): (1, 1),
}


@pytest.mark.parametrize("path", PLACES, ids=".".join)
def test_key_is_found_in_its_table(path):
    assert place_of(FRONT.splitlines(), *path) == PLACES[path]
