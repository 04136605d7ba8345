"""What a lesson file says, as immutable data. Nothing here is computed yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Line:
    """One line of a block: ``name = text  # caption``.

    ``line`` and ``column`` are the text's, ``name_column`` the name's, all from 1.
    """

    name: str
    text: str
    line: int
    column: int
    caption: str = ""
    name_column: int = field(default=1, compare=False)


@dataclass(frozen=True)
class InputRow:
    """How one input comes about: drawn with ``parameters`` in ``shape``, or given as ``value``.

    ``shape`` holds size names or numbers; that of a value is its own.
    """

    name: str
    shape: tuple[str | int, ...] = ()
    draw: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict)
    value: Any = None
    constant: bool = False


@dataclass(frozen=True)
class Section:
    """The prose beside one node, in Markdown, on the way forward and on the way back.

    ``line`` is that of its heading.
    """

    forward: str = ""
    backward: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Derivation:
    """A chain of expressions, each equal to the one above; it stands in the prose of ``node``, one way."""

    node: str
    lines: tuple[Line, ...]
    direction: str = "forward"


@dataclass(frozen=True)
class Lesson:
    """A lesson file. ``graph`` defines the nodes; ``backward`` and ``closed`` are answers to be proven.

    ``quoting`` holds the lines of prose that have braces, and so perhaps quotes, under their node's name;
    ``output_line`` is where the output is named, 0 where it is not.
    """

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
    quoting: tuple[Line, ...] = field(default=(), compare=False)
    output_line: int = field(default=0, compare=False)
