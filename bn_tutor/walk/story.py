"""The frames of a walk: every node on the way forward, then every step of the backward pass."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from bn_tutor.course.evaluation import environment
from bn_tutor.course.quotes import fill
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Node, Recording
from bn_tutor.engine.replay import BackwardStep, Edge, replay
from bn_tutor.engine.zoom import Level, zoom
from bn_tutor.walk.demonstrations import Order, Verdict, verdict, wrong_steps
from bn_tutor.walk.operands import operand
from bn_tutor.walk.subject import Subject


class Direction(StrEnum):
    """Which way a frame looks."""

    FORWARD = "forward"
    BACKWARD = "backward"
    VERDICT = "verdict"


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame: ``number`` of ``count`` in its direction, both from 1; ``step`` on the way back only."""

    direction: Direction
    number: int
    count: int
    node: Node
    step: BackwardStep | None = None


@dataclass(frozen=True, eq=False)
class Part:
    """One of the gradients that are added up at a node: what it is called, where it comes from, its value.

    ``origin`` is the node that sent it, with the operand where there are several, or "outside" for the
    upstream that an output has of its own.
    """

    name: str
    origin: str
    value: Array


@dataclass(frozen=True, eq=False)
class Story:
    """One recording at one level, with the frames that tell it."""

    subject: Subject
    level: Level
    recording: Recording
    steps: tuple[BackwardStep, ...]
    right_steps: tuple[BackwardStep, ...]
    order: Order = Order.RIGHT

    @cached_property
    def frames(self) -> tuple[Frame, ...]:
        """Every frame in order: forward, backward, and the verdict of a demonstration."""
        return tuple(self._frames())

    def _frames(self) -> Iterator[Frame]:
        nodes = [node for node in self.recording.graph.nodes if not node.is_source]
        for number, node in enumerate(nodes, 1):
            yield Frame(Direction.FORWARD, number, len(nodes), node)
        for number, step in enumerate(self.steps, 1):
            yield Frame(Direction.BACKWARD, number, len(self.steps), step.node, step)
        if self.order is not Order.RIGHT:
            yield Frame(Direction.VERDICT, 1, 1, self.recording.graph[self.recording.graph.output])

    @cached_property
    def values(self) -> Mapping[str, Array]:
        """What formulas in prose may name: values, gradients and contributions.

        Prose is written for the nodes of the lesson: at other levels other contributions would be called dx1.
        """
        if self.level is Level.NODE:
            return environment(self.recording, self.right_steps)
        recording = zoom(self.subject.recording, Level.NODE)
        return environment(recording, replay(recording, self.subject.upstream))

    @cached_property
    def _quoted(self) -> dict[tuple[str, int], str]:
        return {}

    def quoted(self, text: str, precision: int) -> str:
        """Return prose with its computed values filled in; each text is worked out once."""
        key = (text, precision)
        if key not in self._quoted:
            self._quoted[key] = fill(text, self.values, self.subject.names, precision)
        return self._quoted[key]

    @cached_property
    def verdict(self) -> Verdict:
        """What a demonstration ends with."""
        return verdict(self.recording, self.steps, self.right_steps)

    def arrivals(self, name: str, until: BackwardStep | None = None) -> list[Edge]:
        """Return the edges that have brought a contribution to a node, up to and including a step."""
        found = []
        for step in self.steps:
            found += [edge for edge in step.edges if edge.input == name]
            if step is until:
                break
        graph = self.recording.graph
        if self.order is Order.TWICE and not graph[name].is_source:
            # A second pass adds to what the inputs have; every other node starts from nothing again.
            return found[-graph.arrivals[name] :]
        return found

    def parts(self, name: str, until: BackwardStep | None = None) -> list[Part]:
        """Return what is added up to a node's gradient, in order, up to and including a step."""
        sent = [
            Part(self.name_of(edge), _origin(edge), edge.contribution) for edge in self.arrivals(name, until)
        ]
        own = self.subject.upstreams.get(name)
        if own is None:
            return sent
        # Where an input has kept what the first pass left, its own upstream is in there once more.
        count = self.recording.graph.arrivals[name] if self.order is Order.TWICE else len(sent)
        starts = range(0, max(len(sent), 1), max(count, 1))
        outside = Part(self.names_of_parts(name)[0], "outside", own)
        return [part for at in starts for part in (outside, *sent[at : at + count])]

    def names_of_parts(self, name: str) -> list[str]:
        """Return what the parts of a node's gradient are called: dx where it is one, else dx1, dx2.

        Contributions are numbered from 1; an output's own upstream is dx0.
        """
        graph = self.recording.graph
        if graph.parts(name) < 2:
            return [f"d{name}"]
        return [f"d{name}{at}" for at in range(0 if name in graph.outputs else 1, graph.arrivals[name] + 1)]

    def name_of(self, edge: Edge) -> str:
        """Return what the contribution of an edge is called: dx, or dx1, dx2 where gradients meet."""
        meets = self.recording.graph.parts(edge.input) > 1
        return f"d{edge.input}{edge.way.arrival if meets else ''}"

    def is_last(self, edge: Edge) -> bool:
        """Whether the edge completes the gradient of its input."""
        return edge.way.arrival == self.recording.graph.arrivals[edge.input]


def _origin(edge: Edge) -> str:
    place = operand(edge.node, edge.way.place)
    return f"{edge.node.name}, {place}" if place else edge.node.name


@dataclass
class Tour:
    """The stories of one subject at every level, each told when it is first asked for."""

    subject: Subject
    order: Order = Order.RIGHT
    _told: dict[Level, Story] = field(default_factory=dict)

    @property
    def choices(self) -> Mapping[str, str]:
        """The choices of the lesson's switches; none where there are no switches, or no lesson."""
        return self.subject.lesson.choices if self.subject.lesson else {}

    def story(self, level: Level) -> Story:
        """Return the story at a level."""
        if level not in self._told:
            self._told[level] = self._tell(level)
        return self._told[level]

    def _tell(self, level: Level) -> Story:
        recording = zoom(self.subject.recording, level)
        right = tuple(replay(recording, self.subject.upstream))
        steps = right
        if self.order is not Order.RIGHT:
            steps = tuple(wrong_steps(recording, self.subject.upstream, self.order))
        return Story(self.subject, level, recording, steps, right, self.order)
