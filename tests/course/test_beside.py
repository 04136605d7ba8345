"""A file beside a lesson: only its own folder is read, and only tables of finite numbers."""

import os

import numpy as np
import pytest

from bn_tutor.course.beside import LARGEST_FILE, BesideError, laid_out, read_beside

links = pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")


@pytest.fixture
def home(tmp_path):
    """Return a lesson's folder with a table in it; a secret lies in the folder above."""
    folder = tmp_path / "home"
    (folder / "deep").mkdir(parents=True)
    (tmp_path / "secret.csv").write_text("7,7\n")
    (tmp_path / "home2").mkdir()
    (tmp_path / "home2" / "secret.csv").write_text("7,7\n")
    (folder / "data.csv").write_text("1,2\n3,4\n")
    (folder / "deep" / "data.csv").write_text("5\n6\n")
    return folder


def refusal(folder, name):
    with pytest.raises(BesideError) as caught:
        read_beside(folder, name)
    message = str(caught.value)
    assert message.isprintable() and "\n" not in message
    return message


# --- what is read -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["data.csv", "./data.csv", "deep/../data.csv", "../home/data.csv"])
def test_table_in_the_folder_is_read(home, name):
    found = read_beside(home, name)
    assert (found.tolist(), found.dtype) == ([[1.0, 2.0], [3.0, 4.0]], np.float64)


def test_table_in_a_folder_within_is_read(home):
    assert read_beside(home, "deep/data.csv").tolist() == [[5.0], [6.0]]


def test_ending_may_be_in_capitals(home):
    (home / "A.CSV").write_text("x,y\n1,2\n")
    assert read_beside(home, "A.CSV").tolist() == [[1.0, 2.0]]


def test_folder_may_be_relative(home, monkeypatch):
    monkeypatch.chdir(home)
    assert read_beside(type(home)(), "data.csv").shape == (2, 2)


@links
def test_link_to_a_file_in_the_folder_is_followed(home):
    (home / "link.csv").symlink_to(home / "deep" / "data.csv")
    assert read_beside(home, "link.csv").shape == (2, 1)


@links
def test_folder_may_be_a_link_itself(home, tmp_path):
    (tmp_path / "link").symlink_to(home, target_is_directory=True)
    assert read_beside(tmp_path / "link", "data.csv").shape == (2, 2)


# --- confinement ------------------------------------------------------------------------------------------

OUTSIDE = "it must lie in the folder of the lesson"
NO_NAME = 'it must be a name in quotes that ends in .csv: file = "data.csv"'


@pytest.mark.parametrize(
    "name", ["../secret.csv", "deep/../../secret.csv", "../home2/secret.csv", "/etc/none.csv", "../none.csv"]
)
def test_file_outside_is_refused_whether_it_is_there_or_not(home, name):
    assert refusal(home, name) == OUTSIDE


def test_absolute_path_outside_is_refused(home, tmp_path):
    assert refusal(home, str(tmp_path / "secret.csv")) == OUTSIDE


@links
@pytest.mark.parametrize("target", ["../secret.csv", "/dev/zero", "../none.csv"])
def test_link_that_leads_outside_is_refused(home, target):
    (home / "link.csv").symlink_to(target)
    assert refusal(home, "link.csv") == OUTSIDE


@links
def test_file_behind_a_link_to_another_folder_is_refused(home, tmp_path):
    (home / "away").symlink_to(tmp_path / "home2", target_is_directory=True)
    assert refusal(home, "away/secret.csv") == OUTSIDE


@links
def test_links_in_a_circle_are_refused(home):
    (home / "a.csv").symlink_to("b.csv")
    (home / "b.csv").symlink_to("a.csv")
    assert refusal(home, "a.csv") in ("there is no such file", "there is no file a.csv beside the lesson")


# --- names and files that are none ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "data", "data.txt", "data.csv.gz", 3, None, ["data.csv"], True, 1.5])
def test_name_must_be_that_of_a_table(home, name):
    assert refusal(home, name) == NO_NAME


def test_text_without_a_folder_has_nothing_beside_it():
    assert refusal(None, "data.csv") == NO_NAME


@pytest.mark.parametrize("name", ["none.csv", "deep/none.csv", "none/data.csv", "data.csv/data.csv"])
def test_file_that_is_not_there_is_named(home, name):
    assert refusal(home, name) == f"there is no file {name} beside the lesson"


@pytest.mark.parametrize("name", ["a\0.csv", "a" * 5000 + ".csv", "a/" * 5000 + ".csv"])
def test_name_that_no_file_can_have_is_refused(home, name):
    assert refusal(home, name).startswith("there is no ")


def test_name_is_made_plain(home):
    assert refusal(home, "a\x1b[2J.csv") == "there is no file a[2J.csv beside the lesson"


def test_folder_is_no_table(home):
    (home / "folder.csv").mkdir()
    assert refusal(home, "folder.csv") == "there is no file folder.csv beside the lesson"


@pipes
def test_pipe_is_not_waited_for(home):
    os.mkfifo(home / "pipe.csv")
    assert refusal(home, "pipe.csv") == "there is no file pipe.csv beside the lesson"


FINITE = "every number in it must be finite"
CONTENT = {
    b"": "there are no numbers in it",
    b"a,b\n": "there are no numbers in it",
    b"1,2\n3\n": "the number of columns changed from 2 to 1 at row 2",
    b"1,nan\n": FINITE,
    b"1,inf\n": FINITE,
    b"1,-1e999\n": FINITE,
    b"\xff\n": "it is not UTF-8 text",
    b"1,2\n\xff,3\n": "it is not UTF-8 text",
}


@pytest.mark.parametrize("content", CONTENT, ids=ascii)
def test_content_that_is_no_table_is_refused_with_its_reason(home, content):
    (home / "odd.csv").write_bytes(content)
    assert refusal(home, "odd.csv") == CONTENT[content]


@pytest.mark.parametrize("content", [b"1,a\n", b"1,,2\n", b"\0", b"1,0x10\n", b"a\n1\nb\n", b"1,1j\n"])
def test_cells_that_are_no_numbers_are_refused(home, content):
    (home / "odd.csv").write_bytes(content)
    assert refusal(home, "odd.csv")


def test_large_file_is_refused_before_it_is_read(home):
    with (home / "large.csv").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)  # no memory and no disk is taken for it
    assert refusal(home, "large.csv") == "it is larger than 2,000,000 bytes"


@pytest.mark.skipif(os.name == "nt" or os.getuid() == 0, reason="everybody's rights are needed")
def test_file_that_may_not_be_read_is_refused(home):
    (home / "data.csv").chmod(0)
    assert refusal(home, "data.csv") == "it cannot be read: Permission denied"


# --- layout -----------------------------------------------------------------------------------------------

SIX = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize("shape", [(6,), (3, 2), (1, 2, 3), (2, 3)])
def test_numbers_are_laid_out_row_by_row(shape):
    found = laid_out(SIX, shape)
    assert found.shape == shape
    assert found.ravel().tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("shape", [(5,), (), (0,), (2, 2), (10**6, 10**6, 10**6)])
def test_shape_that_the_numbers_do_not_fill_is_refused(shape):
    with pytest.raises(BesideError, match=r"^its 6 numbers do not fit the shape \("):
        laid_out(SIX, shape)


def test_one_number_can_stand_alone():
    assert laid_out(np.array([[5.0]]), ()).shape == ()
