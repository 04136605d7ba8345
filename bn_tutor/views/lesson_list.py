"""The lessons there are: name and summary, and where each comes from if not all came with bn-tutor."""

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from bn_tutor.course.heading import Heading
from bn_tutor.course.places import SHIPPED, Entry
from bn_tutor.views.look import Look
from bn_tutor.views.two_columns import two_columns


def lesson_lines(lessons: Iterable[tuple[Entry, Heading]], look: Look) -> list[Text]:
    """Return one line a lesson, or two where they do not fit."""
    rows = [(look.shown(entry.name), entry.source, heading.summary) for entry, heading in lessons]
    if all(source == SHIPPED for _, source, _ in rows):
        return two_columns([(name, summary) for name, _, summary in rows], look)
    width = max(cell_len(name) for name, _, _ in rows)
    labels = [f"{set_cell_size(name, width)}  {source}" for name, source, _ in rows]
    return two_columns([(label, row[-1]) for label, row in zip(labels, rows, strict=True)], look)
