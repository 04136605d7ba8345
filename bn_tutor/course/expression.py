"""The lesson language: one line of it becomes operations of the engine's table.

A line is data. Python's parser reads it into a syntax tree and nothing is ever evaluated by Python; only the
forms below are let through, and only names in the table. Bounds come first: the line's length and the tree's
depth before anything walks it, shapes before anything is computed (``graph.build`` infers them).
"""

import ast
import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bn_tutor.course.arguments import is_whole, is_whole_numbers, wrong_argument
from bn_tutor.course.codes import Code
from bn_tutor.course.numbers import shape_text
from bn_tutor.course.parsing import parsed, refused
from bn_tutor.course.problem import SlipError, did_you_mean
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Node, placeholders
from bn_tutor.engine.operation import LITERAL, Operation
from bn_tutor.engine.operations import OPERATIONS
from bn_tutor.engine.shapes import Shape

LARGEST_NUMBER = 1e15

Operand = str | int | float  # a node's name, or a number

_BINARY: Mapping[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.MatMult: "matmul",
}
_ON_NUMBERS: Mapping[str, Callable[[float, float], float]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
}
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "none": None}
_NO_NUMBERS: Mapping[str, str] = {
    "bool": "true, false",
    "NoneType": "none",
    "str": "a text",
    "bytes": "a text",
    "complex": "a complex number",
}


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


def lower(lowering: Lowering) -> Operand:
    """Turn the line's text into nodes, in ``lowering.nodes``, and return what it stands for.

    That is the name of the last operation, of an earlier node, or a plain number. Raises SlipError, with the
    column, for anything that the language does not have.
    """
    return _operand(lowering, parsed(lowering.text))


def named_nodes(lowering: Lowering, caption: str = "") -> tuple[Node, ...]:
    """Lower a line of a graph; its last operation takes the line's own name.

    Raises SlipError as ``lower`` does, and where the line computes nothing.
    """
    result = lower(lowering)
    last = lowering.nodes[-1] if lowering.nodes else None
    if last is None or last.name != result or last.is_source:
        hint = "write an operation, as in y = 2 * x"
        raise SlipError(Code.COMPUTES_NOTHING, "a node must compute something", 0, hint)
    final = replace(last, name=lowering.name, written=lowering.text, caption=caption)
    formula = final.operation.formula.format_map(placeholders(final))
    return (*lowering.nodes[:-1], replace(final, formula=formula))


def _operand(lowering: Lowering, tree: ast.expr) -> Operand:
    match tree:
        case ast.Name(id=name):
            return _name(lowering, name, tree)
        case ast.Constant(value=value):
            return _number(value, tree)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            return _signed(lowering, tree)
        case ast.BinOp(op=ast.Pow()):
            return _power(lowering, tree)
        case ast.BinOp(op=ast.FloorDiv()):
            return _floor_division(lowering, tree)
        case ast.BinOp(op=sign) if type(sign) in _BINARY:
            return _binary(lowering, tree, _BINARY[type(sign)])
        case ast.Call(func=ast.Name(id=name)):
            return _call(lowering, tree, name)
        case ast.Subscript():
            key = _key(lowering, tree.slice)
            return lowering.apply("take", [_operand(lowering, tree.value)], tree, key=key)
    raise refused(tree)


def _name(lowering: Lowering, name: str, tree: ast.expr) -> Operand:
    if name in lowering.known:
        return name
    if name in lowering.sizes:
        return _named_number(name, lowering.sizes[name], tree)
    if name in OPERATIONS:
        message, hint = f"{name} is an operation", f"call it: {name}(...)"
        raise SlipError(Code.UNKNOWN_NAME, message, tree.col_offset, hint)
    hint = did_you_mean(name, [*lowering.known, *lowering.sizes])
    raise SlipError(Code.UNKNOWN_NAME, f"{name} is not defined before this line", tree.col_offset, hint)


def _named_number(name: str, value: Any, tree: ast.expr) -> int | float:
    if isinstance(value, int | float):
        return value
    message = f"{name} stands for {shape_text(value)}, which can only be an argument"
    raise SlipError(Code.WRONG_ARGUMENT, message, tree.col_offset, "axis=..., or a shape")


def _number(value: Any, tree: ast.expr) -> int | float:
    # True is an int to Python, and an int may have too many digits for a float.
    if type(value) not in (int, float):
        what = _NO_NUMBERS.get(type(value).__name__, "this")
        raise SlipError(Code.WRONG_NUMBER, f"{what} is not a number", tree.col_offset)
    if not abs(value) <= LARGEST_NUMBER:
        raise SlipError(Code.WRONG_NUMBER, f"numbers go up to {LARGEST_NUMBER:.0e}", tree.col_offset)
    number: int | float = value
    return number


