"""``bn-tutor quiz --answers``: what scripts send, what is told, and what cannot be kept."""

import json
import os
import re

import pytest

from tests.cli.quiz_keys import keys_of, run_with

SEEDED = ("--seed", "7")


@pytest.fixture
def answered(run, written):
    """Run a quiz with these lines as answers."""
    return lambda lines, *options, **changes: run_with(run, written, lines, *options, **changes)


@pytest.fixture
def keys(run, written):
    return lambda *options: keys_of(run, written, *options)


def log_of(state_folder):
    return [json.loads(line) for line in (state_folder / "answers.jsonl").read_text().splitlines()]


def test_right_answers_to_every_question(answered, keys, state_folder):
    right = keys(*SEEDED, "--count", "40")
    result = answered(right, *SEEDED, "--count", "40")
    assert (result.returncode, result.stderr) == (0, "")
    assert "40 of 40 right at the first try" in result.stdout
    log = log_of(state_folder)
    assert [each["verdict"] for each in log] == ["right"] * 40
    assert len({each["question"] for each in log}) == 40
    assert {each["seed"] for each in log} == {7}


def test_the_same_seed_asks_the_same(answered):
    one, another = (answered(["r"] * 5, *SEEDED, "--count", "5").stdout for _ in range(2))
    assert one == another


def test_the_document(answered):
    result = answered(
        ["nonsense", "h", "a", "b", "c", "d"], *SEEDED, "--kind", "local", "--count", "2", "--json"
    )
    document = json.loads(result.stdout)
    assert document["format"] == 1
    assert document["seed"] == 7
    first = document["questions"][0]
    assert {
        "lesson",
        "id",
        "kind",
        "node",
        "text",
        "given",
        "choices",
        "lines",
        "data",
        "key",
        "answers",
    } == set(first)
    assert [each["outcome"] for each in first["answers"][:2]] == [None, None]
    assert first["answers"][2]["outcome"] in ("right", "wrong")


def test_answers_that_end_early_end_the_quiz(answered, state_folder):
    result = answered([], *SEEDED)
    assert (result.returncode, "No question was answered." in result.stdout) == (0, True)
    assert not (state_folder / "answers.jsonl").exists()


def test_ten_megabytes_on_one_line(answered):
    result = answered(["9" * 10 * 1024 * 1024, "r"], *SEEDED, "--count", "1")
    assert result.returncode == 0
    assert "an answer is short" in result.stdout
    assert "The answer is" in result.stdout
    assert len(result.stdout) < 10_000


def test_bytes_that_are_no_text(run, written):
    answers = written("answers.txt", b"\xff\xfe\x00\x1b[2J\nr\n")
    result = run("quiz", *SEEDED, "--count", "1", "--answers", answers)
    assert result.returncode == 0
    assert "\x1b[2J" not in result.stdout
    assert "\x00" not in result.stdout


@pytest.mark.parametrize(
    "kind", ["formula", "number", "local", "shape", "line", "order", "next", "join", "whole"]
)
def test_escape_sequences_never_reach_the_output(answered, kind, state_folder):
    hostile = "\x1b]0;owned\x07\x1b[31m"
    result = answered([hostile, f"dx{hostile}", "r"], *SEEDED, "--kind", kind, "--count", "1")
    assert result.returncode == 0
    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout
    assert b"\x1b" not in (state_folder / "answers.jsonl").read_bytes()


def test_answers_from_standard_input(shell):
    result = shell('printf "r\\ns\\nq\\n" | "$@" quiz --seed 7 --answers -')
    assert (result.returncode, result.stderr) == (0, "")
    assert "3 of 10" in result.stdout
    assert "> " not in result.stdout.splitlines()


def test_a_reader_that_leaves(shell):
    result = shell('yes r | "$@" quiz --seed 7 --answers - | head -2')
    assert (result.returncode, result.stderr) == (0, "")


def test_nobody_is_waited_for(answered):
    result = answered(["r"] * 3, *SEEDED, "--count", "3", "--kind", "number")
    assert (result.returncode, result.stdout.count("The answer is")) == (0, 3)
    assert "--" not in result.stdout.replace("--backward", "").replace("--from", "").replace("--due", "")


