"""The README says what the program does, and its commands are the ones that run."""

import re
import tomllib
from contextlib import redirect_stdout
from io import StringIO

import pytest

from tests.practice.quiz_support import SEEDS
from tests.readme import ANSWER, BLOCKS, README, rewritten

ROOT = README.parent
TEXT = README.read_text(encoding="utf-8")


def commands() -> list[str]:
    return re.findall(r"```sh\n(.*?)\n```", TEXT, re.S)


def test_written_blocks_are_what_the_program_says():
    assert rewritten(TEXT) == TEXT, "run python -m tests.readme"


def test_every_block_that_can_be_written_is_in_the_readme():
    assert set(re.findall(r"<!-- written: (\w+) -->", TEXT)) == set(BLOCKS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("backward 4 of 10", "backward 5 of 10"),
        ("it is off by 0.", "it is off by 1."),
        ("This is not summed yet", "This is summed twice"),
        ("my_bn.py:12  in batchnorm_backward", "my_bn.py:13  in batchnorm_backward"),
    ],
)
def test_a_stale_block_is_found(old, new):
    assert old in TEXT
    assert rewritten(TEXT.replace(old, new)) == TEXT != TEXT.replace(old, new)


def test_every_output_that_the_readme_shows_is_written_by_the_program():
    outputs = re.findall(r"(<!-- written: \w+ -->\n)?```text\n", TEXT)
    assert outputs and all(outputs)


def test_the_sample_of_the_quiz_is_one_answer_and_what_is_said_of_it():
    shown = BLOCKS["feedback"]()
    assert shown.count(f"\n\ndgamma (numpy)> {ANSWER}\n ✗ ") == shown.count("✗") == 1


def test_library_example_runs():
    _, _, library = TEXT.partition("## As a library")
    code = re.search(r"```python\n(.*?)\n```", library, re.S)[1]
    names = {}
    with redirect_stdout(StringIO()) as said:
        exec(code, names)
    assert names["dx"].shape == names["upstream"].shape == (6, 3)
    assert "gammax -> gamma : " in said.getvalue()


def test_ci_runs_the_test_command_of_the_readme():
    test_command = next(command for command in commands() if "pytest" in command)
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8").replace("--quiet ", "")
    assert test_command in ci


def test_both_set_up_commands_are_one_line_with_a_virtual_environment():
    walk, tests = commands()[:2]
    for command in (walk, tests):
        assert "\n" not in command
        assert command.startswith("python3 -m venv .venv && ")
    assert walk.endswith(".venv/bin/bn-tutor walk batchnorm")


def test_top_level_is_what_was_agreed():
    allowed = {"pyproject.toml", "bn_tutor", "lessons", "tests", "README.md"}
    allowed |= {"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "dist", "build"}
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found <= allowed


def test_the_reason_for_the_bound_on_typer_is_given():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "typer>=0.26,<0.29" in tomllib.loads(project)["project"]["dependencies"]
    assert re.search(r"# From 0\.29 on.*\n\s+\"typer", project)


def test_paths_named_in_contributing_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for name in re.findall(r"`(tests/[\w/.]+|engine/\w+\.py|walk/\w+\.py|views/\w+\.py)`", text):
        assert any((folder / name).exists() for folder in (ROOT, ROOT / "bn_tutor")), name


def test_seeds_named_in_contributing_are_those_of_the_tests():
    text = " ".join((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split())
    assert f"over {SEEDS} seeds" in text


def test_no_path_of_a_machine_stands_in_the_project():
    for path in (ROOT / "bn_tutor").rglob("*.py"):
        assert "/home/" not in path.read_text(encoding="utf-8"), path
