"""In the child process: set gamma and beta of an object, by whatever names it holds them.

A name that says it is taken at its word. Else the arrays are looked at that the object holds once it is made:
a scale begins as ones, a shift as zeros, and each has one number for every feature.
"""

import re
from collections.abc import Iterator
from typing import Any

# Bound here by name, since a file may put something else in their places.
from numpy import array, ndarray

# Running averages, gradients and the like: they begin as zeros and ones, too.
_OTHERS = re.compile(r"mean|var|run|mov|av(era)?g|std|sig|ema|grad|mom|cache|global|^_*mu|^_*d", re.I)
_NAMES = {"gamma": r"g|gammas?|scale|weights?|w|a|alpha|gain", "beta": r"b|betas?|bias|biases|shift|offset"}
_FIRST = {"gamma": 1.0, "beta": 0.0}


def set_parameters(layer: Any, wanted: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Set each parameter to its value; return the name under which it was found, how, and its shape there.

    ``wanted`` has its value, and the ``attributes`` whose names say that they are it. It is found by such an
    "attribute", by a short "name", by the "values" that it begins with, or set "blindly" where an attribute
    may only come to be later. The name is empty where nothing is set.
    """
    found = {meant: _found(layer, meant, each) for meant, each in wanted.items()}
    for meant, (_, _, olds) in found.items():
        for old in olds:
            _put(layer, old, wanted[meant]["value"])
    for meant, (name, how, olds) in found.items():
        if not olds and how:
            for attribute in wanted[meant]["attributes"] if how == "blindly" else [name]:
                setattr(layer, attribute, array(wanted[meant]["value"]))
    return {
        meant: {"name": name, "how": how, "shape": list(olds[0].shape) if olds else []}
        for meant, (name, how, olds) in found.items()
    }


def _found(layer: Any, meant: str, wanted: dict[str, Any]) -> tuple[str, str, list[ndarray]]:
    """Return the name of a parameter, how it is known, and the arrays to replace."""
    attributes, size = wanted["attributes"], wanted["value"].size
    own = getattr(layer, "__dict__", {})
    plain = [name for name in attributes if isinstance(own.get(name), ndarray) and own[name].size == size]
    if plain:
        return plain[0], "attribute", [own[name] for name in plain]
    places = [(name, value) for name, value in _arrays(layer) if value.size == size]
    for how, fits in (("name", _is_named), ("values", _begins)):
        # Two names of one array are one.
        fitting = {id(value): (name, value) for name, value in places if fits(meant, name, value)}
        if len(fitting) > 1:
            fitting = {key: each for key, each in fitting.items() if _begins(meant, *each)}
        if len(fitting) == 1:
            ((name, value),) = fitting.values()
            return name, how, [value]
        if fitting:
            break
    # One number for all features, say; an array is sooner it than a number that may be something else.
    others = [name for name in attributes if isinstance(own.get(name), ndarray | int | float)]
    if others:
        return others[0], "attribute", []
    return (attributes[0], "blindly", []) if attributes else ("", "", [])


def _is_named(meant: str, name: str, value: ndarray) -> bool:
    """Whether a name is a usual one for it, and the numbers do not speak for the other."""
    opposite = 1.0 - _FIRST[meant]
    return bool(re.fullmatch(_NAMES[meant], name.strip("_").lower())) and not (value == opposite).all()


def _begins(meant: str, name: str, value: ndarray) -> bool:
    return bool((value == _FIRST[meant]).all())


def _holders(layer: Any) -> Iterator[tuple[str, Any]]:
    """Yield what holds the values of an object, by its name: itself, its tables, and what it is made of."""
    own = getattr(layer, "__dict__", {})
    yield "", own
    for name, each in list(own.items()):
        inside = each if isinstance(each, dict | list) else getattr(each, "__dict__", None)
        if isinstance(inside, dict | list) and not isinstance(each, type) and not callable(each):
            yield name, inside


def _arrays(layer: Any) -> Iterator[tuple[str, ndarray]]:
    """Yield the arrays that may be parameters, by their names."""
    for holder, inside in _holders(layer):
        for key, value in inside.items() if isinstance(inside, dict) else ():
            # What an object holds as its data goes by the name of the object.
            name = holder if holder and key in ("data", "value", "val") else str(key)
            is_other = any(_OTHERS.search(each) for each in (holder, name))
            if isinstance(value, ndarray) and value.dtype.kind in "fiu" and not is_other:
                yield name, value


def _put(layer: Any, old: ndarray, value: ndarray) -> None:
    """Put a value in every place of an object where the old one stands, in the shape that it has there."""
    new = array(value).reshape(old.shape) if value.size == old.size else array(value)
    for _, inside in _holders(layer):
        for key, each in list(inside.items() if isinstance(inside, dict) else enumerate(inside)):
            if each is old:
                inside[key] = new
