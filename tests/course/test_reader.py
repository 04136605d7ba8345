import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bn_tutor
from bn_tutor.course.catalogue import shipped_folder
from bn_tutor.course.lesson import Derivation, Lesson, Line, Section
from bn_tutor.course.loading import LessonError
from bn_tutor.course.problem import Problem
from bn_tutor.course.reader import LARGEST_FILE, read_lesson

from .lessons import (
    FRONT,
    SMALL,
    file_problems,
    parsed,
    problems,
    with_front,
    with_graph,
    with_input,
    written,
)

NO_GRAPH = "lesson.md:1:1: error: there is no graph block (write the nodes between ```graph and ```)"
NO_FRONT = "lesson.md:1:1: error: a lesson begins with its front matter between two +++ lines"
NOT_CLOSED = "lesson.md:1:1: error: the front matter is not closed by a second +++ line"
NOT_A_LINE = "error: this line is not of the form name = formula"


# --- what is read -----------------------------------------------------------------------------------------


def test_small_lesson_is_read():
    lesson = parsed(SMALL)
    assert (lesson.name, lesson.path, lesson.title) == ("lesson", "lesson.md", "A small lesson")
    assert lesson.sizes == {"N": 4, "D": 3}
    assert [row.name for row in lesson.inputs] == ["x", "w"]
    assert lesson.graph == (Line("y", "w * x", 14, 5),)
    assert lesson.output == "y"


def test_title_is_the_name_where_there_is_none():
    assert parsed(with_front()).title == "lesson"


def test_output_is_the_front_matters():
    assert parsed(with_front('output = "y"')).output == "y"


def test_input_row_is_read():
    row = parsed(with_input('shape = [2], draw = "normal", mean = 2.0, constant = true')).inputs[0]
    assert (row.name, row.shape, row.draw, row.constant) == ("z", (2,), "normal", True)
    assert row.parameters == {"mean": 2.0}


def test_lines_keep_their_place_and_caption():
    lesson = parsed(with_graph("  y=w * x   # a caption # with a sign", "", "# a remark", "z  =  -y"))
    assert lesson.graph == (
        Line("y", "w * x", 14, 5, "a caption # with a sign"),
        Line("z", "-y", 17, 6),
    )


def test_prose_belongs_to_its_node_and_direction():
    lesson = parsed(SMALL + "before\n\n## `y`\n\none\n\n- two\n\n### Backward\n\nthree\n\n## x\n\nfour\n")
    assert lesson.opening == "before"
    assert lesson.sections == {"y": Section("one\n\n- two", "three"), "x": Section("four")}


def test_other_code_is_prose():
    code = "```python\nprint(1)\n```"
    assert parsed(SMALL + code + "\n").opening == code


def test_blocks_are_read_wherever_they_stand():
    text = SMALL + "## y\n\n```backward\ndw = dy\n```\n\n~~~ closed\ndw = 2 * dy\n~~~\n"
    lesson = parsed(text)
    assert lesson.backward == (Line("dw", "dy", 20, 6),)
    assert lesson.closed == (Line("dw", "2 * dy", 24, 6),)


def test_derivation_belongs_to_its_node():
    lesson = parsed(SMALL + "## y\n\n```derivation\ny\n\n  w * x  # why\n```\n")
    assert lesson.derivations == (Derivation("y", (Line("", "y", 20, 1), Line("", "w * x", 22, 3, "why"))),)


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_read(ending, tmp_path):
    read = read_lesson(written(tmp_path, SMALL.replace("\n", ending)), "lesson.md")
    assert read == parsed(SMALL)


def test_byte_order_mark_is_no_part_of_the_text(tmp_path):
    assert read_lesson(written(tmp_path, b"\xef\xbb\xbf" + SMALL.encode()), "lesson.md") == parsed(SMALL)


# --- files that are no text -------------------------------------------------------------------------------


def test_broken_utf8_is_reported_with_its_byte(tmp_path):
    found = file_problems(tmp_path, b"+++\n\xff\n")
    assert found == ["lesson.md: error: the file is not UTF-8 text (byte 4)"]


def test_large_file_is_not_read(tmp_path):
    found = file_problems(tmp_path, b"a" * 2_000_000)
    assert found == ["lesson.md: error: the file is larger than 1,000,000 bytes"]


