import os
import sys

import pytest

from bn_tutor.course.catalogue import entries, find, survey
from bn_tutor.course.packs import packs
from bn_tutor.course.places import VARIABLE
from bn_tutor.course.problem import Problem

pytestmark = pytest.mark.usefixtures("away")

GROUP = "[bn_tutor.lessons]\n"
RAISES = "raise SystemExit('a pack was imported')\n"


@pytest.fixture
def lay_pack(site, lay):
    """Lay a package that cannot be imported, with lessons in a folder of it."""

    def write(package, *names, folder="lessons"):
        lessons = lay(site / package / folder, *names)
        (site / package / "__init__.py").write_text(RAISES)
        (lessons / "__init__.py").write_text(RAISES)
        return lessons

    return write


def told():
    return [str(problem) for problem in survey()[1]]


def from_packs():
    return [(entry.source, entry.name) for entry in entries() if entry.source.startswith("pack ")]


def test_there_are_no_packs_here():
    assert list(packs()) == []


def test_lessons_of_a_pack_are_found_and_nothing_of_it_is_run(announce, lay_pack):
    lessons = lay_pack("some_pack", "b", "a")
    announce(GROUP + "some-pack = some_pack.lessons\n")
    assert list(packs()) == [("pack some-pack", lessons)]
    assert from_packs() == [("pack some-pack", "a"), ("pack some-pack", "b")]
    assert (find("a"), told()) == (lessons / "a.md", [])
    assert "some_pack" not in sys.modules


def test_folder_deep_within_a_pack(announce, lay_pack):
    lessons = lay_pack("some_pack", "a", folder="data/for_tutors")
    (lessons.parent / "__init__.py").write_text(RAISES)
    announce(GROUP + "some-pack = some_pack.data.for_tutors\n")
    assert find("a") == lessons / "a.md"


def test_package_itself_can_be_the_folder(announce, lay_pack):
    lessons = lay_pack("some_pack", "a", folder=".")
    announce(GROUP + "some-pack = some_pack\n")
    assert find("a") == lessons / "a.md"


def test_namespace_package_with_two_folders(announce, site, tmp_path, lay, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path / "second")
    first = lay(site / "shared" / "lessons", "a")
    second = lay(tmp_path / "second" / "shared" / "lessons", "b")
    announce(GROUP + "some-pack = shared.lessons\n")
    assert (find("a"), find("b"), told()) == (first / "a.md", second / "b.md", [])


def test_pack_that_a_finder_of_its_own_finds(announce, tmp_path, lay, monkeypatch):
    """An editable installation may lay a finder on sys.meta_path instead of a folder on sys.path."""
    lessons = lay(tmp_path / "project" / "lessons", "a")

    class Finder:
        @staticmethod
        def find_spec(name, path=None, target=None):
            spec = type(sys.__spec__)(name, None, is_package=True) if name == "mapped" else None
            if spec:
                spec.submodule_search_locations.append(str(tmp_path / "project"))
            return spec

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    announce(GROUP + "some-pack = mapped.lessons\n")
    assert find("a") == lessons / "a.md"


def test_several_packs_in_one_file_and_other_groups_beside(announce, lay_pack):
    lay_pack("one", "a")
    lay_pack("two", "b")
    lines = [
        "[console_scripts]", "x = one.lessons:x", "", "# a remark", GROUP,
        "second=two.lessons", "; another", "  first  =  one.lessons  ", "[bn_tutor.lessons.more]", "y = z:y",
    ]  # fmt: skip
    announce("\r\n".join(lines))
    assert from_packs() == [("pack first", "a"), ("pack second", "b")]
    assert told() == []


# --- metadata, as it lies about ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["some_pack.egg-info", "some_pack-1.0-py3.11.egg-info", "a.b_c-2.dist-info"])
def test_names_of_metadata_folders(name, announce, lay_pack):
    lay_pack("some_pack", "a")
    announce(GROUP + "some-pack = some_pack.lessons\n", name)
    assert from_packs() == [("pack some-pack", "a")]


def test_what_pip_has_not_finished_does_not_count(announce, lay_pack):
    lay_pack("some_pack", "a")
    announce(GROUP + "some-pack = some_pack.lessons\n", "~ome_pack-1.0.dist-info")
    assert from_packs() == []


def test_first_of_two_installations_counts(announce, site, tmp_path, monkeypatch, lay_pack):
    lay_pack("some_pack", "a")
    announce(GROUP + "old = some_pack.lessons\n")
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "Some.Pack-2.0.dist-info").mkdir()
    (tmp_path / "Some.Pack-2.0.dist-info" / "entry_points.txt").write_text(GROUP + "new = some_pack.lessons")
    assert from_packs() == [("pack new", "a")]


