"""Which edit of a statement makes everything right? And which statements are worth editing?"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bn_tutor.checker.bench import Bench, Patches, Seen
from bn_tutor.checker.edits import Edit, edits, unpacking_edits
from bn_tutor.checker.instrument import Kind, Site
from bn_tutor.checker.library import is_close
from bn_tutor.checker.repairs import Repair
from bn_tutor.engine.gradients import Array

# Of the edits that make one statement's function right, so many are compared.
MOST_COMPARED = 6


@dataclass(frozen=True, eq=False)
class Proof:
    """An edit of a site after which every trial of the function is right.

    ``right`` counts the trials of all functions of the layer that then are, ``nodes`` the lesson's own
    quantities that are then seen: of two lines that do not fit each other, the wrong one mends more.
    """

    site: Site
    edit: Edit
    right: int = 0
    nodes: int = 0
    # Whether it stands in another function than the one that is looked at.
    is_elsewhere: bool = False
    # How many more names agree, after an exchange, between what is kept and what it is unpacked into.
    agreeing: int = 0

    @property
    def is_indirect(self) -> bool:
        """Whether the statement computes nothing: it keeps, unpacks, returns, or runs over something."""
        kept = isinstance(self.site.expression, ast.Tuple | ast.List | ast.Dict)
        is_name = self.site.kind is Kind.RETURNED and isinstance(self.site.expression, ast.Name)
        return kept or is_name or self.site.kind in (Kind.UNPACKED, Kind.LOOP)

    @property
    def patches(self) -> Patches:
        """What makes the edit."""
        return {str(self.site.number): {"code": self.edit.code}}


def edits_of(site: Site) -> list[Edit]:
    """Return the edits of a site's formula."""
    if site.kind is Kind.UNPACKED and not isinstance(site.expression, ast.Tuple):
        return unpacking_edits(site.expression, site.name.count(",") + 1)
    is_kept = isinstance(site.expression, ast.Tuple | ast.List | ast.Dict)
    is_stored = site.kind is Kind.VALUE or isinstance(site.statement, ast.Assign)
    return edits(site.expression, site.scope, site.name if is_stored and not is_kept else "")


def proofs_at(bench: Bench, site: Site, repairs: Sequence[Repair] = ()) -> Iterator[Proof]:
    """Yield the edits of a site that make its function right on every batch, the likeliest first.

    Where it is known which quantity repairs the site, only edits that come to it are run to the end.
    """
    tried = _promising(
        bench, site, edits_of(site), [each.value for each in repairs if each.site.number == site.number]
    )
    count = 0
    for at in bench.repairing([{str(site.number): {"code": each.code}} for each in tried]):
        if (proof := _proven(bench, Proof(site, tried[at]))) is not None:
            yield proof
            count += 1
        if count >= MOST_COMPARED:
            return


def _proven(bench: Bench, proof: Proof) -> Proof | None:
    """Return an edit with what it mends; None where it holds on some batches only, or breaks something."""
    agreeing = _agreeing(bench, proof)
    if agreeing < 0 or not bench.proves(proof.patches):
        return None
    right = bench.count_right(proof.patches)
    if right < bench.right_before + bench.wrong_before:
        return None
    elsewhere = proof.site.function != bench.trials[0].function
    return replace(
        proof, right=right, nodes=_nodes_after(bench, proof), is_elsewhere=elsewhere, agreeing=agreeing
    )


def _promising(bench: Bench, site: Site, tried: Sequence[Edit], wanted: Sequence[Array]) -> Sequence[Edit]:
    """Return the edits that are worth a run: whose value is what is wanted, or at least a right quantity.

    In right code nearly every array is one. In loops, and of what is no array, nothing is known before.
    """
    if site.in_loop or not bench.libraries or site.number not in bench.array_sites:
        return tried
    values = bench.tried(site, [each.code for each in tried])
    pairs = [(edit, value) for edit, value in zip(tried, values, strict=False) if value is not None]
    if wanted:
        return [edit for edit, value in pairs if any(is_close(value, each) for each in wanted)]
    return [edit for edit, value in pairs if not value.ndim or bench.libraries[0].name_of(value)]


