"""The list of lessons as JSON."""

import json
from collections.abc import Iterable

from bn_tutor.course.heading import Heading
from bn_tutor.course.places import Entry


def lesson_rows(lessons: Iterable[tuple[Entry, Heading]]) -> str:
    """Return the lessons as one line of JSON: a list of their names, summaries, sources and paths."""
    rows = [
        {
            "name": entry.name,
            "summary": heading.summary,
            "source": entry.source,
            "path": str(entry.path.absolute()),
        }
        for entry, heading in lessons
    ]
    return json.dumps(rows) + "\n"
