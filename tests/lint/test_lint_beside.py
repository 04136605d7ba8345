"""A lesson reads no file but a small table of numbers in its own folder."""

import json
import os
import time

import numpy as np
import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.lint import lint

from .test_lint_codes import with_slips, written

SECONDS = 15


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
