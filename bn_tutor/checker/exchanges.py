"""Values that were exchanged on their way from one function to another: do the names still agree?

A cache that is put together in one order and taken apart in another can be mended at either end. Names
are the only witnesses.
"""

import ast
import re
from collections.abc import Sequence

from bn_tutor.checker.edits import Edit
from bn_tutor.checker.flow import is_kept
from bn_tutor.checker.instrument import Kind, Site

# Letters that some write as such, and some as words.
_GREEK = {"μ": "mu", "σ": "sigma", "γ": "gamma", "β": "beta", "ε": "eps", "δ": "d"}


def agreeing(sites: Sequence[Site], site: Site, edit: Edit) -> int:
    """Return how many more names agree, after an exchange, between what is kept and what it becomes."""
    if edit.mistake != "order-mixed":
        return 0
    if site.kind is Kind.UNPACKED and not isinstance(site.expression, ast.Tuple):
        return _unpacked(sites, site, edit)
    after = ast.parse(edit.code, mode="eval").body
    if isinstance(after, ast.Dict):
        return _same(_keys(after), _values(after)) - _same(_keys(site.expression), _values(site.expression))
    new = parts_of(after)
    if site.kind is Kind.UNPACKED:
        return _same(_targets(site), new) - _same(_targets(site), parts_of(site.expression))
    elsewhere = (each for each in sites if each.function != site.function)
    names = [_targets(each) for each in elsewhere if each.kind is Kind.UNPACKED]
    # Whatever else takes it apart must go on to agree.
    fitting = (each for each in names if len(each) == len(new))
    return sum(_same(each, new) - _same(each, parts_of(site.expression)) for each in fitting)


def _unpacked(sites: Sequence[Site], site: Site, edit: Edit) -> int:
    """The value at order[at] gets the name at ``at``."""
    names = _targets(site)
    order = [int(at) for at in re.findall(r"_t\[(\d+)\]", edit.code)]
    elsewhere = (each for each in sites if each.function != site.function)
    kept = [parts_of(each.expression) for each in elsewhere if is_kept(each)]
    fitting = [each for each in kept if len(each) == len(order) == len(names)]
    gained = (_same(names, [each[at] for at in order]) - _same(names, each) for each in fitting)
    return max(gained, default=0)


def parts_of(expression: ast.expr) -> list[str]:
    """Return the parts of a tuple or list as code; none of anything else."""
    if isinstance(expression, ast.Tuple | ast.List):
        return [ast.unparse(each) for each in expression.elts]
    return []


def _targets(site: Site) -> list[str]:
    return [name.strip() for name in site.name.split(",")]


def _keys(tree: ast.expr) -> list[str]:
    keys = tree.keys if isinstance(tree, ast.Dict) else []
    return [str(each.value) if isinstance(each, ast.Constant) else "" for each in keys]


def _values(tree: ast.expr) -> list[str]:
    return [ast.unparse(each) for each in tree.values] if isinstance(tree, ast.Dict) else []


def _same(names: Sequence[str], others: Sequence[str]) -> int:
    """Count the names that agree: x_hat and xhat are one, and what an object keeps goes by its last name."""
    return sum(_bare(one) == _bare(other) for one, other in zip(names, others, strict=False))


def _bare(name: str) -> str:
    entry = re.fullmatch(r"\w+\[['\"](\w+)['\"]\]", name)
    name = entry[1] if entry else name
    if not re.fullmatch(r"[\w.]+", name):
        return name
    bare = name.rpartition(".")[2].lower().replace("_", "")
    return "".join(_GREEK.get(letter, letter) for letter in bare)
