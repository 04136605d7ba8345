"""Tours to walk through, and hands to press keys with."""

from functools import cache, partial

import numpy as np
import pytest

from bn_tutor.course.loading import load, record, with_choices
from bn_tutor.engine.tracing import trace
from bn_tutor.engine.zoom import Level
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.keys import Key
from bn_tutor.walk.story import Tour
from bn_tutor.walk.subject import Subject
from tests import tours

UPSTREAM_SEED = 7


def random_upstream(recording):
    return np.random.default_rng(UPSTREAM_SEED).normal(size=recording.output.shape)


@cache
def _lesson_tour(order=Order.RIGHT, seed=0, **sizes):
    lesson = load("batchnorm")
    recording = record(lesson, sizes=sizes, seed=seed, level=Level.OPERATION)
    subject = Subject(
        "batchnorm", recording, random_upstream(recording), seed, {**lesson.sizes, **sizes}, lesson
    )
    return Tour(subject, order)


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

    def make(order=Order.RIGHT, **inputs):
        lesson = load("batchnorm")
        recording = record(lesson, inputs=inputs, level=Level.OPERATION)
        return Tour(Subject("batchnorm", recording, random_upstream(recording), 0, {}, lesson), order)

    return make


@pytest.fixture(scope="session")
def text_tour():
    """Make a tour of a lesson file's text, with these choices: order, the choices by name."""

    def make(text, order=Order.RIGHT, **choices):
        lesson = tours.lesson_of(text)
        chosen = with_choices(lesson, choices)
        recording = record(chosen, level=Level.OPERATION)
        return Tour(Subject("lesson", recording, random_upstream(recording), 0, lesson.sizes, chosen), order)

    return make


@pytest.fixture(scope="session")
def traced_tour():
    """Make a tour of a function, run on arrays."""

    def make(function, *arrays, order=Order.RIGHT, upstream=None):
        recording = trace(function, *arrays)
        upstream = random_upstream(recording) if upstream is None else upstream
        return Tour(Subject("function", recording, upstream, 0), order)

    return make


@pytest.fixture(scope="session")
def several_tour():
    """Make a tour of a function with several outputs: outputs, order."""
    return partial(tours.several_tour, seed=UPSTREAM_SEED)


@pytest.fixture(scope="session")
def press_all():
    """Press keys one after the other."""
    return tours.pressed


@pytest.fixture(scope="session")
def enter(press_all):
    """Press a key that opens a prompt, type a text, and press enter."""

    def entered(tour, state, opener, text):
        return press_all(tour, state, opener, *text, Key.ENTER)

    return entered


@pytest.fixture(scope="session")
def backward_steps():
    """Return every backward step of a tour that sends something on, of one level or of all."""

    def steps(tour, *levels):
        stories = (tour.story(level) for level in levels or Level)
        return [step for story in stories for step in story.steps if step.edges]

    return steps


@pytest.fixture(scope="session")
def asked_number():
    """Make a question about a number whose right answer is ``value``."""
    from bn_tutor.engine.replay import replay
    from bn_tutor.walk.prediction import Ask, Question

    def make(value, factor=1.7):
        recording = trace(lambda x, w: x * w, np.array([0.3]), np.array([factor]))
        with np.errstate(all="ignore"):
            step = next(iter(replay(recording, np.array([value]) / factor)))
        edge = next(edge for edge in step.edges if edge.input == "x")
        return Question(Ask.NUMBER, step, edge, (0,))

    return make


@pytest.fixture(scope="session")
def random_arrays():
    """Make arrays of these shapes."""

    def make(*shapes, seed=5):
        generator = np.random.default_rng(seed)
        return [generator.normal(size=shape) for shape in shapes]

    return make
