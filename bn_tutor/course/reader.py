"""Markdown -> Lesson, or a list of Problems, all of the file's at once."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bn_tutor.course.building import build_graph
from bn_tutor.course.front_matter import FrontMatter, plain_values, read_front_matter
from bn_tutor.course.lesson import Derivation, Lesson, Line, Section
from bn_tutor.course.plain import one_line, plain
from bn_tutor.course.problem import Findings, Problem, did_you_mean

LARGEST_FILE = 1_000_000
BLOCKS = ("graph", "backward", "closed", "derivation")
_ASSIGNMENT = re.compile(r"\s*([A-Za-z_][A-Za-z_0-9]*)\s*=(?!=)\s*")


@dataclass
class _Draft:
    """A lesson while it is read: blocks and prose as they come."""

    findings: Findings
    lines: Sequence[str]
    blocks: dict[str, list[Line]] = field(default_factory=dict)
    derivations: list[Derivation] = field(default_factory=list)
    opening: list[str] = field(default_factory=list)
    quoting: list[Line] = field(default_factory=list)
    headings: dict[str, int] = field(default_factory=dict)
    prose: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    node: str = ""
    direction: str = "forward"


def read_lesson(path: Path, shown: str = "") -> Lesson | tuple[Problem, ...]:
    """Read a lesson file; ``shown`` is its name in problems.

    Only the form is looked at here: whether the formulas mean something is for ``course.loading``.
    """
    findings = Findings(one_line(shown or str(path)))
    text = _text(path, findings)
    if text is None:
        return tuple(findings.problems)
    return parse_lesson(text, path.stem, findings)


def _text(path: Path, findings: Findings) -> str | None:
    try:
        if path.stat().st_size > LARGEST_FILE:
            findings.add(0, 0, f"the file is larger than {LARGEST_FILE:,} bytes")
            return None
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        findings.add(0, 0, f"the file is not UTF-8 text (byte {error.start})")
    except OSError as error:
        findings.add(0, 0, f"the file cannot be read: {error.strerror or error}")
    return None


def parse_lesson(text: str, name: str, findings: Findings) -> Lesson | tuple[Problem, ...]:
    """Read the text of a lesson; problems are collected in ``findings`` and returned."""
    text = plain(text)
    front, body_start = _front(text, findings)
    lines = text.split("\n")
    # The front matter's lines are blanked, so that every offset stays true to the file.
    body = "\n".join([""] * body_start + lines[body_start:])
    draft = _Draft(findings, lines)
    # Prose is kept as Markdown here, so what is within a line need not be looked at.
    _read_body(draft, MarkdownIt("commonmark").disable("inline").parse(body))
    if "graph" not in draft.blocks:
        findings.add(1, 1, "there is no graph block", "write the nodes between ```graph and ```")
    if front is None or not findings.problems:
        return tuple(findings.problems) if front is None else _lesson(draft, front, name)
    if front.whole and draft.blocks.get("graph"):
        # All of a file's problems are told at once, so the graph is looked at in any case.
        built = build_graph(_lesson(draft, front, name), front.sizes)
        findings.problems += built if isinstance(built, tuple) else ()
    return tuple(findings.problems)


def _lesson(draft: _Draft, front: FrontMatter, name: str) -> Lesson:
    return Lesson(
        name=name,
        path=draft.findings.path,
        title=front.title or name,
        summary=front.summary,
        output=front.output or draft.blocks["graph"][-1].name,
        sizes=front.sizes,
        inputs=front.inputs,
        graph=tuple(draft.blocks["graph"]),
        backward=tuple(draft.blocks.get("backward", ())),
        closed=tuple(draft.blocks.get("closed", ())),
        derivations=tuple(draft.derivations),
        opening="\n\n".join(draft.opening),
        sections={node: _section(parts, draft.headings[node]) for node, parts in draft.prose.items()},
        references=front.references,
        quoting=tuple(draft.quoting),
        output_line=front.output_line,
    )


def _section(parts: Mapping[str, list[str]], line: int) -> Section:
    forward, backward = ("\n\n".join(parts.get(direction, ())) for direction in ("forward", "backward"))
    return Section(forward, backward, line)


def _front(text: str, findings: Findings) -> tuple[FrontMatter | None, int]:
    """Read the TOML between the two +++ lines; also return the number of lines it takes."""
    lines = text.split("\n")
    if lines[0].strip() != "+++":
        findings.add(1, 1, "a lesson begins with its front matter between two +++ lines")
        return None, 0
    closing = next((place for place, line in enumerate(lines[1:], 1) if line.strip() == "+++"), None)
    if closing is None:
        findings.add(1, 1, "the front matter is not closed by a second +++ line")
        return None, len(lines)
    source = "\n".join(lines[1:closing])
    try:
        table = plain_values(tomllib.loads(source))
    except (ValueError, RecursionError) as error:  # a ValueError, too, for a number of thousands of digits
        found = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(found[1]) + 1, int(found[2])) if found else (1, 1)
        # Python adds advice for programmers after a semicolon.
        reason = str(error).split(" (at ")[0].split("; use")[0]
        findings.add(line, column, f"the front matter is not TOML: {reason}")
        return None, closing + 1
    return read_front_matter(table, lines[: closing + 1], findings), closing + 1


def _read_body(draft: _Draft, tokens: Sequence[Token]) -> None:
    """Go through the top-level blocks; each is a heading, a fence, or prose kept as its source lines."""
    readers: Mapping[str, Callable[[_Draft, Token, str], None]] = {"heading_open": _heading, "fence": _fence}
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.level or token.map is None:
            continue
        content = following.content if following is not None else ""
        readers.get(token.type, _prose)(draft, token, content)


def _heading(draft: _Draft, token: Token, content: str) -> None:
    title = content.strip().strip("`").strip()
    if token.tag == "h2":
        draft.node, draft.direction = title, "forward"
        if title in draft.prose:
            draft.findings.add(_first_line(token), 1, f"there are two sections for {title}")
        draft.prose.setdefault(title, {})
        draft.headings.setdefault(title, _first_line(token))
    elif token.tag == "h3" and draft.node and title.lower() == "backward":
        draft.direction = "backward"
    elif token.tag != "h1":
        draft.findings.add(
            _first_line(token), 1, f"the heading {title} has no place here", "## node, ### backward"
        )


def _prose(draft: _Draft, token: Token, content: str) -> None:
    first, after = token.map or (0, 0)
    text = "\n".join(draft.lines[first:after]).strip("\n")
    if not draft.node:
        draft.opening.append(text)
    else:
        draft.prose[draft.node].setdefault(draft.direction, []).append(text)
    braced = ((place, draft.lines[place]) for place in range(first, after) if "{" in draft.lines[place])
    draft.quoting += [Line(draft.node, text, place + 1, 1) for place, text in braced]


def _first_line(token: Token) -> int:
    return (token.map or (0, 0))[0] + 1


def _fence(draft: _Draft, token: Token, content: str) -> None:
    words = token.info.split()
    first, after = token.map or (0, 0)
    # The last line may be the first one, which opens the block.
    if after - 1 == first or not _closed(draft.lines[after - 1], token):
        draft.findings.add(first + 1, 1, "this block is not closed", f"end it with {token.markup}")
        return
    if not words or words[0] not in BLOCKS:
        # Any other code is prose: an example that the reader is shown.
        if words and (hint := did_you_mean(words[0], BLOCKS)):
            draft.findings.add(first + 1, 1, f"there is no block {words[0]}", hint)
        _prose(draft, token, content)
        return
    _block(draft, words[0], first + 1, after - 1)


def _block(draft: _Draft, block: str, first: int, after: int) -> None:
    """Keep the lines of a block; it is opened on the line ``first``, counted from 1."""
    before = len(draft.findings.problems)
    lines = list(_block_lines(draft, block, first, after))
    if block == "derivation":
        draft.derivations.append(Derivation(draft.node, tuple(lines), draft.direction))
    elif block in draft.blocks:
        draft.findings.add(first, 1, f"there are two {block} blocks")
    else:
        draft.blocks[block] = lines
    if block == "graph" and not lines and len(draft.findings.problems) == before:
        draft.findings.add(first, 1, "this graph block has no node", "write one a line, as in y = 2 * x")


def _closed(last: str, token: Token) -> bool:
    mark = last.strip().lstrip(">").strip()
    return len(mark) >= len(token.markup) and set(mark) == {token.markup[0]}


def _block_lines(draft: _Draft, block: str, first: int, after: int) -> Iterator[Line]:
    """Read ``name = text  # caption``, one a line; in a derivation there are no names."""
    for place in range(first, after):
        source, _, caption = draft.lines[place].partition("#")
        if not source.strip():
            continue
        found = _ASSIGNMENT.match(source) if block != "derivation" else re.match(r"\s*()", source)
        if found is None:
            column = len(source) - len(source.lstrip()) + 1
            draft.findings.add(place + 1, column, "this line is not of the form name = formula")
            continue
        text = source[found.end() :].rstrip()
        yield Line(found[1], text, place + 1, found.end() + 1, caption.strip(), found.start(1) + 1)
