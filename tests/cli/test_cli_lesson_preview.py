"""``lesson preview`` in a pseudo-terminal: the file is edited meanwhile, in all the ways there are."""

import os
import re
import sys
import termios
import time

import pytest

LESSON = """\
+++
format = 1
title = "Shifted"
output = "out"
summary = "A shift and a scale"

[sizes]
N = 4
D = 3

[switches]
mode = ["plain", "squared"]

[inputs]
x = { shape = ["N", "D"] }
w = { shape = ["D"] }
+++

# Shifted

A shift and a scale.

```graph
mu = mean(x, axis=0)      # the mean of a column
xmu = x - mu              # the distance from it
```

```graph when mode = plain
out = xmu * w             # the scale
```

```graph when mode = squared
out = xmu ** 2 * w        # the scale
```

```backward when mode = plain
dxmu = dout * w
dw = sum(dout * xmu, axis=0)
dx = dxmu - mean(dxmu, axis=0)
```

## `mu`

Mean: {shape: mu}.

### backward

Spread {value: dmu[0]}.

## `xmu`

Every number is shifted.

### backward

Two roads.

## `out`

Scaled.

### backward

Back.
"""
LINE = next(at for at, line in enumerate(LESSON.split("\n"), 1) if line.startswith("xmu"))
OTHER = LESSON.replace("Every number is shifted.", "Each of them is moved.")
SLIP = LESSON.replace("x - mu ", "x - muu ")
TROUBLE = "This lesson cannot be walked as it is"
WRONG = LESSON.replace("dx = dxmu - mean(dxmu, axis=0)", "dx = dxmu")
LEFT_AS_IT_WAS = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l")
EVIL = b"\x1b[2J\x1b]0;title\x07\x9b31m\xff\xfe\x00\x1b[?1049l" * 20


@pytest.fixture
def preview(terminal, written):
    """Write a lesson and preview it; wait for what is to be shown first."""

    def open_preview(content=LESSON, *options, shows="q quit", name="own.md", **changes):
        path = written(name, content)
        command = (sys.executable, "-m", "bn_tutor", "lesson", "preview")
        opened = terminal(path.name, *options, command=command, **changes)
        opened.shows(shows)
        return opened

    return open_preview


@pytest.fixture
def at_xmu(preview):
    """Preview the lesson, at the second of its frames."""
    opened = preview()
    opened.send("n")
    opened.shows("forward 2 of 3", "Every number is shifted.")
    return opened


def settings(opened):
    return termios.tcgetattr(opened.process.child_fd)


def ends(opened, key="q", status=0):
    """Press a key that leaves; the terminal must be as it was before."""
    opened.send(key)
    assert opened.end() == status
    assert all(code in opened.received for code in LEFT_AS_IT_WAS)
    assert b"Traceback" not in opened.received


def processor_time(opened):
    """Return the seconds that the program has computed for so far."""
    with open(f"/proc/{opened.process.pid}/stat") as file:  # noqa: PTH123 - no file of ours
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- what is refused --------------------------------------------------------------------------------------


def test_without_a_terminal_it_says_what_to_do(run, written):
    written("own.md", LESSON)
    result = run("lesson", "preview", "own.md")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "bn-tutor: preview needs a terminal; bn-tutor walk FILE.md prints every frame,"
        " lesson lint every problem\n"
    )


@pytest.mark.parametrize(
    "name", ["none.md", "folder.md", "own.txt", "batchnorm", "pipe.md", "e\x1b[2Jvil.md"]
)
def test_only_a_lesson_file_is_previewed(terminal, written, tmp_path, name):
    written("own.txt", LESSON)
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    opened = terminal(name, command=(sys.executable, "-m", "bn_tutor", "lesson", "preview"))
    assert opened.end() == 2
    said = f"bn-tutor: there is no lesson file {name.replace(chr(27), '')} (a lesson's name ends in .md)\r\n"
    assert opened.received.decode() == said


def test_help_names_the_keys(run):
    result = run("lesson", "preview", "--help")
    assert result.returncode == 0
    assert "? lists them, q quits" in result.stdout


# --- saving -----------------------------------------------------------------------------------------------


def test_the_frame_appears_and_what_lint_found(preview):
    opened = preview()
    opened.shows("own   forward 1 of 3", "mu = mean(x, axis=0)", "lint: proven right")
    ends(opened)


def test_a_change_is_shown_at_the_same_node(at_xmu, written):
    written("own.md", OTHER)
    at_xmu.shows("forward 2 of 3", "Each of them is moved.", "lint: proven right")
    written("own.md", OTHER.replace("mu = mean", "first = 2 * x\nmu = mean"))
    at_xmu.shows("forward 3 of 4", "node 3   xmu")
    ends(at_xmu)


