"""Random formulas of the lesson language: as a tree, as text in many styles, and in plain NumPy."""

from dataclasses import dataclass, field

import numpy as np
from hypothesis import strategies as st

SIZES = {"N": 4, "D": 3}
_GENERATOR = np.random.default_rng(7)
INPUTS = {
    "x": _GENERATOR.normal(size=(4, 3)),
    "w": _GENERATOR.normal(size=(3,)),
    "b": _GENERATOR.normal(size=(4, 1)),
    "t": _GENERATOR.normal(size=(2, 4, 3)),
    "s": np.asarray(0.7),
}
NUMPY = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "matmul": np.matmul,
    "negative": np.negative,
    "power": lambda a, exponent: a**exponent,
    "square": lambda a: a * a,
    "reciprocal": lambda a: 1 / a,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "relu": lambda a: np.where(a > 0, a, 0),
    "abs": np.abs,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "clip": lambda a, low, high: np.clip(a, low, high),
    "where": lambda c, a, b: np.where(c != 0, a, b),
    "sum": np.sum,
    "mean": np.mean,
    "max": np.max,
    "transpose": np.transpose,
    "reshape": np.reshape,
    "broadcast_to": np.broadcast_to,
    "concatenate": lambda *all, axis=0: np.concatenate(all, axis=axis),
    "take": lambda a, key: a[key],
    "stop_gradient": lambda a: a,
}
SIGNS = {"add": ("+", 1), "subtract": ("-", 1), "multiply": ("*", 2), "divide": ("/", 2), "matmul": ("@", 2)}
MINUS, POWER, ATOM = 3, 4, 5
# Numbers that can also be written with sizes.
WITH_SIZES = {
    4: ["N"],
    3: ["D", "(N - 1)"],
    12: ["N * D"],
    2: ["N // 2", "(D - 1)"],
    0.75: ["D / N"],
    0: ["0"],
}


@dataclass(frozen=True)
class Tree:
    """An operation on trees; a name or a number where there are none. ``value`` is NumPy's."""

    name: str
    operands: tuple["Tree", ...] = ()
    parameters: tuple[tuple[str, object], ...] = ()
    value: np.ndarray = field(default=None, compare=False, repr=False)


def leaf(name):
    """Return the tree of an input, or of a number."""
    return Tree(name, value=INPUTS[name] if isinstance(name, str) else np.asarray(float(name)))


def apply(name, *operands, **parameters):
    """Return an operation on trees with its value; None where NumPy refuses it."""
    with np.errstate(all="ignore"):
        try:
            value = np.asarray(NUMPY[name](*(each.value for each in operands), **parameters))
        except (ValueError, IndexError):
            return None
    return Tree(name, operands, tuple(parameters.items()), value)


# --- growing ----------------------------------------------------------------------------------------------

NUMBERS = st.sampled_from([2, 3, 4, 12, 0.5, 0.75, 2.5, 7])
LARGEST = 1e5
ANYWHERE = ("tanh", "sigmoid", "relu", "abs", "negative", "stop_gradient")
IN_BOUNDS = ("exp", "sigmoid", "square")
ON_POSITIVE = ("sqrt", "log", "reciprocal")
BINARY = ("add", "subtract", "multiply", "maximum", "minimum")
REDUCING = ("sum", "mean", "max")


def bounded(tree):
    """Return the tree within (-1, 1): what grows fast, or is lost in rounding far from 0, may follow."""
    return apply("tanh", tree)


def positive(tree):
    """Return the tree within (0.5, 1.5)."""
    return apply("add", apply("square", bounded(tree)), leaf(0.5))


@st.composite
def trees(draw, depth=4):
    """Draw a tree of which every part has a finite value."""
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return leaf(draw(st.sampled_from(sorted(INPUTS))))
    ways = [_unary, _unary, _on_positive, _binary, _binary, _product, _reduced, _shaped, _picked]
    grown = draw(st.sampled_from(ways))
    tree = draw(trees(depth=depth - 1))
    found = grown(draw, tree, depth)
    # Central differences lose their digits on large numbers.
    fits = found is not None and 0 < found.value.size <= 500 and np.all(np.abs(found.value) < LARGEST)
    return found if fits else tree


def _unary(draw, tree, depth):
    if draw(st.booleans()):
        return apply(draw(st.sampled_from(ANYWHERE)), tree)
    name = draw(st.sampled_from([*IN_BOUNDS, "clip", "power", "where"]))
    if name == "clip":
        return apply("clip", tree, low=-draw(NUMBERS), high=draw(NUMBERS))
    if name == "where":
        return apply("where", leaf("x"), tree, leaf(draw(NUMBERS)))
    return apply(name, bounded(tree), **({"exponent": 3} if name == "power" else {}))


def _on_positive(draw, tree, depth):
    if draw(st.booleans()):
        return apply(draw(st.sampled_from(ON_POSITIVE)), positive(tree))
    return apply("power", positive(tree), exponent=draw(st.sampled_from([0.5, -1, -0.5, 3, 1.5])))


def _binary(draw, tree, depth):
    other = leaf(draw(NUMBERS)) if draw(st.integers(0, 3)) == 0 else draw(trees(depth=depth - 1))
    if draw(st.integers(0, 4)) == 0:
        return apply("divide", tree, positive(other) if isinstance(other.name, str) else other)
    name = draw(st.sampled_from(BINARY))
    return apply(name, *((tree, other) if draw(st.booleans()) else (other, tree)))


