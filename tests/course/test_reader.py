import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.lesson import Derivation, Lesson, Line, Section
from bn_tutor.course.problem import Problem
from bn_tutor.course.reader import LARGEST_FILE, read_lesson, read_whole

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
    found = file_problems(tmp_path, b"+++\n\xff\n")
    assert found == ["lesson.md: error[not-utf8]: the file is not UTF-8 text (byte 4)"]


def test_large_file_is_not_read(tmp_path):
    found = file_problems(tmp_path, b"a" * 2_000_000)
    assert found == ["lesson.md: error[unreadable]: the file is larger than 1,000,000 bytes"]


def test_file_of_the_greatest_size_is_read(tmp_path):
    text = SMALL + "a" * (LARGEST_FILE - len(SMALL))
    assert isinstance(read_lesson(written(tmp_path, text)), Lesson)


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
        [
            "lesson.md:16:1: error[misplaced-heading]: the heading backward has no place here (## node, ### backward)"
        ],
    ),
    "heading three of another name": (
        SMALL + "## y\n\n### forward\n",
        [
            "lesson.md:18:1: error[misplaced-heading]: the heading forward has no place here (## node, ### backward)"
        ],
    ),
    "heading four": (
        SMALL + "## y\n\n#### deep\n",
        [
            "lesson.md:18:1: error[misplaced-heading]: the heading deep has no place here (## node, ### backward)"
        ],
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
        "lesson.md:10:1: error[unknown-size]: the size N of x is not in [sizes]",
        "lesson.md:17:1: error[misplaced-heading]: the heading odd has no place here (## node, ### backward)",
        f"lesson.md:20:1: {NOT_A_LINE}",
        "lesson.md:22:1: error[unclosed-block]: this block is not closed (end it with ```)",
    ]


def test_section_and_prose_with_braces_keep_their_lines():
    lesson = parsed(SMALL + "one\n{value: y}\n\n## y\n\ntwo {shape: y}\n")
    assert lesson.sections["y"].line == 19
    assert lesson.quoting == (Line("", "{value: y}", 17, 1), Line("y", "two {shape: y}", 21, 1))


def test_places_of_what_the_front_matter_says_are_kept():
    lesson = parsed(with_front("title = 'a'", "output = 'y'", "  requires = ['a']"))
    assert lesson.lines_of == {"output": (4, 1), "requires": (5, 3), "x": (7, 1)}


def test_place_of_a_key_that_is_not_there_is_the_first_line():
    assert parsed(SMALL).lines_of == {"output": (1, 1), "requires": (1, 1), "x": (10, 1), "w": (11, 1)}


# --- several blocks, several outputs ----------------------------------------------------------------------


@pytest.mark.parametrize("block", ["graph", "backward", "closed"])
def test_several_blocks_are_read_as_one_in_the_order_of_the_file(block):
    text = SMALL + f"```{block}\nb = 2 * y\n```\n\nprose\n\n```{block}\na = 3 * b\n```\n"
    lines = getattr(parsed(text), block)
    assert [(line.name, line.line) for line in lines][-2:] == [("b", 17), ("a", 23)]


def test_outputs_are_the_front_matters_in_its_order():
    lesson = parsed(with_front("output = ['z', 'y']", body="```graph\ny = x * 2\nz = y * 3\n```\n"))
    assert (lesson.outputs, lesson.output) == (("z", "y"), "z")


def test_output_is_the_last_line_where_none_is_named():
    lesson = parsed(with_front(body="```graph\ny = x * 2\n```\n```graph\nz = y * 3\n```\n"))
    assert lesson.outputs == ("z",)


def test_lines_that_may_have_links_are_kept():
    text = SMALL + "one\n[a](b.md) two\n\n## y\n\n![c](d.png)\n"
    linking = [line for written in parsed(text).written for line in written.linking]
    assert linking == [Line("", "[a](b.md) two", 17, 1), Line("y", "![c](d.png)", 21, 1)]


# --- switches ---------------------------------------------------------------------------------------------

SWITCHES = ("[switches]", "mode = ['train', 'test']", "ddof = [0, 1]")


def with_switches(body):
    """Return a lesson with switches; its body begins on line 9."""
    return with_front(*SWITCHES, body=body)


WHEN = {
    "mode = test": (("mode", "test"),),
    "mode=test": (("mode", "test"),),
    "mode = test and ddof = 1": (("mode", "test"), ("ddof", "1")),
    "mode = test, ddof = 1": (("mode", "test"), ("ddof", "1")),
}


@pytest.mark.parametrize("text", WHEN)
@pytest.mark.parametrize("block", ["graph", "backward", "closed"])
def test_condition_of_a_block_is_that_of_its_lines(block, text):
    body = f"```graph\ny = x * 2\n```\n```{block} when {text}\nz = y * 3\n```\n"
    lesson = parsed(with_switches(body)).everything
    assert [line.when for line in getattr(lesson, block)][-1] == WHEN[text]


BOTH = (("mode", "test"), ("ddof", "1"))
BODY_OF_BOTH = """\
```graph
y = x * 2
```

## y when mode = test

one

```derivation when ddof = 1
y
```

```mistake when ddof = 1
id = "a"
change = "y = x"
say = "b"
```

### backward when ddof = 1

two

```question
id = "b"
kind = "shape"
ask = "c"
answer = "y"
```
"""


