import re
from dataclasses import replace

import pytest

from bn_tutor.course import lowering
from bn_tutor.course.loading import load
from bn_tutor.course.places import shipped_folder
from bn_tutor.course.verifying import verify
from bn_tutor.engine.gradients import Scale
from bn_tutor.engine.operations import OPERATIONS

from .lessons import FRONT, with_graph, written

SHIPPED = (shipped_folder() / "batchnorm.md").read_text(encoding="utf-8")
# A planted slip may be one of the lesson's mistakes, which then changes nothing: these have their own tests.
BATCHNORM = re.sub(r"```(mistake|question)\n.*?\n```\n", "", SHIPPED, flags=re.S)
LINES = BATCHNORM.split("\n")
SIZES = [{}, {"N": 1}, {"D": 1}, {"N": 1, "D": 1}, {"N": 3, "D": 3}, {"N": 5, "D": 2}, {"N": 64, "D": 17}]


@pytest.fixture
def findings(tmp_path):
    """Return a function: the text of a lesson -> what is not true in it, as (line, column, message)."""

    def found(text, **options):
        lesson = load(written(tmp_path, text))
        return [(each.line, each.column, each.message) for each in verify(lesson, **options)]

    return found


def planted(old, new):
    """Return batchnorm with the first ``old`` replaced, and the number of its line."""
    assert old in BATCHNORM
    place = BATCHNORM.index(old)
    return BATCHNORM.replace(old, new, 1), BATCHNORM[:place].count("\n") + 1


def with_line(line, text):
    """Return batchnorm with another text in the place of a block's line."""
    lines = [*LINES]
    lines[line.line - 1] = lines[line.line - 1][: line.column - 1] + text
    return "\n".join(lines)


# --- right lessons ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def batchnorm(tmp_path_factory):
    return load(written(tmp_path_factory.mktemp("batchnorm"), BATCHNORM))


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_batchnorm_is_true(sizes, batchnorm):
    for seed in (0, 1, 2):
        assert verify(batchnorm, sizes=sizes, seed=seed) == ()


@pytest.mark.parametrize("seed", [0, 1])
def test_batchnorm_is_true_with_its_mistakes_and_questions(seed):
    lesson = load("batchnorm")
    assert lesson.mistakes and lesson.questions
    assert verify(lesson, seed=seed) == ()


# --- wrong lines ------------------------------------------------------------------------------------------

