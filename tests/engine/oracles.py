"""What the engine's tests hold it against, written without the engine's own derivatives."""

import autograd
import autograd.numpy as anp
import numpy as np

from bn_tutor.engine.graph import Node, build, record
from bn_tutor.engine.operation import INPUT, LITERAL
from bn_tutor.engine.operations import OPERATIONS

BATCHNORM_INPUTS = ("x", "gamma", "beta", "eps")


def assert_close(value, reference, tolerance=1e-9, scale=0.0):
    value, reference = np.asarray(value), np.asarray(reference)
    assert value.shape == reference.shape
    largest = max(np.max(np.abs(reference), initial=0.0), scale)
    assert np.max(np.abs(value - reference), initial=0.0) <= tolerance * largest


def operation_node(name, operation, *inputs, group=None, **parameters):
    return Node(name, OPERATIONS[operation], inputs, parameters, group=group or name)


def source_node(name, shape, operation=INPUT):
    return Node(name, operation, shape=shape, group=name)


def literal_node(value):
    return Node(str(value), LITERAL, parameters={"value": value}, group=str(value))


def record_one(name, operands, **parameters):
    """Record a graph of one operation; its inputs are called a, b, c and so on."""
    arrays = dict(zip("abcdefgh", operands, strict=False))
    sources = [source_node(letter, array.shape) for letter, array in arrays.items()]
    graph = build([*sources, operation_node("out", name, *arrays, **parameters)], "out")
    return record(graph, arrays)


def random_upstream(recording, seed=99):
    return np.random.default_rng(seed).normal(size=recording.output.shape)


# --- batch normalization ----------------------------------------------------------------------------------


def batchnorm_graph(samples, features, constant_eps=True):
    shapes = {"x": (samples, features), "gamma": (features,), "beta": (features,)}
    eps = literal_node(1e-5) if constant_eps else source_node("eps", ())
    nodes = [source_node(name, shape) for name, shape in shapes.items()]
    return build([*nodes, eps, *batchnorm_operations(eps.name)], "out")


def batchnorm_operations(eps):
    return [
        operation_node("mu", "mean", "x", axis=0),
        operation_node("xmu", "subtract", "x", "mu"),
        operation_node("sq", "square", "xmu"),
        operation_node("var", "mean", "sq", axis=0),
        operation_node("sqrtvar_1", "add", "var", eps, group="sqrtvar"),
        operation_node("sqrtvar", "sqrt", "sqrtvar_1"),
        operation_node("ivar", "reciprocal", "sqrtvar"),
        operation_node("xhat", "multiply", "xmu", "ivar"),
        operation_node("gammax", "multiply", "gamma", "xhat"),
        operation_node("out", "add", "gammax", "beta"),
    ]


def batchnorm_arrays(samples, features, seed=0, eps=1e-5):
    generator = np.random.default_rng(seed)
    return {
        "x": generator.normal(2.0, 1.5, size=(samples, features)),
        "gamma": generator.uniform(0.5, 1.5, size=features),
        "beta": generator.normal(size=features),
        "eps": np.asarray(eps),
    }


def record_batchnorm(samples=4, features=3, seed=0, eps=1e-5):
    """Record batch norm with eps as an input, so that one graph serves every eps."""
    graph = batchnorm_graph(samples, features, constant_eps=False)
    return record(graph, batchnorm_arrays(samples, features, seed, eps))


def batchnorm_formula(x, gamma, beta, eps):
    """Batch norm in one go, on autograd's arrays, by the variance's other formula: E[x²] - E[x]²."""
    mean = anp.sum(x, 0) / x.shape[0]
    centred = x - mean
    variance = anp.sum(centred * centred, 0) / x.shape[0]
    return gamma * centred * (variance + eps) ** -0.5 + beta


def autograd_gradients(function, arrays, upstream):
    """Return autograd's gradient of <function(*arrays), upstream> for every array."""

    def loss(*operands):
        return anp.sum(function(*operands) * upstream)

    places = range(len(arrays))
    return [autograd.grad(loss, place)(*arrays) for place in places]


