"""From what was found at a line to what is said of it: the tier, the mistake's name, a hint, a fix."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from bn_tutor.checker.bench import Bench, Seen
from bn_tutor.checker.diagnosis import Diagnosis
from bn_tutor.checker.flow import names_in
from bn_tutor.checker.instrument import Kind, Site
from bn_tutor.checker.judging import results_of
from bn_tutor.checker.library import Library
from bn_tutor.checker.phrases import mistake_id, phrase_of
from bn_tutor.checker.proofs import Proof
from bn_tutor.checker.reference import Reference
from bn_tutor.checker.report import Accused, Mistake, Tier
from bn_tutor.checker.source import Source
from bn_tutor.checker.trial import Aspect
from bn_tutor.course.known_mistakes import Known, mistakes_in
from bn_tutor.course.recognizing import Recognized, Wanted, recognized
from bn_tutor.engine.gradients import Array


@dataclass(frozen=True, eq=False)
class Case:
    """A wrong function, what was found, and the file that it stands in."""

    source: Source
    bench: Bench
    found: Diagnosis

    @property
    def library(self) -> Library | None:
        """The right quantities of the first batch, where the layer has a lesson's graph."""
        return next((each for each in self.bench.libraries if each.reference), None)

    @property
    def reference(self) -> Reference:
        """The lesson on the first batch, where there is a library. Raises LookupError where there is none."""
        reference = self.library.reference if self.library else None
        if reference is None:
            raise LookupError("this layer has no lesson")
        return reference


def accused(case: Case) -> tuple[Accused, ...]:
    """Return the line that is wrong, as surely as it is known; nothing where no line can be blamed."""
    found = case.found
    if found.proofs:
        first, *others = found.proofs
        return (_proved(case, first, others),)
    odd, best = next(iter(found.odd), None), next(iter(found.repairs), None)
    if best and (odd is None or _is_first(found.seen, best.site, odd.site)):
        site = _filling(case.bench.sites, best.site)
        return (_accused(case, site, Tier.LIKELY, best.quantity.name, best.value),)
    if odd is not None:
        lines = (best.site.line,) if best and best.site.line != odd.site.line else ()
        return (_accused(case, odd.site, Tier.SUSPECT, other_lines=lines),)
    returned = (each for each in case.bench.sites if _is_returned(case, each))
    return tuple(_accused(case, site, Tier.SUSPECT) for site in islice(returned, 1))


def _is_returned(case: Case, site: Site) -> bool:
    """Whether a site is where the function returns its results: what is known when nothing else is."""
    return site.kind is Kind.RETURNED and site.function == case.bench.trials[0].function


def _filling(sites: Sequence[Site], site: Site) -> Site:
    """Return what appends to a list, in the place of what only makes an array of it."""
    names = names_in(site.expression)
    appending = (each for each in sites if isinstance(each.statement, ast.Expr) and each.holder in names)
    return next((each for each in appending if each.function == site.function and each.holder), site)


def _is_first(seen: Sequence[Seen], one: Site, other: Site) -> bool:
    """Whether a site ran before another one, or is the same."""
    order = [each.site.number for each in seen]
    both = one.number in order and other.number in order
    return order.index(one.number) <= order.index(other.number) if both else one.line <= other.line


def _proved(case: Case, proof: Proof, others: Sequence[Proof]) -> Accused:
    """Accuse a line that an edit mends; where another one does as well, neither is proved to be meant."""
    lines = dict.fromkeys(each.site.line for each in others if each.right == proof.right)
    lines.pop(proof.site.line, None)
    equal = any(each.weight == proof.weight and each.site.line in lines for each in others)
    tier = Tier.LIKELY if equal else Tier.PROVED
    name, value = (proof.made.stands_for, proof.made.value) if proof.made else ("", None)
    fix = fixed_line(case.source, proof)
    return _accused(case, proof.site, tier, name, value, proof, fix, tuple(lines))


def _accused(
    case: Case,
    site: Site,
    tier: Tier,
    stands_for: str = "",
    right: Array | None = None,
    proof: Proof | None = None,
    fix: str = "",
    other_lines: tuple[int, ...] = (),
) -> Accused:
    seen = _seen_at(case.found.seen, proof.made.site if proof and proof.made else site)
    value = seen.value if seen else None
    named = _named(case, site, stands_for, value, proof)
    return Accused(
        line=site.line,
        code=case.source.lines[site.line - 1].strip(),
        tier=tier,
        hint=_hint(case, site, stands_for, named, proof),
        mistake=named[0],
        stands_for=stands_for,
        value=value,
        right=right,
        fix=fix,
        other_lines=other_lines,
        walk=_walk(case, stands_for),
    )


