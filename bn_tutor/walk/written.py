"""The lesson's own lines for what an edge brings; lint has proven them."""

from collections.abc import Sequence

from bn_tutor.course.lesson import Line
from bn_tutor.course.parsing import names_in
from bn_tutor.course.variants import with_tuples
from bn_tutor.engine.zoom import Level
from bn_tutor.walk.story import Story


def written_lines(story: Story, name: str) -> list[str]:
    """Return the lines that compute a contribution, such as dx or dx1, with the helpers that they name.

    There are none where the lesson does not write it; names in a lesson are those of the level of nodes.
    """
    lesson = story.subject.lesson
    if lesson is None or story.level is not Level.NODE:
        return []
    for block in (lesson.backward, lesson.closed):
        if name in (line.name for line in block):
            names = story.subject.names
            needed = _needed(block, name, {*story.values, *names})
            return [f"{line.name} = {with_tuples(line.text, names)}" for line in needed]
    return []


def _needed(block: Sequence[Line], name: str, known: set[str]) -> list[Line]:
    """Return the last line of a name, and those before it that it cannot do without."""
    wanted, found = {name}, []
    for line in reversed(block):
        if line.name in wanted:
            found.append(line)
            wanted.remove(line.name)
            wanted |= names_in(line.text) - known
    return found[::-1]
