"""What must hold of any question of the quiz; each check yields what breaks it. Definitions are made anew."""

import re
from itertools import permutations

import numpy as np

from bn_tutor.course.evaluation import evaluate
from bn_tutor.course.problem import SlipError
from bn_tutor.course.recognizing import TURNED
from bn_tutor.practice.asked import LETTERS, Wants
from bn_tutor.practice.naming import wrong_numbers, wrong_values
from bn_tutor.practice.numbers_asked import close

# Names that the engine gives to the operations inside a line, which no learner has met.
INNER = re.compile(r"\b[a-z]\w*_\d+\b")
FITS_SEVERAL = r"several mistakes\. Either: .+ Or: "
UNREADABLE = re.compile(r"[{}]|[\x00-\x1f\x7f-\x9f]|  |^\s|\s$|\bnan\b|\binf\b")


def slips_of(asked):
    """Return what is wrong with a question, by all checks."""
    return [f"{asked.id}: {slip}" for check in CHECKS for slip in check(asked)]


def key_alone_is_right(asked):
    verdict = asked.judge(asked.key)
    if verdict.right is not True:
        yield f"the key {asked.key} is not accepted: {verdict.say}"
    if asked.kind == "order":
        return
    answers = [*LETTERS[: len(asked.choices)], *map(str, range(1, len(asked.lines) + 1))]
    for answer in answers:
        told = asked.judge(answer)
        if answer != asked.key and (told.right is not False or len(told.say) < 10):
            yield f"{answer} is not rejected with a reason: {told}"


def texts_can_be_read(asked):
    own = set(asked.run.values) | set(asked.run.names)
    told = [asked.text, *asked.given, *asked.choices, *asked.lines, asked.hint, asked.key]
    told += asked.worked.split("\n")
    for text in told:
        if any(word not in own for word in INNER.findall(text)):
            yield f"an inner name in {text!r}"
        if UNREADABLE.search(text) and not asked.id.startswith("own/"):
            yield f"cannot be read: {text!r}"
    if not asked.text or not asked.worked:
        yield "has no text, or no worked step"


def answer_does_not_stand_in_the_question(asked):
    names = next((line for line in asked.given if line.startswith("You may use: ")), None)
    if asked.wants is Wants.NUMPY and names is None:
        yield "the names that may be used are not shown"
    right = asked.run.values.get(asked.id.partition("/")[2])
    for name in (names or "").removeprefix("You may use: ").split(", "):
        value = asked.run.values.get(name)
        if right is not None and value is not None and np.array_equal(value, right):
            yield f"{name} is the answer"


def data_are_few_and_finite(asked):
    for name, value in asked.data:
        if value.size > 24 or not np.all(np.isfinite(value)):
            yield f"{name} is no data to compute with by hand"


# --- order ----------------------------------------------------------------------------------------------


def every_order_that_can_run_is_right(asked):
    if asked.kind != "order":
        return
    letters = LETTERS[: len(asked.choices)]
    if can_run(asked.choices):
        yield "stands in order already"
    for order in permutations(letters):
        lines = [asked.choices[letters.index(letter)] for letter in order]
        if asked.judge(" ".join(order)).right is not can_run(lines):
            yield f"wrong about the order {order}"


def can_run(lines):
    """Whether lines find what they need above them, where it is one of these lines at all."""
    waiting = [line.partition(" = ")[0] for line in lines]
    for line in lines:
        name, _, text = line.partition(" = ")
        waiting.remove(name)
        if set(waiting) & set(re.findall(r"[A-Za-z_][A-Za-z_0-9]*", text)):
            return False
    return True


def just_one_can_come_next(asked):
    if asked.kind != "next":
        return
    listed = asked.text.removeprefix("The backward pass has handled ").split(". Which")[0]
    handled = set(re.split(r", | and ", listed))
    ready = [name for name in asked.choices if set(arrivals(asked.run, name)) <= handled]
    if ready != [asked.choices[LETTERS.index(asked.key)]] or handled & set(asked.choices):
        yield f"these can come next: {ready}"


def gradients_meet_at_just_one(asked):
    if asked.kind == "join" and asked.choices:
        counts = [len(arrivals(asked.run, name)) for name in asked.choices]
        if [LETTERS[at] for at, count in enumerate(counts) if count > 1] != [asked.key]:
            yield f"so many gradients come back: {counts}"


