"""The pages of a quiz: a question with its data and choices, what is said to an answer, the summary."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from bn_tutor.course.numbers import shape_text
from bn_tutor.practice.asked import LETTERS, Asked, Wants
from bn_tutor.practice.session import Reply, Tally, Word
from bn_tutor.views.arrays import array_block
from bn_tutor.views.columns import laid_out
from bn_tutor.views.look import RIGHT, WRONG, Look
from bn_tutor.views.quiz_help import hidden_lines
from bn_tutor.views.wrapping import indented

HOW_TO = "Answer with a letter, a number, a shape such as (4, 3), or a line of NumPy. Or type"
# Questions whose ids end with the name of what is asked, and what is wanted of it.
_NAMING = ("number", "formula", "whole", "shape", "total")
_NAMED = (Wants.NUMBER, Wants.NUMPY, Wants.SHAPE)
LONGEST_NAME = 20
COMMANDS = ", ".join(word.value for word in Word)


@dataclass(frozen=True)
class Ending:
    """What is said at the end of a session: how it went, in all and by kind, and how to go on.

    ``habits`` counts mistakes by their titles; ``walks`` are commands, and so is what ``go_on`` maps to why;
    ``come_back`` is a sentence.
    """

    total: Tally
    kinds: Mapping[str, Tally]
    habits: Mapping[str, int]
    walks: Sequence[str]
    go_on: Mapping[str, str]
    come_back: str


def how_to_lines(look: Look) -> list[Text]:
    """Return how questions are answered, and what can be typed instead."""
    return _wrapped(f"{HOW_TO} {COMMANDS}.", look, "dim")


def prompt(asked: Asked) -> str:
    """Return the prompt, which says what is asked, where it has a name, and what sort of answer is wanted.

    The question itself may have left a low terminal by then.
    """
    name = _name_asked(asked)
    return f"{name} ({asked.wants})> " if name else f"{asked.wants}> "


def _name_asked(asked: Asked) -> str:
    """Return the gradient that is asked for, with the place in it where the question names one."""
    maker, _, name = asked.id.partition("/")
    if maker == "total":
        name = f"d{name}"
    if maker not in _NAMING or asked.wants not in _NAMED or not _is_short(name):
        return ""
    places = re.findall(rf"\b{name}\[[-\d, ]+\]", asked.text)
    return str(places[-1]) if places and asked.wants is Wants.NUMBER else name


def _is_short(name: str) -> bool:
    return name.isidentifier() and name.isascii() and len(name) <= LONGEST_NAME


def question_lines(asked: Asked, number: int, count: int, look: Look) -> list[Text]:
    """Return a question: where it is from, what is asked, and what is needed for it."""
    head = look.text(f" {number} of {count}   {asked.lesson}   ", "bold cyan")
    head.append(look.shown(asked.kind), style="dim")
    head.truncate(look.width)
    lines = [head, Text(), *_wrapped(asked.text, look, "bold")]
    if asked.given:
        lines += [Text(), *(line for text in asked.given for line in _wrapped(text, look, indent=3))]
    if asked.data:
        lines += [Text(), *_data(asked, look)]
    if asked.choices or asked.lines:
        lines += [Text(), *_listed(asked, look)]
    if note := hidden_lines(asked, look):
        lines += [Text(), *note]
    return [*lines, Text()]


def _data(asked: Asked, look: Look) -> list[Text]:
    blocks = [
        array_block(look.text(f"{name} {shape_text(value.shape)}", "bold"), [], value, look)
        for name, value in asked.data
    ]
    return laid_out(blocks, [" ", *["  "] * (len(blocks) - 1)], look)


def _listed(asked: Asked, look: Look) -> list[Text]:
    """Return choices by letters, or code by line numbers; code stands as it would be typed."""
    marks = [f"{letter})" for letter in LETTERS] if asked.choices else [f"{at:>2}" for at in range(1, 100)]
    lines = []
    for mark, text in zip(marks, asked.choices or asked.lines, strict=False):
        first, *rest = _wrapped(text, look, indent=len(mark) + 3)
        head = look.text(f"  {mark} ", "bold").append_text(first[len(mark) + 3 :])
        lines += [head, *rest]
    return lines


def _wrapped(text: str, look: Look, style: str = "", indent: int = 1) -> list[Text]:
    return indented(look.text(text, style), look.width, indent)


def reply_lines(reply: Reply, look: Look) -> list[Text]:
    """Return what is said to an answer, with a sign and a word beside the colour."""
    mark, style = {True: ("✓ ", RIGHT), False: ("✗ ", WRONG), None: ("", "")}[reply.right]
    lines = _wrapped(f"{mark}{reply.say}", look, style) if reply.say else []
    if reply.hint and reply.hint != reply.say:
        lines += _wrapped(f"Hint: {reply.hint}", look, "cyan")
    return lines


def worked_lines(asked: Asked, look: Look) -> list[Text]:
    """Return how one comes to the answer, a line a step, without what only says the answer again.

    The frame of the walk follows it.
    """
    at = LETTERS.find(asked.key) if asked.choices and len(asked.key) == 1 else -1
    answer = asked.choices[at] if 0 <= at < len(asked.choices) else asked.key
    steps = [step for step in asked.worked.split("\n") if step and not _says_just(step, answer)]
    return [line for step in steps for line in _wrapped(step, look, "cyan", indent=1)]


def _says_just(step: str, answer: str) -> bool:
    """Whether a step is ``name = answer`` alone."""
    return step.removesuffix(".").rpartition(" = ")[2] == answer.removesuffix(".")


def summary_lines(ending: Ending, look: Look) -> list[Text]:
    """Return the end of a session: how it went by kind, which mistakes came up, what to walk next."""
    total = ending.total
    if not total.asked:
        skipped = f" {total.skipped} skipped." if total.skipped else ""
        return _wrapped(f"No question was answered.{skipped}", look)
    lines = [*_wrapped(_told(total, "right at the first try"), look, "bold"), Text()]
    for kind, tally in ending.kinds.items():
        lines += _wrapped(f"{kind:<8} {_told(tally, 'at once')}", look, indent=2)
    habits = [f"{title}: {_counted(count, 'question')}" for title, count in ending.habits.items()]
    go_on = [f"{command}   {why}" for command, why in ending.go_on.items()]
    lines += [*_part("What went wrong", habits, look), *_part("To look at again", ending.walks, look)]
    lines += _part("To go on with", go_on, look)
    return [*lines, Text(), *_wrapped(ending.come_back, look)] if ending.come_back else lines


def _told(tally: Tally, at_once: str) -> str:
    skipped = f"{tally.skipped} skipped"
    if not tally.asked:
        return skipped
    told = f"{tally.right_at_once} of {tally.asked} {at_once}, {tally.right} in the end"
    return f"{told}; {skipped}" if tally.skipped else told


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count > 1 else ''}"


def _part(title: str, texts: Sequence[str], look: Look) -> list[Text]:
    if not texts:
        return []
    return [
        Text(),
        look.text(f" {title}", "bold"),
        *(line for text in texts for line in _wrapped(text, look, indent=2)),
    ]
