"""Records a plain NumPy function as a graph, by running it once on arrays that remember.

Each array is wrapped in a Tracer, which NumPy's own hooks (``__array_ufunc__``, NEP 13, and
``__array_function__``, NEP 18) hand every call to. The graph that comes out is an ordinary one: nodes named
after the function's local variables, one operation of the table each.
"""

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import Any

import numpy as np

from bn_tutor.engine.graph import Node, Recording, build, placeholders
from bn_tutor.engine.operation import CONSTANT, INPUT
from bn_tutor.engine.text import bracketed
from bn_tutor.engine.tracer import Notebook, TraceError, Tracer
from bn_tutor.engine.truth import Truth

__all__ = ["TraceError", "trace"]

# A part of a node is written out within it up to this length; what uses a part twice doubles the text.
LONGEST_PART = 120


def trace(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Recording:
    """Run ``function`` once and return what it computed, as a Recording.

    Arrays of floats among the arguments become inputs, which gradients are wanted for; floats, and arrays
    of integers or truth values, become constants; dictionaries are searched for both; anything else is
    handed through. The output is the first array that the function returns. Branches and loops are recorded
    as they ran. Raises TraceError, with the line, where the function leaves what can be recorded (an
    operation that the table does not have, a write into an array), and whatever the function itself raises.
    """
    notebook = Notebook()
    bound = inspect.signature(function).bind(*arguments, **keywords)
    bound.apply_defaults()
    for name, value in bound.arguments.items():
        bound.arguments[name] = _wrapped(notebook, name, value)
    result = _run_watched(notebook, function, bound)
    output = _first_tracer(result)
    if output is None:
        raise TraceError("the function returns no array that was computed from its inputs", None)
    notebook.names.setdefault(output.key, notebook.free_name("out"))
    return _recording(notebook, output.key)


def _wrapped(notebook: Notebook, name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _wrapped(notebook, str(key), item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        differentiable = np.issubdtype(value.dtype, np.floating)
        return notebook.source(name, INPUT if differentiable else CONSTANT, value)
    if isinstance(value, float):
        return notebook.source(name, CONSTANT, np.asarray(value))
    return value


def _run_watched(notebook: Notebook, function: Callable[..., Any], bound: inspect.BoundArguments) -> Any:
    """Call the function while a line tracer reads names off its local variables."""
    code = getattr(inspect.unwrap(function), "__code__", None)

    def watch(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code is not code:
            return None
        notebook.line = frame.f_lineno
        _name_after_variables(notebook, frame.f_locals)
        return watch

    earlier = sys.gettrace()
    sys.settrace(watch)
    try:
        return function(*bound.args, **bound.kwargs)
    except Exception as error:
        # NumPy wraps what is raised while it asks a Tracer for a number.
        if isinstance(error.__cause__, TraceError):
            raise error.__cause__ from None
        raise
    finally:
        sys.settrace(earlier)


def _name_after_variables(notebook: Notebook, variables: Mapping[str, Any]) -> None:
    for name, each in variables.items():
        value = each.node if isinstance(each, Truth) else each
        if isinstance(value, Tracer) and value.notebook is notebook and value.key not in notebook.names:
            notebook.names[value.key] = notebook.free_name(name)


def _first_tracer(result: Any) -> Tracer | None:
    if isinstance(result, Tracer):
        return result
    parts = result if isinstance(result, tuple | list) else ()
    return next((found for part in parts if (found := _first_tracer(part)) is not None), None)


@dataclass
class _Naming:
    """Names and groups for what the function left unnamed, found from the last node to the first."""

    names: dict[int, str]
    groups: dict[int, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def settle(self, key: int, consumers: set[str]) -> None:
        """Give a node its group: its own name, or that of the one group that uses it."""
        if key in self.names:
            self.groups[key] = self.names[key]
        elif len(consumers) == 1:
            self.groups[key] = next(iter(consumers))
            self.names[key] = self._numbered(self.groups[key])
        else:
            self.names[key] = self.groups[key] = self._numbered("step")

    def _numbered(self, name: str) -> str:
        while True:
            self.counts[name] = self.counts.get(name, 0) + 1
            numbered = f"{name}_{self.counts[name]}"
            if numbered not in self.names.values():
                return numbered


def _recording(notebook: Notebook, output: int) -> Recording:
    kept = _kept(notebook, output)
    naming = _Naming(dict(notebook.names))
    for key in reversed(kept):
        consumers = {naming.groups[other] for other in kept if key in notebook.entries[other].inputs}
        naming.settle(key, consumers)
    nodes = [_node(notebook, naming, key) for key in kept]
    graph = build(_with_formulas(nodes), naming.names[output])
    return Recording(graph, {naming.names[key]: notebook.entries[key].value for key in kept})


def _kept(notebook: Notebook, output: int) -> list[int]:
    """Return what the output depends on, in order; a running average, say, is not part of it."""
    needed = {output}
    for key in range(output, -1, -1):
        if key in needed:
            needed.update(notebook.entries[key].inputs)
    inputs = (key for key, entry in enumerate(notebook.entries) if entry.operation is INPUT)
    return sorted(needed | set(inputs))


def _node(notebook: Notebook, naming: _Naming, key: int) -> Node:
    entry = notebook.entries[key]
    return Node(
        name=naming.names[key],
        operation=entry.operation,
        inputs=tuple(naming.names[each] for each in entry.inputs),
        parameters=entry.parameters,
        shape=entry.value.shape,
        group=naming.groups[key],
        line=entry.line,
    )


def _with_formulas(nodes: list[Node]) -> list[Node]:
    """Fill in how each operation is written, and how each group is written as a whole."""
    texts: dict[str, str] = {}
    filled = []
    for node in nodes:
        formula = node.operation.formula.format_map(placeholders(node))
        is_call = node.operation.formula.startswith(f"{node.operation.name}(")
        shown = {name: text if is_call else bracketed(text) for name, text in texts.items()}
        names = tuple(shown.get(name, name) for name in node.inputs)
        written = node.operation.formula.format_map(placeholders(replace(node, inputs=names)))
        if node.group != node.name and len(written) <= LONGEST_PART:
            texts[node.name] = written
        filled.append(replace(node, formula=formula, written=written))
    return filled
