"""Writes the tables of lessons/README.md from the code that they describe, and a sample of what lint says.

Run it as ``python -m tests.lesson_reference``; tests/test_lesson_reference.py fails where a table is stale.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from typer.testing import CliRunner

from bn_tutor.cli.main import app
from bn_tutor.course.draws import DRAWS
from bn_tutor.course.explanations import explanations
from bn_tutor.course.front_matter import KEYS
from bn_tutor.course.question_kinds import KINDS
from bn_tutor.course.reader import BLOCKS
from bn_tutor.engine.graph import Node, build, placeholders, record
from bn_tutor.engine.operation import INPUT, Operation
from bn_tutor.engine.operations import ROWS
from bn_tutor.walk.arithmetic import local_formula
from bn_tutor.walk.local_gradients import local_gradients
from tests.engine.cases import CASES

README = Path(__file__).resolve().parent.parent / "lessons" / "README.md"
_TABLE = re.compile(r"(<!-- written: ([\w-]+) -->\n).*?(<!-- end -->)", re.S)
LESSON = re.compile(r"^<!-- lesson: ([\w-]+) -->\n````markdown\n(.*?)^````$", re.M | re.S)
# What is made wrong in the lesson that the reference shows.
SLIP = ("log(1 + grown)", "log(1 + grow)")
_INPUTS = ("x", "y", "z")


def operations() -> str:
    """Every operation with the local gradient for each input, and the NumPy line that applies it."""
    return table(("operation", "local gradient", "backward, in NumPy"), (_operation(row) for row in ROWS))


def _operation(row: Operation) -> tuple[str, str, str]:
    # Where any number of inputs is taken, two show how it is written.
    shapes, parameters = next(case for case in CASES[row.name] if len(case[0]) > 1 or not row.variadic)
    inputs = [
        Node(name, INPUT, shape=shape, formula=name) for name, shape in zip(_INPUTS, shapes, strict=False)
    ]
    node = Node("out", row, tuple(each.name for each in inputs), parameters)
    values = {each.name: np.full(each.shape, 0.5) for each in inputs}
    recording = record(build([*inputs, node], "out"), values)
    written = row.formula.format_map(placeholders(node)).replace("True", "true").replace("None", "none")
    if row.variadic:
        written = f"{row.name}({', '.join(node.inputs)}, axis=0)"
    sent = local_gradients(recording).get("out", ())
    formulas = ", ".join(f"∂out/∂{each.input}: {local_formula(each.local)}" for each in sent)
    lines = ", ".join(f"`d{each.input} = {each.local.numpy('dout')}`" for each in sent)
    return f"`{written}`", formulas or "none", lines or "no gradient passes"


def draws() -> str:
    """Every draw with its parameters and what they are without a word."""
    return table(("draw", "parameters", "what it is"), (_draw(name, draw) for name, draw in DRAWS.items()))


def _draw(name: str, draw: Callable) -> tuple[str, str, str]:
    parameters = list(inspect.signature(draw).parameters.values())[2:]
    shown = ", ".join(f"`{each.name} = {each.default}`" for each in parameters) or "none"
    return f"`{name}`", shown, draw.__doc__.split("\n")[0].rstrip(".").replace("``", "`")


def questions() -> str:
    """Every kind of question."""
    rows = ((f"`{each.name}`", _keys(each.key, *each.needed), each.says) for each in KINDS.values())
    return table(("kind", "keys that it needs", "what is asked"), rows)


def _keys(*names: str) -> str:
    return ", ".join(f"`{name}`" for name in names)


def codes() -> str:
    """Every code with the first sentence of its explanation."""
    rows = ((f"`{code}`", _first_sentence(text)) for code, text in explanations().items())
    return table(("code", "what is wrong"), rows)


def _first_sentence(text: str) -> str:
    return " ".join(text.split("\n\n")[0].split()).split(". ")[0].rstrip(".")


def slip() -> str:
    """What lint says of the lesson that the reference shows, with a slip in it."""
    name, text = LESSON.findall(README.read_text(encoding="utf-8"))[0]
    with TemporaryDirectory() as place, chdir(place):
        path = Path(f"{name}.md")
        path.write_text(text.replace(*SLIP, 1), encoding="utf-8")
        said = CliRunner(env={"COLUMNS": "120"}).invoke(app, ["lesson", "lint", path.name]).output
    lines = [line.rstrip() for line in said.partition("\n\n")[0].splitlines()]
    return "\n".join(["```text", *lines, "```"])


def table(header: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


TABLES: Mapping[str, Callable[[], str]] = {
    "keys": lambda: _keys(*KEYS),
    "blocks": lambda: _keys(*BLOCKS),
    "operations": operations,
    "draws": draws,
    "questions": questions,
    "slip": slip,
    "codes": codes,
}


def rewritten(text: str) -> str:
    """Return the text with every table made anew."""
    return _TABLE.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}\n{found[3]}", text)


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
