"""One line of the lesson language on its way into operations: what it may use, and what it has become."""

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bn_tutor.course.problem import SlipError
from bn_tutor.course.shaping import shape_of
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Node, placeholders
from bn_tutor.engine.operation import LITERAL
from bn_tutor.engine.operations import OPERATIONS
from bn_tutor.engine.shapes import Shape

Operand = str | int | float  # a node's name, or a number


@dataclass
class Lowering:
    """One line on its way into nodes: the names it may use, the sizes, and the nodes made so far.

    ``known`` maps the names of nodes to their shapes or values, None where neither is known. ``sizes`` holds
    what stands for a number in a formula; one that is a tuple, such as axes, can only be an argument.
    ``taken`` are names that no operation inside the line may have.
    """

    name: str
    text: str
    known: Mapping[str, Shape | Array | None]
    sizes: Mapping[str, Any]
    line: int | None = None
    nodes: list[Node] = field(default_factory=list)
    taken: Collection[str] = ()
    count: int = 0

    def literal(self, number: int | float) -> str:
        """Return the name of the node for a number, which is the number as it is written.

        Its value is a float: NumPy's whole numbers overflow.
        """
        self.nodes.append(Node(repr(number), LITERAL, parameters={"value": float(number)}, line=self.line))
        return repr(number)

    def apply(self, name: str, operands: Sequence[Operand], tree: ast.expr, **parameters: Any) -> str:
        """Add one operation and return its node's name."""
        names = tuple(each if isinstance(each, str) else self.literal(each) for each in operands)
        node = Node(
            self._free_name(),
            OPERATIONS[name],
            names,
            parameters,
            written=ast.get_source_segment(self.text, tree) or "",
            group=self.name,
            line=self.line,
        )
        self.nodes.append(replace(node, formula=node.operation.formula.format_map(placeholders(node))))
        return node.name

    def _free_name(self) -> str:
        self.count += 1
        while f"{self.name}_{self.count}" in self.taken:
            self.count += 1
        return f"{self.name}_{self.count}"

    def defines(self, name: str) -> bool:
        """Return whether the line may use this name."""
        return name in self.known or name in self.sizes

    def shape(self, operand: Operand, tree: ast.expr) -> Shape | None:
        """Return the shape of what stands at ``tree``; None where a line above it is wrong.

        Nothing is computed. Raises SlipError where shapes do not fit.
        """
        used = {str(operand), *(name for node in self.nodes for name in node.inputs)}
        shapes = {name: _shape(self.known[name]) for name in used if self.known.get(name) is not None}
        try:
            for node in self.nodes:
                if all(name in shapes for name in node.inputs):
                    shapes[node.name] = shape_of(node, shapes)
        except SlipError as slip:
            slip.column = tree.col_offset
            raise
        return shapes.get(operand) if isinstance(operand, str) else ()


def _shape(known: Any) -> Shape:
    return known if isinstance(known, tuple) else tuple(known.shape)
