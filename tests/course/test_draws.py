from random import Random

import numpy as np
import pytest

from bn_tutor.course import draws
from bn_tutor.course.draws import DRAWS, source_of, unit_interval
from bn_tutor.course.input_rows import _DRAW_KEYS

MANY = (400, 250)
every_draw = pytest.mark.parametrize("name", DRAWS)


def drawn(name, shape=MANY, seed=0, **parameters):
    return DRAWS[name](source_of(seed, "x"), shape, **parameters)


# name, parameters, mean, standard deviation, least, largest
STATISTICS = [
    ("normal", {}, 0.0, 1.0, -6.0, 6.0),
    ("normal", {"mean": 2.0, "std": 1.5}, 2.0, 1.5, -7.0, 11.0),
    ("uniform", {}, 0.5, 12**-0.5, 0.0, 1.0),
    ("uniform", {"low": -1.0, "high": 3.0}, 1.0, 4 * 12**-0.5, -1.0, 3.0),
    ("bernoulli", {}, 0.5, 0.5, 0.0, 1.0),
    ("bernoulli", {"p": 0.1}, 0.1, 0.3, 0.0, 1.0),
    ("integers", {}, 4.5, (99 / 12) ** 0.5, 0.0, 9.0),
    ("integers", {"low": -1, "high": 2}, 0.0, (8 / 12) ** 0.5, -1.0, 1.0),
    ("linspace", {}, 0.5, 12**-0.5, 0.0, 1.0),
    ("linspace", {"low": 3, "high": 1}, 2.0, 2 * 12**-0.5, 1.0, 3.0),
    ("one_hot", {}, 1 / 250, (249 / 250**2) ** 0.5, 0.0, 1.0),
]


@pytest.mark.parametrize(("name", "parameters", "mean", "deviation", "least", "largest"), STATISTICS)
def test_statistics(name, parameters, mean, deviation, least, largest):
    numbers = drawn(name, **parameters)
    # Four standard errors of the mean of 10**5 numbers, and as much for the deviation.
    error = 4 * deviation / numbers.size**0.5
    assert abs(numbers.mean() - mean) < error
    assert abs(numbers.std() - deviation) < error
    assert least <= numbers.min() and numbers.max() <= largest


@every_draw
@pytest.mark.parametrize("shape", [(), (3,), (4, 3), (2, 1, 5), (0,), (0, 3), (4, 0)])
def test_shape_and_type(name, shape):
    numbers = np.asarray(drawn(name, shape))
    assert (numbers.shape, numbers.dtype) == (shape, np.float64)


@every_draw
def test_same_source_gives_the_same_numbers(name):
    np.testing.assert_array_equal(drawn(name, seed=3), drawn(name, seed=3))


@pytest.mark.parametrize("name", sorted(set(DRAWS) - {"linspace"}))
def test_another_seed_gives_other_numbers(name):
    assert not np.array_equal(drawn(name, seed=3), drawn(name, seed=4))


@every_draw
def test_longer_draws_are_finite(name):
    assert np.isfinite(drawn(name)).all()


def test_normal_numbers_are_normal():
    numbers = drawn("normal").ravel()
    for bound, share in [(1.0, 0.6827), (2.0, 0.9545), (3.0, 0.9973)]:
        assert abs(np.mean(np.abs(numbers) < bound) - share) < 0.005
    assert abs(np.mean(numbers**3)) < 0.05
    assert abs(np.corrcoef(numbers[::2], numbers[1::2])[0, 1]) < 0.02


def test_masks_hold_only_zero_and_one():
    assert set(drawn("bernoulli").ravel()) == {0.0, 1.0}


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_certain_masks(probability):
    assert (drawn("bernoulli", p=probability) == probability).all()


def test_every_whole_number_below_high_is_drawn():
    assert set(drawn("integers", low=-2, high=3).ravel()) == {-2.0, -1.0, 0.0, 1.0, 2.0}


@pytest.mark.parametrize("shape", [(1,), (5,), (50, 3), (2, 7, 4), (3, 1)])
def test_labels_have_a_single_one_along_their_last_axis(shape):
    labels = drawn("one_hot", shape)
    assert set(labels.ravel()) <= {0.0, 1.0}
    assert (labels.sum(axis=-1) == 1).all()


def test_every_label_is_drawn_about_as_often():
    labels = drawn("one_hot", (9000, 3))
    # Four standard errors of a count out of 9000 with the chance 1/3.
    assert np.abs(labels.sum(axis=0) - 3000).max() < 4 * (9000 * 2 / 9) ** 0.5


def test_label_without_an_axis_is_one():
    assert drawn("one_hot", ()) == 1.0


def test_linspace_is_even():
    np.testing.assert_allclose(drawn("linspace", (2, 3), low=0, high=5), [[0, 1, 2], [3, 4, 5]], rtol=1e-15)


class Extreme(Random):
    """A source whose bytes are all alike: the ends of the stream."""

    byte = 0

    def randbytes(self, n):
        return bytes([self.byte]) * n


def extreme(byte):
    source = Extreme()
    source.byte = byte
    return source


@pytest.mark.parametrize(("byte", "expected"), [(0, 2.0**-53), (255, 1.0)])
def test_unit_interval_has_one_and_never_zero(byte, expected):
    assert unit_interval(extreme(byte), 2).tolist() == [expected, expected]


def test_a_long_stream_is_drawn_in_pieces_and_is_the_same(monkeypatch):
    whole = unit_interval(source_of(3, "x"), 100)
    monkeypatch.setattr(draws, "PIECE", 7)
    np.testing.assert_array_equal(unit_interval(source_of(3, "x"), 100), whole)


@pytest.mark.parametrize("byte", [0, 255])
@every_draw
def test_ends_of_the_stream_are_in_range(name, byte):
    numbers = DRAWS[name](extreme(byte), (3,))
    assert np.isfinite(numbers).all()
    assert np.abs(numbers).max() < 10.0


FROZEN = {
    "normal": [-1.896363381754912, -1.1690640092907605, 0.17803659139081943],
    "uniform": [0.13304724682086677, 0.08560429454724516, 0.8681605786460721],
    "bernoulli": [1.0, 1.0, 0.0],
    "integers": [1.0, 0.0, 8.0],
    "linspace": [0.0, 0.5, 1.0],
    "one_hot": [1.0, 0.0, 0.0],
}


@every_draw
def test_stream_is_frozen(name):
    np.testing.assert_allclose(drawn(name, (3,)), FROZEN[name], rtol=1e-13)


def test_draws_and_their_keys_have_the_same_names():
    assert set(DRAWS) == set(_DRAW_KEYS)


@every_draw
def test_keys_of_a_draw_are_its_parameters(name):
    assert DRAWS[name].__code__.co_varnames[2 : DRAWS[name].__code__.co_argcount] == _DRAW_KEYS[name]
