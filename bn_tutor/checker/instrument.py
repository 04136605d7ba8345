"""Rewrite a file so that every statement of its functions asks the probe for its value.

``dvar = np.sum(a * b)`` becomes ``dvar = _bn_probe.value(7, lambda: np.sum(a * b))``: as the right side
is only computed when the probe asks for it, one that raises can be replaced, too. What changes a name in
place is looked at after it: ``dx = _bn_probe.after(8, dx)``.
"""

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bn_tutor.checker.hoisting import hoisted
from bn_tutor.checker.scopes import attributes_of, entries_of, is_key, kept_together
from bn_tutor.checker.source import Source

# In a lambda these would mean something else, or nothing at all.
_NOT_IN_LAMBDA = (ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr)
MOST_SITES = 2000


class Kind(StrEnum):
    """What a site stands for."""

    VALUE = "value"  # the whole right side of an assignment
    PART = "part"  # the right side of an augmented assignment, or what is stored in a part of an array
    AFTER = "after"  # a name after a statement that changed it
    RETURNED = "returned"
    UNPACKED = "unpacked"  # several values that are given several names at once
    LOOP = "loop"  # what a loop runs over


@dataclass(frozen=True, eq=False)
class Site:
    """One place whose value is looked at; ``name`` is what it is stored in, ``line`` its statement's."""

    number: int
    line: int
    kind: Kind
    name: str
    function: str
    expression: ast.expr
    statement: ast.stmt
    in_loop: bool
    # The names that its function knows there, nearest first.
    scope: tuple[str, ...]
    # The sites of what the loops around it run over, the innermost last.
    loops: tuple[int, ...]
    # Whether it stands in a lambda, or in a function that another function makes.
    is_nested: bool = False

    @property
    def holder(self) -> str:
        """What its value is kept in: a name, an attribute, or an entry of a table; not a part of an array."""
        target = self.name
        while target.endswith("]") and not target.endswith(("']", '"]')):
            target = target[: target.rindex("[")]
        return target


@dataclass
class _Sites:
    """The sites found so far, in the function that is just rewritten."""

    found: list[Site] = field(default_factory=list)
    function: str = ""
    depth: int = 0
    scope: list[str] = field(default_factory=list)
    loops: list[int] = field(default_factory=list)
    nesting: int = 0
    # What tables and named tuples of the file hold together.
    together: Sequence[Sequence[str]] = ()

    def add(self, kind: Kind, name: str, expression: ast.expr, statement: ast.stmt) -> int:
        """Note a site; return its number."""
        number, scope = len(self.found), tuple(dict.fromkeys(reversed(self.scope)))
        self.found.append(
            Site(
                number,
                statement.lineno,
                kind,
                name,
                self.function,
                expression,
                statement,
                self.depth > 0,
                scope,
                tuple(self.loops),
                self.nesting > 1,
            )
        )
        return number


def probed(source: Source) -> tuple[ast.Module, tuple[Site, ...]]:
    """Return the file with probes in all its functions and methods, and where they are."""
    sites = _Sites(together=kept_together(source.tree))
    tree = copy.deepcopy(source.tree)
    for statement in tree.body:
        _in_definitions(statement, sites)
    return ast.fix_missing_locations(tree), tuple(sites.found)


def _in_definitions(statement: ast.stmt, sites: _Sites, owner: str = "") -> None:
    """Rewrite the functions that a statement at the top defines."""
    if isinstance(statement, ast.FunctionDef):
        _function(statement, sites, owner)
    elif isinstance(statement, ast.ClassDef):
        sites.scope = attributes_of(statement)
        for each in statement.body:
            _in_definitions(each, sites, f"{statement.name}.")
        sites.scope = []
    elif isinstance(statement, ast.If | ast.Try):
        for each in statement.body:
            _in_definitions(each, sites, owner)
    elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
        sites.function, outer = ast.unparse(statement.targets[0]), sites.function
        _lambda(statement.value, statement, sites)
        sites.function = outer


def _function(tree: ast.FunctionDef, sites: _Sites, owner: str = "") -> None:
    outer = sites.function, sites.depth, sites.scope
    arguments = [*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs]
    sites.function, sites.depth = f"{owner}{tree.name}", 0
    sites.nesting += 1
    sites.scope = [*outer[2], *entries_of(tree, sites.together), *(each.arg for each in arguments)]
    if len(sites.found) < MOST_SITES and not _has(tree, (ast.Yield, ast.YieldFrom)):
        outside = [name for name in dict.fromkeys(outer[2]) if name.isidentifier()]
        tree.body = [*_known_here(outside, tree), *_block(tree.body, sites)]
    sites.function, sites.depth, sites.scope = outer
    sites.nesting -= 1


