"""Slips with what is called: sums, axes, roots, shapes, the order of arguments, random numbers."""

import ast
import re
from collections.abc import Iterator, Sequence

from seed_operators import Change, Rule, bare, binary, exchanged, is_eps
from seed_text import Place

_REDUCES = re.compile(r"(?<!ein)(?<!cum)sum|mean|average|total", re.I)
_OVER_AXES = {"sum", "mean", "average", "var", "std"}
_ROOTS = {"sqrt"}
_AXES: dict[object, tuple[str, ...]] = {
    0: ("1", ""),
    1: ("0", ""),
    -1: ("0", ""),
    2: ("1",),
    (0, 2, 3): ("(2, 3)", "0", "(0, 2)", "1"),
    (2, 3): ("2", "(1, 2, 3)"),
    (2, 3, 4): ("(1, 2, 3)", "(2, 3)", "2"),
    (1, 2, 3): ("(2, 3)", "0"),
    (0, 2): ("0", "1"),
    (0, 1): ("0", ""),
    (0, 1, 2): ("(0, 1)", "0"),
}


def called(node: ast.expr) -> str:
    """Return the last name of what a call calls; nothing for other expressions."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _is_method(node: ast.Call) -> bool:
    """Whether it is called on an array, as x.sum() is and np.sum(x) is not."""
    return isinstance(node.func, ast.Attribute) and not _is_module(node.func.value)


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "math", "self")


def reduced(node: ast.expr) -> ast.expr | None:
    """Return what a sum or a mean is taken of."""
    if not isinstance(node, ast.Call) or not _REDUCES.search(called(node)):
        return None
    if _is_method(node):
        return node.func.value
    first = node.args[0] if node.args else None
    return None if isinstance(first, ast.GeneratorExp | ast.ListComp | ast.Starred) else first


def _rebuilt(node: ast.Call, place: Place, args: Sequence[str], without: Sequence[str] = ()) -> str:
    """The call with other arguments, and without some that are named."""
    written = place.source.written
    named = [written(each.value) for each in node.keywords if each.arg is None]
    pairs = [(each.arg, written(each.value)) for each in node.keywords if each.arg not in (None, *without)]
    everything = [*args, *(f"{name}={value}" for name, value in pairs), *(f"**{each}" for each in named)]
    return f"{written(node.func)}({', '.join(everything)})"


def _arguments(node: ast.Call, place: Place) -> list[str]:
    return [place.source.written(each) for each in node.args]


def lost_sums(node: ast.expr, place: Place) -> Iterator[Change]:
    """A sum or a mean is left out, or one is taken for the other."""
    inner, name = reduced(node), called(node)
    if inner is None:
        return
    yield exchanged("sum-missing", node, bare(node, inner, place), place)
    other = {"sum": "mean", "mean": "sum"}.get(name)
    if other and isinstance(node.func, ast.Attribute):
        end = place.source.span(node.func)[1]
        yield f"{other}-for-{name}", end - len(name), end, other


def wrong_axes(node: ast.expr, place: Place) -> Iterator[Change]:
    """Another axis, fewer axes, or none."""
    if not isinstance(node, ast.Call):
        return
    for keyword in node.keywords:
        if keyword.arg == "axis":
            yield from _other_axes(keyword.value, node, place, ("axis",))
    position = 0 if _is_method(node) else 1
    if called(node) in _OVER_AXES and len(node.args) == position + 1:
        yield from _other_axes(node.args[position], node, place, ())


def _other_axes(axis: ast.expr, node: ast.Call, place: Place, named: Sequence[str]) -> Iterator[Change]:
    for text in _AXES.get(_literal(axis), ()):
        if text:
            yield exchanged("axis", axis, text, place)
        else:
            args = _arguments(node, place) if named else _arguments(node, place)[:-1]
            yield exchanged("axis", node, _rebuilt(node, place, args, named), place)


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def wrong_options(node: ast.expr, place: Place) -> Iterator[Change]:
    """N - 1 in a variance; axes kept or lost."""
    name = called(node)
    if name not in _OVER_AXES or not isinstance(node, ast.Call):
        return
    args, options = _arguments(node, place), {each.arg for each in node.keywords}
    if name in ("var", "std"):
        text = _rebuilt(node, place, [*args], ("ddof",))
        yield exchanged("ddof", node, f"{text[:-1]}{'' if text.endswith('()') else ', '}ddof=1)", place)
    if "keepdims" in options:
        yield exchanged("keepdims", node, _rebuilt(node, place, args, ("keepdims",)), place)
    elif "axis" in options:
        yield exchanged("keepdims", node, f"{_rebuilt(node, place, args)[:-1]}, keepdims=True)", place)


def wrong_roots(node: ast.expr, place: Place) -> Iterator[Change]:
    """A root is left out, one is taken too many, a deviation is taken for a variance, or eps falls out."""
    name, source = called(node), place.source
    if isinstance(node, ast.Call) and name in _ROOTS and len(node.args) == 1:
        yield exchanged("root", node, bare(node, node.args[0], place), place)
        found = binary(node.args[0])
        if found and found.sign == "+" and is_eps(found.right, place):
            inner = f"{source.written(node.func)}({source.written(found.left)})"
            yield exchanged("eps", node, f"({inner} + {source.written(found.right)})", place)
    if name in ("square", "reciprocal") and isinstance(node, ast.Call):
        yield exchanged("power", node, bare(node, node.args[0], place), place)
    if name in ("var", "std") and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        end = source.span(node.func)[1]
        yield "root", end - 3, end, {"var": "std", "std": "var"}[name]
    found = binary(node)
    if found and found.sign == "/" and isinstance(found.right, ast.Name):
        yield exchanged("root", found.right, f"np.sqrt({found.right.id})", place)
        yield exchanged("power", found.right, f"{found.right.id}**2", place)


def eps_outside_power(node: ast.expr, place: Place) -> Iterator[Change]:
    """The eps of (var + eps) ** k is added after the power."""
    outer = binary(node)
    inner = binary(outer.left) if outer and outer.sign == "**" else None
    if outer and inner and inner.sign == "+" and is_eps(inner.right, place):
        base, exponent = place.source.bound(inner.left), place.source.bound(outer.right)
        yield exchanged("eps", node, f"({base} ** {exponent} + {place.source.written(inner.right)})", place)


def wrong_order(node: ast.expr, place: Place) -> Iterator[Change]:
    """Two arguments change places."""
    if not isinstance(node, ast.Call) or len(node.args) < 2 or called(node) in ("einsum", "reshape", "range"):
        return
    if reduced(node) is not None or called(node) in _OVER_AXES:
        return
    texts = _arguments(node, place)
    for place_ in range(len(texts) - 1):
        swapped = [*texts[:place_], texts[place_ + 1], texts[place_], *texts[place_ + 2 :]]
        if swapped != texts:
            yield exchanged("argument-order", node, _rebuilt(node, place, swapped), place)


def wrong_shapes(node: ast.expr, place: Place) -> Iterator[Change]:
    """An array is turned the wrong way, not at all, or without need."""
    source = place.source
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield exchanged("transposed", node, source.bound(node.value), place)
    found = binary(node)
    if found and found.sign == "@":
        for operand in (found.left, found.right):
            yield exchanged("transposed", operand, f"{source.bound(operand)}.T", place)
        swapped = f"{source.bound(found.right, 3)} @ {source.bound(found.left, 3)}"
        yield exchanged("argument-order", node, swapped, place)
    if isinstance(node, ast.Call) and called(node) in ("transpose", "reshape", "moveaxis", "swapaxes"):
        yield from _other_shapes(node, place)


def _other_shapes(node: ast.Call, place: Place) -> Iterator[Change]:
    many = [each.elts for each in node.args if isinstance(each, ast.Tuple)]
    axes = many[0] if many else node.args if _is_method(node) else node.args[1:]
    texts = [place.source.written(each) for each in axes]
    for first in range(len(texts) - 1):
        for second in range(first + 1, len(texts)):
            swapped = list(texts)
            swapped[first], swapped[second] = texts[second], texts[first]
            start, end = place.source.span(axes[0])[0], place.source.span(axes[-1])[1]
            if swapped != texts:
                yield "transposed", start, end, ", ".join(swapped)
    if called(node) == "transpose" and _is_method(node):
        yield exchanged("transposed", node, place.source.bound(node.func.value), place)


def wrong_sums_of_einsum(node: ast.expr, place: Place) -> Iterator[Change]:
    """The letters of an einsum's result: one too many, one too few, another one."""
    if (
        called(node) != "einsum"
        or not isinstance(node, ast.Call)
        or not isinstance(node.args[0], ast.Constant)
    ):
        return
    inputs, arrow, output = str(node.args[0].value).replace(" ", "").partition("->")
    letters = sorted(set(re.findall("[a-zA-Z]", inputs)))
    summed = [letter for letter in letters if letter not in output]
    longer = [("sum-missing", letter + output) for letter in summed]
    shorter = [("axis", output.replace(letter, "")) for letter in output if arrow]
    other = [("axis", output.replace(old, new)) for old in output for new in summed]
    for kind, text in (*longer, *shorter, *other):
        yield exchanged(kind, node.args[0], f'"{inputs}->{text}"', place)


def wrong_chance(node: ast.expr, place: Place) -> Iterator[Change]:
    """Normal numbers for uniform ones; what is kept for what is dropped."""
    if isinstance(node, ast.Call) and called(node) in ("rand", "random", "random_sample", "uniform"):
        end = place.source.span(node.func)[1]
        other = "randn" if called(node) == "rand" else "normal" if called(node) == "uniform" else ""
        if other:
            yield "random", end - len(called(node)), end, other
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        start, end = place.source.span(node.left)[1], place.source.span(node.comparators[0])[0]
        gap = place.source.between(start, end)
        turned = gap.translate(str.maketrans("<>", "><"))
        if turned != gap:
            yield "comparison", start, end, turned


RULES: tuple[Rule, ...] = (
    lost_sums,
    wrong_axes,
    wrong_options,
    wrong_roots,
    eps_outside_power,
    wrong_order,
    wrong_shapes,
    wrong_sums_of_einsum,
    wrong_chance,
)
