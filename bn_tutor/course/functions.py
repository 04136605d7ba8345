"""A learner's own NumPy function as the subject of a walk: FILE.py:function."""

import inspect
import io
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from bn_tutor.course.loading import LessonError, inputs_of, load
from bn_tutor.course.places import shipped_folder
from bn_tutor.course.plain import one_line
from bn_tutor.course.problem import Problem, did_you_mean
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import GraphError, Recording
from bn_tutor.engine.tracing import TraceError, trace

MODULE = "bn_tutor_walked_file"


# Parameters that collect what is left over need no value.
_COLLECTING = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def traced(
    path: Path, name: str, sizes: Mapping[str, int], seed: int, given: Mapping[str, Array]
) -> Recording:
    """Run a function of a Python file once, on inputs made from its parameters' names, and record it.

    x, gamma, beta and eps are made as in the lesson batchnorm; ``bn_param`` becomes the dictionary of the
    course code, in training mode; ``given`` replaces any of them. The file is run, as Python would run it.
    Raises LessonError with the problem at its line.
    """
    # What the file prints would get into the document or the frames.
    with _imports_of(path), redirect_stdout(io.StringIO()):
        function = _function(path, name)
        return _traced(path, function, _arguments(path, name, function, sizes, seed, given))


def _traced(path: Path, function: Callable[..., Any], arguments: Mapping[str, Any]) -> Recording:
    try:
        with np.errstate(all="ignore"):
            recording = _traced_with(function, arguments)
    except TraceError as error:
        raise _problem(path, error.line or 0, error.reason) from None
    except GraphError as error:
        raise _problem(path, 0, str(error)) from None
    except (Exception, SystemExit) as error:
        raise _crash(path, error) from None
    if not recording.graph.operations:
        raise _problem(path, 0, f"{function.__name__} computes nothing: it returns what it was given")
    return recording


def _traced_with(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Recording:
    parameters = inspect.signature(function).parameters.values()
    by_place = [
        each.name for each in parameters if each.kind is each.POSITIONAL_ONLY and each.name in arguments
    ]
    by_name = {name: value for name, value in arguments.items() if name not in by_place}
    return trace(function, *(arguments[name] for name in by_place), **by_name)


@contextmanager
def _imports_of(path: Path) -> Iterator[None]:
    """Let the file import its neighbours while it runs; afterwards all is as before."""
    before = [*sys.path]
    sys.path.insert(0, str(path.parent))
    try:
        yield
    finally:
        sys.path[:] = before
        sys.modules.pop(MODULE, None)


def _function(path: Path, name: str) -> Callable[..., Any]:
    module = _module(path)
    function = getattr(module, name, None)
    if not callable(function):
        known = [key for key, value in vars(module).items() if inspect.isfunction(value)]
        hint = did_you_mean(name, known) or (f"there are: {', '.join(known)}" if known else "")
        raise _problem(path, 0, f"there is no function {one_line(name, 40)}", hint)
    found: Callable[..., Any] = function
    return found


def _module(path: Path) -> ModuleType:
    spec = spec_from_file_location(MODULE, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise _problem(path, 0, "there is no such Python file")
    module = module_from_spec(spec)
    # Dataclasses with late annotations look their own module up.
    sys.modules[MODULE] = module
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise _problem(path, error.lineno or 0, f"not Python 3: {error.msg}") from None
    except (Exception, SystemExit) as error:
        raise _crash(path, error) from None
    return module


def _arguments(
    path: Path,
    name: str,
    function: Callable[..., Any],
    sizes: Mapping[str, int],
    seed: int,
    given: Mapping[str, Array],
) -> dict[str, Any]:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        raise _problem(path, 0, f"{name} does not tell its parameters") from None
    batchnorm = load(shipped_folder() / "batchnorm.md")
    known = [row.name for row in batchnorm.inputs]
    made = inputs_of(batchnorm, sizes, seed, {key: value for key, value in given.items() if key in known})
    values: dict[str, Any] = {**made, **given, "eps": float(made["eps"])}
    values["bn_param"] = {"mode": "train", "eps": values["eps"], "momentum": 0.9}
    found = {}
    for parameter in parameters.values():
        if parameter.name in values:
            found[parameter.name] = values[parameter.name]
        elif parameter.default is parameter.empty and parameter.kind not in _COLLECTING:
            hint = "give it with --data FILE.npz or FILE.json"
            raise _problem(path, 0, f"there is no value for the parameter {parameter.name}", hint)
    return found


def _problem(path: Path, line: int, message: str, hint: str = "") -> LessonError:
    return LessonError((Problem(one_line(str(path)), line, 0, one_line(message), hint),))


def _crash(path: Path, error: BaseException) -> LessonError:
    """Return what the learner's own code raised, at the last of its own lines."""
    frames = traceback.extract_tb(error.__traceback__)
    # The frames' names are absolute, whatever the path is.
    lines = [frame.lineno for frame in frames if Path(frame.filename).resolve() == path.resolve()]
    # Of an endless recursion, the first call tells more than the last.
    line = lines[0 if isinstance(error, RecursionError) else -1] if lines else 0
    return _problem(path, line or 0, f"{type(error).__name__}: {error}")
