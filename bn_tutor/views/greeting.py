"""What ``bn-tutor`` alone says: what it is, what to try, which lessons there are."""

from rich.text import Text

from bn_tutor.course.catalogue import entries
from bn_tutor.course.curriculum import in_order
from bn_tutor.views.lesson_list import lesson_lines
from bn_tutor.views.look import Look
from bn_tutor.views.two_columns import two_columns

TRY = (
    ("bn-tutor walk batchnorm", "nine nodes forward, ten steps back"),
    ("bn-tutor walk batchnorm --predict", "answer before you see"),
    ("bn-tutor walk my_bn.py:batchnorm_forward", "a function of your own"),
    ("bn-tutor quiz", "questions that name your mistake"),
    ("bn-tutor check my_bn.py", "which line is wrong, and why"),
)


def greeting_lines(look: Look) -> list[Text]:
    """Return the greeting."""
    return [
        look.text("bn-tutor", "bold cyan").append(look.shown(" — batch norm's backward pass, node by node.")),
        Text(),
        look.text("Try", "bold"),
        *two_columns(TRY, look),
        Text(),
        look.text("Lessons", "bold"),
        *lesson_lines(in_order(entries()), look),
        Text(),
        look.text("bn-tutor walk --help lists what a walk can do; ? shows the keys.", "dim"),
    ]