NOT_COMPUTED = "is not what the graph computes: it is off by "
FAULTS = {
    "wrong sign": ("dmu = -sum(", "dmu = sum(", f"dmu {NOT_COMPUTED}"),
    "wrong sign of the reciprocal": ("= -1 / sqrtvar", "= 1 / sqrtvar", f"dsqrtvar {NOT_COMPUTED}"),
    "missing sum": (
        "dbeta = sum(dout, axis=0)",
        "dbeta = dout",
        "dbeta has the shape (4, 3), the gradient has (3,)",
    ),
    "sum over the other axis": (
        "divar = sum(dxhat * xmu, axis=0)",
        "divar = sum(dxhat * xmu, axis=1)",
        "divar has the shape (4,), the gradient has (3,)",
    ),
    "kept axis": (
        "divar = sum(dxhat * xmu, axis=0)",
        "divar = sum(dxhat * xmu, axis=0, keepdims=True)",
        "divar has the shape (1, 3), the gradient has (3,)",
    ),
    "mean for the sum": ("dgamma = sum(", "dgamma = mean(", f"dgamma {NOT_COMPUTED}"),
    "missing 1/N": ("broadcast_to(dvar / N", "broadcast_to(dvar", f"dsq {NOT_COMPUTED}"),
    "missing spread": (
        "dx2 = broadcast_to(dmu / N, (N, D))",
        "dx2 = dmu / N",
        "dx2 has the shape (3,), the gradient has (4, 3)",
    ),
    "slope of root and reciprocal": (
        "dvar = dsqrtvar / (2 * sqrtvar)",
        "dvar = dsqrtvar / (2 * sqrtvar ** 3)",
        f"dvar {NOT_COMPUTED}",
    ),
    "forgotten factor": ("dxmu2 = 2 * xmu * dsq", "dxmu2 = 2 * dsq", f"dxmu2 {NOT_COMPUTED}"),
    "forgotten branch": ("dx = dx1 + dx2", "dx = dx1", f"dx {NOT_COMPUTED}"),
    "contributions exchanged": ("dxmu1 = dxhat * ivar", "dxmu1 = 2 * xmu * dsq", f"dxmu1 {NOT_COMPUTED}"),
    "wrong closed form": ("(N * dxhat - sum(", "(dxhat - sum(", f"dx {NOT_COMPUTED}"),
    "wrong derivation": (
        "-0.5 * divar / (var + eps) ** 1.5",
        "-0.5 * divar / (var + eps) ** 2.5",
        "this expression does not equal the line above: it is off by ",
    ),
    "shape in a derivation": (
        "var / (var + eps)\n",
        "xmu * 0 + var / (var + eps)\n",
        "this expression has the shape (4, 3), the line above has (3,)",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_found_by_its_line_and_named(fault, findings):
    old, new, message = FAULTS[fault]
    text, line = planted(old, new)
    ((found_line, column, found_message),) = findings(text)
    assert (found_line, column) == (line, column_of_formula(line))
    assert found_message.startswith(message)


def column_of_formula(line):
    """Return the column, from 1, behind ``name = ``."""
    return re.match(r"(\w+ = )?", LINES[line - 1]).end() + 1


def test_number_that_is_a_size_by_chance_is_found_at_another_size(findings):
    text, line = planted("broadcast_to(dvar / N, (N, D))", "broadcast_to(dvar / 4, (N, D))")
    assert findings(text) == []
    ((found_line, _, message),) = findings(text, sizes={"N": 5})
    assert found_line == line and message.startswith(f"dsq {NOT_COMPUTED}")


@pytest.mark.parametrize("block", ["backward", "closed"])
@pytest.mark.parametrize("fault", ["-({})", "({}) * 1.0000001", "({}) + 1e-6"])
def test_fault_in_any_line_is_found_there_alone(block, fault, findings, batchnorm):
    for line in getattr(batchnorm, block):
        ((found_line, _, message),) = findings(with_line(line, fault.format(line.text)))
        assert (found_line, message.split()[0]) == (line.line, line.name)


def test_fault_in_any_line_of_a_derivation_is_found_there(findings, batchnorm):
    for derivation in batchnorm.derivations:
        for line in derivation.lines[1:]:
            found = findings(with_line(line, f"({line.text}) + 1e-6"))
            assert found[0][0] == line.line
            assert "does not equal the line above" in found[0][2]


def test_name_that_a_line_does_not_know_is_found_in_its_column(findings):
    text, line = planted("dxhat = gamma * dgammax", "dxhat = gama * dgammax")
    assert findings(text) == [(line, 9, "gama is not defined before this line")]


def test_shapes_that_do_not_fit_are_found_by_their_line(findings):
    text, line = planted("dx = dx1 + dx2", "dx = dx1 @ dx2")
    ((found_line, _, message),) = findings(text)
    assert found_line == line and message.startswith("matmul: ")


def test_line_that_names_no_gradient_is_found(findings):
    text, line = planted("dbeta = sum(dout, axis=0)", "dbta = sum(dout, axis=1)")
    assert findings(text) == [
        (line, 1, "dbta is no gradient of the graph, and no later line uses it"),
        (LAST, 1, "the backward block has no line for dbeta"),
    ]


@pytest.mark.parametrize("name", ["x", "gamma", "beta"])
def test_gradient_of_an_input_that_no_line_makes_is_missed(name, findings):
    text = re.sub(rf"^d{name} = .*\n", "", BATCHNORM, count=1, flags=re.M)
    assert findings(text) == [(LAST - 1, 1, f"the backward block has no line for d{name}")]


def test_input_that_gets_no_gradient_needs_no_line(findings):
    text = with_graph("y = x * stop_gradient(w)") + "```backward\ndx = dy * w\n```\n"
    assert not [each for each in findings(text) if "no line for" in each[2]]


def test_every_output_brings_an_upstream_of_its_own(findings):
    front = FRONT.replace("[sizes]", 'output = ["y", "z"]\n[sizes]', 1)
    text = front + "```graph\ny = w * x\nz = 3 * x\n```\n```backward\ndw = sum(dy * x, axis=0)\n"
    right, wrong = "dx = 3 * dz + dy * w\n```\n", "dx = 3 * dy + dy * w\n```\n"
    assert not [each for each in findings(text + right) if "prose" not in each[2]]
    ((line, _, message),) = [each for each in findings(text + wrong) if "prose" not in each[2]]
    assert (line, message.split(":")[0]) == (20, "dx is not what the graph computes")


# --- local gradients --------------------------------------------------------------------------------------


def wrong_square(index, inputs, output, parameters):
    return Scale("3 * {a}", lambda a, out: 3.0 * a, (*inputs, output), parameters)


def test_wrong_local_gradient_is_named(findings, monkeypatch):
    table = {**OPERATIONS, "square": replace(OPERATIONS["square"], locals=(wrong_square,))}
    monkeypatch.setattr(lowering, "OPERATIONS", table)
    messages = [message for _, _, message in findings(BATCHNORM)]
    assert "the local gradient of sq for xmu is wrong" in messages


def gradient_messages(text, findings, **options):
    messages = [message for _, _, message in findings(text, **options)]
    return [message for message in messages if "local gradient" in message]


def test_kink_is_no_fault(findings):
    text = with_graph("y = relu(x - mean(x, axis=0))")
    assert gradient_messages(text, findings) == []
    assert gradient_messages(text, findings, sizes={"N": 1}) == []


def test_stopped_gradient_is_no_fault(findings):
    assert gradient_messages(with_graph("y = x * stop_gradient(x)"), findings) == []


def test_numbers_that_are_not_finite_give_no_warning(findings):
    text = with_graph("xmu = x - mean(x, axis=0)", "y = xmu / sqrt(mean(xmu ** 2, axis=0))")
    assert gradient_messages(text, findings) == []
    findings(text, sizes={"N": 1})


# --- prose ------------------------------------------------------------------------------------------------


def test_quote_of_an_unknown_name_is_named(findings):
    text, _ = planted("and mu = {value: mu}", "and mu = {value: muu}")
    ((_, _, message),) = findings(text)
    assert message == "in the prose of mu: muu is not defined before this line"


def test_quote_of_an_unknown_name_is_found_by_its_line(findings):
    text, line = planted("and mu = {value: mu}", "and mu = {value: muu}")
    assert [each[0] for each in findings(text)] == [line]


def test_quote_of_an_unknown_name_in_the_opening_is_named(findings):
    text, _ = planted("Batch normalization takes a batch x,", "Batch normalization takes a batch {grad: y},")
    assert findings(text)[0][2] == "in the prose of the opening: dy is not defined before this line"


LAST = LINES.index("dx = dx1 + dx2") + 1
SQ = LINES.index("sq = xmu ** 2                 # squared distance") + 1
SQ_SECTION = BATCHNORM[BATCHNORM.index("## `sq`") : BATCHNORM.index("## `var`")]
SQ_FORWARD, SQ_BACKWARD = SQ_SECTION.split("### backward")


@pytest.mark.parametrize(
    ("section", "missing"),
    [
        ("", ["forward", "backward"]),
        ("## `sq`\n\n", ["forward", "backward"]),
        ("## `sq`\n\n### backward\n\n" + SQ_BACKWARD, ["forward"]),
        (SQ_FORWARD, ["backward"]),
        (SQ_FORWARD + "### backward\n\n", ["backward"]),
    ],
)
def test_empty_section_is_found_by_its_node(section, missing, findings):
    found = findings(BATCHNORM.replace(SQ_SECTION, section))
    assert found == [(SQ, 1, f"there is no prose for sq {direction}") for direction in missing]


def test_several_faults_are_reported_at_once(findings):
    text, first = planted("dmu = -sum(", "dmu = sum(")
    text = text.replace("(N * dxhat - sum(", "(dxhat - sum(", 1).replace("{value: mu}", "{value: muu}", 1)
    found = findings(text)
    assert [message.split()[0] for _, _, message in found] == ["dmu", "dx", "in"]
    assert found[0][0] == first


def test_misspelt_quote_is_found_by_its_line(findings):
    text, line = planted("and mu = {value: mu}", "and mu = {vale: mu}")
    ((found_line, _, message),) = findings(text)
    assert (found_line, message) == (line, "in the prose of mu: there is no quote vale")


def test_other_braces_are_no_quotes(findings):
    text, _ = planted("and mu = {value: mu}", "and mu = {i: x}")
    assert findings(text) == []


def test_backward_prose_is_wanted_only_where_a_gradient_comes(findings):
    text = with_graph("seen = -w", "y = x * 2") + "## y\n\none\n\n### backward\n\ntwo\n"
    assert findings(text) == [(14, 1, "there is no prose for seen forward")]


def test_values_that_are_not_finite_are_told_once_at_the_first(findings):
    found = findings(with_graph("a = 1 / (x * 0)", "y = 2 * sum(a)", "z = 2 / y"))
    assert [each for each in found if "finite" in each[2]] == [(14, 1, "a is not finite on this data")]


def test_helper_that_a_later_line_uses_is_no_fault(findings):
    text, _ = planted("dbeta = sum(dout, axis=0)", "helper = 1 * dout\ndbeta = sum(helper, axis=0)")
    assert findings(text) == []


@pytest.mark.parametrize(
    "formula", ["maximum(x, x)", "abs(x * 0)", "clip(x * 0, 0, 1)", "max(x * 0, axis=0)"]
)
def test_kinks_of_other_operations_are_no_fault(formula, findings):
    assert gradient_messages(with_graph(f"y = {formula}"), findings) == []


def wrong_relu(index, inputs, output, parameters):
    return Scale("({a} > 0)", lambda a, out: 2.0 * (a > 0), (*inputs, output), parameters)


def test_wrong_gradient_of_an_operation_with_a_kink_is_found(findings, monkeypatch):
    table = {**OPERATIONS, "relu": replace(OPERATIONS["relu"], locals=(wrong_relu,))}
    monkeypatch.setattr(lowering, "OPERATIONS", table)
    expected = ["the local gradient of y for x is wrong"]
    assert gradient_messages(with_graph("y = relu(x)"), findings) == expected
