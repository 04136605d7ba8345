"""The front matter of a lesson: TOML, checked key by key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bn_tutor.course.draws import DRAWS
from bn_tutor.course.lesson import InputRow
from bn_tutor.course.problem import Findings, did_you_mean

FORMAT = 1
LARGEST_SIZE = 1_000_000
_KEYS = ("format", "title", "summary", "output", "references", "sizes", "inputs", "requires")
_INPUT_KEYS = ("shape", "draw", "value", "constant")
_DRAW_KEYS: Mapping[str, tuple[str, ...]] = {
    "normal": ("mean", "std"),
    "uniform": ("low", "high"),
    "bernoulli": ("p",),
    "integers": ("low", "high"),
    "linspace": ("low", "high"),
}


@dataclass(frozen=True)
class FrontMatter:
    """What the front matter says."""

    title: str = ""
    summary: str = ""
    output: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    inputs: tuple[InputRow, ...] = ()
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Source:
    """The front matter's lines, to find a key's place, and the findings."""

    lines: Sequence[str]
    findings: Findings

    def add(self, key: str, message: str, hint: str = "") -> None:
        line = next((at for at, text in enumerate(self.lines, 1) if text.strip().startswith(key)), 1)
        column = self.lines[line - 1].find(key) + 1
        self.findings.add(line, max(column, 1), message, hint)


def read_front_matter(table: Mapping[str, Any], lines: Sequence[str], findings: Findings) -> FrontMatter:
    """Check the table and return what it says; what is wrong goes to ``findings``."""
    source = _Source(lines, findings)
    for key in table:
        if key not in _KEYS:
            source.add(key, f"there is no key {key}", did_you_mean(key, _KEYS))
    if table.get("format") != FORMAT:
        source.add("format", f"format must be {FORMAT}", "this version reads no other")
    sizes = _sizes(source, table.get("sizes", {}))
    return FrontMatter(
        title=_text(source, table, "title"),
        summary=_text(source, table, "summary"),
        output=_text(source, table, "output"),
        sizes=sizes,
        inputs=_inputs(source, table.get("inputs", {}), sizes),
        references=tuple(map(str, table.get("references", []))),
    )


def _text(source: _Source, table: Mapping[str, Any], key: str) -> str:
    value = table.get(key, "")
    if isinstance(value, str):
        return " ".join(value.split())
    source.add(key, f"{key} must be a text in quotes")
    return ""


def _sizes(source: _Source, table: Any) -> dict[str, int]:
    if not isinstance(table, dict):
        source.add("sizes", "sizes must be a table: [sizes], then N = 4")
        return {}
    sizes = {}
    for name, value in table.items():
        if type(value) is not int or not 1 <= value <= LARGEST_SIZE:
            source.add(name, f"the size {name} must be a whole number from 1 to {LARGEST_SIZE:,}")
        elif _is_name(source, name):
            sizes[name] = value
    return sizes


def _is_name(source: _Source, name: str) -> bool:
    if name.isascii() and name.isidentifier():
        return True
    source.add(name, f"{name} cannot be a name", "use letters, digits and _")
    return False


def _inputs(source: _Source, table: Any, sizes: Mapping[str, int]) -> tuple[InputRow, ...]:
    if not isinstance(table, dict) or not table:
        source.add("inputs", "a lesson needs [inputs], such as x = { shape = [4, 3] }")
        return ()
    rows = [_input(source, name, row, sizes) for name, row in table.items() if _is_name(source, name)]
    return tuple(row for row in rows if row is not None)


def _input(source: _Source, name: str, row: Any, sizes: Mapping[str, int]) -> InputRow | None:
    if not isinstance(row, dict):
        source.add(name, f"the input {name} must be a table: {{ shape = [4, 3] }}")
        return None
    draw = row.get("draw", "" if "value" in row else "normal")
    if draw and draw not in DRAWS:
        source.add(name, f"there is no draw {draw}", did_you_mean(str(draw), DRAWS))
        return None
    allowed = (*_INPUT_KEYS, *_DRAW_KEYS.get(draw, ()))
    for key in row:
        if key not in allowed:
            source.add(name, f"the input {name} has no key {key}", did_you_mean(key, allowed))
    parameters = {key: row[key] for key in _DRAW_KEYS.get(draw, ()) if key in row}
    if not all(type(value) in (int, float) for value in parameters.values()):
        source.add(name, f"the numbers of {name}'s draw must be numbers")
        return None
    shape = _shape(source, name, row.get("shape", []), sizes)
    return InputRow(name, shape, draw, parameters, row.get("value"), bool(row.get("constant", False)))


def _shape(source: _Source, name: str, shape: Any, sizes: Mapping[str, int]) -> tuple[str | int, ...]:
    entries = shape if isinstance(shape, list) else [shape]
    for entry in entries:
        if isinstance(entry, str) and entry not in sizes:
            source.add(name, f"the size {entry} of {name} is not in [sizes]", did_you_mean(entry, sizes))
        elif not isinstance(entry, str) and (type(entry) is not int or not 0 <= entry <= LARGEST_SIZE):
            source.add(name, f"the shape of {name} must hold size names or whole numbers")
    return tuple(entry for entry in entries if isinstance(entry, str | int))
