"""Whatever a file holds, lint answers; and whatever formula the language has, it means what it says."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from bn_tutor.course.codes import Code
from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.expression import Lowering, lower
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.lint import lint
from bn_tutor.course.loading import record
from bn_tutor.course.parsing import LONGEST_LINE
from bn_tutor.course.places import shipped_folder
from bn_tutor.course.problem import MOST_PROBLEMS, Findings, Problem
from bn_tutor.course.reader import parse_lesson
from bn_tutor.engine.operation import LITERAL
from bn_tutor.engine.proof import prove
from bn_tutor.engine.zoom import Level

from .trees import INPUTS, SIZES, Tree, leaf, trees, written

LESSONS = {
    path.stem: path.read_bytes() for path in sorted(shipped_folder().glob("*.md")) if path.stem != "README"
}
COUNT = settings.default.max_examples
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
brief = settings(max_examples=COUNT, phases=[Phase.generate], suppress_health_check=SLOW)
thorough = settings(suppress_health_check=SLOW)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lessons")


def answered(folder, content):
    """Lint a file of this content; whatever is found must be fit to be shown."""
    path = folder / "lesson.md"
    path.write_bytes(content)
    found = lint(path, "lesson.md")
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
    assert isinstance(found, tuple) and len(found) <= MOST_PROBLEMS + 1
    for problem in found:
        assert isinstance(problem, Problem) and problem.code in Code
        assert 0 <= problem.line <= lines + 1 and problem.column >= 0
        assert problem.message and str(problem).isprintable()
    places = [(problem.line or 10**9, problem.column) for problem in found]
    assert places == sorted(places)
    return found


# --- any bytes, and real lessons that are not what they were ----------------------------------------------


@brief
@given(
    content=st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
    )
)
def test_any_bytes_are_answered(folder, content):
    answered(folder, content)
    answered(folder, b"+++\nformat = 1\n" + content)


WEIRD = [
    "\0",
    "\x1b[2J",
    "\u202e",
    "\ufeff",
    "\r",
    "\t",
    "```",
    "+++",
    "## ",
    "### backward",
    "{value: ",
    "}",
    "=",
    "# ",
]
WEIRD += [
    '"',
    "'",
    "[",
    "(",
    "**",
    "9" * 20,
    "-1",
    "1e400",
    "nan",
    "\\",
    "\\u0000",
    "when a = b",
    "é",
    "𝐱",
    "N",
    "x",
    "\n",
]
places = st.integers(0, 10**6)
changes = st.one_of(
    st.tuples(st.just("delete"), places, st.integers(1, 5)),
    st.tuples(st.just("duplicate"), places, st.integers(1, 5)),
    st.tuples(st.just("swap"), places, places),
    st.tuples(st.just("truncate"), places, places),
    st.tuples(st.just("flip"), places, places),
    st.tuples(st.just("insert"), places, st.tuples(places, st.sampled_from(WEIRD))),
    st.tuples(st.just("cut"), places, st.just(0)),
)


def changed(lines, change):
    """Return the lines of a lesson with one change."""
    kind, place, detail = change
    at = place % len(lines)
    line = lines[at]
    if kind == "delete":
        return lines[:at] + lines[at + detail :] or [""]
    if kind == "duplicate":
        return lines[: at + detail] + lines[at:]
    if kind == "swap":
        other = detail % len(lines)
        return [lines[{at: other, other: at}.get(each, each)] for each in range(len(lines))]
    if kind == "cut":
        return lines[: at + 1]
    if kind == "truncate":
        new = line[: detail % (len(line) + 1)]
    elif kind == "flip":
        spot = detail % (len(line) + 1)
        new = line[:spot] + "".join(chr(ord(sign) ^ 1) for sign in line[spot : spot + 1]) + line[spot + 1 :]
    else:
        spot = detail[0] % (len(line) + 1)
        new = line[:spot] + detail[1] + line[spot:]
    return [*lines[:at], new, *lines[at + 1 :]]


@settings(brief, max_examples=COUNT)
@given(name=st.sampled_from(sorted(LESSONS)), many=st.lists(changes, min_size=1, max_size=4))
def test_changed_lesson_is_answered(folder, name, many):
    lines = LESSONS[name].decode().split("\n")
    for change in many:
        lines = changed(lines, change)
    answered(folder, "\n".join(lines).encode("utf-8", "replace"))


@settings(brief, max_examples=COUNT // 2)
@given(name=st.sampled_from(sorted(LESSONS)), at=places, new=st.binary(max_size=4), length=st.integers(0, 4))
def test_lesson_with_changed_bytes_is_answered(folder, name, at, new, length):
    content = LESSONS[name]
    at %= len(content)
    answered(folder, content[:at] + new + content[at + length :])


# --- any formula ------------------------------------------------------------------------------------------


@st.composite
def formulas(draw):
    tree = draw(trees())
    text = written(tree, draw)
    assume(len(text) <= LONGEST_LINE)
    return tree, text


def lowered(text):
    """Lower a formula and return the tree that its nodes make."""
    shapes = {name: value.shape for name, value in INPUTS.items()}
    lowering = Lowering("y", text, shapes, SIZES)
    result = lower(lowering)
    return rebuilt(result, {node.name: node for node in lowering.nodes})


def rebuilt(name, nodes):
    if name not in nodes:
        return leaf(name)
    node = nodes[name]
    if node.operation is LITERAL:
        return leaf(node.parameters["value"])
    operands = tuple(rebuilt(each, nodes) for each in node.inputs)
    return Tree(node.operation.name, operands, tuple(node.parameters.items()))


@settings(thorough, max_examples=5 * COUNT)
@given(formula=formulas())
def test_formula_is_read_as_it_is_meant(formula):
    tree, text = formula
    assert lowered(text) == tree


@settings(thorough, max_examples=3 * COUNT)
@given(formula=formulas())
def test_formula_comes_to_what_numpy_makes_of_it(formula):
    tree, text = formula
    value = evaluate(text, INPUTS, SIZES)
    np.testing.assert_allclose(value, tree.value, rtol=1e-9, atol=1e-9)
    assert value.shape == tree.value.shape


FRONT = """\
+++
format = 1
[sizes]
N = 4
D = 3
[inputs]
x = { shape = ["N", "D"] }
w = { shape = ["D"] }
b = { shape = ["N", 1] }
t = { shape = [2, "N", "D"] }
s = { value = 0.7 }
+++
```graph
"""


@settings(thorough, max_examples=2 * COUNT)
@given(formula=formulas())
def test_gradient_of_a_formula_stands_up_to_a_numeric_proof(folder, formula):
    tree, text = formula
    assume(tree.operands)
    found = parse_lesson(f"{FRONT}y = {text}\n```\n", "lesson", Findings("lesson.md"))
    assert isinstance(found, Lesson), found
    recording = record(found, inputs=INPUTS, level=Level.OPERATION)
    np.testing.assert_allclose(recording.output, tree.value, rtol=1e-9, atol=1e-9)
    assert prove(recording) == ()


@settings(thorough, max_examples=COUNT)
@given(formula=formulas())
def test_lesson_of_one_formula_has_nothing_wrong_but_what_it_lacks(folder, formula):
    tree, text = formula
    assume(tree.operands)
    found = answered(folder, f"{FRONT}y = {text}\n```\n\n## y\n\nOne.\n\n### backward\n\nTwo.\n".encode())
    assert {problem.code for problem in found} <= {Code.UNUSED_INPUT, Code.NO_BACKWARD}, [*map(str, found)]