def _seen_at(seen: Sequence[Seen], site: Site) -> Seen | None:
    """Return what was seen of a statement: of what it changes, its last value."""
    there = [each for each in seen if each.site.line == site.line and each.site.function == site.function]
    same = [each for each in there if each.site.number == site.number]
    return next(iter(same or [each for each in there if each.site.kind is Kind.AFTER]), None)


# --- the name -------------------------------------------------------------------------------------------

Named = tuple[Mistake | None, Known | None]


def _named(case: Case, site: Site, stands_for: str, value: Array | None, proof: Proof | None) -> Named:
    """Name a mistake: by what the wrong value is, by the edit that mends it, or by what the result is."""
    found = _by_value(case, stands_for, value)
    if found and found.mistake:
        known = found.mistake
        return Mistake(known.kind, _capital(known.title), _say(site, stands_for, found.say)), known
    if proof:
        is_backward = case.bench.trials[0].aspect is Aspect.BACKWARD
        title, say = phrase_of(proof.edit, site, is_backward=is_backward)
        say = f"{found.say} {say}" if found else say
        return Mistake(mistake_id(proof.edit, site), _capital(title), _say(site, stands_for, say)), None
    if name := _name_used_twice(case, site):
        return name, None
    if result := by_result(case):
        return result
    if found:
        say = f"{found.say} {_definition(case, stands_for)}".strip()
        return Mistake("other-value", "Another value", _say(site, stands_for, say)), None
    return None, None


def _name_used_twice(case: Case, site: Site) -> Mistake | None:
    """Return a word on a name that a line uses after it was given another value, as gamma by its gradient."""
    used = {each.id for each in ast.walk(site.expression) if isinstance(each, ast.Name)}
    before = [each for each in case.bench.sites if each.function == site.function and each.line < site.line]
    for name in used:
        lines = [each.line for each in before if each.name == name and each.kind is Kind.VALUE]
        unpacked = sum(name in each.name.split(", ") for each in before if each.kind is Kind.UNPACKED)
        if len(lines) + unpacked > 1:
            say = f"{name} is given another value on line {lines[-1]}, and this line needs the one before."
            return Mistake("name-used-twice", "A name used twice", say)
    return None


def _definition(case: Case, name: str) -> str:
    """Say how the lesson computes a forward quantity."""
    nodes = {node.name: node for node in case.reference.operations.graph.nodes} if case.library else {}
    node = nodes.get(name)
    return f"{name} = {node.written or node.formula}." if node and not node.is_source else ""


def by_result(case: Case) -> Named | None:
    """Name a mistake by what the wrong results are, where the line itself does not tell."""
    trial, library = case.bench.trials[0], case.library
    run = case.bench.run(trial, {})
    for name, right in trial.wanted.items():
        given = results_of(run["given"], trial.results[name]).get("array")
        if given is None or library is None:
            continue
        for words, other in trial.taken_for.items():
            if given.shape == other.shape and np.allclose(given, other, rtol=1e-6):
                return Mistake("other-value", "Another value", f"{name} is {words}."), None
        found = _by_value(case, name, given) if given.shape == right.shape else None
        if found and found.mistake:
            known = found.mistake
            return Mistake(
                known.kind, _capital(known.title), f"Your {name} is what this mistake leads to: {found.say}"
            ), known
    return None


def _say(site: Site, stands_for: str, say: str) -> str:
    """Put an explanation in the terms of the learner's own name for what the lesson calls otherwise."""
    name = site.name
    if name and stands_for and name != stands_for and re.fullmatch(r"\w+", name):
        return f"Your {name} stands for {stands_for}. {say}"
    return say


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _by_value(case: Case, stands_for: str, value: Array | None) -> Recognized | None:
    """Return what is known of a wrong value; mistakes are only known of gradients that have a name."""
    if case.library is None:
        return None
    reference = case.reference
    if value is None or not stands_for or not np.all(np.isfinite(value)):
        return None
    right = reference.values.get(stands_for)
    if right is None:
        return None
    given = value.reshape(right.shape) if value.size == right.size else value
    mistakes: Sequence[Known] = ()
    if stands_for.startswith("d") and stands_for not in reference.operations.values:
        try:
            mistakes = mistakes_in(
                reference.lesson, reference.operations, reference.upstream, reference.sizes
            ).of(stands_for)
        except KeyError:
            mistakes = ()
    others = {name: other for name, other in reference.values.items() if name != stands_for}
    return next(iter(recognized(Wanted(stands_for, right, mistakes, others), given, 1e-6)), None)


