"""``lesson new``: a lesson file that is proven right, never in the place of another."""

import pytest


@pytest.fixture
def new(run):
    """Run ``lesson new``; it must succeed and say nothing on stderr. Returns the lines that it printed."""

    def make(*arguments, **changes):
        result = run("lesson", "new", *arguments, **changes)
        assert (result.returncode, result.stderr) == (0, "")
        return result.stdout.splitlines()

    return make


@pytest.fixture
def refused(run):
    """Run ``lesson new``; it must be refused with one line. Returns that line."""

    def refuse(*arguments):
        result = run("lesson", "new", *arguments)
        assert (result.returncode, result.stdout) == (2, "")
        (line,) = result.stderr.splitlines()
        return line.removeprefix("bn-tutor: ")

    return refuse


def test_it_is_written_here(new, tmp_path):
    assert new("my-layer") == [
        "my-layer.md is a lesson that works. Change it, and see:",
        "  bn-tutor lesson lint my-layer.md",
        "  bn-tutor walk my-layer.md",
    ]
    assert 'title = "My layer"' in (tmp_path / "my-layer.md").read_text(encoding="utf-8")


def test_it_is_written_into_lessons_where_there_is_such_a_folder(new, tmp_path):
    (tmp_path / "lessons").mkdir()
    assert new("own")[1] == "  bn-tutor lesson lint lessons/own.md"
    assert (tmp_path / "lessons" / "own.md").is_file()


def test_a_file_called_lessons_is_no_folder(new, tmp_path, written):
    written("lessons", "")
    new("own")
    assert (tmp_path / "own.md").is_file()


def test_it_is_written_into_a_folder_of_choice(new, tmp_path):
    (tmp_path / "my drafts").mkdir()
    assert new("own", "--folder", "my drafts")[1:] == [
        "  bn-tutor lesson lint 'my drafts/own.md'",
        "  bn-tutor walk 'my drafts/own.md'",
    ]
    assert (tmp_path / "my drafts" / "own.md").is_file()


def test_what_is_to_be_typed_next_works(new, shell):
    new("own")
    for command in ("lesson lint own.md", "walk own.md", "lesson show own.md"):
        result = shell(f'"$@" {command}')
        assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_file_does_not_depend_on_the_terminal(new, tmp_path, encoding):
    new("own", PYTHONIOENCODING=encoding, PYTHONUTF8="0", LC_ALL="C")
    assert "1 − tanh²" in (tmp_path / "own.md").read_text(encoding="utf-8")


def test_a_file_that_is_there_stays_as_it_is(refused, written):
    path = written("own.md", "mine")
    assert refused("own") == "own.md is there already; choose another name"
    assert path.read_text() == "mine"


def test_the_name_of_another_lesson_is_refused(refused, tmp_path):
    """Two lessons of one name: the name alone would no longer tell which is meant."""
    assert refused("batchnorm").startswith("there is a lesson batchnorm already, ")
    assert not (tmp_path / "batchnorm.md").exists()


@pytest.mark.parametrize("name", ["", "1a", "a b", "a/b", "..", "a.md", "é", "a" * 61, "a\nb", "a\x1b[31m"])
def test_what_is_no_name(refused, tmp_path, name):
    assert refused(name).endswith(
        "cannot name a lesson: a name has letters, digits, - and _, a letter first, 60 at most"
    )
    assert not list(tmp_path.glob("**/*.md"))


def test_a_folder_that_is_not_there(refused, written):
    written("file", "")
    assert refused("own", "--folder", "none") == "there is no folder none"
    assert refused("own", "--folder", "file") == "there is no folder file"
