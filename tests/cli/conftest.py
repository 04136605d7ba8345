"""Run the real program: in a pipe, or in a pseudo-terminal whose screen can be read."""

import json
import os
import signal
import subprocess
import sys
import termios
import time
from concurrent.futures import ThreadPoolExecutor

import pexpect
import pyte
import pytest

PROGRAM = (sys.executable, "-m", "bn_tutor")
# What would change how the program looks, wherever the tests are run.
UNWANTED = {
    "NO_COLOR",
    "FORCE_COLOR",
    "ACCESSIBLE",
    "COLUMNS",
    "LINES",
    "PYTHONIOENCODING",
    "PYTHONPATH",
    "BN_TUTOR_LESSONS",
}
PATIENCE = 20.0
# A screen on which nothing was drawn for so long is taken to be finished.
QUIET = 0.2


@pytest.fixture
def state_folder(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def environment(state_folder):
    """Make the environment of a process: nothing of the tester's own that matters, and some changes."""

    def make(**changes):
        kept = {name: value for name, value in os.environ.items() if name not in UNWANTED}
        common = {"TERM": "xterm-256color", "PYTHONUTF8": "1", "BN_TUTOR_STATE": str(state_folder)}
        common["OPENBLAS_NUM_THREADS"] = "1"  # nothing here is large; threads only delay the start
        return {**kept, **common, **changes}

    return make


@pytest.fixture
def written(tmp_path):
    """Write a file into the folder where the program runs."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


# --- in a pipe --------------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path, environment):
    """Run bn-tutor to its end, in tmp_path, without a terminal; keywords are environment variables."""

    def run_program(*arguments, program=PROGRAM, encoding="utf-8", **changes):
        return subprocess.run(
            [*program, *map(os.fspath, arguments)],
            cwd=tmp_path,
            env=environment(**changes),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            encoding=encoding,
        )

    return run_program


@pytest.fixture
def shell(tmp_path, environment):
    """Run a line of shell in which "$@" is ``python -m bn_tutor``."""

    def run_line(line):
        command = ["bash", "-c", line, "bash", *PROGRAM]
        return subprocess.run(
            command, cwd=tmp_path, env=environment(), capture_output=True, timeout=60, encoding="utf-8"
        )

    return run_line


@pytest.fixture
def walk(run):
    """Run ``walk`` in a pipe; it must succeed and say nothing on stderr. Returns what it printed."""

    def walked(*arguments, **changes):
        result = run("walk", *arguments, **changes)
        assert (result.returncode, result.stderr) == (0, "")
        return result.stdout

    return walked


@pytest.fixture
def document(walk):
    """Run ``walk --json`` and return the document."""
    return lambda *arguments: json.loads(walk(*arguments, "--json"))


@pytest.fixture
def refuse(run):
    """Run a walk that must be refused: status 2, nothing on stdout, no traceback; returns the complaints."""

    def refused(*arguments, **changes):
        result = run("walk", *arguments, **changes)
        assert "Traceback" not in result.stderr
        assert (result.returncode, result.stdout) == (2, "")
        return result.stderr.splitlines()

    return refused


@pytest.fixture
def complaint(run):
    """Run a walk that must be refused with one line; returns it, or else all that happened."""
    return lambda *arguments, **changes: complaint_in(run("walk", *arguments, **changes))


def complaint_in(result):
    lines = result.stderr.splitlines()
    if (result.returncode, result.stdout, len(lines)) == (2, "", 1) and lines[0].startswith("bn-tutor: "):
        return lines[0].removeprefix("bn-tutor: ")
    return f"exit status {result.returncode}, stdout {result.stdout[:200]!r}, stderr {result.stderr!r}"


@pytest.fixture
def each():
    """Call a function with each of many lists of arguments, two at a time; returns the results in order."""

    def call_each(function, many):
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda arguments: function(*arguments), many))

    return call_each


@pytest.fixture
def complaints(complaint, each):
    """Return the complaints about many walks, each by what was given: {arguments: complaint}."""
    return lambda many: dict(zip(many, each(complaint, many), strict=True))


@pytest.fixture
def complaints_about_data(complaint, each, written):
    """Write each of many data files, walk it, and return {name: complaint}."""

    def complained(contents):
        paths = [written(name, content) for name, content in contents.items()]
        told = each(complaint, [("--data", path) for path in paths])
        return dict(zip(contents, told, strict=True))

    return complained


# --- in a terminal ----------------------------------------------------------------------------------------


def hear_interrupts():
    """Undo what a shell does to what it runs in the background: that hears no Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A pseudo-terminal with a program in it; ``received`` holds every byte that the program wrote."""

    def __init__(self, command, folder, environment, columns=80, rows=24):
        self.process = pexpect.spawn(
            command[0], list(command[1:]), cwd=folder, env=environment, dimensions=(rows, columns),
            preexec_fn=hear_interrupts,
        )  # fmt: skip
        self.screen = pyte.HistoryScreen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.received = b""

    @property
    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self):
        return "\n".join(self.lines)

    @property
    def scrolled(self):
        """How many lines have left the screen at its top."""
        return len(self.screen.history.top)

    @property
    def colours(self):
        return {cell.fg for row in self.screen.buffer.values() for cell in row.values()}

    @property
    def echoes(self):
        """Whether the terminal itself shows what is typed, as it does before and after a program."""
        return bool(termios.tcgetattr(self.process.child_fd)[3] & termios.ECHO)

    def send(self, *keys):
        """Write all keys at once, as text or bytes."""
        data = b"".join(key.encode() if isinstance(key, str) else key for key in keys)
        os.write(self.process.child_fd, data)

    def receive(self, seconds):
        """Feed the screen what comes within a time; return what came."""
        try:
            data = self.process.read_nonblocking(1 << 16, seconds)
        except pexpect.TIMEOUT:
            return b""
        self.received += data
        self.stream.feed(data)
        return data

    def until(self, is_there):
        """Feed the screen until a condition holds."""
        limit = time.monotonic() + PATIENCE
        try:
            while not is_there():
                assert time.monotonic() < limit, self.text
                self.receive(0.1)
        except pexpect.EOF:
            assert is_there(), self.text

    def shows(self, *texts):
        """Wait until all these texts are on the screen."""
        self.until(lambda: all(text in self.text for text in texts))

    def drops(self, text):
        """Wait until a text is gone from the screen."""
        self.until(lambda: text not in self.text)

    def says(self, text, times=1):
        """Wait until a text has been written so many times, wherever it is now."""
        self.until(lambda: self.received.count(text.encode()) >= times)

    def settle(self):
        """Feed the screen until nothing more comes; return its lines."""
        while self.receive(QUIET):
            pass
        return self.lines

    def resize(self, columns, rows):
        self.screen.resize(rows, columns)
        self.process.setwinsize(rows, columns)

    def end(self):
        """Wait for the end of the program; return its exit status."""
        limit = time.monotonic() + PATIENCE
        try:
            while time.monotonic() < limit:
                self.receive(0.1)
        except pexpect.EOF:
            self.process.wait()
            return self.process.exitstatus
        raise AssertionError(f"the program is still running:\n{self.text}")

    def close(self):
        if self.process.isalive():
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.delayafterclose = self.process.ptyproc.delayafterclose = 0
        self.process.close(force=True)


@pytest.fixture
def terminal(tmp_path, environment):
    """Open pseudo-terminals: ``terminal("--predict", columns=40)`` walks in one of 40 columns."""
    opened = []

    def open_terminal(*arguments, command=(*PROGRAM, "walk"), columns=80, rows=24, **changes):
        whole = (*command, *map(os.fspath, arguments))
        opened.append(Terminal(whole, tmp_path, environment(**changes), columns, rows))
        return opened[-1]

    yield open_terminal
    for each in opened:
        each.close()


@pytest.fixture
def stepper(terminal):
    """Open a walk in a terminal and wait for its first frame."""

    def open_stepper(*arguments, **options):
        opened = terminal(*arguments, **options)
        opened.shows("q quit")
        return opened

    return open_stepper