def _hint(case: Case, site: Site, stands_for: str, named: Named, proof: Proof | None) -> str:
    """Return where to look, without what to write."""
    mistake, known = named
    if known and known.hint:
        return known.hint
    if proof and mistake:
        return _HINTS.get(
            mistake.id, f"What should {site.name or 'this line'} be? Work it out for one feature."
        )
    what = stands_for or site.name or "this line"
    return f"What should {what} be, and in which shape? Work it out on paper for a single feature."


_HINTS: Mapping[str, str] = {
    "wrong-axis": "Over which axis does this run, and over which should it?",
    "sum-missing": "Something was broadcast on the way forward. What does that mean for its gradient?",
    "share-missing": "A mean divides by how many there are. Where does that number stand here?",
    "other-share": "By how many is this divided, and how many were averaged?",
    "mean-for-sum": "Is this a sum or a mean?",
    "minus-added": "Check the sign of each term.",
    "minus-missing": "Check the sign of each term.",
    "power-off": "Differentiate the power once more, on paper.",
    "power-of-variance": "Is this the variance, or its root?",
    "two-slopes": "Is this the variance, or its root?",
    "number-missing": "Is there a factor 2, or ½, from a square or a root?",
    "wrong-operand": "Which values does this line need? Compare them one by one with the forward pass.",
    "local-missing": "The chain rule multiplies. Is every factor there?",
    "road-dropped": "How many roads lead here on the way back? Are all of them added up?",
    "overwritten": "Is there something in this name already, which is lost here?",
    "eps-forgotten": "Where does eps belong: inside the root, or outside?",
    "divided": "Multiply, or divide?",
    "keepdims-missing": "Which shape has this, and how does it broadcast in the next line?",
}


# --- the fix, and where it is explained -----------------------------------------------------------------


def fixed_line(source: Source, proof: Proof) -> str:
    """Return the accused statement with the edit in it, on one line."""
    site = proof.site
    if site.kind is Kind.UNPACKED and "_t[" in proof.edit.code:
        return _unpacked(site, proof.edit.code)
    part, new = proof.edit.part, proof.edit.instead
    if part is not None and new is not None and (line := _put_in(source, site.expression, proof.edit.code)):
        return line
    if site.kind is Kind.RETURNED:
        return f"return ... {proof.edit.code} ..."
    sign = "+=" if site.kind is Kind.PART and isinstance(site.statement, ast.AugAssign) else "="
    return f"{site.name} {sign} {proof.edit.code}"


def _put_in(source: Source, old: ast.expr, code: str) -> str:
    """Return the line of a formula with another one in its place; empty where it has several lines."""
    if old.end_lineno != old.lineno or old.end_col_offset is None:
        return ""
    line = source.lines[old.lineno - 1].encode()  # columns are counted in bytes
    before, after = line[: old.col_offset].decode(), line[old.end_col_offset :].decode()
    return f"{before}{code}{after}".strip()


def _unpacked(site: Site, code: str) -> str:
    """Return an unpacking with its names in the order that is meant."""
    names = [name.strip() for name in site.name.split(",")]
    order = [int(at) for at in re.findall(r"_t\[(\d+)\]", code)]
    turned = [names[order.index(at)] for at in range(len(names))]
    return f"{', '.join(turned)} = {ast.unparse(site.expression)}"


def _walk(case: Case, stands_for: str) -> str:
    """Return the command that shows the frame where a quantity is explained."""
    if case.library is None:
        return ""
    graph = case.reference.operations.graph
    lesson = case.reference.lesson.name
    names = {node.name for node in graph.nodes}
    if stands_for in names:
        return f"bn-tutor walk {lesson} --from {stands_for}"
    node = stands_for.removeprefix("d").rstrip("0123456789")
    if stands_for.startswith("d") and node in names:
        return f"bn-tutor walk {lesson} --backward --from {node}"
    return f"bn-tutor walk {lesson} --backward"
