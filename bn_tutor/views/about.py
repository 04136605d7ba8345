"""What a lesson is about: its opening, its inputs with the gradients that have no frame, what to read."""

from rich.text import Text

from bn_tutor.views.page import Page


def about_lines(page: Page) -> list[Text]:
    """Return the lesson's opening, the prose of its inputs, and its references."""
    subject = page.story.subject
    if subject.lesson is None:
        return page.sentence(f"{subject.name}, recorded from its own code: there is no prose beside it.")
    lines = page.labelled("about", page.prose(subject.lesson.opening))
    for row in subject.lesson.inputs:
        node = page.story.recording.graph[row.name]
        if text := page.section(node).forward:
            lines += [Text(), *page.labelled(row.name, page.prose(text))]
            lines += page.chains(node, "forward")
        if gradient := page.without_frame(node):
            lines += [Text(), *gradient]
    for reference in subject.lesson.references:
        lines += [Text(), *page.labelled("read", page.sentence(reference))]
    return lines
