"""Numeric proof of local gradients.

Every local gradient of a recording is held against the operation itself, never against another formula:

- its ``forward`` against a numeric directional derivative, by complex step where the operation is smooth
  (Squire & Trapp 1998: exact to rounding, since nothing is subtracted), else by central differences of fourth
  order, which are exact for piecewise linear operations but for rounding;
- its ``backward`` against its ``forward``: <upstream, J t> must equal <J' upstream, t> for random vectors.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from bn_tutor.engine.closeness import largest, relative_error
from bn_tutor.engine.gradients import Array, LinearMap
from bn_tutor.engine.graph import Node, Recording
from bn_tutor.engine.replay import Rule

TOLERANCE = 1e-9
COMPLEX_STEP = 1e-30
# Large against rounding, small against the distance of random data from a kink.
CENTRAL_STEP = 1e-4


@dataclass(frozen=True)
class Disproof:
    """A local gradient that is wrong: whose, with respect to what, which part of it, and by how much.

    ``error`` is relative to the largest element; infinite where the shape itself is wrong.
    """

    node: str
    input: str
    part: str
    error: float


def prove(
    recording: Recording, *, rule: Rule | None = None, seed: int = 0, probes: int = 2
) -> tuple[Disproof, ...]:
    """Return a Disproof for every local gradient that fails, and so an empty tuple for a right graph.

    ``rule`` replaces local gradients as in ``replay``. Each is probed in ``probes`` random directions.
    Operations whose gradient is declared (stop_gradient) have none to prove.
    """
    generator = np.random.default_rng(seed)
    return tuple(
        problem
        for stop in recording.graph.stops
        for way in stop.edges
        for problem in _disproofs(recording, stop.node, way.place, rule, generator, probes)
    )


def _disproofs(
    recording: Recording,
    node: Node,
    place: int,
    rule: Rule | None,
    generator: np.random.Generator,
    probes: int,
) -> Iterator[Disproof]:
    operands = tuple(recording[name] for name in node.inputs)
    local_maker = node.operation.local(place)
    if local_maker is None or node.operation.declared:
        return
    local = local_maker(place, operands, recording[node.name], node.parameters)
    if rule is not None:
        local = rule(node, place, local)
    for _ in range(probes):
        tangent = generator.normal(size=operands[place].shape)
        upstream = generator.normal(size=recording[node.name].shape)
        numeric = directional_derivative(node, operands, place, tangent)
        scale = _natural_scale(recording[node.name], operands[place], tangent)
        judged = _is_judged(node, operands, place, tangent)
        for part, error in _errors(local, tangent, upstream, numeric, scale, judged):
            if not error <= TOLERANCE:
                yield Disproof(node.name, node.inputs[place], part, error)
                return


def _natural_scale(output: Array, operand: Array, tangent: Array) -> float:
    """Return a size below which a derivative is zero but for rounding.

    The mean's gradient through the variance is exactly zero and numerically 1e-17: a relative error of such
    a number says nothing.
    """
    natural = 1e-3 * largest(output) / (largest(operand) or 1.0)
    # Where the output itself is lost in rounding, as that of sigmoid(-40), nothing smaller can be judged.
    return max(natural, 1e-6) * largest(tangent)


def _errors(
    local: LinearMap, tangent: Array, upstream: Array, numeric: Array, scale: float, judged: Array
) -> Iterator[tuple[str, float]]:
    try:
        pushed, pulled = np.asarray(local.forward(tangent)), np.asarray(local.backward(upstream))
    except ValueError:
        yield "shape", np.inf  # it does not even fit
        return
    yield "shape", 0.0 if pushed.shape == upstream.shape and pulled.shape == tangent.shape else np.inf
    yield "forward", relative_error(np.where(judged, pushed, numeric), numeric, scale)
    back, there = pulled * tangent, upstream * pushed
    # Where roads cancel both products are rounding alone, and no more alike than rounding is.
    size = max(*(float(np.abs(each).sum()) for each in (back, there, scale * upstream)), 1e-300)
    yield "backward", abs(float(there.sum() - back.sum())) / size


def directional_derivative(node: Node, operands: tuple[Array, ...], place: int, tangent: Array) -> Array:
    """Return d/dt of the node's operation along ``tangent`` in its input at ``place``; the output's shape."""

    moved = partial(_moved, node, operands, place, tangent)
    if node.operation.smooth:
        return _complex_step(moved)
    return _central_difference(moved, _central_step(operands[place], tangent))


def _is_judged(node: Node, operands: tuple[Array, ...], place: int, tangent: Array) -> Array:
    """Return, in the output's shape, where a derivative exists along ``tangent``: not at a kink."""
    if node.operation.smooth:
        return np.asarray(True)
    step = 2 * _central_step(operands[place], tangent)
    ahead, here, behind = (_moved(node, operands, place, tangent, each) for each in (step, 0, -step))
    bend = np.abs((ahead - here) - (here - behind))
    return np.asarray(bend <= 1e-3 * step * largest(tangent))


def _moved(node: Node, operands: tuple[Array, ...], place: int, tangent: Array, step: complex) -> Array:
    changed = [*operands[:place], operands[place] + step * tangent, *operands[place + 1 :]]
    return np.asarray(node.operation.forward(*changed, **node.parameters))


def _complex_step(moved: Callable[[complex], Array]) -> Array:
    return np.imag(moved(COMPLEX_STEP * 1j)) / COMPLEX_STEP


def _central_step(operand: Array, tangent: Array) -> float:
    """Return a step that moves the operand by CENTRAL_STEP of its size, so that rounding stays far below."""
    return CENTRAL_STEP * max(largest(operand), 1.0) / (largest(tangent) or 1.0)


def _central_difference(moved: Callable[[complex], Array], step: float) -> Array:
    near = moved(step) - moved(-step)
    far = moved(2 * step) - moved(-2 * step)
    return (8 * near - far) / (12 * step)