def _product(draw, tree, depth):
    if tree.value.ndim < 2:
        return None
    axes = (*range(tree.value.ndim - 2), tree.value.ndim - 1, tree.value.ndim - 2)
    others = [apply("transpose", tree, axes=axes), draw(trees(depth=depth - 1)), leaf("x"), leaf("b")]
    fitting = [each for each in others if each.value.ndim > 1 and apply("matmul", tree, each)]
    return apply("matmul", tree, draw(st.sampled_from(fitting)))


def _reduced(draw, tree, depth):
    axes = [None, *range(-tree.value.ndim, tree.value.ndim)]
    axes += [tuple(range(count)) for count in range(2, tree.value.ndim + 1)]
    parameters = {"axis": draw(st.sampled_from(axes))} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        parameters["keepdims"] = draw(st.booleans())
    return apply(draw(st.sampled_from(REDUCING)), tree, **parameters)


def _shaped(draw, tree, depth):
    shape = tree.value.shape
    name = draw(st.sampled_from(["transpose", "reshape", "broadcast_to", "concatenate"]))
    if name == "transpose":
        axes = draw(st.permutations(range(len(shape))))
        return apply("transpose", tree, **({"axes": tuple(axes)} if draw(st.booleans()) else {}))
    if name == "reshape":
        return apply(
            "reshape", tree, shape=draw(st.sampled_from([tuple(reversed(shape)), (tree.value.size,)]))
        )
    if name == "broadcast_to":
        return apply("broadcast_to", tree, shape=(2, *shape))
    axis = draw(st.integers(0, max(len(shape) - 1, 0)))
    return apply("concatenate", tree, tree, **({"axis": axis} if axis or draw(st.booleans()) else {}))


def _picked(draw, tree, depth):
    if not tree.value.ndim:
        return None
    parts = [
        st.integers(-2, 1),
        st.builds(slice, st.sampled_from([None, 0, 1]), st.sampled_from([None, 3, -1])),
    ]
    parts.append(st.just(slice(None, None, 2)))
    keys = draw(st.lists(st.one_of(*parts), min_size=1, max_size=tree.value.ndim))
    return apply("take", tree, key=keys[0] if len(keys) == 1 else tuple(keys))


# --- writing ----------------------------------------------------------------------------------------------


def written(tree, draw):
    """Write the tree as a formula; blanks, brackets and the forms of arguments are drawn."""
    return _text(tree, draw)[0]


def _text(tree, draw):
    """Return the text and how tightly its outermost sign binds."""
    text, level = _form(tree, draw)
    return (f"({text})", ATOM) if draw(st.integers(0, 7)) == 0 else (text, level)


def _form(tree, draw):
    if not tree.operands:
        return _leaf(tree.name, draw)
    if tree.name in SIGNS:
        sign, level = SIGNS[tree.name]
        blank = draw(st.sampled_from([" ", "", "  "]))
        left = _within(tree.operands[0], level, draw)
        return f"{left}{blank}{sign}{blank}{_within(tree.operands[1], level + 1, draw)}", level
    if tree.name == "negative":
        return f"-{_within(tree.operands[0], MINUS, draw)}", MINUS
    if tree.name == "reciprocal" and draw(st.booleans()):
        return f"1 / {_within(tree.operands[0], 3, draw)}", 2
    if tree.name in ("square", "power") and draw(st.booleans()):
        exponent = dict(tree.parameters).get("exponent", 2)
        return f"{_within(tree.operands[0], ATOM, draw)} ** {exponent}", POWER
    if tree.name == "take":
        return f"{_within(tree.operands[0], ATOM, draw)}[{_key(dict(tree.parameters)['key'])}]", ATOM
    return _call(tree, draw), ATOM


def _leaf(name, draw):
    if isinstance(name, str):
        return name, ATOM
    if name in WITH_SIZES and draw(st.booleans()):
        text = draw(st.sampled_from(WITH_SIZES[name]))
        return (text, 2) if "*" in text or "/" in text else (text, ATOM)
    return repr(name), ATOM


def _within(tree, level, draw):
    text, own = _text(tree, draw)
    return text if own >= level else f"({text})"


def _call(tree, draw):
    arguments = [_text(each, draw)[0] for each in tree.operands]
    keywords = draw(st.booleans())
    for place, (name, value) in enumerate(tree.parameters):
        by_name = keywords or tree.name == "concatenate" or (place == 0 and name == "keepdims")
        arguments.append(f"{name}={_argument(value, draw)}" if by_name else _argument(value, draw))
        keywords = keywords or by_name
    return f"{tree.name}({', '.join(arguments)})"


def _argument(value, draw):
    if value is None or isinstance(value, bool):
        return draw(st.sampled_from([str(value), str(value).lower()]))
    if isinstance(value, tuple):
        inner = ", ".join(_argument(each, draw) for each in value)
        return draw(st.sampled_from([f"({inner},)", f"[{inner}]"])) if value else "()"
    if value in WITH_SIZES and draw(st.booleans()):
        return draw(
            st.sampled_from([text for text in WITH_SIZES[value] if " / " not in text] or [repr(value)])
        )
    return repr(value)


def _key(key):
    if isinstance(key, tuple):
        return ", ".join(map(_key, key))
    if isinstance(key, slice):
        start, stop, step = ("" if part is None else part for part in (key.start, key.stop, key.step))
        return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"
    return str(key)
