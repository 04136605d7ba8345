"""A quiz session as one JSON document."""

import json
from collections.abc import Sequence
from typing import Any

from bn_tutor.practice.asked import Asked
from bn_tutor.practice.session import Reply, Session, tally

FORMAT = 1


def session_json(
    asked: Sequence[Asked], session: Session, replies: Sequence[tuple[Asked, str, Reply]], seed: int
) -> str:
    """Return the session as JSON text: its questions with their keys, and what was said to each answer."""
    total = tally(session.kept)
    document = {
        "format": FORMAT,
        "seed": seed,
        "questions": [_question(each, replies) for each in asked],
        "asked": total.asked,
        "right_at_once": total.right_at_once,
        "right": total.right,
    }
    return json.dumps(document, ensure_ascii=True)


def _question(asked: Asked, replies: Sequence[tuple[Asked, str, Reply]]) -> dict[str, Any]:
    return {
        "lesson": asked.lesson,
        "id": asked.id,
        "kind": asked.kind,
        "node": asked.node,
        "text": asked.text,
        "given": list(asked.given),
        "choices": list(asked.choices),
        "lines": list(asked.lines),
        "data": {name: value.tolist() for name, value in asked.data},
        "key": asked.key,
        "answers": [_answer(line, reply) for each, line, reply in replies if each is asked],
    }


def _answer(line: str, reply: Reply) -> dict[str, Any]:
    kept = reply.kept
    return {
        "answer": line,
        "outcome": kept.outcome if kept else None,
        "mistake": kept.mistake if kept else "",
        "say": reply.say,
    }
