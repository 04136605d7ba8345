"""A frame of the backward pass: per edge, upstream × local = gradient; the ledger; the why."""

from collections.abc import Sequence

import numpy as np
from rich.text import Text

from bn_tutor.course.numbers import number, shape_text
from bn_tutor.engine.gradients import Array, MatMul, links
from bn_tutor.engine.replay import BackwardStep, Edge
from bn_tutor.engine.zoom import Level, Through
from bn_tutor.views.arrays import array_block, matrix_lines
from bn_tutor.views.columns import Block, laid_out, laid_out_alike
from bn_tutor.views.formula import as_numpy, parts_of, pretty
from bn_tutor.views.page import Page, non_finite_note
from bn_tutor.walk.arithmetic import (
    edge_jacobian,
    followed,
    local_factor,
    local_formula,
    moves_in_words,
    place_within,
)
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.operands import feeds, operand
from bn_tutor.walk.story import Part
from bn_tutor.walk.written import written_lines

MOST_TERMS = 4


def backward_lines(page: Page) -> list[Text]:
    """Return the body of a backward frame."""
    step = page.frame.step
    if step is None:
        return []
    lines: list[Text] = []
    if step.edges:
        for edge, product in zip(step.edges, _products(page, step), strict=True):
            lines += [*product, *_beside_product(page, step, edge), *page.gap]
    elif step.node.is_source:
        lines += _meeting(page, step)
    else:
        lines += _stopped(page, step)
    lines += page.labelled("ledger", _ledger(page, step))
    if page.story.level is Level.LAYER and page.state.question is None and _is_all_there(page):
        lines += page.labelled("closed", _closed_form(page))
    lines += page.labelled("note", non_finite_note(page, [step.upstream, *_sent(step)]))
    lines += _why(page, step)
    return lines


def _is_all_there(page: Page) -> bool:
    """Whether every gradient of the layer is complete: with several outputs, in the last frame."""
    is_one = len(page.story.recording.graph.outputs) == 1
    return is_one or page.frame.number == page.frame.count


def _closed_form(page: Page) -> list[Text]:
    """Return the lesson's own formulas for the whole layer, which the tests prove equal to the walk."""
    lesson = page.story.subject.lesson
    lines = [f"{line.name} = {pretty(line.text)}" for line in lesson.closed] if lesson else []
    return [text for line in lines for text in page.sentence(line, "green")]


def _sent(step: BackwardStep) -> list[Array]:
    return [edge.contribution for edge in step.edges]


def _why(page: Page, step: BackwardStep) -> list[Text]:
    if page.state.question is not None:
        return []  # it might give the answer away
    parted = page.story.verdict.parted if page.story.order is not Order.RIGHT else 0
    if parted and page.frame.number >= parted:
        # The prose speaks of the right numbers, which stand here no longer.
        text = f"since backward frame {parted} these are not the right numbers; the last frame compares"
        return page.labelled("astray", page.sentence(text, "bold red"))
    lines = []
    if text := page.section(step.node).backward:
        lines += page.labelled("why", page.prose(text))
    lines += page.chains(step.node, "backward")
    return lines + _on_inputs(page, step)


def _on_inputs(page: Page, step: BackwardStep) -> list[Text]:
    """Return the prose on inputs that get their whole gradient here, and no frame of their own for it."""
    if page.story.level is Level.LAYER:
        return []
    graph = page.story.recording.graph
    found = [page.without_frame(graph[name]) for name in dict.fromkeys(edge.input for edge in step.edges)]
    return [line for lines in found if lines for line in [Text(), *lines]]


def _products(page: Page, step: BackwardStep) -> list[list[Text]]:
    """Return the three columns of each edge."""
    tables = [
        [
            _upstream(page, step, first=at == 0),
            _local(page, edge),
            _gradient(page, edge, hidden=_is_hidden(page, edge)),
        ]
        for at, edge in enumerate(step.edges)
    ]
    return laid_out_alike(tables, [" ", "× ", "= "], page.look)


def _is_hidden(page: Page, edge: Edge) -> bool:
    return page.state.question is not None and page.state.question.edge.input == edge.input


def _beside_product(page: Page, step: BackwardStep, edge: Edge) -> list[Text]:
    """Return an edge's NumPy line, and what was asked for beside it."""
    if _is_hidden(page, edge):
        return []
    lines: list[Text] = []
    lines += page.labelled("numpy", _numpy(page, edge))
    if page.state.element is not None:
        lines += page.labelled("element", page.sentence(_element(page, step, edge)))
    if page.state.jacobian:
        lines += page.labelled("J", _jacobian(page, edge))
    return lines


