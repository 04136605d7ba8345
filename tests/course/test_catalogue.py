import os
from pathlib import Path

import pytest

import bn_tutor
from bn_tutor.course.catalogue import entries, find, not_found, shell_names, survey
from bn_tutor.course.loading import LessonError
from bn_tutor.course.places import LOCAL, VARIABLE, Entry, shipped_folder

pytestmark = pytest.mark.usefixtures("away")


def test_entries_are_the_files():
    names = [entry.name for entry in entries()]
    files = {path.stem for path in shipped_folder().glob("*.md")} - {"README"}
    assert set(names) == files
    assert names == sorted(names)


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
    known = ", ".join(entry.name for entry in entries())
    assert not_found("1\x1b[2J\n2") == f"there is no lesson 1[2J 2 (there are: {known})"
    assert not_found("a\x1b[2J\nb.md") == "there is no file a[2J b.md"


def test_names_of_a_strangers_files_are_said_in_one_plain_line(away, lay):
    lay(away / "lessons", "zz\x1b[2J\nzz")
    assert "did you mean zz[2J zz?" in not_found("zz[2J-zz")
    assert not_found("x").isprintable()


# --- two lessons of one name ------------------------------------------------------------------------------


@pytest.fixture
def clash(away, lay, tmp_path, monkeypatch):
    """Lay a lesson ``same`` in two places; return the second."""
    lay(away / "lessons", "same", "own")
    second = lay(tmp_path / "second", "same", "more")
    monkeypatch.setenv(VARIABLE, os.fspath(second))
    return second / "same.md"


def test_no_place_comes_before_another(clash):
    assert find("same") is None
    told = f"2 lessons have this name: lessons/same.md (./lessons), {clash} (BN_TUTOR_LESSONS)"
    assert not_found("same") == f"{told} (give the path of one)"
    assert [str(problem) for problem in survey()[1]] == [f"same: error: {told} (give the path of one)"]


def test_copy_is_no_clash(away, lay, tmp_path, monkeypatch):
    lay(away / "lessons", "same", text="one")
    monkeypatch.setenv(VARIABLE, str(lay(tmp_path / "second", "same", text="one")))
    assert find("same") == Path("lessons/same.md")
    assert survey()[1] == ()


def test_all_other_names_are_as_good_as_ever(clash):
    assert (find("own"), find("more")) == (Path("lessons/own.md"), clash.parent / "more.md")
    assert find("batchnorm") == shipped_folder() / "batchnorm.md"


def test_by_its_path_each_is_found(clash):
    assert (find("lessons/same.md"), find(str(clash))) == (Path("lessons/same.md"), clash)


def test_both_are_listed_each_at_its_place(clash):
    rows = [(entry.source, entry.name) for entry in entries()][-4:]
    assert rows == [(LOCAL, "own"), (LOCAL, "same"), (VARIABLE, "more"), (VARIABLE, "same")]


def test_clash_with_a_shipped_lesson(away, lay):
    lay(away / "lessons", "batchnorm")
    assert find("batchnorm") is None
    with pytest.raises(LessonError, match=r"batchnorm: error: 2 lessons have this name: .*\(shipped\), less"):
        bn_tutor.load("batchnorm")


def test_clash_with_a_pack(away, lay, site, announce):
    lay(site / "some_pack" / "lessons", "same")
    lay(away / "lessons", "same")
    announce("[bn_tutor.lessons]\nsome-pack = some_pack.lessons\n")
    assert find("same") is None
    assert "lessons/same.md (./lessons), " in not_found("same")
    assert f"{site}/some_pack/lessons/same.md (pack some-pack) (give" in not_found("same")


def test_three_of_one_name(clash, lay, tmp_path, monkeypatch):
    third = lay(tmp_path / "third", "same")
    monkeypatch.setenv(VARIABLE, os.pathsep.join([str(clash), str(third)]))
    assert not_found("same").startswith("3 lessons have this name: ")


def test_same_file_by_two_ways_is_no_clash(away, lay, tmp_path, monkeypatch):
    folder = lay(away / "lessons", "same")
    linked = lay(tmp_path / "linked")
    (linked / "same.md").symlink_to(folder / "same.md")
    (tmp_path / "whole").symlink_to(folder)
    ways = [linked, tmp_path / "whole", folder, "lessons", folder / "same.md"]
    monkeypatch.setenv(VARIABLE, os.pathsep.join(map(str, ways)))
    assert (find("same"), survey()[1]) == (Path("lessons/same.md"), ())
    assert [entry for entry in entries() if entry.name == "same"] == [
        Entry("same", Path("lessons/same.md"), LOCAL)
    ]


def test_clash_of_strange_names_is_said_in_one_plain_line(away, lay, tmp_path, monkeypatch):
    lay(away / "lessons", "a\x1b[2J\nb")
    monkeypatch.setenv(VARIABLE, os.fspath(lay(tmp_path / "c\x1b[31m", "a\x1b[2J\nb")))
    (problem,) = survey()[1]
    assert str(problem).isprintable()
    assert not_found("a\x1b[2J\nb").isprintable()


# --- names for a shell ------------------------------------------------------------------------------------


def test_shell_is_offered_each_name_once(clash):
    names = shell_names()
    assert names.count("same") == 1
    assert {"batchnorm", "own", "more"} <= set(names)


@pytest.mark.parametrize(
    "name", ["a$(touch b)", "a`b`", "a b", "a\nb", "a;b", "-a", "a'b", "a\\b", "a\x1b[2J"]
)
def test_shell_is_offered_no_code(name, away, lay):
    lay(away / "lessons", name, "naïve-1.2_x")
    assert "naïve-1.2_x" in shell_names()
    assert name not in shell_names()
