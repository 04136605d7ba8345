"""For every row of the table of operations: input shapes and parameters to try it with."""

import numpy as np

ELEMENTWISE = [((4, 3),), ((),), ((1, 3),), ((0, 3),), ((2, 1, 3),)]
BROADCAST = [
    ((4, 3), (4, 3)),
    ((3,), (4, 3)),
    ((4, 3), (3,)),
    ((1, 3), (4, 1)),
    ((4, 1), (3,)),
    ((), (4, 3)),
    ((4, 3), ()),
    ((), ()),
    ((1, 3), (5, 4, 3)),
    ((1,), (1, 1)),
    ((0, 3), (3,)),
    ((1, 3), (0, 3)),
]
REDUCTIONS = [
    (((4, 3),), {"axis": 0}),
    (((4, 3),), {"axis": 1}),
    (((4, 3),), {"axis": -1}),
    (((4, 3),), {"axis": None}),
    (((4, 3),), {}),
    (((4, 3),), {"axis": 1, "keepdims": True}),
    (((4, 3),), {"axis": 0, "keepdims": True}),
    (((4, 3),), {"axis": None, "keepdims": True}),
    (((2, 3, 4),), {"axis": (0, 2)}),
    (((2, 3, 4),), {"axis": (-1, 0)}),
    (((2, 3, 4),), {"axis": 1}),
    (((2, 3, 4),), {"axis": (1, 2), "keepdims": True}),
    (((1, 3),), {"axis": 0}),
    (((4, 1),), {"axis": -1}),
    (((),), {}),
    (((0, 3),), {"axis": 1}),
]


def plain(shape_lists, **parameters):
    return [(shapes, parameters) for shapes in shape_lists]


