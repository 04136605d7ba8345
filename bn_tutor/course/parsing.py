"""One line of the lesson language becomes Python's syntax tree, within bounds; nothing is evaluated."""

import ast
import re
import warnings

from bn_tutor.course.codes import Code
from bn_tutor.course.problem import SlipError

LONGEST_LINE = 1000
DEEPEST_TREE = 40
# A word after a point, as in x.sum, is no name.
_WORD = re.compile(r"\.[A-Za-z_]\w*|([A-Za-z_]\w*)")

# What is written for signs that formulas are printed with.
_ASCII = {
    "∂": "a gradient is called dx",
    "√": "write sqrt(x)",
    "Σ": "write sum(x, axis=0)",
    "∑": "write sum(x, axis=0)",
    "·": "write *",
    "×": "write *",
    "−": "write -",
    "²": "write ** 2",
    "½": "write 0.5",
}


def parsed(text: str) -> ast.expr:
    """Return the syntax tree of one formula; its nodes' offsets are those of ``text``.

    Raises SlipError, with the column, where the text is too long, too deep, not ASCII, or no expression.
    """
    if len(text) > LONGEST_LINE:
        message = f"the line has {len(text)} characters, {LONGEST_LINE} are allowed"
        raise SlipError(Code.TOO_LARGE, message, LONGEST_LINE)
    for column, sign in enumerate(text):
        if not " " <= sign <= "~":
            message = f"the character {_shown(sign)} is not part of the language"
            raise SlipError(Code.NOT_IN_LANGUAGE, message, column, _ASCII.get(sign, "use plain ASCII"))
    tree = _tree(text)
    _check_depth(tree)
    return tree


def _shown(sign: str) -> str:
    """Return a sign with its number, since some look like another; unseen ones as Python writes them."""
    return f"{sign} (U+{ord(sign):04X})" if sign.isprintable() else ascii(sign)


def _tree(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.strip() and text, mode="eval").body
    except SyntaxError as error:
        # Python's offset is 0 where the text ends too early.
        column = error.offset - 1 if error.offset else len(text.strip() and text)
        raise SlipError(Code.NOT_A_FORMULA, f"not a formula: {error.msg}", max(column, 0)) from None
    except (ValueError, MemoryError, RecursionError):
        raise SlipError(Code.TOO_LARGE, "too deeply nested") from None


def _check_depth(tree: ast.expr) -> None:
    """Refuse deep trees level by level, without recursion, so that what walks them later may recurse."""
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST_TREE):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    hint = "give a part of it a name of its own"
    raise SlipError(Code.TOO_LARGE, f"nested more than {DEEPEST_TREE} deep", hint=hint)


def names_in(text: str) -> frozenset[str]:
    """Return every word of a formula that could be a name; nothing is parsed, so any text will do."""
    return frozenset(name for name in _WORD.findall(text) if name)
