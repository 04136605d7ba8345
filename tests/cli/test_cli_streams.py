"""Streams that are closed, full, or go away: no traceback, and an exit status that tells."""

import sys

import pytest

COMMANDS = ["", "--version", "lesson list", "walk", "walk --json"]


@pytest.mark.parametrize("command", ["", "--help", "lesson list", "walk", "walk --json", "walk --plain"])
def test_reader_that_goes_away(shell, command):
    result = shell(f'"$@" {command} | true')
    assert result.stderr == ""


def test_first_line_for_head(shell):
    result = shell('"$@" walk | head -1')
    assert result.stdout.startswith(" batchnorm   forward 1 of 9   ━")
    assert (result.stdout.count("\n"), result.stderr) == (1, "")


def test_reader_that_goes_away_is_no_error(shell):
    result = shell('"$@" walk | head -1 > /dev/null; exit "${PIPESTATUS[0]}"')
    assert result.returncode == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_no_space_left(shell, command):
    result = shell(f'"$@" {command} > /dev/full')
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    assert "No space left on device" in result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_closed_output(shell, command):
    assert "Traceback" not in shell(f'"$@" {command} >&-').stderr


@pytest.mark.parametrize("command", ["", "walk --from x", "walk --json"])
def test_closed_input(shell, command):
    result = shell(f'"$@" {command} <&-')
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == shell(f'"$@" {command} < /dev/null').stdout


def test_closed_errors(shell):
    result = shell('"$@" walk nosuch 2>&-')
    assert (result.returncode, result.stdout) == (2, "")


@pytest.mark.parametrize("line", ['"$@" < /dev/null', '"$@" > frames.txt; cat frames.txt'])
def test_without_a_terminal_on_one_side_every_frame_is_printed(terminal, line):
    opened = terminal(command=("bash", "-c", line, "bash", sys.executable, "-m", "bn_tutor", "walk"))
    assert opened.end() == 0
    assert b" forward 1 of 9 " in opened.received
    assert b" backward 10 of 10 " in opened.received
    assert b"\x1b[?1049h" not in opened.received
