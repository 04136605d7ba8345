"""Mistakes that do not show and questions whose keys or wrong answers are not what they claim, one by one."""

import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.verifying import verify

from .lessons import FRONT, parsed

GRAPH = """\
```graph
sq = x ** 2
out = w * sq
```

```backward
dsq = w * dout
dw = sum(dout * sq, axis=0)
dx = 2 * x * dsq
```

"""
MISTAKE = '```mistake\nid = "{id}"\nchange = {change}\nsay = "a"\n```\n'


def findings(body, graph=GRAPH, **options):
    """Return what is not true in a lesson, as (line, column, code, message), but for its missing prose."""
    found = verify(parsed(FRONT + graph + body), **options)
    return [
        (each.line, each.column, each.code, each.message) for each in found if each.code != Code.MISSING_PROSE
    ]


def place(text, part, graph=GRAPH, count=1):
    """Return the line and column where a part of the text stands for the ``count``-th time."""
    whole = FRONT + graph + text
    at = len(FRONT + graph) - 1
    for _ in range(count):
        at = whole.index(part, at + 1)
    return whole.count("\n", 0, at) + 1, at - whole.rfind("\n", 0, at)


def mistakes(*changes):
    """Return blocks of mistakes, called a, b and so on; a change is a text or a list of them."""
    names = "abcdefgh"
    written = (
        str(change).replace("'", '"') if isinstance(change, list) else f'"{change}"' for change in changes
    )
    return "".join(
        MISTAKE.format(id=name, change=change) for name, change in zip(names, written, strict=False)
    )


# --- mistakes that show -----------------------------------------------------------------------------------

SHOWN = {
    "a factor": "dx = x * dsq",
    "a sign": "dx = -2 * x * dsq",
    "a shape alone": "dw = sum(dout * sq, axis=0, keepdims=true)",
    "a line that others use": "dsq = dout",
    "a line of the forward pass": "sq = x ** 3",
    "the output": "out = w + sq",
    "a gradient that is not finite": "dx = 2 * x * dsq / (0 * x)",
    "two lines": ["dsq = dout", "dw = sum(dout, axis=0)"],
    "lines of both ways": ["sq = x ** 3", "dx = 3 * sq * dsq / x"],
    "one part in ten million": "dx = 2.0000002 * x * dsq",
}


@pytest.mark.parametrize("case", SHOWN)
@pytest.mark.parametrize("options", [{}, {"sizes": {"N": 7}}, {"seed": 3}])
def test_mistake_that_shows_is_no_fault(case, options):
    assert findings(mistakes(SHOWN[case]), **options) == []


FAILING = ["sq = transpose(x ** 2)", "dsq = transpose(w * dout)", "dsq = sum(dout, axis=1)"]


@pytest.mark.parametrize("change", FAILING)
def test_mistake_that_makes_a_later_line_fail_shows(change):
    assert findings(mistakes(change)) == []


def test_mistakes_that_differ_are_no_fault():
    assert findings(mistakes(*list(SHOWN.values())[:5], *FAILING)) == []


# --- mistakes that do not ---------------------------------------------------------------------------------

HIDDEN = {
    "the right line": "dx = 2 * x * dsq",
    "in another order": "dx = dsq * x + x * dsq",
    "a reshaped road": "dx = 2 * reshape(x, (N, D)) * dsq",
    "the forward pass": "sq = x * x",
    "rounding": "dx = 2.0000000000001 * x * dsq",
    "two that undo each other": ["dsq = -w * dout", "dx = -2 * x * dsq"],
}


@pytest.mark.parametrize("case", HIDDEN)
def test_mistake_that_changes_nothing_is_found(case):
    body = mistakes(HIDDEN[case])
    message = "the mistake a changes no output and no gradient on this data"
    first = HIDDEN[case][0] if isinstance(HIDDEN[case], list) else HIDDEN[case]
    assert findings(body) == [(*place(body, first), Code.HIDDEN_MISTAKE, message)]


