"""The ``mistake`` and ``question`` blocks of a lesson: TOML, checked key by key."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bn_tutor.course.codes import Code
from bn_tutor.course.front_matter import plain_values
from bn_tutor.course.key_places import Source
from bn_tutor.course.lesson import Line, Mistake, Question, When
from bn_tutor.course.problem import did_you_mean
from bn_tutor.course.question_kinds import KINDS, Kind

# How many texts a list has at most: wrong answers, or the changes of one mistake.
MOST_WRONG = 10
MOST_DOTS = 200
_BETWEEN_KEYS = re.compile(r"[,=\[\]{}#]")
# ``name = formula``, in a block and in the change of a mistake.
ASSIGNMENT = re.compile(r"\s*([A-Za-z_][A-Za-z_0-9]*)\s*=(?!=)\s*")
_MISTAKE_KEYS = ("id", "change", "say")
_QUESTION_KEYS = ("id", "kind", "ask", "wrong", "why", "hint")


@dataclass(frozen=True)
class Block:
    """A TOML block and where it stands: ``line`` opens it, ``node`` is the section it is in."""

    source: Source
    node: str
    line: int
    when: When = ()


def toml_table(source: Source) -> dict[str, Any] | None:
    """Return what the lines say in TOML; what is wrong goes to the findings."""
    try:
        _refuse_dots(source.lines)
        table: dict[str, Any] = plain_values(tomllib.loads("\n".join(source.lines)))
        return table
    except (ValueError, RecursionError) as error:  # a ValueError, too, for a number of thousands of digits
        line, column, reason = _explained(error, source.lines)
        source.findings.add(line + source.before, column, Code.NOT_TOML, f"this is not TOML: {reason}")
        return None


def _refuse_dots(lines: Sequence[str]) -> None:
    """Refuse a.a.a.a.a = 1 of thousands of parts, which Python's parser would take minutes for."""
    for line in lines:
        keys = _BETWEEN_KEYS.split("".join(line.split()))
        if max(key.count(".") for key in keys) > MOST_DOTS:
            raise RecursionError


def _explained(error: Exception, lines: Sequence[str]) -> tuple[int, int, str]:
    """Return the line and the column of what is no TOML, and the reason; the parser may not tell where."""
    reason = str(error).split(" (at ")[0]
    if found := re.search(r"line (\d+), column (\d+)", str(error)):
        return int(found[1]), int(found[2]), reason
    if isinstance(error, tomllib.TOMLDecodeError):
        return max(len(lines), 1), len(lines[-1]) + 1 if lines else 1, reason
    # What can have that many brackets or digits is the longest line.
    longest = max(range(len(lines)), key=lambda place: len(lines[place]))
    what = "it is nested too deeply" if isinstance(error, RecursionError) else "a number has too many digits"
    return longest + 1, 1, what


def read_mistake(block: Block) -> Mistake | None:
    """Return the mistake that the block describes; what is wrong goes to the findings."""
    table = _checked(block, _MISTAKE_KEYS, needed=("id", "change", "say"))
    if table is None:
        return None
    changes = [_assignment(block, line) for line in _lines(block, table, "change")]
    if not changes or not all(changes):
        return None
    whole = tuple(line for line in changes if line is not None)
    return Mistake(table["id"], whole, table["say"], block.node, block.line, block.when)


def read_question(block: Block) -> Question | None:
    """Return the question that the block asks; what is wrong goes to the findings."""
    table = toml_table(block.source)
    kind = KINDS.get(str(table.get("kind"))) if table is not None else None
    if kind is None:
        if table is not None:
            _no_kind(block, table)
        return None
    keys = (*_QUESTION_KEYS, kind.key, *kind.needed, *kind.optional)
    table = _checked(block, keys, needed=("id", "ask", kind.key, *kind.needed))
    if table is None:
        return None
    return _question(block, table, kind)


def _question(block: Block, table: Mapping[str, Any], kind: Kind) -> Question | None:
    keys = _lines(block, table, kind.key)
    wrong = _lines(block, table, "wrong") if "wrong" in table else ()
    equals = _lines(block, table, "equals") if "equals" in table else ()
    return Question(
        table["id"],
        kind.name,
        table["ask"],
        keys[0],
        wrong,
        equals[0] if equals else None,
        table.get("why", ""),
        table.get("hint", ""),
        block.node,
        block.line,
        block.when,
    )


def _no_kind(block: Block, table: Mapping[str, Any]) -> None:
    kind = table.get("kind")
    if kind is None:
        block.source.add(Code.MISSING_KEY, f"kind is missing: one of {', '.join(KINDS)}", "kind")
    else:
        hint = did_you_mean(str(kind), KINDS) or f"there are: {', '.join(KINDS)}"
        block.source.add(Code.UNKNOWN_KIND, f"there is no kind {kind}", "kind", hint=hint)


def _checked(block: Block, keys: Sequence[str], needed: Sequence[str]) -> dict[str, Any] | None:
    """Return the block's table if all is there and each value a text, or a list of texts."""
    source = block.source
    table = toml_table(source)
    if table is None:
        return None
    before = len(source.findings.problems)
    for key, value in table.items():
        texts = value if key in ("change", "wrong") and isinstance(value, list) else [value]
        if key not in keys:
            source.add(Code.UNKNOWN_KEY, f"there is no key {key}", key, hint=did_you_mean(key, keys))
        elif not texts or not all(isinstance(each, str) and each.strip() for each in texts):
            source.add(Code.WRONG_VALUE, f"{key} must be a text in quotes", key)
        elif len(texts) > MOST_WRONG:
            source.add(Code.WRONG_VALUE, f"{key} has {len(texts)} texts, {MOST_WRONG} are allowed", key)
    for key in needed:
        if key not in table:
            source.add(Code.MISSING_KEY, f"{key} is missing", key)
    # Once the findings are full, nothing more is noted in them.
    return table if len(source.findings.problems) == before and not source.findings.full else None


def _lines(block: Block, table: Mapping[str, Any], key: str) -> tuple[Line, ...]:
    """Return the texts under a key, each with its place in the file."""
    texts = table[key] if isinstance(table[key], list) else [table[key]]
    return tuple(Line(key, text, *block.source.place_of_text(text, key)) for text in texts)


def _assignment(block: Block, line: Line) -> Line | None:
    found = ASSIGNMENT.match(line.text)
    if found is None:
        message = "a change is a whole line: name = formula"
        block.source.findings.add(line.line, line.column, Code.NOT_A_LINE, message)
        return None
    source = block.source.lines[line.line - block.source.before - 1]
    # Written with escapes or more blanks, it stands elsewhere; its place is then that of the key.
    column = line.column + (found.end() if source.startswith(line.text, line.column - 1) else 0)
    return Line(found[1], line.text[found.end() :], line.line, column, name_column=line.column)
