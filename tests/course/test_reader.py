import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.lesson import Derivation, Lesson, Line, Section
from bn_tutor.course.problem import Problem
from bn_tutor.course.reader import LARGEST_FILE, LONGEST_LINE, MOST_LINES, read_lesson

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

NO_GRAPH = (
    "lesson.md:1:1: error[no-graph]: there is no graph block (write the nodes between ```graph and ```)"
)
MISPLACED = "error[misplaced-heading]"
NO_PLACE = "has no place here (## node, ### backward)"
NOT_A_LINE = "error[not-a-line]: this line is not of the form name = formula"


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
        Line("z", "-y", 17, 7),
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
    assert lesson.backward == (Line("dw", "dy", 19, 6),)
    assert lesson.closed == (Line("dw", "2 * dy", 23, 6),)


def test_derivation_belongs_to_its_node():
    lesson = parsed(SMALL + "## y\n\n```derivation\ny\n\n  w * x  # why\n```\n")
    assert lesson.derivations == (Derivation("y", (Line("", "y", 19, 1), Line("", "w * x", 21, 3, "why"))),)


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_read(ending, tmp_path):
    read = read_lesson(written(tmp_path, SMALL.replace("\n", ending)), "lesson.md")
    assert read == parsed(SMALL)


def test_byte_order_mark_is_no_part_of_the_text(tmp_path):
    assert read_lesson(written(tmp_path, b"\xef\xbb\xbf" + SMALL.encode()), "lesson.md") == parsed(SMALL)


# --- files that are no text -------------------------------------------------------------------------------


def test_broken_utf8_is_reported_with_its_byte(tmp_path):
    found = file_problems(tmp_path, b"+++\nab\xff\n")
    message = "the file is not UTF-8 text: byte 7 begins no character (save it as UTF-8)"
    assert found == [f"lesson.md:2:3: error[not-utf8]: {message}"]


def test_large_file_is_not_read(tmp_path):
    found = file_problems(tmp_path, b"a" * (LARGEST_FILE + 1))
    assert found == ["lesson.md: error[unreadable]: the file is larger than 250,000 bytes"]