def _known_here(names: Sequence[str], tree: ast.FunctionDef) -> Iterator[ast.stmt]:
    """Yield what makes names of the function outside known inside, where an edit may need them."""
    if names:
        spoken_of = ast.Tuple([ast.Name(name, ast.Load()) for name in names], ast.Load())
        never = ast.If(ast.Constant(False), [ast.Expr(spoken_of)], [])
        yield ast.copy_location(never, tree)


def _has(tree: ast.AST, kinds: type | tuple[type, ...]) -> bool:
    return any(isinstance(each, kinds) for each in ast.walk(tree))


def _block(statements: Sequence[ast.stmt], sites: _Sites) -> list[ast.stmt]:
    plain = (each for statement in statements for each in hoisted(statement))
    return [new for statement in plain for new in _statement(statement, sites)]


def _statement(statement: ast.stmt, sites: _Sites) -> Iterator[ast.stmt]:
    """Yield a statement with its probes, and what looks at its names after it."""
    match statement:
        case ast.FunctionDef():
            _function(statement, sites)
        case ast.For() | ast.While():
            yield from _loop(statement, sites)
            return
        case ast.If() | ast.With() | ast.Try():
            _parts(statement, sites)
        case ast.Assign(targets=[target]):
            statement.value = _right_side(target, statement.value, statement, sites)
        case ast.AnnAssign(value=ast.expr()):
            assert statement.value is not None
            statement.value = _wrapped(
                Kind.VALUE, ast.unparse(statement.target), statement.value, statement, sites
            )
        case ast.AugAssign():
            name = ast.unparse(statement.target)
            statement.value = _wrapped(Kind.PART, name, statement.value, statement, sites)
        case ast.Expr(value=ast.Call() as call) if _is_storing(call):
            _stored(call, statement, sites)
        case ast.Expr(value=ast.Call(func=ast.Name(id=name)) as call) if name != "print":
            statement.value = _wrapped(Kind.VALUE, "", call, statement, sites)
        case ast.Return(value=ast.expr()):
            assert statement.value is not None
            statement.value = _returned(statement.value, statement, sites)
    yield statement
    for name in _changed(statement):
        sites.scope.append(name)
        if not _is_whole(statement):
            yield _after(name, statement, sites)


def _stored(call: ast.Call, statement: ast.Expr, sites: _Sites) -> None:
    """Put a probe around what is appended; where a function stores what it computes, around all of it."""
    if any(each.arg == "out" for each in call.keywords) or not call.args:
        statement.value = _wrapped(Kind.PART, _stored_in(call), call, statement, sites)
    else:
        call.args[-1] = _wrapped(Kind.PART, _stored_in(call), call.args[-1], statement, sites)


def _is_storing(call: ast.Call) -> bool:
    """Whether a call is made for what it stores: dx.append(...), np.add(..., out=dx)."""
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return method in ("append", "extend", "insert") or any(each.arg == "out" for each in call.keywords)


def _stored_in(call: ast.Call) -> str:
    for each in call.keywords:
        if each.arg == "out":
            return ast.unparse(each.value)
    return ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""


def _is_whole(statement: ast.stmt) -> bool:
    """Whether a site already stands for all that a statement changes."""
    match statement:
        case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign(target=ast.Name()):
            return True
        case ast.Assign(targets=[ast.Tuple() as names], value=ast.Tuple() as values):
            return len(names.elts) == len(values.elts)
    return False


def _changed(statement: ast.stmt) -> list[str]:
    """Return the names that a plain statement gives a new value, in whole or in part."""
    match statement:
        case ast.Assign(targets=targets):
            return [name for target in targets for name in _names(target)]
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            return _names(target)
        case ast.Expr(value=ast.Call(keywords=keywords)):
            outs = [each.value for each in keywords if each.arg == "out"]
            return [each.id for each in outs if isinstance(each, ast.Name)]
    return []


def _names(target: ast.expr) -> list[str]:
    match target:
        case ast.Name(id=name):
            return [name]
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return [name for part in parts for name in _names(part)]
        case ast.Subscript(value=inner) | ast.Starred(value=inner):
            return _names(inner)
    return []


def _parts(statement: ast.If | ast.With | ast.Try, sites: _Sites) -> None:
    statement.body = _block(statement.body, sites)
    if isinstance(statement, ast.If | ast.Try):
        statement.orelse = _block(statement.orelse, sites)
    if isinstance(statement, ast.Try):
        statement.finalbody = _block(statement.finalbody, sites)


