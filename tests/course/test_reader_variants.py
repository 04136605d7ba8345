"""Several blocks, outputs and choices in one file; and what is made of a file with problems."""

import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.lesson import Line
from bn_tutor.course.reader import read_whole

from .lessons import FRONT, SMALL, parsed, problems, with_front, written

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
