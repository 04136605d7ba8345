"""A gradient typed as NumPy: any formula of the right value and shape, on several runs, is right."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from functools import partial
from random import Random

from bn_tutor.course.codes import Code
from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.numbers import shape_text
from bn_tutor.course.parsing import names_in
from bn_tutor.course.problem import SlipError
from bn_tutor.course.recognizing import How, Recognized, Wanted, recognized
from bn_tutor.engine.closeness import equal, largest
from bn_tutor.engine.gradients import Array, links
from bn_tutor.engine.operations import OPERATIONS
from bn_tutor.engine.replay import BackwardStep, Edge
from bn_tutor.practice.asked import Asked, Draft, Verdict, Wants
from bn_tutor.practice.edges import edges, hint_for, name_of, one_line, shape_list, sizes_text, words_of
from bn_tutor.practice.naming import wrong_values
from bn_tutor.practice.numbers_asked import either
from bn_tutor.practice.setting import Setting
from bn_tutor.practice.typed_formula import typed_formula

VANISHING = 1e-9
_NOTHING_KNOWN = "The shape is right, the value is not, and none of the known mistakes gives it."


def formulas(setting: Setting, random: Random) -> Iterator[Draft]:
    """Ask for what an edge sends back, where it is not just passed on."""
    for step, edge in edges(setting):
        # Anything times zero is right where the right value vanishes, as a road through the mean can.
        if links(edge.local) and largest(edge.contribution) > VANISHING:
            yield Draft(f"formula/{name_of(setting, edge)}", partial(_formula, setting, step, edge))


def _formula(setting: Setting, step: BackwardStep, edge: Edge) -> Asked | None:
    name, node = name_of(setting, edge), step.node
    allowed = usable(setting, name, _handled(setting, step))
    if any(equal(setting.values[each], edge.contribution) for each in allowed):
        return None  # by chance, as where a mask drops nothing
    judge = judge_formula(setting, name, allowed, {f"d{node.name}"})
    key = one_line(setting.lesson.backward, name, allowed) or edge.named_local.numpy(f"d{node.name}")
    if judge(key).right is not True:
        return None
    return Asked(
        f"formula/{name}",
        "formula",
        Wants.NUMPY,
        node.name,
        f"{node.name} = {node.formula}. "
        f"Write {name}, which {node.name} sends back to {edge.input}, as NumPy.",
        key,
        judge,
        given=about_names(setting, [f"d{node.name}", *node.inputs], allowed),
        hint=f"{hint_for(edge)} And {name} has the shape of {edge.input}.",
        worked=f"{name} = {key}",
    )


def _handled(setting: Setting, last: BackwardStep) -> list[str]:
    """Return the gradients that are complete when a step begins, the nearest first."""
    found = list[str]()
    for step in setting.steps:
        found.insert(0, f"d{step.node.name}")
        if step is last:
            break
    return found


def usable(setting: Setting, name: str, gradients: Collection[str]) -> list[str]:
    """Return what a formula for ``name`` may use: gradients and forward values, none of them the answer."""
    forward = [each.name for each in setting.recording.graph.nodes if each.name.isidentifier()]
    answers = [run.values[name] for run in (setting, *setting.others)]
    return [each for each in (*gradients, *forward) if not _gives_away(setting, each, answers)]


def _gives_away(setting: Setting, name: str, answers: Sequence[Array]) -> bool:
    runs = (setting, *setting.others)
    return all(equal(run.values[name], answer) for run, answer in zip(runs, answers, strict=True))


def about_names(setting: Setting, near: Collection[str], allowed: Collection[str]) -> list[str]:
    """Return which names may be used, and the shapes of those that matter."""
    shapes = shape_list(setting, [name for name in near if name in allowed])
    sizes = sizes_text(setting)
    lines = [f"Shapes: {shapes}" + (f", where {sizes}" if sizes else "")]
    return [*lines, f"You may use: {', '.join([*allowed, *setting.names])}"]


# --- judging --------------------------------------------------------------------------------------------


def judge_formula(
    setting: Setting, name: str, allowed: Collection[str], given: Collection[str] = ()
) -> Callable[[str], Verdict]:
    """Return the judge of a typed formula: by value, on this run and others, strictly in shape.

    Only names that are ``allowed`` may be used; what is ``given`` is right, so mistakes come after it.
    """

    def judge(answer: str) -> Verdict:
        try:
            values = [value_of(answer, setting, allowed)]
        except SlipError as slip:
            return Verdict(None, told(slip, answer, setting))
        try:
            values += [value_of(answer, run, allowed) for run in setting.others]
        except SlipError:
            names = " and ".join(setting.sizes)
            return Verdict(False, f"It fits these sizes only: write {names}, not numbers.")
        return judged(setting, name, values, given)

    return judge


def value_of(answer: str, run: Setting, allowed: Collection[str]) -> Array:
    """Return what a typed formula comes to, whether ``dx = `` stands before it or not.

    A slip's column, from 0, is that of what was typed.
    """
    typed = typed_formula(answer)
    known = {each: run.values[each] for each in allowed if each in run.values}
    try:
        return evaluate(typed.text, known, run.names)
    except SlipError as slip:
        raise SlipError(slip.code, slip.message, typed.column(slip.column), slip.hint) from None


def told(slip: SlipError, answer: str, setting: Setting) -> str:
    """Return what is said of a slip in a typed formula; it costs no try."""
    message, hint = slip.message, slip.hint
    word = re.match(r"[A-Za-z_]\w*", answer[slip.column :])
    if slip.code is Code.UNKNOWN_NAME and word:
        is_there = word[0] in setting.values
        message = f"{word[0]} may not be used here" if is_there else f"there is nothing called {word[0]}"
        hint = "" if is_there else hint
    first = message.partition(" ")[0]
    if first.isalpha() and first not in OPERATIONS and first not in names_in(answer):
        message = message[0].upper() + message[1:]  # it is a word, and not a name
    return f"{message}{f' ({hint})' if hint else ''}, at column {slip.column + 1}."


def judged(setting: Setting, name: str, values: Sequence[Array], given: Collection[str]) -> Verdict:
    """Return what is said to the values that a formula has on this run, and on the others."""
    runs = (setting, *setting.others)
    right = [equal(value, run.values[name]) for value, run in zip(values, runs, strict=True)]
    if all(right):
        return Verdict(True, f"Right, also with other numbers{' and other sizes' if len(runs) > 2 else ''}.")
    if right[0]:
        return Verdict(False, "Right for these sizes only: is there a number in it that should be a size?")
    found = _known(setting, name, values[0], given)
    for run, value in zip(runs[1:], values[1:], strict=True):
        if len(found) < 2:
            break  # else these numbers cannot tell two mistakes apart, and others may
        kinds = [each.mistake.kind for each in _known(run, name, value, given) if each.mistake]
        found = [each for each in found if each.mistake and each.mistake.kind in kinds] or found
    found = [each for each in found if each.mistake or _is_always(setting, name, values, each, given)]
    if not found:
        return _for_another(setting, name, values) or Verdict(
            False, by_shape(values[0], setting.values[name], name)
        )
    says = {each.mistake.kind if each.mistake else "": each.say for each in reversed(found)}
    return Verdict(False, either(list(says.values())[::-1]), *(says if len(says) == 1 else ()))


def _is_always(
    setting: Setting, name: str, values: Sequence[Array], found: Recognized, given: Collection[str]
) -> bool:
    """Whether what was found of no known mistake but of a shape holds on every run, and not by chance."""
    others = zip(setting.others, values[1:], strict=True)
    return found.how not in (How.SHAPE, How.BROADCAST) or all(
        found.how in [each.how for each in _known(run, name, value, given) if not each.mistake]
        for run, value in others
    )


def _for_another(setting: Setting, name: str, values: Sequence[Array]) -> Verdict | None:
    """Return what is said where another gradient, or another value, was taken than the one on this edge."""
    swaps = [verdict for verdict, value in _swapped(setting, name) if equal(value, values[0])]
    for run, value in zip(setting.others, values[1:], strict=True):
        there = [verdict for verdict, other in _swapped(run, name) if equal(other, value)]
        swaps = [verdict for verdict in swaps if verdict in there]
    return swaps[0] if swaps else None


def _swapped(setting: Setting, name: str) -> Iterator[tuple[Verdict, Array]]:
    """Yield what an edge makes of each other gradient, or value, of the shape of what belongs there."""
    step, edge = next(((s, e) for s, e in edges(setting) if name_of(setting, e) == name), (None, None))
    if step is None or edge is None:
        return
    node, local = step.node.name, edge.named_local
    for other in _alike(setting, f"d{node}"):
        say = f"This starts from {other}. What comes back to {node} is d{node}: multiply that."
        yield Verdict(False, say, "other-upstream"), local.backward(setting.values[other])
    text = local.numpy(f"d{node}")
    pairs = [(word, each) for word in words_of(local, setting) for each in _alike(setting, word)]
    for word, other in pairs:
        known = {**setting.values, word: setting.values[other]}
        with suppress(SlipError):
            say = f"{other} stands in the place of {word}: {node} = {step.node.formula}."
            yield Verdict(False, say, "wrong-operand"), evaluate(text, known, setting.names)


def _alike(setting: Setting, name: str) -> list[str]:
    """Return other values, or other gradients, of the shape of a value, or of a gradient."""
    own, values = setting.values.get(name), setting.values
    return [
        each
        for each, value in values.items()
        if own is not None
        and is_gradient(setting, each) == is_gradient(setting, name)
        and each.isidentifier()
        and value.shape == own.shape
        and not equal(value, own)
    ]


def is_gradient(setting: Setting, name: str) -> bool:
    """Whether a formula is the name of a gradient."""
    return name in setting.values and name not in setting.recording.values


def _known(setting: Setting, name: str, value: Array, given: Collection[str]) -> list[Recognized]:
    right = setting.values[name]
    others = {
        each: other for each, other in setting.values.items() if each != name and not equal(other, right)
    }
    return list(recognized(Wanted(name, right, wrong_values(setting, name, given), others), value))


def by_shape(value: Array, right: Array, name: str) -> str:
    """Return what is said of a formula that no known mistake gives."""
    if value.shape == right.shape:
        return _NOTHING_KNOWN
    shapes = f"your formula has the shape {shape_text(value.shape)}, {name} {shape_text(right.shape)}"
    return f"The shape is wrong: {shapes}."
