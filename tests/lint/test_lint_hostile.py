"""Files that mean harm: each is answered soon, within bounds, at its place, and with nothing that steers."""

import json
import os
import time
import tracemalloc

import numpy as np
import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.lint import lint
from bn_tutor.course.reader import LARGEST_FILE, LONGEST_LINE, MOST_LINES
from bn_tutor.export.problem_reports import github_report, json_report
from bn_tutor.views.look import Look
from bn_tutor.views.problem_list import problem_lines

from .test_lint_codes import RIGHT, with_slips, written

# It is a second that people wait; a machine that tests may be slow, and tracing memory makes it slower.
SECONDS = 15
MEMORY = 150_000_000
LONG = LONGEST_LINE - 100
MANY = MOST_LINES - 300


@pytest.fixture
def measured(tmp_path):
    """Lint a text; it must not take long, nor much memory. Returns the problems, each with a true place."""

    def run(text):
        path = written(tmp_path, text)
        tracemalloc.start()
        started = time.process_time()
        try:
            found = lint(path, "lesson.md")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert time.process_time() - started < SECONDS
        assert peak < MEMORY
        lines = text.count("\n") + 1
        assert all(0 <= problem.line <= lines + 1 for problem in found)
        return found

    return run


def graph_line(formula):
    return with_slips([("out = w * sq ", f"y = {formula}\nout = w * sq ")])


def front(line):
    return with_slips([('\nw = { shape = ["D"] }\n', f'\nw = {{ shape = ["D"] }}\n{line}\n')])


def sized(sizes, line):
    return with_slips([("N = 4\nD = 3", sizes), ("out = w * sq ", f"{line}\nout = w * sq ")])


def below(text):
    return f"{RIGHT}\n{text}\n"


# --- lines and files of more than can be meant ------------------------------------------------------------

LONG_LINES = {
    "graph": graph_line("x + " * 25_000 + "x"),
    "prose": below("a" * 100_000),
    "braces": below("{value: x} " * 10_000),
    "links": below("[](a) " * 16_000),
    "title": with_slips([('title = "', 'title = "' + "a" * 100_000)]),
    "key": front("a" * 100_000 + " = 1"),
    "blanks": front(" " * 100_000),
    "dotted key": front(".".join("a" * 50_000) + " = 1"),
    "digits": front("a = " + "9" * 100_000),
    "heading": below("## " + "a" * 100_000),
    "fence info": below("```" + "a" * 100_000 + "\nx\n```"),
    "condition": below("```graph when " + "a = b and " * 10_000 + "a = b\nx\n```"),
    "quotation": below(">" * 100_000),
    "list": below("- " * 50_000),
    "signs": graph_line("-" * 100_000 + "x"),
    "brackets": graph_line("(" * 100_000 + "x" + ")" * 100_000),
    "no front matter": "a" * (LARGEST_FILE - 1),
}
MANY_LINES = {
    "graph": with_slips([("sq = x", "".join(f"a{n} = x + 1\n" for n in range(10_000)) + "sq = x")]),
    "headings": below("## a\n" * 30_000),
    "fences": below("```a\n```\n" * 15_000),
    "front matter": "+++\n" + "a = 1\n" * 30_000,
    "empty": "\n" * (LARGEST_FILE - 1),
}


@pytest.mark.parametrize("name", LONG_LINES)
def test_line_of_100_kB_is_a_problem_of_that_line(measured, name):
    text = LONG_LINES[name]
    (problem,) = measured(text)
    assert (problem.code, problem.column) == (Code.TOO_LARGE, LONGEST_LINE + 1)
    assert len(text.split("\n")[problem.line - 1]) > LONGEST_LINE


@pytest.mark.parametrize("name", MANY_LINES)
def test_very_many_lines_are_a_problem_of_the_first_too_many(measured, name):
    (problem,) = measured(MANY_LINES[name])
    assert (problem.code, problem.line, problem.column) == (Code.TOO_LARGE, MOST_LINES + 1, 1)


def test_a_million_nodes_are_not_even_read(measured):
    (problem,) = measured(with_slips([("sq = x", "a = x + 1\n" * 1_000_000 + "sq = x")]))
    assert (problem.code, problem.line) == (Code.UNREADABLE, 0)


