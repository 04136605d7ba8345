"""``bn_tutor.quiz``: the quiz without a terminal, on a console and with answers that are handed to it."""

import io
import json
import re
import subprocess
import sys

import pytest
from rich.console import Console

import bn_tutor
from bn_tutor.course.loading import LessonError


class Notebook:
    """A console that is a text, and lines that are typed one after the other."""

    def __init__(self, *lines, width=80):
        self.console = Console(file=io.StringIO(), width=width)
        self.lines = list(lines)
        self.prompts = []

    def listen(self, prompt):
        self.prompts.append(prompt)
        return self.lines.pop(0) if self.lines else None

    def quiz(self, *lessons, **options):
        bn_tutor.quiz(*lessons, console=self.console, listen=self.listen, **options)
        return self.console.file.getvalue()


@pytest.fixture(autouse=True)
def nothing_is_printed(capfd, monkeypatch, tmp_path):
    monkeypatch.setenv("BN_TUTOR_STATE", str(tmp_path / "state"))
    yield
    assert capfd.readouterr() == ("", "")


def test_questions_and_replies_go_to_the_console():
    notebook = Notebook("zzz", "r", "s", "q")
    text = notebook.quiz("batchnorm", count=3, kinds=["number"], seed=1)
    assert [text.count(f"{number} of 3   batchnorm") for number in (1, 2, 3)] == [1, 1, 1]
    assert text.count("The answer is") == text.count(" ledger ") == 1
    assert "0 of 1 right at the first try, 0 in the end; 1 skipped" in text
    assert len(notebook.prompts) == 4
    assert all(re.fullmatch(r"d\w+.* \(number\)> ", prompt) for prompt in notebook.prompts)


def test_the_same_seed_asks_the_same():
    one, another = (Notebook(*"rrrrr").quiz("gates", count=5, seed=4) for _ in range(2))
    assert one == another
    assert one.count("gates   ") >= 5


def test_input_that_ends_ends_the_quiz():
    def ended(prompt):
        raise EOFError

    console = Console(file=io.StringIO(), width=80)
    bn_tutor.quiz(console=console, listen=ended)
    assert console.file.getvalue().endswith("No question was answered.\n")


def test_an_interrupt_ends_the_quiz_and_sums_up():
    def interrupted(prompt):
        raise KeyboardInterrupt

    console = Console(file=io.StringIO(), width=80)
    bn_tutor.quiz("linear", console=console, listen=interrupted, seed=2)
    assert "1 of 10   linear" in console.file.getvalue()
    assert console.file.getvalue().endswith("No question was answered.\n")


@pytest.mark.parametrize("width", [20, 40, 100])
def test_lines_are_as_wide_as_the_console(width):
    text = Notebook("?", "r", "r", "?", "r", width=width).quiz(count=3, kinds=["number", "formula"], seed=3)
    assert max(map(len, text.splitlines())) <= width


def test_nothing_is_kept_unless_it_is_asked_for(tmp_path):
    Notebook("r").quiz(count=1, seed=1)
    assert not (tmp_path / "state").exists()
    text = Notebook("r").quiz(count=1, seed=1, keep=True)
    assert "Come back tomorrow" in text
    (line,) = (tmp_path / "state" / "answers.jsonl").read_text().splitlines()
    assert json.loads(line)["verdict"] == "revealed"
    Notebook("r").quiz(count=1, seed=1, keep=tmp_path / "other")
    assert (tmp_path / "other" / "answers.jsonl").exists()
    Notebook("r").quiz(count=1, seed=1, keep=str(tmp_path / "third"))
    assert (tmp_path / "third" / "answers.jsonl").exists()


@pytest.mark.parametrize("keep", [3, "", "file", b"x"])
def test_what_is_no_folder_is_an_error_before_the_first_question(tmp_path, monkeypatch, keep):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    notebook = Notebook("r")
    with pytest.raises(ValueError, match=r"^keep "):
        notebook.quiz(count=1, seed=1, keep=keep)
    assert (notebook.prompts, notebook.console.file.getvalue()) == ([], "")


@pytest.mark.parametrize("count", [0, -1, 2.5])
def test_no_questions_are_an_error(count):
    with pytest.raises(ValueError, match=rf"from 1 up: {count} is not"):
        Notebook().quiz(count=count)


def test_one_kind_is_that_kind():
    assert Notebook("q").quiz(kinds="formula", seed=1, count=2).count("batchnorm   formula") == 1


def test_kind_that_does_not_derive_is_an_error_and_nothing_is_asked():
    notebook = Notebook("q")
    with pytest.raises(ValueError, match="no question of this kind derives"):
        notebook.quiz("dropout", choices={"mode": "inference"}, kinds="formula", seed=1)
    assert (notebook.prompts, notebook.console.file.getvalue()) == ([], "")


def test_what_cannot_be_kept_is_told_on_the_console(tmp_path):
    (tmp_path / "file").write_text("")
    text = Notebook("r", "r").quiz(count=2, seed=1, keep=tmp_path / "file" / "below")
    assert text.count("answers cannot be kept") == 1


def test_what_there_is_not_is_an_error():
    with pytest.raises(LessonError, match="batchnrm"):
        Notebook().quiz("batchnrm")
    with pytest.raises(ValueError, match="did you mean formula"):
        Notebook().quiz(kinds=["formul"])
    with pytest.raises(ValueError, match="did you mean formula"):
        Notebook().quiz(kinds="formul")


def test_a_switch():
    text = Notebook("q").quiz("dropout", choices={"mode": "inference"}, seed=1)
    assert "dropout" in text


def test_the_package_alone_imports_nothing_for_it():
    code = "import sys, bn_tutor\nprint(sorted({'numpy', 'rich', 'typer'} & set(sys.modules)), bn_tutor.quiz)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.startswith("[] <function quiz")