def test_a_slip_is_shown_in_place_of_the_frame_until_it_is_mended(at_xmu, written):
    written("own.md", SLIP)
    at_xmu.shows(TROUBLE)
    lines = at_xmu.settle()
    assert lines[2:5] == [
        f"own.md:{LINE}:11: error[unknown-name]: muu is not defined before this line",
        f"{LINE:>5} | xmu = x - muu              # the distance from it",
        "      |           ^ hint: did you mean mu?",
    ]
    assert lines[-1] == " q quit"
    assert "forward" not in at_xmu.text
    written("own.md", OTHER)
    at_xmu.shows("forward 2 of 3", "Each of them is moved.")
    assert TROUBLE not in at_xmu.text
    ends(at_xmu)


def test_one_slip_after_the_other(at_xmu, written):
    written("own.md", SLIP)
    at_xmu.shows("muu is not defined")
    written("own.md", SLIP.replace("muu", "nuu"))
    at_xmu.shows("nuu is not defined")
    assert "muu is not defined" not in at_xmu.text
    written("own.md", LESSON)
    at_xmu.shows("forward 2 of 3")


def test_a_file_that_begins_with_a_slip(preview, written):
    opened = preview(SLIP)
    opened.shows(TROUBLE, "muu is not defined")
    written("own.md", LESSON)
    opened.shows("forward 1 of 3", "lint: proven right")
    ends(opened)


def test_a_lint_problem_keeps_the_frame_and_is_said(preview, written):
    opened = preview(shows="lint: proven right")
    opened.send("n")
    opened.shows("forward 2 of 3")
    line = WRONG.split("\n").index("dx = dxmu") + 1
    written("own.md", WRONG)
    opened.shows("forward 2 of 3", f"lint: 1 problem, first in line {line}: dx is not what")
    opened.send("n")
    opened.shows("forward 3 of 3", "lint: 1 problem")
    written("own.md", LESSON)
    opened.shows("forward 3 of 3", "lint: proven right")
    ends(opened)


# --- as editors and slips of the hand do it ---------------------------------------------------------------


def test_a_file_that_is_taken_away_and_written_again(at_xmu, written, tmp_path):
    (tmp_path / "own.md").unlink()
    at_xmu.shows(TROUBLE, "own.md")
    written("own.md", OTHER)
    at_xmu.shows("forward 2 of 3", "Each of them is moved.")
    ends(at_xmu)


def test_a_file_that_another_takes_the_place_of(at_xmu, written, tmp_path):
    written("own.md~", OTHER).replace(tmp_path / "own.md")
    at_xmu.shows("forward 2 of 3", "Each of them is moved.")
    # Even where neither its size nor its time tells it from the one before.
    before = (tmp_path / "own.md").stat()
    new = written("own.md~", OTHER.replace("moved", "MOVED"))
    os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
    new.replace(tmp_path / "own.md")
    at_xmu.shows("forward 2 of 3", "Each of them is MOVED.")


def test_a_file_that_becomes_a_folder_or_a_pipe(at_xmu, written, tmp_path):
    path = tmp_path / "own.md"
    path.unlink()
    path.mkdir()
    at_xmu.shows(TROUBLE, "own.md")
    path.rmdir()
    os.mkfifo(path)
    at_xmu.settle()
    assert TROUBLE in at_xmu.text
    path.unlink()
    written("own.md", LESSON)
    at_xmu.shows("forward 2 of 3")
    ends(at_xmu)


def test_a_file_that_is_written_in_two_halves(at_xmu, tmp_path):
    half = LESSON.index("```graph") + 20
    with (tmp_path / "own.md").open("w") as file:
        file.write(OTHER[:half])
        file.flush()
        at_xmu.shows(TROUBLE)
        file.write(OTHER[half:])
    at_xmu.shows("forward 2 of 3", "Each of them is moved.")


def test_whatever_is_written_is_shown_as_trouble(at_xmu, written):
    before = len(at_xmu.received)
    for content in (b"", b"\n", b"\x00" * 100, EVIL, b"+++\n" + EVIL, b"\xff" * 2_000_000):
        written("own.md", content)
        at_xmu.shows(TROUBLE, "own.md")
        written("own.md", OTHER)
        at_xmu.shows("forward 2 of 3", "Each of them is moved.")
    assert foreign(at_xmu.received[before:]) == b""
    ends(at_xmu)


