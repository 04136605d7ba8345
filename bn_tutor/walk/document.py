"""A whole walk as one JSON document, in full float64 precision."""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Node
from bn_tutor.engine.replay import BackwardStep, Edge
from bn_tutor.walk.arithmetic import edge_jacobian, local_formula, local_value
from bn_tutor.walk.demonstrations import last_sums
from bn_tutor.walk.story import Story

FORMAT = 1


def walk_json(story: Story) -> str:
    """Return the walk as JSON text; inf and nan, which JSON does not have, are written as strings."""
    return json.dumps(walk_document(story), allow_nan=False, ensure_ascii=True)


def walk_document(story: Story) -> dict[str, Any]:
    """Return the walk as plain lists, tables, numbers and texts."""
    recording = story.recording
    sources = [node for node in recording.graph.nodes if node.is_source and node.operation.name != "literal"]
    totals = last_sums(story.steps, story.subject.upstreams)
    return {
        "format": FORMAT,
        "lesson": story.subject.name,
        "sizes": dict(story.subject.sizes),
        "choices": dict(story.subject.lesson.choices) if story.subject.lesson else {},
        "seed": story.subject.seed,
        "inputs": {node.name: jsonable(recording[node.name]) for node in sources},
        "nodes": [_node(story, node) for node in recording.graph.nodes if not node.is_source],
        "upstream": _upstream(story.subject.upstreams),
        "steps": [_step(story, step) for step in story.steps],
        "gradients": {
            node.name: jsonable(totals.get(node.name, np.zeros(node.shape)))
            for node in recording.graph.inputs
        },
    }


def _upstream(upstreams: Mapping[str, Array]) -> Any:
    """Return the one upstream there is, or a table of them by the names of the outputs."""
    found = {name: jsonable(value) for name, value in upstreams.items()}
    return found if len(found) > 1 else next(iter(found.values()))


def _node(story: Story, node: Node) -> dict[str, Any]:
    value = story.recording[node.name]
    return {
        "name": node.name,
        "formula": node.formula,
        "inputs": list(node.inputs),
        "shape": list(node.shape),
        "value": jsonable(value),
    }


def _step(story: Story, step: BackwardStep) -> dict[str, Any]:
    return {
        "node": step.node.name,
        "upstream": _shaped(step.upstream),
        "edges": [_edge(story, edge) for edge in step.edges],
    }


def _edge(story: Story, edge: Edge) -> dict[str, Any]:
    local = local_value(edge.local)
    local = edge_jacobian(edge) if local is None else local
    return {
        "input": edge.input,
        "formula": local_formula(edge.named_local),
        "numpy": edge.named_local.numpy(f"d{edge.node.name}"),
        "local": None if local is None else _shaped(local),
        "gradient": _shaped(edge.contribution),
        "complete": story.is_last(edge),
    }


def _shaped(value: Array) -> dict[str, Any]:
    return {"shape": list(value.shape), "value": jsonable(value)}


def jsonable(value: Array) -> Any:
    """Return an array as nested lists, with inf and nan as strings."""
    nested = np.asarray(value).tolist()
    return nested if np.all(np.isfinite(value)) else _finite(nested)


def _finite(nested: Any) -> Any:
    if isinstance(nested, list):
        return [_finite(each) for each in nested]
    return nested if isinstance(nested, bool) or math.isfinite(nested) else str(nested)
