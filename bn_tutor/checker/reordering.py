"""Results that are right, but returned in another order than is asked for."""

import ast
from collections.abc import Mapping, Sequence

from bn_tutor.checker.report import Accused, Looked, Mistake, Tier, Verdict
from bn_tutor.checker.source import Source
from bn_tutor.checker.trial import Aspect


def reordered(source: Source, looked: Sequence[Looked]) -> Mapping[str, tuple[Accused, ...]]:
    """Return the lines that return right results in a wrong order, by the names of the functions."""
    found = {}
    for name in dict.fromkeys(each.function for each in looked):
        mine = [each for each in looked if each.function == name]
        orders = {each.order for each in mine if each.verdict is Verdict.WRONG}
        if len(orders) == 1 and (order := orders.pop()):
            wanted = next(each for each in mine if each.aspect is Aspect.BACKWARD).results
            found[name] = (_accused(source, name, order, [each.name for each in wanted]),)
    return found


def _accused(source: Source, name: str, order: Sequence[str], wanted: Sequence[str]) -> Accused:
    line = source.line_of_return(name)
    returned, expected = ", ".join(order), ", ".join(wanted)
    say = f"It returns {returned}. All of them are right, but the caller expects {expected}."
    return Accused(
        line=line,
        code=source.lines[line - 1].strip() if line else "",
        tier=Tier.PROVED,
        hint="Compare the order of what is returned with the order that the caller expects.",
        mistake=Mistake("order-mixed", "Values in another order", say),
        fix=_fix(source, line, order, wanted),
    )


def _fix(source: Source, line: int, order: Sequence[str], wanted: Sequence[str]) -> str:
    """Return the line with its parts in the right order, where they are written out."""
    for tree in ast.walk(source.tree):
        if isinstance(tree, ast.Return) and tree.lineno == line and isinstance(tree.value, ast.Tuple):
            parts = {name: ast.unparse(part) for name, part in zip(order, tree.value.elts, strict=False)}
            if len(tree.value.elts) == len(order):
                return f"return {', '.join(parts[name] for name in wanted)}"
    return ""
