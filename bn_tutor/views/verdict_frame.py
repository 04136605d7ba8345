"""The end of a demonstration: the wrong gradients beside the right ones, and where they part."""

from rich.text import Text

from bn_tutor.course.numbers import shape_text
from bn_tutor.engine.gradients import Array
from bn_tutor.views.arrays import array_lines
from bn_tutor.views.columns import side_by_side, stacked
from bn_tutor.views.look import RIGHT, WRONG
from bn_tutor.views.page import Page
from bn_tutor.walk.demonstrations import Order

_SAY = {
    Order.RECURSIVE: (
        "Without topological order a node that is reached on two roads hands on an unfinished gradient, and "
        "later hands on the first part again. Visiting the nodes in reverse topological order makes every "
        "gradient complete before it is used."
    ),
    Order.TWICE: (
        "The gradients of the first pass were still there when the second began, so the inputs got twice "
        "what is theirs. Frameworks keep adding on purpose, for batches in parts: set the gradients to zero "
        "before each backward pass."
    ),
}


def verdict_lines(page: Page) -> list[Text]:
    """Return the body of a verdict frame."""
    found = page.story.verdict
    lines: list[Text] = []
    for name, wrong, right in found.gradients:
        lines += _pair(page, name, wrong, right)
    if found.parted:
        frame = page.story.steps[found.parted - 1].node.name
        lines += page.labelled("parted", page.sentence(f"at backward frame {found.parted}, {frame}", "bold"))
    else:
        lines += page.labelled("parted", page.sentence("nowhere: in this graph the mistake does no harm"))
    lines += page.labelled("why", page.sentence(_SAY[page.story.order]))
    return lines


def _pair(page: Page, name: str, wrong: Array, right: Array) -> list[Text]:
    signs = [" ", " "]

    def blocks(width: int) -> list[list[Text]]:
        return [
            _titled(page, f"d{name} here: wrong", WRONG, wrong, width),
            _titled(page, f"d{name} right", RIGHT, right, width),
        ]

    columns = None
    if not page.look.plain:
        columns = side_by_side(blocks((page.look.width - 8) // 2), signs, page.look.width)
    return [*(columns if columns is not None else stacked(blocks(page.look.width - 2), signs)), Text()]


def _titled(page: Page, title: str, style: str, value: Array, width: int) -> list[Text]:
    head = page.look.text(title, f"bold {style}")
    head.append(page.look.shown(f" {shape_text(value.shape)}"), style="dim")
    return [head, *array_lines(value, page.look, width)]
