"""Slips with operators, factors, terms and powers, written as operators or as NumPy's functions."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from seed_text import Place, tightness

# A change on its way to be a slip: its kind, where it begins and ends, and what is written there.
Change = tuple[str, int, int, str]
Rule = Callable[[ast.expr, Place], Iterator[Change]]

_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
}
_CALLED = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "true_divide": "/", "power": "**"}
_FUNCTIONS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power"}
_TURNED = {"+": ("-", "sign"), "-": ("+", "sign"), "*": ("/", "operator"), "/": ("*", "operator")}
# What stands for an exponent; None: no power at all.
_POWERS: dict[float, tuple[str | None, ...]] = {
    2: (None, "3"),
    3: ("2", None),
    0.5: (None, "-0.5", "2"),
    -0.5: ("0.5", "-1", "-1.5"),
    -1: (None, "-2", "-0.5"),
    -1.5: ("-0.5", "-1", "1.5", "-2"),
    -2: ("-1", "2"),
    -3: ("-2", "-1", "3"),
    1.5: ("0.5", "1", "2"),
}
# Longer texts are more than one factor or term.
_SHORT = 40
# How many axes long things are: m and n are what papers call them.
_EPS = re.compile(r"(?<![A-Za-z0-9_])_?eps(ilon)?(?![a-z])", re.I)
_COUNT = re.compile(r"(1\.?0?\s*/\s*)?(float\()?((n|m|rows|batch\w*|\w*\.shape\[\d\]|len\(\w+\))\)?)", re.I)


@dataclass(frozen=True)
class Binary:
    """An operation of two operands, however it is written."""

    sign: str
    left: ast.expr
    right: ast.expr
    node: ast.expr


def binary(node: ast.expr) -> Binary | None:
    """Return the operation that an expression is, if it is one."""
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        return Binary(_SIGNS[type(node.op)], node.left, node.right, node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) >= 2:
        sign = _CALLED.get(node.func.attr)
        return Binary(sign, node.args[0], node.args[1], node) if sign else None
    return None


def exchanged(kind: str, node: ast.expr, text: str, place: Place) -> Change:
    """Return the change that writes a text where an expression stands."""
    return kind, *place.source.span(node), text


def bare(node: ast.expr, inner: ast.expr, place: Place) -> str:
    """Return the text of what is in a call or a power, as it stands when that goes."""
    return place.source.bound(inner, 0 if node in place.expressions else 5)


def kept(found: Binary, operand: ast.expr, place: Place) -> str:
    """Return the text of the operand that stays when the other goes."""
    binding = tightness(found.node.op) if isinstance(found.node, ast.BinOp) else 0
    return place.source.bound(operand, binding)


def signed(found: Binary, sign: str, place: Place) -> Iterator[tuple[int, int, str]]:
    """Yield where the operation's sign stands, and the other sign as it would be written there."""
    source = place.source
    if isinstance(found.node, ast.Call):
        end = source.span(found.node.func)[1]
        yield end - len(found.node.func.attr), end, _FUNCTIONS[sign]
        return
    start, end = source.span(found.left)[1], source.span(found.right)[0]
    gap = source.between(start, end)
    if "#" not in gap and gap.count(found.sign) == 1:
        at = start + len(gap[: gap.index(found.sign)].encode())
        yield at, at + len(found.sign), sign


# --- what a text is about ---------------------------------------------------------------------------------


