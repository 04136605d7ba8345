"""What the preview command does once its options are read."""

from pathlib import Path

import numpy as np
import typer

from bn_tutor.cli.stage import Edited
from bn_tutor.cli.stepper import step_through
from bn_tutor.cli.targets import Request
from bn_tutor.cli.walking import INTERRUPTED
from bn_tutor.views.look import Look
from bn_tutor.walk.state import State


def preview(file: Path, look: Look, *, width: int | None, no_color: bool) -> None:
    """Step through the file until the learner leaves; no place is kept, since the file changes."""
    with np.errstate(all="ignore"):
        stage = Edited(file, Request(str(file), {}))
        act = step_through(stage, None, State(), look, width=width, no_color=no_color)
    if act.state.interrupted:
        raise typer.Exit(INTERRUPTED)