def _upstream(page: Page, step: BackwardStep, *, first: bool) -> Block:
    title = f"upstream ∂L/∂{step.node.name}"
    if not first:
        return Block(page.look.text(title, "bold"), [page.look.text("as above", "dim")])
    return _array(page, title, step.upstream)


def _local(page: Page, edge: Edge) -> Block:
    place = operand(edge.node, edge.way.place)
    title = page.look.text(f"local ∂{edge.node.name}/∂{edge.input}{f' ({place})' if place else ''}", "bold")
    value = local_factor(edge.local)
    written = pretty(local_formula(edge.named_local))
    notes = [page.look.text(part, "bold yellow") for part in parts_of(written)]
    if value is not None and value.shape:
        notes.append(page.look.text(f"{_of_matrix(edge)}{shape_text(value.shape)}", "dim"))
    if value is None or (value.ndim == 0 and _is_number(written)):
        return Block(title, notes)
    return array_block(title, notes, value, page.look, _marked(page, value))


def _of_matrix(edge: Edge) -> str:
    """Say whose numbers stand below a matrix product: w's, and not those of the w.T beside them."""
    return "".join(f"with {link.formula} " for link in links(edge.named_local) if isinstance(link, MatMul))


def _gradient(page: Page, edge: Edge, *, hidden: bool) -> Block:
    name = page.story.name_of(edge)
    title = f"gradient ∂L/∂{edge.input}" if name == f"d{edge.input}" else f"{name}, part of ∂L/∂{edge.input}"
    if hidden:
        return Block(page.look.text(title, f"bold {page.colour}"), [page.look.text("?", "bold reverse")])
    return _array(page, title, edge.contribution, moves_in_words(edge.local), page.colour)


def _array(page: Page, title: str, value: Array, words: Sequence[str] = (), colour: str = "") -> Block:
    """Return an array below its title and its shape; ``words`` say what happened to the shape."""
    moves = [f"{word}," for word in words[:-1]] + list(words[-1:])
    notes = [
        page.look.text(shape_text(value.shape), "dim"),
        *(page.look.text(move, "italic") for move in moves),
    ]
    return array_block(page.look.text(title, f"bold {colour}"), notes, value, page.look, _marked(page, value))


def _marked(page: Page, value: Array) -> tuple[int, ...] | None:
    element = page.state.element
    return place_within(value.shape, element) if element is not None and value.size else None


def _is_number(text: str) -> bool:
    return text.replace("−", "").replace(".", "").isdecimal()


def _numpy(page: Page, edge: Edge) -> list[Text]:
    """Return the lines for what the edge brings and, with the last contribution, the line of their sum."""
    written = numpy_lines(page, edge)
    lines = [line for text in written for line in page.sentence(text, "green")]
    if not written and page.story.level is Level.NODE:
        lines = page.sentence("no single line; the level of operations (z) has a frame for each step", "dim")
    parts = page.story.names_of_parts(edge.input)
    # The sum at an input has a frame of its own.
    is_summed_here = page.story.is_last(edge) and not page.story.recording.graph[edge.input].is_source
    if len(parts) > 1 and is_summed_here and page.story.order is not Order.RECURSIVE:
        lines += page.sentence(f"d{edge.input} = {' + '.join(parts)}", "green")
    return lines


def numpy_lines(page: Page, edge: Edge) -> list[str]:
    """Return what computes the edge's gradient in NumPy; where several roads lead, the lesson's own lines."""
    name, upstream = page.story.name_of(edge), f"d{edge.node.name}"
    if isinstance(edge.local, Through):
        line = edge.local.line(upstream)
        return [
            as_numpy(each) for each in written_lines(page.story, name) or [f"{name} = {line}"] * bool(line)
        ]
    return [f"{name} = {as_numpy(edge.named_local.numpy(upstream))}"]


def _element(page: Page, step: BackwardStep, edge: Edge) -> str:
    """Return the arithmetic of the element that is followed."""
    found = followed(edge, step, page.state.element or ())
    if found is None:
        return "the data is too large to follow one element"
    digits = page.look.precision
    name = f"{page.story.name_of(edge)}{_index(found.place)}"
    products = [f"{_signed(term.local, digits)} × {_signed(term.upstream, digits)}" for term in found.terms]
    total = " + ".join(products[:MOST_TERMS]) or "0"
    more = f" + … ({found.count:,} products)" if found.count > MOST_TERMS else ""
    return f"{name} = {total}{more} = {_signed(found.value, digits)}"