def test_conditions_of_a_heading_and_of_what_stands_below_are_both_kept():
    lesson = parsed(with_switches(BODY_OF_BOTH)).everything
    written = [(each.text, each.direction, each.when) for each in lesson.written if each.text]
    assert written == [("one", "forward", BOTH[:1]), ("two", "backward", BOTH)]
    parts = (*lesson.derivations, *lesson.mistakes, *lesson.questions)
    assert [(part.node, part.when) for part in parts] == [("y", BOTH)] * 3
    assert [part.line for part in (*lesson.mistakes, *lesson.questions)] == [21, 31]
    assert lesson.derivations[0].direction == "forward"


def test_sections_of_one_node_for_different_choices_are_none_too_many():
    body = "```graph\ny = x * 2\n```\n## y\n\na\n\n## y when mode = test\n\nb\n"
    lesson = parsed(with_switches(body))
    assert lesson.sections["y"].forward == "a"


FORM = "after when stands name = choice (when mode = train)"
WRONG_WHEN = {
    "graph when mood = test": (10, "there is no switch mood (did you mean mode?)"),
    "backward when mode = tset": (13, "mode has no choice tset (did you mean test?)"),
    "closed  when ddof = 7": (12, "ddof has no choice 7 (there are: 0, 1)"),
    "graph when mode = test and ddof = 2": (10, "ddof has no choice 2 (there are: 0, 1)"),
    "graph when mode": (10, FORM),
    "graph when mode =": (10, FORM),
    "graph when = test": (10, FORM),
    "graph when mode = test and": (10, FORM),
    "graph when mode test": (10, FORM),
    "graph when": (1, FORM),
}


@pytest.mark.parametrize("opening", WRONG_WHEN)
def test_condition_that_cannot_hold_is_reported_at_its_place(opening):
    column, message = WRONG_WHEN[opening]
    body = f"```graph\ny = x * 2\n```\n```{opening}\nz = y * 3\n```\n"
    text = with_front("output = 'y'", *SWITCHES, body=body)
    assert problems(text) == [f"lesson.md:13:{column}: error[unknown-switch]: {message}"]


WRONG_HEADINGS = {
    "## `y` when mode = tset": ("12:8", "mode has no choice tset (did you mean test?)"),
    "## y\n\n### backward when mod = test": ("14:14", "there is no switch mod (did you mean mode?)"),
    "## y when mode": ("12:6", FORM),
}


@pytest.mark.parametrize("heading", WRONG_HEADINGS)
def test_condition_of_a_heading_that_cannot_hold_is_reported_at_its_place(heading):
    place, message = WRONG_HEADINGS[heading]
    body = f"```graph\ny = x * 2\n```\n{heading}\n\nprose\n"
    assert problems(with_switches(body)) == [f"lesson.md:{place}: error[unknown-switch]: {message}"]


def test_condition_in_a_lesson_without_switches_is_reported():
    found = problems(SMALL + "```closed when mode = train\ndx = dy\n```\n")
    assert found == ["lesson.md:16:11: error[unknown-switch]: there is no switch mode"]


def test_graphs_of_all_variants_are_looked_at_beside_problems_of_the_form():
    body = "```graph\ny = x * 2\n```\n```graph when mode = test\nz = zed * 2\n```\n#### odd\n"
    found = problems(with_front("output = 'y'", *SWITCHES, body=body))
    assert [problem.split(": ")[:2] for problem in found] == [
        ["lesson.md:16:1", "error[misplaced-heading]"],
        ["lesson.md:14:5", "error[unknown-name]"],
    ]


# --- what can be made of a wrong file ---------------------------------------------------------------------


def test_lesson_with_problems_is_returned_beside_them(tmp_path):
    lesson, found = read_whole(written(tmp_path, SMALL + "#### odd\n"), "lesson.md")
    assert lesson.graph == parsed(SMALL).graph
    assert [problem.code for problem in found] == [Code.MISPLACED_HEADING]


@pytest.mark.parametrize("content", [b"\xff", b"", FRONT.encode(), SMALL.replace("N = 4", "N = 0").encode()])
def test_there_is_no_lesson_without_its_sizes_and_a_graph(content, tmp_path):
    lesson, found = read_whole(written(tmp_path, content), "lesson.md")
    assert lesson is None and found


def test_mistakes_and_questions_stand_in_their_sections():
    mistake = '```mistake\nid = "a"\nchange = "y = w"\nsay = "b"\n```\n'
    question = '```question\nid = "c"\nkind = "shape"\nask = "d"\nanswer = "y"\n```\n'
    lesson = parsed(SMALL + question + "## y\n\n" + mistake + "### backward\n\n" + question)
    assert [(each.id, each.node, each.line) for each in lesson.mistakes] == [("a", "y", 24)]
    assert [(each.id, each.node, each.line) for each in lesson.questions] == [("c", "", 16), ("c", "y", 31)]


def test_nothing_of_a_mistake_or_a_question_is_prose():
    mistake = '```mistake\nid = "a"\nchange = "y = w"\nsay = "{value: b}"\n```\n'
    lesson = parsed(SMALL + "before\n\n" + mistake)
    assert (lesson.opening, lesson.quoting) == ("before", ())