def test_where_there_are_fewer_questions_than_asked_for_that_is_told_at_the_start(answered, keys):
    options = ("--kind", "whole", "--count", "200")
    count = len(keys(*SEEDED, *options))
    assert 0 < count < 200
    lines = answered(["s"] * 200, *SEEDED, *options).stdout.splitlines()
    noun = "question" if count == 1 else "questions"
    told = f" There {'is' if count == 1 else 'are'} only {count} {noun} of this kind."
    assert lines.index(told) < next(at for at, line in enumerate(lines) if line.startswith(" 1 of"))
    assert any(line.startswith(f" 1 of {count}   batchnorm") for line in lines)
    assert any(line.startswith(f" {count} of {count}   batchnorm") for line in lines)


def test_where_there_are_enough_nothing_is_told(answered):
    assert "only" not in answered(["q"], *SEEDED, "--kind", "number", "--count", "2").stdout


def test_the_last_question_is_not_followed_by_another_one(answered):
    assert "Another" not in answered(["s"] * 2, *SEEDED, "--count", "2").stdout


# --- the end --------------------------------------------------------------------------------------------


def ending_of(answered, lines, *options):
    text = answered(lines, *options).stdout
    return text[text.rindex("right at the first try") :]


def test_after_all_was_right_there_is_something_to_go_on_with(answered, keys):
    options = (*SEEDED, "--kind", "shape", "--count", "2")
    text = ending_of(answered, keys(*options), *options)
    assert "To look at again" not in text
    assert "bn-tutor quiz batchnorm --kind next   not asked yet" in text
    following = [line for line in text.splitlines() if "builds on batchnorm" in line]
    assert len(following) == 1
    name = following[0].split()[2]
    assert answered(["q"], name, *SEEDED).returncode == 0


def test_what_to_look_at_again_stands_there_once(answered, keys):
    options = (*SEEDED, "--kind", "formula", "--count", "40")
    text = ending_of(answered, ["r"] * 40, *options)
    walks = [line for line in text.splitlines() if "bn-tutor walk" in line]
    assert len(walks) == len(set(walks)) > 1
    assert "To go on with" not in text


def test_a_typo_is_nothing_to_look_at_again(answered, keys):
    options = (*SEEDED, "--kind", "number", "--count", "1")
    (key,) = keys(*options)
    assert "To look at again" not in ending_of(answered, ["77.77", key], *options)
    assert "To look at again" in ending_of(answered, ["77.77", "78.78", key], *options)


def test_a_mistake_counts_once_a_question(answered):
    options = (*SEEDED, "--kind", "formula", "--count", "40")
    lines = answered(["dout"] * 3 * 40, *options).stdout
    document = json.loads(answered(["dout"] * 3 * 40, *options, "--json").stdout)
    named = {
        (question["id"], each["mistake"])
        for question in document["questions"]
        for each in question["answers"]
        if each["mistake"]
    }
    ending = lines[lines.rindex("What went wrong") :].partition("To look")[0]
    assert sum(int(count) for count in re.findall(r": (\d+)\s+questions?", ending)) == len(named) > 0


def test_commands_name_a_lesson_as_it_was_named(run, answered):
    assert run("lesson", "new", "mine", "--folder", ".").returncode == 0
    text = ending_of(answered, ["r"] * 4, "mine.md", *SEEDED, "--kind", "formula", "--count", "4")
    assert "bn-tutor walk mine.md --backward --from " in text
    text = ending_of(answered, ["r"] * 9, "dropout", "--set", "mode=inference", *SEEDED)
    assert "bn-tutor walk dropout --set mode=inference --backward" in text


# --- what cannot be kept --------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_written_is_told_once(answered, written):
    state = str(written("no-folder", ""))
    result = answered(["r", "r", "s"], *SEEDED, "--count", "3", BN_TUTOR_STATE=state)
    assert result.returncode == 0
    assert result.stderr.count("answers cannot be kept") == 1
    assert "3 of 10" not in result.stdout
    assert "in the end" in result.stdout


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")  # noqa: PTH110
def test_a_full_disk_is_told_once(answered, state_folder):
    state_folder.mkdir()
    (state_folder / "answers.jsonl").symlink_to("/dev/full")
    result = answered(["r", "r"], *SEEDED, "--count", "2")
    assert result.returncode == 0
    assert result.stderr.count("answers cannot be kept") == 1


