"""The front matter of a lesson: TOML, checked key by key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bn_tutor.course.input_rows import read_inputs
from bn_tutor.course.key_places import Source
from bn_tutor.course.lesson import InputRow
from bn_tutor.course.plain import plain
from bn_tutor.course.problem import Findings, did_you_mean

FORMAT = 1
LARGEST_SIZE = 1_000_000
_KEYS = ("format", "title", "summary", "output", "references", "sizes", "inputs", "requires")


@dataclass(frozen=True)
class FrontMatter:
    """What the front matter says; ``output_line`` is where it names the output."""

    title: str = ""
    summary: str = ""
    output: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    inputs: tuple[InputRow, ...] = ()
    references: tuple[str, ...] = ()
    output_line: int = 0
    # Whether all sizes and inputs could be read, so that the graph may be looked at, too.
    whole: bool = True


def read_front_matter(table: Mapping[str, Any], lines: Sequence[str], findings: Findings) -> FrontMatter:
    """Check the table and return what it says; what is wrong goes to ``findings``."""
    source = Source(lines, findings)
    for key in table:
        if key not in _KEYS:
            source.add(f"there is no key {key}", key, hint=did_you_mean(key, _KEYS))
    if table.get("format") != FORMAT:
        source.add(f"format must be {FORMAT}", "format", hint="this version reads no other")
    before = len(findings.problems)
    sizes = _sizes(source, table.get("sizes", {}))
    inputs = read_inputs(source, table.get("inputs", {}), sizes)
    whole = len(findings.problems) == before
    return FrontMatter(
        title=_text(source, table, "title"),
        summary=_text(source, table, "summary"),
        output=_text(source, table, "output"),
        sizes=sizes,
        inputs=inputs,
        references=_references(source, table.get("references", [])),
        output_line=source.place("output")[0],
        whole=whole,
    )


def plain_values(value: Any) -> Any:
    """Return what TOML has read with every text in it, keys too, made one plain line.

    TOML's escapes can write what ``plain`` took out of the file's text. Raises RecursionError where it is
    nested too deeply.
    """
    if isinstance(value, dict):
        return {plain_values(key): plain_values(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_values(item) for item in value]
    return " ".join(plain(value).split()) if isinstance(value, str) else value


def _text(source: Source, table: Mapping[str, Any], key: str) -> str:
    value = table.get(key, "")
    if isinstance(value, str):
        return value
    source.add(f"{key} must be a text in quotes", key)
    return ""


def _references(source: Source, value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    source.add("references must be a list of texts in quotes", "references")
    return ()


def _sizes(source: Source, table: Any) -> dict[str, int]:
    if not isinstance(table, dict):
        source.add("sizes must be a table: [sizes], then N = 4", "sizes")
        return {}
    sizes = {}
    for name, value in table.items():
        if type(value) is not int or not 1 <= value <= LARGEST_SIZE:
            message = f"the size {name} must be a whole number from 1 to {LARGEST_SIZE:,}"
            source.add(message, "sizes", name)
        elif source.is_name("sizes", name):
            sizes[name] = value
    return sizes
