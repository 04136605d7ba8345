"""Shapes of nodes, found before anything is computed, and how large they may be."""

from collections.abc import Mapping
from math import prod
from typing import Any

from bn_tutor.course.codes import Code
from bn_tutor.course.numbers import shape_text
from bn_tutor.course.problem import SlipError
from bn_tutor.engine import shapes
from bn_tutor.engine.graph import Node
from bn_tutor.engine.shapes import Shape

MOST_ELEMENTS = 50_000_000
# NumPy 1 has no arrays of more.
MOST_AXES = 32


def shape_of(node: Node, known: Mapping[str, Shape]) -> Shape:
    """Return the shape of a node from its inputs' shapes; raises SlipError where they do not fit."""
    if node.is_source:
        return node.shape
    inputs = [known[name] for name in node.inputs]
    key = node.parameters.get("key")
    try:
        if isinstance(key, tuple) and key and isinstance(key[-1], list):
            return _picked(inputs[0], key)
        shape = node.operation.shape(*inputs, **node.parameters)
    except ValueError as error:
        raise SlipError(Code.SHAPES_DISAGREE, str(error)) from None
    _check_scratch(node, inputs)
    return shape


def _check_scratch(node: Node, inputs: list[Shape]) -> None:
    """Raise SlipError where what is computed on the way is too much, however small the result is."""
    if node.operation.scratch is None:
        return
    for shape in node.operation.scratch(*inputs, **node.parameters):
        if prod(shape) > MOST_ELEMENTS:
            message = f"{_shown(node)} works on an array of the shape {shape_text(shape)}"
            raise SlipError(Code.TOO_LARGE, f"{message}, more than is computed here")


def _picked(shape: Shape, key: tuple[Any, ...]) -> Shape:
    """Return the shape of ``take(x, indices, axis)``, whose key is (:, ..., indices).

    The engine finds it by taking from an array of that shape, which is a copy: too much for a large one.
    """
    axis = len(key) - 1
    shapes.taken(shape[axis : axis + 1], key[-1])  # do the indices lie on the axis?
    return (*shape[:axis], len(key[-1]), *shape[axis + 1 :])


def too_large(node: Node, shape: Shape) -> str:
    """Return a sentence if the node's shape is more than is computed here; else an empty text."""
    name = _shown(node)
    if len(shape) > MOST_AXES:
        return f"{name} has {len(shape)} axes, more than the {MOST_AXES} of an array"
    if prod(shape) > MOST_ELEMENTS:
        return f"{name} has the shape {shape_text(shape)}, more than is computed here"
    return ""


def _shown(node: Node) -> str:
    # Within a line the author knows no names, only what is written there.
    return node.name if node.name == node.group or not node.written else node.written
