"""Edges of the backward pass, as questions speak of them: their names, their lines, what leads to them."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from bn_tutor.course.lesson import Line
from bn_tutor.course.numbers import shape_text
from bn_tutor.engine.gradients import (
    Array,
    LinearMap,
    MatMul,
    Reshape,
    Scale,
    Spread,
    SumOver,
    Transpose,
    links,
)
from bn_tutor.engine.graph import Graph
from bn_tutor.engine.replay import BackwardStep, Edge
from bn_tutor.practice.setting import Setting

# So many lines of the forward pass are shown at most to tell how a value came about.
MOST_LINES = 8


def edges(setting: Setting) -> Iterator[tuple[BackwardStep, Edge]]:
    """Yield every edge of the backward pass with its step."""
    for step in setting.steps:
        for edge in step.edges:
            yield step, edge


def name_of(setting: Setting, edge: Edge) -> str:
    """Return what an edge brings: dx where it is all, dx1 where several gradients meet."""
    several = setting.recording.graph.parts(edge.input) > 1
    return f"d{edge.input}{edge.way.arrival if several else ''}"


def written(setting: Setting, name: str, edge: Edge) -> str:
    """Return the lesson's own line for a gradient, which lint has proven, else the engine's."""
    own = next((line.text for line in setting.lesson.backward if line.name == name), "")
    return own or edge.named_local.numpy(f"d{edge.node.name}")


def one_line(lines: Sequence[Line], name: str, known: Collection[str]) -> str:
    """Return the formula of one line; in place of names that are not ``known`` stand their own formulas."""
    texts: dict[str, str] = {}
    for line in lines:
        texts[line.name] = re.sub(
            r"[A-Za-z_]\w*",
            lambda found: found[0] if found[0] in known else _bracketed(texts.get(found[0], found[0])),
            line.text,
        )
    return texts.get(name, "")


def _bracketed(text: str) -> str:
    return text if re.fullmatch(r"\w+(\([^()]*\))?", text) else f"({text})"


def ancestors(graph: Graph, name: str) -> set[str]:
    """Return the node and all that it was computed from."""
    found: set[str] = set()
    left = [name]
    while left:
        each = left.pop()
        if each not in found:
            found.add(each)
            left += graph[each].inputs
    return found


def users(setting: Setting, name: str) -> list[str]:
    """Return the nodes that send a gradient back to a node, in the order of the forward pass."""
    sending = {step.node.name for step, edge in edges(setting) if edge.input == name}
    return [node.name for node in setting.recording.graph.operations if node.name in sending]


def on_the_way(setting: Setting, name: str, given: Collection[str] = ()) -> set[str]:
    """Return the nodes that the gradient of a node comes through, up to those whose gradients are given."""
    found, left = set[str](), [name]
    while left:
        new = set(users(setting, left.pop())) - found
        found |= new
        left += [each for each in new if f"d{each}" not in given]
    return found


def came_about(setting: Setting, name: str, *also: str) -> list[str]:
    """Return how a value came about, from values whose shape is told: its own shape can be worked out.

    The lines of the nodes ``also`` are among them. Of an input its shape is told as a count alone.
    """
    graph = setting.recording.graph
    computed, told, left = list(also), list[str](), [] if graph[name].is_source else [name]
    while left:
        each = left.pop(0)
        if graph[each].is_source or len(computed) >= MOST_LINES:
            told.append(each)
        elif each not in computed:
            computed.append(each)
            left += graph[each].inputs
    beside = [each for node in also for each in graph[node].inputs if each != name]
    if graph[name].is_source:  # what has its very shape would give it away
        beside = [each for each in beside if graph[each].shape != graph[name].shape]
    shapes = shape_list(setting, dict.fromkeys([*told, *beside]))
    counted = [_counted(name, setting.values[name])] if graph[name].is_source else []
    return [*filter(None, [shapes]), *counted, *forward_lines(setting, computed)]


def _counted(name: str, value: Array) -> str:
    """``gamma has 3 numbers, on one axis``."""
    axes = {0: "no axis", 1: "one axis"}.get(value.ndim, f"{value.ndim} axes")
    return f"{name} has {value.size} number{'s' if value.size > 1 else ''}, on {axes}"


def lines_using(setting: Setting, names: Iterable[str]) -> list[str]:
    """Return the forward lines that use any of these values, whether a gradient comes back or not."""
    wanted = set(names)
    using = (node.name for node in setting.recording.graph.operations if wanted & set(node.inputs))
    return forward_lines(setting, using)


def forward_lines(setting: Setting, names: Iterable[str]) -> list[str]:
    """Return these lines of the forward pass, in its order."""
    wanted = set(names)
    return [
        f"{node.name} = {node.formula}" for node in setting.recording.graph.operations if node.name in wanted
    ]


def shape_list(setting: Setting, names: Iterable[str]) -> str:
    """Return values with their shapes: x (5, 3), gamma (3,); no plain numbers among them."""
    found = {
        name: setting.values[name]
        for name in dict.fromkeys(names)
        if name.isidentifier() and setting.values[name].ndim
    }
    return ", ".join(f"{name} {shape_text(value.shape)}" for name, value in found.items())


def sizes_text(setting: Setting, used: Collection[str] | None = None) -> str:
    """Return what the names of sizes stand for: N = 5, D = 3; of those that are ``used`` where it is told."""
    known = {
        name: shape_text(value) if isinstance(value, tuple) else value
        for name, value in setting.names.items()
        if used is None or name in used
    }
    return ", ".join(f"{name} = {value}" for name, value in known.items())


def words_of(local: LinearMap, setting: Setting) -> list[str]:
    """Return the forward values that a local gradient's formula speaks of."""
    formulas = [link.formula for link in links(local) if isinstance(link, Scale | MatMul)]
    words = dict.fromkeys(word for formula in formulas for word in re.findall(r"[A-Za-z_]\w*", formula))
    return [word for word in words if word in setting.recording.values]


def divides_by_size(local: LinearMap) -> bool:
    """Whether a plain number is in a local gradient, which comes from a size: the 1/N of a mean."""
    scales = (link.formula for link in links(local) if isinstance(link, Scale))
    return any(re.search(r"\b1 / \d", formula) for formula in scales)


# What to think of, by the kind of link that a local gradient has.
_HINTS = (
    (Scale, "By how much does {node} change when {own} changes by a little? That multiplies the upstream."),
    (MatMul, "Which factor, transposed, and on which side, makes the shape of {own}?"),
    (SumOver, "One entry of {own} went into several of {node}: what becomes of their gradients?"),
    (Spread, "Several entries of {own} went into one of {node}: what does each of them get?"),
    (Reshape | Transpose, "The shape was changed on the way forward; {own} needs its own again."),
)


def hint_for(edge: Edge) -> str:
    """Return what to think of, in the terms of this edge; it gives no formula."""
    node, own, parts = edge.node.name, edge.input, links(edge.named_local)
    said = [text for kind, text in _HINTS if any(isinstance(part, kind) for part in parts)]
    hint = " ".join(said) or "Which entries of {node} come from which entries of {own}?"
    return hint.format(node=node, own=own)
