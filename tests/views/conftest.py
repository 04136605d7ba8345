"""Tours to draw, and what is drawn of them as plain text."""

from functools import cache, partial
from unicodedata import category

import numpy as np
import pytest
from rich.cells import cell_len

from bn_tutor.course.loading import load, record, upstream_of, with_choices
from bn_tutor.engine.tracing import trace
from bn_tutor.engine.zoom import Level
from bn_tutor.views.look import Look
from bn_tutor.views.page import Page
from bn_tutor.views.screen import frame_lines, screen
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.state import State, frame_of
from bn_tutor.walk.story import Tour
from bn_tutor.walk.subject import Subject
from tests import tours


@cache
def _lesson_tour(order=Order.RIGHT, seed=0, **sizes):
    return Tour(_subject(load("batchnorm"), seed, sizes, {}), order)


def _subject(lesson, seed, sizes, inputs, name=None):
    recording = record(lesson, sizes=sizes, seed=seed, inputs=inputs, level=Level.OPERATION)
    upstream = upstream_of(recording.output.shape, seed)
    return Subject(name or lesson.name, recording, upstream, seed, {**lesson.sizes, **sizes}, lesson)


@pytest.fixture(scope="session")
def lesson_tour():
    """Make a tour of the lesson batchnorm: order, seed, sizes."""
    return _lesson_tour


@pytest.fixture(scope="session")
def tour():
    return _lesson_tour()


@pytest.fixture(scope="session")
def data_tour():
    """Make a tour of the lesson batchnorm on given inputs."""
    return lambda **inputs: Tour(_subject(load("batchnorm"), 0, {}, inputs))


@pytest.fixture(scope="session")
def text_tour():
    """Make a tour of a lesson file's text, under a name of one's own, with these choices of its switches."""

    def make(text, name="lesson", **choices):
        lesson = tours.lesson_of(text)
        return Tour(_subject(with_choices(lesson, choices), 0, {}, {}, name))

    return make


@pytest.fixture(scope="session")
def traced():
    """Record a function, run on random arrays of these shapes."""

    def make(function, *shapes):
        generator = np.random.default_rng(5)
        return trace(function, *(generator.normal(size=shape) for shape in shapes))

    return make


@pytest.fixture(scope="session")
def traced_tour(traced):
    """Make a tour of a function, run on random arrays of these shapes."""

    def make(function, *shapes, order=Order.RIGHT, name="function"):
        recording = traced(function, *shapes)
        upstream = np.random.default_rng(7).normal(size=recording.output.shape)
        return Tour(Subject(name, recording, upstream, 0), order)

    return make


@pytest.fixture(scope="session")
def several_tour():
    """Make a tour of a function with several outputs: outputs, order."""
    return partial(tours.several_tour, seed=5)


@pytest.fixture(scope="session")
def press_all():
    """Press keys one after the other."""
    return tours.pressed


def _plain(lines):
    return [line.plain for line in lines]


@pytest.fixture(scope="session")
def draw():
    """Draw a screen; return its lines as text."""

    def drawn(tour, state=None, look=None, height=24):
        return _plain(screen(tour, state or State(), look or Look(), height).lines)

    return drawn


@pytest.fixture(scope="session")
def draw_whole():
    """Draw a frame in full, as for a pipe; return its lines as text."""

    def drawn(tour, state=None, look=None):
        return _plain(frame_lines(tour, state or State(), look or Look()))

    return drawn


@pytest.fixture(scope="session")
def page(tour):
    """Make the page of a frame."""

    def make(width=80, **options):
        state = State(place=12)
        return Page(tour.story(state.level), frame_of(tour, state), state, Look(width, **options))

    return make


@pytest.fixture(scope="session")
def every_state():
    """Return the states that show every frame of a tour, at every level."""

    def states(tour, **options):
        places = [(level, at) for level in Level for at in range(len(tour.story(level).frames))]
        return [State(place=place, level=level, **options) for level, place in places]

    return states


@pytest.fixture(scope="session")
def too_wide():
    """Return the lines that take more columns than there are."""
    return lambda lines, width: [line for line in lines if cell_len(line) > width]


@pytest.fixture(scope="session")
def control_characters():
    """Return the lines with a sign in them that could steer a terminal."""

    def found(lines):
        suspects = [line for line in lines if not line.isprintable()]
        return [line for line in suspects if any(category(sign) in ("Cc", "Cf", "Cs") for sign in line)]

    return found
