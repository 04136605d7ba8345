"""A new lesson is right as it stands, under any name that it may have, and never takes another's place."""

import os

import pytest

from bn_tutor.course.lint import lint
from bn_tutor.course.loading import load
from bn_tutor.course.plain import plain
from bn_tutor.course.scaffold import TITLE, ScaffoldError, scaffold, write_scaffold
from bn_tutor.course.verifying import verify

NAMES = ["a", "A", "my-layer", "my_layer", "x1", "end", "N", "a--", "Z_-9", "a" * 60]
NO_NAMES = [
    *["", " ", "1a", "-a", "_a", "a b", "a/b", "../a", "a.b", "a.md", "é", "漢字", "a" * 61, "a\n", "\na"],
    *["a\x00", "a\x1b[31m", "a\\b", "~a", "$a", "a;b", "{a}", '"a"', "a\u202e"],
]


@pytest.mark.parametrize("name", NAMES)
def test_a_new_lesson_is_proven_right(tmp_path, name):
    path = write_scaffold(name, tmp_path)
    lesson = load(path)
    assert verify(lesson) == ()
    assert lint(path) == ()
    assert (lesson.name, TITLE in scaffold(name)) == (name, False)


@pytest.mark.parametrize(("sizes", "seed"), [({}, 1), ({"N": 7}, 2), ({"D": 9}, 3)])
def test_it_is_right_for_other_sizes_and_seeds(tmp_path, sizes, seed):
    assert verify(load(write_scaffold("new", tmp_path)), sizes=sizes, seed=seed) == ()


@pytest.mark.parametrize(
    ("name", "title"),
    [("my-layer", "My layer"), ("my_own__layer", "My own layer"), ("bn", "Bn"), ("LayerNorm", "LayerNorm")],
)
def test_the_title_is_made_from_the_name(tmp_path, name, title):
    lesson = load(write_scaffold(name, tmp_path))
    assert lesson.title == title
    assert lesson.opening.startswith("A batch x")
    assert f"\n# {title}\n" in scaffold(name)


def test_it_shows_every_part_of_a_lesson(tmp_path):
    lesson = load(write_scaffold("new", tmp_path))
    assert list(lesson.sizes) == ["N", "D"]
    assert len(set(lesson.sizes.values())) == 2
    assert len(lesson.graph) == 3
    assert lesson.derivations and lesson.backward
    assert len(lesson.mistakes) == 2
    assert len({question.kind for question in lesson.questions}) == len(lesson.questions) == 3
    names = [line.name for line in lesson.graph] + [row.name for row in lesson.inputs]
    assert all(lesson.sections[name].forward and lesson.sections[name].backward for name in names)


def test_no_comment_of_it_is_shown_to_the_learner(tmp_path):
    lesson = load(write_scaffold("new", tmp_path))
    prose = [part for section in lesson.sections.values() for part in (section.forward, section.backward)]
    assert not [text for text in [lesson.opening, *prose] if "# " in text or "<!--" in text]


def test_the_text_is_plain():
    assert plain(scaffold("new")) == scaffold("new")


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name(tmp_path, name):
    with pytest.raises(ScaffoldError) as raised:
        write_scaffold(name, tmp_path)
    assert "a letter first, 60 at most" in str(raised.value)
    assert str(raised.value).isprintable()
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_never_written_over(tmp_path):
    path = tmp_path / "mine.md"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ScaffoldError, match=r"mine\.md is there already"):
        write_scaffold("mine", tmp_path)
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_a_link_to_nowhere_is_not_followed(tmp_path):
    (tmp_path / "mine.md").symlink_to(tmp_path / "elsewhere.md")
    with pytest.raises(ScaffoldError, match="is there already"):
        write_scaffold("mine", tmp_path)
    assert not (tmp_path / "elsewhere.md").exists()


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(ScaffoldError, match="cannot be written: No such file"):
        write_scaffold("new", tmp_path / "none")
