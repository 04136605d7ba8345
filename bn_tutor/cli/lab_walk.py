"""``bn-tutor lab NAME --walk``: one training step of the lab, node by node."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import typer

from bn_tutor.cli.lab_wish import Wish
from bn_tutor.cli.output import console_for, fail, is_terminal, until_reader_leaves
from bn_tutor.cli.stepper import print_every_frame, step_through
from bn_tutor.cli.walking import INTERRUPTED
from bn_tutor.course.loading import LessonError
from bn_tutor.labs.explained import explained
from bn_tutor.labs.lab import Setting
from bn_tutor.labs.network import Mode, Network, network_lesson
from bn_tutor.labs.training import ONE, Step
from bn_tutor.views.look import Look
from bn_tutor.walk.state import start
from bn_tutor.walk.story import Tour
from bn_tutor.walk.subject import Subject


@dataclass(frozen=True, eq=False)
class Still:
    """One tour that never changes."""

    told: Tour
    wait: float | None = None

    def tour(self, choices: Mapping[str, str]) -> Tour:
        """Return the tour."""
        return self.told

    def note(self) -> str:
        """There is nothing to say."""
        return ""


def _walked(wish: Wish) -> tuple[Network, Step]:
    plan = wish.plan
    try:
        return plan.lab.walked(Setting(plan.sizes, plan.source, plan.seeds[0]))
    except LessonError as error:
        fail(f"these sizes cannot be run: {error.problems[0].message}")


def walk_lab(wish: Wish, look: Look, *, no_color: bool) -> None:
    """Walk through a training step; in a pipe, print every frame."""
    plan = wish.plan
    with np.errstate(all="ignore"), until_reader_leaves():
        network, step = _walked(wish)
        count = len(step.recording["x"])
        lesson = explained(network_lesson(network, count, Mode.TRAIN), step.recording.graph)
        name = f"lab {plan.lab.name}, step {step.number}"
        tour = Tour(Subject(name, step.recording, ONE, plan.seeds[0], {"N": count}, lesson))
        state = start(tour)
        if not is_terminal():
            print_every_frame(tour, state, look, console_for(no_color=no_color, width=look.width))
            return
        act = step_through(Still(tour), tour, state, look, width=None, no_color=no_color)
    if act.state.interrupted:
        raise typer.Exit(INTERRUPTED)
