import pytest

from bn_tutor.course.problem import MOST_PROBLEMS, Findings, Problem, did_you_mean


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("a.md", 3, 7, "wrong"), "a.md:3:7: error: wrong"),
        (Problem("a.md", 3, 7, "wrong", "try this"), "a.md:3:7: error: wrong (try this)"),
        (Problem("a.md", 3, 0, "wrong"), "a.md:3: error: wrong"),
        (Problem("a.md", 0, 0, "wrong"), "a.md: error: wrong"),
    ],
)
def test_problem_is_written_with_its_place(problem, text):
    assert str(problem) == text


def test_findings_are_kept_in_order():
    findings = Findings("a.md")
    findings.add(2, 1, "later")
    findings.add(1, 1, "earlier", "hint")
    assert findings.problems == [Problem("a.md", 2, 1, "later"), Problem("a.md", 1, 1, "earlier", "hint")]


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
        findings.add(line, 1, "wrong")
    assert findings.full and len(findings.problems) == MOST_PROBLEMS + 1
    assert str(findings.problems[-1]) == "a.md: error: and more"


def test_message_is_made_one_plain_line():
    findings = Findings("a.md")
    findings.add(1, 1, "a\x1b[2J\nb", "c\nd")
    assert str(findings.problems[0]) == "a.md:1:1: error: a[2J b (c d)"


def test_very_long_name_has_no_hint():
    assert did_you_mean("gamma" * 100, ["gamma" * 100]) == ""
