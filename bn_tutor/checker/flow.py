"""Which statements does a result, or another statement, come from? Told by names, across functions.

Nothing is run here. What is returned too much costs time, and what is left out is not found; so a name
stands for all that goes by it, in whatever function.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from bn_tutor.checker.instrument import Kind, Site
from bn_tutor.checker.syntax import is_module
from bn_tutor.checker.trial import Where


def names_in(tree: ast.AST) -> set[str]:
    """Return what a formula speaks of: names, attributes as self.std, and entries as cache['x']."""
    return set(_names(tree))


def _names(tree: ast.AST) -> Iterator[str]:
    match tree:
        case ast.Name(id=name):
            yield name
            return
        case ast.Attribute(value=ast.Name() as root) if is_module(root):
            return
        case ast.Attribute(value=ast.Name(id=root), attr=method):
            yield from (ast.unparse(tree), method, *([root] if root != "self" else []))
            return
        case ast.Attribute(attr=method):
            yield method
        case ast.Subscript(value=ast.Name(), slice=ast.Constant(value=str())):
            yield ast.unparse(tree)
            return
    for child in ast.iter_child_nodes(tree):
        yield from _names(child)


def targets_of(site: Site) -> set[str]:
    """Return the names that a site's value, or its parts, are stored in."""
    if site.kind in (Kind.UNPACKED, Kind.LOOP):
        return {name.strip(" ()[]") for name in site.name.split(",")}
    root = site.holder.partition("[")[0]
    return {site.holder, root} if root != site.holder else {site.holder}


def is_called_by(site: Site, names: Iterable[str]) -> bool:
    """Whether a site says what a function returns that goes by one of these names."""
    return site.kind is Kind.RETURNED and site.function.rpartition(".")[2] in names


def reaching(sites: Sequence[Site], function: str, wanted: Sequence[Where]) -> frozenset[int]:
    """Return the numbers of the sites that some results of a function come from.

    What is defined inside of a function goes by other names later, and is always among them.
    """
    places, count = [each.place for each in wanted], max((each.count for each in wanted), default=1)
    returned = [site for site in sites if site.function == function and site.kind is Kind.RETURNED]
    called = {name for each in wanted for name in each.names}
    names = {site.holder for site in sites if _last_name(site.holder) in called}
    for site in returned:
        parts = site.expression.elts if isinstance(site.expression, ast.Tuple | ast.List) else []
        chosen = [parts[at] for at in places] if len(parts) >= count > 1 else [site.expression]
        if parts or not any(site.statement is each.statement and _is_tuple(each) for each in returned):
            names |= {name for part in chosen for name in names_in(part)}
    found = {site.number for site in sites if site in returned or site.is_nested}
    names |= {name for site in sites if site.is_nested for name in names_in(site.expression)}
    grown = True
    while grown:
        new = [site for site in sites if site.number not in found and _feeds(site, names)]
        found |= {site.number for site in new} | {loop for site in new for loop in site.loops}
        names |= {name for site in new for name in names_in(site.expression)}
        grown = bool(new)
    return frozenset(found)


def _last_name(holder: str) -> str:
    """Return dgamma of self.dgamma and of grads['dgamma']."""
    words = re.findall(r"[a-z]+", holder.lower())
    return words[-1] if words else ""


def _is_tuple(site: Site) -> bool:
    return isinstance(site.expression, ast.Tuple | ast.List)


def _feeds(site: Site, names: set[str]) -> bool:
    owner, _, method = site.function.rpartition(".")
    if owner in names and method:
        return True  # what a class does whose object is made, or called
    return is_called_by(site, names) or (site.kind is not Kind.RETURNED and bool(targets_of(site) & names))


def is_kept(site: Site) -> bool:
    """Whether a site puts several values together, as a forward function does that keeps them."""
    kinds = (Kind.VALUE, Kind.RETURNED, Kind.PART)
    return isinstance(site.expression, ast.Tuple | ast.List | ast.Dict) and site.kind in kinds


def is_written(site: Site) -> bool:
    """Whether there is a formula of its own to edit: what stands after a change has none."""
    return site.kind is not Kind.AFTER


def before(sites: Sequence[Site], site: Site) -> list[Site]:
    """Return the sites that a statement is made from, the likeliest to be meant first."""
    found = dict.fromkeys((*nearest(sites, site), *_exchanging(sites, site)))
    mine = [each for each in sites if each.function == site.function and each.line <= site.line]
    names = names_in(site.expression) | targets_of(site)
    for each in found:
        names |= names_in(each.expression)
    found |= dict.fromkeys(each for each in reversed(mine) if targets_of(each) & names)
    found |= dict.fromkeys(each for each in sites if each.function.rpartition(".")[2] in names)
    if not found:
        found = dict.fromkeys(mine)
    found.pop(site, None)
    return [each for each in found if is_written(each)]


def nearest(sites: Sequence[Site], site: Site) -> list[Site]:
    """Return the sites whose values a statement uses at once: by name, by a call, or in a loop."""
    numbers = set(site.loops)
    loops = [each for each in sites if each.number in numbers]
    same = [each for each in sites if each.line == site.line and each.function == site.function]
    names = names_in(site.expression).union(*(names_in(each.expression) for each in same)) | targets_of(site)
    mine = [each for each in sites if each.function == site.function and each.line <= site.line]
    own = names_in(site.expression)
    storing = (each for each in reversed(mine) if each.kind is not Kind.RETURNED)
    named = [each for each in storing if targets_of(each) & names]
    named.sort(key=lambda each: each.holder not in own)  # before what else its line, or its table, has
    inner = names.union(*(names_in(each.expression) for each in named))
    called = [each for each in sites if is_called_by(each, inner)]
    name = site.function.rpartition(".")[2]
    calling = [each for each in sites if each.function != site.function and name in names_in(each.expression)]
    found = dict.fromkeys((*named, *loops, *calling, *called))
    found.pop(site, None)
    return [each for each in found if is_written(each)]


def _exchanging(sites: Sequence[Site], site: Site) -> list[Site]:
    """Return where values are put together, and where they are taken apart again."""
    unpacked = [each for each in sites if each.kind is Kind.UNPACKED and each.function == site.function]
    return [*unpacked, *(each for each in sites if each.function != site.function and is_kept(each))]


def last_resort(sites: Sequence[Site], function: str, arrays: frozenset[int]) -> list[Site]:
    """Return the sites that hold no array: what is returned, unpacked, kept, or run over."""
    name = function.rpartition(".")[2]
    mine = [site for site in sites if site.function.rpartition(".")[2] == name]
    kinds = (Kind.RETURNED, Kind.UNPACKED, Kind.LOOP)
    found = [site for site in mine if site.kind in kinds]
    found += [site for site in mine if site.kind is Kind.VALUE and site.number not in arrays]
    others = (site for site in sites if is_kept(site) or site.kind is Kind.RETURNED)
    return list(dict.fromkeys((*found, *others)))
