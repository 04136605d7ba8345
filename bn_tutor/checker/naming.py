"""From what was found at a line to what is said of it: the tier, the mistake's name, a hint, a fix."""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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


def merged(source: Source, lines: Sequence[Accused], proofs: Sequence[Proof]) -> list[Accused]:
    """Return accusations with those of one line made one: its fix has all the edits, in whatever order."""
    found: dict[int, Accused] = {}
    for each in lines:
        first = found.get(each.line)
        if first is None:
            found[each.line] = each
            continue
        edits = [proof for proof in proofs if proof.site.line == each.line]
        fix = fixed_line(source, list({proof.site.number: proof for proof in edits}.values()))
        said = [mistake.explanation for mistake in (first.mistake, each.mistake) if mistake]
        mistake = replace(first.mistake, explanation=" ".join(dict.fromkeys(said))) if first.mistake else None
        found[each.line] = replace(first, mistake=mistake or each.mistake, fix=fix if each.fix else "")
    return list(found.values())


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
    lines = dict.fromkeys(each.site.line for each in others if each.weight[:4] == proof.weight[:4])
    lines.pop(proof.site.line, None)
    # More than two lines to choose from help nobody.
    lines = dict.fromkeys(list(lines)[:1])
    equal = any(each.weight == proof.weight and each.site.line in lines for each in others)
    tier = Tier.LIKELY if equal else Tier.PROVED
    name, value = (proof.made.stands_for, proof.made.value) if proof.made else ("", None)
    fix = fixed_line(case.source, [proof])
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
    if not re.fullmatch(r"[A-Za-z]\w*", stands_for):
        stands_for = ""  # a formula is no name to speak of
    named = _named(case, site, stands_for, value, proof)
    return Accused(
        line=site.line,
        code=case.source.lines[site.line - 1].strip(),
        tier=tier,
        hint=_hint(case, site, stands_for, named, proof),
        mistake=named[0],
        stands_for=stands_for,
        name=_own_name(proof.made.site if proof and proof.made else site),
        value=value,
        right=right,
        fix=fix,
        other_lines=other_lines,
        walk=_walk(case, stands_for),
    )


def _own_name(site: Site) -> str:
    """Return what the learner calls the value; empty where it has no name of its own."""
    return site.name if re.fullmatch(r"\w+", site.name) else ""


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
        lesson = case.reference.lesson.name if case.library else ""
        title, say = phrase_of(proof.edit, site, lesson, is_backward=is_backward)
        say = f"{say} {_which_two(proof)}".strip()
        say = f"{found.say} {say}" if found else say
        return Mistake(mistake_id(proof.edit, site), _capital(title), _say(site, stands_for, say)), None
    if result := by_result(case):
        return result
    if name := _name_used_twice(case, site):
        return name, None
    if found:
        say = f"{found.say} {_definition(case, stands_for)}".strip()
        return Mistake("other-value", "Another value", _say(site, stands_for, say)), None
    return None, None


def _which_two(proof: Proof) -> str:
    """Say which names hold each other's values; empty where it is no exchange of names."""
    order = [int(at) for at in re.findall(r"_t\[(\d+)\]", proof.edit.code)]
    names = [name.strip() for name in proof.site.name.split(",")]
    moved = [names[at] for at, other in enumerate(order) if at != other and at < len(names)]
    return f"Here {moved[0]} and {moved[1]} hold each other's values." if len(moved) == 2 else ""


def _name_used_twice(case: Case, site: Site) -> Mistake | None:
    """Return a word on a name that a line uses after it was given another value, as gamma by its gradient.

    Only where both lines ran, in no loop, and the value that was lost is one of the lesson's own.
    """
    if site.kind is Kind.RETURNED or site.in_loop:
        return None
    used = {each.id for each in ast.walk(site.expression) if isinstance(each, ast.Name)}
    before = [each for each in case.found.seen if each.site.function == site.function]
    before = [each for each in before if each.site.line < site.line and each.site.holder in used]
    for name in used:
        values = [each for each in before if each.site.holder == name]
        if len(values) < 2 or not case.bench.is_node(values[0].stands_for):
            continue
        if values[-1].stands_for != values[0].stands_for and values[-1].site.kind is Kind.VALUE:
            line = values[-1].site.line
            say = f"{name} is given another value on line {line}, and this line needs the one before."
            return Mistake("name-used-twice", "A name used twice", say)
    return None


def _definition(case: Case, name: str) -> str:
    """Say how the lesson computes a forward quantity."""
    nodes = {node.name: node for node in case.reference.operations.graph.nodes} if case.library else {}
    node = nodes.get(name)
    return f"{name} = {node.written or node.formula}." if node and not node.is_source else ""


def is_known(case: Case) -> bool:
    """Whether a single mistake explains all, or nobody could tell: there are no others to be looked for."""
    odd = case.found.odd
    return bool(case.library is None or by_result(case) or (odd and _name_used_twice(case, odd[0].site)))


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
    if proof and mistake and mistake.id in _HINTS:
        return _HINTS[mistake.id]
    if case.bench.trials[0].aspect in _HINTS_ON:
        return _HINTS_ON[case.bench.trials[0].aspect]
    if site.kind is Kind.UNPACKED:
        return _HINTS["order-mixed"]
    if case.library is None:
        return "Which numbers are kept, what are they divided by, and does the way back do the same?"
    what = stands_for or (site.name if re.fullmatch(r"\w+", site.name) else "this line")
    return f"What should {what} be, and in which shape? Work it out on paper for a small batch."


_HINTS_ON: Mapping[Aspect, str] = {
    Aspect.TEST: "In test mode, which mean and which variance are taken, and which eps?",
    Aspect.RUNNING: "Which part does momentum weigh, which part 1 - momentum, and where is the result kept?",
}
_HINTS: Mapping[str, str] = {
    "order-mixed": "In which order are the values put together, and in which are they taken apart?",
    "average-missing": "In test mode, which mean and which variance are taken?",
    "average-wrong": "Which part does momentum weigh, and which part 1 - momentum?",
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


def fixed_line(source: Source, proofs: Sequence[Proof]) -> str:
    """Return a statement with edits of its parts in it, on one line."""
    site, edit = proofs[0].site, proofs[0].edit
    if site.kind is Kind.UNPACKED and "_t[" in edit.code:
        return _unpacked(site, edit.code)
    if line := _put_in(source, proofs):
        return line
    if site.kind is Kind.RETURNED:
        return f"return ... {edit.code} ..."
    sign = "+=" if site.kind is Kind.PART and isinstance(site.statement, ast.AugAssign) else "="
    return f"{site.name} {sign} {edit.code}"


def _put_in(source: Source, proofs: Sequence[Proof]) -> str:
    """Return the line of formulas with others in their places; empty where one has several lines."""
    old = [each.site.expression for each in proofs]
    if any(each.end_lineno != each.lineno or each.lineno != old[0].lineno for each in old):
        return ""
    line = source.lines[old[0].lineno - 1].encode()  # columns are counted in bytes
    for proof in sorted(proofs, key=lambda each: -each.site.expression.col_offset):
        start, end = proof.site.expression.col_offset, proof.site.expression.end_col_offset
        line = line[:start] + proof.edit.code.encode() + line[end:]
    return line.decode().strip()


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
