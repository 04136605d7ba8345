"""The pages of a quiz: a question with its data and choices, what is said to an answer, the summary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from bn_tutor.course.numbers import shape_text
from bn_tutor.practice.asked import LETTERS, Asked
from bn_tutor.practice.session import Reply, Tally, Word
from bn_tutor.views.arrays import array_block
from bn_tutor.views.columns import laid_out
from bn_tutor.views.look import RIGHT, WRONG, Look
from bn_tutor.views.quiz_help import hidden_lines
from bn_tutor.views.wrapping import indented

HOW_TO = "Answer with a letter, a number, a shape such as (4, 3), or a line of NumPy. Or type"
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
    """Return the prompt, which says what sort of answer is wanted."""
    return f"{asked.wants}> "


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
    """Return how one comes to the answer; the frame of the walk follows it."""
    return _wrapped(asked.worked, look, "cyan") if asked.worked else []


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
