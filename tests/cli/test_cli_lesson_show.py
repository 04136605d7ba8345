"""``lesson show``: the page and the drawing for people, DOT, Mermaid and JSON for programs."""

import json
import sys

import pytest

FORMS = ("table", "graph", "dot", "mermaid")
GOOD = """\
+++
format = 1
title = "Twice"

[sizes]
N = 2

[inputs]
x = { shape = ["N"] }
+++

```graph
y = 2 * x   # twice x
```
"""
EVIL = GOOD.replace("# twice x", "# \x1b]0;title\x07[red] \x9b31m \u202e").replace("Twice", "\\u001b[2JTwice")


@pytest.fixture
def shown(run):
    """Run ``lesson show`` in a pipe; it must succeed and say nothing on stderr. Returns what it printed."""

    def show(*arguments, **changes):
        result = run("lesson", "show", *arguments, **changes)
        assert (result.returncode, result.stderr) == (0, "")
        return result.stdout

    return show


@pytest.fixture
def refused(run):
    """Run ``lesson show``; it must be refused with one line. Returns that line."""

    def refuse(*arguments):
        result = run("lesson", "show", *arguments)
        assert (result.returncode, result.stdout) == (2, "")
        (line,) = result.stderr.splitlines()
        return line.removeprefix("bn-tutor: ")

    return refuse


def test_the_page(shown):
    lines = shown("batchnorm").splitlines()
    assert lines[0] == "Batch normalization, node by node"
    assert "mu                mean(x, axis=0)    (3,)           the mean of each column" in lines
    assert "  ∂xmu/∂mu        −1                 (4, 3) → (3,)  sum over axis 0, times −1" in lines
    assert lines[-1].startswith("PyTorch documentation")


@pytest.mark.parametrize("columns", [20, 40, 80, 120])
@pytest.mark.parametrize("form", ["table", "graph"])
def test_it_keeps_to_the_width(shown, columns, form):
    lines = shown("batchnorm", "--as", form, COLUMNS=str(columns)).splitlines()
    assert max(map(len, lines)) <= columns


@pytest.mark.parametrize("form", ["table", "graph"])
def test_for_people_it_is_written_in_ascii_where_the_output_is(shown, form):
    text = shown("batchnorm", "--as", form, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert text.isascii()
    assert "?" not in text
    assert "sqrtvar" in text


def test_a_screen_reader_gets_no_columns(shown):
    assert "mu = mean(x, axis=0)\n  (3,)  the mean of each column\n" in shown("batchnorm", ACCESSIBLE="1")


def test_the_drawing(shown):
    lines = shown("batchnorm", "--as", "graph").splitlines()
    assert lines[:3] == ["○     x       (4, 3)", "├─●   mu      (3,)", "●─┘   xmu     (4, 3)"]
    assert lines[-1] == "◉━┛   out     (4, 3) ←"


@pytest.mark.parametrize(
    ("form", "head", "line"),
    [
        ("dot", "digraph {", '  n4 [label="mu = mean(x, axis=0)\\n(3,)", shape=box];'),
        ("mermaid", "flowchart TD", '  n4["mu = mean(x, axis=0)<br/>(3,)"]'),
    ],
)
def test_texts_for_programs(shown, form, head, line):
    lines = shown("batchnorm", "--as", form).splitlines()
    assert lines[1] == head
    assert line in lines


@pytest.mark.parametrize("form", ["dot", "mermaid"])
def test_texts_for_programs_are_the_same_on_any_output(shown, form):
    usual = shown("batchnorm", "--as", form)
    changes = {"COLUMNS": "20", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "FORCE_COLOR": "1"}
    assert shown("batchnorm", "--as", form, **changes) == usual


def test_texts_for_programs_are_utf_8(shown, written):
    """A formula is ASCII in the language; the title may be anything."""
    path = written("own.md", GOOD.replace("Twice", "Zweimal ∂ 漢字"))
    assert "Zweimal ∂ 漢字" in shown(path)
    for form in ("dot", "mermaid"):
        assert shown(path, "--as", form, PYTHONIOENCODING="ascii").isascii()


def test_other_sizes_and_levels(shown):
    text = shown("batchnorm", "--size", "N=6,D=2", "--level", "operation", "--as", "dot")
    assert "(6, 2)" in text
    assert "sqrtvar_1 = var + eps" in text
    assert shown("batchnorm", "--level", "layer", "--as", "mermaid").count("-->") == 4


def test_json(shown):
    told = json.loads(shown("batchnorm", "--json", "--size", "N=6"))
    assert (told["format"], told["lesson"], told["level"]) == (1, "batchnorm", "node")
    assert told["outputs"] == ["out"]
    assert told["inputs"][0] == {"name": "x", "kind": "input", "shape": [6, 3]}
    assert told["inputs"][-1] == {"name": "eps", "kind": "constant", "shape": []}
    assert told["nodes"][0] == {
        "name": "mu",
        "formula": "mean(x, axis=0)",
        "inputs": ["x"],
        "shape": [3],
        "caption": "the mean of each column",
        "gets_gradient": True,
        "local_gradients": [
            {
                "input": "x",
                "formula": "1 / 6",
                "backward": "* (1 / 6), spread over axis 0",
                "numpy": "np.broadcast_to((1 / 6) * dmu, (6, 3))",
                "from_shape": [3],
                "to_shape": [6, 3],
            }
        ],
    }
    assert len(told["references"]) == 3


def test_a_file_of_ones_own(shown, written):
    lines = shown(written("own.md", GOOD).name).splitlines()
    assert lines[0] == "Twice"
    assert "y        2 · x  (2,)  output; twice x" in lines


@pytest.mark.parametrize("form", FORMS)
def test_a_file_cannot_steer_the_terminal(shown, written, form):
    text = shown(written("evil.md", EVIL), "--as", form)
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize("form", [*FORMS, "json"])
def test_no_reader_is_no_error(shell, form):
    option = "--json" if form == "json" else f"--as {form}"
    result = shell(f'"$@" lesson show batchnorm {option} | head -1; exit "${{PIPESTATUS[0]}}"')
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("batchnorm", "--as", "svg"), "--as is table, graph, dot or mermaid, not 'svg'"),
        (("batchnorm", "--level", "all"), "--level is node, operation or layer, not 'all'"),
        (("batchnorm", "--json", "--as", "dot"), "--json and --as dot are two forms: choose one"),
        (("batchnorm", "--size", "N=0"), "--size N=0: a size is a whole number from 1 to 1,000,000"),
        (("none.md",), "none.md: error: there is no file none.md"),
        (("batchnom",), "batchnom: error: there is no lesson batchnom (did you mean batchnorm?)"),
        (("own.py:function",), "own.py:function is a function: lesson show shows lessons"),
    ],
)
def test_what_is_refused(refused, arguments, told):
    assert refused(*arguments) == told


def test_too_much_data_is_refused(refused):
    assert "at most 10,000,000" in refused("batchnorm", "--size", "N=1000000,D=1000")


def test_in_a_terminal_it_ends_by_itself(terminal):
    opened = terminal("show", "batchnorm", command=(sys.executable, "-m", "bn_tutor", "lesson"), rows=60)
    assert opened.end() == 0
    assert "normalized x" in opened.text
    assert "cyan" in opened.colours
