"""Files that mean harm: each is answered soon, within bounds, and at its place."""

import time
import tracemalloc
from resource import RUSAGE_SELF, getrusage

import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.lint import lint
from bn_tutor.course.reader import LARGEST_FILE, LONGEST_LINE, MOST_LINES
from bn_tutor.course.surroundings import MOST_BRACKETS

from .test_lint_codes import RIGHT, with_slips, written

# It is a second or two that people wait; a machine that tests may be slow.
SECONDS = 15
# How much more the process may ever have had than before, in kB as the system counts; and in bytes, traced.
GROWTH = 200_000
MEMORY = 150_000_000
LONG = LONGEST_LINE - 100
MANY = MOST_LINES - 300


@pytest.fixture
def measured(tmp_path):
    """Lint a text; it must not take long, nor much memory. Returns the problems, each with a true place."""

    def run(text):
        path = written(tmp_path, text)
        before, started = getrusage(RUSAGE_SELF).ru_maxrss, time.process_time()
        found = lint(path, "lesson.md")
        assert time.process_time() - started < SECONDS
        assert getrusage(RUSAGE_SELF).ru_maxrss - before < GROWTH
        assert all(0 <= problem.line <= text.count("\n") + 2 for problem in found)
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
def test_very_long_line_is_a_problem_of_that_line(measured, name):
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
    "a membership": ("x in w", Code.NOT_IN_LANGUAGE),
    "chain of comparisons": ("0 < x < w", Code.NOT_IN_LANGUAGE),
    "module": ("np.linalg.inv(x)", Code.NOT_IN_LANGUAGE),
    "module's own": ("np.load(x)", Code.UNKNOWN_OPERATION),
    "shape of an attribute": ("x.__dict__.shape[0] * x", Code.NOT_IN_LANGUAGE),
    "type that is called": ("x.astype(open(w))", Code.NOT_IN_LANGUAGE),
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


@pytest.mark.parametrize(
    ("count", "code"), [(1_000, Code.MISSING_PROSE), (5_100, Code.TOO_LARGE), (9_900, Code.TOO_LARGE)]
)
def test_thousands_of_nodes(measured, count, code):
    found = measured(with_slips([("sq = x", "".join(f"a{n} = x + 1\n" for n in range(count)) + "sq = x")]))
    assert found[0].code == code


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
    # With other sizes of x the formula does not even fit.
    others = {Code.WRONG_QUOTE, Code.UNUSED_LINE, Code.SHAPES_DISAGREE}
    assert {problem.code for problem in found} <= {Code.TOO_LARGE, *others}
    assert any("more than is computed here" in problem.message for problem in found)


MEMORY_EATERS = {
    **{place: with_slips(slips) for place, slips in ELSEWHERE.items()},
    "sizes": with_slips([("N = 4", "N = 333_000")]),
    "shape": sized("N = 1_000_000\nD = 3", "y = reshape(x[:, 0], (N, 1)) + reshape(x[:, 0], (1, N))"),
    "nodes": sized("N = 50_000\nD = 3", "".join(f"a{n} = x + {n}\n" for n in range(4_000))),
    "formula": sized("N = 50_000\nD = 2", f"y = {' + '.join(['exp(x)'] * 39)}"),
}


@pytest.mark.parametrize("name", MEMORY_EATERS)
def test_memory_is_bounded(tmp_path, name):
    path = written(tmp_path, MEMORY_EATERS[name])
    tracemalloc.start()
    try:
        assert lint(path)
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


# --- very many of something, and deep -----------------------------------------------------------------------

MISTAKE = '```mistake\nid = "m@"\nchange = "dx = @.5 * x * dsq"\nsay = "a"\n```\n'
NAMES, CHANGES = '"a@",\n', '"d@ = x",\n'
QUESTION = '```question\nid = "q@"\nkind = "shape"\nask = "a"\nanswer = "dx"\n```\n'


def many(form, count=MANY):
    """Return the form so many times, with a number in the place of each @."""
    return "".join(form.replace("@", str(number)) for number in range(count))


def above(old, lines):
    """Put lines above a place in the right lesson."""
    return with_slips([(old, f"{lines}{old}")])


