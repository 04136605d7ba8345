"""The log of answers: what is kept is read back, what is no answer is skipped, named and left where it is."""

import resource
import time
from datetime import date
from functools import cache, partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bn_tutor.practice import answer_log
from bn_tutor.practice.answer import LONGEST_LINE, line_of
from bn_tutor.practice.answer_log import Skipped, answers, keep, set_aside
from tests.practice.progress_answers import PLAIN, answer, written

LINE = line_of(PLAIN)
NEWER = LINE.replace(b'"format": 1', b'"format": 2')


@cache
def numbered(number):
    return answer(seed=number)


# --- keeping ----------------------------------------------------------------------------------------------


def test_what_is_kept_is_read_back_in_order(tmp_path):
    folder = tmp_path / "new" / "folder"
    for number in range(3):
        assert keep(numbered(number), folder) == ""
    assert answers(folder) == (tuple(map(numbered, range(3))), ())


def test_nothing_but_the_log_is_written_and_only_its_owner_can_read_it(tmp_path):
    keep(PLAIN, tmp_path)
    (file,) = tmp_path.iterdir()
    assert (file.name, file.read_bytes(), file.stat().st_mode & 0o777) == ("answers.jsonl", LINE, 0o600)


def test_one_write_and_a_sync_for_each_line(tmp_path, monkeypatch):
    done = []
    for name in ("write", "fsync"):
        real = getattr(answer_log.os, name)
        watched = partial(lambda name, real, *given: (done.append(name), real(*given))[1], name, real)
        monkeypatch.setattr(answer_log.os, name, watched)
    keep(PLAIN, tmp_path / "new")
    assert done == ["write", "fsync", "fsync", "fsync"]  # the file, its folder, and where that is new
    done.clear()
    keep(PLAIN, tmp_path / "new")
    assert done == ["write", "fsync"]


@pytest.mark.parametrize("torn", [LINE[:20], LINE[:-1], b"\x00", b"x" * LONGEST_LINE])
def test_after_a_torn_line_a_new_one_begins_with_a_newline(tmp_path, torn):
    path = written(tmp_path, LINE, torn)
    assert keep(numbered(1), tmp_path) == ""
    assert path.read_bytes() == LINE + torn + b"\n" + line_of(numbered(1))
    assert answers(tmp_path)[0][-1] == numbered(1)


def test_an_answer_that_makes_no_sense_is_told(tmp_path):
    assert keep(answer(seconds=float("inf")), tmp_path).startswith("this answer cannot be written: ")
    assert keep(answer(kind=""), tmp_path) == "this answer has no kind that makes sense"
    assert list(tmp_path.iterdir()) == []


# --- reading ----------------------------------------------------------------------------------------------


def test_without_a_log_there_are_no_answers(tmp_path):
    assert answers(tmp_path / "nowhere") == answers(tmp_path) == ((), ())


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (LINE[:50] + b"\n", "is torn or damaged"),
        (LINE[30:], "is no answer of bn-tutor"),
        (b"hello\n", "is no answer of bn-tutor"),
        (b"\x00\xff\n", "is no answer of bn-tutor"),
        (b'{"format": 1, "lesson": "\xff"}\n', "is no text"),
        (NEWER, "is from a newer version of bn-tutor"),
        (b'{"format": 1}\n', "has no at that makes sense"),
        (b"{" * 100_000 + b"\n", "is over 64 kB long"),
        (b'{"x": "' + b"y" * 10_000_000 + b'"}\n', "is over 64 kB long"),
    ],
    ids=["torn", "tail", "foreign", "binary", "encoding", "newer", "empty", "nested", "long"],
)
def test_a_wrong_line_is_skipped_named_and_kept(tmp_path, wrong, reason):
    path = written(tmp_path, numbered(1), wrong, numbered(2))
    before = path.read_bytes()
    assert answers(tmp_path) == ((numbered(1), numbered(2)), (Skipped(2, reason),))
    keep(numbered(3), tmp_path)
    assert path.read_bytes() == before + line_of(numbered(3))


def test_a_last_line_counts_if_only_its_newline_is_missing(tmp_path):
    written(tmp_path, numbered(1), LINE[:-1])
    assert answers(tmp_path) == ((numbered(1), PLAIN), ())


def test_empty_lines_and_foreign_line_ends_are_no_trouble(tmp_path):
    written(tmp_path, b"\n\r\n", LINE[:-1] + b"\r\n", b"  \n", numbered(1), b"\n")
    assert answers(tmp_path) == ((PLAIN, numbered(1)), ())