def closed_form(arrays, dout):
    """Return dx, dgamma and dbeta by the closed form that papers print."""
    x, samples = arrays["x"], arrays["x"].shape[0]
    ivar = 1.0 / np.sqrt(x.var(axis=0) + arrays["eps"])
    xhat = (x - x.mean(axis=0)) * ivar
    dxhat = arrays["gamma"] * dout
    dx = ivar / samples * (samples * dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).sum(axis=0))
    return {"x": dx, "gamma": (dout * xhat).sum(axis=0), "beta": dout.sum(axis=0)}


def staged(arrays, dout):
    """Return every gradient of the staged backward pass by name, as the course writes it by hand."""
    x, gamma, samples = arrays["x"], arrays["gamma"], arrays["x"].shape[0]
    xmu = x - x.mean(axis=0)
    sqrtvar = np.sqrt((xmu**2).mean(axis=0) + arrays["eps"])
    dxhat = dout * gamma
    dxmu1 = dxhat / sqrtvar
    dsqrtvar = -(dxhat * xmu).sum(axis=0) / sqrtvar**2
    dsq = np.ones_like(x) / samples * (0.5 * dsqrtvar / sqrtvar)
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -dx1.sum(axis=0)
    dx2 = np.ones_like(x) / samples * dmu
    return {"dxmu1": dxmu1, "dxmu2": dxmu2, "dx1": dx1, "dmu": dmu, "dx2": dx2, "dx": dx1 + dx2}


# --- the text of formulas ---------------------------------------------------------------------------------


def put(upstream, shape, key):
    gradient = np.zeros(shape)
    np.add.at(gradient, key, upstream)
    return gradient


def winners(a, axis=None):
    winning = a == np.max(a, axis=axis, keepdims=True)
    return winning / np.sum(winning, axis=axis, keepdims=True)


def windows(a, size, stride=1, padding=0):
    height, width = (size, size) if isinstance(size, int) else size
    a = np.pad(a, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows, columns = (
        (have - want) // stride + 1 for have, want in zip(a.shape[2:], (height, width), strict=True)
    )
    seen = np.empty((*a.shape[:2], rows, columns, height, width))
    for row, column in np.ndindex(rows, columns):
        top, left = stride * row, stride * column
        seen[:, :, row, column] = a[:, :, top : top + height, left : left + width]
    return seen


def fold(parts, shape, stride=1, padding=0):
    samples, channels, rows, columns, height, width = parts.shape
    whole = np.zeros((samples, channels, shape[2] + 2 * padding, shape[3] + 2 * padding))
    for row, column in np.ndindex(rows, columns):
        top, left = stride * row, stride * column
        whole[:, :, top : top + height, left : left + width] += parts[:, :, row, column]
    return whole[:, :, padding : padding + shape[2], padding : padding + shape[3]]


def conv2d(a, b, stride=1, padding=0):
    return np.einsum("nchwij,fcij->nfhw", windows(a, b.shape[2:], stride, padding), b)


def max_pool2d(a, size, stride=None):
    return windows(a, size, stride or size).max(axis=(4, 5))


NAMESPACE = {
    **{name: getattr(np, name) for name in ("sqrt", "exp", "log", "tanh", "sign", "abs", "clip", "where")},
    **{name: getattr(np, name) for name in ("maximum", "minimum", "sum", "mean", "max", "transpose")},
    **{name: getattr(np, name) for name in ("reshape", "broadcast_to", "concatenate")},
    "np": np,
    "put": put,
    "winners": winners,
    "windows": windows,
    "fold": fold,
    "conv2d": conv2d,
    "max_pool2d": max_pool2d,
    "sigmoid": lambda a: 1.0 / (1.0 + np.exp(-a)),
    "relu": lambda a: a * (a > 0),
    "stop_gradient": lambda a: a,
}


def evaluate(text, values):
    """Run a formula's text on named values. Literals are named after their own text and need no value."""
    variables = {name: value for name, value in values.items() if name.isidentifier()}
    return np.asarray(eval(text, {**NAMESPACE, **variables}))
