"""In the child process: call a learner's functions by a plan, and describe what they return.

A plan has ``arrays`` and ``tables``, made anew
for each run, ``calls`` in their order, and what it should ``give``. A value in a plan is a list of two:
["array", name], ["table", name], ["plain", value], ["output", call], ["cache", call], ["result", call].
"""

import random
import signal
import sys
import types
from collections.abc import Callable
from typing import Any

# Bound here by name, since a file may put something else in their places.
from numpy import array, array_equal, asarray, bool_, float64, generic, ndarray, number
from numpy.random import seed as seed_numpy

from bn_tutor.checker.parameters import set_parameters
from bn_tutor.checker.probe import Probe

MODULE = "learner"
MOST_NUMBERS = 1_000_000
MOST_ITEMS = 64
LONGEST_MESSAGE = 300
# What one run with something else in the place of a statement may take, in seconds.
LONGEST_EXPERIMENT = 0.25
_KINDS = {"c": "complex numbers", "O": "objects", "U": "texts", "S": "texts", "V": "records", "M": "dates"}


class Missing:
    """Stands for what could not be imported; whoever uses it is told so."""

    def __init__(self, name: str) -> None:
        self.__dict__["name"] = name

    def __getattr__(self, attribute: str) -> Any:
        raise ModuleNotFoundError(f"No module named {self.__dict__['name']!r}")

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        raise ModuleNotFoundError(f"No module named {self.__dict__['name']!r}")


class Caller:
    """A learner's module, and how it is called; ``note`` is told what runs: a function or a line."""

    def __init__(self, note: Callable[[str], object] = str) -> None:
        self.note = note
        self.path = ""
        self.space: dict[str, Any] = {}

    def load(self, path: str, folder: str, codes: list[tuple[int, Any]]) -> dict[str, Any]:
        """Run the statements of a file one by one; what fails is told, and the rest goes on."""
        self.path = path
        module = types.ModuleType(MODULE)
        module.__file__ = path
        sys.modules[MODULE] = module
        if folder not in sys.path:
            sys.path.append(folder)
        self.space = module.__dict__
        # Functions may be called while the file is loaded, by decorators.
        self.space["_bn_probe"] = Probe(self.space, record=False)
        failed = []
        for line, code in codes:
            self.note(str(line))
            try:
                exec(code, self.space)
            except BaseException as error:
                failed.append({**failure(error, path), "line": line})
                self._stand_in(code, error)
        return {"failed": failed, "names": [name for name in self.space if not name.startswith("__")]}

    def _stand_in(self, code: Any, error: BaseException) -> None:
        if isinstance(error, ImportError):
            for name in code.co_names:
                self.space.setdefault(name, Missing(str(error.name or name)))

    def run(self, plan: dict[str, Any], patches: dict[str, Any], record: bool) -> dict[str, Any]:
        """Go through a plan; return what it gives, what went wrong, and what the probes saw."""
        seed_numpy(1234)
        random.seed(1234)
        probe = Probe(self.space, record)
        self.space["_bn_probe"] = probe
        run = _Run(self.space, plan)
        error, call = None, {"as": ""}
        try:
            probe.patch(patches)
            _ring_in(LONGEST_EXPERIMENT if patches else 0.0)
            for call in plan["calls"]:
                probe.call = call["as"]
                self.note(run.name_of(call))
                run.call(call)
        except BaseException as raised:
            error = {**failure(raised, self.path), "call": call["as"]}
        _ring_in(0.0)
        given = {} if error and not record else run.given()
        changed = [] if patches or error else run.changed()
        visited = list(probe.times) if record else []
        found = {"given": given, "error": error, "changed": changed, "visited": visited}
        return {**found, "seen": probe.seen, "tried": probe.tried}


