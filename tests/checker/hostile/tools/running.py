"""Run the checker on one program, within bounds, and see what comes of it and what it leaves."""

import os
import subprocess
import time
import uuid
from dataclasses import dataclass

from tests.checker.hostile.tools.leftovers import end_all, remaining
from tests.checker.hostile.tools.made import TABLE, put_program
from tests.cli.conftest import PROGRAM, UNWANTED

# Should the checker hang, its test fails after so many seconds instead of hanging too.
PATIENCE = 30
# No run may have more memory (kB), so that a checker without bounds harms nobody who runs these tests.
MEMORY = 2_500_000


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


def bounded(command):
    """Return a command that runs another without core dumps and within MEMORY, where the shell can do it."""
    limits = f'ulimit -c 0; ulimit -S -v {MEMORY} 2>/dev/null; exec "$@"'
    return ["sh", "-c", limits, "sh", *command]


def run(name, root):
    """Run ``check`` on one program, to its end, and look at what remains."""
    path = put_program(name, folders(root) / "programs")
    limit = str(TABLE[name].get("limit", 3))
    command = [*PROGRAM, "check", f"../programs/{path.name}", "--time-limit", limit]
    token, started = uuid.uuid4().hex, time.monotonic()
    status = run_to_its_end(bounded(command), root, token)
    seconds, remains = time.monotonic() - started, remaining(root, token)
    end_all(remains)
    said = [(root / stream).read_text(encoding="utf-8", errors="replace") for stream in ("stdout", "stderr")]
    left = [names_in(root / folder) for folder in ("here", "temporary")]
    return Outcome(path.name, status, *said, seconds, *left, tuple(remains.values()))


def names_in(folder):
    return tuple(sorted(path.name for path in folder.iterdir()))


def run_to_its_end(command, root, token):
    """Return the exit status, None if the program had to be ended.

    Its output goes to files: what it leaves behind would keep a pipe open. Its input stays open and has a
    line in it, which is nobody's to read.
    """
    options = {"cwd": root / "here", "env": surroundings(root, token), "stdin": subprocess.PIPE}
    with (root / "stdout").open("wb") as stdout, (root / "stderr").open("wb") as stderr:
        process = subprocess.Popen(command, stdout=stdout, stderr=stderr, start_new_session=True, **options)
    with process.stdin:
        process.stdin.write(b"1\n")
        process.stdin.flush()
        try:
            return process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None