def test_project_folder_on_the_path_beside_its_installation(announce, site, lay_pack):
    """An editable installation of a src folder has metadata in both."""
    lay_pack("some_pack")
    announce(GROUP + "some-pack = some_pack.lessons\n")
    announce(GROUP + "some-pack = some_pack.lessons\n", "some_pack.egg-info")
    assert len(told()) == 1


def test_places_on_the_path_that_are_no_folders(monkeypatch, tmp_path):
    archive = tmp_path / "a.zip"
    archive.write_bytes(b"PK")
    (tmp_path / "flat.egg-info").write_text("")
    places = [tmp_path, archive, tmp_path / "none", "a\0b", ""]
    monkeypatch.setattr(sys, "path", [*sys.path, *map(str, places)])
    assert told() == []


# --- packs that are broken --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("some_pack.lesson", "there is no folder some_pack/lesson"),
        ("some_pack.lessons.deeper", "there is no folder some_pack/lessons/deeper"),
        ("no_such_pack.lessons", "there is no package no_such_pack"),
        ("no_such_pack", "there is no package no_such_pack"),
        ("single.lessons", "there is no package single"),
        ("__main__.lessons", "there is no package __main__"),
        ("math.lessons", "there is no package math"),
    ],
)
def test_pack_without_its_folder(value, message, announce, site, lay_pack):
    lay_pack("some_pack", "a")
    (site / "single.py").write_text(RAISES)
    announce(GROUP + f"bad = {value}\n")
    assert told() == [f"pack bad: error: {message}"]
    assert find("batchnorm") is not None


@pytest.mark.parametrize(
    "value",
    ["", "some_pack:lessons", "some_pack.lessons [extra]", "../some_pack", "some_pack..lessons", ".lessons",
     "/etc", "some-pack.lessons", "x\x1b[2J"],
)  # fmt: skip
def test_value_that_is_no_dotted_name(value, announce, lay_pack):
    lay_pack("some_pack", "a")
    announce(GROUP + f"bad = {value}\n")
    (problem,) = told()
    assert problem.startswith("pack bad: error: '")
    assert problem.endswith("is not the dotted name of a folder in a package (such as my_pack.lessons)")
    assert problem.isprintable()


@pytest.mark.parametrize("line", ["no value", "bad:", "\x1b[2J\u202e = x:y", b"\xff\xfe = x"])
def test_line_that_is_no_entry_point(line, announce):
    announce(GROUP.encode() + (line if isinstance(line, bytes) else line.encode()))
    (problem,) = told()
    assert problem.startswith("pack ")
    assert problem.isprintable()


def test_pack_whose_lessons_were_forgotten(announce, lay_pack):
    lessons = lay_pack("some_pack")
    announce(GROUP + "bare = some_pack.lessons\n")
    assert told() == [f"pack bare: error: there is no lesson in {lessons}"]


def test_metadata_that_cannot_be_read(announce, site):
    (site / "odd-1.0.dist-info" / "entry_points.txt").mkdir(parents=True)
    (found,) = packs()
    assert isinstance(found, Problem)
    assert str(found) == "odd-1.0.dist-info: error: entry_points.txt cannot be read: Is a directory"


def test_finder_that_raises(announce, monkeypatch):
    class Finder:
        @staticmethod
        def find_spec(name, path=None, target=None):
            raise RuntimeError(name)

    announce(GROUP + "bad = no_such_pack.lessons\n")
    monkeypatch.setattr(sys, "meta_path", [Finder])
    assert [str(found) for found in packs()] == ["pack bad: error: there is no package no_such_pack"]


def test_broken_pack_takes_nothing_from_the_others(announce, lay_pack):
    lay_pack("some_pack", "a")
    announce(GROUP + "a-bad = none.lessons\ngood = some_pack.lessons\nz-bad = :\n")
    assert from_packs() == [("pack good", "a")]
    assert len(told()) == 2


# --- the same lessons by another way ----------------------------------------------------------------------


def test_folder_of_a_pack_that_the_variable_names_too(announce, lay_pack, monkeypatch):
    lessons = lay_pack("some_pack", "a")
    announce(GROUP + "some-pack = some_pack.lessons\n")
    monkeypatch.setenv(VARIABLE, os.fspath(lessons))
    assert (find("a"), from_packs(), told()) == (lessons / "a.md", [], [])
