"""Folders of lessons, and lesson packs as an installer lays them."""

import importlib

import pytest

from bn_tutor.course.loading import LessonError, load
from bn_tutor.course.places import VARIABLE

from .lessons import written


@pytest.fixture
def problems(tmp_path, monkeypatch):
    """Return a function: the text of a lesson -> what ``load`` complains about, as it is printed."""
    monkeypatch.chdir(tmp_path)

    def found(text):
        written(tmp_path, text)
        with pytest.raises(LessonError) as caught:
            load("lesson.md")
        return [str(problem) for problem in caught.value.problems]

    return found


@pytest.fixture
def away(tmp_path, monkeypatch):
    """An empty working directory, and no lessons from the tester's own environment."""
    monkeypatch.delenv(VARIABLE, raising=False)
    folder = tmp_path / "away"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def lay():
    """Write lesson files into a folder, which is made; returns the folder."""

    def write(folder, *names, text=""):
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            # Where nothing is asked for, each differs from its namesake elsewhere: a copy is no clash.
            (folder / f"{name}.md").write_text(text or f"in {folder}")
        return folder

    return write


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder that Python looks for packages in."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


@pytest.fixture
def announce(site):
    """Lay the metadata of a distribution whose entry_points.txt has this text or these bytes."""

    def write(content, name="some_pack-1.0.dist-info"):
        folder = site / name
        folder.mkdir()
        data = content if isinstance(content, bytes) else content.encode()
        (folder / "entry_points.txt").write_bytes(data)
        # Python may have looked into this folder a moment ago, before anything lay in it.
        importlib.invalidate_caches()
        return folder

    return write