def test_mistake_in_a_gradient_that_reaches_no_input_is_hidden():
    graph = GRAPH.replace("dx = 2 * x * dsq", "dx = 2 * x * w * dout")
    body = mistakes("dsq = dout")
    ((line, column, code, _),) = findings(body, graph)
    assert (line, column, code) == (*place(body, "dsq = dout", graph), Code.HIDDEN_MISTAKE)


def test_mistake_that_hides_on_these_data_alone_is_found():
    graph = GRAPH.replace("x ** 2", "relu(x + 100)").replace("2 * x * dsq", "where(relu(x + 100), dsq, 0)")
    assert [each[2] for each in findings(mistakes("dx = dsq"), graph)] == [Code.HIDDEN_MISTAKE]


TWINS = {
    "the same line": ("dx = x * dsq", "dx = dsq * x"),
    "the same factor elsewhere": ("dx = x * dsq", "dsq = w * dout / 2"),
    "the same output": ("sq = 2 * x ** 2", "sq = x * x + x ** 2"),
    "the same failure": ("dsq = transpose(dout)", "dsq = transpose(w * dout)"),
}


@pytest.mark.parametrize("case", TWINS)
def test_mistakes_that_nobody_could_tell_apart_are_found(case):
    body = mistakes(*TWINS[case])
    expected = (*place(body, TWINS[case][1]), Code.SAME_MISTAKE, "the mistake b has the same outcome as a")
    assert findings(body) == [expected]


def test_twin_of_any_earlier_mistake_is_found():
    found = findings(mistakes("dx = x * dsq", "dx = 3 * x * dsq", "dx = x * dsq * 3", "dx = dsq * x"))
    assert [each[3] for each in found] == [
        "the mistake c has the same outcome as b",
        "the mistake d has the same outcome as a",
    ]


def test_mistakes_that_fail_in_different_ways_are_told_apart():
    assert findings(mistakes("dsq = transpose(dout)", "dsq = sum(dout, axis=1)")) == []


def test_mistakes_that_differ_in_shape_alone_are_told_apart():
    right = "sum(dout, axis=0)"
    assert findings(mistakes(f"dw = {right}", f"dw = reshape({right}, (1, D))")) == []


# --- changes that cannot be made --------------------------------------------------------------------------

UNKNOWN = {
    "dz = dx": ("dz", "did you mean dx?"),
    "qqq = dx": ("qqq", ""),
    "x = 2 * dsq": ("x", "did you mean dx?"),
    "dout = 2 * dsq": ("dout", "did you mean out?"),
}


@pytest.mark.parametrize("change", UNKNOWN)
def test_change_of_no_line_is_found(change):
    body = mistakes(change)
    name, hint = UNKNOWN[change]
    (problem,) = [each for each in verify(parsed(FRONT + GRAPH + body)) if each.code != Code.MISSING_PROSE]
    assert (problem.line, problem.column, problem.code) == (*place(body, change), Code.UNKNOWN_CHANGE)
    assert (problem.message, problem.hint) == (f"no line of graph or backward defines {name}", hint)


def test_each_change_of_no_line_is_found():
    body = mistakes(["da = dsq", "dx = dsq", "db = dsq"], "dx = dsq")
    found = findings(body)
    assert [each[:2] for each in found] == [place(body, "da = "), place(body, "db = ")]


# The change, what is wrong with it, and the part of it that is.
SLIPS = [
    ("dx = 2 *", Code.NOT_A_FORMULA, '"\nsay'),
    ("dx = 2 * xx", Code.UNKNOWN_NAME, "xx"),
    ("dx = x @ dsq", Code.SHAPES_DISAGREE, "x @"),
    ("dx = x + x.cumsum()", Code.NOT_IN_LANGUAGE, "cumsum()"),
    # All later lines are computed from a mistake, and it may only use what is above it.
    ("dsq = 2 * dx", Code.UNKNOWN_NAME, "dx"),
    ("sq = 2 * out", Code.UNKNOWN_NAME, "out"),
]


@pytest.mark.parametrize(("change", "code", "part"), SLIPS)
def test_change_that_is_no_formula_is_found_where_it_stands(change, code, part):
    body = mistakes(change)
    assert [each[:3] for each in findings(body)] == [(*place(body, part), code)]


