"""What one of lint's runs alone can find, what it judges once, and what it does not run at all."""

import re
from dataclasses import replace

import pytest

from bn_tutor.course import lint as linting
from bn_tutor.course.codes import Code
from bn_tutor.course.lint import MOST_PROVEN, lint
from bn_tutor.course.loading import LessonError, load
from bn_tutor.course.problem import MOST_PROBLEMS, Problem
from bn_tutor.course.verifying import verify

from .layers import BODY, INPUTS, SWITCHED, lesson, line_of, switched
from .lessons import written


@pytest.fixture
def found(tmp_path):
    """Return a function: the text of a lesson -> what lint finds, as (line, code, message)."""

    def problems(text):
        found = lint(written(tmp_path, text), "lesson.md")
        return [(each.line, each.code, each.message) for each in found]

    return problems


# --- what one run alone can find --------------------------------------------------------------------------

HARD_CODED = [
    ("dw = sum(dout * sq, axis=0)", "dw = sum(dout * sq, axis=0) * N / 4", Code.WRONG_GRADIENT),
    ("dx = 2 * x * dsq", "dx = (D - 1) * x * dsq", Code.WRONG_GRADIENT),
    ("dx = 2 * x * dsq", "dx = 2 * x * broadcast_to(dsq, (4, 3))", Code.SHAPES_DISAGREE),
    ("dx = 2 * x * dsq", "dx = (2 * x * dsq)[0:4]", Code.WRONG_SHAPE),
]


@pytest.mark.parametrize(("right", "wrong", "code"), HARD_CODED)
def test_size_written_as_a_number_is_found_by_other_sizes_alone(right, wrong, code, found, tmp_path):
    text = lesson(BODY.replace(right, wrong))
    for seed in (0, 1):
        assert verify(load(written(tmp_path, text)), seed=seed) == ()
    ((line, found_code, message),) = found(text)
    assert (line, found_code) == (line_of(text, wrong), code)
    assert message.endswith(" with N = 5, D = 4")


def test_hard_coded_size_in_a_derivation_is_found(found):
    text = lesson() + "## x\n\n```derivation\nsum(x, axis=0) / N\nsum(x, axis=0) / 4\n```\n"
    ((line, code, message),) = found(text)
    assert (line, code) == (line_of(text, "sum(x, axis=0) / 4"), Code.BROKEN_CHAIN)
    assert message.endswith(" with N = 5, D = 4")


def test_hard_coded_size_in_a_questions_key_is_found(found):
    question = '```question\nid = "q"\nkind = "formula"\nask = "a"\nanswer = "{}"\nequals = "N"\n```\n'
    assert found(lesson() + question.format("0 * D + N")) == []
    ((_, code, message),) = found(lesson() + question.format("0 * D + 4"))
    assert (code, message) == (Code.REJECTED_KEY, "the key of q does not equal N with N = 5, D = 4")


EQUAL = """\
```graph
mu = mean(x, axis=(0, 2))
out = x - reshape(mu, (1, D, 1))
```

```backward
dmu = -sum(dout, axis=(0, 2))
dx2 = broadcast_to(reshape(dmu / (N * H), (1, D, 1)), ({}, D, {}))
dx = dout + dx2
```
"""


def test_axis_that_has_the_length_of_another_is_no_excuse(found):
    inputs = 'x = { shape = ["N", "D", "H"] }'
    assert found(lesson(EQUAL.format("N", "H"), inputs, "N = 2\nD = 3\nH = 2")) == []
    text = lesson(EQUAL.format("H", "N"), inputs, "N = 2\nD = 3\nH = 2")
    assert [line for line, _, _ in found(text)] == [line_of(text, "dx2 =")]


# The numbers of a seed never change; that of c is 1 for the seeds 0 and 2, and 0 for 1.
CHANCE = """\
```graph
out = x * c
```

```backward
dx = {}
```
"""


def test_claim_that_holds_by_chance_is_found_by_other_random_numbers_alone(found):
    inputs = 'x = { shape = ["N", "D"] }\nc = { draw = "bernoulli", constant = true }'
    assert found(lesson(CHANCE.format("dout * c"), inputs)) == []
    text = lesson(CHANCE.format("dout"), inputs)
    ((line, code, message),) = found(text)
    assert (line, code) == (line_of(text, "dx = dout"), Code.WRONG_GRADIENT)
    assert message.endswith(" with other random numbers")


