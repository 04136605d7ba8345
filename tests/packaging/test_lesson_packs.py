"""Lesson packs, built and installed as their authors and readers would: nothing of them is ever imported."""

import json
from types import SimpleNamespace

import pytest

from tests.packaging.building import build, contents, requirements
from tests.packaging.environments import attempt, installed, run

LESSON = """\
+++
format = 1
title = "Twice"
summary = "Twice x"
[inputs]
x = { shape = [2] }
+++

```graph
y = 2 * x
```
"""
# Where it is run, it leaves a trace and ends with an error.
RUN = "import pathlib\npathlib.Path(__file__).with_name('imported').touch()\nraise SystemExit(3)\n"
PROJECT = """\
[project]
name = "{name}"
version = "1.0"

[project.entry-points."bn_tutor.lessons"]
{name} = "{package}.lessons"

[build-system]
requires = ["{backend}"]
build-backend = "{module}"
"""
HATCHLING = {"backend": "hatchling", "module": "hatchling.build"}
SETUPTOOLS = {"backend": "setuptools", "module": "setuptools.build_meta"}
# With the package beside pyproject.toml, an editable installation by setuptools is a finder on sys.meta_path.
FINDER = "[tool.setuptools]\npackages = ['mapped_pack']\npackage-data = { mapped_pack = ['lessons/*.md'] }\n"


def write_pack(folder, name, tools, *, inside=".", more="", lesson=""):
    """Write the project of a pack with one lesson, which is named as the pack if not otherwise."""
    package = name.replace("-", "_")
    lessons = folder / name / inside / package / "lessons"
    lessons.mkdir(parents=True)
    (lessons / f"{lesson or name}.md").write_text(LESSON.replace("Twice x", name), encoding="utf-8")
    (lessons / "README.md").write_text("About these lessons.", encoding="utf-8")
    (lessons.parent / "__init__.py").write_text(RUN, encoding="utf-8")
    text = PROJECT.format(name=name, package=package, **tools) + more
    (folder / name / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder / name


@pytest.fixture(scope="module")
def home(built, tmp_path_factory):
    """An environment with bn-tutor and four packs, and the folder that the packs' projects are in."""
    folder = tmp_path_factory.mktemp("packs")
    (wheel,) = build(write_pack(folder, "wheel-pack", HATCHLING), folder / "built", "--wheel")
    assert "wheel_pack/lessons/wheel-pack.md" in contents(wheel)
    (other,) = build(
        write_pack(folder, "other-pack", HATCHLING, lesson="linked-pack"), folder / "2", "--wheel"
    )
    linked = write_pack(folder, "linked-pack", HATCHLING, inside="src")
    mapped = write_pack(folder, "mapped-pack", SETUPTOOLS, more=FINDER)
    packs = [wheel, other, "--editable", linked, "--editable", mapped]
    environment = installed(folder, requirements(built.wheel), built.wheel, *packs)
    assert list(environment.packages.glob("__editable___mapped_pack*finder*"))
    return SimpleNamespace(environment=environment, folder=folder)


def listed(home, folder):
    finished = attempt(home.environment.command, "lesson", "list", "--json", folder=folder)
    assert finished.returncode == 0
    rows = {(row["source"], row["name"]): row["path"] for row in json.loads(finished.stdout)}
    return {key: path for key, path in rows.items() if key[0] != "shipped"}, finished.stderr


def test_lessons_of_every_kind_of_installation_are_listed(home, tmp_path):
    packages, folder = home.environment.packages, home.folder
    found, told = listed(home, tmp_path)
    assert found == {
        ("pack linked-pack", "linked-pack"): f"{folder}/linked-pack/src/linked_pack/lessons/linked-pack.md",
        ("pack mapped-pack", "mapped-pack"): f"{folder}/mapped-pack/mapped_pack/lessons/mapped-pack.md",
        ("pack other-pack", "linked-pack"): f"{packages}/other_pack/lessons/linked-pack.md",
        ("pack wheel-pack", "wheel-pack"): f"{packages}/wheel_pack/lessons/wheel-pack.md",
    }
    assert told.startswith("bn-tutor: linked-pack: error: 2 lessons have this name: ")
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("name", ["wheel-pack", "mapped-pack"])
def test_lesson_of_a_pack_is_walked_by_its_name(name, home, tmp_path):
    assert (
        json.loads(run(home.environment.command, "walk", name, "--json", folder=tmp_path))["lesson"] == name
    )


def test_name_that_two_packs_have_is_no_ones(home, tmp_path):
    finished = attempt(home.environment.command, "walk", "linked-pack", "--json", folder=tmp_path)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert "(pack linked-pack)" in finished.stderr
    assert "(pack other-pack)" in finished.stderr
    path = home.environment.packages / "other_pack" / "lessons" / "linked-pack.md"
    told = run(home.environment.command, "walk", path, "--json", folder=tmp_path)
    assert json.loads(told)["lesson"] == "linked-pack"


def test_pack_whose_lessons_are_gone_is_told_and_breaks_nothing(home, tmp_path):
    lessons = home.environment.packages / "wheel_pack" / "lessons"
    aside = lessons.rename(lessons.with_name("aside"))
    try:
        _, told = listed(home, tmp_path)
        assert "bn-tutor: pack wheel-pack: error: there is no folder wheel_pack/lessons\n" in told
        walked = run(home.environment.command, "walk", "batchnorm", "--json", folder=tmp_path)
        assert json.loads(walked)["lesson"] == "batchnorm"
    finally:
        aside.rename(lessons)


def test_nothing_of_a_pack_was_run(home, tmp_path):
    listed(home, tmp_path)
    assert not list(home.folder.rglob("imported"))
