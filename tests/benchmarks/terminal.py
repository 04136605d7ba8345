"""bn-tutor in a real pseudo-terminal, and its frames as they arrive."""

import os
import sys
from contextlib import contextmanager
from pathlib import Path

import pexpect

COMMAND = str(Path(sys.executable).parent / "bn-tutor")
# The last that is written of every frame: clear what is below the footer.
END_OF_FRAME = "\x1b[J"
FOOTER = "quit"


def environment(state):
    """Return the environment of a terminal with colours; places are kept in the folder ``state``.

    Bytecode is kept, as where pip installs: a checkout would otherwise be compiled anew at every start.
    """
    dropped = ("ACCESSIBLE", "NO_COLOR", "COLUMNS", "LINES", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "TERM": "xterm-256color", "BN_TUTOR_STATE": str(state)}


def spawn(command, arguments, state):
    """Start a command in a terminal of 80 columns and 24 rows."""
    child = pexpect.spawn(
        command, list(arguments), env=environment(state), dimensions=(24, 80), encoding="utf-8", timeout=30
    )
    child.delaybeforesend = None
    return child


def see_frame(child):
    """Wait until a whole frame has arrived, down to its footer."""
    child.expect_exact(END_OF_FRAME)
    assert FOOTER in child.before, child.before


@contextmanager
def walking(state, *options):
    """Walk batchnorm in a terminal; the first frame has been drawn."""
    child = spawn(COMMAND, ("walk", "batchnorm", *options), state)
    try:
        see_frame(child)
        yield child
    finally:
        child.close(force=True)
