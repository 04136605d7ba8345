"""A comparison of recorded arrays: truth values to NumPy, and a node of the graph all the same."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from bn_tutor.engine.gradients import Array

# Where these meet something else than truth values, the comparison counts as a number, and is recorded.
_ARITHMETIC = frozenset({np.add, np.subtract, np.multiply, np.divide, np.matmul})


# The mixin is NumPy's own way to give a class the operators; it has no state.
class Truth(NDArrayOperatorsMixin):
    """Truth values that know the node that they come from.

    Computed with, as in ``dout * (x > 0)``, they are that node. Whatever else is asked of them, ``all()`` or
    ``&`` or to be an index, the plain values answer: it carries no gradient.
    """

    def __init__(self, value: Array, node: Any) -> None:
        self.value = value
        self.node = node

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.value, name)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        return np.asarray(self.value, dtype=dtype)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def __float__(self) -> float:
        return float(self.value)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.value)

    def __getitem__(self, key: Any) -> Any:
        return self.value[_plain(key)]

    def astype(self, dtype: Any, **keywords: Any) -> Any:
        is_number = np.issubdtype(dtype, np.floating)
        return self.node.copy() if is_number else self.value.astype(dtype, **keywords)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *operands: Any, **keywords: Any) -> Any:
        if (
            method == "__call__"
            and ufunc in _ARITHMETIC
            and not keywords
            and not all(map(_is_true, operands))
        ):
            return ufunc(*(each.node if isinstance(each, Truth) else each for each in operands))
        # Written over in place they would no longer be what their node says: the name gets a new array.
        if any(isinstance(each, Truth) for each in keywords.get("out", ())):
            del keywords["out"]
        return getattr(ufunc, method)(*map(_plain, operands), **keywords)

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        if function is np.where and len(arguments) == 3:
            return function(*(each.node if isinstance(each, Truth) else each for each in arguments))
        return function(*map(_plain, arguments), **{key: _plain(each) for key, each in keywords.items()})


def _is_true(value: Any) -> bool:
    """Whether these are truth values, of which NumPy makes truth values again: a sum is ``or``."""
    return isinstance(value, Truth | bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b"


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(map(_plain, value))
    return value.value if isinstance(value, Truth) else value
