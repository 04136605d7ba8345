"""``check`` in a pipe: what it prints, its JSON, its exit status, what it refuses."""

import json
import math
import sys

import pytest

from tests.cli.check_files import LINE, NOT_PYTHON, OTHER_NAMES, RIGHT, SLIP, STOPS, WRONG
from tests.cli.test_cli_help import completed

FUNCTIONS = ["batchnorm_forward", "batchnorm_backward"]


@pytest.fixture
def check(run, written):
    """Write a file and check it; nothing may come on stderr but where the program refuses."""

    def checked(content, *options, name="my_bn.py", **changes):
        written(name, content)
        result = run("check", name, *options, **changes)
        assert "Traceback" not in result.stdout + result.stderr
        assert "\x1b" not in result.stdout + result.stderr
        return result

    return checked


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (RIGHT, 0, " ✓ my_bn.py is right. Well done!\n"),
        (WRONG, 1, f" Not right yet: look at line {LINE}; batchnorm_forward is right.\n"),
        (STOPS, 2, " my_bn.py could not be checked; batchnorm_forward is right.\n"),
        (NOT_PYTHON, 2, " my_bn.py could not be checked.\n"),
        ("", 2, " my_bn.py could not be checked.\n"),
        ("def other(): pass\n", 2, " my_bn.py could not be checked.\n"),
    ],
    ids=["right", "wrong", "stops", "no Python", "empty", "other functions"],
)
def test_the_exit_status_and_the_last_line_are_the_verdict(check, content, status, said):
    result = check(content)
    assert (result.returncode, result.stderr) == (status, "")
    assert result.stdout.endswith(said)


def test_a_right_file_gets_a_line_a_function(check):
    lines = check(RIGHT).stdout.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith(" ✓ batchnorm_forward    out in both modes, running averages: right on ")
    assert lines[1].startswith(" ✓ batchnorm_backward   dx, dgamma, dbeta: right on ")


def test_a_wrong_line_is_shown_with_all_that_helps(check):
    text = check(WRONG).stdout
    assert f" my_bn.py:{LINE}  in batchnorm_backward\n" in text
    assert f" ▸{LINE:>4} │ {SLIP[1]}\n" in text
    assert " values   your dgamma (4,)" in text
    assert "should be (4,)" in text
    assert " see      bn-tutor walk batchnorm --backward --from gamma\n" in text
    for label in ("mistake", "how sure", "hint", "fix"):
        assert f"\n {label:<9}" in text
    assert ".sum(axis=0)\n" not in text.split(" how sure")[1]


def test_the_fix_is_shown_on_demand(check):
    text = check(WRONG, "--show-fix").stdout
    assert f" fix      {SLIP[0]}\n" in text


def test_what_stops_a_function_is_told_at_its_line(check):
    text = check(STOPS).stdout
    line = STOPS.splitlines().index("    dxhat = dout * gama") + 1
    assert f" my_bn.py:{line}  in batchnorm_backward\n" in text
    assert " stopped  gama is not defined" in text


def test_what_is_no_python_is_shown_at_its_line(check):
    text = check(NOT_PYTHON).stdout
    line = next(at for at, each in enumerate(NOT_PYTHON.splitlines(), 1) if each.endswith("sum(axis=0"))
    assert text.startswith(f" my_bn.py:{line}\n")
    assert " problem  not Python: '(' was never closed\n" in text


# --- how it looks -----------------------------------------------------------------------------------------