COMPARISONS = ("greater", "greater_equal", "less", "less_equal", "equal", "not_equal")
CASES = {
    "add": plain(BROADCAST),
    "subtract": plain(BROADCAST),
    "multiply": plain(BROADCAST),
    "divide": plain(BROADCAST),
    "maximum": plain(BROADCAST),
    "minimum": plain(BROADCAST),
    "negative": plain(ELEMENTWISE),
    "square": plain(ELEMENTWISE),
    "sqrt": plain(ELEMENTWISE),
    "reciprocal": plain(ELEMENTWISE),
    "exp": plain(ELEMENTWISE),
    "log": plain(ELEMENTWISE),
    "tanh": plain(ELEMENTWISE),
    "sigmoid": plain(ELEMENTWISE),
    "relu": plain(ELEMENTWISE),
    "abs": plain(ELEMENTWISE),
    **{name: plain(BROADCAST) for name in COMPARISONS},
    "stop_gradient": plain(ELEMENTWISE),
    "power": [
        *plain(ELEMENTWISE, exponent=3),
        *plain(ELEMENTWISE, exponent=-0.5),
        *plain([((4, 3),)], exponent=1.5),
        *plain([((4, 3),)], exponent=-1),
        *plain([((4, 3),)], exponent=1),
        *plain([((4, 3),)], exponent=0),
    ],
    "clip": [*plain(ELEMENTWISE, low=-0.5, high=0.5), *plain([((4, 3),)], low=-9.0, high=9.0)],
    "where": plain(
        [
            ((4, 3), (4, 3), (4, 3)),
            ((4, 1), (3,), (4, 3)),
            ((4, 3), (), (4, 1)),
            ((3,), (4, 1), ()),
            ((), (), ()),
            ((0, 3), (3,), (0, 1)),
        ]
    ),
    "sum": [*REDUCTIONS, (((0, 3),), {"axis": 0}), (((4, 3),), {"axis": ()})],
    "mean": REDUCTIONS,
    "max": REDUCTIONS,
    "matmul": plain(
        [
            ((4, 3), (3, 2)),
            ((1, 3), (3, 1)),
            ((3, 3), (3, 3)),
            ((2, 4, 3), (2, 3, 5)),
            ((2, 4, 3), (3, 5)),
            ((4, 3), (2, 3, 5)),
            ((5, 1, 4, 3), (2, 3, 6)),
            ((1, 4, 3), (2, 3, 5)),
            ((0, 3), (3, 2)),
        ]
    ),
    "transpose": [
        (((4, 3),), {}),
        (((4, 3),), {"axes": (1, 0)}),
        (((4, 3),), {"axes": (0, 1)}),
        (((4, 3),), {"axes": (-1, 0)}),
        (((2, 3, 4),), {}),
        (((2, 3, 4),), {"axes": (1, 2, 0)}),
        (((2, 3, 4),), {"axes": (2, 0, 1)}),
        (((2, 3, 4),), {"axes": (0, 2, 1)}),
        (((3,),), {}),
        (((),), {}),
        (((0, 3),), {}),
    ],
    "reshape": [
        (((4, 3),), {"shape": (2, 6)}),
        (((4, 3),), {"shape": (-1,)}),
        (((4, 3),), {"shape": -1}),
        (((4, 3),), {"shape": (2, -1, 2)}),
        (((1,),), {"shape": ()}),
        (((),), {"shape": (1, 1)}),
        (((0, 3),), {"shape": (3, 0)}),
        (((0, 3),), {"shape": (-1, 3)}),
    ],
    "broadcast_to": [
        (((3,),), {"shape": (4, 3)}),
        (((4, 1),), {"shape": (4, 3)}),
        (((),), {"shape": (4, 3)}),
        (((1,),), {"shape": 3}),
        (((1, 3),), {"shape": (2, 4, 3)}),
        (((1, 3),), {"shape": (0, 3)}),
        (((4, 3),), {"shape": (4, 3)}),
    ],
    "concatenate": [
        (((4, 3),), {"axis": 0}),
        (((3,),), {"axis": 0}),
        (((4, 3), (2, 3)), {}),
        (((4, 3), (1, 3), (2, 3)), {"axis": 0}),
        (((4, 3), (4, 1), (4, 2)), {"axis": 1}),
        (((2, 3, 4), (2, 5, 4)), {"axis": -2}),
        (((0, 3), (2, 3)), {"axis": 0}),
    ],
    "take": [
        (((4, 3),), {"key": 0}),
        (((4, 3),), {"key": -1}),
        (((4, 3),), {"key": (1, 2)}),
        (((4, 3),), {"key": slice(1, 3)}),
        (((4, 3),), {"key": (slice(None), slice(None, None, 2))}),
        (((4, 3),), {"key": (Ellipsis, 0)}),
        (((4, 3),), {"key": (slice(None), None)}),
        (((4, 3),), {"key": slice(0, 0)}),
        (((3,),), {"key": 2}),
        (((),), {"key": ()}),
        (((4, 3),), {"key": np.array([0, 2, 0, 0])}),
        (((4, 3),), {"key": (np.array([0, 1, 1]), np.array([2, 0, 0]))}),
        (((4, 3),), {"key": np.array([True, False, True, True])}),
        (((4, 3),), {"key": np.array([], dtype=int)}),
        (((4, 3),), {"key": [0, 3, 3]}),
        (((0, 3),), {"key": (slice(None), 1)}),
    ],
    # N, C and F differ, and so do height and width, of images and of filters.
    "conv2d": [
        (((2, 3, 5, 6), (4, 3, 3, 3)), {"padding": 1}),
        (((2, 3, 5, 6), (4, 3, 2, 3)), {}),
        (((2, 1, 7, 5), (3, 1, 3, 2)), {"stride": 2}),
        (((3, 2, 7, 6), (1, 2, 2, 3)), {"stride": 2, "padding": 1}),
        (((2, 3, 8, 4), (2, 3, 2, 1)), {"stride": 3}),
        (((1, 2, 3, 4), (3, 2, 3, 4)), {}),
        (((2, 1, 2, 3), (3, 1, 5, 4)), {"padding": 2}),
        (((2, 1, 2, 3), (3, 1, 1, 1)), {"stride": 1, "padding": 3}),
        (((0, 2, 4, 5), (3, 2, 3, 2)), {"padding": 1}),
    ],
    "max_pool2d": [
        (((2, 3, 4, 6),), {"size": 2}),
        (((2, 3, 5, 7),), {"size": 2}),
        (((2, 1, 5, 6),), {"size": 3, "stride": 1}),
        (((1, 2, 7, 6),), {"size": 3, "stride": 2}),
        (((2, 1, 6, 7),), {"size": 2, "stride": 3}),
        (((2, 3, 4, 5),), {"size": 1}),
        (((2, 3, 4, 4),), {"size": 4, "stride": None}),
        (((0, 3, 4, 6),), {"size": 2}),
    ],
}

POSITIVE = {"sqrt", "log"}
AWAY_FROM_ZERO = {"divide", "reciprocal"}
WITH_KINKS = {"relu", "abs", "clip", "maximum", "minimum", "max", "max_pool2d", "where", *COMPARISONS}
# Through these no gradient passes.
WITHOUT_GRADIENT = {"stop_gradient", *COMPARISONS}


def operands(name, shapes, parameters, seed=5):
    """Draw inputs in the operation's domain, and away from its kinks and ties."""
    generator = np.random.default_rng(seed)
    if name in WITH_KINKS:
        arrays = [spaced(shape, place, generator) for place, shape in enumerate(shapes)]
        return [arrays[0] > 0, *arrays[1:]] if name == "where" else arrays
    arrays = [generator.normal(size=shape) for shape in shapes]
    if name in POSITIVE or parameters.get("exponent", 1) % 1:
        return [np.abs(array) + 0.5 for array in arrays]
    if name in AWAY_FROM_ZERO or parameters.get("exponent", 1) < 1:
        return [array + np.copysign(0.5, array) for array in arrays]
    return arrays


def spaced(shape, place, generator):
    """Return shuffled numbers 0.13 apart; those of two places differ by a quarter of that at least."""
    size = int(np.prod(shape))
    steps = generator.permutation(size) - size // 2 + 0.2 + 0.25 * place
    return np.asarray(0.13 * steps).reshape(shape)


ALL_CASES = [(name, shapes, parameters) for name, listed in CASES.items() for shapes, parameters in listed]
CASE_NAMES = [f"{name}-{shapes}-{parameters}" for name, shapes, parameters in ALL_CASES]