def _ring_in(seconds: float) -> None:
    """Raise TimeoutError after some seconds, where the system can; 0 for never. An edit may loop for ever."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _too_long)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _too_long(number: int, frame: Any) -> None:
    raise TimeoutError("this experiment ran for too long")


class _Run:
    """One run of a plan, with its own copies of everything."""

    def __init__(self, space: dict[str, Any], plan: dict[str, Any]) -> None:
        self.space, self.plan = space, plan
        self.arrays = {name: array(value) for name, value in plan["arrays"].items()}
        self.tables = {
            name: {key: _copied(each) for key, each in value.items()}
            for name, value in plan["tables"].items()
        }
        self.results: dict[str, Any] = {}
        self.described: dict[str, Any] = {}

    def name_of(self, call: dict[str, Any]) -> str:
        """Return the name of what is called, as it is reported."""
        owners = {each["as"]: each.get("function", "") for each in reversed(self.plan["calls"])}
        if "method" in call:
            return f"{owners.get(call['object'], '')}.{call['method']}"
        return str(call.get("function") or owners.get(call["object"], ""))

    def call(self, call: dict[str, Any]) -> None:
        if "set" in call:
            self._set(self.results[call["object"]], call["set"])
            return
        if "guess" in call:
            self._guess(self.results[call["object"]], call["guess"])
            return
        function = (
            self.space[call["function"]]
            if "function" in call
            else getattr(self.results[call["object"]], call["method"])
        )
        arguments = [self._value(each) for each in call["arguments"]]
        named = {name: self._value(each) for name, each in call.get("named", {}).items()}
        result = function(*arguments, **named)
        self.results[call["as"]] = result
        # Described at once: what is called later may change it in place.
        self.described[call["as"]] = described(result if call["whole"] else _output(result))

    def _guess(self, layer: Any, attributes: dict[str, list[str]]) -> None:
        """Set the parameters of an object that are known by their attributes, or have to be looked for."""
        wanted = {
            name: {"value": self.arrays[name], "attributes": those} for name, those in attributes.items()
        }
        self.described["guessed"] = {"parameters": set_parameters(layer, wanted)}

    def _set(self, layer: Any, attributes: dict[str, list[Any]]) -> None:
        """Set attributes of an object, each in the shape that it has there; they are its own to change."""
        for name, given in attributes.items():
            value, old = _copied(self._value(given)), getattr(layer, name, None)
            if isinstance(value, ndarray) and isinstance(old, ndarray) and value.size == old.size:
                value = value.reshape(old.shape)
            setattr(layer, name, value)

    def _value(self, value: list[Any]) -> Any:
        kind, what = value
        match kind:
            case "array":
                return self.arrays[what]
            case "table":
                return self.tables[what]
            case "output":
                return _output(self.results[what])
            case "cache":
                return _cache(self.results[what])
            case "result":
                return self.results[what]
        return what

    def given(self) -> dict[str, Any]:
        found = dict(self.described)
        for name, (table, key) in self.plan.get("entries", {}).items():
            found[name] = described(self.tables[table].get(key))
        for name, of in self.plan.get("attributes", {}).items():
            inside = getattr(self.results.get(of), "__dict__", {})
            found[name] = described({key: each for key, each in inside.items() if _is_numeric(each)})
        return found

    def changed(self) -> list[str]:
        """Return which inputs are not what they were."""
        pairs = ((name, value, self.plan["arrays"][name]) for name, value in self.arrays.items())
        return [name for name, now, then in pairs if not array_equal(now, then, equal_nan=True)]


def _copied(value: Any) -> Any:
    return array(value) if isinstance(value, ndarray) else value


def _output(result: Any) -> Any:
    return result[0] if _is_pair(result) else result


def _is_pair(result: Any) -> bool:
    """Whether a result is an output with a cache; a list of numbers is none."""
    if isinstance(result, list):
        return len(result) == 2 and isinstance(result[0], ndarray)
    return isinstance(result, tuple) and len(result) > 1


def _cache(result: Any) -> Any:
    if not _is_pair(result):
        return None
    return result[1] if len(result) == 2 else result[1:]


def _is_numeric(value: Any) -> bool:
    return isinstance(value, ndarray | float | int | generic | dict)


# --- what is returned -----------------------------------------------------------------------------------


def described(value: Any, depth: int = 0) -> dict[str, Any]:
    """Return a value as numbers with the name of its type, or say what it is in place of numbers."""
    if isinstance(value, ndarray):
        return _array(value, "" if type(value) is ndarray else type(value).__name__)
    if isinstance(value, bool | bool_):
        return {"not": str(bool(value))}
    if isinstance(value, int | float | complex | number):
        return _array(asarray(value), "number")
    if isinstance(value, tuple | list) and depth < 3:
        items = [described(each, depth + 1) for each in value[:MOST_ITEMS]]
        return {"items": items, "type": type(value).__name__, "count": len(value)}
    if isinstance(value, dict) and depth < 3:
        pairs = list(value.items())[:MOST_ITEMS]
        return {"entries": {str(key)[:80]: described(each, depth + 1) for key, each in pairs}}
    if hasattr(value, "__array__") and not isinstance(value, type | Missing):
        return _array(asarray(value), type(value).__name__)
    return {"not": "None" if value is None else f"a {_NAMES.get(type(value).__name__, type(value).__name__)}"}


_NAMES = {"str": "text", "NoneType": "None"}


def _array(value: ndarray, name: str) -> dict[str, Any]:
    if value.dtype.kind not in "fiub":
        kind = _KINDS.get(value.dtype.kind, str(value.dtype))
        return {"not": f"an array of {kind}" if value.ndim else f"a value of {value.dtype}"}
    if value.size > MOST_NUMBERS:
        return {"not": f"an array of {value.size:,} numbers", "shape": list(value.shape)}
    return {"array": array(value, dtype=float64, subok=False), "type": name, "dtype": str(value.dtype)}


def failure(error: BaseException, path: str) -> dict[str, Any]:
    """Return what was raised, in words, and the last line of the file that it came through."""
    places, last = [], error.__traceback__
    while last is not None:
        if path and last.tb_frame.f_code.co_filename == path:  # it is compiled under its whole path
            places.append((last.tb_lineno, last.tb_frame.f_code.co_name))
        last = last.tb_next
    if isinstance(error, RecursionError):  # where it calls itself, and not where it had got to in the end
        places = [max(places, key=places.count)] if places else []
    line, function = places[-1] if places else (0, "")
    try:
        message = str(error)[:LONGEST_MESSAGE]
    except BaseException:
        message = "its message cannot be shown"
    kind, kinds = type(error).__name__, [each.__name__ for each in type(error).__mro__]
    return {"type": kind, "kinds": kinds, "message": message, "line": line, "function": function}
