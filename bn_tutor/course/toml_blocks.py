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

MOST_WRONG = 10
# ``name = formula``, in a block and in the change of a mistake.
ASSIGNMENT = re.compile(r"\s*([A-Za-z_][A-Za-z_0-9]*)\s*=(?!=)\s*")
_MISTAKE_KEYS = ("id", "change", "say")
_QUESTION_KEYS = ("id", "kind", "ask", "equals", "wrong", "why", "hint")


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
        table: dict[str, Any] = plain_values(tomllib.loads("\n".join(source.lines)))
        return table
    except (ValueError, RecursionError) as error:  # a ValueError, too, for a number of thousands of digits
        found = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (1, 1)
        # Python adds advice for programmers after a semicolon.
        reason = str(error).split(" (at ")[0].split("; use")[0]
        source.findings.add(line + source.before, column, Code.NOT_TOML, f"this is not TOML: {reason}")
        return None


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
    table = _checked(block, (*_QUESTION_KEYS, kind.key), needed=("id", "ask", kind.key, *kind.needed))
    if table is None:
        return None
    return _question(block, table, kind)


def _question(block: Block, table: Mapping[str, Any], kind: Kind) -> Question | None:
    keys = _lines(block, table, kind.key)
    wrong = _lines(block, table, "wrong") if "wrong" in table else ()
    equals = _lines(block, table, "equals") if "equals" in table else ()
    if len(keys) != 1 or len(wrong) > MOST_WRONG or len(equals) > 1:
        message = f"a question has one {kind.key} and at most {MOST_WRONG} wrong"
        block.source.add(Code.WRONG_VALUE, message, kind.key)
        return None
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
        many = key in ("change", "wrong") and isinstance(value, list)
        if key not in keys:
            source.add(Code.UNKNOWN_KEY, f"there is no key {key}", key, hint=did_you_mean(key, keys))
        elif not all(isinstance(each, str) and each.strip() for each in (value if many else [value])):
            source.add(Code.WRONG_VALUE, f"{key} must be a text in quotes", key)
    for key in needed:
        if key not in table:
            source.add(Code.MISSING_KEY, f"{key} is missing", key)
    return table if len(source.findings.problems) == before else None


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
    column = line.column + found.end()
    return Line(found[1], line.text[found.end() :], line.line, column, name_column=line.column)
