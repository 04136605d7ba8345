"""What can be asked before any walk: help, version, greeting, the list of lessons."""

import re
import sys
from importlib.metadata import version

import pytest

SUMMARY = "Nine nodes forward, ten small steps back"


@pytest.fixture
def said(run):
    def succeed(*arguments, **options):
        result = run(*arguments, **options)
        assert (result.returncode, result.stderr) == (0, "")
        return result.stdout

    return succeed


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_begins_with_what_to_try(said, option):
    lines = said(option).splitlines()
    assert lines[0].endswith("[OPTIONS] COMMAND [ARGS]...")
    assert lines[4] == "  Try:"
    assert lines[5] == "    bn-tutor walk batchnorm             step through the nine nodes, forward and back"
    assert any(re.match(" +lesson +Lessons: list", line) for line in lines)


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_of_walk_shows_examples_before_options(said, option):
    text = said("walk", option)
    example = "    bn-tutor walk my_bn.py:batchnorm_forward    your own NumPy function\n"
    assert text.index("  Examples:\n") < text.index(example) < text.index("\nOptions:\n")
    assert "  --from NODE              Begin at a node.\n" in text


def test_help_of_lesson(said):
    assert re.search(
        "^  list +List the lessons, each with its one-line summary.$", said("lesson", "--help"), re.M
    )


def test_version(said):
    assert said("--version") == f"bn-tutor {version('bn-tutor')}\n"


def test_greeting(said):
    lines = said().splitlines()
    assert lines[0] == "bn-tutor — batch norm's backward pass, node by node."
    assert lines[2:4] == [
        "Try",
        "  bn-tutor walk batchnorm                   nine nodes forward, ten steps back",
    ]
    assert lines[4] == "  bn-tutor walk batchnorm --predict         answer before you see"
    assert lines[7] == "  bn-tutor check my_bn.py                   which line is wrong, and why"
    assert lines[9] == "Lessons"
    assert f"  {'batchnorm':<21}  {SUMMARY}" in lines[10:]


def test_greeting_lists_lessons_where_they_are_found(said, written, tmp_path):
    (tmp_path / "lessons").mkdir()
    written("lessons/own.md", "+++\nsummary = 'My own'\n+++\n")
    assert "  own                    ./lessons\n    My own\n" in said()


def test_greeting_where_columns_are_few(said):
    lines = said(COLUMNS="40").splitlines()
    assert lines[3:5] == ["  bn-tutor walk batchnorm", "    nine nodes forward, ten steps back"]
    assert lines[lines.index("  batchnorm") + 1] == f"    {SUMMARY}"


def test_greeting_in_ascii(said):
    text = said(encoding="ascii", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert text.startswith("bn-tutor - batch norm's backward pass")


def test_unknown_command_has_a_suggestion(run):
    result = run("wlak")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == "Error: No such command 'wlak'. Did you mean 'walk'?"


def test_lesson_without_a_command_shows_its_help(run):
    result = run("lesson")
    assert "  List the lessons, each" in result.stdout + result.stderr


# --- what is quick stays quick ----------------------------------------------------------------------------

WATCHED = """
import atexit, sys
atexit.register(lambda: print("heavy:", sorted({"numpy", "pydantic"} & set(sys.modules)), file=sys.stderr))
sys.argv[0] = "bn-tutor"
from bn_tutor.cli.main import main
main()
"""


def modules_of(run, *arguments, **changes):
    return run(*arguments, program=(sys.executable, "-c", WATCHED), **changes).stderr


@pytest.mark.parametrize(
    "arguments",
    [
        *(["--help"], ["walk", "--help"], ["lab", "--help"], ["--version"], []),
        *(["lesson", "list"], ["walk", "--precision", "0"]),
    ],
)
def test_numpy_is_not_imported_before_it_is_needed(run, arguments):
    assert "heavy: []" in modules_of(run, *arguments)


def test_the_watch_sees_numpy_in_a_walk(run):
    assert "heavy: ['numpy']" in modules_of(run, "walk", "--level", "layer")


# --- completion -------------------------------------------------------------------------------------------


def completed(run, *words):
    """Return what bash would offer for the last of the words."""
    command_line = " ".join(("bn-tutor", *words))
    variables = {"COMP_WORDS": command_line, "COMP_CWORD": str(len(words))}
    result = run(program=(sys.executable, "-c", WATCHED), _BN_TUTOR_COMPLETE="complete_bash", **variables)
    assert result.stderr == "heavy: []\n"
    return result.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["wa"], ["walk"]),
        (["lesson", "l"], ["list", "lint"]),
        (["walk", "gat"], ["gates"]),
        (["walk", "zz"], []),
        (["walk", "--from", "x"], ["xmu", "xhat"]),
        (["walk", "batchnorm", "--from", "sq"], ["sq", "sqrtvar"]),
        (["walk", "--back"], ["--backward"]),
        (["lab", "ex"], ["exact"]),
        (["lab", "cl"], ["claims"]),
    ],
)
def test_completion(run, words, offered):
    assert completed(run, *words) == offered


def test_completion_offers_every_node(run):
    every = "mu xmu sq var sqrtvar ivar xhat gammax out"
    assert completed(run, "walk", "--from", "") == every.split()


def test_completion_of_the_nodes_of_a_lesson_file(run, written):
    written("own.md", "```graph\nfirst = x + 1\nsecond = 2 * first\n```\n")
    assert completed(run, "walk", "own.md", "--from", "s") == ["second"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion_in_other_shells(run, shell):
    variables = {"_TYPER_COMPLETE_ARGS": "bn-tutor walk ba", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    result = run(program=(sys.executable, "-c", WATCHED), _BN_TUTOR_COMPLETE=f"complete_{shell}", **variables)
    assert "batchnorm" in result.stdout
