"""A lesson's graph and its local gradients as one JSON document."""

import json
from typing import Any

from bn_tutor.course.lesson import Lesson
from bn_tutor.engine.graph import Graph, Node, Recording
from bn_tutor.engine.operation import LITERAL
from bn_tutor.export.drawing import kind_of
from bn_tutor.walk.arithmetic import local_formula
from bn_tutor.walk.local_gradients import LocalGradient, local_gradients

FORMAT = 1


def lesson_json(lesson: Lesson, recording: Recording, level: str) -> str:
    """Return the lesson as JSON text."""
    return json.dumps(lesson_document(lesson, recording, level), allow_nan=False, ensure_ascii=True)


def lesson_document(lesson: Lesson, recording: Recording, level: str) -> dict[str, Any]:
    """Return the lesson as plain lists, tables and texts: its structure, and none of its numbers."""
    graph = recording.graph
    gradients = local_gradients(recording)
    sources = [node for node in graph.sources if node.operation is not LITERAL]
    return {
        "format": FORMAT,
        "lesson": lesson.name,
        "title": lesson.title,
        "summary": lesson.summary,
        "level": level,
        "choices": dict(lesson.choices),
        "switches": {switch.name: list(switch.choices) for switch in lesson.switches},
        "outputs": list(graph.outputs),
        "inputs": [_input(node) for node in sources],
        "nodes": [_node(node, graph, gradients.get(node.name, ())) for node in graph.operations],
        "references": list(lesson.references),
    }


def _input(node: Node) -> dict[str, Any]:
    return {"name": node.name, "kind": kind_of(node).value, "shape": list(node.shape)}


def _node(node: Node, graph: Graph, gradients: tuple[LocalGradient, ...]) -> dict[str, Any]:
    return {
        "name": node.name,
        "formula": node.formula,
        "inputs": list(node.inputs),
        "shape": list(node.shape),
        "caption": node.caption,
        "gets_gradient": node.name in graph.arrivals,
        "local_gradients": [_gradient(each) for each in gradients],
    }


def _gradient(each: LocalGradient) -> dict[str, Any]:
    return {
        "input": each.input,
        "formula": local_formula(each.local),
        "backward": each.local.words,
        "numpy": each.local.numpy(f"d{each.node.name}"),
        "from_shape": list(each.node.shape),
        "to_shape": list(each.shape),
    }