def test_every_mistake_is_judged_whatever_is_wrong_with_another():
    found = findings(mistakes("dz = dx", "dx = 2 *", "dx = 2 * x * dsq", "dx = x * dsq", "dx = dsq * x"))
    assert [each[2] for each in found] == [
        Code.UNKNOWN_CHANGE,
        Code.NOT_A_FORMULA,
        Code.HIDDEN_MISTAKE,
        Code.SAME_MISTAKE,
    ]


# --- the lesson's own lines -------------------------------------------------------------------------------

CIRCULAR = {
    "its own gradient": ("dx = 2 * x * dsq", "dx = 1 * dx", "dx", (21, 10)),
    "a line that is left out": ("dsq = w * dout\n", "", "dsq", (20, 14)),
    "a line below": ("dsq = w * dout", "dsq = dx / (2 * x)", "dx", (19, 7)),
}


@pytest.mark.parametrize("case", CIRCULAR)
@pytest.mark.parametrize("body", ["", mistakes("dx = x * 3")])
def test_line_that_uses_what_no_line_above_it_makes_is_found(case, body):
    old, new, name, at = CIRCULAR[case]
    message = f"{name} is not defined before this line"
    assert findings(body, GRAPH.replace(old, new)) == [(*at, Code.UNKNOWN_NAME, message)]


def test_line_that_cannot_be_computed_is_reported_once():
    found = findings(mistakes("dx = x * dsq"), GRAPH.replace("2 * x * dsq", "2 * xx * dsq"))
    assert [(each[:3]) for each in found] == [(21, 10, Code.UNKNOWN_NAME)]


# --- questions --------------------------------------------------------------------------------------------

QUESTION = """\
```question
id = "{id}"
kind = "{kind}"
ask = "{ask}"
{rest}
```
"""


def question(kind, *rest, ask="a", id="q"):
    return QUESTION.format(id=id, kind=kind, ask=ask, rest="\n".join(rest))


RIGHT = {
    "choice": question("choice", 'right = "this"', 'wrong = ["that", "dw"]'),
    "choice of formulas": question("choice", 'right = "w * dout"', 'wrong = ["dout", "w"]', 'equals = "dsq"'),
    "number": question("number", 'answer = "dw[0]"', 'wrong = ["dw[1]", "dw", "-dw[0]"]'),
    "shape": question("shape", 'answer = "dw"', 'wrong = ["dx", "sum(x)", "reshape(w, (1, D))"]'),
    "formula": question(
        "formula", 'answer = "2 * x * w * dout"', 'equals = "dx"', 'wrong = ["x * dsq", "dw"]'
    ),
}


@pytest.mark.parametrize("case", RIGHT)
@pytest.mark.parametrize("options", [{}, {"seed": 3}, {"sizes": {"N": 2, "D": 5}}])
def test_right_question_is_no_fault(case, options):
    assert findings(RIGHT[case], **options) == []


REJECTED = {
    "choice": (question("choice", 'right = "dout"', 'wrong = ["x"]', 'equals = "dsq"'), "dout", "dsq"),
    "choice of another shape": (
        question("choice", 'right = "reshape(dw, (1, D))"', 'wrong = ["x"]', 'equals = "dw"'),
        "reshape(dw",
        "dw",
    ),
    "formula": (question("formula", 'answer = "x * dsq"', 'equals = "dx"'), "x * dsq", "dx"),
    "number that is none": (question("number", 'answer = "log(-1 * N)"'), "log(", "log(-1 * N)"),
}


@pytest.mark.parametrize("case", REJECTED)
def test_key_that_is_not_right_is_found(case):
    body, part, wanted = REJECTED[case]
    message = f"the key of q does not equal {wanted}"
    assert findings(body) == [(*place(body, part), Code.REJECTED_KEY, message)]


