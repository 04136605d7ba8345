"""What can be typed at a question of the quiz: the answers that it takes, and the words."""

from collections.abc import Iterable, Iterator

from rich.text import Text

from bn_tutor.engine.operation import Operation
from bn_tutor.engine.operations import OPERATIONS
from bn_tutor.practice.asked import LETTERS, Asked, Wants
from bn_tutor.practice.session import MARK, Word, hidden_words
from bn_tutor.views.look import Look
from bn_tutor.views.wrapping import LEAST, filled, indented, moved

_WANTED = {
    Wants.LETTERS: "The letters of all of these, in order and without a space, as in bac.",
    Wants.NUMBER: "A number, such as -0.35, -3.5e-1 or 1/3.",
    Wants.SHAPE: "A shape: (7, 5), or with the names of sizes (N, D); (7,) for one axis, () for a scalar.",
    Wants.LINE: "The number of a line.",
    Wants.NUMPY: "One line of NumPy, with the names that may be used, numbers, and what stands below. "
    "You may leave out np. and the name with = in front, and write x.sum(axis=0) or x.T, too.",
}
# What there is for sizes, shapes and axes, and for nothing else.
_SIZES_ALONE = ("N // G", "x.shape[0]", "trailing(x, (C, D)), the axes at the end that have this shape")
_OPERANDS = {"a": "a", "b": "b", "c": "c", "exponent": "2.5", "key": "0"}


def help_lines(asked: Asked, look: Look) -> list[Text]:
    """Return what can be typed at a question."""
    lines = indented(look.text(_wanted(asked)), look.width)
    if asked.wants is Wants.NUMPY:
        lines += _listed("Operators:", _signs(), look) + _listed("Operations:", _calls(), look)
        lines += _listed("In arguments:", _SIZES_ALONE, look)
    words = ", ".join(word.value for word in Word)
    lines += indented(
        look.text(f"Or {words}. Whole words do as well: hint, show, skip, help, quit."), look.width
    )
    return [*lines, *hidden_lines(asked, look)]


def hidden_lines(asked: Asked, look: Look) -> list[Text]:
    """Return a note where a letter is an answer to this question, and not the word that it is elsewhere."""
    found = hidden_words(asked)
    if not found:
        return []
    names = " and ".join(found)
    verb = "is an answer" if len(found) == 1 else "are answers"
    marked = (" is ".join(word.value.split(": ")) for word in Word if word.value[0] in found)
    words = ", ".join(f"{MARK}{each}" for each in marked)
    return indented(look.text(f"Here {names} {verb}; {words}.", "dim"), look.width)


def _wanted(asked: Asked) -> str:
    if asked.wants is Wants.LETTER:
        letters = LETTERS[: len(asked.choices)]
        return f"One of the letters {', '.join(letters)}; or what stands beside it."
    return _WANTED[asked.wants] + (_judged_on(asked) if asked.wants is Wants.NUMPY else "")


def _judged_on(asked: Asked) -> str:
    """Say that a formula with a number in the place of a size is wrong."""
    name, size = next(iter(asked.run.sizes.items()), ("N", 5)) if asked.run else ("N", 5)
    return f" It is judged on other sizes, too: write {name}, not {size}."


def _listed(title: str, items: Iterable[str], look: Look) -> list[Text]:
    """Return items after a title, none of them broken where it fits on a line."""
    *most, last = items
    parts = [look.text(title, "dim"), *(look.text(f"{item},") for item in most), look.text(f"{last}.")]
    return [moved(line, 3) for line in filled(parts, max(look.width - 4, LEAST))]


def _signs() -> Iterator[str]:
    """Yield how the operations are written that are signs."""
    for operation in OPERATIONS.values():
        if not _is_call(operation):
            yield operation.formula.format_map(_OPERANDS)


def _calls() -> Iterator[str]:
    """Yield how the operations are written that are called, with what they can be told."""
    for name, operation in OPERATIONS.items():
        if _is_call(operation):
            operands = ["a, ..."] if operation.variadic else list("abc"[: len(operation.locals)])
            yield f"{name}({', '.join([*operands, *operation.parameters])})"


def _is_call(operation: Operation) -> bool:
    return operation.formula.startswith(f"{operation.name}(")
