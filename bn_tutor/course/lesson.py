"""What a lesson file says, as immutable data. Nothing here is computed yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Which choices of which switches a part of the file is for: ((switch, choice), ...); empty for all.
When = tuple[tuple[str, str], ...]


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
    when: When = ()


@dataclass(frozen=True)
class InputRow:
    """How one input comes about: drawn with ``parameters`` in ``shape``, or given as ``value``.

    ``shape`` holds size names or numbers; that of a value is its own. In a file with switches a shape may
    name a switch, whose choice is put in its place, and so may a parameter.
    """

    name: str
    shape: tuple[str | int, ...] = ()
    draw: str = ""
    parameters: Mapping[str, float | str] = field(default_factory=dict)
    value: Any = None
    constant: bool = False


@dataclass(frozen=True)
class Switch:
    """What a learner can flip: each choice by its label, the first one to begin with.

    A choice is a number or a tuple (of whole numbers and size names) that the switch's name then stands
    for; a word stands for itself and only selects parts of the file.
    """

    name: str
    choices: Mapping[str, Any]


@dataclass(frozen=True)
class Written:
    """Prose beside a node on the way ``direction``; without a node it is the lesson's opening.

    ``line`` is that of the heading above it; ``quoting`` holds its lines that have braces, and so perhaps
    quotes, and ``linking`` those that may have links.
    """

    node: str
    direction: str
    text: str
    line: int
    when: When = ()
    quoting: tuple[Line, ...] = ()
    linking: tuple[Line, ...] = ()


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
    when: When = ()


@dataclass(frozen=True)
class Mistake:
    """A slip that people make: ``changes`` stand in place of the right lines of the same names.

    A change of a graph line is a mistake of the forward pass, one of a ``backward`` line of the way back.
    ``say`` tells what the wrong value is and what is missing.
    """

    id: str
    changes: tuple[Line, ...]
    say: str
    node: str = ""
    line: int = field(default=0, compare=False)
    when: When = ()


@dataclass(frozen=True)
class Question:
    """A question of the lesson's own; see ``course.questions`` for the kinds and what their keys are.

    ``key`` and ``wrong`` are texts for a choice, and formulas otherwise; ``equals`` is the formula that a
    key has to equal, where there is one.
    """

    id: str
    kind: str
    ask: str
    key: Line
    wrong: tuple[Line, ...] = ()
    equals: Line | None = None
    why: str = ""
    hint: str = ""
    node: str = ""
    line: int = field(default=0, compare=False)
    when: When = ()


@dataclass(frozen=True)
class Lesson:
    """A lesson file, in one variant: what its ``choices`` of ``switches`` leave of it.

    ``graph`` defines the nodes; ``backward`` and ``closed`` are answers to be proven. ``everything`` is the
    file with all its variants, in ``written`` and in lines for other choices; ``course.variants.choose``
    makes another variant of it. ``lines_of`` maps keys of the front matter to their line, from 1.
    """

    name: str
    path: str
    title: str
    summary: str
    outputs: tuple[str, ...]
    sizes: Mapping[str, int]
    inputs: tuple[InputRow, ...]
    graph: tuple[Line, ...]
    backward: tuple[Line, ...] = ()
    closed: tuple[Line, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    questions: tuple[Question, ...] = ()
    opening: str = ""
    sections: Mapping[str, Section] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    switches: tuple[Switch, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    # What the choices make of the switches' names in formulas: numbers and tuples, sizes still by name.
    constants: Mapping[str, Any] = field(default_factory=dict)
    written: tuple[Written, ...] = field(default=(), compare=False)
    lines_of: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False)
    everything: "Lesson | None" = field(default=None, compare=False, repr=False)

    @property
    def output(self) -> str:
        """The first output, which is the only one of most lessons."""
        return self.outputs[0]

    @property
    def quoting(self) -> tuple[Line, ...]:
        """The lines of this variant's prose that have braces, each under the name of its node."""
        return tuple(line for written in self.written for line in written.quoting)