ACCEPTED = {
    "choice": (
        question("choice", 'right = "w * dout"', 'wrong = ["dout * w", "w"]', 'equals = "dsq"'),
        "dout * w",
    ),
    "blanks": (question("choice", "right = 'a b'", "wrong = ['c', 'a b ']"), None),
    "number": (question("number", 'answer = "3"', 'wrong = ["4", "3.001"]'), "3.001"),
    "number of one percent": (question("number", 'answer = "dw[0]"', 'wrong = ["1.005 * dw[0]"]'), "1.005"),
    "shape": (question("shape", 'answer = "dw"', 'wrong = ["x", "sum(x, axis=0)"]'), "sum("),
    "formula": (question("formula", 'answer = "dw"', 'equals = "dw"', 'wrong = ["1 * dw"]'), "1 * dw"),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_wrong_answer_that_is_right_is_found(case):
    body, part = ACCEPTED[case]
    at = place(body, part) if part else place(body, "wrong")
    (found,) = findings(body)
    says = "stands there already" if case == "blanks" else "is right"
    assert found[2:] == (Code.ACCEPTED_OPTION, f"this wrong answer of q {says}")
    assert found[0] == at[0] and (part is None or found[1] == at[1])


def test_wrong_answer_that_stands_there_twice_is_found():
    body = question("choice", "right = 'a'", "wrong = ['bb', 'cc', 'bb', 'a']")
    messages = [each[3] for each in findings(body)]
    assert messages == ["this wrong answer of q stands there already"] * 2


def test_choice_of_formulas_must_hold_formulas():
    body = question("choice", 'right = "w * dout"', 'wrong = ["a weight", "w"]', 'equals = "dsq"')
    assert [each[:3] for each in findings(body)] == [(*place(body, "weight"), Code.NOT_A_FORMULA)]


BROKEN_KEYS = {
    "unknown name": (question("number", 'answer = "2 * dww[0]"'), "dww", Code.UNKNOWN_NAME),
    "no single number": (question("number", 'answer = "dw"'), "dw", Code.WRONG_SHAPE),
    "no formula": (question("shape", 'answer = "dw +"'), '"\n```', Code.NOT_A_FORMULA),
    "method": (question("formula", 'answer = "x.std()"', 'equals = "dx"'), 'std()"', Code.NOT_IN_LANGUAGE),
}


@pytest.mark.parametrize("case", BROKEN_KEYS)
def test_key_that_cannot_be_computed_is_found(case):
    body, part, code = BROKEN_KEYS[case]
    assert [each[:3] for each in findings(body)] == [(*place(body, part), code)]


def test_equals_that_cannot_be_computed_is_found():
    body = question("formula", 'answer = "dx"', 'equals = "dxx"')
    found = findings(body)
    assert [each[2] for each in found] == [Code.UNKNOWN_NAME]


@pytest.mark.parametrize("key", ["why", "hint"])
def test_quotes_of_a_question_are_looked_at(key):
    rest = ("answer = 'dw'", f"{key} = 'as {{value: dww}} is'")
    expected = (24, 1, Code.WRONG_QUOTE, "in the question q: dww is not defined before this line")
    assert findings(question("shape", *rest)) == [expected]
    assert findings(question("shape", rest[0], rest[1].replace("dww", "dw"))) == []


def test_quotes_of_what_is_asked_are_looked_at():
    expected = (24, 1, Code.WRONG_QUOTE, "in the question q: there is no quote vale")
    assert findings(question("shape", "answer = 'dw'", ask="{vale: dw}?")) == [expected]


def test_all_questions_are_judged():
    bodies = [body for body, *_ in (*REJECTED.values(), *ACCEPTED.values())]
    found = findings("".join(bodies))
    assert len(found) == len(bodies)


def test_questions_know_sizes_and_contributions():
    graph = GRAPH.replace("out = w * sq", "out = w * sq + x").replace(
        "dx = 2 * x * dsq", "dx = 2 * x * dsq + dout"
    )
    body = question("formula", 'answer = "dx1 + dx2"', 'equals = "dx"') + question(
        "number", 'answer = "N + D"', 'wrong = ["N * D"]', id="r"
    )
    assert findings(body, graph) == []
