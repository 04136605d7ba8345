"""One line of the lesson language becomes Python's syntax tree, within bounds; nothing is evaluated."""

import ast
import re
import warnings
from collections.abc import Mapping

from bn_tutor.course.codes import Code
from bn_tutor.course.problem import SlipError

LONGEST_LINE = 1000
DEEPEST_TREE = 40
_WORD = re.compile(r"[A-Za-z_]\w*")
# What to call the parts of Python that a lesson cannot have.
_REFUSED: Mapping[str, str] = {
    "Await": "await",
    "BoolOp": "and, or",
    "Call": "a call of anything but an operation",
    "Compare": "a comparison",
    "Dict": "a dictionary",
    "DictComp": "a comprehension",
    "GeneratorExp": "a comprehension",
    "IfExp": "if ... else",
    "JoinedStr": "a text",
    "Lambda": "lambda",
    "List": "a list of numbers",
    "ListComp": "a comprehension",
    "NamedExpr": ":=",
    "Set": "a set",
    "SetComp": "a comprehension",
    "Slice": "a slice outside of [ ]",
    "Starred": "a star before an argument",
    "Tuple": "a tuple outside of an argument",
    "UnaryOp": "not, ~",
}
_CHOOSE = "relu, abs, maximum, minimum, clip and where choose"
_HINTS: Mapping[str, str] = {"Compare": _CHOOSE, "IfExp": _CHOOSE, "BoolOp": _CHOOSE}


def parsed(text: str) -> ast.expr:
    """Return the syntax tree of one formula; its nodes' offsets are those of ``text``.

    Raises SlipError, with the column, where the text is too long, too deep, not ASCII, or no expression.
    """
    if len(text) > LONGEST_LINE:
        message = f"the line has {len(text)} characters, {LONGEST_LINE} are allowed"
        raise SlipError(Code.TOO_LARGE, message, LONGEST_LINE)
    for column, sign in enumerate(text):
        if not " " <= sign <= "~":
            message = f"the character {sign!a} is not part of the language"
            raise SlipError(Code.NOT_IN_LANGUAGE, message, column, "use plain ASCII")
    tree = _tree(text)
    _check_depth(tree)
    return tree


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


def refused(tree: ast.expr) -> SlipError:
    """Return what is said of a part of Python that the language does not have."""
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Attribute):
        return refused(tree.func)
    if isinstance(tree, ast.Attribute):
        message, hint = "attributes are not part of the language", "write sum(x), not x.sum()"
        column = (tree.end_col_offset or 0) - len(tree.attr)
        return SlipError(Code.NOT_IN_LANGUAGE, message, max(column, 0), hint)
    if isinstance(tree, ast.BinOp):
        hint = "a power is **" if isinstance(tree.op, ast.BitXor) else "+ - * / ** @ are"
        message = "this operator is not part of the language"
        return SlipError(Code.NOT_IN_LANGUAGE, message, tree.col_offset, hint)
    what = _REFUSED.get(type(tree).__name__, "this")
    hint = _HINTS.get(type(tree).__name__, "")
    return SlipError(Code.NOT_IN_LANGUAGE, f"{what} is not part of the language", tree.col_offset, hint)


def names_in(text: str) -> frozenset[str]:
    """Return every word of a formula that could be a name; nothing is parsed, so any text will do."""
    return frozenset(_WORD.findall(text))