def test_escape_sequences_in_a_lesson_are_none(at_xmu, written):
    before = len(at_xmu.received)
    evil = EVIL.decode("latin-1")
    # A slip, a problem of lint's, and prose.
    for text in (SLIP.replace("muu ", f"muu{evil} "), OTHER.replace("moved", f"moved {evil}")):
        written("own.md", text)
        at_xmu.shows("own")
        at_xmu.shows(TROUBLE if "muu\x1b" in text else "Each of them is moved")
        at_xmu.settle()
        assert foreign(at_xmu.received[before:]) == b""


def foreign(received):
    """Return the escape and control codes that are not the stepper's own."""
    own = rb"\x1b\[[0-9;]*m|\x1b\[[HKJ]|\x1b\[\?(?:1049|25|2004)[hl]|\r+\n"
    rest = re.sub(own, b"", received).decode()
    return "".join(sign for sign in rest if sign < " " or "\x7f" <= sign <= "\x9f").encode()


# --- switches ---------------------------------------------------------------------------------------------


def test_a_flip_outlives_an_edit(at_xmu, written):
    at_xmu.send("s")
    at_xmu.shows("forward 2 of 3   mode = squared")
    written("own.md", OTHER)
    at_xmu.shows("forward 2 of 3   mode = squared", "Each of them is moved.")


@pytest.mark.parametrize(("old", "new"), [("mode", "kind"), ("squared", "doubled")])
def test_a_switch_or_a_choice_that_gets_another_name(at_xmu, written, old, new):
    at_xmu.send("s")
    at_xmu.shows("mode = squared")
    written("own.md", OTHER.replace(old, new))
    at_xmu.shows("forward 2 of 3   ━", "Each of them is moved.")
    at_xmu.send("s")
    at_xmu.shows("forward 2 of 3   " + "mode = squared".replace(old, new))


def test_a_flip_to_a_variant_that_is_broken_is_taken_back(preview, written):
    opened = preview(LESSON.replace("xmu ** 2 * w ", "xmu @ xmu "))
    opened.shows("lint: 1 problem", "when mode = squared")
    opened.send("s")
    opened.shows("forward 1 of 3   ━", "mode = squared cannot be walked: line")
    written("own.md", LESSON)
    opened.shows("lint: proven right")
    opened.send("s")
    opened.shows("forward 1 of 3   mode = squared")


# --- keys, and leaving ------------------------------------------------------------------------------------


def test_keys_go_on_working_between(at_xmu, written):
    at_xmu.send("z")
    at_xmu.shows("operation level")
    written("own.md", OTHER)
    at_xmu.shows("operation level", "Each of them is moved.")
    at_xmu.send("g", "dxmu\r")
    at_xmu.shows("backward", "xmu = x − mu")
    at_xmu.send("?")
    at_xmu.shows("any other key goes back")


def test_what_is_typed_stays_while_nothing_is_saved(at_xmu):
    at_xmu.send("g", "d")
    time.sleep(0.7)  # the file is looked at meanwhile
    at_xmu.send("xmu")
    at_xmu.shows("go to frame (number or name): dxmu")


def test_problems_take_no_key_but_those_that_leave(preview, written):
    opened = preview(SLIP, shows=TROUBLE)
    opened.send("nszgp?J12\r", b"\x1b", b"\x1b[B", "\x1b[200~q\x1b[201~")
    opened.settle()
    assert opened.process.isalive()
    written("own.md", LESSON)
    opened.shows("forward 1 of 3")
    assert "any other key" not in opened.text


@pytest.mark.parametrize("content", [LESSON, SLIP], ids=["frame", "problems"])
def test_leaving_gives_the_terminal_back(preview, content):
    for key, status in (("q", 0), (b"\x04", 0), (b"\x03", 130)):
        opened = preview(content)
        assert not opened.echoes
        ends(opened, key, status)


@pytest.mark.parametrize(("content", "key"), [(LESSON, "\x03"), (SLIP, "q")], ids=["frame", "problems"])
def test_the_settings_are_what_they_were(terminal, written, content, key):
    written("own.md", content)
    opened = terminal(command=("bash", "--norc", "--noediting", "-i"), PS1="$ ")
    opened.shows("$")
    before = settings(opened)
    opened.send(f"{sys.executable} -m bn_tutor lesson preview own.md; echo left $?\n")
    opened.shows("q quit")
    assert settings(opened) != before
    written("own.md", OTHER)
    opened.shows("forward 1 of 3")
    written("own.md", content)
    opened.shows(TROUBLE if content == SLIP else "forward 1 of 3")
    opened.send(key)
    opened.says("left 130\r\n" if key == "\x03" else "left 0\r\n")
    opened.settle()
    assert settings(opened) == before


def test_no_place_is_kept(at_xmu, state_folder):
    ends(at_xmu)
    assert not state_folder.exists()