def test_a_torn_log_is_written_on(answered, state_folder):
    state_folder.mkdir()
    (state_folder / "answers.jsonl").write_text('{"format": 1, "at"')
    result = answered(["r"], *SEEDED, "--count", "1")
    assert result.returncode == 0
    assert "Come back" in result.stdout
    assert len((state_folder / "answers.jsonl").read_text().splitlines()) == 2


# --- what is due ----------------------------------------------------------------------------------------


def test_nothing_is_due(answered):
    result = answered(["s"], "--due", *SEEDED, "--count", "1")
    assert result.stderr == "bn-tutor: nothing is due today; these are new questions\n"
    assert "1 of 1   batchnorm" in result.stdout


def test_what_is_due_is_asked_first_whatever_lesson_it_is_from(answered, state_folder):
    answered(["r"] * 3, "gates", *SEEDED, "--count", "3", "--json")
    log = state_folder / "answers.jsonl"
    asked = [each["question"] for each in log_of(state_folder)]
    log.write_text(log.read_text().replace('"at": "20', '"at": "20').replace(*years(log)))
    document = json.loads(answered(["s"] * 3, "--due", "--count", "3", "--json").stdout)
    assert {each["id"] for each in document["questions"]} == set(asked)
    assert {each["lesson"] for each in document["questions"]} == {"gates"}


def years(log):
    """Return the year in which the answers were given, and the one before."""
    year = json.loads(log.read_text().splitlines()[0])["at"][:4]
    return f'"at": "{year}', f'"at": "{int(year) - 1}'


def test_a_lesson_that_is_gone_does_not_matter(answered, state_folder, run, written):
    answered(["r"], "gates", *SEEDED, "--count", "1")
    log = state_folder / "answers.jsonl"
    log.write_text(log.read_text().replace('"gates"', '"no-such-lesson"').replace(*years(log)))
    result = answered(["s"], "--due", *SEEDED, "--count", "1")
    assert result.returncode == 0
    assert "nothing is due" in result.stderr


# --- options --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--kind", "formul"), "there is no kind formul (did you mean formula?)"),
        (("--kind", "\x1b[31m"), "there is no kind"),
        (("no-such-lesson",), "no-such-lesson"),
        (("--set", "mode"), "--set takes SWITCH=CHOICE"),
        (("--set", "mode=train"), "mode"),
        (("gates", "--kind", "next", "--kind", "nothing"), "there is no kind nothing"),
    ],
)
def test_options_that_are_refused(answered, options, told):
    result = answered(["q"], *options)
    assert (result.returncode, result.stdout) == (2, "")
    assert told in result.stderr
    assert "\x1b" not in result.stderr
    assert "Traceback" not in result.stderr


def test_a_missing_file_of_answers(run):
    result = run("quiz", "--answers", "nothing.txt")
    assert (result.returncode, "nothing.txt" in result.stderr) == (2, True)


def test_without_a_terminal(run):
    result = run("quiz")
    assert (result.returncode, "--answers FILE" in result.stderr) == (2, True)
    assert "--json needs the answers" in run("quiz", "--json").stderr


def test_a_switch_of_the_lesson(answered):
    result = answered(["s"], "dropout", "--set", "mode=inference", *SEEDED, "--json")
    assert result.returncode == 0
    assert json.loads(result.stdout)["questions"]


def test_a_lesson_of_ones_own_has_a_quiz_at_once(run, answered):
    assert run("lesson", "new", "mine", "--folder", ".").returncode == 0
    result = answered(["r"] * 8, "mine.md", *SEEDED, "--count", "8")
    assert (result.returncode, result.stderr) == (0, "")
    assert "8 of 8" in result.stdout


def test_where_no_question_derives_nothing_but_that_is_said(answered):
    result = answered(["s"], "dropout", "--set", "mode=inference", "--kind", "formula")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "bn-tutor: no question of this kind derives from this lesson\n"
