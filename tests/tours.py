"""What tests of the walk and of its views share: a function with several outputs, keys, lessons as texts."""

from functools import cache

import numpy as np

from bn_tutor.course.problem import Findings
from bn_tutor.course.reader import parse_lesson
from bn_tutor.engine.graph import Recording, build
from bn_tutor.engine.tracing import trace
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.state import press
from bn_tutor.walk.story import Tour
from bn_tutor.walk.subject import Subject


def two_steps(x, w, b):
    h = np.tanh(x * w)
    low = h.mean(axis=0)
    return h * b + low


@cache
def several_tour(outputs=("out", "h", "low"), order=Order.RIGHT, *, seed):
    """Make a tour of h, low and out, which both of them feed, with these outputs."""
    generator = np.random.default_rng(seed)
    traced = trace(two_steps, *(generator.normal(size=shape) for shape in ((4, 3), (3,), (3,))))
    recording = Recording(build(traced.graph.nodes, outputs), traced.values)
    upstreams = {name: generator.normal(size=value.shape) for name, value in recording.outputs.items()}
    return Tour(Subject("two_steps", recording, upstreams, 0), order)


def pressed(tour, state, *keys):
    """Press keys one after the other."""
    for key in keys:
        state = press(tour, state, key)
    return state


def lesson_of(text):
    """Return the lesson that a text is; it must be one."""
    lesson = parse_lesson(text, "lesson", Findings("lesson.md"))
    assert not isinstance(lesson, tuple), lesson
    return lesson
