"""A formula as a learner types or copies it, put into the signs of the lesson language.

What is printed has signs that no keyboard has, and a learner may name what is computed on the left.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bn_tutor.course.codes import Code
from bn_tutor.course.problem import SlipError

_SIGNS: Mapping[str, str] = {
    **dict.fromkeys("×·⋅∙∗", "*"),
    **dict.fromkeys("−–", "-"),
    "÷": "/",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "\N{NO-BREAK SPACE}": " ",
    "²": "**2",
    "³": "**3",
    "½": "(0.5)",
    "¼": "(0.25)",
}
# A root is one where its brackets stand; without them nobody can say where it ends.
_SPELLED = re.compile(rf"[{''.join(_SIGNS)}]|√(?=\s*\()")
_ROOT = "sqrt"
# dx = , dx += and dx := stand before what dx is.
_LEFT_SIDE = re.compile(r"\s*(?:[A-Za-z_]\w*\s*[+:]?=(?!=)\s*)*")
_ASSIGNING = re.compile(r"(?<![<>!=])=(?!=)")


@dataclass(frozen=True)
class TypedFormula:
    """The right side of what was typed, in the language; ``columns`` are those of its signs as typed."""

    text: str
    columns: tuple[int, ...]

    def column(self, column: int) -> int:
        """Return where the sign at a column of the text stands in what was typed."""
        return self.columns[min(max(column, 0), len(self.columns) - 1)]


def typed_formula(answer: str) -> TypedFormula:
    """Return what a typed line says in the language.

    Raises SlipError, with the column from 0, where a left side is no name.
    """
    parts = list[str]()
    columns = list[int]()
    for at, sign, instead in _pieces(answer):
        parts.append(instead)
        columns += range(at, at + len(sign)) if sign == instead else [at] * len(instead)
    text = "".join(parts)
    start = _LEFT_SIDE.match(text)
    begin = start.end() if start else 0
    typed = TypedFormula(text[begin:].rstrip(), (*columns[begin:], len(answer)))
    _refuse_left_side(typed)
    return typed


def _pieces(answer: str) -> list[tuple[int, str, str]]:
    """Return the parts of a line that stay and those that do not: the place, what was typed, what it is."""
    found, end = list[tuple[int, str, str]](), 0
    for match in _SPELLED.finditer(answer):
        found.append((end, answer[end : match.start()], answer[end : match.start()]))
        found.append((match.start(), match[0], _SIGNS.get(match[0], _ROOT)))
        end = match.end()
    return [*found, (end, answer[end:], answer[end:])]


def _refuse_left_side(typed: TypedFormula) -> None:
    """Refuse what is assigned to more than a name; in brackets a sign = belongs to an argument."""
    depth = 0
    signs = {match.start() for match in _ASSIGNING.finditer(typed.text)}
    for at, sign in enumerate(typed.text):
        depth += (sign in "([{") - (sign in ")]}")
        if at in signs and depth == 0:
            message, hint = "nothing is assigned here", "write the right side only"
            raise SlipError(Code.NOT_A_FORMULA, message, typed.column(at), hint)
