"""The end of a quiz: how it went, what to look at again or to go on with, when to come back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bn_tutor.course.catalogue import entries
from bn_tutor.course.curriculum import in_order
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.misconceptions import title_of
from bn_tutor.practice.answer import Answer, Outcome
from bn_tutor.practice.answer_log import answers
from bn_tutor.practice.asked import Asked
from bn_tutor.practice.askings import Item
from bn_tutor.practice.choosing import MAKERS, questions
from bn_tutor.practice.session import Try, by_question, tally
from bn_tutor.views.days import day_text
from bn_tutor.views.quiz_page import Ending

MOST_WALKS = 5


def ending(
    tries: Sequence[Try],
    lessons: Sequence[Lesson],
    folder: Path | None,
    seed: int | None = None,
    called: Mapping[str, str] | None = None,
) -> Ending:
    """Return what is said at the end.

    ``called`` maps the names of lessons to what the command line calls them, where that differs.
    """
    called = called or {}
    kinds = {kind: tally([each for each in tries if each.asked.kind == kind]) for kind in _kinds(tries)}
    pairs = {(id(each.asked), each.mistake) for each in tries if each.mistake}
    habits = Counter(title_of(mistake) for _, mistake in sorted(pairs))
    walks = _walks(tries, called)
    kept = answers(folder)[0] if folder and tries else ()
    go_on = {} if walks or not tries else _go_on(tries, lessons, kept, called)
    return Ending(
        tally(tries), kinds, dict(habits.most_common()), walks, go_on, _come_back(tries, kept, seed)
    )


def _kinds(tries: Iterable[Try]) -> list[str]:
    return list(dict.fromkeys(each.asked.kind for each in tries))


def _walks(tries: Sequence[Try], called: Mapping[str, str]) -> list[str]:
    """Return the commands that show the frames of what went wrong, each once."""
    wrong = [each[0].asked for each in by_question(tries) if _was_hard(each)]
    commands = (
        f"bn-tutor walk {called.get(asked.lesson, asked.lesson)} --backward --from {asked.node}"
        for asked in wrong
        if asked.node
    )
    return list(dict.fromkeys(commands))[:MOST_WALKS]


def _was_hard(question: Sequence[Try]) -> bool:
    """Whether a question was not known; one wrong try that no mistake explains, and then right, is a typo."""
    wrong = [each for each in question if each.outcome is Outcome.WRONG]
    is_right = question[-1].outcome is Outcome.RIGHT
    is_typo = is_right and len(wrong) == 1 and not wrong[0].mistake
    return bool(wrong or question[-1].outcome is Outcome.REVEALED) and not is_typo


# --- what to go on with ---------------------------------------------------------------------------------


def _go_on(
    tries: Sequence[Try], lessons: Sequence[Lesson], kept: Sequence[Answer], called: Mapping[str, str]
) -> dict[str, str]:
    """Return commands, with why: a kind of question that was not asked yet, and a lesson that follows."""
    name = tries[-1].asked.lesson
    seen = {each.asked.kind for each in tries if each.asked.lesson == name}
    seen |= {each.kind for each in kept if each.lesson == name}
    lesson = next((each for each in lessons if each.name == name), None)
    kind = next((each for each in MAKERS if lesson and each not in seen and _derives(lesson, each)), None)
    known = {each.asked.lesson for each in tries} | {each.lesson for each in kept}
    following = next((each for each in _followers(name) if each not in known), None)
    found = {f"bn-tutor quiz {called.get(name, name)} --kind {kind}": "not asked yet"} if kind else {}
    return {**found, **({f"bn-tutor quiz {following}": f"builds on {name}"} if following else {})}


def _derives(lesson: Lesson, kind: str) -> bool:
    return next(questions([lesson], 0, (kind,)), None) is not None


def _followers(name: str) -> list[str]:
    """Return the lessons that require a lesson, in a learner's order."""
    return [entry.name for entry, heading in in_order(entries()) if name in heading.requires]


# --- when to come back ----------------------------------------------------------------------------------


def _come_back(tries: Sequence[Try], kept: Sequence[Answer], seed: int | None) -> str:
    """Return when the first of these questions should be asked again, in words; empty where none is kept."""
    if not tries or not kept:
        return ""
    # The package for review dates is only paid for where there is one.
    from bn_tutor.practice.schedule import next_review

    found = next_review(kept, {_item(each.asked) for each in tries}, seed)
    if found is None:
        return ""
    first, count = found
    when = day_text(first, datetime.now().astimezone().date())
    return f"Come back {when}: bn-tutor quiz --due has {count} of these questions then."


def _item(asked: Asked) -> Item:
    return Item(asked.lesson, asked.id)