def _signed(lowering: Lowering, tree: ast.UnaryOp) -> Operand:
    operand = _operand(lowering, tree.operand)
    if isinstance(tree.op, ast.UAdd):
        return operand
    return lowering.apply("negative", [operand], tree) if isinstance(operand, str) else -operand


def _binary(lowering: Lowering, tree: ast.BinOp, name: str) -> Operand:
    left, right = _operand(lowering, tree.left), _operand(lowering, tree.right)
    if not isinstance(left, str) and not isinstance(right, str):
        return _folded(name, left, right, tree)
    if name == "divide" and left == 1:
        return lowering.apply("reciprocal", [right], tree)
    return lowering.apply(name, [left, right], tree)


def _folded(name: str, left: int | float, right: int | float, tree: ast.expr) -> int | float:
    """Work out arithmetic on numbers alone: sizes, mostly."""
    if name == "divide" and right == 0:
        raise SlipError(Code.WRONG_NUMBER, "division by zero", tree.col_offset)
    compute = _ON_NUMBERS.get(name)
    if compute is None:
        raise SlipError(Code.SHAPES_DISAGREE, "@ takes matrices, not numbers", tree.col_offset)
    return _number(compute(left, right), tree)


def _power(lowering: Lowering, tree: ast.BinOp) -> Operand:
    base, exponent = _operand(lowering, tree.left), _operand(lowering, tree.right)
    if isinstance(exponent, str):
        raise SlipError(Code.WRONG_ARGUMENT, "an exponent must be a number", tree.right.col_offset)
    if not isinstance(base, str):
        message = "write the number out: powers of numbers are not computed"
        raise SlipError(Code.WRONG_NUMBER, message, tree.col_offset)
    if exponent == 2:
        return lowering.apply("square", [base], tree)
    return lowering.apply("power", [base], tree, exponent=exponent)


def _call(lowering: Lowering, tree: ast.Call, name: str) -> Operand:
    if name not in OPERATIONS:
        hint = did_you_mean(name, OPERATIONS)
        raise SlipError(Code.UNKNOWN_OPERATION, f"there is no operation {name}", tree.col_offset, hint)
    operation = OPERATIONS[name]
    if name == "take":
        return _take(lowering, tree)
    count = len(tree.args) if operation.variadic else len(operation.locals)
    if len(tree.args) < count or not tree.args:
        message = f"{name} takes {_counted(operation)}, not {len(tree.args)}"
        raise SlipError(Code.WRONG_ARGUMENT, message, tree.col_offset)
    operands = [_operand(lowering, argument) for argument in tree.args[:count]]
    return lowering.apply(name, operands, tree, **_parameters(lowering, tree, operation, count))


def _counted(operation: Operation) -> str:
    count = len(operation.locals)
    return "at least one input" if operation.variadic else f"{count} input{'s' if count > 1 else ''}"


def _parameters(lowering: Lowering, tree: ast.Call, operation: Operation, count: int) -> dict[str, Any]:
    """Read what follows the inputs: by position in the row's order, then by keyword."""
    extra = tree.args[count:]
    if len(extra) > len(operation.parameters):
        place = extra[len(operation.parameters)]
        message = f"{operation.name} takes no further argument"
        raise SlipError(Code.WRONG_ARGUMENT, message, place.col_offset)
    places = zip(operation.parameters, extra, strict=False)
    found = {name: _argument(lowering, operation.name, name, each) for name, each in places}
    for keyword in tree.keywords:
        name = keyword.arg or "**"
        if name not in operation.parameters or name in found:
            hint = did_you_mean(name, operation.parameters)
            message = f"{operation.name} takes no (second) {name}"
            raise SlipError(Code.WRONG_ARGUMENT, message, keyword.col_offset, hint)
        found[name] = _argument(lowering, operation.name, name, keyword.value)
    missing = {"exponent", "shape", "low", "high"} & set(operation.parameters) - set(found)
    if missing:
        message = f"{operation.name} needs {', '.join(sorted(missing))}"
        raise SlipError(Code.WRONG_ARGUMENT, message, tree.col_offset)
    return found


def _take(lowering: Lowering, tree: ast.Call) -> Operand:
    """take(x, indices, axis=0) picks along one axis, as np.take does."""
    if len(tree.args) != 2:
        hint = "take(x, (0, 2), axis=1)"
        raise SlipError(Code.WRONG_ARGUMENT, "take takes an input and indices", tree.col_offset, hint)
    axis = 0
    for place, keyword in enumerate(tree.keywords):
        if place or keyword.arg != "axis":
            hint = did_you_mean(keyword.arg or "", ["axis"])
            message = f"take takes no (second) {keyword.arg or '**'}"
            raise SlipError(Code.WRONG_ARGUMENT, message, keyword.col_offset, hint)
        axis = _constant(lowering, keyword.value)
    if not is_whole(axis) or not 0 <= axis < 10:
        raise SlipError(Code.WRONG_ARGUMENT, "take needs an axis from 0 up", tree.col_offset)
    key = (*(slice(None),) * axis, _indices(lowering, tree.args[1]))
    return lowering.apply("take", [_operand(lowering, tree.args[0])], tree, key=key)