def test_output_is_ascii_where_nothing_else_can_be_encoded(check):
    for content in (RIGHT, WRONG, STOPS):
        result = check(content, PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
        assert result.stdout.isascii()
        assert "wrong batchnorm_backward" in result.stdout or " ok    batchnorm_backward" in result.stdout


@pytest.mark.parametrize("columns", [40, 120])
def test_lines_fit_the_columns_there_are(check, columns):
    lines = check(WRONG, COLUMNS=str(columns)).stdout.splitlines()
    assert columns - 25 < max(map(len, lines)) <= columns


@pytest.mark.parametrize("changes", [{"ACCESSIBLE": "1"}, {"TERM": "dumb"}, {}])
def test_plain_output_has_no_boxes(check, changes):
    options = [] if changes else ["--plain"]
    text = check(WRONG, *options, **changes).stdout
    assert f" here, line {LINE}: {SLIP[1]}\n" in text
    assert not set(text) & set("│▸^")


def test_no_color_wins_over_a_terminal_that_has_colours(terminal, written):
    written("my_bn.py", WRONG)
    command = (sys.executable, "-m", "bn_tutor", "check", "my_bn.py")
    for options, environment in ((["--no-color"], {}), ([], {"NO_COLOR": "1"})):
        opened = terminal(*options, command=command, rows=50, **environment)
        assert opened.end() == 1
        assert opened.colours == {"default"}
    opened = terminal(command=command, rows=50)
    opened.end()
    assert {"red", "green"} <= opened.colours


def test_a_terminal_is_told_that_something_goes_on_and_is_left_clean(terminal, written):
    written("my_bn.py", WRONG)
    opened = terminal(command=(sys.executable, "-m", "bn_tutor", "check", "my_bn.py"), rows=50)
    assert opened.end() == 1
    assert b"checking" in opened.received
    assert "checking" not in opened.text
    assert opened.lines[0].startswith(" ✓ batchnorm_forward")
    assert opened.echoes


# --- JSON -------------------------------------------------------------------------------------------------

# What a document may hold: a type, a set of values, a list of one kind, or a table by keys.
MISTAKE = {"id": str, "title": str, "explanation": str}
TIERS = {"proved", "likely", "suspect"}
VERDICTS = {"right", "wrong", "error"}
ACCUSED = {
    "line": int, "other_lines": [int], "tier": TIERS, "mistake": (MISTAKE, None), "hint": (str, None),
    "fix": (str, None), "walk": (str, None),
}  # fmt: skip
FUNCTION = {
    "name": str, "verdict": VERDICTS, "first_wrong_line": (int, None), "other_lines": [int],
    "tier": (TIERS, None), "mistake": (MISTAKE, None), "accused": [ACCUSED], "notes": [str],
    "crash": ({"type": str, "message": str, "explanation": str}, None),
    "outputs": {str: {"verdict": VERDICTS, "error": (float, None), "say": str}},
}  # fmt: skip
DOCUMENT = {
    "format": {1}, "file": str, "verdict": VERDICTS, "functions": [FUNCTION],
    "problems": [{"line": (int, None), "message": str, "hint": str}],
}  # fmt: skip


def misfits(value, shape, place="document"):
    """Return where a value is not of a shape, as words."""
    if isinstance(shape, tuple):
        found = [misfits(value, each, place) for each in shape]
        return [] if [] in found else found[0]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{place} is no list"]
        return [each for at, item in enumerate(value) for each in misfits(item, shape[0], f"{place}[{at}]")]
    if isinstance(shape, dict):
        return misfits_of_table(value, shape, place)
    if isinstance(shape, set):
        return [] if value in shape else [f"{place} is {value!r}"]
    fits = value is None if shape is None else type(value) is shape
    return [] if fits else [f"{place} is {value!r}"]


def misfits_of_table(value, shape, place):
    if not isinstance(value, dict):
        return [f"{place} is no table"]
    shapes = dict.fromkeys(value, shape[str]) if str in shape else shape
    if set(value) != set(shapes):
        return [f"{place} has the keys {sorted(value)}"]
    return [each for key in shapes for each in misfits(value[key], shapes[key], f"{place}.{key}")]


@pytest.mark.parametrize(
    ("content", "status", "verdict"),
    [(RIGHT, 0, "right"), (WRONG, 1, "wrong"), (STOPS, 2, "error"), (NOT_PYTHON, 2, "error")],
    ids=["right", "wrong", "stops", "no Python"],
)
def test_the_document_has_the_shape_that_is_documented(check, content, status, verdict):
    result = check(content, "--json")
    document = json.loads(result.stdout)
    assert (result.returncode, result.stderr, document["verdict"]) == (status, "", verdict)
    assert misfits(document, DOCUMENT) == []
    assert result.stdout.isascii()
    assert [each["name"] for each in document["functions"]] == ([] if content == NOT_PYTHON else FUNCTIONS)


@pytest.mark.parametrize(
    ("change", "misfit"),
    [
        ({"format": 2}, "document.format is 2"),
        ({"functions": None}, "document.functions is no list"),
        ({"problems": [{"line": "3", "message": "", "hint": ""}]}, "document.problems[0].line is '3'"),
        ({"problems": [{}]}, "document.problems[0] has the keys []"),
        ({"more": 1}, "document has the keys"),
    ],
)
def test_another_shape_is_noticed(change, misfit):
    good = {"format": 1, "file": "a.py", "verdict": "right", "functions": [], "problems": []}
    assert misfits(good, DOCUMENT) == []
    assert misfits({**good, **change}, DOCUMENT)[0].startswith(misfit)


def test_the_document_names_the_line_and_the_mistake(check):
    document = json.loads(check(WRONG, "--json").stdout)
    forward, backward = document["functions"]
    assert forward["verdict"] == "right"
    assert forward["first_wrong_line"] is forward["mistake"] is forward["tier"] is None
    assert (backward["verdict"], backward["first_wrong_line"]) == ("wrong", LINE)
    assert backward["mistake"]["explanation"]
    verdicts = {name: output["verdict"] for name, output in backward["outputs"].items()}
    assert verdicts == {"dx": "right", "dgamma": "wrong", "dbeta": "right"}
    assert backward["outputs"]["dx"]["error"] < 1e-6 < backward["outputs"]["dgamma"]["error"]
    assert all(math.isfinite(output["error"]) for output in backward["outputs"].values())
    assert [each["fix"] for each in backward["accused"]] == [None]
    shown = json.loads(check(WRONG, "--json", "--show-fix").stdout)["functions"][1]
    assert shown["accused"][0]["fix"] == SLIP[0]


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (["--lesson", "batchnrom"], "batchnorm"),
        (["--lesson", "batchnrom", "--watch"], "batchnorm"),
        (["--function", "nosuch"], "nosuch"),
    ],
)
def test_what_is_refused_is_a_document_too(check, wish, said):
    result = check(RIGHT, "--json", *wish)
    document = json.loads(result.stdout)
    assert (result.returncode, result.stderr) == (2, "")
    assert misfits(document, DOCUMENT) == []
    assert (document["file"], document["verdict"], document["functions"]) == ("my_bn.py", "error", [])
    assert said in document["problems"][0]["message"]
    assert "error:" not in document["problems"][0]["message"]