def _sum_of_element(page: Page, step: BackwardStep, added: Sequence[Part]) -> str:
    """Return the arithmetic of one element where gradients meet."""
    place, digits = place_within(step.upstream.shape, page.state.element or ()), page.look.precision
    parts = " + ".join(_signed(float(part.value[place]), digits) for part in added)
    return f"d{step.node.name}{_index(place)} = {parts} = {_signed(float(step.upstream[place]), digits)}"


def _index(place: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, place))}]" if place else ""


def _signed(value: float, precision: int) -> str:
    text = number(value, precision).replace("-", "−")
    return f"({text})" if text.startswith("−") else text


def _jacobian(page: Page, edge: Edge) -> list[Text]:
    matrix = edge_jacobian(edge)
    if matrix is None:
        size = (int(np.prod(edge.node.shape)), int(np.prod(edge.contribution.shape)))
        return page.sentence(f"{shape_text(size)} is too large to show: choose a smaller --size")
    head = f"rows: elements of {edge.node.name}, columns: of {edge.input}; {shape_text(matrix.shape)}"
    return [*page.sentence(head, "dim"), *matrix_lines(matrix, page.look, page.look.width - 10)]


def _meeting(page: Page, step: BackwardStep) -> list[Text]:
    """Return the frame of an input where gradients meet: the parts and their sum."""
    parts = page.story.parts(step.node.name, until=step)
    blocks = [_array(page, f"{part.name} from {part.origin}", part.value) for part in parts]
    blocks.append(_array(page, f"∂L/∂{step.node.name}", step.upstream))
    lines = laid_out(blocks, [" ", *["+ "] * (len(parts) - 1), "= "], page.look)
    total = " + ".join(part.name for part in parts)
    lines += page.labelled("numpy", page.sentence(f"d{step.node.name} = {total}", "green"))
    if page.state.element is not None and step.upstream.size:
        lines += page.labelled("element", page.sentence(_sum_of_element(page, step, parts)))
    return [*lines, *page.gap]


def _stopped(page: Page, step: BackwardStep) -> list[Text]:
    """Return the frame of an output from which nothing is sent on: its upstream alone."""
    block = _array(page, f"upstream ∂L/∂{step.node.name}", step.upstream)
    return [*laid_out([block], [" "], page.look), *page.gap]


def _ledger(page: Page, step: BackwardStep) -> list[Text]:
    """Return what has arrived where: for the node itself, and for each of its inputs."""
    own = _own_entry(page, step)
    lines = page.sentence(own) if own else []
    graph = page.story.recording.graph
    in_order = page.story.order is not Order.RECURSIVE
    single = [edge.input for edge in step.edges if graph.parts(edge.input) == 1 and in_order]
    if len(single) > 1:
        names = " and ".join(f"d{name}" for name in single)
        lines += page.sentence(f"{' and '.join(single)} feed 1 node each: {names} are complete")
    for edge in step.edges:
        if len(single) < 2 or edge.input not in single:
            lines += page.sentence(_entry(page, edge))
    return lines


def _own_entry(page: Page, step: BackwardStep) -> str:
    """Return what the node's own gradient is the sum of; an empty text where it is no sum."""
    parts = page.story.parts(step.node.name, until=step)
    if not step.edges and not step.node.is_source:
        return f"no road leads from {step.node.name} back to an input: nothing is sent on"
    if not step.edges:
        sent = len(page.story.arrivals(step.node.name, until=step))
        outside = "the upstream from outside and " if sent < len(parts) else ""
        return f"{outside}{sent} of {sent} contributions have arrived: complete"
    if len(parts) < 2:
        return ""
    written = " + ".join(f"{part.name} (from {part.origin})" for part in parts)
    how_far = "so far" if page.story.order is Order.RECURSIVE else "complete"
    return f"d{step.node.name} = {written}, {how_far}"


def _entry(page: Page, edge: Edge) -> str:
    graph, name = page.story.recording.graph, page.story.name_of(edge)
    if page.story.order is Order.RECURSIVE:
        return f"{name} has arrived, and is handed on at once, complete or not"
    uses = feeds(graph, edge.input)
    parts = page.story.names_of_parts(edge.input)
    if len(parts) == 1:
        return f"{edge.input} {uses}: {name} is complete"
    if edge.input in graph.outputs:
        uses = f"has an upstream from outside, {parts[0]}, and {uses}"
    place = operand(edge.node, edge.way.place)
    arrived = f"{name}{f' ({place})' if place else ''} has arrived"
    if not page.story.is_last(edge):
        more = graph.arrivals[edge.input] - edge.way.arrival
        return f"{edge.input} {uses}: {arrived}, {more} more to come"
    return f"{edge.input} {uses}: {arrived}; d{edge.input} = {' + '.join(parts)} is complete"