def _indices(lowering: Lowering, tree: ast.expr) -> int | list[int]:
    indices: int | tuple[int, ...] = _constant(lowering, tree)
    if isinstance(indices, tuple) and is_whole_numbers(indices):
        return list(indices)
    if not isinstance(indices, int) or not is_whole(indices):
        message = "indices must be a whole number, or some in brackets"
        raise SlipError(Code.WRONG_ARGUMENT, message, tree.col_offset)
    return indices


def _argument(lowering: Lowering, operation: str, parameter: str, tree: ast.expr) -> Any:
    value = _constant(lowering, tree)
    if reason := wrong_argument(operation, parameter, value):
        raise SlipError(Code.WRONG_ARGUMENT, reason, tree.col_offset)
    return value


def _constant(lowering: Lowering, tree: ast.expr) -> Any:
    """Read an argument: a number, a size, arithmetic on sizes, true or false, or a tuple of those."""
    if isinstance(tree, ast.Tuple | ast.List):
        return tuple(_constant(lowering, each) for each in tree.elts)
    if isinstance(tree, ast.Name) and tree.id.lower() in _WORDS:
        return _WORDS[tree.id.lower()]
    if isinstance(tree, ast.Constant) and (tree.value is None or isinstance(tree.value, bool)):
        return tree.value
    if isinstance(tree, ast.Name) and isinstance(lowering.sizes.get(tree.id), tuple):
        return lowering.sizes[tree.id]
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "trailing":
        return _trailing(lowering, tree)
    value = _operand(lowering, tree)
    if isinstance(value, str):
        raise SlipError(Code.WRONG_ARGUMENT, "this argument must be a number, not a node", tree.col_offset)
    return value


def _trailing(lowering: Lowering, tree: ast.Call) -> tuple[int, ...]:
    """Read trailing(x, shape): the axes at the end of x that have this shape, as LayerNorm counts them."""
    named = tree.args[0].id if tree.args and isinstance(tree.args[0], ast.Name) else ""
    if len(tree.args) != 2 or tree.keywords or named not in lowering.known:
        hint = "trailing(x, (C, D))"
        message = "trailing takes a node of this graph and a shape"
        raise SlipError(Code.WRONG_ARGUMENT, message, tree.col_offset, hint)
    wanted = _argument(lowering, "reshape", "shape", tree.args[1])
    wanted = (wanted,) if isinstance(wanted, int) else wanted
    found = lowering.known[named]
    if found is None:
        return ()  # that node has a problem of its own, which is reported there
    shape = found if isinstance(found, tuple) else found.shape
    if not wanted or shape[-len(wanted) :] != wanted:
        message = f"{named} has the shape {shape_text(shape)}, which does not end with {shape_text(wanted)}"
        raise SlipError(Code.SHAPES_DISAGREE, message, tree.args[1].col_offset, _endings(shape))
    return tuple(range(len(shape) - len(wanted), len(shape)))


def _endings(shape: Shape) -> str:
    return "it ends with " + ", ".join(shape_text(shape[at:]) for at in reversed(range(len(shape))))


def _floor_division(lowering: Lowering, tree: ast.BinOp) -> int:
    """Work out // on sizes; there is none for nodes."""
    left, right = _operand(lowering, tree.left), _operand(lowering, tree.right)
    if isinstance(left, str) or isinstance(right, str):
        raise refused(tree)
    if not isinstance(left, int) or not isinstance(right, int) or right == 0:
        raise SlipError(Code.WRONG_NUMBER, "// divides whole sizes", tree.col_offset)
    return left // right


def _key(lowering: Lowering, tree: ast.expr) -> Any:
    """Read what stands in square brackets: whole numbers, slices of them, or a tuple of those."""
    if isinstance(tree, ast.Tuple):
        return tuple(_key_part(lowering, each) for each in tree.elts)
    return _key_part(lowering, tree)


def _key_part(lowering: Lowering, tree: ast.expr) -> int | slice:
    if isinstance(tree, ast.Slice):
        parts = (tree.lower, tree.upper, tree.step)
        return slice(*(None if part is None else _index(lowering, part) for part in parts))
    return _index(lowering, tree)


def _index(lowering: Lowering, tree: ast.expr) -> int:
    value = _constant(lowering, tree)
    if type(value) is not int:
        raise SlipError(Code.WRONG_ARGUMENT, "an index must be a whole number", tree.col_offset)
    return value