# --- what is given ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a b.py", "[bold red]x.py", "$(x)'\".py", "-x.py", "漢字.py"])
def test_any_name_of_a_file_will_do(run, written, name):
    written(name, WRONG)
    result = run("check", "--", name)
    assert (result.returncode, result.stderr) == (1, "")
    assert f" {name}:{LINE}" in result.stdout


def test_a_name_with_escapes_is_harmless(run, written):
    written("e\x1b[2Jvil.py", WRONG)
    result = run("check", "e\x1b[2Jvil.py")
    assert result.returncode == 1
    assert f" e[2Jvil.py:{LINE}" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Missing argument 'FILE.py'"),
        (["my_bn.py", "other.py"], "Got unexpected extra argument"),
        (["my_bn.py", "--time-limit", "0"], "--time-limit"),
        (["my_bn.py", "--lesson", "batchnrom"], "batchnorm"),
    ],
)
def test_what_is_refused(run, written, arguments, said):
    written("my_bn.py", RIGHT)
    written("other.py", RIGHT)
    result = run("check", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert said in result.stderr


def test_one_function_alone(check):
    text = check(WRONG, "--function", "batchnorm_backward").stdout
    assert f"my_bn.py:{LINE}" in text
    result = check(WRONG, "--function", "batchnorm_bckward")
    assert result.returncode == 2
    assert "did you mean batchnorm_backward?" in result.stdout


def test_functions_of_other_names(check):
    assert check(OTHER_NAMES).returncode == 2
    mapping = ("--function", "forward=fwd", "--function", "backward=bwd")
    result = check(OTHER_NAMES, *mapping)
    assert result.returncode == 0
    assert " ✓ fwd " in result.stdout


# --- completion -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["check", "my_bn.py", "--function", ""], [*FUNCTIONS, "Own"]),
        (["check", "my_bn.py", "--function", "batchnorm_b"], ["batchnorm_backward"]),
        (["check", "my_bn.py", "--function", "forward=O"], ["forward=Own"]),
        (["check", "none.py", "--function", ""], []),
        (["check", "--function", "b"], []),
        (["check", "my_bn.py", "--lesson", "gat"], ["gates"]),
    ],
)
def test_completion_knows_the_functions_without_running_the_file(run, written, words, offered):
    written("my_bn.py", RIGHT + "class Own:\n    pass\nraise SystemExit\n")
    assert completed(run, *words) == offered
