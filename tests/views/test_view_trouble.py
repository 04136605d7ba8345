"""What stands in place of a frame that cannot be drawn: the problems with their lines, at any size."""

import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.problem import Problem
from bn_tutor.views.look import Look
from bn_tutor.views.trouble import trouble_lines

HEAD = " This lesson cannot be walked as it is. It comes back when the file is mended."
SIZES = [(10, 3), (10, 24), (20, 5), (40, 10), (80, 3), (80, 24), (200, 60)]
LINE = "y = meen(x, axis=0) * 漢字 + a_long_name_that_goes_on_and_on_and_on"
TEXT = f"+++\nformat = 1\n+++\n```graph\n{LINE}\n```\n"
EVIL = "\x1b[2J\x1b]0;title\x07[bold]x[/bold]\x9b31m\u202egnp\ud800\x00"


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Write a file that problems speak of, under a short name."""
    monkeypatch.chdir(tmp_path)

    def write(content=TEXT):
        path = tmp_path / "own.md"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
        return path.name

    return write


def problem(path, line=5, column=5, message="there is no operation meen", hint="did you mean mean?"):
    return Problem(path, line, column, message, hint, Code.UNKNOWN_OPERATION)


def drawn(problems, width=80, height=24, **options):
    return [line.plain for line in trouble_lines(problems, Look(width, **options), height)]


def test_a_problem_has_its_line_a_mark_and_a_hint(file):
    lines = drawn([problem(file())])
    assert lines[0] == HEAD
    assert lines[2:5] == [
        "own.md:5:5: error[unknown-operation]: there is no operation meen",
        f"    5 | {LINE}",
        "      |     ^ hint: did you mean mean?",
    ]
    assert lines[-1] == " q quit"
    assert len(lines) == 24


def test_the_head_fits_eighty_columns():
    assert len(HEAD) <= 80


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_it_fills_the_screen_and_no_more(file, too_wide, width, height, count):
    lines = drawn([problem(file())] * count, width, height)
    assert (len(lines), too_wide(lines, width)) == (height, [])
    assert "This" in lines[0] or lines[0].startswith("5: there")
    assert lines[-1] == " q quit"


@pytest.mark.parametrize(
    ("width", "height", "count", "shown"),
    [
        (10, 3, 50, ["5: there", "is no…"]),
        (10, 4, 50, ["5: there", "is no", "operation…"]),
        (10, 6, 50, ["5: there", "is no", "operation", "meen", " and more"]),
        (20, 5, 1, ["5: there is no", "operation meen", "", ""]),
        (80, 3, 50, ["5: there is no operation meen", " and more"]),
        (80, 4, 50, ["5: there is no operation meen", " and more", ""]),
    ],
)
def test_of_few_rows_the_first_problem_has_all(file, width, height, count, shown):
    assert drawn([problem(file())] * count, width, height)[:-1] == shown


def test_in_few_rows_a_problem_without_a_line_has_none():
    assert drawn([problem("", 0, 0)] * 2, 40, 3)[0] == "there is no operation meen"


def test_a_problem_that_is_in_no_file_is_told_once():
    lines = drawn([problem("", 0, 0)], 120)
    assert lines[2] == "error[unknown-operation]: there is no operation meen"


@pytest.mark.parametrize("height", [3, 5, 10, 24])
def test_what_there_is_no_room_for_is_told(file, height):
    lines = drawn([problem(file())] * 50, 80, height)
    assert lines[-2] == " and more"
    assert " and more" not in drawn([problem(file())], 80, 24)


@pytest.mark.parametrize("height", [10, 24])
def test_the_first_problem_is_on_the_screen(file, height):
    lines = drawn([problem(file(), message="first"), *[problem(file())] * 50], 80, height)
    assert lines[2].endswith(": first")


def test_without_a_height_all_are_there(file):
    lines = [line.plain for line in trouble_lines([problem(file())] * 50, Look())]
    assert sum("there is no operation meen" in line for line in lines) == 50
    assert (lines[0], lines[-1]) == (HEAD, " q quit")
    assert not any("and more" in line for line in lines)


@pytest.mark.parametrize(
    "place", [(0, 0), (1, 0), (5, 1), (5, 999), (6, 1), (7, 1), (99, 1), (10**9, 10**9)], ids=str
)
def test_any_place_can_be_told(file, too_wide, place):
    lines = drawn([problem(file(), *place)])
    assert "error[unknown-operation]: there is no" in lines[2]
    assert too_wide(lines, 80) == []


@pytest.mark.parametrize("path", ["gone.md", ".", "a\x00b", "", "x" * 5000])
def test_a_file_that_cannot_be_read_has_no_excerpt(path):
    lines = drawn([problem(path)], 80, 24)
    assert len(lines) == 24
    assert not any("|" in line for line in lines[:4])


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize(
    "content", [EVIL * 9, f"{EVIL}\r\r\n{EVIL}\n" * 9, b"\xff\xfe\x00\x1b[2J\n" * 9, b""]
)
def test_nothing_in_a_file_reaches_the_terminal(file, control_characters, too_wide, content, width, height):
    path = file(content)
    problems = [problem(path, line, column, EVIL, EVIL) for line in (1, 2, 3) for column in (1, 5, 30)]
    lines = drawn([*problems, problem(EVIL)], width, height)
    assert control_characters(lines) == []
    assert (len(lines), too_wide(lines, width)) == (height, [])
    whole = [line.plain for line in trouble_lines(problems, Look(width))]
    assert control_characters(whole) == []


def test_markup_is_shown_as_it_stands(file):
    lines = drawn([problem(file("[bold]x[/bold] :smile:\n"), 1, 1, "[red]no[/red]")])
    assert lines[2].endswith("[red]no[/red]")
    assert lines[3].endswith("| [bold]x[/bold] :smile:")


def test_in_ascii_it_is_ascii(file):
    assert "".join(drawn([problem(file())], 10, 3, ascii=True)).isascii()
    lines = drawn([problem(file("y = x² − √x\n"), 1, 5, "∂ − ×", "→")], ascii=True)
    assert "".join(lines).isascii()