def is_eps(node: ast.expr, place: Place) -> bool:
    """Whether an operand is what keeps the root from zero."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float) and 0 < node.value <= 0.01
    text = place.source.written(node)
    return len(text) < _SHORT and bool(_EPS.search(text))


def is_count(node: ast.expr, place: Place) -> bool:
    """Whether an operand is a number of rows or of features, or one over it."""
    return bool(_COUNT.fullmatch(place.source.written(node)))


def is_upstream(node: ast.expr, place: Place) -> bool:
    """Whether an operand is the gradient that the backward function is given."""
    if not isinstance(node, ast.Name) or place.function is None or "backward" not in place.function.name:
        return False
    names = [each.arg for each in place.function.args.args if each.arg != "self"]
    return node.id in names[:1]


def dropped_kind(node: ast.expr, place: Place) -> str:
    """Name the slip of leaving out a factor."""
    text = place.source.written(node).lower()
    if is_upstream(node, place):
        return "upstream-missing"
    if "gamma" in text and len(text) < _SHORT and not re.search(r"d_?gamma|grad", text):
        return "gamma-missing"
    if "momentum" in text and len(text) < _SHORT:
        return "momentum"
    return "N" if is_count(node, place) else "factor"


# --- the rules --------------------------------------------------------------------------------------------


def turned_signs(node: ast.expr, place: Place) -> Iterator[Change]:
    """Plus for minus, times for divided by, and the other way round."""
    found = binary(node)
    if found is None or found.sign not in _TURNED:
        return
    sign, kind = _TURNED[found.sign]
    if kind == "sign":
        kind = _term_kind(found.right, place, "sign")
    for change in signed(found, sign, place):
        yield kind, *change


def lost_minus(node: ast.expr, place: Place) -> Iterator[Change]:
    """A minus in front is left out, or one is written where none is."""
    source = place.source
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield exchanged("sign", node, source.bound(node.operand, 4), place)
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "negative":
        yield exchanged("sign", node, source.bound(node.args[0]), place)
    assigned = isinstance(place.statement, ast.Assign) and node is place.statement.value
    if assigned and isinstance(node, ast.BinOp | ast.Call) and not isinstance(node, ast.Tuple):
        yield exchanged("sign", node, f"-{source.bound(node, 2)}", place)


def lost_factors(node: ast.expr, place: Place) -> Iterator[Change]:
    """A factor or a divisor is left out."""
    found = binary(node)
    if found is None or found.sign not in "*/":
        return
    yield exchanged(dropped_kind(found.right, place), node, kept(found, found.left, place), place)
    if found.sign == "*":
        yield exchanged(dropped_kind(found.left, place), node, kept(found, found.right, place), place)


def lost_terms(node: ast.expr, place: Place) -> Iterator[Change]:
    """A term of a sum is left out, or of many terms only one is kept."""
    found = binary(node)
    if found is None or found.sign not in ("+", "-"):
        return
    right, left = (_term_kind(each, place, "term-dropped") for each in (found.right, found.left))
    yield exchanged(right, node, kept(found, found.left, place), place)
    minus = "-" if found.sign == "-" else ""
    if _number(found.left) != 1:
        yield exchanged(left, node, minus + kept(found, found.right, place), place)
    elif right == "momentum":
        yield exchanged(right, node, kept(found, found.right, place), place)
    terms = _terms(node)
    if len(terms) > 2 or (len(terms) == 2 and _is_dx(place, node)):
        # The paths through the mean and the variance are what is left out: they stand at the end.
        yield exchanged("statistics-constant", node, place.source.bound(terms[0], 1), place)


def _term_kind(node: ast.expr, place: Place, kind: str) -> str:
    if is_eps(node, place):
        return "eps"
    return "momentum" if "momentum" in place.source.written(node)[:_SHORT].lower().split(" ") else kind


def _terms(node: ast.expr) -> list[ast.expr]:
    found = binary(node)
    if found is None or found.sign not in ("+", "-"):
        return [node]
    return [*_terms(found.left), found.right]


def _is_dx(place: Place, node: ast.expr) -> bool:
    targets = place.statement.targets if isinstance(place.statement, ast.Assign) else []
    names = {each.id for each in targets if isinstance(each, ast.Name)}
    return bool(names & {"dx", "grad_x", "dX", "grad_input"}) and node is place.statement.value


def swapped_operands(node: ast.expr, place: Place) -> Iterator[Change]:
    """What is subtracted or divided by changes places with the other."""
    found = binary(node)
    if found is not None and found.sign in ("-", "/") and isinstance(node, ast.BinOp):
        left, right = place.source.bound(found.left, 2), place.source.bound(found.right, 3)
        swapped = f"{place.source.bound(found.right, 2)} {found.sign} {place.source.bound(found.left, 3)}"
        if left != right:
            yield exchanged("operand", node, swapped, place)


def wrong_powers(node: ast.expr, place: Place) -> Iterator[Change]:
    """Another exponent, or none."""
    found = binary(node)
    if found is None:
        return
    if found.sign == "*" and ast.dump(found.left) == ast.dump(found.right):
        yield exchanged("power", node, kept(found, found.left, place), place)
    if found.sign != "**":
        return
    exponent = _number(found.right)
    for text in _POWERS.get(exponent, ()):
        kind = "root" if (exponent * 2) % 2 and (text is None or float(text) % 1 == 0) else "power"
        if text is None:
            yield exchanged(kind, node, bare(node, found.left, place), place)
        else:
            yield exchanged(kind, found.right, text, place)


def _number(node: ast.expr) -> float:
    """The value of an expression of plain numbers; 0 where it is none."""
    if any(isinstance(each, ast.Name | ast.Call | ast.Attribute | ast.Subscript) for each in ast.walk(node)):
        return 0
    value = eval(compile(ast.Expression(node), "exponent", "eval"), {})
    return value if isinstance(value, int | float) else 0


def wrong_numbers(node: ast.expr, place: Place) -> Iterator[Change]:
    """Twice or half of a number that something is multiplied with or divided by."""
    found = binary(node)
    if found is None or found.sign not in "*/":
        return
    for operand in (found.left, found.right):
        value = _number(operand)
        if value and abs(value) > 0.01 and not (value == 1 and found.sign == "/"):
            yield exchanged("factor", operand, str(value / 2 if value % 2 == 0 else value * 2), place)


def lost_parentheses(node: ast.expr, place: Place) -> Iterator[Change]:
    """The parentheses around an operand are left out."""
    if not isinstance(node, ast.BinOp):
        return
    source = place.source
    for inner in (node.left, node.right):
        start, end = source.span(inner)
        opening, closing = source.data.rfind(b"(", 0, start), source.data.find(b")", end)
        around = source.between(opening, start) + source.between(end, closing + 1)
        if isinstance(inner, ast.BinOp) and not around.strip("() \t") and source.span(node)[0] <= opening:
            yield "parentheses", opening, closing + 1, source.written(inner)


RULES: tuple[Rule, ...] = (
    turned_signs,
    lost_minus,
    lost_factors,
    lost_terms,
    swapped_operands,
    wrong_powers,
    wrong_numbers,
    lost_parentheses,
)