def _loop(statement: ast.For | ast.While, sites: _Sites) -> Iterator[ast.stmt]:
    """Yield a loop, and after the outermost one what it has gathered in names."""
    sites.depth += 1
    if isinstance(statement, ast.For):
        sites.scope += _names(statement.target)
        sites.loops.append(len(sites.found))
        statement.iter = _wrapped(Kind.LOOP, ast.unparse(statement.target), statement.iter, statement, sites)
    body = copy.deepcopy(statement.body)
    statement.body = _block(statement.body, sites)
    sites.depth -= 1
    if isinstance(statement, ast.For):
        sites.loops.pop()
    yield statement
    if sites.depth == 0:
        for name, inner in _gathered(body).items():
            yield _after(name, inner, sites)


def _gathered(body: Sequence[ast.stmt]) -> dict[str, ast.stmt]:
    """Return the names that a loop's body adds to, or stores parts in, each with the statement that does."""
    found: dict[str, ast.stmt] = {}
    for statement in (each for outer in body for each in ast.walk(outer) if isinstance(each, ast.stmt)):
        match statement:
            case ast.AugAssign(target=target):
                found |= dict.fromkeys(_names(target), statement)
            case ast.Assign(targets=[ast.Subscript() as target]):
                found |= dict.fromkeys(_names(target), statement)
    return found


# --- the probes -----------------------------------------------------------------------------------------


def _right_side(target: ast.expr, value: ast.expr, statement: ast.stmt, sites: _Sites) -> ast.expr:
    """Return the right side of an assignment with a probe, or one for each of several values."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        pairs = zip(target.elts, value.elts, strict=True)
        whole = copy.deepcopy(value)
        value.elts = [_wrapped(Kind.VALUE, ast.unparse(name), each, statement, sites) for name, each in pairs]
        names = ", ".join(map(ast.unparse, target.elts))
        return _wrapped(Kind.UNPACKED, names, value, statement, sites, whole)
    if isinstance(target, ast.Tuple | ast.List):
        return _wrapped(Kind.UNPACKED, ", ".join(map(ast.unparse, target.elts)), value, statement, sites)
    kind = Kind.PART if isinstance(target, ast.Subscript) and not is_key(target) else Kind.VALUE
    return _wrapped(kind, ast.unparse(target), value, statement, sites)


def _returned(value: ast.expr, statement: ast.stmt, sites: _Sites) -> ast.expr:
    if isinstance(value, ast.Tuple | ast.List):
        whole = copy.deepcopy(value)
        value.elts = [
            _wrapped(Kind.RETURNED, ast.unparse(each), each, statement, sites) for each in value.elts
        ]
        return _wrapped(Kind.RETURNED, "", value, statement, sites, whole)
    return _wrapped(Kind.RETURNED, "", value, statement, sites)


def _wrapped(
    kind: Kind,
    name: str,
    value: ast.expr,
    statement: ast.stmt,
    sites: _Sites,
    written: ast.expr | None = None,
) -> ast.expr:
    """Put a probe around a formula; ``written`` is the formula without the probes inside it."""
    if isinstance(value, ast.Starred) or _has(value, _NOT_IN_LAMBDA):
        return value
    number = sites.add(kind, name, written or copy.deepcopy(value), statement)
    for inner in list(_lambdas(value)):
        _lambda(inner, statement, sites)
    nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    return _asked("value", number, ast.Lambda(nothing, value), value)


def _lambdas(tree: ast.AST) -> Iterator[ast.Lambda]:
    """Yield the outermost lambdas of the learner's: those of probes that are there already are none."""
    if isinstance(tree, ast.Lambda):
        yield tree
    elif not (isinstance(tree, ast.Call) and _is_probe(tree.func)):
        for child in ast.iter_child_nodes(tree):
            yield from _lambdas(child)


def _is_probe(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and ast.unparse(function.value) == "_bn_probe"


def _lambda(tree: ast.Lambda, statement: ast.stmt, sites: _Sites) -> None:
    """Put a probe around what a lambda of the learner's returns."""
    outer = [*sites.scope]
    sites.scope += [each.arg for each in (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)]
    sites.nesting += 1
    tree.body = _wrapped(Kind.RETURNED, "", tree.body, statement, sites)
    sites.nesting -= 1
    sites.scope = outer


def _after(name: str, statement: ast.stmt, sites: _Sites) -> ast.stmt:
    value = ast.Name(name, ast.Load())
    number = sites.add(Kind.AFTER, name, value, statement)
    asked = _asked("after", number, value, statement)
    return ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], asked), statement)


def _asked(method: str, number: int, value: ast.expr, place: ast.AST) -> ast.expr:
    """Return the call of the probe."""
    probe = ast.Attribute(ast.Name("_bn_probe", ast.Load()), method, ast.Load())
    return ast.copy_location(ast.Call(probe, [ast.Constant(number), value], []), place)
