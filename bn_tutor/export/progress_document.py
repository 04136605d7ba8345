"""A learner's progress as JSON."""

import json
from collections.abc import Sequence
from typing import Any

from bn_tutor.practice.answer_log import Skipped
from bn_tutor.practice.progress import Habit, Mastery, Streak
from bn_tutor.practice.report import LessonProgress, Report
from bn_tutor.practice.schedule import Review

FORMAT = 1


def progress_json(report: Report, skipped: Sequence[Skipped]) -> str:
    """Return one JSON document; numbers are not rounded, and nothing is left out."""
    document = {
        "format": FORMAT,
        "today": report.today.isoformat(),
        "asked": report.times,
        "skipped_questions": report.skipped,
        "days": _streak(report.days),
        "right": _streak(report.right),
        "lessons": [_lesson(each) for each in report.lessons],
        "habits": [_habit(each) for each in report.habits],
        "due": [_review(each) for each in report.due],
        "coming": [_review(each) for each in report.reviews if each.due > report.today],
        "skipped": [{"line": each.line, "lines": each.count, "reason": each.reason} for each in skipped],
    }
    return json.dumps(document, indent=1) + "\n"


def _streak(streak: Streak) -> dict[str, int]:
    return {"in_a_row": streak.now, "longest": streak.longest, "total": streak.total}


def _lesson(lesson: LessonProgress) -> dict[str, Any]:
    nodes = [{"node": node, **_mastery(known)} for node, known in lesson.nodes.items()]
    return {"lesson": lesson.lesson, **_mastery(lesson.mastery), "nodes": nodes}


def _mastery(known: Mastery | None) -> dict[str, Any]:
    return {
        "share": known.share if known else None,
        "questions": known.questions if known else 0,
        "asked": known.times if known else 0,
        "stability_days": known.stability if known else None,
    }


def _habit(habit: Habit) -> dict[str, Any]:
    return {
        "mistake": habit.mistake,
        "times": habit.times,
        "questions": habit.questions,
        "last": habit.last.isoformat(),
        "chances_since": habit.chances,
        "gone": habit.is_gone,
    }


def _review(review: Review) -> dict[str, Any]:
    return {
        "lesson": review.item.lesson,
        "question": review.item.question,
        "due": review.due.isoformat(),
        "last": review.last.isoformat(),
        "stability_days": review.stability,
    }
