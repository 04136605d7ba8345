"""The end of a demonstration: the wrong gradients beside the right ones, and where they part."""

import numpy as np
from rich.text import Text

from bn_tutor.course.numbers import shape_text
from bn_tutor.engine.gradients import Array
from bn_tutor.views.arrays import array_block
from bn_tutor.views.columns import Block, laid_out
from bn_tutor.views.look import RIGHT, WRONG
from bn_tutor.views.page import Page
from bn_tutor.walk.demonstrations import MOST_VISITS, Order

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
    if len(page.story.steps) >= MOST_VISITS:
        lines += page.labelled("note", page.sentence(f"stopped after {MOST_VISITS} visits; it would go on"))
    lines += page.labelled("why", page.sentence(_SAY[page.story.order]))
    return lines


def _pair(page: Page, name: str, wrong: Array, right: Array) -> list[Text]:
    is_right = np.allclose(wrong, right, rtol=1e-9, equal_nan=True)
    style, word = (RIGHT, "right") if is_right else (WRONG, "wrong")
    blocks = [
        _titled(page, f"d{name} here: {word}", style, wrong),
        _titled(page, f"d{name} right", RIGHT, right),
    ]
    return [*laid_out(blocks, [" ", " "], page.look), Text()]


def _titled(page: Page, title: str, style: str, value: Array) -> Block:
    shape = page.look.text(shape_text(value.shape), "dim")
    return array_block(
        page.look.text(title, f"bold {style}").append(" ").append_text(shape), (), value, page.look
    )
