"""The linear maps of convolution and pooling, and a small network, proven and with faults planted in it."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from bn_tutor.engine.gradients import Chain, Scale, jacobian, links, named
from bn_tutor.engine.graph import build, placeholders, record
from bn_tutor.engine.operations import OPERATIONS
from bn_tutor.engine.proof import prove
from bn_tutor.engine.windows import Fold, SpreadInWindow, TimesFilters, TimesWindows, conv2d
from bn_tutor.engine.zoom import Level, zoom

from .oracles import evaluate, operation_node, source_node

# --- the maps ---------------------------------------------------------------------------------------------

FILTERS = np.random.default_rng(7).normal(size=(2, 3, 2, 1))
IMAGE = np.random.default_rng(8).normal(size=(2, 3, 4, 3))
# a map, its shape in, its shape out, its words, its line
MAPS = [
    (
        Fold((1, 2, 4, 3), (2, 1), 2, 1),
        (1, 2, 4, 3),
        (1, 2, 3, 3, 2, 1),
        "add the windows back in place",
        "fold(dy, (1, 2, 4, 3), stride=2, padding=1)",
    ),
    (
        TimesFilters(FILTERS, "w"),
        (1, 3, 2, 3, 2, 1),
        (1, 2, 2, 3),
        "times w, sum over filters",
        "np.einsum('nfyx,fcij->ncyxij', dy, w)",
    ),
    (
        TimesWindows(IMAGE, "x", (2, 1), 1, 0),
        (2, 3, 2, 1),
        (2, 2, 3, 3),
        "times the windows of x, sum over samples and places",
        "np.einsum('nfyx,ncyxij->fcij', dy, windows(x, (2, 1)))",
    ),
    (
        SpreadInWindow((1, 2, 3, 1, 2, 2)),
        (1, 2, 3, 1, 2, 2),
        (1, 2, 3, 1),
        "spread over each window",
        "np.broadcast_to(dy[..., None, None], (1, 2, 3, 1, 2, 2))",
    ),
]
every_map = pytest.mark.parametrize(("local", "shape_in", "shape_out", "words", "line"), MAPS)


@every_map
def test_both_products_of_a_map_are_those_of_its_jacobian(local, shape_in, shape_out, words, line):
    generator = np.random.default_rng(9)
    tangent, upstream = generator.normal(size=shape_in), generator.normal(size=shape_out)
    before = upstream.copy()
    matrix = jacobian(local, shape_in, shape_out)
    pushed, pulled = local.forward(tangent), local.backward(upstream)
    assert (pushed.shape, pulled.shape) == (shape_out, shape_in)
    np.testing.assert_allclose(pushed.ravel(), matrix @ tangent.ravel(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(pulled.ravel(), upstream.ravel() @ matrix, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(upstream, before)


@every_map
def test_the_words_and_the_line_of_a_map(local, shape_in, shape_out, words, line):
    assert local.words == words
    assert local.numpy("dy") == line
    upstream = np.random.default_rng(10).normal(size=shape_out)
    found = evaluate(line, {"dy": upstream, "x": IMAGE, "w": FILTERS})
    np.testing.assert_allclose(found, local.backward(upstream), rtol=1e-12, atol=1e-14)


def test_formulas_of_the_maps_are_filled_in():
    back = Chain((TimesFilters(FILTERS, "{b}"), TimesWindows(IMAGE, "{a}", (2, 1), 1, 0)))
    assert [link.formula for link in named(back, {"a": "x", "b": "w"}).maps] == ["w", "x"]


FORMULAS = [
    ("conv2d", ("x", "w"), {}, "conv2d(x, w)"),
    ("conv2d", ("x", "w"), {"stride": 2, "padding": 1}, "conv2d(x, w, stride=2, padding=1)"),
    ("max_pool2d", ("x",), {"size": 2}, "max_pool2d(x, 2)"),
    ("max_pool2d", ("x",), {"size": 2, "stride": None}, "max_pool2d(x, 2)"),
    ("max_pool2d", ("x",), {"size": 2, "stride": 1}, "max_pool2d(x, 2, stride=1)"),
]


@pytest.mark.parametrize(("name", "inputs", "told", "formula"), FORMULAS)
def test_what_is_as_without_a_word_is_not_written(name, inputs, told, formula):
    node = operation_node("out", name, *inputs, **told)
    assert node.operation.formula.format_map(placeholders(node)) == formula


# --- a small network, and faults in it --------------------------------------------------------------------


def network(faulty=OPERATIONS["conv2d"]):
    """Record conv -> relu -> pool -> reshape -> matmul on (3, 2, 6, 7) images."""
    generator = np.random.default_rng(21)
    shapes = {"x": (3, 2, 6, 7), "w": (4, 2, 3, 2), "v": (24, 2)}
    nodes = [source_node(name, shape) for name, shape in shapes.items()]
    nodes += [
        replace(operation_node("conv", "conv2d", "x", "w", padding=1), operation=faulty),
        operation_node("act", "relu", "conv"),
        operation_node("pool", "max_pool2d", "act", size=3, stride=2),
        operation_node("flat", "reshape", "pool", shape=(3, 24)),
        operation_node("out", "matmul", "flat", "v"),
    ]
    return record(build(nodes, "out"), {name: generator.normal(size=shape) for name, shape in shapes.items()})


@pytest.mark.parametrize("level", Level)
def test_a_network_is_proven(level):
    assert prove(zoom(network(), level)) == ()


@dataclass(frozen=True)
class Overwriting:
    """A fold that writes where it should add."""

    right: Fold

    def forward(self, tangent):
        return self.right.forward(tangent)

    def backward(self, upstream):
        shape = self.right.shape_in
        # Each pixel's number, from 1; the padding is 0, and dropped.
        numbers = np.arange(1.0, np.prod(shape) + 1).reshape(shape)
        whole = np.zeros(numbers.size + 1)
        whole[self.right.forward(numbers).astype(int)] = upstream
        return whole[1:].reshape(shape)


def flipped(link):
    return replace(link, filters=link.filters[:, :, ::-1, ::-1])


def unshared(link):
    return replace(link, compute=lambda seen, output: np.ones(seen.shape))


FAULTS = {
    "flipped filters": ("conv", "x", TimesFilters, flipped, "forward"),
    "a fold that overwrites": ("conv", "x", Fold, Overwriting, "backward"),
    "no padding in the fold": ("conv", "x", Fold, lambda link: replace(link, padding=0), "shape"),
    "no padding of the image": ("conv", "w", TimesWindows, lambda link: replace(link, padding=0), "shape"),
    "a moved image": (
        "conv",
        "w",
        TimesWindows,
        lambda link: replace(link, image=np.roll(link.image, 1, 3)),
        "forward",
    ),
    "a pool's fold that overwrites": ("pool", "act", Fold, Overwriting, "backward"),
    "all of a window win": ("pool", "act", Scale, unshared, "forward"),
    "windows side by side": ("pool", "act", Fold, lambda link: replace(link, stride=3), "shape"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_local_gradient_is_found_by_node_and_input(fault):
    name, source, kind, change, part = FAULTS[fault]

    def rule(node, place, local):
        if (node.name, node.inputs[place]) != (name, source):
            return local
        return Chain(tuple(change(link) if isinstance(link, kind) else link for link in links(local)))

    found = prove(network(), rule=rule)
    assert [(each.node, each.input, each.part) for each in found] == [(name, source, part)]


def test_a_forward_pass_that_flips_its_filters_disproves_both_gradients():
    def convolved(image, filters, **told):
        return conv2d(image, filters[:, :, ::-1, ::-1], **told)

    found = prove(network(replace(OPERATIONS["conv2d"], forward=convolved)))
    assert [(each.node, each.input, each.part) for each in found] == [
        ("conv", "x", "forward"),
        ("conv", "w", "forward"),
    ]
