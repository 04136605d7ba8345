import os
from pathlib import Path

import pytest

from bn_tutor.course.catalogue import entries, find, survey
from bn_tutor.course.places import LOCAL, SHIPPED, VARIABLE, Entry, entries_at, shipped_folder

pytestmark = pytest.mark.usefixtures("away")


def others():
    """Return the entries that did not come with bn-tutor, as (source, name)."""
    return [(entry.source, entry.name) for entry in entries() if entry.source != SHIPPED]


def told():
    return [str(problem) for problem in survey()[1]]


def test_folder_is_the_checkouts():
    assert shipped_folder() == Path(__file__).resolve().parents[2] / "lessons"


def test_lessons_of_the_shipped_folder_are_found_from_anywhere():
    assert find("batchnorm") == shipped_folder() / "batchnorm.md"
    assert (others(), told()) == ([], [])


# --- ./lessons --------------------------------------------------------------------------------------------


def test_lessons_of_the_working_directory(away, lay):
    lay(away / "lessons", "own")
    assert others() == [(LOCAL, "own")]
    assert find("own") == Path("lessons/own.md")


@pytest.mark.parametrize("kind", ["none", "empty folder", "file"])
def test_working_directory_without_lessons_is_nothing_to_tell(kind, away):
    if kind == "empty folder":
        (away / "lessons").mkdir()
    elif kind == "file":
        (away / "lessons").write_text("a list of things to do")
    assert (others(), told()) == ([], [])


def test_checkouts_own_lessons_are_the_shipped_ones(monkeypatch):
    monkeypatch.chdir(shipped_folder().parent)
    assert (others(), told()) == ([], [])
    assert find("batchnorm") == shipped_folder() / "batchnorm.md"


def test_working_directory_that_is_gone(away):
    away.rmdir()
    assert (others(), told()) == ([], [])
    assert find("batchnorm") == shipped_folder() / "batchnorm.md"


# --- BN_TUTOR_LESSONS -------------------------------------------------------------------------------------


def test_variable_names_folders_and_files(tmp_path, lay, monkeypatch):
    first, second = lay(tmp_path / "first", "b", "a"), lay(tmp_path / "second.md", "c")
    single = lay(tmp_path / "third", "d", "not-named") / "d.md"
    monkeypatch.setenv(VARIABLE, os.pathsep.join(["", str(first), str(second), "", str(single), ""]))
    assert others() == [(VARIABLE, "a"), (VARIABLE, "b"), (VARIABLE, "c"), (VARIABLE, "d")]
    assert (find("c"), find("d"), find("not-named")) == (second / "c.md", single, None)
    assert told() == []


def test_what_is_wrong_with_the_variable_is_told(tmp_path, lay, monkeypatch):
    good, empty, text = lay(tmp_path / "good", "a"), lay(tmp_path / "empty"), tmp_path / "a.txt"
    text.write_text("")
    missing, no_file = tmp_path / "missing\x1b[2J\n", tmp_path / "missing.md"
    monkeypatch.setenv(VARIABLE, os.pathsep.join(map(str, [missing, no_file, empty, text, good])))
    assert others() == [(VARIABLE, "a")]
    assert told() == [
        f"BN_TUTOR_LESSONS: error: there is no folder and no lesson file {tmp_path}/missing[2J",
        f"BN_TUTOR_LESSONS: error: there is no folder and no lesson file {no_file}",
        f"BN_TUTOR_LESSONS: error: there is no lesson in {empty}",
        f"BN_TUTOR_LESSONS: error: {text} cannot be read: Not a directory",
    ]


# --- what is a lesson file --------------------------------------------------------------------------------


def test_what_is_no_lesson_is_not_listed(tmp_path, lay):
    folder = lay(tmp_path / "folder", "b", "a", "a-b", "README", "ReadMe", ".hidden")
    (folder / "text.txt").write_text("")
    (folder / "folder.md").mkdir()
    (folder / "nowhere.md").symlink_to(folder / "none")
    (folder / "circle.md").symlink_to(folder / "circle.md")
    (folder / "link.md").symlink_to(folder / "text.txt")
    os.mkfifo(folder / "pipe.md")
    assert [entry.name for entry in entries_at(("here", folder))] == ["a", "a-b", "b", "link"]
    assert entries_at(("here", folder))[0] == Entry("a", folder / "a.md", "here")


def test_place_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        entries_at(("here", tmp_path / "none"))


def test_file_of_any_name_is_listed_as_it_is(tmp_path, lay):
    folder = lay(tmp_path, "a\x1b[2J\nb", "ﬁ 漢")
    (folder / os.fsdecode(b"\xff.md")).write_text("")
    assert [entry.name for entry in entries_at(("here", folder))] == ["a\x1b[2J\nb", "\udcff", "ﬁ 漢"]