TOO_MANY = {
    "mistakes": (below(many(MISTAKE, 1000)), Code.TOO_LARGE),
    "questions": (below(many(QUESTION, 1000)), Code.TOO_LARGE),
    "changes": (with_slips([('"dx = x * dsq"', f"[{many(CHANGES, 9000)}]")]), Code.WRONG_VALUE),
    "wrong answers": (with_slips([('["dout * sq"]', "[" + '"dw",\n' * 9000 + "]")]), Code.WRONG_VALUE),
    "switches": (above("[inputs]", "[switches]\n" + many("s@ = [0, 1]\n", 1000)), Code.WRONG_VALUE),
    "choices": (above("[inputs]", f"[switches]\ns = {[*range(1500)]}\n"), Code.WRONG_VALUE),
    "inputs": (front(many("a@ = {}\n")), Code.TOO_LARGE),
    "files": (front(many("a@ = { file = 'a.csv' }\n", 9)), Code.TOO_LARGE),
    "keys": (above("format = 1", many("a@ = 1\n")), Code.UNKNOWN_KEY),
    "long keys": (front(many("a" * LONG + "@ = 1\n", 30)), Code.WRONG_VALUE),
    "bad sizes": (above("N = 4", many("a@ = 0\n")), Code.WRONG_VALUE),
    "required lessons": (above("[sizes]", f"requires = [\n{many(NAMES)}]\n"), Code.UNKNOWN_LESSON),
    "outputs": (with_slips([('"out"', f"[\n{many(NAMES)}]")]), Code.UNKNOWN_OUTPUT),
    "sections": (below(many("## a@\n")), Code.UNKNOWN_SECTION),
    "headings": (below(many("### a@\n")), Code.MISPLACED_HEADING),
    "blocks": (below("```grap\n```\n" * (MANY // 2)), Code.UNKNOWN_BLOCK),
    "graphs": (below("```graph\n```\n" * (MANY // 2)), Code.NO_GRAPH),
    "links": (below(many("[a](b@)\n\n", MANY // 2)), Code.BROKEN_LINK),
    "links on lines": (below(("[](a) " * (LONG // 6) + "\n") * 25), Code.TOO_LARGE),
    "links in paragraphs": (below(("[](a) " * (LONG // 6) + "\n\n") * 25), Code.BROKEN_LINK),
    "quotes": (below("{value: x}\n\n" * (MANY // 2) + "{value: no}"), Code.WRONG_QUOTE),
    "quotes on lines": (below(("{value: x} " * (LONG // 11) + "\n\n") * 25), Code.TOO_LARGE),
    "helper lines": (above("dsq = w", many("a@ = x\n", 3000)), Code.UNUSED_LINE),
    "steps": (above("dsq * (x + x)", "dsq * (x + x) + 0 * x\n" * MANY), Code.TOO_LARGE),
    "ids": (below(QUESTION * 90), Code.SAME_ID),
    "conditions": (
        with_slips([("## out", "## out when " + "a = b and " * 700 + "a = b")]),
        Code.UNKNOWN_SWITCH,
    ),
}


@pytest.mark.parametrize("name", TOO_MANY)
def test_very_many_are_answered_soon(measured, name):
    text, code = TOO_MANY[name]
    assert code in {problem.code for problem in measured(text)}


@pytest.mark.parametrize("between", ["\n", "\n\n"], ids=["a paragraph", "paragraphs"])
@pytest.mark.parametrize("signs", ["![", "[", "[![]("])
def test_links_are_looked_for_among_so_many_brackets_and_no_more(measured, signs, between):
    brackets = signs * (LONG // len(signs))
    (problem,) = measured(below(f"]({brackets}{between}" * 30))
    read = 0 if between == "\n" else MOST_BRACKETS // brackets.count("[")
    assert (problem.line, problem.code) == (RIGHT.count("\n") + 2 + 2 * read, Code.TOO_LARGE)
    assert problem.message.startswith("from here on no link is looked for")


DEEP_TOML = {
    "list": ("a = " + "[" * LONG + "]" * 40, Code.NOT_TOML),
    "list over lines": ("a = " + "[\n" * 3000 + "]\n" * 3000, Code.NOT_TOML),
    "table": ("a = " + "{ b = " * 900 + "1" + " }" * 900, Code.NOT_TOML),
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
    "references": below(many("[a@]: b\n")),
    "comments": below("<!--\n" * MANY),
    "underlined": below("a\n" * (MANY - 10) + "==="),
    "blocks": below("```a\n```\n" * (MANY // 2)),
    "sizes": above("N = 4", many("a@ = 1\n")),
    "switches": above("[inputs]", "[switches]\n" + many("s@ = [0, 1]\n", 4)),
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
    assert measured("\n".join(RIGHT.split("\n")[:count]))


def test_file_that_is_cut_off_behind_all_prose_is_right(measured):
    assert measured(RIGHT.partition("\n\n```question")[0]) == ()