IN_VARIANTS = {
    "the first": ("dx = 2 * dout", "dx = 2.5 * dout", ""),
    "the second switch's": ("dx = 2 * dout", "dx = (1 + 1 / factor) * dout", " when factor = 5"),
    "another graph's": ("dx = 3 * factor * dout", "dx = 2 * factor * dout", " when mode = thrice"),
    "one combination's": ("dx = 3 * factor * dout", "dx = 3 * dout", " when mode = thrice, factor = 5"),
}


@pytest.mark.parametrize("case", IN_VARIANTS)
def test_slip_in_one_variant_says_in_which(case, found):
    right, wrong, said = IN_VARIANTS[case]
    text = switched(SWITCHED.replace(right, wrong))
    ((line, code, message),) = found(text)
    assert (line, code) == (line_of(text, wrong), Code.WRONG_GRADIENT)
    assert re.fullmatch(rf"dx is not what the graph computes: it is off by [\d.]+{said}", message)


def test_slip_that_other_sizes_find_in_one_variant_says_both(found):
    text = switched(SWITCHED.replace("dx = 3 *", "dx = N * 3 / 4 *"))
    ((_, _, message),) = found(text)
    assert message.endswith(" when mode = thrice with N = 5, D = 4")


def test_shapes_of_another_variant_are_looked_at(found):
    text = switched(SWITCHED.replace("out = 3 * x * factor", "out = x @ x"))
    ((line, code, message),) = found(text)
    assert (line, code) == (line_of(text, "out = x @ x"), Code.SHAPES_DISAGREE)
    assert message.endswith(" when mode = thrice")


def test_slip_that_every_variant_has_is_told_once(found):
    body = "```graph\nmid = -x\n```\n\n" + SWITCHED.replace("* x", "* mid").replace("dx =", "dmid =")
    text = switched(body + "```backward\ndx = dmid\n```\n")
    ((line, code, message),) = found(text)
    assert (line, code) == (line_of(text, "dx = dmid"), Code.WRONG_GRADIENT)
    assert " when " not in message and " with " not in message


def test_missing_prose_of_another_variants_node_is_found(found):
    body = SWITCHED.replace("out = 3 * x * factor", "more = 3 * x\nout = more * factor")
    text = switched(body).replace("## more\n\none\n\n", "## more\n\n")
    message = "there is no prose for more forward when mode = thrice"
    assert found(text) == [(line_of(text, "more = 3"), Code.MISSING_PROSE, message)]


# --- mistakes and wrong answers are judged on the lesson's own data ---------------------------------------

MISTAKE = '```mistake\nid = "{}"\nchange = "{}"\nsay = "a"\n```\n\n'


def test_mistake_that_other_sizes_would_hide_is_no_fault(found, tmp_path):
    # With N = 5 the wrong line is the right one.
    mistake = MISTAKE.format("a", "dw = sum(dout * sq, axis=0) * 5 / N")
    text = lesson() + mistake
    assert found(text) == []
    codes = [each.code for each in verify(load(written(tmp_path, text)), sizes={"N": 5})]
    assert codes == [Code.HIDDEN_MISTAKE]


def test_mistakes_that_another_choice_makes_equal_are_no_fault(found, tmp_path):
    mistakes = MISTAKE.format("a", "dx = factor * dout") + MISTAKE.format("b", "dx = 5 * dout")
    text = switched() + mistakes
    assert found(text) == []
    lesson = load(written(tmp_path, text), {"factor": "5"})
    assert [each.code for each in verify(lesson)] == [Code.SAME_MISTAKE]


def test_wrong_answer_that_another_choice_makes_right_is_no_fault(found):
    question = (
        '```question\nid = "q"\nkind = "number"\nask = "a"\nanswer = "1"\nwrong = ["factor / 5"]\n```\n'
    )
    assert found(switched() + question) == []


def test_mistake_for_one_choice_is_judged_with_it(found):
    mistake = MISTAKE.format("a", "dx = 3 * dout * factor").replace(
        "mistake", "mistake when mode = thrice", 1
    )
    text = switched() + mistake
    message = "the mistake a changes no output and no gradient on this data when mode = thrice"
    assert found(text) == [(line_of(text, "dx = 3 * dout * factor"), Code.HIDDEN_MISTAKE, message)]


