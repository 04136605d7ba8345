"""The diagnosis on files of strangers, and on bugs from a seeder that shares no code with it."""

import sys
import tomllib
from pathlib import Path

import pytest

from bn_tutor.checker import accusing
from bn_tutor.checker.checking import Wish, check
from bn_tutor.checker.report import Tier, Verdict

HERE = Path(__file__).parent
WILD = tomllib.loads((HERE / "wild.toml").read_text(encoding="utf-8"))
ONE = [name for name, row in WILD.items() if row["count"] == 1]
TWO = [name for name, row in WILD.items() if row["count"] == 2]


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Let the diagnosis think as long as it likes: how fast this machine is just now decides nothing here."""
    monkeypatch.setattr(accusing, "BUDGET", 8.0)


def told(name):
    """Return the verdict on a wild file, the lines that are accused in their order, and all that is said."""
    report = check(HERE / "wild" / f"{name}.py", Wish(seconds=60))
    accused = [each for function in report.functions for each in function.accused]
    crashes = [function.first_crash for function in report.functions if function.first_crash]
    words = [f"{each.mistake.title} {each.mistake.explanation}" for each in accused if each.mistake]
    lines = [each.line for each in accused] or [crash.line for crash in crashes]
    return report, accused, lines, " ".join([*words, *(crash.say for crash in crashes)]).lower()


@pytest.mark.parametrize("name", ONE)
def test_one_mistake(name):
    row = WILD[name]
    report, accused, lines, words = told(name)
    assert report.verdict == row["verdict"]
    assert lines[0] in row["lines"]
    assert any(word.lower() in words for word in row["words"]), words
    assert all(each.line in row["lines"] for each in accused if each.tier is Tier.PROVED)


@pytest.mark.parametrize("name", TWO)
def test_two_mistakes(name):
    row = WILD[name]
    report, accused, lines, _ = told(name)
    assert report.verdict is Verdict.WRONG
    assert lines[0] in {*row["lines"], *row["second_lines"]}
    assert all(
        each.line in {*row["lines"], *row["second_lines"]} for each in accused if each.tier is Tier.PROVED
    )


def written(tmp_path, change=("", "")):
    """Write a right file with one piece of it changed; return its path."""
    source = (HERE / "right" / "staged_divar.py").read_text(encoding="utf-8")
    assert change[0] in source
    path = tmp_path / "my_bn.py"
    path.write_text(source.replace(*change), encoding="utf-8")
    return path


def test_a_sum_without_an_axis(tmp_path):
    path = written(tmp_path, ("dbeta = np.sum(dout, axis=0)", "dbeta = np.sum(dout)"))
    (accused,) = check(path, Wish()).functions[1].accused
    assert accused.tier is Tier.PROVED
    assert accused.code == "dbeta = np.sum(dout)"
    assert "axis=0" in accused.fix
    assert "axis" not in accused.hint or "Over which axis" in accused.hint
    assert accused.walk == "bn-tutor walk batchnorm --backward --from beta"


def test_a_right_file_has_nobody_accused(tmp_path):
    report = check(written(tmp_path), Wish())
    assert report.verdict is Verdict.RIGHT
    assert not any(function.accused for function in report.functions)


def test_a_failing_diagnosis_leaves_the_verdict(tmp_path, monkeypatch):
    monkeypatch.setattr(accusing, "probed", lambda source: 1 / 0)
    report = check(written(tmp_path, ("dbeta = np.sum(dout, axis=0)", "dbeta = np.sum(dout)")), Wish())
    assert report.verdict is Verdict.WRONG
    assert not any(function.accused for function in report.functions)


def test_the_diagnosis_itself_never_fails(monkeypatch):
    monkeypatch.setattr(accusing, "accusations", accusing.diagnosed_lines)
    monkeypatch.setattr(sys.modules["bn_tutor.checker.checking"], "accusations", accusing.diagnosed_lines)
    for name in ONE[::4]:
        told(name)
