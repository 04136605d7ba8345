"""How a function of the file is called: each parameter gets what its name, or place, speaks for."""

import ast
from collections.abc import Mapping, Sequence

from bn_tutor.checker.families import meant_by
from bn_tutor.checker.source import Function, Parameter
from bn_tutor.checker.trial import Value


def bound(function: Function, values: Mapping[str, Value], in_order: Sequence[str]) -> list[Value] | str:
    """Return the arguments for a function, or which of its parameters has no value.

    ``values`` holds what could be given, by its name; those of them that stand ``in_order`` are what
    parameters stand for whose names say nothing. Parameters with a default of their own are left alone,
    unless their name is known; nothing follows the first that is left alone. What takes any number of
    arguments gets what is left.
    """
    parameters = function.parameters
    named = {each.name: meant_by(each.name, list(values)) for each in parameters}
    named = {name: meant for name, meant in named.items() if meant}
    left = [name for name in in_order if name not in named.values()]
    arguments: list[Value] = []
    for parameter in parameters:
        meant = named.get(parameter.name, "")
        if not meant and left:
            meant = _by_place(parameter, left)
        if not meant and parameter.default:
            break
        if not meant:
            return parameter.name
        if meant in left:
            left.remove(meant)
        arguments.append(values[meant])
    return [*arguments, *(values[name] for name in left)] if function.is_variadic else arguments


def _by_place(parameter: Parameter, left: Sequence[str]) -> str:
    """Return what a parameter without a telling name stands for; a default tells numbers from arrays."""
    if not parameter.default:
        return left[0]
    try:
        default = ast.literal_eval(parameter.default)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ""
    if isinstance(default, float) and 0 < default < 0.1:
        return "eps" if "eps" in left else ""
    return ""