def test_mistakes_are_judged_once(found, monkeypatch):
    judged = []

    def counted(variant, **options):
        judged.extend(mistake.id for mistake in variant.mistakes)
        return verify(variant, **options)

    monkeypatch.setattr(linting, "verify", counted)
    text = switched() + MISTAKE.format("a", "dx = dout")
    text += MISTAKE.format("b", "dx = -dout").replace("mistake", "mistake when mode = thrice", 1)
    assert found(text) == []
    assert judged == ["a", "b"]


def test_key_is_judged_in_every_variant(found):
    question = '```question\nid = "q"\nkind = "formula"\nask = "a"\nanswer = "2 * dout"\nequals = "dx"\n```\n'
    text = switched() + question
    message = "the key of q does not equal dx when mode = thrice"
    assert found(text) == [(line_of(text, '2 * dout"\neq'), Code.REJECTED_KEY, message)]


# --- what cannot be run -----------------------------------------------------------------------------------


def test_file_that_is_no_lesson_has_only_the_problems_of_its_form(tmp_path):
    found = lint(written(tmp_path, "no lesson"), "shown.md")
    assert {each.path for each in found} == {"shown.md"}
    assert Code.NO_FRONT_MATTER in [each.code for each in found]


def test_file_that_is_not_there_is_reported(tmp_path):
    (found,) = lint(tmp_path / "none.md")
    assert (found.code, found.line) == (Code.UNREADABLE, 0)


def test_graph_that_cannot_be_built_is_not_run(found, monkeypatch):
    monkeypatch.setattr(linting, "verify", None)
    text = lesson(BODY.replace("sq = x ** 2", "sq = xx + x ** 2")) + "[a](none.md)\n"
    assert [each[1] for each in found(text)] == [Code.UNKNOWN_NAME, Code.BROKEN_LINK]


def test_block_with_a_line_that_is_none_is_not_run(found, monkeypatch):
    monkeypatch.setattr(linting, "verify", None)
    text = lesson(BODY.replace("dsq = w", "dsq w"))
    assert [each[1] for each in found(text)] == [Code.NOT_A_LINE]


def test_large_lesson_is_refused_and_not_run(found, monkeypatch):
    monkeypatch.setattr(linting, "verify", None)
    text = lesson(sizes="N = 1000\nD = 1000")
    ((line, code, message),) = found(text)
    count = 3 * 1000 * 1000 + 1000 + 1
    assert code is Code.TOO_LARGE
    assert message.startswith(
        f"the graph has {count - 1:,} numbers at the lesson's own sizes; {MOST_PROVEN:,}"
    )
    assert line == line_of(text, "[sizes]")


def test_problems_of_the_own_sizes_are_never_dropped(tmp_path, monkeypatch):
    problem = Problem("lesson.md", 3, 1, "odd", code=Code.SHAPES_DISAGREE)

    def failing(variant, *, sizes, seed):
        raise LessonError((problem,))

    monkeypatch.setattr(linting, "verify", failing)
    found = lint(written(tmp_path, lesson()))
    assert [replace(each, message="") for each in found] == [replace(problem, message="")]


# --- all at once ------------------------------------------------------------------------------------------


def test_problems_of_every_kind_are_told_at_once_in_file_order(found):
    text = lesson(BODY.replace("dw = sum(dout * sq, axis=0)", "dw = dout"))
    text = text.replace("## sq\n", "[a](none.md)\n\n## sq\n") + "#### odd\n\n## none\n\n{value: xx}\n"
    result = found(text)
    assert [code for _, code, _ in result] == [
        Code.WRONG_SHAPE,
        Code.BROKEN_LINK,
        Code.MISPLACED_HEADING,
        Code.UNKNOWN_SECTION,
    ]
    assert [line for line, _, _ in result] == sorted(line for line, _, _ in result)


def test_no_more_problems_are_told_than_can_be_read(found):
    result = found(lesson() + "".join(f"## none{place}\n\na\n\n" for place in range(200)))
    assert len(result) == MOST_PROBLEMS + 1
    assert result[-1] == (0, Code.AND_MORE, "and more")


def test_warnings_are_told_beside_a_right_lesson(tmp_path):
    text = lesson(inputs=INPUTS + "\nu = { shape = [2], constant = true }")
    (found,) = lint(written(tmp_path, text))
    assert (found.code, found.severity) == (Code.UNUSED_INPUT, "warning")


def test_file_is_called_as_it_is_shown(tmp_path):
    path = written(tmp_path, lesson() + "#### odd\n")
    assert [each.path for each in lint(path, "shown.md")] == ["shown.md"]
    assert [each.path for each in lint(path)] == [str(path)]