def _agreeing(bench: Bench, proof: Proof) -> int:
    """Return how many more names agree, after an exchange, between what is kept and what it becomes."""
    if proof.edit.mistake != "order-mixed":
        return 0
    if proof.site.kind is Kind.UNPACKED:
        before = [name.strip() for name in proof.site.name.split(",")]
        order = [int(at) for at in re.findall(r"_t\[(\d+)\]", proof.edit.code)]
        others = [_parts(each.expression) for each in bench.sites if _is_kept(each)]
        # The value at order[at] gets the name at ``at``.
        return max((_same(before, [each[at] for at in order]) - _same(before, each)
                    for each in others if len(each) == len(order) == len(before)), default=0)  # fmt: skip
    names = [
        [name.strip() for name in each.name.split(",")] for each in bench.sites if each.kind is Kind.UNPACKED
    ]
    before, after = _parts(proof.site.expression), _parts(ast.parse(proof.edit.code, mode="eval").body)
    return max(
        (_same(each, after) - _same(each, before) for each in names if len(each) == len(after)), default=0
    )


def _parts(expression: ast.expr) -> list[str]:
    if isinstance(expression, ast.Tuple | ast.List):
        return [ast.unparse(each) for each in expression.elts]
    return []


def _same(names: Sequence[str], others: Sequence[str]) -> int:
    return sum(one.lower() == other.lower() for one, other in zip(names, others, strict=False))


def _nodes_after(bench: Bench, proof: Proof) -> int:
    after = bench.seen(proof.patches)
    return len({each.stands_for for each in after if bench.is_node(each.stands_for)})


def best_at(bench: Bench, site: Site, repairs: Sequence[Repair] = ()) -> Proof | None:
    """Return the edit of a site that makes most right; of several the likeliest."""
    found = list(proofs_at(bench, site, repairs))
    return max(found, key=lambda proof: (proof.right, proof.nodes), default=None)


# --- the statements that are worth it ---------------------------------------------------------------------


def to_edit(bench: Bench, accused: Sequence[Site]) -> list[Site]:
    """Return the sites whose formulas are edited; for what is changed in place, those on the right side."""
    found: dict[Site, None] = {}
    for site in dict.fromkeys(accused):
        same = [each for each in bench.sites if each.line == site.line and each.function == site.function]
        found |= dict.fromkeys([site] if site.kind is not Kind.AFTER else same)
    return [site for site in found if site.kind is not Kind.AFTER]


def feeding(bench: Bench, seen: Seen) -> list[Site]:
    """Return the sites that a statement is made from, the nearest first: names, loops, helpers, caches.

    Their values may be right quantities, but the wrong ones.
    """
    function = seen.site.function
    mine = [site for site in bench.sites if site.function == function and site.line <= seen.site.line]
    names = _names(seen.site.statement)
    found = dict.fromkeys(site for site in reversed(mine) if site.name in names or site.kind is Kind.LOOP)
    for site in tuple(found):
        names |= _names(site.statement)
    unpacked = [site for site in mine if site.kind is Kind.UNPACKED]
    helpers = [site for site in bench.sites if site.kind is Kind.RETURNED and site.function in names]
    kept = [site for site in bench.sites if site.function != function and _is_kept(site)]
    found |= dict.fromkeys((*unpacked, *helpers, *kept))
    found |= dict.fromkeys(site for site in reversed(mine) if site.name in names)
    found.pop(seen.site, None)
    if not found:
        found = dict.fromkeys(mine)
    return [site for site in found if site.kind is not Kind.AFTER]


def last_resort(bench: Bench) -> list[Site]:
    """Return the sites that hold no array: what is returned, unpacked, kept, or run over."""
    function = bench.trials[0].function.rpartition(".")[2]
    mine = [site for site in bench.sites if site.function.rpartition(".")[2] == function]
    kinds = (Kind.RETURNED, Kind.UNPACKED, Kind.LOOP)
    found = [site for site in mine if site.kind in kinds]
    found += [site for site in mine if site.kind is Kind.VALUE and site.number not in bench.array_sites]
    return [
        *found,
        *(
            site
            for site in bench.sites
            if site not in found and (_is_kept(site) or site.kind is Kind.RETURNED)
        ),
    ]


def feeds(bench: Bench, site: Site, into: Site) -> bool:
    """Whether a statement's names are used, through others, in a later one of the same function."""
    lines = [each for each in bench.sites if each.function == into.function and each.line <= into.line]
    names, before = _names(into.statement), 0
    while len(names) > before:
        before = len(names)
        for each in lines:
            if each.name in names:
                names |= _names(each.statement)
    return site.name in names


def _names(tree: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}


def _is_kept(site: Site) -> bool:
    """Whether a site is a tuple, list or table that a forward function keeps for the way back."""
    return isinstance(site.expression, ast.Tuple | ast.List | ast.Dict) and site.kind in (
        Kind.VALUE,
        Kind.RETURNED,
    )
