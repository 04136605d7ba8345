"""A network: blocks in a row, a loss at their end, and the graph that they make for a batch of N samples."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from random import Random

from bn_tutor.course.draws import normal, source_of
from bn_tutor.course.lesson import InputRow, Lesson, Line
from bn_tutor.course.loading import graph_of
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Graph
from bn_tutor.engine.shapes import Shape
from bn_tutor.labs.blocks import Block, Carried, Drawn, Sizes, Start


class Mode(StrEnum):
    """Which lines of the blocks run."""

    TRAIN = "training mode"
    INFERENCE = "inference"


# What the page about a walk says; the lines themselves are the network.
_OPENING = """\
One step of training. {shape: x} is the batch: N samples, a row each. The loss is the mean cross-entropy of
softmax, {value: loss}, and the backward pass ends with the gradient of everything that is trained.

What is carried from step to step, such as running averages, and what is drawn for each step, such as a
dropout mask, are constants here.
"""
_LOSS = """\
gap = {x} - stop_gradient(max({x}, axis=1, keepdims=true))  # to the largest
total = sum(exp(gap), axis=1, keepdims=true)
loss = mean(log(total) - sum(labels * gap, axis=1, keepdims=true))  # mean cross-entropy
"""


@dataclass(frozen=True, eq=False)
class Network:
    """Numbered blocks in a row; ``scores`` is the node with a score for each class, shape (N, classes)."""

    name: str
    blocks: tuple[Block, ...]
    scores: str
    features: tuple[int, ...]
    classes: int

    @cached_property
    def parameters(self) -> Mapping[str, Start]:
        """What is trained."""
        return {name: start for block in self.blocks for name, start in block.parameters.items()}

    @cached_property
    def carried(self) -> Mapping[str, Carried]:
        """What is handed from step to step."""
        return {name: each for block in self.blocks for name, each in block.carried.items()}

    @cached_property
    def drawn(self) -> Mapping[str, Drawn]:
        """What is drawn for each step."""
        return {name: each for block in self.blocks for name, each in block.drawn.items()}


def network(name: str, *blocks: Block, features: tuple[int, ...] = (64,), classes: int = 10) -> Network:
    """Put blocks in a row, numbered from 1, and the cross-entropy of softmax at their end."""
    incoming, numbered = "x", []
    for number, block in enumerate(blocks, 1):
        numbered.append(_filled(block, incoming, number))
        incoming = numbered[-1].lines.splitlines()[-1].split(" = ")[0]
    return Network(name, tuple(numbered), incoming, features, classes)


def _filled(block: Block, x: str, number: int) -> Block:
    def fill(text: str) -> str:
        return text.replace("{x}", x).replace("{i}", str(number))

    carried = {
        fill(name): Carried(each.start, fill(each.follows), each.keep, each.unbiased)
        for name, each in block.carried.items()
    }
    return Block(
        fill(block.lines),
        fill(block.inference),
        {fill(name): start for name, start in block.parameters.items()},
        carried,
        {fill(name): each for name, each in block.drawn.items()},
    )


# --- its graph --------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def network_graph(network: Network, count: int, mode: Mode) -> Graph:
    """Return the graph for a batch of ``count`` samples. Raises LessonError where shapes do not fit."""
    return graph_of(network_lesson(network, count, mode), {"N": count})


def network_lesson(network: Network, count: int, mode: Mode) -> Lesson:
    """Return the network as a lesson, without prose; its output is the loss."""
    blocks = (
        block.inference or block.lines if mode is Mode.INFERENCE else block.lines for block in network.blocks
    )
    text = "\n".join([*(lines.rstrip("\n") for lines in blocks), _LOSS.format(x=network.scores)])
    return Lesson(
        name=network.name,
        path=network.name,
        title=network.name,
        summary="",
        opening=_OPENING,
        outputs=("loss",),
        sizes={"N": count},
        inputs=tuple(_rows(network, mode)),
        graph=tuple(_line(number, each) for number, each in enumerate(text.splitlines(), 1)),
    )


def _lines(block: Block, mode: Mode) -> str:
    return (block.lines if mode is Mode.TRAIN else block.inference or block.lines).rstrip("\n")


def _rows(network: Network, mode: Mode) -> Iterator[InputRow]:
    yield InputRow("x", ("N", *network.features), constant=True)
    for name, start in network.parameters.items():
        yield InputRow(name, start.shape)
    for name, carried in network.carried.items():
        yield InputRow(name, carried.start.shape, constant=True)
    for name, drawn in network.drawn.items() if mode is Mode.TRAIN else ():
        yield InputRow(name, drawn.shape, constant=True)
    yield InputRow("labels", ("N", network.classes), constant=True)


def _line(number: int, text: str) -> Line:
    formula, _, caption = text.partition("  # ")
    name, _, right = formula.partition(" = ")
    return Line(name, right.strip(), number, len(name) + 4, caption)


# --- its numbers ------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Model:
    """The numbers of a network at one moment: what is trained, and what is carried along."""

    parameters: Mapping[str, Array]
    carried: Mapping[str, Array]


def fresh(network: Network, seed: int, count: int) -> Model:
    """Return the numbers that training on batches of ``count`` starts from."""
    starts = {name: each.start for name, each in network.carried.items()}
    parameters = {name: _begun(start, seed, name, count) for name, start in network.parameters.items()}
    return Model(parameters, {name: _begun(start, seed, name, count) for name, start in starts.items()})


def _begun(start: Start, seed: int, name: str, count: int) -> Array:
    return normal(source_of(seed, name), sized(start.shape, count), start.mean, start.std)


def sized(shape: Sizes, count: int) -> Shape:
    """Return a shape with the number of samples in the place of N."""
    return tuple(count if isinstance(each, str) else each for each in shape)


def draws(network: Network, random: Random, count: int) -> dict[str, Array]:
    """Draw what a step in training needs."""
    return {name: each.draw(random, sized(each.shape, count)) for name, each in network.drawn.items()}
