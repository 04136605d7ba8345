"""Whatever a file holds: a lesson or its problems, and no control character in either."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import bn_tutor
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.loading import LessonError
from bn_tutor.course.places import shipped_folder
from bn_tutor.course.problem import Problem
from bn_tutor.course.reader import read_lesson

from .lessons import FRONT, SMALL, parsed, problems, with_front, with_graph, with_input, written

UNSAFE = "\x00\x07\x1b\x7f\x85\x9b\u061c\u200b\u200f\u202e\u2066\u2069\xad\ufeff"
ESCAPES = [r"\u001b", r"\u009b", r"\u202e", r"\u0000"]


@pytest.mark.parametrize("sign", UNSAFE, ids=ascii)
def test_control_or_format_character_is_removed_from_prose(sign):
    lesson = parsed(SMALL + f"one{sign}[2J\n\n## y\n\ntwo{sign}[2J\n")
    assert (lesson.opening, lesson.sections["y"].forward) == ("one[2J", "two[2J")


def test_control_characters_are_removed_from_captions_and_messages():
    assert parsed(with_graph("y = w * x  # a\x1b[2J")).graph[0].caption == "a[2J"
    assert "the heading a[2J has" in problems(SMALL + "### a\x1b[2J\n")[0]


def test_control_characters_are_removed_from_the_path(tmp_path):
    assert read_lesson(tmp_path / "none\x1b[2J.md")[0].path.endswith("none[2J.md")


@pytest.mark.parametrize("escape", ESCAPES)
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


@settings(brief, max_examples=150, phases=[Phase.generate])
@given(start=places, length=lengths, insertion=insertions)
def test_any_change_of_batchnorm_is_a_lesson_or_problems(folder, start, length, insertion):
    text = BATCHNORM[:start] + insertion + BATCHNORM[start + length :]
    path = written(folder, text.encode("utf-8", "replace"))
    try:
        assert isinstance(bn_tutor.load(str(path)), Lesson)
    except LessonError as error:
        assert error.problems
