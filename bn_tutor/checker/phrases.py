"""What is said of a mistake that an edit undoes: a title from the catalogue, and a sentence."""

import ast
from collections.abc import Mapping

from bn_tutor.checker.edits import Edit
from bn_tutor.checker.instrument import Site
from bn_tutor.course.misconceptions import title_of

# Edits whose mistake is no row of the catalogue: it is one of code, not of the mathematics.
_TITLES: Mapping[str, str] = {
    "term-added": "a term too many",
    "factor-added": "a factor too many",
    "function-added": "a function too many",
    "keepdims-missing": "keepdims missing, or too much",
    "updated-early": "changed before it is used",
    "order-mixed": "values in another order",
    "average-wrong": "running average put together wrongly",
    "average-missing": "the batch in place of the running average",
    "parentheses": "parentheses in the wrong place",
    "index-off": "loop over the wrong range",
    "kept-other": "another value kept",
    "ddof": "variance divided by N − 1",
    "wrong-draw": "another distribution",
    "scale-missing": "scale by the probability missing",
    "drawn-again": "a new mask drawn",
}
# A longer piece of code says no more than its line does.
LONGEST_QUOTE = 40
# On the way forward there are no upstream gradients and no roads.
_FORWARD: Mapping[str, tuple[str, str]] = {
    "road-dropped": ("a term missing", "A term is missing here."),
    "local-missing": ("a factor missing", "A factor is missing here."),
    "sum-missing": ("a sum or a mean missing", "A sum or a mean over the batch is missing here."),
    "share-missing": ("division by N missing", "A mean is the sum divided by how many there are."),
    "overwritten": ("an old value lost", "This overwrites what was there, and it is needed."),
}
_SENTENCES: Mapping[str, str] = {
    "kept-other": "The cache keeps another value here than the one that the way back needs.",
    "wrong-axis": (
        "The sum or mean runs over the wrong axis: compare the shape that comes out with the one that "
        "belongs here."
    ),
    "sum-missing": (
        "What was broadcast on the way forward is summed on the way back; here the sum is missing."
    ),
    "mean-for-sum": "Here stands a mean, or another reduction, where the sum belongs: 1/N is too much.",
    "share-missing": (
        "A mean passes 1/N of its gradient to each entry; the division by N is missing, or N is a wrong one."
    ),
    "other-share": "It is divided by the wrong number: count how many numbers one mean runs over{over}.",
    "minus-added": "A sign is wrong: plus and minus are mixed up.",
    "minus-missing": "A minus is missing: the sign is wrong.",
    "number-missing": "A constant factor is wrong: the 2 of a square, or the ½ of a root.",
    "power-off": "The power is wrong.",
    "power-of-variance": "Variance and standard deviation are mixed up: a root, or a square, is missing.",
    "two-slopes": "A reciprocal, or the power, is wrong: root and reciprocal have different slopes.",
    "divided": "It is divided where it should be multiplied, or the other way round.",
    "quotient-mixed": "Numerator and denominator are mixed up.",
    "wrong-operand": "It is computed from the wrong value: another one belongs here.",
    "local-missing": "A factor is missing: the chain rule multiplies the upstream by the local gradient.",
    "road-dropped": "A term is missing: the gradients of all roads that lead here are added up.",
    "overwritten": "This overwrites what was there: gradients that meet are added up.",
    "eps-forgotten": "eps belongs inside the root, added to the variance.",
    "term-added": "There is a term too many.",
    "factor-added": (
        "There is a factor too many: it is multiplied, or divided, by something that does not belong here."
    ),
    "function-added": "There is a function too many, or a root.",
    "keepdims-missing": "The shape is wrong: keepdims decides how it broadcasts afterwards.",
    "mask-turned": "The comparison is the wrong way round.",
    "sides-swapped": "The two operands are in the wrong order.",
    "not-transposed": "A matrix has to be transposed.",
    "updated-early": "{name} is changed here, and what follows needs it as it was.",
    "order-mixed": (
        "The values are in another order here than where they are made or used: two of them are exchanged."
    ),
    "average-wrong": (
        "A running average is momentum times the old one plus (1 - momentum) times what this batch has."
    ),
    "average-missing": (
        "In test mode the running averages take the place of the mean and the variance of the batch."
    ),
    "parentheses": (
        "The parentheses stand in the wrong place, or are missing: what is computed first decides."
    ),
    "index-off": "The loop does not run over all there is: look at where it begins and where it ends.",
    "ddof": (
        "ddof=1 divides by N − 1. Batch norm takes the biased variance: it divides by N, the number of rows."
    ),
    "wrong-draw": (
        "A mask compares uniform numbers between 0 and 1 with p: rand, and not randn, which is normal."
    ),
    "scale-missing": "The scale is missing or wrong: what is kept is divided by the probability to keep it.",
    "drawn-again": "The way back needs the mask of the way forward; here a new one is drawn.",
    "complement": "p and 1 − p are mixed up: one is the probability to keep, the other to drop.",
    "transpose-kept": (
        "The axes are in another order than the shape says: channels have to be moved, not only reshaped."
    ),
    "product-transposed": "This is transposed, and should not be.",
}

# Over what a layer takes its means, by its lesson.
_OVER: Mapping[str, str] = {
    "batchnorm": ", the rows of the batch and not the features",
    "layernorm": ", the features of one row and not the rows of the batch",
    "batchnorm2d": ", all images and all their pixels, and not the channels",
    "groupnorm": ", the channels of one group and their pixels, in one image",
}


def mistake_id(edit: Edit, site: Site) -> str:
    """Return the mistake that an edit undoes; a value that is changed before it is used is one of its own."""
    if edit.code == site.name and edit.rule != "drawn-again":
        return "updated-early"
    if isinstance(site.expression, ast.Tuple | ast.List | ast.Dict) and edit.rule == "wrong-operand":
        return "kept-other"
    return edit.mistake


def phrase_of(edit: Edit, site: Site, lesson: str, *, is_backward: bool) -> tuple[str, str]:
    """Return the title of a mistake and what is said of it at a line of code for a lesson's layer.

    What belongs there is not told.
    """
    mistake = mistake_id(edit, site)
    title = _TITLES.get(mistake) or title_of(mistake)
    say = _SENTENCES.get(mistake, "The formula is wrong.")
    if not is_backward and mistake in _FORWARD:
        title, say = _FORWARD[mistake]
    where = f"Look at `{edit.old}`. " if len(edit.old) <= LONGEST_QUOTE else ""
    return title, f"{where}{say.format(name=site.name, over=_OVER.get(lesson, ''))}"
