"""The front matter of a lesson: TOML, checked key by key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bn_tutor.course.codes import Code
from bn_tutor.course.input_rows import Surroundings, read_inputs
from bn_tutor.course.key_places import Place, Source
from bn_tutor.course.lesson import InputRow, Switch
from bn_tutor.course.plain import plain
from bn_tutor.course.problem import Findings, did_you_mean
from bn_tutor.course.switch_rows import read_switches

FORMAT = 1
LARGEST_SIZE = 1_000_000
# So many names of a list get a place of their own.
MOST_PLACED = 50
KEYS = ("format", "title", "summary", "requires", "output", "references", "sizes", "switches", "inputs")


@dataclass(frozen=True)
class FrontMatter:
    """What the front matter says; ``lines_of`` is where its keys stand, by line and column."""

    title: str = ""
    summary: str = ""
    outputs: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    switches: tuple[Switch, ...] = ()
    inputs: tuple[InputRow, ...] = ()
    references: tuple[str, ...] = ()
    lines_of: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    # Whether all sizes and inputs could be read, so that the graph may be looked at, too.
    whole: bool = True


def read_front_matter(
    table: Mapping[str, Any], lines: Sequence[str], findings: Findings, folder: Path | None
) -> FrontMatter:
    """Check the table and return what it says; what is wrong goes to ``findings``.

    Files that inputs name are looked for in ``folder``, the lesson's own.
    """
    source = Source(lines, findings)
    for key in table:
        if key not in KEYS:
            source.add(Code.UNKNOWN_KEY, f"there is no key {key}", key, hint=did_you_mean(key, KEYS))
    if type(table.get("format")) is not int or table["format"] != FORMAT:
        hint = "this version reads no other"
        source.add(Code.UNKNOWN_FORMAT, f"format must be {FORMAT}", "format", hint=hint)
    before = len(findings.problems)
    sizes = _sizes(source, table.get("sizes", {}))
    switches = read_switches(source, table.get("switches", {}), sizes)
    inputs = read_inputs(source, table.get("inputs", {}), Surroundings(sizes, switches, folder))
    whole = len(findings.problems) == before and not findings.full
    outputs, requires = _texts(source, table, "output"), _texts(source, table, "requires")
    if len(set(outputs)) < len(outputs):
        source.add(Code.WRONG_VALUE, "output names a node twice", "output")
    return FrontMatter(
        title=_text(source, table, "title"),
        summary=_text(source, table, "summary"),
        outputs=tuple(dict.fromkeys(outputs)),
        requires=requires,
        sizes=sizes,
        switches=switches,
        inputs=inputs,
        references=_texts(source, table, "references"),
        lines_of={key: source.place(key) for key in ("output", "requires", "sizes", "switches")}
        | _named_places(source, "output", outputs)
        | _named_places(source, "requires", requires)
        | {row.name: source.place("inputs", row.name) for row in inputs},
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
    source.add(Code.WRONG_VALUE, f"{key} must be a text in quotes", key)
    return ""


def _texts(source: Source, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Read a list of texts; a text alone is a list of one."""
    value = table.get(key, [])
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    source.add(Code.WRONG_VALUE, f"{key} must be a list of texts in quotes", key)
    return ()


def _named_places(source: Source, key: str, names: Sequence[str]) -> dict[str, Place]:
    """Return where each text of a list stands, as ``requires.gates``."""
    return {f"{key}.{name}": source.place_of_text(name, key) for name in names[:MOST_PLACED]}


def _sizes(source: Source, table: Any) -> dict[str, int]:
    """Read the sizes; one that is wrong is 1, so that no input which names it is blamed for that."""
    if not isinstance(table, dict):
        source.add(Code.WRONG_VALUE, "sizes must be a table: [sizes], then N = 4", "sizes")
        return {}
    sizes = dict.fromkeys(table, 1)
    for name, value in table.items():
        if type(value) is not int or not 1 <= value <= LARGEST_SIZE:
            message = f"the size {name} must be a whole number from 1 to {LARGEST_SIZE:,}"
            source.add(Code.WRONG_VALUE, message, "sizes", name)
        elif source.is_name("sizes", name):
            sizes[name] = value
    return sizes
