"""A lesson on one page: its nodes with their local gradients, its inputs, what to read."""

from collections.abc import Iterator, Sequence

import numpy as np
from rich.text import Text

from bn_tutor.course.lesson import InputRow, Lesson
from bn_tutor.course.numbers import inline, shape_text
from bn_tutor.engine.gradients import LinearMap, Scale, links
from bn_tutor.engine.graph import Graph, Node, Recording
from bn_tutor.engine.operation import CONSTANT
from bn_tutor.engine.zoom import Through
from bn_tutor.views.formula import pretty
from bn_tutor.views.grid import Row, grid_lines
from bn_tutor.views.look import FAINT, Look
from bn_tutor.views.wrapping import wrapped
from bn_tutor.walk.arithmetic import local_formula
from bn_tutor.walk.local_gradients import LocalGradient, local_gradients
from bn_tutor.walk.operands import operand

LEGEND = (
    "Below each node its local gradients: the formula, the gradient's shape on the way back, and what is "
    "done to it."
)


def lesson_table(lesson: Lesson, recording: Recording, look: Look) -> list[Text]:
    """Return the page: title and summary, nodes, inputs, references."""
    title = wrapped(look.text(lesson.title, "bold cyan"), look.width)
    summary = wrapped(look.text(lesson.summary), look.width) if lesson.summary else []
    inputs = [_input_row(row, recording.graph, look) for row in lesson.inputs]
    node_lines, input_lines = grid_lines([list(_node_rows(recording, look)), inputs], look)
    legend = wrapped(look.text(LEGEND, FAINT), look.width)
    lines = [*title, *summary, Text(), look.text("Nodes", "bold"), *legend, *node_lines]
    lines += [Text(), look.text("Inputs", "bold"), *input_lines]
    return lines + _switches(lesson, look) + _references(lesson.references, look)


def _switches(lesson: Lesson, look: Look) -> list[Text]:
    """Return each switch with its choices; the one that this page shows stands out by a sign, too."""
    lines = [Text(), look.text("Switches", "bold")] if lesson.switches else []
    for switch in lesson.switches:
        line = look.text(f"{switch.name} = ", "bold cyan")
        chosen = lesson.choices[switch.name]
        known = list(switch.choices)
        for label in known if chosen in known else [*known, chosen]:
            mark = "▸" if label == chosen else " "
            line.append(look.shown(f"{mark}{label}  "), style="bold" if label == chosen else "dim")
        lines += wrapped(line, look.width, hanging=2)
    return lines


def _references(references: Sequence[str], look: Look) -> list[Text]:
    if not references:
        return []
    lines = [line for each in references for line in wrapped(look.text(each), look.width, hanging=2)]
    return [Text(), look.text("Read", "bold"), *lines]


def _node_rows(recording: Recording, look: Look) -> Iterator[Row]:
    gradients = local_gradients(recording)
    for node in recording.graph.operations:
        yield _node_row(node, recording.graph, look)
        for each in gradients.get(node.name, ()):
            yield _gradient_row(each, look)


def _node_row(node: Node, graph: Graph, look: Look) -> Row:
    note = look.text("; ".join(_remarks(node, graph)), FAINT)
    formula, shape = look.text(pretty(node.formula)), look.text(shape_text(node.shape))
    return Row(look.text(node.name, "bold cyan"), " = ", formula, shape, note)


def _remarks(node: Node, graph: Graph) -> Iterator[str]:
    if node.name in graph.outputs:
        yield "output"
    if node.caption:
        yield node.caption
    if node.name not in graph.arrivals:
        yield "gets no gradient"


def _gradient_row(each: LocalGradient, look: Look) -> Row:
    place = operand(each.node, each.place)
    label = look.text(f"∂{each.node.name}/∂{each.input}{f' ({place})' if place else ''}", "magenta")
    shapes = dict.fromkeys(map(shape_text, (each.node.shape, each.shape)))
    note = ", ".join(_in_words(link) for link in links(each.local)) or "passed on unchanged"
    formula = look.text(pretty(_formula(each.local)), "yellow")
    return Row(label, ": ", formula, look.text(" → ".join(shapes)), look.text(note), depth=1)


def _formula(local: LinearMap) -> str:
    """Return the local gradient's formula; the words on a group of several roads stand in the note."""
    return "…" if any(isinstance(link, Through) for link in links(local)) else local_formula(local)


def _in_words(link: LinearMap) -> str:
    return f"times {pretty(link.formula)}" if isinstance(link, Scale) else pretty(link.words)


def _input_row(row: InputRow, graph: Graph, look: Look) -> Row:
    node = graph[row.name]
    named = f"({', '.join(map(str, row.shape))}{',' if len(row.shape) == 1 else ''})"
    shape = shape_text(node.shape)
    constant = ["constant"] if node.operation is CONSTANT else []
    note = look.text("; ".join([*constant, *_origin(row)]), FAINT)
    symbols = look.text(named if named != shape else "")
    return Row(look.text(row.name, "bold cyan"), " ", symbols, look.text(shape), note)


def _origin(row: InputRow) -> Iterator[str]:
    """Say how an input comes about."""
    if row.value is not None:
        yield inline(np.asarray(row.value), 3)
    elif row.draw:
        yield ", ".join([row.draw, *(f"{name} {_short(value)}" for name, value in row.parameters.items())])


def _short(value: float | str) -> str:
    """Write a draw's parameter: 2.0 as 2, with a real minus."""
    return value if isinstance(value, str) else f"{value:g}".replace("-", "−")
