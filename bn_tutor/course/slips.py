"""What a misconception leads to: an edge that carries something else, and what to say about it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from bn_tutor.course.flow import Backward, Edge, Flow, Spot
from bn_tutor.course.gradient_names import is_named
from bn_tutor.engine.gradients import Array, LinearMap, MatMul, Scale, chain, named
from bn_tutor.engine.graph import Node, Recording, placeholders
from bn_tutor.engine.operation import LITERAL
from bn_tutor.engine.shapes import Shape
from bn_tutor.engine.text import axes_in_words, bracketed

# What is written for an operation within a line is quoted up to this length.
LONGEST_QUOTE = 32


@dataclass(frozen=True, eq=False)
class Slip:
    """One edge with a wrong map, and the words for it.

    ``say`` tells what the wrong value is and why it is wrong; ``hint`` pushes without giving the answer away;
    ``detail`` tells slips of one row on one edge apart, and is the same for all data.
    """

    wrong: Backward
    say: str
    hint: str
    detail: str = ""


@dataclass(frozen=True, eq=False)
class Change:
    """One misconception in a backward pass: which edges it changes, and how.

    It is made at ``spot``. ``without`` are outputs whose own upstream is left out. What no change of edges
    leads to is given by ``gradients``, whole gradients of nodes by node, computed when asked for.
    """

    spot: Spot
    slip: Slip
    edges: Mapping[Edge, Backward] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    gradients: Callable[[], Mapping[str, Array]] | None = None


Find = Callable[[Flow], Iterator[Change]]


def on_each_edge(find: Callable[[Spot], Iterator[Slip]]) -> Find:
    """Turn what looks at one edge into what looks at all of them."""

    def find_all(flow: Flow) -> Iterator[Change]:
        for spot in flow.spots:
            for slip in find(spot):
                yield Change(spot, slip, {spot.edge: slip.wrong})

    return find_all


# --- wrong maps -----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Wrong:
    """A link that is no local gradient of anything; ``{up}`` in its text is what comes in."""

    compute: Callable[[Array], Array]
    text: str = "{up}"

    def forward(self, tangent: Array) -> Array:
        """There is no way forward that this would be the way back of."""
        raise NotImplementedError

    def backward(self, upstream: Array) -> Array:
        return self.compute(upstream)

    @property
    def words(self) -> str:
        """It is told in a slip's own words."""
        return ""

    def numpy(self, upstream: str) -> str:
        """``np.sum(dout)``."""
        return self.text.replace("{up}", upstream)


@dataclass(frozen=True)
class Nothing:
    """No gradient comes this way."""

    shape: Shape

    def backward(self, upstream: Array) -> Array:
        return np.zeros(self.shape)

    def numpy(self, upstream: str) -> str:
        """Nothing is written for it."""
        return ""


def replaced(spot: Spot, at: int, *instead: LinearMap) -> LinearMap:
    """Return the edge's way back with one link replaced, or left out; named as the learner knows it."""
    found = chain(*spot.links[:at], *instead, *spot.links[at + 1 :])
    return named(found, shown_names(spot.recording, spot.node))


# --- words ----------------------------------------------------------------------------------------------


def shown(recording: Recording, name: str) -> str:
    """Return what the learner knows a node as: its name, or what is written for it within a line."""
    node = recording.graph[name]
    if is_named(node) or node.operation is LITERAL:
        return node.name
    text = node.written
    return text if 0 < len(text) <= LONGEST_QUOTE else f"a part of {node.group}"


def shown_names(recording: Recording, node: Node) -> dict[str, str]:
    """Return what fills the placeholders of a node's formulas, as the learner knows it."""
    inputs = dict(zip("abc", node.inputs, strict=False)) | {"out": node.name}
    known = {place: bracketed(shown(recording, name)) for place, name in inputs.items()}
    return placeholders(node) | known


def line_of(spot: Spot) -> str:
    """Return the name of the line that the edge's node belongs to."""
    return spot.node.group or spot.node.name


def to(spot: Spot) -> str:
    """Return what the edge leads to, as the learner knows it."""
    return shown(spot.recording, spot.input)


def slope(spot: Spot) -> str:
    """``∂xhat/∂ivar``."""
    return f"∂{bracketed(whole(spot))}/∂{bracketed(to(spot))}"


def whole(spot: Spot) -> str:
    """Return the edge's node, as the learner knows it."""
    return shown(spot.recording, spot.node.name)


def slope_is(spot: Spot, link: Scale | MatMul) -> str:
    """``∂xhat/∂ivar = xmu``."""
    return f"{slope(spot)} = {filled(spot, link.formula)}"


def filled(spot: Spot, formula: str) -> str:
    """Return a formula of the edge's local gradient with the names that the learner knows."""
    return formula.format_map(shown_names(spot.recording, spot.node))


def listed(names: Iterable[str]) -> str:
    """``mu``, ``mu and ivar``, ``mu, var and ivar``."""
    *most, last = dict.fromkeys(names)
    return f"{', '.join(most)} and {last}" if most else last


def along(axes: tuple[int, ...], shape: Shape) -> str:
    """``the rows (axis 0)`` of a matrix, else ``axes 0, 2 and 3``."""
    words = {0: "the rows", 1: "the columns"}
    if len(shape) == 2 and len(axes) == 1:
        return f"{words[axes[0]]} (axis {axes[0]})"
    return axes_in_words(axes)