# --- formulas ---------------------------------------------------------------------------------------------

FORMULAS = {
    "nested signs": ("-" * 900 + "x", Code.TOO_LARGE),
    "nested brackets": ("(" * 450 + "x" + ")" * 450, Code.NOT_A_FORMULA),
    "nested indices": ("x" + "[0" * 300 + "]" * 300, Code.NOT_A_FORMULA),
    "nested calls": ("exp(" * 190 + "x" + ")" * 190, Code.TOO_LARGE),
    "long": ("x + " * 300 + "x", Code.TOO_LARGE),
    "power of powers": ("9**9**9", Code.WRONG_NUMBER),
    "power of powers of x": ("x ** 9**9**9", Code.WRONG_NUMBER),
    "large product": ("x * (1e15 * 1e15)", Code.WRONG_NUMBER),
    "shift": ("1 << 10 ** 9", Code.NOT_IN_LANGUAGE),
    "long text": ("'a' * 1000000000", Code.WRONG_NUMBER),
    "large list": ("[0] * 1000000000", Code.NOT_IN_LANGUAGE),
    "large reshape": ("reshape(x, (999999999999999, 999999999999999))", Code.SHAPES_DISAGREE),
    "large broadcast": ("broadcast_to(x, (999999999999, 4, 3))", Code.TOO_LARGE),
    "many axes": (f"reshape(x, ({'1, ' * 200}4, 3))", Code.TOO_LARGE),
    "axis far away": ("sum(x, axis=999999999999999)", Code.SHAPES_DISAGREE),
    "index far away": ("x[99999999999999]", Code.SHAPES_DISAGREE),
    "step of nothing": ("x[::0]", Code.SHAPES_DISAGREE),
    "negative shape": ("broadcast_to(x, (-4, 4, 3))", Code.SHAPES_DISAGREE),
    "repeated axis": ("sum(x, axis=(0, 0))", Code.SHAPES_DISAGREE),
    "look-alike name": ("хх + 1", Code.NOT_IN_LANGUAGE),
    "full-width name": ("ｘ + 1", Code.NOT_IN_LANGUAGE),
    "mathematical name": ("𝐬um(x)", Code.NOT_IN_LANGUAGE),
    "typeset minus": ("x − 1", Code.NOT_IN_LANGUAGE),
    "attribute": ("x.__class__.__bases__", Code.NOT_IN_LANGUAGE),
    "method": ("x.tofile(w)", Code.NOT_IN_LANGUAGE),
    "import": ('__import__("os")', Code.UNKNOWN_OPERATION),
    "import statement": ("import os", Code.NOT_A_FORMULA),
    "builtin": ('open("/etc/passwd")', Code.UNKNOWN_OPERATION),
    "keyword": ("yield x", Code.NOT_A_FORMULA),
    "await": ("await x", Code.NOT_IN_LANGUAGE),
    "lambda": ("(lambda: x)()", Code.NOT_IN_LANGUAGE),
    "f-string": ("f'{x}'", Code.NOT_IN_LANGUAGE),
    "comprehension": ("sum(a for a in x)", Code.NOT_IN_LANGUAGE),
    "set comprehension": ("{a for a in x}", Code.NOT_IN_LANGUAGE),
    "walrus": ("(x := w)", Code.NOT_IN_LANGUAGE),
    "comparison": ("x < w", Code.NOT_IN_LANGUAGE),
    "starred": ("sum(*x)", Code.NOT_IN_LANGUAGE),
    "double starred": ("sum(**x)", Code.WRONG_ARGUMENT),
    "two formulas": ("x; w", Code.NOT_A_FORMULA),
    "backslash": ("x + \\", Code.NOT_A_FORMULA),
    "null": ("x + \0w +", Code.NOT_A_FORMULA),
    "complex": ("x * 1j", Code.WRONG_NUMBER),
    "ellipsis": ("x[...]", Code.WRONG_NUMBER),
    "nothing": ("", Code.NOT_A_FORMULA),
    "dunder": ("__debug__", Code.UNKNOWN_NAME),
    "not a number": ("nan * x", Code.UNKNOWN_NAME),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_formula_is_refused_at_its_line(measured, name):
    formula, code = FORMULAS[name]
    found = measured(graph_line(formula))
    line = RIGHT.split("\n").index("out = w * sq       # each column") + 1
    assert [(problem.line, problem.code) for problem in found] == [(line, code)]
    assert 5 <= found[0].column <= 5 + max(len(formula), 1)


def test_product_of_shapes_is_never_made(measured):
    text = sized("N = 1_000_000\nD = 3", "y = reshape(x[:, 0], (N, 1)) + reshape(x[:, 0], (1, N))")
    found = measured(text)
    assert [problem.code for problem in found] == [Code.TOO_LARGE]
    assert "(1000000, 1000000)" in found[0].message


@pytest.mark.parametrize("size", ["1_000_000", "400_000"])
def test_sizes_of_a_million_are_too_large_to_be_proven(measured, size):
    (problem,) = measured(with_slips([("N = 4", f"N = {size}")]))
    assert (problem.line, problem.code) == (6, Code.TOO_LARGE)


@pytest.mark.parametrize("count", [4_900, 5_100])
def test_thousands_of_nodes(measured, count):
    found = measured(with_slips([("sq = x", "".join(f"a{n} = x + 1\n" for n in range(count)) + "sq = x")]))
    expected = Code.MISSING_PROSE if count < 5_000 else Code.TOO_LARGE
    assert found[0].code == expected


HUGE = "broadcast_to(x, (4000000, 4, 3)) * 2"
MANY_HUGE = " + ".join([f"exp({HUGE})"] * 10)
ELSEWHERE = {
    "question": [('answer = "sum(dout * sq, axis=0)"', f'answer = "{MANY_HUGE}"')],
    "wrong answer": [('wrong = ["dout * sq"]', f'wrong = ["{MANY_HUGE}"]')],
    "equals": [('equals = "dw"', f'equals = "{MANY_HUGE}"')],
    "change": [('change = "dx = x * dsq"', f'change = "dx = {HUGE}"')],
    "derivation": [("dsq * (x + x)\n2 * x", f"dsq * (x + x)\n{HUGE} * x")],
    "quote": [("{value: w}", f"{{value: {HUGE}}}")],
    "backward": [("dsq = w * dout", f"h = {MANY_HUGE}\ndsq = w * dout")],
}


@pytest.mark.parametrize("place", ELSEWHERE)
def test_huge_formula_is_refused_before_it_is_computed(measured, place):
    found = measured(with_slips(ELSEWHERE[place]))
    assert {problem.code for problem in found} <= {Code.TOO_LARGE, Code.WRONG_QUOTE, Code.UNUSED_LINE}
    assert any("more than is computed here" in problem.message for problem in found)


# --- very many of something, and deep -----------------------------------------------------------------------

MISTAKE = '```mistake\nid = "m{n}"\nchange = "dx = {n} * x * dsq"\nsay = "a"\n```\n'
QUESTION = '```question\nid = "q{n}"\nkind = "shape"\nask = "a"\nanswer = "dx"\n```\n'
TOO_MANY = {
    "mistakes": (below("".join(MISTAKE.format(n=n + 3) for n in range(1000))), Code.TOO_LARGE),
    "questions": (below("".join(QUESTION.format(n=n) for n in range(1000))), Code.TOO_LARGE),
    "changes": (
        with_slips([('"dx = x * dsq"', f"[{','.join(f'{chr(10)}{chr(34)}d{n} = x{chr(34)}' for n in range(9000))}]")]),
        Code.WRONG_VALUE,
    ),
    "wrong answers": (with_slips([('["dout * sq"]', "[" + '"dw",\n' * 9000 + "]")]), Code.WRONG_VALUE),
    "switches": (
        with_slips([("[inputs]", "[switches]\n" + "".join(f"s{n} = [0, 1]\n" for n in range(1000)) + "[inputs]")]),
        Code.WRONG_VALUE,
    ),
    "choices": (with_slips([("[inputs]", f"[switches]\ns = {[*range(1500)]}\n[inputs]")]), Code.WRONG_VALUE),
    "inputs": (front("".join(f"a{n} = {{}}\n" for n in range(MANY))), Code.TOO_LARGE),
    "files": (front("".join(f"a{n} = {{ file = 'a.csv' }}\n" for n in range(9))), Code.TOO_LARGE),
    "keys": ("+++\n" + "".join(f"a{n} = 1\n" for n in range(MANY)) + RIGHT[4:], Code.UNKNOWN_KEY),
    "long keys": (front("".join("a" * LONG + f"{n} = 1\n" for n in range(30))), Code.WRONG_VALUE),
    "bad sizes": (
        with_slips([("[sizes]\n", "[sizes]\n" + "".join(f"a{n} = 0\n" for n in range(MANY)))]),
        Code.WRONG_VALUE,
    ),
    "required lessons": (
        with_slips([("[sizes]", "requires = [\n" + "".join(f'"a{n}",\n' for n in range(MANY)) + "]\n[sizes]")]),
        Code.UNKNOWN_LESSON,
    ),
    "outputs": (
        with_slips([('"out"', "[\n" + "".join(f'"a{n}",\n' for n in range(MANY)) + "]")]),
        Code.UNKNOWN_OUTPUT,
    ),
    "sections": (below("".join(f"## a{n}\n" for n in range(MANY))), Code.UNKNOWN_SECTION),
    "headings": (below("".join(f"### a{n}\n" for n in range(MANY))), Code.MISPLACED_HEADING),
    "blocks": (below("```grap\n```\n" * (MANY // 2)), Code.UNKNOWN_BLOCK),
    "graphs": (below("```graph\n```\n" * (MANY // 2)), Code.NO_GRAPH),
    "links": (below("".join(f"[a](b{n})\n\n" for n in range(MANY // 2))), Code.BROKEN_LINK),
    "links on lines": (below(("[](a) " * (LONG // 6) + "\n") * 25), Code.BROKEN_LINK),
    "quotes": (below("{value: x}\n\n" * (MANY // 2) + "{value: no}"), Code.WRONG_QUOTE),
    "quotes on lines": (below(("{value: x} " * (LONG // 11) + "\n\n") * 25), Code.TOO_LARGE),
    "helper lines": (with_slips([("dsq = w", "".join(f"a{n} = x\n" for n in range(3000)) + "dsq = w")]), Code.UNUSED_LINE),
    "steps": (with_slips([("2 * x * dsq\n```\n\n```m", "2 * x * dsq\n" * MANY + "```\n\n```m")]), Code.TOO_LARGE),
    "ids": (below("".join(QUESTION.format(n=0) for n in range(90))), Code.SAME_ID),
    "conditions": (
        with_slips([("## out", "## out when " + "a = b and " * 700 + "a = b")]),
        Code.UNKNOWN_SWITCH,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOO_MANY)
def test_very_many_are_answered_soon(measured, name):
    text, code = TOO_MANY[name]
    assert code in {problem.code for problem in measured(text)}


DEEP_TOML = {
    "list": ("a = " + "[" * LONG + "]" * 40, Code.NOT_TOML),
    "list over lines": ("a = " + "[\n" * 3000 + "]\n" * 3000, Code.NOT_TOML),
    "table": ("a = " + "{ b = " * 1000 + "1" + " }" * 1000, Code.NOT_TOML),
    "value": ("z = { value = " + "[" * 100 + "]" * 100 + " }", Code.WRONG_VALUE),
    "key": (".".join("a" * 3000) + " = 1", Code.NOT_TOML),
    "key with blanks": (" . ".join("a" * 1900) + " = 1", Code.NOT_TOML),
    "table's name": ("[" + ".".join("a" * 3000) + "]", Code.NOT_TOML),
    "inner key": ("z = { " + ".".join("a" * 3000) + " = 1 }", Code.NOT_TOML),
    "blanks": (" " * LONG + "\n[inputs.z]\nb = 1", Code.UNKNOWN_KEY),
    "bracket and blanks": ('z = """\n[' + " " * LONG + '\n"""', Code.WRONG_VALUE),
    "digits": ("z = { value = " + "9" * 5000 + " }", Code.NOT_TOML),
    "float": ("z = { value = 1e999, mean = 1e999 }", Code.UNKNOWN_KEY),
    "shape": ("z = { shape = [" + "1, " * 1000 + "] }", Code.TOO_LARGE),
    "negative shape": ("z = { shape = [-1] }", Code.WRONG_VALUE),
    "date": ("z = 1979-05-27", Code.WRONG_VALUE),
    "number of a draw": ("z = { mean = nan }", Code.WRONG_VALUE),
    "surrogate": (r'z = { draw = "\ud800" }', Code.NOT_TOML),
}


@pytest.mark.parametrize("name", DEEP_TOML)
def test_front_matter_of_any_depth_is_answered_soon(measured, name):
    line, code = DEEP_TOML[name]
    found = measured(front(line))
    assert [problem.code for problem in found] == [code]
    assert 2 <= found[0].line <= front(line).split("\n").index("# A scaled square")


# These are no mistakes; they must only not take long.
HARMLESS = {
    "quotations": below(("> " * 300 + "a\n") * 300),
    "quotations on a line": below(">" * LONG + " a"),
    "lists": below("".join(" " * (2 * n) + "- a\n" for n in range(400))),
    "lists on a line": below("- " * (LONG // 2) + "a"),
    "many lists": below("* a\n" * MANY),
    "paragraphs": below("a\n\n" * (MANY // 2)),
    "emphasis": below("](" + "*a_" * (LONG // 3)),
    "images": below("](" + "![" * (LONG // 3)),
    "brackets": below("](" + "[" * (LONG // 2) + "](" * (LONG // 6)),
    "code": below("](" + " ".join("`" * n for n in range(120))),
    "signs": below("](" + "<" * LONG),
    "entities": below("](" + "&#x41;" * (LONG // 6)),
    "references": below("".join(f"[a{n}]: b\n" for n in range(MANY))),
    "comments": below("<!--\n" * MANY),
    "underlined": below("a\n" * (MANY - 10) + "==="),
    "blocks": below("```a\n```\n" * (MANY // 2)),
    "sizes": with_slips([("[sizes]\n", "[sizes]\n" + "".join(f"a{n} = 1\n" for n in range(MANY)))]),
    "switches": with_slips(
        [("[inputs]", "[switches]\n" + "".join(f"s{n} = [0, 1]\n" for n in range(8)) + "[inputs]")]
    ),
    "caption": with_slips([("# each column", "#" * LONG)]),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_bad_is_read_soon(measured, name):
    assert measured(HARMLESS[name]) == ()


CONDITIONS = [
    "",
    " ",
    "=",
    "a",
    "a =",
    "= b",
    "a = b = c",
    "and",
    "a = b and",
    ",",
    "a == b",
    "{",
    "\\",
    "a=b,,c=d",
]


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("place", ["## out", "```mistake"])
def test_condition_that_says_nothing(measured, condition, place):
    found = measured(with_slips([(place, f"{place} when x{condition}")]))
    assert Code.UNKNOWN_SWITCH in {problem.code for problem in found}


# --- cut off ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["+++", "+++\n", "+++\nformat = 1\n", RIGHT.replace("+++", "+ + +"), ""])
def test_front_matter_that_is_missing_or_not_closed(measured, text):
    found = measured(text)
    assert (found[0].line, found[0].column, found[0].code) == (1, 1, Code.NO_FRONT_MATTER)


def test_block_that_is_not_closed_is_told_where_it_opens(measured):
    (problem,) = measured(RIGHT.rstrip().removesuffix("```"))
    assert (problem.line, problem.code) == (57, Code.UNCLOSED_BLOCK)


@pytest.mark.parametrize("count", range(0, RIGHT.count("\n"), 3))
def test_file_that_is_cut_off_at_a_line(measured, count):
    found = measured("\n".join(RIGHT.split("\n")[:count]))
    assert bool(found) == (count < 54)


# --- what is beside the lesson ----------------------------------------------------------------------------


@pytest.fixture
def beside(tmp_path):
    """Lint a lesson whose w comes from a file; returns the message, None where there is none."""
    home = tmp_path / "home"
    home.mkdir()

    def run(name):
        text = with_slips([('{ shape = ["D"] }', f"{{ file = {json.dumps(name)}, shape = [3] }}")])
        started = time.process_time()
        found = lint(written(home, text), "lesson.md")
        assert time.process_time() - started < SECONDS
        if not found:
            return None
        (problem,) = found
        assert (problem.line, problem.column, problem.code) == (12, 7, Code.BAD_DATA_FILE)
        return problem.message.removeprefix("the file of w: ")

    return home, run


def test_file_beside_the_lesson_is_read(beside):
    home, run = beside
    (home / "sub").mkdir()
    (home / "sub" / "w.csv").write_text("1,2,3\n")
    (home / "linked.csv").symlink_to("sub/w.csv")
    assert [run(name) for name in ("sub/w.csv", "linked.csv", "./sub/../linked.csv")] == [None] * 3


@pytest.mark.parametrize(
    "name", ["../w.csv", "../../etc/passwd.csv", "/etc/passwd.csv", "out.csv", "sub/../../w.csv"]
)
def test_file_outside_the_folder_is_refused(beside, name):
    home, run = beside
    (home.parent / "w.csv").write_text("1,2,3\n")
    (home / "out.csv").symlink_to("../w.csv")
    assert run(name) == "it must lie in the folder of the lesson"


@pytest.mark.parametrize("name", ["/etc/passwd", "../../etc/passwd", "", ".csv/", "w", "w.csv\n"])
def test_name_that_is_no_csv_file_is_refused(beside, name):
    assert beside[1](name) in {
        'it must be a name in quotes that ends in .csv: file = "data.csv"',
        "there is no file w.csv beside the lesson",
    }


def test_what_is_no_file_is_refused(beside):
    home, run = beside
    os.mkfifo(home / "pipe.csv")
    (home / "folder.csv").mkdir()
    (home / "circle.csv").symlink_to("circle.csv")
    (home / "nowhere.csv").symlink_to("none.csv")
    for name in ("pipe.csv", "folder.csv", "circle.csv", "nowhere.csv", "none.csv", "a" * 5000 + ".csv"):
        assert run(name).startswith("there is no file ")


def test_file_of_a_gigabyte_is_not_opened(beside):
    home, run = beside
    with (home / "sparse.csv").open("wb") as file:
        file.truncate(1_000_000_000)
    assert run("sparse.csv") == "it is larger than 2,000,000 bytes"


CONTENTS = {
    "nul": (b"1,2,\0\n", "could not convert string"),
    "text": (b"1,2,3\na,b,c\n", "could not convert string"),
    "empty": (b"", "there are no numbers in it"),
    "ragged": (b"1,2,3\n1,2\n", "the number of columns changed"),
    "binary": (b"\x89PNG\r\n\x1a\n\xff\xfe", "it is not UTF-8 text"),
    "infinite": (b"1,2,inf\n", "every number in it must be finite"),
    "no number": (b"1,2,nan\n", "every number in it must be finite"),
    "overflow": (b"1,2,1e999\n", "every number in it must be finite"),
    "other shape": (b"1,2,3,4\n", "its 4 numbers do not fit the shape (3,)"),
    "many": (b"1\n" * 900_000, "it has more than 100,000 numbers"),
    "escape": (b"1,2,\x1b[2J\n", "could not convert string"),
    "one long line": (b"1," * 900_000 + b"1\n", "it has more than 100,000 numbers"),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_file_that_is_no_table_of_numbers_is_refused(beside, name):
    home, run = beside
    content, reason = CONTENTS[name]
    (home / "data.csv").write_bytes(content)
    message = run("data.csv")
    assert message.startswith(reason) and message.isprintable()


def test_data_of_negative_extents_are_refused(tmp_path):
    np.savetxt(tmp_path / "w.csv", np.ones((2, 3)), delimiter=",")
    text = with_slips([('{ shape = ["D"] }', '{ file = "w.csv", shape = [-2, -3] }')])
    codes = {problem.code for problem in lint(written(tmp_path, text))}
    assert codes == {Code.WRONG_VALUE, Code.BAD_DATA_FILE}


# --- nothing that steers a terminal reaches the output ----------------------------------------------------

SIGNS = {
    "escape": "\x1b[2J",
    "title": "\x1b]0;a\x07",
    "C1": "\x9b2J\x9d0;a\x9c",
    "direction": "\u202e\u2066\u200f",
    "hidden": "\u200b\u2060\ufeff\xad",
    "bell": "\x07\x08\x7f",
    "nul": "\0",
}
ESCAPED = {"escape": r"\u001b[2J", "C1": r"\u009b2J", "direction": r"\u202e", "nul": r"\u0000"}
# Where a text of the file is repeated in a message; @ is where the signs are put.
SPOTS = {
    "key": [("title =", '"t@itel" =')],
    "title": [("title =", "titel =")],
    "size": [("N = 4", 'N = 4\n"n@n" = 4')],
    "value of a size": [("N = 4", 'N = "@"')],
    "input": [("w = {", '"w@" = { shape = [3] }\nw = {')],
    "key of an input": [('{ shape = ["D"] }', '{ shape = ["D"], "sha@" = 1 }')],
    "name of a size": [('{ shape = ["D"] }', '{ shape = ["D@"] }')],
    "draw": [('{ shape = ["D"] }', '{ shape = ["D"], draw = "norm@" }')],
    "file": [('{ shape = ["D"] }', '{ file = "a@.csv" }')],
    "required lesson": [('output = "out"', 'output = "out"\nrequires = ["ga@tes"]')],
    "output": [('output = "out"', 'output = "o@ut"')],
    "switch": [("[inputs]", '[switches]\n"a@" = [1, 2]\n[inputs]')],
    "choice": [("[inputs]", '[switches]\na = ["@"]\n[inputs]')],
    "id": [('id = "no-factor"', 'id = "wei@ght"'), ('id = "weight"', 'id = "wei@ght"')],
    "kind": [('kind = "formula"', 'kind = "form@"')],
    "key of a mistake": [("say =", '"sa@" = "a"\nsay =')],
    "change": [('"dx = x * dsq"', '"d@ = x"')],
    "wrong formula": [('"dx = x * dsq"', '"dx = @ * xx"')],
    "equals": [('equals = "dw"', 'equals = "dw@ + dd"')],
}
PLAIN_SPOTS = {
    "section": [("## out", "## ou@ter")],
    "heading": [("## out", "#### @out")],
    "condition": [("## out", "## out when a@ = b")],
    "block": [("```derivation", "```deriva@ton")],
    "line": [("dsq = w * dout", "dsq @ w * dout")],
    "formula": [("dx = 2 * x * dsq", "dx = 2 * x@x * dsq")],
    "caption": [("out = w * sq ", "out = w * sqq # @")],
    "quote": [("{value: w}", "{value: w@w}")],
    "link": [("The slope", "[a](b@c.md)")],
    "entity": [("The slope", "[a](&#x1b;@.md)")],
}


def printed(found, path):
    """Return all that is printed of problems, in every form."""
    lines = problem_lines([(path, found)], Look(80, 3, False, False), full=True)
    whole = "".join(line.plain for line in lines) + "".join(map(str, found)) + github_report(found)
    return whole.replace("\n", "") + str(json.loads(json_report(found)))


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("spot", [*SPOTS, *PLAIN_SPOTS])
def test_signs_that_steer_are_left_out(tmp_path, spot, sign):
    slips = [(old, new.replace("@", SIGNS[sign])) for old, new in {**SPOTS, **PLAIN_SPOTS}[spot]]
    path = written(tmp_path, with_slips(slips).replace("out = w", f"{SIGNS[sign]}out = w"))
    assert printed(lint(path, f"a{SIGNS[sign]}.md"), path).isprintable()


@pytest.mark.parametrize("sign", ESCAPED)
@pytest.mark.parametrize("spot", SPOTS)
def test_signs_that_steer_are_left_out_where_toml_writes_them_as_escapes(tmp_path, spot, sign):
    slips = [(old, new.replace("@", ESCAPED[sign])) for old, new in SPOTS[spot]]
    path = written(tmp_path, with_slips(slips))
    found = lint(path, "a.md")
    assert printed(found, path).isprintable()
