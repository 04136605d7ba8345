"""The lessons' numbers against the oracles': outputs and gradients, in every variant and on several data."""

import inspect
from pathlib import Path

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from bn_tutor.course.loading import load, record
from bn_tutor.course.variants import variants
from bn_tutor.engine.gradients import Chain, Scale
from bn_tutor.engine.replay import gradients

from .oracles import ORACLES

FOLDER = Path(__file__).resolve().parents[2] / "lessons"
FILES = {path.stem: path for path in sorted(FOLDER.glob("*.md")) if path.stem.upper() != "README"}
# Sizes by the names that the lessons use; G divides C. Each lesson takes those that it has.
SIZES = (
    {},
    {"N": 7, "D": 2, "K": 5, "H": 3, "W": 4, "C": 6, "G": 3, "N1": 5, "N2": 3},
    {"N": 3, "D": 6, "K": 4, "H": 5, "W": 2, "C": 8, "G": 4, "N1": 2, "N2": 7},
)
SEEDS = (0, 1, 2)
TOLERANCE = 1e-9
# What is smaller than this is compared with it: a gradient that is exactly zero has no scale of its own.
SMALLEST = 1e-3


def all_variants():
    for name in FILES.keys() & ORACLES.keys():
        for variant in variants(load(str(FILES[name]))):
            yield name, variant


CASES = sorted(all_variants(), key=lambda case: (case[0], *case[1].choices.values()))
IDS = ["-".join((name, *variant.choices.values())) for name, variant in CASES]


def settings_of(name, variant, sizes):
    """Return what the oracle wants of sizes and switches; numbers as floats, all else by its label."""
    numbers = {key: value for key, value in variant.constants.items() if isinstance(value, int | float)}
    known = {**variant.sizes, **sizes, **variant.choices, **numbers}
    parameters = inspect.signature(ORACLES[name]).parameters.values()
    return {each.name: known[each.name] for each in parameters if each.kind is each.KEYWORD_ONLY}


def expected(name, settings, values, upstreams):
    """Return the oracle's outputs, and autograd's gradients of the inputs, by place and by name."""
    wanted = [each.name for each in positional(name)]

    def outputs(*operands):
        found = ORACLES[name](*operands, **settings)
        return found if isinstance(found, tuple) else (found,)

    def loss(*operands):
        return sum(
            anp.sum(out * upstream) for out, upstream in zip(outputs(*operands), upstreams, strict=True)
        )

    operands = [values[each] for each in wanted]
    places = range(len(wanted))
    slopes = autograd.grad(loss, list(places))(*operands) if operands else ()
    return outputs(*operands), dict(zip(wanted, slopes, strict=True))


def positional(name):
    parameters = inspect.signature(ORACLES[name]).parameters.values()
    return [each for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]


def upstreams_for(recording, seed):
    generator = np.random.default_rng(1000 + seed)
    return {name: generator.normal(size=value.shape) for name, value in recording.outputs.items()}


def difference(found, reference):
    """Return the largest error, relative to the reference's largest entry; inf where shapes differ."""
    found, reference = np.asarray(found), np.asarray(reference)
    if found.shape != reference.shape:
        return np.inf
    largest = max(np.max(np.abs(reference), initial=0.0), SMALLEST)
    error = np.max(np.abs(found - reference), initial=0.0) / largest
    return np.inf if np.isnan(error) else error


def differences(name, variant, sizes, seed, rule=None):
    """Return the differences of all outputs and gradients of one run, by name."""
    fitting = {key: size for key, size in sizes.items() if key in variant.sizes}
    recording = record(variant, sizes=fitting, seed=seed)
    upstreams = upstreams_for(recording, seed)
    outputs, slopes = expected(
        name, settings_of(name, variant, fitting), recording.values, list(upstreams.values())
    )
    pairs = zip(recording.outputs.items(), outputs, strict=True)
    found = {key: difference(value, reference) for (key, value), reference in pairs}
    for key, gradient in gradients(recording, upstreams, rule=rule).items():
        found[f"d{key}"] = difference(gradient, slopes[key])
    return found


# --- the lessons ------------------------------------------------------------------------------------------


def test_there_is_an_oracle_for_every_lesson_and_no_other():
    assert FILES
    assert ORACLES.keys() == FILES.keys()


@pytest.mark.parametrize("name", FILES)
def test_an_oracle_takes_the_lessons_inputs(name):
    assert {row.name for row in load(str(FILES[name])).inputs} == {each.name for each in positional(name)}


@pytest.mark.parametrize(("name", "variant"), CASES, ids=IDS)
@pytest.mark.parametrize("sizes", SIZES, ids=["own sizes", "other sizes", "further sizes"])
def test_outputs_and_gradients_are_the_oracles(name, variant, sizes):
    for seed in SEEDS:
        found = differences(name, variant, sizes, seed)
        assert {key: error for key, error in found.items() if error > TOLERANCE} == {}, f"seed {seed}"


# --- the comparison itself --------------------------------------------------------------------------------


def scaled(node_name, factor):
    """Make the rule that multiplies what one node sends back."""

    def rule(node, index, local):
        wrong = Chain((local, Scale(str(factor), float, (factor,))))
        return wrong if node.name == node_name else local

    return rule


@pytest.mark.parametrize("factor", [0.0, -1.0, 1.0 + 1e-6])
@pytest.mark.parametrize("sizes", SIZES)
def test_a_wrong_rule_is_noticed_where_it_acts(sizes, factor):
    found = differences("batchnorm", load(str(FILES["batchnorm"])), sizes, 0, rule=scaled("mu", factor))
    assert found.pop("dx") > TOLERANCE
    assert max(found.values()) <= TOLERANCE


@pytest.mark.parametrize(("name", "variant"), CASES, ids=IDS)
def test_in_every_variant_a_wrong_rule_is_noticed(name, variant):
    found = differences(name, variant, {}, 0, rule=scaled(variant.outputs[-1], 1.0 + 1e-6))
    assert max(found.values()) > TOLERANCE


def test_shapes_count():
    assert difference(np.ones((1, 3)), np.ones(3)) == np.inf
    assert difference(np.ones(()), np.ones(1)) == np.inf


def test_a_value_that_is_no_number_is_never_right():
    assert difference(np.array([1.0, np.nan]), np.ones(2)) == np.inf
    assert difference(np.ones(2), np.array([1.0, np.nan])) == np.inf


def test_rounding_passes_and_more_does_not():
    assert difference(np.array([1.0, 1.0 + 1e-12]), np.ones(2)) <= TOLERANCE
    assert difference(np.array([1.0, 1.0 + 2e-9]), np.ones(2)) > TOLERANCE
    assert difference(np.array([1e-15]), np.zeros(1)) <= TOLERANCE
    assert difference(np.array([1e-9]), np.zeros(1)) > TOLERANCE
