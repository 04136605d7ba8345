"""Predict before reveal: one question about a backward frame, judged with a reason."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from bn_tutor.course.numbers import number, read_number, read_shape, shape_text
from bn_tutor.engine.gradients import Spread, SumOver, links
from bn_tutor.engine.graph import Graph
from bn_tutor.engine.replay import BackwardStep, Edge
from bn_tutor.walk.arithmetic import followed, local_value, place_within

# A number is right within one part in fifty, or rounded to two decimals. Below NOTHING all is rounding.
RELATIVE, NOTHING = 0.02, 1e-9


class Ask(StrEnum):
    """What is asked."""

    SHAPE = "shape"
    SIGN = "sign"
    NUMBER = "number"


@dataclass(frozen=True, eq=False)
class Question:
    """One question about one edge of a step; ``place`` is the element that sign and number ask about."""

    ask: Ask
    step: BackwardStep
    edge: Edge
    place: tuple[int, ...]
    # How many gradients meet at the edge's input: each then has a number of its own.
    parts: int = 1

    @property
    def text(self) -> str:
        """The question in words."""
        name = f"d{self.edge.input}{self.edge.way.arrival if self.parts > 1 else ''}"
        sent = f"the gradient that {self.step.node.name} sends to {self.edge.input}"
        if self.ask is Ask.SHAPE:
            return f"What is the shape of {sent}?"
        element = f"[{', '.join(map(str, self.place))}]" if self.place else ""
        what = "sign (+, - or 0)" if self.ask is Ask.SIGN else "value, to two decimals,"
        return f"What is the {what} of {name}{element}, in {sent}?"

    @property
    def hint(self) -> str:
        """A push that does not give the answer away."""
        if self.ask is Ask.SHAPE:
            return f"A gradient has the shape of what it belongs to. {self.edge.input} is of which shape?"
        words = self.edge.named_local.words or "passed on unchanged"
        spoken = re.sub(r"(^|, )\* ", r"\1times ", words)
        return f"upstream, then: {spoken}"


@dataclass(frozen=True)
class Judgement:
    """Whether an answer is right, and what to say about it; ``right`` is None for a hint."""

    right: bool | None
    say: str


def question(step: BackwardStep, count: int, graph: Graph | None = None) -> Question | None:
    """Return the question number ``count`` about a step, from 0; None where there is nothing to ask.

    ``graph`` tells where gradients meet.

    The edge that changes most is asked about: a sum or a spread before a product, a product before an add.
    """
    if not step.edges:
        return None
    edge = max(step.edges, key=lambda each: _weight(each))
    asks = [Ask.SHAPE, Ask.NUMBER, Ask.SIGN] if _changes_shape(edge) else [Ask.SIGN, Ask.NUMBER, Ask.SHAPE]
    place = place_within(edge.contribution.shape, [count] * edge.contribution.ndim)
    if not edge.contribution.size or not np.isfinite(edge.contribution[place]):
        asks = [Ask.SHAPE]
    return Question(asks[count % len(asks)], step, edge, place, graph.parts(edge.input) if graph else 1)


def _changes_shape(edge: Edge) -> bool:
    return any(isinstance(link, SumOver | Spread) for link in links(edge.local))


def _weight(edge: Edge) -> int:
    return 2 * _changes_shape(edge) + len(links(edge.local))


def judge(asked: Question, answer: str) -> Judgement:
    """Judge a typed answer; a wrong one is compared with what common mistakes would give."""
    judges: Mapping[Ask, Callable[[Question, str], Judgement]] = {
        Ask.SHAPE: _judge_shape,
        Ask.SIGN: _judge_sign,
        Ask.NUMBER: _judge_number,
    }
    return judges[asked.ask](asked, answer.strip()[:100])


def _judge_shape(asked: Question, answer: str) -> Judgement:
    right = asked.edge.contribution.shape
    given = read_shape(answer)
    if given is None:
        return Judgement(False, "Write a shape as Python does: (7, 5), or (7,).")
    if given == right:
        return Judgement(True, f"Right: {shape_text(right)}, the shape of {asked.edge.input}.")
    if given == asked.step.upstream.shape:
        words = asked.edge.named_local.words
        return Judgement(False, f"That is the upstream's own shape. Something happens on the way: {words}.")
    if len(given) == len(right) + 1 and np.prod(given, initial=1) == np.prod(right, initial=1):
        return Judgement(
            False, "As many elements, but with an axis too many: a gradient fits its node exactly."
        )
    if given == tuple(reversed(right)):
        return Judgement(False, "These are the axes in reverse.")
    return Judgement(False, f"A gradient has exactly the shape of what it belongs to: {asked.edge.input}.")


def _judge_sign(asked: Question, answer: str) -> Judgement:
    value = float(asked.edge.contribution[asked.place])
    right = "+" if value > 0 else "-" if value < 0 else "0" if value == 0 else "none: it is nan"
    words = {"plus": "+", "positive": "+", "minus": "-", "negative": "-", "zero": "0", "−": "-"}
    given = words.get(answer.lower(), answer)
    if given not in ("+", "-", "0"):
        return Judgement(False, "Answer +, - or 0.")
    if given == right:
        return Judgement(True, f"Right: it is {number(value, 3)}.")
    upstream = asked.step.upstream
    if upstream.shape == asked.edge.contribution.shape and upstream[asked.place]:
        sign = "positive" if upstream[asked.place] > 0 else "negative"
        return Judgement(False, f"The upstream is {sign} there. Which sign has the local gradient?")
    return Judgement(False, "Look at the sign of each product, and at which of them is largest.")


def _judge_number(asked: Question, answer: str) -> Judgement:
    given = read_number(answer)
    if given is None:
        return Judgement(False, "Write a number, such as -0.35 or 1/3 (a point, not a comma).")
    value = float(asked.edge.contribution[asked.place])
    if _close(given, value):
        return Judgement(True, f"Right: {number(value, 4)}.")
    for wrong, say in _slips(asked, value):
        if _close(given, wrong):
            return Judgement(False, say)
    return Judgement(
        False, "Not that. Take the upstream and multiply by the local gradient, element by element."
    )


def _slips(asked: Question, value: float) -> Iterator[tuple[float, str]]:
    """Yield what common mistakes would give, with a word on each."""
    yield -value, "The size is right, the sign is not."
    found = followed(asked.edge, asked.step, asked.place)
    terms = found.terms if found else ()
    if found and found.count > 1:
        yield value / found.count, f"That is the mean of the {found.count} products; here they are summed."
        yield terms[0].local * terms[0].upstream, "That is only the first product of the sum."
        yield found.upstream, "That is the upstream summed, without the local gradient."
    elif terms:
        yield terms[0].upstream, "That is the upstream; it still has to be multiplied by the local gradient."
        yield terms[0].local, "That is the local gradient; it still has to be multiplied by the upstream."
        yield terms[0].local + terms[0].upstream, "The two are multiplied, not added."
    local = local_value(asked.edge.local)
    if local is not None and not local.shape and local:
        yield value / float(local), f"The factor {number(float(local), 3)} is missing."
    yield 2 * value, "That is twice the value."
    yield value / 2, "That is half the value."


def _close(given: float, value: float) -> bool:
    if not np.isfinite(value):
        return False
    if given == 0:
        return abs(value) < NOTHING  # 0 does not pass for a small number
    return abs(given - value) <= RELATIVE * abs(value) or abs(given - round(value, 2)) < NOTHING
