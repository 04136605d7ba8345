"""One accused line: where it is, what is wrong with it, how sure that is, and how to go on."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.cells import cell_len
from rich.text import Text

from bn_tutor.checker.report import Accused, FunctionReport, Tier, Verdict
from bn_tutor.course.numbers import shape_text
from bn_tutor.engine.closeness import largest
from bn_tutor.engine.gradients import Array
from bn_tutor.views.arrays import array_block
from bn_tutor.views.check_page_parts import code_lines, labelled, room_beside, said, sentence
from bn_tutor.views.columns import Block, laid_out
from bn_tutor.views.look import RIGHT, WRONG, Look
from bn_tutor.views.wrapping import filled, moved

# With this room two arrays stand beside each other, however wide they are.
BESIDE = 56
# What is nearer to the right value, relative to the largest of them, is not told to be different.
NEAR = 1e-6
# What a line consists of that only returns names.
_RETURNED = (ast.Module, ast.Return, ast.Tuple, ast.Name, ast.Load)
_LOOK_AT = re.compile(r"Look at `([^`]+)`")


@dataclass(frozen=True, eq=False)
class Place:
    """An accused line in its function and file; it is the ``number``-th of ``count`` in this file."""

    path: str
    lines: Sequence[str]
    function: FunctionReport
    accused: Accused
    number: int = 1
    count: int = 1


def accused_lines(place: Place, look: Look, *, show_fix: bool, by: str) -> list[Text]:
    """Return all that is said of an accused line; without the fix it says ``by`` what that is shown."""
    accused = place.accused
    mistake = accused.mistake
    explanation = mistake.explanation if mistake else ""
    pointed = _LOOK_AT.search(explanation)
    code = code_lines(place.lines, accused.line, look, pointed[1] if pointed else "", place.function.line)
    lines = [*_head(place, look), *code, Text()]
    if mistake:
        told = [*sentence(f"{mistake.title}.", look, "bold"), *sentence(explanation, look)]
        lines += labelled("mistake", [line for line in told if line], look)
    lines += said("how sure", how_sure(place), look)
    lines += _values(place, look)
    lines += _other_lines(place, look)
    return [*lines, *_how_to_go_on(accused, look, show_fix, by)]


def _head(place: Place, look: Look) -> list[Text]:
    """Return the line's place, as editors and terminals take it, and the function that it stands in."""
    count = f"{place.number} of {place.count}" if place.count > 1 else ""
    return head_lines(count, place.path, place.accused.line, place.function.name, look)


def head_lines(count: str, path: str, line: int, name: str, look: Look) -> list[Text]:
    """Return a place in a file, as editors and terminals take it, and the function that it is in.

    Where there is no room for the whole path its last part must do.
    """
    if cell_len(look.shown(path)) > look.width - 8:
        path = Path(path).name
    head = look.text(f"{path}:{line}" if line else path, "bold")
    within = look.text(f" in {name}" if name else "", "dim")
    parts = [part for part in (look.text(count, f"bold {WRONG}"), head, within) if part]
    return [moved(each, 1) for each in filled(parts, look.width - 1)]


def how_sure(place: Place) -> str:
    """Say how sure it is, in plain words."""
    name, others = place.function.name, len(place.function.accused) - 1
    more = f" and {others} more" if others else ""
    match place.accused.tier:
        case Tier.PROVED:
            return f"proved: with this line{more} changed, {name} comes out right"
        case Tier.LIKELY if place.accused.fix and (instead := _others(place)):
            lines = " or ".join(str(line) for line in (place.accused.line, *instead))
            return f"proved for one of these: with line {lines}{more} changed, {name} comes out right"
        case Tier.LIKELY if place.accused.fix and place.accused.other_lines:
            return f"likely: with this line{more} changed, {name} comes out right"
        case Tier.LIKELY:
            return "likely: here it first goes wrong, but no change of this line alone was seen to mend all"
        case Tier.SUSPECT:
            return (
                "suspected: here the first value is made that is none of the right ones; there may be "
                "several mistakes, so mend this one and check again"
            )


def _others(place: Place) -> list[int]:
    """Return the other lines that are worth a look: one that only returns names is not, whatever it names."""
    return [line for line in place.accused.other_lines if not _only_returns(place.lines, line)]


