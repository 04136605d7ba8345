"""From one tour to another of the same lesson, flipped or edited meanwhile: the place is kept."""

from dataclasses import replace

from bn_tutor.engine.zoom import Level
from bn_tutor.walk.state import State, find_frame, start
from bn_tutor.walk.story import Frame, Tour


def arrived(before: Tour | None, state: State, tour: Tour) -> State:
    """Return the state on a new tour: at the frame of the same node, else at the frame of the same number.

    An element is followed further where the new tour has it.
    """
    if before is tour:
        return state
    place = state.place
    if before is not None:
        frames = before.story(state.level).frames
        place = _same_place(frames[min(place, len(frames) - 1)], tour, state.level, place)
    new = start(tour, place=place, level=state.level)
    return replace(
        new,
        around=state.around,
        predicting=state.predicting,
        jacobian=state.jacobian,
        graph=state.graph,
        element=_still_there(state, tour),
        choices=tour.choices,
    )


def _same_place(frame: Frame, tour: Tour, level: Level, place: int) -> int:
    frames = tour.story(level).frames
    if place < len(frames) and _is_same(frames[place], frame):
        return place  # a second pass has a frame of the node, too
    found = find_frame(tour.story(level), frame.node.name, frame.direction)
    return place if found is None else found


def _is_same(one: Frame, other: Frame) -> bool:
    return (one.node.name, one.direction) == (other.node.name, other.direction)


def _still_there(state: State, tour: Tour) -> tuple[int, ...] | None:
    shape = tour.story(state.level).recording.output.shape
    element = state.element
    if element is None or len(element) != len(shape):
        return None
    return element if all(at < size for at, size in zip(element, shape, strict=True)) else None
