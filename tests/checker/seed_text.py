"""A source as bytes with its syntax tree: where statements and expressions stand, and how to change one."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

# How tightly operators bind: what stands for another expression must bind no looser.
_BINDING: dict[type[ast.operator], int] = {
    ast.Add: 1,
    ast.Sub: 1,
    ast.Mult: 2,
    ast.Div: 2,
    ast.MatMult: 2,
    ast.FloorDiv: 2,
    ast.Mod: 2,
    ast.Pow: 4,
}
_ATOMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant)
_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Expr)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Source:
    """A source text and its syntax tree."""

    text: str

    @cached_property
    def data(self) -> bytes:
        return self.text.encode()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def starts(self) -> list[int]:
        """The offset of every line, in bytes, as the columns of a syntax tree are."""
        return [0, *accumulate(len(line) for line in self.data.splitlines(keepends=True))]

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Return where a node begins and ends."""
        end = self.starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        return self.starts[node.lineno - 1] + node.col_offset, end

    def written(self, node: ast.expr | ast.stmt) -> str:
        """Return the text of a node."""
        return self.between(*self.span(node))

    def between(self, start: int, end: int) -> str:
        return self.data[start:end].decode()

    def bound(self, node: ast.expr, binding: int = 5) -> str:
        """Return the text of a node, in parentheses where it binds looser than that or breaks over lines."""
        text = self.written(node)
        return text if tightness(node) >= binding and "\n" not in text else f"({text})"


def tightness(node: ast.expr | ast.operator) -> int:
    """Return how tightly an expression or an operator binds."""
    if isinstance(node, ast.operator):
        return _BINDING.get(type(node), 0)
    if isinstance(node, ast.BinOp):
        return tightness(node.op)
    if isinstance(node, ast.UnaryOp):
        return 3
    return 5 if isinstance(node, _ATOMS) else 0


@dataclass(frozen=True)
class Slip:
    """One change of one statement: the bytes from start to end become the text."""

    kind: str
    line: int
    start: int
    end: int
    text: str


def changed(source: Source, slips: Sequence[Slip]) -> str:
    """Return the source with the slips made; they must not touch each other."""
    data = source.data
    for slip in sorted(slips, key=lambda each: each.start, reverse=True):
        data = data[: slip.start] + slip.text.encode() + data[slip.end :]
    return data.decode()


def lines_of(source: Source, slips: Sequence[Slip]) -> tuple[int, ...]:
    """Return the lines at which the changed statements begin, counted in the changed source."""
    lines, grown = [], 0
    for slip in sorted(slips, key=lambda each: each.start):
        lines.append(slip.line + grown)
        grown += slip.text.count("\n") - source.between(slip.start, slip.end).count("\n")
    return tuple(lines)


@dataclass(frozen=True)
class Place:
    """A statement of a source, the expressions that it evaluates itself, and the function that it is in."""

    source: Source
    statement: ast.stmt
    expressions: tuple[ast.expr, ...]
    function: ast.FunctionDef | ast.AsyncFunctionDef | None

    @cached_property
    def nodes(self) -> list[ast.expr]:
        """Every expression within, outermost first; formatted strings have no places of their own."""
        found = [node for each in self.expressions for node in _walk(each)]
        return [node for node in found if isinstance(node, ast.expr)]


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.JoinedStr):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _walk(child)


def places(source: Source) -> Iterator[Place]:
    """Yield the statements in which a learner may slip, in the order of the text."""
    yield from _places(source, source.tree.body, None)


def _places(source: Source, body: Sequence[ast.stmt], function) -> Iterator[Place]:
    for statement in body:
        if _is_self_test(statement):
            continue
        if expressions := tuple(_expressions(statement, function)):
            yield Place(source, statement, expressions, function)
        # Names are looked for in the outermost function, where those of its inner functions stand too.
        inner = statement if isinstance(statement, _FUNCTIONS) and function is None else function
        for block in ("body", "orelse", "handlers", "finalbody"):
            yield from _places(source, getattr(statement, block, []), inner)


def _is_self_test(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and "__name__" in ast.dump(statement.test)


def _expressions(statement: ast.stmt, function) -> Iterator[ast.expr]:
    if isinstance(statement, ast.For):
        yield statement.iter
    if not isinstance(statement, _SIMPLE) or _turns_a_loop(statement, function) or _is_speech(statement):
        return
    if statement.value is not None:
        yield statement.value
    if isinstance(statement, ast.Assign | ast.AugAssign):
        yield from _written_to(statement)


def _written_to(statement: ast.Assign | ast.AugAssign) -> list[ast.expr]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return [each for each in targets if isinstance(each, ast.Subscript | ast.Tuple | ast.Attribute)]


def _turns_a_loop(statement: ast.stmt, function) -> bool:
    """Whether a while loop of the function waits for what is assigned here: it might wait for ever."""
    loops = [node for node in ast.walk(function or ast.Pass()) if isinstance(node, ast.While)]
    awaited = {name.id for loop in loops for name in ast.walk(loop.test) if isinstance(name, ast.Name)}
    return any(isinstance(node, ast.Name) and node.id in awaited for node in _targets(statement))


def _targets(statement: ast.stmt) -> Iterator[ast.AST]:
    every = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return (node for node in every if isinstance(node.ctx, ast.Store))


def _is_speech(statement: ast.stmt) -> bool:
    """Whether it is a docstring or prints something."""
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and _name(value.func) == "print")


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