def test_a_line_of_the_greatest_length_is_read(tmp_path):
    room = LONGEST_LINE - len(LINE)
    longest = answer(lesson="x" * (len("batchnorm") + room))
    assert len(line_of(longest)) == LONGEST_LINE
    written(tmp_path, longest, PLAIN, line_of(longest)[:-1])
    assert answers(tmp_path) == ((longest, PLAIN, longest), ())
    assert keep(answer(lesson=longest.lesson + "x"), tmp_path) == "this answer is over 64 kB long"


KNOWN_PIECES = st.sampled_from([LINE, NEWER, b"\n", b"{}\n", LINE[:90]])
PIECES = st.lists(st.one_of(st.binary(max_size=60), KNOWN_PIECES))


@given(PIECES.map(b"".join))
@example(b'{"format": 1, "at": "\\ud800"}\n')
@example(b"[" * 60_000)
def test_no_bytes_end_the_reading_and_all_are_left_as_they_were(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("log")
    path = written(folder, data)
    read, skipped = answers(folder)
    lines = [line for line in data.split(b"\n") if line.strip()]
    assert len(read) + len(skipped) == len(lines)
    assert keep(numbered(7), folder) == ""
    assert path.read_bytes().startswith(data)
    assert answers(folder)[0] == (*read, numbered(7))


@given(st.lists(st.integers(0, 99), max_size=8), st.data())
def test_a_log_that_is_cut_anywhere_loses_no_line_but_the_last(tmp_path_factory, numbers, data):
    folder = tmp_path_factory.mktemp("log")
    whole = b"".join(line_of(numbered(number)) for number in numbers)
    cut = data.draw(st.integers(0, len(whole)))
    path = written(folder, whole[:cut])
    keep(numbered(100), folder)
    count = whole[: cut + 1].count(b"\n")  # a line that lacks only its newline is there
    assert answers(folder)[0] == (*map(numbered, numbers[:count]), numbered(100))
    assert path.read_bytes().startswith(whole[:cut])


# --- bounds -----------------------------------------------------------------------------------------------


def test_of_many_wrong_lines_the_first_are_named_and_the_rest_counted(tmp_path):
    written(tmp_path, b"x\n" * 150, PLAIN, b"x\n" * 20, numbered(1))
    read, skipped = answers(tmp_path)
    assert read == (PLAIN, numbered(1))
    assert skipped[:100] == tuple(Skipped(at, "is no answer of bn-tutor") for at in range(1, 101))
    assert skipped[100:] == (Skipped(101, "are no answers either", 70),)


def test_of_a_large_log_the_end_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(answer_log, "LARGEST_LOG", 10 * len(LINE))
    written(tmp_path, *[LINE] * 20, b"x\n")
    read, skipped = answers(tmp_path)
    assert len(read) == 9  # the line in which the end begins is no whole one
    assert skipped == (
        Skipped(1, "lie before the last 0 MB of the log", 11),
        Skipped(21, "is no answer of bn-tutor"),
    )


def test_a_log_of_a_gigabyte_takes_little_memory_and_time(tmp_path):
    path = written(tmp_path, b'{"format": 1')
    with path.open("ab") as file:
        file.truncate(2**30)  # a hole of zeros: one line without an end
        file.seek(0, 2)
        file.write(b"\n" + LINE)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    read, skipped = answers(tmp_path)
    assert (read, [each.line for each in skipped]) == ((PLAIN,), [1])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kilobytes
    assert time.perf_counter() - begun < 20
    assert keep(numbered(1), tmp_path) == ""


# --- setting aside ----------------------------------------------------------------------------------------


def test_a_log_that_is_set_aside_is_whole_and_a_new_one_begins(tmp_path):
    path = written(tmp_path, LINE, b"torn")
    copy = set_aside(tmp_path, date(2026, 11, 21))
    assert (copy.name, copy.read_bytes()) == ("answers-2026-11-21.jsonl", LINE + b"torn")
    assert answers(tmp_path) == ((), ())
    keep(numbered(1), tmp_path)
    assert path.read_bytes() == line_of(numbered(1))


def test_no_copy_takes_the_place_of_another(tmp_path):
    for number in range(3):
        keep(numbered(number), tmp_path)
        set_aside(tmp_path, date(2026, 11, 21))
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    names = ["answers-2026-11-21.jsonl", "answers-2026-11-21-2.jsonl", "answers-2026-11-21-3.jsonl"]
    assert kept == {name: line_of(numbered(number)) for number, name in enumerate(names)}


def test_without_a_log_nothing_can_be_set_aside(tmp_path):
    with pytest.raises(FileNotFoundError):
        set_aside(tmp_path, date(2026, 11, 21))