def _only_returns(lines: Sequence[str], line: int) -> bool:
    code = lines[line - 1] if 0 < line <= len(lines) else ""
    try:
        tree = ast.parse(code.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return code.lstrip().startswith("return") and all(isinstance(each, _RETURNED) for each in ast.walk(tree))


def _other_lines(place: Place, look: Look) -> list[Text]:
    """Return the lines of which one may be the wrong one instead."""
    lines: list[Text] = []
    for other in _others(place):
        if place.accused.tier is Tier.SUSPECT:
            say = f"Look at line {other}, too: with the right value there, the results come out right."
        else:
            say = f"It may be line {other} instead: the two do not fit each other, so one has to change."
        lines += said("or else", say, look)
        lines += code_lines(place.lines, other, look, around=0)
    return lines


def _how_to_go_on(accused: Accused, look: Look, show_fix: bool, by: str) -> list[Text]:
    """Return the hint, or the fix where it was asked for, and where this is explained."""
    lines = (
        said("hint", accused.hint, look, "cyan") if accused.hint and not (show_fix and accused.fix) else []
    )
    if accused.fix:
        lines += (
            said("fix", accused.fix, look, f"bold {RIGHT}")
            if show_fix
            else said("fix", f"{by} shows the line as it could be", look, "dim")
        )
    elif show_fix:
        lines += said("fix", "no change of this one line is known that mends it", look)
    return [*lines, *(said("see", accused.walk, look) if accused.walk else [])]


# --- values ---------------------------------------------------------------------------------------------


def _values(place: Place, look: Look) -> list[Text]:
    """Return what the line makes beside what it should make; else what comes of it, beside what should."""
    accused = place.accused
    if accused.value is not None and accused.right is not None:
        return compared(accused.name or accused.stands_for, accused.value, accused.right, look)
    if accused is not place.function.accused[0]:
        return []
    wrong = [each for each in place.function.results.values() if each.verdict is Verdict.WRONG]
    shown = next((each for each in wrong if each.given is not None), None)
    return compared(shown.name, shown.given, shown.right, look) if shown and shown.given is not None else []


def compared(name: str, mine: Array, right: Array, look: Look) -> list[Text]:
    """Return the learner's value beside the right one, both with their shapes."""
    if not all(each.dtype.kind in "fiub" and each.size for each in (mine, right)):
        return []
    room = room_beside(look)
    width = (room - 3) // 2 if room >= BESIDE and not look.plain else room
    narrow = replace(look, width=width + 3)
    most = _most_different(mine, right)
    blocks = [
        _block(f"your {name or 'value'}", WRONG, mine, narrow, most),
        _block("should be", RIGHT, right, narrow, most),
    ]
    lines = laid_out(blocks, ["", ""], replace(look, width=room))
    return labelled("values", [*lines, *_difference(mine, right, most, look)], look)


def _block(title: str, style: str, value: Array, look: Look, most: tuple[int, ...] | None) -> Block:
    shape = look.text(f" {shape_text(value.shape) if value.ndim else '(a number)'}", "dim")
    with np.errstate(all="ignore"):
        return array_block(look.text(title, f"bold {style}").append_text(shape), [], value, look, most)


def _most_different(mine: Array, right: Array) -> tuple[int, ...] | None:
    """Return where two arrays differ most; None where that cannot be said, or goes without saying."""
    if mine.shape != right.shape or mine.size < 2:
        return None
    with np.errstate(all="ignore"):
        difference = np.abs(np.asarray(mine, float) - right)
    at = np.argmax(np.where(np.isnan(difference), np.inf, difference))
    return tuple(int(each) for each in np.unravel_index(at, mine.shape))


def _difference(mine: Array, right: Array, most: tuple[int, ...] | None, look: Look) -> list[Text]:
    """Say how much of two arrays differs, and where most."""
    if most is None:
        return sentence("The shapes differ.", look, "dim") if mine.shape != right.shape else []
    with np.errstate(all="ignore"):
        same = np.abs(np.asarray(mine, float) - right) <= NEAR * largest(right)
    count = int(mine.size - np.count_nonzero(same))
    many = "All entries differ" if count == mine.size else f"{count:,} of {mine.size:,} entries differ"
    where = ", ".join(map(str, most))
    return sentence(f"{many}, most at [{where}].", look, "dim")
