import pytest

from bn_tutor.course.codes import WARNINGS, Code
from bn_tutor.course.problem import LONGEST_MESSAGE, MOST_PROBLEMS, Findings, Problem, SlipError, did_you_mean


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("a.md", 3, 7, "wrong"), "a.md:3:7: error: wrong"),
        (Problem("a.md", 3, 7, "wrong", "try this"), "a.md:3:7: error: wrong (try this)"),
        (Problem("a.md", 3, 0, "wrong"), "a.md:3: error: wrong"),
        (Problem("a.md", 0, 0, "wrong"), "a.md: error: wrong"),
        (Problem("a.md", 3, 7, "wrong", code=Code.NO_GRAPH), "a.md:3:7: error[no-graph]: wrong"),
        (Problem("a.md", 3, 7, "odd", "so", Code.UNUSED_INPUT), "a.md:3:7: warning[unused-input]: odd (so)"),
        (Problem("a.md", 0, 0, "wrong", code=Code.NOT_UTF8), "a.md: error[not-utf8]: wrong"),
    ],
)
def test_problem_is_written_with_its_place(problem, text):
    assert str(problem) == text


def test_findings_are_kept_in_order():
    findings = Findings("a.md")
    findings.add(2, 1, Code.NO_GRAPH, "later")
    findings.add(1, 1, Code.NOT_A_LINE, "earlier", "hint")
    assert findings.problems == [
        Problem("a.md", 2, 1, "later", code=Code.NO_GRAPH),
        Problem("a.md", 1, 1, "earlier", "hint", Code.NOT_A_LINE),
    ]


def test_slip_is_noted_where_its_text_begins():
    findings = Findings("a.md")
    findings.add_slip(3, 5, SlipError(Code.UNKNOWN_NAME, "wrong", 4, "hint"))
    assert findings.problems == [Problem("a.md", 3, 9, "wrong", "hint", Code.UNKNOWN_NAME)]


@pytest.mark.parametrize("code", Code)
def test_severity_is_that_of_the_code(code):
    assert Problem("a.md", 1, 1, "wrong", code=code).severity == ("warning" if code in WARNINGS else "error")


def test_problem_without_a_code_is_an_error():
    assert Problem("a.md", 1, 1, "wrong").severity == "error"


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("gama", ["gamma", "beta"], "did you mean gamma?"),
        ("zzz", ["gamma", "beta"], ""),
        ("zzz", [], ""),
        ("", ["gamma"], ""),
    ],
)
def test_closest_name_is_the_hint(name, known, hint):
    assert did_you_mean(name, known) == hint


def test_problem_without_a_line_has_no_column_either():
    assert str(Problem("a.md", 0, 1, "wrong")) == "a.md: error: wrong"


def test_no_more_than_fifty_problems_are_reported():
    findings = Findings("a.md")
    for line in range(1, 200):
        findings.add(line, 1, Code.NO_GRAPH, "wrong")
    assert findings.full and len(findings.problems) == MOST_PROBLEMS + 1
    assert str(findings.problems[-1]) == "a.md: error[and-more]: and more"


def test_message_is_made_one_plain_line():
    findings = Findings("a.md")
    findings.add(1, 1, Code.NO_GRAPH, "a\x1b[2J\nb", "c\nd")
    assert str(findings.problems[0]) == "a.md:1:1: error[no-graph]: a[2J b (c d)"


def test_long_message_is_cut():
    findings = Findings("a.md")
    findings.add(1, 1, Code.NO_GRAPH, "a" * 1000, "b" * 1000)
    (problem,) = findings.problems
    assert (len(problem.message), len(problem.hint)) == (LONGEST_MESSAGE, LONGEST_MESSAGE)


def test_very_long_name_has_no_hint():
    assert did_you_mean("gamma" * 100, ["gamma" * 100]) == ""
