"""No false alarm: every right file, in whatever style, is right, and nothing in it is accused."""

from pathlib import Path

import pytest

from bn_tutor.checker.checking import Wish, check

FILES = sorted((Path(__file__).parent / "right").glob("*.py"))


def alarms(report):
    """Return all that is said against a file."""
    functions = report.functions
    found = [f"verdict {report.verdict}"] if report.verdict != "right" else []
    found += [f"accuses line {each.line}" for function in functions for each in function.accused]
    found += [
        f"{function.name}: {function.first_crash.say}" for function in functions if function.first_crash
    ]
    found += [each.say for function in functions for each in function.results.values() if each.say]
    return [*found, *map(str, report.problems)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_right_file_is_right(path):
    report = check(path, Wish(seconds=30.0))
    assert alarms(report) == []
    assert report.functions


def test_there_are_many_styles():
    assert len(FILES) >= 30


def test_an_alarm_is_heard(tmp_path):
    text = (FILES[0].parent / "staged_course.py").read_text(encoding="utf-8")
    assert "np.sqrt(" in text
    path = tmp_path / "mine.py"
    path.write_text(text.replace("np.sqrt(", "np.exp(", 1), encoding="utf-8")
    assert alarms(check(path, Wish(seconds=30.0)))[0] == "verdict wrong"