def test_file_of_the_greatest_size_is_read(tmp_path):
    text = SMALL + "a" * 99 + "\n" + ("a" * 999 + "\n") * (LARGEST_FILE // 1000)
    assert isinstance(read_lesson(written(tmp_path, text[:LARGEST_FILE])), Lesson)


def test_line_of_the_greatest_length_is_read():
    assert isinstance(parsed(SMALL + "a" * LONGEST_LINE), Lesson)
    message = f"the line has {LONGEST_LINE + 1:,} characters, {LONGEST_LINE:,} are allowed"
    assert problems(SMALL + "a" * (LONGEST_LINE + 1)) == [
        f"lesson.md:16:{LONGEST_LINE + 1}: error[too-large]: {message}"
    ]


def test_no_more_lines_are_read_than_are_allowed():
    above = SMALL.count("\n")
    assert isinstance(parsed(SMALL + "\n" * (MOST_LINES - above - 1)), Lesson)
    message = f"the file has {MOST_LINES + 1:,} lines, {MOST_LINES:,} are allowed"
    found = problems(SMALL + "\n" * (MOST_LINES - above))
    assert found == [f"lesson.md:{MOST_LINES + 1}:1: error[too-large]: {message}"]


def test_folder_is_reported(tmp_path):
    found = read_lesson(tmp_path, "folder")
    assert found == (
        Problem("folder", 0, 0, "the file cannot be read: Is a directory", code=Code.UNREADABLE),
    )


def test_missing_file_is_reported(tmp_path):
    found = read_lesson(tmp_path / "none.md", "none.md")
    message = "the file cannot be read: No such file or directory"
    assert found == (Problem("none.md", 0, 0, message, code=Code.UNREADABLE),)


# --- blocks and headings ----------------------------------------------------------------------------------

BODY = {
    "no graph": (FRONT, [NO_GRAPH]),
    "no graph but prose": (FRONT + "only prose\n", [NO_GRAPH]),
    "graph in a quotation": (FRONT + "> ```graph\n> y = x\n> ```\n", [NO_GRAPH]),
    "unclosed graph": (
        FRONT + "```graph\ny = x * 2\n\n## y\n",
        ["lesson.md:13:1: error[unclosed-block]: this block is not closed (end it with ```)", NO_GRAPH],
    ),
    "unclosed code": (
        SMALL + "prose\n\n~~~~ python\nx = 3\n~~~\n",
        ["lesson.md:18:1: error[unclosed-block]: this block is not closed (end it with ~~~~)"],
    ),
    "misspelt block": (
        SMALL + "```bakward\ndx = w\n```\n",
        ["lesson.md:16:1: error[unknown-block]: there is no block bakward (did you mean backward?)"],
    ),
    "two sections": (
        SMALL + "## y\n\na\n\n## `y`\n\nb\n",
        ["lesson.md:20:1: error[second-section]: there are two sections for y"],
    ),
    "heading three before a node": (
        SMALL + "### backward\n",
        [f"lesson.md:16:1: {MISPLACED}: the heading backward {NO_PLACE}"],
    ),
    "heading three of another name": (
        SMALL + "## y\n\n### forward\n",
        [f"lesson.md:18:1: {MISPLACED}: the heading forward {NO_PLACE}"],
    ),
    "heading four": (
        SMALL + "## y\n\n#### deep\n",
        [f"lesson.md:18:1: {MISPLACED}: the heading deep {NO_PLACE}"],
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


@pytest.mark.parametrize("text", ["", "+++\n+++\n", "+++\nformat = 1\n+++\n", " \n \n"])
def test_lesson_without_a_body_is_reported(text):
    assert NO_GRAPH in problems(text)


@pytest.mark.parametrize("text", ["+++", "+++\n", "+++\nformat = 1\n"])
def test_graph_is_not_missed_where_the_front_matter_has_no_end(text):
    message = "the front matter is not closed by a second +++ line"
    assert problems(text) == [f"lesson.md:1:1: error[no-front-matter]: {message}"]


@pytest.mark.parametrize("ending", ["", "\n", "\n\n\n"])
def test_bare_fence_at_the_end_is_not_closed(ending):
    assert problems(SMALL + "```" + ending) == [
        "lesson.md:16:1: error[unclosed-block]: this block is not closed (end it with ```)"
    ]


def test_all_problems_are_reported_at_once_and_true_to_the_file():
    text = (
        SMALL.replace("title", "titel").replace("N = 4", "N = 0")
        + "\n### odd\n\n```closed\n?\n```\n```python\n"
    )
    assert problems(text.replace("\n", "\r\n")) == [
        "lesson.md:3:1: error[unknown-key]: there is no key titel (did you mean title?)",
        "lesson.md:6:1: error[wrong-value]: the size N must be a whole number from 1 to 1,000,000",
        f"lesson.md:17:1: {MISPLACED}: the heading odd {NO_PLACE}",
        f"lesson.md:20:1: {NOT_A_LINE}",
        "lesson.md:22:1: error[unclosed-block]: this block is not closed (end it with ```)",
    ]


def test_section_and_prose_with_braces_keep_their_lines():
    lesson = parsed(SMALL + "one\n{value: y}\n\n## y\n\ntwo {shape: y}\n")
    assert lesson.sections["y"].line == 19
    assert lesson.quoting == (Line("", "{value: y}", 17, 1), Line("y", "two {shape: y}", 21, 1))


def test_places_of_what_the_front_matter_says_are_kept():
    lesson = parsed(with_front("title = 'a'", "output = 'y'", "  requires = ['a']"))
    places = {"output": (4, 1), "output.y": (4, 11), "requires": (5, 3), "requires.a": (5, 16)}
    assert lesson.lines_of == {**places, "sizes": (1, 1), "switches": (1, 1), "x": (7, 1)}


def test_place_of_a_key_that_is_not_there_is_the_first_line():
    missing = {"output": (1, 1), "requires": (1, 1), "switches": (1, 1)}
    assert parsed(SMALL).lines_of == {**missing, "sizes": (5, 2), "x": (10, 1), "w": (11, 1)}
