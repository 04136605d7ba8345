"""Flipping a lesson's switches: what a learner's wish makes of the choices."""

from collections.abc import Mapping

from bn_tutor.course.lesson import Lesson
from bn_tutor.course.plain import one_line
from bn_tutor.course.problem import SlipError, did_you_mean
from bn_tutor.course.variants import choose, next_choice

Choices = Mapping[str, str]


def switches_text(lesson: Lesson) -> str:
    """Return the lesson's choices as they stand: ``mode = train, ddof = 1``."""
    return ", ".join(f"{name} = {choice}" for name, choice in lesson.choices.items())


def fitting(lesson: Lesson, choices: Choices) -> Choices:
    """Return those of the choices that the lesson has."""
    return {name: label for name, label in choices.items() if _has(lesson, name, label)}


def _has(lesson: Lesson, name: str, label: str) -> bool:
    try:
        choose(lesson, {name: label})
    except SlipError:
        return False
    return True


def flipped(lesson: Lesson, wish: str) -> Choices | str:
    """Return the choices after a wish, or a sentence on why there are none.

    A wish is ``name=choice``, or a name, whose next choice it asks for; the name of an only switch may be
    left out, and so may every word.
    """
    names = [switch.name for switch in lesson.switches]
    name, equals, label = (part.strip() for part in wish.partition("="))
    if not equals and len(names) == 1 and name not in names:
        name, label = names[0], name
    if name not in names:
        hint = did_you_mean(name, names) or f"there are: {', '.join(names)}"
        return f"There is no switch {one_line(name, 30)} ({one_line(hint, 60)})"
    switch = lesson.switches[names.index(name)]
    try:
        return choose(lesson, {**lesson.choices, name: label or next_choice(lesson, switch)}).choices
    except SlipError as slip:
        return one_line(f"{slip.message} ({slip.hint})", 120)