def test_file_of_the_greatest_size_is_read(tmp_path):
    text = SMALL + "a\n" * ((LARGEST_FILE - len(SMALL)) // 2)
    assert isinstance(read_lesson(written(tmp_path, text)), Lesson)


def test_folder_is_reported(tmp_path):
    found = read_lesson(tmp_path, "folder")
    assert found == (Problem("folder", 0, 0, "the file cannot be read: Is a directory"),)


def test_missing_file_is_reported(tmp_path):
    found = read_lesson(tmp_path / "none.md", "none.md")
    assert found == (Problem("none.md", 0, 0, "the file cannot be read: No such file or directory"),)


# --- front matter -----------------------------------------------------------------------------------------

FRONT_MATTER = {
    "missing": ("```graph\ny = x\n```\n", NO_FRONT),
    "not at the top": ("\n" + SMALL, NO_FRONT),
    "unclosed": ("+++\nformat = 1\n```graph\ny = x\n```\n", NOT_CLOSED),
    "unknown key": (
        with_front("titel = 'a'"),
        "lesson.md:3:1: error: there is no key titel (did you mean title?)",
    ),
    "wrong format": (
        SMALL.replace("format = 1", "format = 2"),
        "lesson.md:2:1: error: format must be 1 (this version reads no other)",
    ),
    "no format": (
        SMALL.replace("format = 1\n", ""),
        "lesson.md:1:1: error: format must be 1 (this version reads no other)",
    ),
    "title": (with_front("title = 3"), "lesson.md:3:1: error: title must be a text in quotes"),
    "output": (with_front("output = ['y']"), "lesson.md:3:1: error: output must be a text in quotes"),
    "sizes": (
        with_front("sizes = 3"),
        "lesson.md:3:1: error: sizes must be a table: [sizes], then N = 4",
    ),
    "no inputs": (
        SMALL.replace('x = { shape = ["N", "D"] }\nw = { shape = ["D"] }\n', "").replace("[inputs]\n", ""),
        "lesson.md:1:1: error: a lesson needs [inputs], such as x = { shape = [4, 3] }",
    ),
    "input": (
        SMALL.replace('w = { shape = ["D"] }', "w = 3"),
        "lesson.md:11:1: error: the input w must be a table: { shape = [4, 3] }",
    ),
    "input's name": (
        SMALL.replace("w = {", "w-2 = {"),
        "lesson.md:11:1: error: w-2 cannot be a name (use letters, digits and _)",
    ),
    "input's key": (
        with_input("shap = [3]"),
        "lesson.md:4:1: error: the input z has no key shap (did you mean shape?)",
    ),
    "key of another draw": (
        with_input('draw = "normal", low = 1'),
        "lesson.md:4:1: error: the input z has no key low",
    ),
    "draw": (
        with_input('draw = "norml"'),
        "lesson.md:4:1: error: there is no draw norml (did you mean normal?)",
    ),
    "number of a draw": (
        with_input('mean = "a"'),
        "lesson.md:4:1: error: the numbers of z's draw must be numbers",
    ),
    "size of a shape": (
        SMALL.replace('w = { shape = ["D"] }', 'w = { shape = ["DD"] }'),
        "lesson.md:11:1: error: the size DD of w is not in [sizes] (did you mean D?)",
    ),
    "number of a shape": (
        with_input("shape = [2.5]"),
        "lesson.md:4:1: error: the shape of z must hold size names or whole numbers",
    ),
}


@pytest.mark.parametrize("case", FRONT_MATTER)
def test_front_matter_problem_is_reported_at_its_place(case):
    text, expected = FRONT_MATTER[case]
    assert problems(text) == [expected]


@pytest.mark.parametrize("size", ["0", "-1", "1.5", "true", '"4"', "1_000_001"])
def test_size_is_a_whole_number_in_its_bounds(size):
    text = SMALL.replace("D = 3", f"M = {size}\nD = 3")
    expected = "lesson.md:7:1: error: the size M must be a whole number from 1 to 1,000,000"
    assert problems(text) == [expected]


@pytest.mark.parametrize("entry", ["-1", "true", "[3]", "1_000_001"])
def test_shape_holds_sizes_and_whole_numbers(entry):
    expected = "lesson.md:4:1: error: the shape of z must hold size names or whole numbers"
    assert problems(with_input(f"shape = [{entry}]")) == [expected]


TOML = {
    "title =": "lesson.md:3:8: error: the front matter is not TOML: Invalid value",
    "title = 'a": 'lesson.md:3:11: error: the front matter is not TOML: Expected "\'"',
    "[sizes": "lesson.md:3:7: error: the front matter is not TOML: Expected ']' at the end of a table declaration",
    "format = 1": "lesson.md:3:11: error: the front matter is not TOML: Cannot overwrite a value",
}


@pytest.mark.parametrize("line", TOML)
def test_toml_error_is_reported_with_its_line(line):
    assert problems(with_front(line)) == [TOML[line]]


def test_deeply_nested_toml_is_reported():
    assert "the front matter is not TOML" in problems(with_front("title = " + "[" * 100_000))[0]


def test_number_of_thousands_of_digits_is_reported():
    assert problems(with_front("title = " + "1" * 5000))


@pytest.mark.parametrize("row", ["draw = []", "draw = ['normal']", "draw = false", 'draw = ""', "draw = 0"])
def test_draw_must_be_a_name(row):
    assert problems(with_input(row))[0].startswith("lesson.md:4:1: error: ")


VALUES = ["'abc'", "[[1, 2], [3]]", "{ a = 1 }", "1979-05-27", "1" + "0" * 400, "[" * 70 + "1" + "]" * 70]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:12])
def test_value_must_be_numbers(value):
    assert problems(with_input(f"value = {value}"))[0].startswith("lesson.md:4:1: error: ")


