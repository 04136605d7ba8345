"""Run the checker on one program, within bounds, and see what comes of it and what it leaves."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Timer

from tests.checker.hostile.tools.leftovers import end_all, remaining
from tests.checker.hostile.tools.made import TABLE, put_program
from tests.cli.conftest import UNWANTED

ROOT = Path(__file__).parents[4]
SERVER = "tests.checker.hostile.tools.serving"

# Should the checker hang, its test fails after so many seconds instead of hanging too.
PATIENCE = 30
# No run may have more memory (bytes), so that a checker without bounds harms nobody who runs these tests.
MEMORY = 2_500_000_000


@dataclass(frozen=True)
class Outcome:
    """What came of a run: what it said, and what it left."""

    file: str
    status: int | None
    stdout: str
    stderr: str
    seconds: float
    left: tuple[str, ...]
    temporary: tuple[str, ...]
    remaining: tuple[str, ...]

    @property
    def message(self):
        return " ".join((self.stdout + self.stderr).split()).lower()


def folders(root):
    """Make the folders of a run: ``here`` is the current one."""
    for name in ("here", "programs", "home", "temporary"):
        (root / name).mkdir()
    return root


def surroundings(root, token):
    kept = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    places = {"BN_TUTOR_STATE": "state", "HOME": "home", "TMPDIR": "temporary"}
    fixed = {
        "PYTHONUTF8": "1",
        "TERM": "xterm-256color",
        "OPENBLAS_NUM_THREADS": "1",
        "BN_TUTOR_TOKEN": token,
    }
    return {**kept, **{name: str(root / place) for name, place in places.items()}, **fixed}


@contextmanager
def servers(count):
    """Start programs that run the checker; yields a queue of them, to take from and to put back."""
    free = Queue()
    # As they would be set for a program that is started anew.
    fixed = {"PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"}
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with ExitStack() as stack:
        for _ in range(count):
            environment = {**os.environ, **fixed}
            server = subprocess.Popen([sys.executable, "-m", SERVER], cwd=ROOT, env=environment, **streams)
            free.put(stack.enter_context(server))
            stack.callback(server.stdin.close)
        yield free


def run(name, root, free):
    """Run ``check`` on one program, to its end, and look at what remains."""
    path = put_program(name, folders(root) / "programs")
    limit = TABLE[name].get("limit", 3)
    arguments = ["check", f"../programs/{path.name}", "--time-limit", str(limit)]
    token, started = uuid.uuid4().hex, time.monotonic()
    status = run_to_its_end(arguments, root, token, free)
    seconds, remains = time.monotonic() - started, remaining(root, token)
    end_all(remains)
    said = [(root / stream).read_text(encoding="utf-8", errors="replace") for stream in ("stdout", "stderr")]
    left = [names_in(root / folder) for folder in ("here", "temporary")]
    return Outcome(path.name, status, *said, seconds, *left, tuple(remains.values()))


def names_in(folder):
    return tuple(sorted(path.name for path in folder.iterdir()))


def run_to_its_end(arguments, root, token, free):
    """Return the exit status, None if the program had to be ended.

    Its output goes to files: what it leaves behind would keep a pipe open.
    """
    places = {"folder": str(root / "here"), "stdout": str(root / "stdout"), "stderr": str(root / "stderr")}
    request = {"arguments": arguments, "environment": surroundings(root, token), "memory": MEMORY, **places}
    server = free.get()
    try:
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        number, late = int(server.stdout.readline()), []
        timer = Timer(PATIENCE, lambda: late.append(os.kill(number, signal.SIGKILL)))
        timer.start()
        status = int(server.stdout.readline())
        timer.cancel()
        return None if late else status
    finally:
        free.put(server)