def arrivals(setting, name):
    """Return the node that each gradient comes back from, once for each."""
    return [step.node.name for step in setting.steps for edge in step.edges if edge.input == name]


# --- lines ----------------------------------------------------------------------------------------------


def only_the_planted_line_differs(asked):
    wrong = [str(at) for at, line in enumerate(asked.lines, 1) if is_wrong(asked.run, line)]
    if asked.kind == "line" and (wrong != [asked.key] or len(asked.lines) > 6):
        yield f"these lines are wrong: {wrong}"


def is_wrong(setting, line):
    name, _, text = line.partition(" = ")
    values = {**setting.values}
    for earlier in setting.lesson.backward:  # helpers, such as a count, are no gradients
        values.setdefault(earlier.name, evaluate(earlier.text, values, setting.names))
    try:
        value = evaluate(text, values, setting.names)
    except SlipError:
        return True
    return value.shape != values[name].shape or not np.allclose(value, values[name], rtol=1e-9, atol=1e-12)


def a_planted_line_can_be_judged_by_what_is_shown(asked):
    """Every forward line that sends one of the shown gradients is shown, too, and no line stands out."""
    if asked.kind != "line":
        return
    shown = {line.partition(" = ")[0] for line in asked.given}
    for line in asked.lines:
        name, _, text = line.partition(" = ")
        missing = set(arrivals(asked.run, name[1:])) - shown
        if missing:
            yield f"{line} cannot be judged without {missing}"
        if re.match(r"1 \*|0 \+", text) or re.search(r"\* 1$|[+-] 0$", text):
            yield f"{line} looks like no other line"


def the_shape_that_is_asked_for_is_not_told(asked):
    name = asked.id.partition("/d")[2]
    for node in asked.run.recording.graph.nodes if asked.kind == "shape" else ():
        if re.fullmatch(rf"{node.name}\d*", name) and any(
            f"{node.name} {asked.key}" in g for g in asked.given
        ):
            yield f"{node.name} is told to be {asked.key}"


def own_numbers_say_how_exactly_and_from_what(asked):
    if asked.kind != "own" or asked.wants is not Wants.NUMBER:
        return
    question = next(each for each in asked.run.lesson.questions if asked.id == f"own/{each.id}")
    if "decimals" not in asked.text and not asked.text.startswith("How many"):
        yield "does not say how exactly"
    told = " ".join(asked.given)
    for name in set(re.findall(r"[A-Za-z_]\w*", question.key.text)) & set(asked.run.sizes):
        if f"{name} = {asked.run.sizes[name]}" not in told:
            yield f"does not say what {name} is"


# --- numbers --------------------------------------------------------------------------------------------


def mistakes_are_named_from_their_number(asked):
    kind, _, name = asked.id.partition("/")
    if asked.wants is not Wants.NUMBER or kind not in ("number", "whole"):
        return
    place = tuple(map(int, re.findall(r"\d+", re.search(rf"{name}(\[[\d, ]*\])?[, ]", asked.text)[1] or "")))
    right = asked.run.values[name]
    known = wrong_values(asked.run, name, {f"d{asked.node}"} if kind == "number" else ())
    rows = wrong_numbers(known, right, place)
    for value, mistake, _ in rows:
        if close(value, float(right[place])) or abs(value) < 1e-3:
            continue  # the number cannot tell
        verdict = asked.judge(f"{value:.12f}")
        alike = {other for number, other, _ in rows if abs(value - number) < 1e-11}
        # From far away mistakes that the rounding of what is shown makes alike fit, too.
        is_open = len(alike) > 1 or (kind == "whole" and not verdict.mistake)
        if verdict.right is not False or verdict.mistake != ("" if is_open else mistake):
            yield f"{value} is {mistake}, and told to be {verdict}"
        if is_open and verdict.say != TURNED and not re.search(FITS_SEVERAL, verdict.say):
            yield f"{value} is one of {alike}, and told to be {verdict}"


CHECKS = (
    key_alone_is_right,
    texts_can_be_read,
    answer_does_not_stand_in_the_question,
    data_are_few_and_finite,
    every_order_that_can_run_is_right,
    just_one_can_come_next,
    gradients_meet_at_just_one,
    only_the_planted_line_differs,
    a_planted_line_can_be_judged_by_what_is_shown,
    the_shape_that_is_asked_for_is_not_told,
    own_numbers_say_how_exactly_and_from_what,
    mistakes_are_named_from_their_number,
)
