"""Convolution and max pooling: against four loops, at ties, and with shapes that do not fit."""

from itertools import product
from time import process_time

import numpy as np
import pytest

from bn_tutor.engine.graph import build, record
from bn_tutor.engine.operations import OPERATIONS
from bn_tutor.engine.replay import gradients
from bn_tutor.engine.windows import conv2d, fold, max_pool2d, windows

from . import oracles
from .cases import CASES
from .oracles import operation_node, random_upstream, record_one, source_node

# --- against loops over every number ----------------------------------------------------------------------


def padded(image, padding):
    return np.pad(image, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def corners(shape, size, stride):
    """Yield each place of the output with the corner of its window."""
    rows, columns = ((side - each) // stride + 1 for side, each in zip(shape[2:], size, strict=True))
    yield from (
        (row, column, stride * row, stride * column) for row in range(rows) for column in range(columns)
    )


def convolution(image, filters, stride=1, padding=0):
    """Return output and a function that gives both gradients, one number at a time."""
    around = padded(image, padding)
    count, _, height, width = filters.shape
    places = list(corners(around.shape, (height, width), stride))
    rows, columns = places[-1][0] + 1, places[-1][1] + 1
    output = np.zeros((len(image), count, rows, columns))
    for sample, each, (row, column, top, left) in product(range(len(image)), range(count), places):
        seen = around[sample, :, top : top + height, left : left + width]
        output[sample, each, row, column] = np.sum(seen * filters[each])

    def backward(upstream):
        dimage, dfilters = np.zeros_like(around), np.zeros_like(filters)
        for sample, each, (row, column, top, left) in product(range(len(image)), range(count), places):
            window = np.s_[sample, :, top : top + height, left : left + width]
            dfilters[each] += upstream[sample, each, row, column] * around[window]
            dimage[window] += upstream[sample, each, row, column] * filters[each]
        inside = np.s_[padding : padding + image.shape[2], padding : padding + image.shape[3]]
        return dimage[:, :, *inside], dfilters

    return output, backward


def pooling_gradient(image, upstream, size, stride=None):
    """Return the gradient of max pooling: each window's goes to its winners, in equal parts."""
    gradient = np.zeros_like(image)
    for sample, channel in np.ndindex(*image.shape[:2]):
        for row, column, top, left in corners(image.shape, (size, size), stride or size):
            window = np.s_[sample, channel, top : top + size, left : left + size]
            winning = image[window] == image[window].max()
            gradient[window] += upstream[sample, channel, row, column] * winning / winning.sum()
    return gradient


FILLED_CONVOLUTIONS = [(shapes, told) for shapes, told in CASES["conv2d"] if shapes[0][0]]
FILLED_POOLINGS = [(shapes, told) for shapes, told in CASES["max_pool2d"] if shapes[0][0]]


@pytest.mark.parametrize(("shapes", "told"), FILLED_CONVOLUTIONS)
def test_convolution_and_its_gradients_are_those_of_the_loops(shapes, told):
    generator = np.random.default_rng(11)
    image, filters = (generator.normal(size=shape) for shape in shapes)
    recording = record_one("conv2d", [image, filters], **told)
    output, backward = convolution(image, filters, **told)
    np.testing.assert_allclose(recording.output, output, rtol=1e-12, atol=1e-13)
    upstream = random_upstream(recording)
    found, (dimage, dfilters) = gradients(recording, upstream), backward(upstream)
    np.testing.assert_allclose(found["a"], dimage, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(found["b"], dfilters, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("shapes", "told"), FILLED_POOLINGS)
def test_pooling_and_its_gradient_are_those_of_the_loops(shapes, told):
    # Few different numbers, so that many windows have several winners.
    image = np.random.default_rng(12).integers(0, 3, size=shapes[0]).astype(float)
    recording = record_one("max_pool2d", [image], **told)
    np.testing.assert_array_equal(recording.output, oracles.max_pool2d(image, **told))
    upstream = random_upstream(recording)
    expected = pooling_gradient(image, upstream, **told)
    np.testing.assert_allclose(gradients(recording, upstream)["a"], expected, rtol=1e-12, atol=1e-14)


def test_the_filters_are_not_turned_round():
    image = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
    filters = np.array([[[[1.0, 0.0], [0.0, -10.0]]]])
    np.testing.assert_array_equal(conv2d(image, filters)[0, 0], [[-49.0, -58.0], [-76.0, -85.0]])


def test_padding_is_zeros_on_all_four_sides():
    found = conv2d(np.full((1, 1, 1, 2), 5.0), np.ones((1, 1, 1, 1)), padding=1)
    np.testing.assert_array_equal(found[0, 0], [[0, 0, 0, 0], [0, 5, 5, 0], [0, 0, 0, 0]])


def test_a_complex_image_is_convolved():
    generator = np.random.default_rng(3)
    real, imaginary = generator.normal(size=(2, 2, 3, 5, 4))
    filters = generator.normal(size=(4, 3, 2, 3))
    found = conv2d(real + 1j * imaginary, filters, padding=1)
    np.testing.assert_allclose(found.real, conv2d(real, filters, padding=1), rtol=1e-12)
    np.testing.assert_allclose(found.imag, conv2d(imaginary, filters, padding=1), rtol=1e-12)


def test_a_large_image_stays_as_large_and_is_halved_by_a_pool():
    image, filters = np.random.default_rng(4).normal(size=(2, 1, 28, 28)), np.ones((8, 1, 3, 3))
    nodes = [source_node("x", image.shape), source_node("w", filters.shape)]
    nodes += [operation_node("same", "conv2d", "x", "w", padding=1)]
    nodes += [operation_node("out", "max_pool2d", "same", size=2)]
    recording = record(build(nodes, "out"), {"x": image, "w": filters})
    assert recording["same"].shape == (2, 8, 28, 28)
    assert recording.output.shape == recording.graph["out"].shape == (2, 8, 14, 14)


# --- windows, and what adds them back ---------------------------------------------------------------------

# A loop over the numbers of such an image would take several seconds.
LONG = 2500
WINDOWS = [
    ((2, 3, 5, 6), (3, 2), 1, 0),
    ((1, 2, 7, 5), (2, 3), 2, 1),
    ((2, 1, 6, 4), (2, 2), 3, 0),
    ((2, 1, 5, 6), (4, 5), 1, 0),  # more places in the window than windows
    ((1, 1, 4, 5), (4, 4), 2, 2),
]


@pytest.mark.parametrize(("shape", "size", "stride", "padding"), WINDOWS)
def test_windows_are_those_of_the_loops(shape, size, stride, padding):
    image = np.random.default_rng(5).normal(size=shape)
    expected = oracles.windows(image, size, stride, padding)
    np.testing.assert_array_equal(windows(image, size, stride, padding), expected)


@pytest.mark.parametrize(("shape", "size", "stride", "padding"), WINDOWS)
def test_fold_is_the_transpose_of_windows(shape, size, stride, padding):
    generator = np.random.default_rng(6)
    image = generator.normal(size=shape)
    seen = windows(image, size, stride, padding)
    parts = generator.normal(size=seen.shape)
    folded = fold(parts, shape, stride, padding)
    assert folded.shape == shape
    np.testing.assert_allclose(np.sum(seen * parts), np.sum(image * folded), rtol=1e-12)
    np.testing.assert_allclose(folded, oracles.fold(parts, shape, stride, padding), rtol=1e-12, atol=1e-14)


def test_fold_adds_where_windows_overlap():
    parts = np.array([1.0, 10.0, 100.0]).reshape(1, 1, 1, 3, 1, 1) * np.ones((1, 1, 1, 3, 1, 2))
    np.testing.assert_array_equal(fold(parts, (1, 1, 1, 4))[0, 0, 0], [1.0, 11.0, 110.0, 100.0])


def test_what_fell_on_the_padding_is_dropped():
    found = fold(np.ones((1, 1, 3, 3, 1, 1)), (1, 1, 1, 1), padding=1)
    np.testing.assert_array_equal(found, [[[[1.0]]]])


@pytest.mark.parametrize("size", [1, LONG])
def test_windows_as_large_as_a_number_or_an_image_take_no_loop_over_numbers(size):
    image = np.zeros((1, 1, LONG, LONG))
    started = process_time()
    parts = windows(image, size)
    assert fold(parts, image.shape).shape == image.shape
    assert max_pool2d(image, size, 1).shape == parts.shape[:4]
    assert process_time() - started < 2.0


def test_windows_without_padding_are_a_view():
    image = np.zeros((2, 3, 5, 4))
    assert np.shares_memory(windows(image, 2), image)


# --- ties -------------------------------------------------------------------------------------------------


def test_winners_of_a_window_share_what_it_gets():
    image = np.array([[5.0, 1.0, 2.0, 2.0], [5.0, 5.0, 2.0, 2.0]]).reshape(1, 1, 2, 4)
    found = gradients(record_one("max_pool2d", [image], size=2), np.array([[[[0.9, -1.4]]]]))
    np.testing.assert_allclose(found["a"][0, 0], [[0.3, 0.0, -0.35, -0.35], [0.3, 0.3, -0.35, -0.35]])


def test_a_winner_of_several_windows_collects_from_each():
    image = np.array([1.0, 7.0, 2.0, 3.0, 7.0, 0.0, 0.5, 0.2, 0.1]).reshape(1, 1, 3, 3)
    upstream = np.array([[[[0.6, 10.0], [100.0, 1000.0]]]])
    found = gradients(record_one("max_pool2d", [image], size=2, stride=1), upstream)
    np.testing.assert_allclose(found["a"][0, 0], [[0, 5.3, 0], [0, 1105.3, 0], [0, 0, 0]])


@pytest.mark.parametrize("size", [3, 5])
def test_a_number_that_is_none_stays_one(size):
    image = np.zeros((1, 1, 5, 6))
    image[0, 0, 0, 0] = np.nan
    assert np.isnan(max_pool2d(image, size, 1)[0, 0]).tolist() == [
        [row == column == 0 for column in range(7 - size)] for row in range(6 - size)
    ]


# --- shapes that do not fit -------------------------------------------------------------------------------

MISFITS = [
    (
        "conv2d",
        [(4, 3), (2, 3, 3, 3)],
        {},
        "images of 4 axes, (samples, channels, rows, columns), not (4, 3)",
    ),
    (
        "conv2d",
        [(4, 3, 5, 6), (3, 3)],
        {},
        "filters of 4 axes, (filters, channels, rows, columns), not (3, 3)",
    ),
    (
        "conv2d",
        [(4, 3, 5, 6), (2, 1, 3, 3)],
        {},
        "channels must agree: 3 in the images, 1 in the filters",
    ),
    ("conv2d", [(4, 3, 2, 6), (2, 3, 3, 1)], {}, "a window of 3 by 1 is larger than the images, 2 by 6"),
    ("conv2d", [(4, 3, 9, 6), (2, 3, 1, 7)], {}, "a window of 1 by 7 is larger than the images, 9 by 6"),
    (
        "conv2d",
        [(4, 3, 2, 6), (2, 3, 5, 3)],
        {"padding": 1},
        "a window of 5 by 3 is larger than the padded images, 4 by 8",
    ),
    ("conv2d", [(4, 3, 5, 6), (2, 3, 0, 3)], {}, "a window of 0 by 3 is empty"),
    ("conv2d", [(4, 3, 5, 6), (2, 3, 3, 3)], {"stride": 0}, "stride 0 is below 1"),
    ("conv2d", [(4, 3, 5, 6), (2, 3, 3, 3)], {"padding": -1}, "padding -1 is below 0"),
    ("max_pool2d", [(5, 6)], {"size": 2}, "images of 4 axes, (samples, channels, rows, columns), not (5, 6)"),
    ("max_pool2d", [(4, 3, 5, 6)], {"size": 0}, "size 0 is below 1"),
    ("max_pool2d", [(4, 3, 5, 6)], {"size": 2, "stride": 0}, "stride 0 is below 1"),
    ("max_pool2d", [(4, 3, 5, 6)], {"size": 2, "stride": -1}, "stride -1 is below 1"),
    ("max_pool2d", [(4, 3, 5, 6)], {"size": 6}, "a window of 6 by 6 is larger than the images, 5 by 6"),
]


@pytest.mark.parametrize(("name", "shapes", "told", "reason"), MISFITS)
def test_shapes_that_do_not_fit_are_refused_in_words(name, shapes, told, reason):
    with pytest.raises(ValueError) as caught:
        OPERATIONS[name].shape(*shapes, **told)
    assert str(caught.value).startswith(name)
    assert str(caught.value).endswith(reason)


@pytest.mark.parametrize(("shapes", "told"), CASES["conv2d"])
def test_the_scratch_of_a_convolution_is_what_it_makes(shapes, told):
    image, filters = map(np.zeros, shapes)
    around = padded(image, told.get("padding", 0)).shape
    seen = windows(image, filters.shape[2:], **told).shape
    assert OPERATIONS["conv2d"].scratch(*shapes, **told) == (around, seen)


@pytest.mark.parametrize(("shapes", "told"), CASES["max_pool2d"])
def test_the_scratch_of_a_pooling_is_what_it_makes(shapes, told):
    size, stride = told["size"], told.get("stride") or told["size"]
    assert OPERATIONS["max_pool2d"].scratch(*shapes, **told) == (
        windows(np.zeros(*shapes), size, stride).shape,
    )