def test_a_terminal_that_goes_away_ends_it(at_xmu):
    process = at_xmu.process
    process.close(force=False)
    for _ in range(50):
        if not process.isalive():
            break
        time.sleep(0.1)
    assert not process.isalive()


# --- time -------------------------------------------------------------------------------------------------


def test_waiting_costs_next_to_nothing_and_writes_nothing(preview):
    contents = {"frame": LESSON, "slip": SLIP, "deep": SLIP.replace("x - muu ", "(" * 900)}
    opened = {name: preview(content, name=f"{name}.md") for name, content in contents.items()}
    for each in opened.values():
        each.settle()
    before = {name: (len(each.received), processor_time(each)) for name, each in opened.items()}
    time.sleep(2)
    for name, each in opened.items():
        each.settle()
        assert len(each.received) == before[name][0], name
        assert processor_time(each) - before[name][1] < 0.3, name


@pytest.mark.parametrize("content", [LESSON, SLIP], ids=["frame", "problems"])
def test_a_key_held_down_is_no_burden(preview, content):
    opened = preview(content)
    opened.settle()
    before = processor_time(opened)
    for _ in range(20):
        opened.send("nb" * 25)
        opened.receive(0.02)
    opened.settle()
    assert processor_time(opened) - before < 2
    ends(opened)


def test_a_key_held_down_while_the_file_is_saved(at_xmu, written):
    for at in range(12):
        at_xmu.send(" " * 20)
        written("own.md", SLIP if at % 4 == 1 else LESSON if at % 2 else OTHER)
        at_xmu.receive(0.1)
    at_xmu.send("b", "G")
    at_xmu.shows("backward 4 of 4")
    ends(at_xmu)


# --- sizes, stopping, plain -------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [LESSON, SLIP], ids=["frame", "problems"])
def test_a_resize_draws_anew(preview, content):
    opened = preview(content)
    for columns, rows in ((50, 12), (10, 3), (120, 40), (80, 24)):
        opened.resize(columns, rows)
        opened.until(lambda rows=rows: any(sign in opened.lines[rows - 1] for sign in ("quit", "?")))
        lines = opened.settle()
        assert max(map(len, lines)) <= columns
        assert opened.scrolled == 0
    opened.shows(TROUBLE if content == SLIP else "forward 1 of 3")


def test_an_edit_while_it_is_stopped(terminal, written):
    """Ctrl-Z, an editor in the same terminal, fg: the screen is drawn even where the frame is the same."""
    written("own.md", LESSON)
    opened = terminal(command=("bash", "--norc", "-i"), PS1="$ ")
    opened.send(f"{sys.executable} -m bn_tutor lesson preview own.md\n")
    opened.shows("forward 1 of 3", "lint: proven right", "q quit")
    opened.send(b"\x1a")
    opened.shows("Stopped")
    opened.send("echo; clear\n")
    opened.drops("Stopped")
    written("own.md", LESSON.replace("A shift and a scale.", "A scale and a shift."))
    opened.send("fg\n")
    opened.shows("forward 1 of 3", "lint: proven right", "q quit")
    opened.send("q")
    opened.says("\x1b[?1049l", times=2)


def test_plain_appends_each_change_with_its_frame(preview, written):
    opened = preview(LESSON, "--plain", shows="lint: proven right\n own   forward 1 of 3", rows=80)
    opened.send("n")
    opened.shows(" own   forward 2 of 3", "Every number is shifted.")
    written("own.md", OTHER)
    opened.shows("lint: proven right\n own   forward 2 of 3", "Each of them is moved.")
    written("own.md", SLIP)
    opened.shows(TROUBLE, "muu is not defined before this line", "\n q quit")
    written("own.md", LESSON)
    opened.shows("q quit\nlint: proven right\n own   forward 2 of 3", "Every number is shifted.")
    opened.says("Every number is shifted.", times=2)
    opened.settle()
    said = len(opened.received)
    time.sleep(0.7)
    opened.resize(80, 70)
    opened.settle()
    assert len(opened.received) == said  # waiting appends nothing
    opened.send("q")
    assert opened.end() == 0
    assert b"\x1b[?1049h" not in opened.received
    assert b"\x1b[H" not in opened.received


def test_plain_says_the_same_problem_once(preview, written):
    opened = preview(SLIP, "--plain", shows=TROUBLE)
    written("own.md", SLIP.replace("is shifted", "is moved"))
    time.sleep(0.7)
    opened.settle()
    assert opened.received.count(TROUBLE.encode()) == 1
    opened.send(b"\x03")
    assert opened.end() == 130


def test_the_look_can_be_chosen(preview):
    opened = preview(LESSON, "--width", "40", "--no-color")
    assert max(map(len, opened.settle())) <= 40
    assert opened.colours == {"default"}
