"""The frame of the walk that explains a question of the quiz."""

from rich.text import Text

from bn_tutor.engine.zoom import Level
from bn_tutor.practice.setting import Setting
from bn_tutor.views.look import Look
from bn_tutor.views.screen import frame_lines
from bn_tutor.walk.state import find_frame, start
from bn_tutor.walk.story import Direction, Tour
from bn_tutor.walk.subject import Subject


def frame(run: Setting, node: str, look: Look) -> list[Text]:
    """Return the backward frame of a node, or else its forward frame, on the question's own data."""
    subject = Subject(run.lesson.name, run.operations, run.upstreams, run.seed, run.sizes, run.lesson)
    tour = Tour(subject)
    story = tour.story(Level.NODE)
    place = find_frame(story, node, Direction.BACKWARD)
    place = find_frame(story, node) if place is None else place
    return frame_lines(tour, start(tour, place=place), look) if place is not None else []
