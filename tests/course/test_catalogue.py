from pathlib import Path

import pytest

from bn_tutor.course.catalogue import Entry, entries, find, node_names, not_found, shipped_folder, summary
from bn_tutor.course.loading import load

from .lessons import written


def test_folder_is_the_checkouts():
    assert shipped_folder() == Path(__file__).resolve().parents[2] / "lessons"


def test_batchnorm_is_the_first_entry():
    assert entries()[0] == Entry("batchnorm", shipped_folder() / "batchnorm.md")


def test_entries_are_the_files_in_order():
    names = [entry.name for entry in entries()]
    files = {path.stem for path in shipped_folder().glob("*.md")} - {"README"}
    assert set(names) == files
    assert names[1:] == sorted(names[1:])


def test_lesson_is_found_by_its_name():
    assert all(find(entry.name) == entry.path for entry in entries())


@pytest.mark.parametrize("name", ["", "none", "batchnorm2", "../lessons/batchnorm", "README", "*", "a\0b"])
def test_unknown_name_is_not_found(name):
    assert find(name) is None


def test_file_is_found_by_its_path(tmp_path, monkeypatch):
    path = tmp_path / "mine.md"
    path.write_text("")
    assert find(str(path)) == path
    monkeypatch.chdir(tmp_path)
    assert find("mine.md") == Path("mine.md")


def test_name_with_its_ending_is_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find("batchnorm.md") is None


def test_folder_is_no_file(tmp_path):
    (tmp_path / "folder.md").mkdir()
    assert find(str(tmp_path / "folder.md")) is None


def test_what_is_said_of_an_unknown_name():
    assert not_found("batchnrom") == "there is no lesson batchnrom (did you mean batchnorm?)"
    assert not_found("zzz") == f"there is no lesson zzz (there are: {', '.join(e.name for e in entries())})"
    assert not_found("none.md") == "there is no file none.md"


def test_name_that_is_not_found_is_said_in_one_plain_line():
    assert (
        not_found("a\x1b[2J\nb")
        == f"there is no lesson a[2J b (there are: {', '.join(e.name for e in entries())})"
    )
    assert not_found("a\x1b[2J\nb.md") == "there is no file a[2J b.md"


def test_node_names_are_the_graphs():
    assert node_names(find("batchnorm")) == (
        "mu",
        "xmu",
        "sq",
        "var",
        "sqrtvar",
        "ivar",
        "xhat",
        "gammax",
        "out",
    )


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_every_entry_has_a_summary_and_nodes(entry):
    lesson = load(entry.name)
    assert summary(entry.path) == lesson.summary != ""
    assert node_names(entry.path) == tuple(line.name for line in lesson.graph)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("+++\n+++\n", ""),
        ("+++\nsummary =\n+++\n", ""),
        ("+++\nsummary = 'a  b'\n+++\n", "a b"),
        ('+++\nsummary = "a\\u001b[2Jb"\n+++\n', "a[2Jb"),
        ("\ufeff+++\nsummary = 'a'\n+++\n", "a"),
        ("+++\nsummary = " + "[" * 10_000 + "\n+++\n", ""),
        ("+++\r\nsummary = 'a'\r\n+++\r\n", "a"),
    ],
    ids=["empty", "no key", "no TOML", "text", "escape", "byte order mark", "deep", "line ends"],
)
def test_summary_is_one_plain_line_or_empty(text, expected, tmp_path):
    path = written(tmp_path, text)
    assert summary(path) == expected


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"```graph\n", b"```graph\nmu\n= 3\n```\n"])
def test_file_that_is_no_lesson_has_no_summary_and_no_strange_names(content, tmp_path):
    path = written(tmp_path, content)
    assert summary(path) == ""
    assert set(node_names(path)) <= {"mu"}


def test_missing_file_has_no_summary(tmp_path):
    assert summary(tmp_path / "none.md") == ""
