"""Right quantities are known in whatever layout; what is scrambled, or wrong, is not."""

import ast

import numpy as np
import pytest

from bn_tutor.checker.bench import Seen
from bn_tutor.checker.instrument import Kind, Site
from bn_tutor.checker.library import CLOSE_FLOAT32, Library
from bn_tutor.checker.reference import reference
from bn_tutor.course.loading import load

RANDOM = np.random.default_rng(5)


def library_of(lesson, sizes, shape, channels, **others):
    inputs = {"x": RANDOM.normal(2, 1.5, shape), "eps": np.asarray(0.5)}
    inputs |= {name: RANDOM.uniform(0.5, 2, channels) for name in ("gamma", "beta")}
    found = reference(load(lesson, {}), sizes, inputs, RANDOM.normal(size=shape))
    return Library(found, **others)


@pytest.fixture(scope="module")
def flat():
    running = {"running_mean": RANDOM.normal(size=4), "momentum": np.asarray(0.9)}
    return library_of("batchnorm", {"N": 6, "D": 4}, (6, 4), 4, given=running)


@pytest.fixture(scope="module")
def images():
    return library_of("batchnorm2d", {"N": 3, "C": 4, "H": 2, "W": 5}, (3, 4, 2, 5), 4)


def values(library):
    return library.reference.values


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (lambda v: v["x"].T, "x"),
        (lambda v: np.tile(v["mu"], (6, 1)), "mu"),
        (lambda v: np.diag(v["ivar"]), "ivar"),
        (lambda v: v["mu"][np.newaxis, :], "mu"),
        (lambda v: np.eye(6) - 1 / 6, "I - 1/N"),
        (lambda v: (v["x"] ** 2).mean(0), "mean(x * x, axis=0, keepdims=false)"),
        (lambda v: v["x"] + 1e-3, ""),
        (lambda v: np.abs(v["xhat"]), ""),
        (lambda v: -v["mu"], ""),
    ],
)
def test_a_quantity_is_known_in_any_layout(flat, made, name):
    assert flat.name_of(made(values(flat))) == name


def test_running_averages_are_known(flat):
    new = 0.9 * flat.given["running_mean"] + 0.1 * values(flat)["mu"]
    assert flat.name_of(new) == "momentum * running_mean + (1 - momentum) * mu"
    assert flat.name_of(flat.given["running_mean"]) == "running_mean"
    assert flat.name_of(0.1 * flat.given["running_mean"] + 0.9 * values(flat)["mu"]) == ""


def test_in_a_loop_the_first_part_is_known(flat):
    assert flat.name_of(values(flat)["xhat"][:, 0], in_loop=True) == "xhat"
    assert flat.name_of(values(flat)["xhat"][:, 0]) == ""


def test_channels_must_stay_together(images):
    x = values(images)["x"]
    right = np.moveaxis(x, 1, -1).reshape(-1, 4)
    assert images.name_of(right) == "x"
    assert images.name_of(x.transpose(1, 0, 2, 3).reshape(4, -1)) == "x"
    assert images.name_of(x.reshape(-1, 4)) == ""
    assert images.name_of(right.reshape(3, 4, 2, 5)) == ""


def test_single_precision_has_fewer_digits(flat):
    rounded = values(flat)["dx"].astype(np.float32).astype(float)
    coarse = Library(flat.reference, close=CLOSE_FLOAT32)
    assert coarse.name_of(rounded * (1 + 1e-6)) == "dx"
    assert flat.name_of(rounded * (1 + 1e-6)) == ""


def seen(value, code="a + b", kind=Kind.VALUE):
    expression = ast.parse(code, mode="eval").body
    site = Site(0, 1, kind, "a", "f", expression, ast.Pass(), False, (), ())
    return Seen(site, 1, np.asarray(value, dtype=float), "")


@pytest.mark.parametrize("value", [0.9, 6.0, 1 / 6, 5 / 24, 1e-5, [0.0, 0.0], [1.0, 1.0], [1e-17, -3e-18]])
def test_settings_counts_and_zeros_are_not_odd(value):
    assert not seen(value).is_odd


@pytest.mark.parametrize("value", [0.123456789123, [[0.31415926535]], [1.0, 2.0], [0.7071067811865476] * 3])
def test_other_numbers_are_odd(value):
    assert seen(value).is_odd


def test_room_for_numbers_is_not_odd():
    assert not seen([3.0, 4.0], "np.empty_like(x)").is_odd
    assert seen([3.0, 4.0], "np.array(x)").is_odd
