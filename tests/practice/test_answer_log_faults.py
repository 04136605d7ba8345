"""Where an answer cannot be kept, that is told in a line, and the log stays as good as it was."""

import errno
import os
import resource
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bn_tutor.practice import answer_log, lock
from bn_tutor.practice.answer import line_of
from bn_tutor.practice.answer_log import Skipped, answers, keep
from tests.practice.progress_answers import PLAIN, answer, written

LINE = line_of(PLAIN)


@contextmanager
def nobody():
    """Be a user whom permissions hold back: root may write anywhere."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder():
    """A folder that anybody can reach and write to; tmp_path is the tester's own."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder
        folder.chmod(0o777)


def test_a_folder_that_is_read_only_is_told(open_folder):
    open_folder.chmod(0o555)
    with nobody():
        assert keep(PLAIN, open_folder) == "Permission denied"
        assert keep(PLAIN, open_folder / "below") == "Permission denied"
        assert answers(open_folder) == ((), ())


def test_a_log_that_is_read_only_is_told_and_still_read(open_folder):
    written(open_folder, LINE).chmod(0o444)
    with nobody():
        assert keep(PLAIN, open_folder) == "Permission denied"
        assert answers(open_folder) == ((PLAIN,), ())


def test_a_log_that_cannot_be_read_is_told(open_folder):
    written(open_folder, LINE).chmod(0o000)
    with nobody():
        assert keep(PLAIN, open_folder) == "Permission denied"
        assert answers(open_folder) == ((), (Skipped(0, "Permission denied"),))


def test_a_folder_that_is_a_file_is_told(tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("x")
    assert keep(PLAIN, in_the_way) == "File exists"
    assert keep(PLAIN, in_the_way / "below") == "Not a directory"
    assert answers(in_the_way) == ((), (Skipped(0, "Not a directory"),))


def test_a_log_that_is_a_folder_is_told(tmp_path):
    (tmp_path / "answers.jsonl").mkdir()
    assert keep(PLAIN, tmp_path) == "Is a directory"
    assert answers(tmp_path) == ((), (Skipped(0, "Is a directory"),))


def test_a_pipe_in_the_place_of_the_log_is_told_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "answers.jsonl")
    assert keep(PLAIN, tmp_path) == "answers.jsonl is no file"
    assert answers(tmp_path) == ((), (Skipped(0, "answers.jsonl is no file"),))


def test_an_endless_device_in_the_place_of_the_log_is_told(tmp_path):
    (tmp_path / "answers.jsonl").symlink_to("/dev/zero")
    assert keep(PLAIN, tmp_path) == "answers.jsonl is no file"
    assert answers(tmp_path) == ((), (Skipped(0, "answers.jsonl is no file"),))


def test_a_link_to_a_log_elsewhere_is_followed(tmp_path):
    elsewhere = tmp_path / "elsewhere.jsonl"
    (tmp_path / "answers.jsonl").symlink_to(elsewhere)
    assert keep(PLAIN, tmp_path) == ""
    assert elsewhere.read_bytes() == LINE


# --- full -------------------------------------------------------------------------------------------------


@contextmanager
def room_for(size):
    """Let no file grow beyond a size: the system takes a part of a line, and then no more of it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("part", [0, 1, 100, len(LINE) - 1])
def test_where_a_line_is_taken_in_part_it_is_not_kept_and_the_next_one_is(tmp_path, part):
    path = written(tmp_path, LINE)
    later = answer(seed=1)
    with room_for(len(LINE) + part):
        assert keep(later, tmp_path) == "File too large"
    torn = line_of(later)[:part]
    assert path.read_bytes() == LINE + torn
    assert keep(answer(seed=2), tmp_path) == ""
    assert path.read_bytes() == LINE + torn + b"\n" * (part > 0) + line_of(answer(seed=2))
    read, skipped = answers(tmp_path)
    assert (read[0], read[-1], len(read) + len(skipped)) == (PLAIN, answer(seed=2), 2 + (part > 0))


@pytest.fixture
def tiny_disk(tmp_path):
    """A disk of 64 kB, where one can be had."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
    try:
        can_mount = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    except FileNotFoundError:
        can_mount = False
    if not can_mount:
        pytest.skip("only root may mount a disk, and not everywhere")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_on_a_full_disk_what_was_kept_stays_and_what_was_not_is_told(tiny_disk):
    told = []
    while not (problem := keep(answer(seed=len(told)), tiny_disk)):
        told.append(answer(seed=len(told)))
    assert problem == "No space left on device"
    assert keep(PLAIN, tiny_disk) == "No space left on device"
    read, skipped = answers(tiny_disk)
    assert (len(told) > 100, read) == (True, tuple(told))
    assert [each.line for each in skipped] in ([], [len(told) + 1])


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
@pytest.mark.parametrize("name", ["write", "fsync", "open"])
def test_any_other_fault_of_the_system_is_told(tmp_path, monkeypatch, name, number):
    """Patched, since a quota, a disk that breaks and a file system gone read-only cannot be had in a test."""

    def fail(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(answer_log.os, name, fail)
    assert keep(PLAIN, tmp_path) == os.strerror(number)


# --- the lock ---------------------------------------------------------------------------------------------


def test_a_lock_that_another_holds_is_waited_for_only_so_long(tmp_path, monkeypatch):
    monkeypatch.setattr(answer_log, "PATIENCE", 0.05)
    path = written(tmp_path, LINE)
    with path.open("rb") as held:
        assert lock.lock(held.fileno(), 0)
        assert keep(answer(seed=1), tmp_path) == ""
    assert answers(tmp_path) == ((PLAIN, answer(seed=1)), ())


def test_where_there_are_no_locks_an_answer_is_kept_all_the_same(tmp_path, monkeypatch):
    def fail(_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock, "_lock", fail)
    assert keep(PLAIN, tmp_path) == ""
    assert answers(tmp_path) == ((PLAIN,), ())