def test_number_of_a_draw_must_fit_a_float():
    assert problems(with_input("mean = 1" + "0" * 400))[0].startswith("lesson.md:4:1: error: ")


def test_references_must_be_a_list():
    assert problems(with_front("references = 5"))[0].startswith("lesson.md:3:1: error: ")


def test_place_of_a_key_is_not_that_of_a_longer_one():
    found = problems(SMALL.replace("D = 3", "D = 3\nt = 0"))
    assert found == ["lesson.md:8:1: error: the size t must be a whole number from 1 to 1,000,000"]


# --- blocks and headings ----------------------------------------------------------------------------------

BODY = {
    "no graph": (FRONT, [NO_GRAPH]),
    "no graph but prose": (FRONT + "only prose\n", [NO_GRAPH]),
    "graph in a quotation": (FRONT + "> ```graph\n> y = x\n> ```\n", [NO_GRAPH]),
    "unclosed graph": (
        FRONT + "```graph\ny = x * 2\n\n## y\n",
        ["lesson.md:13:1: error: this block is not closed (end it with ```)", NO_GRAPH],
    ),
    "unclosed code": (
        SMALL + "prose\n\n~~~~ python\nx = 3\n~~~\n",
        ["lesson.md:18:1: error: this block is not closed (end it with ~~~~)"],
    ),
    "two graphs": (
        SMALL + "\n```graph\nz = w * x\n```\n",
        ["lesson.md:17:1: error: there are two graph blocks"],
    ),
    "two backwards": (
        SMALL + "```backward\ndx = w\n```\n```backward\ndx = w\n```\n",
        ["lesson.md:19:1: error: there are two backward blocks"],
    ),
    "misspelt block": (
        SMALL + "```bakward\ndx = w\n```\n",
        ["lesson.md:16:1: error: there is no block bakward (did you mean backward?)"],
    ),
    "two sections": (
        SMALL + "## y\n\na\n\n## `y`\n\nb\n",
        ["lesson.md:20:1: error: there are two sections for y"],
    ),
    "heading three before a node": (
        SMALL + "### backward\n",
        ["lesson.md:16:1: error: the heading backward has no place here (## node, ### backward)"],
    ),
    "heading three of another name": (
        SMALL + "## y\n\n### forward\n",
        ["lesson.md:18:1: error: the heading forward has no place here (## node, ### backward)"],
    ),
    "heading four": (
        SMALL + "## y\n\n#### deep\n",
        ["lesson.md:18:1: error: the heading deep has no place here (## node, ### backward)"],
    ),
    "not a line": (
        with_graph("y = w * x", "  y == x", "z"),
        [f"lesson.md:15:3: {NOT_A_LINE}", f"lesson.md:16:1: {NOT_A_LINE}"],
    ),
}


@pytest.mark.parametrize("case", BODY)
def test_body_problem_is_reported_at_its_place(case):
    text, expected = BODY[case]
    assert problems(text) == expected


@pytest.mark.parametrize("lines", [[], [""], ["# only a remark"]])
def test_graph_without_a_line_is_reported(lines):
    assert problems(with_graph(*lines))


@pytest.mark.parametrize("text", ["", "+++", "+++\n", "+++\nformat = 1\n", "+++\n+++\n", " \n \n"])
def test_lesson_without_a_body_is_reported(text):
    assert NO_GRAPH in problems(text)


@pytest.mark.parametrize("ending", ["", "\n", "\n\n\n"])
def test_bare_fence_at_the_end_is_not_closed(ending):
    assert problems(SMALL + "```" + ending) == [
        "lesson.md:16:1: error: this block is not closed (end it with ```)"
    ]


def test_all_problems_are_reported_at_once_and_true_to_the_file():
    text = (
        SMALL.replace("title", "titel").replace("N = 4", "N = 0")
        + "\n### odd\n\n```closed\n?\n```\n```python\n"
    )
    assert problems(text.replace("\n", "\r\n")) == [
        "lesson.md:3:1: error: there is no key titel (did you mean title?)",
        "lesson.md:6:1: error: the size N must be a whole number from 1 to 1,000,000",
        "lesson.md:10:1: error: the size N of x is not in [sizes]",
        "lesson.md:17:1: error: the heading odd has no place here (## node, ### backward)",
        f"lesson.md:20:1: {NOT_A_LINE}",
        "lesson.md:22:1: error: this block is not closed (end it with ```)",
    ]


