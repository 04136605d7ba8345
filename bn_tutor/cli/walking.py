"""What the walk command does once its options are read."""

import sys
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import typer

from bn_tutor.cli.output import console_for, fail, is_terminal, until_reader_leaves
from bn_tutor.cli.stage import Walked
from bn_tutor.cli.stepper import print_every_frame, step_through
from bn_tutor.cli.targets import Request
from bn_tutor.course.loading import LessonError
from bn_tutor.course.plain import one_line
from bn_tutor.course.problem import did_you_mean
from bn_tutor.course.state_folder import state_folder
from bn_tutor.engine.zoom import Level
from bn_tutor.views.look import Look
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.document import walk_json
from bn_tutor.walk.place import Place, keep_place, kept_place
from bn_tutor.walk.state import State, find_frame, start
from bn_tutor.walk.story import Direction, Tour

INTERRUPTED = 130


@dataclass(frozen=True)
class Options:
    """The options that decide how a walk is shown."""

    from_node: str | None
    backward: bool
    level: str
    predict: bool
    order: str
    as_json: bool
    no_color: bool
    width: int | None


def run(request: Request, options: Options, look: Look) -> None:
    """Show the walk: as JSON, as every frame in a pipe, or step by step in a terminal."""
    # Division by zero gives inf and nan, as in NumPy; the frames show them, so no warning is needed.
    with np.errstate(all="ignore"), until_reader_leaves():
        stage = Walked(request, Order(options.order))
        tour = _first_tour(stage)
        if options.as_json:
            sys.stdout.write(walk_json(tour.story(Level(options.level))) + "\n")
            return
        place = _place(tour, options)
        if not is_terminal():
            state = start(tour, place=place or 0, level=Level(options.level))
            print_every_frame(tour, state, look, console_for(no_color=options.no_color, width=look.width))
            return
        _step(request, options, look, stage, tour, place)


def _first_tour(stage: Walked) -> Tour:
    try:
        return stage.tour({})
    except LessonError as error:
        fail(str(error))


def _place(tour: Tour, options: Options) -> int | None:
    """Return the frame that the options ask for; None where they ask for none."""
    if options.from_node is None and not options.backward:
        return None
    story = tour.story(Level(options.level))
    direction = Direction.BACKWARD if options.backward else None
    wanted = options.from_node
    if wanted is None:
        return next(at for at, frame in enumerate(story.frames) if frame.direction is Direction.BACKWARD)
    place = find_frame(story, wanted, direction)
    if place is None and wanted.startswith("d"):
        place = find_frame(story, wanted[1:], Direction.BACKWARD)  # dmu: where mu's gradient is handed on
    if place is None:
        known = dict.fromkeys(frame.node.name for frame in story.frames)
        hint = did_you_mean(wanted, known) or f"there are: {', '.join(known)}"
        fail(f"--from: there is no node {one_line(wanted, 60)} ({hint})")
    return place


def _step(
    request: Request, options: Options, look: Look, stage: Walked, tour: Tour, place: int | None
) -> None:
    """Step through, from where the learner left off unless a place was asked for; keep the new place."""
    key = {**asdict(request), "data": str(request.data), "order": options.order}
    kept = kept_place(request.target, state_folder()) if place is None else None
    level = Level(options.level)
    state = start(tour, predicting=options.predict, place=place or 0, level=level)
    if kept is not None and kept.frame and dict(kept.options) == key:
        tour = _as_left(stage, tour, kept)
        state = start(tour, predicting=options.predict, place=kept.frame, level=kept.level)
        state = replace(state, message="You are back where you left off. home: from the start.")
    act = step_through(stage, tour, state, look, width=options.width, no_color=options.no_color)
    _keep(act.tour or tour, act.state, request.target, key)
    if act.state.interrupted:
        raise typer.Exit(INTERRUPTED)


def _as_left(stage: Walked, tour: Tour, kept: Place) -> Tour:
    """Return the tour with the switches as they were left; with its own, where the lesson has changed."""
    try:
        return stage.tour(kept.choices)
    except LessonError:
        return tour


def _keep(tour: Tour, state: State, target: str, key: dict[str, Any]) -> None:
    """Keep the place; a walk that was walked to its end begins anew next time."""
    last = len(tour.story(state.level).frames) - 1
    frame = 0 if state.place >= last else state.place
    place = Place(frame, state.level, key, state.choices)
    problem = keep_place(target, place, state_folder())
    if problem:
        sys.stderr.write(f"bn-tutor: your place could not be kept: {problem}\n")
