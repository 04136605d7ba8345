"""What a lesson file says, as immutable data. Nothing here is computed yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Line:
    """One line of a block: ``name = text  # caption``. ``line`` and ``column`` are the text's, from 1."""

    name: str
    text: str
    line: int
    column: int
    caption: str = ""


@dataclass(frozen=True)
class InputRow:
    """How one input comes about: drawn with ``parameters`` in ``shape`` (size names or numbers), or given."""

    name: str
    shape: tuple[str | int, ...] = ()
    draw: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict)
    value: Any = None
    constant: bool = False


@dataclass(frozen=True)
class Section:
    """The prose beside one node, in Markdown, on the way forward and on the way back."""

    forward: str = ""
    backward: str = ""


@dataclass(frozen=True)
class Derivation:
    """A chain of expressions, each equal to the one above; it stands in the prose of ``node``."""

    node: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Lesson:
    """A lesson file. ``graph`` defines the nodes; ``backward`` and ``closed`` are answers to be proven."""

    name: str
    path: str
    title: str
    summary: str
    output: str
    sizes: Mapping[str, int]
    inputs: tuple[InputRow, ...]
    graph: tuple[Line, ...]
    backward: tuple[Line, ...] = ()
    closed: tuple[Line, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    opening: str = ""
    sections: Mapping[str, Section] = field(default_factory=dict)
    references: tuple[str, ...] = ()