# --- text is data -----------------------------------------------------------------------------------------

UNSAFE = "\x1b[31m \x9b31m \x07 \x00 \x7f \x85 \u202e \u2066 \u200f \u200b \xad \ufeff"
SAFE = "[31m 31m"


def test_control_and_format_characters_are_removed_from_prose():
    lesson = parsed(SMALL + f"a {UNSAFE} b\n\n## y\n\na {UNSAFE} b\n")
    assert lesson.opening == lesson.sections["y"].forward == f"a {SAFE + ' ' * 11}b".replace("31m  ", "31m  ")


def test_control_characters_are_removed_from_captions_and_messages():
    assert parsed(with_graph(f"y = w * x  # a\x1b[2J b{UNSAFE}")).graph[0].caption.startswith("a[2J b[31m")
    assert "\x1b" not in problems(SMALL + "### a\x1b[2J\n")[0]


@pytest.mark.parametrize("escape", [r"\u001b", r"\u009b", r"\u202e", r"\u0000"])
@pytest.mark.parametrize("key", ["title", "summary"])
def test_control_characters_written_as_toml_escapes_are_removed(escape, key):
    lesson = parsed(with_front(f'{key} = "a{escape}[2Jb"'))
    assert getattr(lesson, key) == "a[2Jb"


def test_control_characters_written_as_toml_escapes_are_removed_from_references():
    assert parsed(with_front(r'references = ["a\u001b[2Jb"]')).references == ("a[2Jb",)


@pytest.mark.parametrize("line", [r'"\u001b[2J" = 1', r'output = "\u001b[2J"'])
def test_control_characters_written_as_toml_escapes_are_removed_from_messages(line):
    found = parsed(with_front(line))
    assert "\x1b" not in (found.output if isinstance(found, Lesson) else str(found[0]))


@pytest.mark.parametrize("row", [r'draw = "\u001b[2J"', r'"\u001b[2J" = 1', r'shape = ["\u001b[2J"]'])
def test_control_characters_written_as_toml_escapes_are_removed_from_messages_on_inputs(row):
    assert "\x1b" not in problems(with_input(row))[0]


# --- anything at all --------------------------------------------------------------------------------------

brief = settings(max_examples=200, deadline=2000, derandomize=True, database=None)
PIECES = [
    "+++",
    "```",
    "~~~",
    "## ",
    "### backward",
    "\r",
    "\x1b[2J",
    "\0",
    "\ud800",
    "= ",
    '"',
    "[",
    "]",
    "{",
    "}",
]
PIECES += ["(", ")", "**", ", ", "#", "x", "0", "9" * 30, "-", "1e400", "True", "[sizes]", "N = 0", "\\u001b"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("any")


def lesson_or_problems(found):
    assert isinstance(found, Lesson) or (found and all(isinstance(each, Problem) for each in found))


@brief
@given(content=st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "ignore"))))
def test_any_bytes_are_a_lesson_or_problems(folder, content):
    lesson_or_problems(read_lesson(written(folder, content)))


@brief
@given(front=st.text(), body=st.text(min_size=1))
def test_any_text_in_its_frame_is_a_lesson_or_problems(front, body):
    lesson_or_problems(parsed(f"+++\n{front}\n+++\n{body}.\n"))


@brief
@given(pieces=st.lists(st.sampled_from([*PIECES, "\n", "\n", "\n", "y = x\n", "```graph\n"])))
def test_any_markdown_after_the_front_matter_is_a_lesson_or_problems(pieces):
    lesson_or_problems(parsed(FRONT + "".join(pieces) + "\n.\n"))


BATCHNORM = (shipped_folder() / "batchnorm.md").read_text(encoding="utf-8")
places = st.one_of(st.integers(0, len(BATCHNORM)), st.integers(0, 3000))
lengths = st.one_of(st.integers(0, 5), st.integers(0, 2000))
slices = st.tuples(places, lengths).map(lambda at: BATCHNORM[at[0] : at[0] + at[1]])
insertions = st.one_of(
    st.just(""), slices, st.text(max_size=5), st.lists(st.sampled_from(PIECES)).map("".join)
)


@settings(brief, max_examples=300)
@given(start=places, length=lengths, insertion=insertions)
def test_any_change_of_batchnorm_is_a_lesson_or_problems(folder, start, length, insertion):
    text = BATCHNORM[:start] + insertion + BATCHNORM[start + length :]
    path = written(folder, text.encode("utf-8", "replace"))
    try:
        assert isinstance(bn_tutor.load(str(path)), Lesson)
    except LessonError as error:
        assert error.problems
