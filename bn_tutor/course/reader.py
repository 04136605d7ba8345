"""Markdown -> Lesson, or a list of Problems, all of the file's at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bn_tutor.course.building import build_graph
from bn_tutor.course.codes import Code
from bn_tutor.course.front_matter import FrontMatter, read_front_matter
from bn_tutor.course.key_places import Source
from bn_tutor.course.lesson import Derivation, Lesson, Line, Mistake, Question, When, Written
from bn_tutor.course.plain import one_line, plain
from bn_tutor.course.problem import Findings, Problem, SlipError, did_you_mean
from bn_tutor.course.switch_rows import read_when, unknown_when
from bn_tutor.course.toml_blocks import ASSIGNMENT, Block, read_mistake, read_question, toml_table
from bn_tutor.course.variants import choose, variants

# A lesson has some hundred lines, 25 kB at most. These bounds keep whatever a file holds from taking long.
LARGEST_FILE = 250_000
MOST_LINES = 10_000
LONGEST_LINE = 8_000
MOST_EXERCISES = 100

BLOCKS = ("graph", "backward", "closed", "derivation", "mistake", "question")


@dataclass
class _Draft:
    """A lesson while it is read: blocks and prose as they come."""

    findings: Findings
    lines: Sequence[str]
    front: FrontMatter
    blocks: dict[str, list[Line]] = field(default_factory=dict)
    derivations: list[Derivation] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    titles: set[tuple[str, When]] = field(default_factory=set)
    # Where the next prose belongs: a node (none for the opening), a direction, and the choices it is for.
    node: str = ""
    direction: str = "forward"
    node_when: When = ()
    when: When = ()
    line: int = 0


def read_lesson(path: Path, shown: str = "") -> Lesson | tuple[Problem, ...]:
    """Read a lesson file; ``shown`` is its name in problems.

    Only the form is looked at here: whether the formulas mean something is for ``course.loading``.
    """
    lesson, problems = read_whole(path, shown)
    return lesson if lesson is not None and not problems else problems


def read_whole(path: Path, shown: str = "") -> tuple[Lesson | None, tuple[Problem, ...]]:
    """Read a lesson file as ``read_lesson`` does; return also what could be made of one with problems."""
    findings = Findings(one_line(shown or str(path)))
    text = _text(path, findings)
    lesson = _parsed(text, path.stem, findings, path.parent) if text is not None else None
    return lesson, tuple(findings.problems)


def _text(path: Path, findings: Findings) -> str | None:
    try:
        content = _content(path)
    except (OSError, ValueError) as error:  # a ValueError for a path that no file can have
        reason = getattr(error, "strerror", None) or str(error)
        findings.add(0, 0, Code.UNREADABLE, f"the file cannot be read: {reason}")
        return None
    if len(content) > LARGEST_FILE:
        findings.add(0, 0, Code.UNREADABLE, f"the file is larger than {LARGEST_FILE:,} bytes")
        return None
    try:
        return content.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = plain(content[: error.start].decode("utf-8-sig", "ignore")).split("\n")
        message = f"the file is not UTF-8 text: byte {error.start + 1} begins no character"
        findings.add(len(before), len(before[-1]) + 1, Code.NOT_UTF8, message, "save it as UTF-8")
    return None


def _content(path: Path) -> bytes:
    """Return a file's bytes, at most one more than LARGEST_FILE. Raises OSError, ValueError."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(0, "it is no regular file")  # a pipe would be waited for, for ever
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def parse_lesson(
    text: str, name: str, findings: Findings, folder: Path | None = None
) -> Lesson | tuple[Problem, ...]:
    """Read the text of a lesson; problems are collected in ``findings`` and returned.

    CSV files that it names are looked for in ``folder``.
    """
    lesson = _parsed(text, name, findings, folder)
    return lesson if lesson is not None and not findings.problems else tuple(findings.problems)


def _parsed(text: str, name: str, findings: Findings, folder: Path | None) -> Lesson | None:
    """Return what can be made of the text, None where that is no lesson at all; findings hold the rest."""
    text = plain(text)
    lines = text.split("\n")
    if _is_too_long(lines, findings):
        return None
    front, body_start = _front(text, findings, folder)
    # The front matter's lines are blanked, so that every offset stays true to the file.
    body = "\n".join([""] * body_start + lines[body_start:])
    draft = _Draft(findings, lines, front or FrontMatter(whole=False))
    # Prose is kept as Markdown here, so what is within a line need not be looked at.
    _read_body(draft, MarkdownIt("commonmark").disable("inline").parse(body))
    if "graph" not in draft.blocks and body_start < len(lines):
        hint = "write the nodes between ```graph and ```"
        findings.add(1, 1, Code.NO_GRAPH, "there is no graph block", hint)
    if not draft.front.whole or not draft.blocks.get("graph"):
        return None
    if any(problem.code is Code.UNKNOWN_SWITCH for problem in findings.problems):
        return None  # which lines belong together is not known
    lesson = _lesson(draft, name)
    for variant in variants(lesson) if findings.problems else ():
        # All of a file's problems are told at once, so the graphs are looked at in any case.
        built = build_graph(variant, lesson.sizes)
        known = {(problem.line, problem.column) for problem in findings.problems}
        new = built if isinstance(built, tuple) else ()
        findings.problems += [each for each in new if (each.line, each.column) not in known]
    return lesson


def _is_too_long(lines: Sequence[str], findings: Findings) -> bool:
    long = next((place for place, line in enumerate(lines, 1) if len(line) > LONGEST_LINE), 0)
    if long:
        message = f"the line has {len(lines[long - 1]):,} characters, {LONGEST_LINE:,} are allowed"
        findings.add(long, LONGEST_LINE + 1, Code.TOO_LARGE, message)
    elif len(lines) > MOST_LINES:
        message = f"the file has {len(lines):,} lines, {MOST_LINES:,} are allowed"
        findings.add(MOST_LINES + 1, 1, Code.TOO_LARGE, message)
    return bool(findings.problems)


def _lesson(draft: _Draft, name: str) -> Lesson:
    front = draft.front
    whole = Lesson(
        name=name,
        path=draft.findings.path,
        title=front.title or name,
        summary=front.summary,
        outputs=front.outputs or (draft.blocks["graph"][-1].name,),
        sizes=front.sizes,
        inputs=front.inputs,
        graph=tuple(draft.blocks["graph"]),
        backward=tuple(draft.blocks.get("backward", ())),
        closed=tuple(draft.blocks.get("closed", ())),
        derivations=tuple(draft.derivations),
        mistakes=tuple(draft.mistakes),
        questions=tuple(draft.questions),
        references=front.references,
        requires=front.requires,
        switches=front.switches,
        written=tuple(draft.written),
        lines_of=front.lines_of,
    )
    return choose(whole)


def _front(text: str, findings: Findings, folder: Path | None) -> tuple[FrontMatter | None, int]:
    """Read the TOML between the two +++ lines; also return the number of lines it takes."""
    lines = text.split("\n")
    if lines[0].strip() != "+++":
        message = "a lesson begins with its front matter between two +++ lines"
        findings.add(1, 1, Code.NO_FRONT_MATTER, message)
        return None, 0
    closing = next((place for place, line in enumerate(lines[1:], 1) if line.strip() == "+++"), None)
    if closing is None:
        message = "the front matter is not closed by a second +++ line"
        findings.add(1, 1, Code.NO_FRONT_MATTER, message)
        return None, len(lines)
    table = toml_table(Source(lines[1:closing], findings, 1))
    if table is None:
        return None, closing + 1
    return read_front_matter(table, lines[: closing + 1], findings, folder), closing + 1


def _read_body(draft: _Draft, tokens: Sequence[Token]) -> None:
    """Go through the top-level blocks; each is a heading, a fence, or prose kept as its source lines."""
    readers: Mapping[str, Callable[[_Draft, Token, str], None]] = {"heading_open": _heading, "fence": _fence}
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.level or token.map is None:
            continue
        content = following.content if following is not None else ""
        readers.get(token.type, _prose)(draft, token, content)


def _heading(draft: _Draft, token: Token, content: str) -> None:
    line = _first_line(token)
    title, condition, choices = content.partition(" when ")
    title = title.strip().strip("`").strip()
    if token.tag == "h2":
        draft.node, draft.direction, draft.line = title, "forward", line
        draft.node_when = draft.when = _when(draft, choices, line) if condition else ()
        if (title, draft.when) in draft.titles:
            draft.findings.add(line, 1, Code.SECOND_SECTION, f"there are two sections for {title}")
        draft.titles.add((title, draft.when))
        draft.written.append(Written(title, "forward", "", line, draft.when))
    elif token.tag == "h3" and draft.node and title.lower() == "backward":
        draft.direction = "backward"
        draft.when = draft.node_when + (_when(draft, choices, line) if condition else ())
    elif token.tag != "h1":
        message, hint = f"the heading {title} has no place here", "## node, ### backward"
        draft.findings.add(line, 1, Code.MISPLACED_HEADING, message, hint)


def _when(draft: _Draft, text: str, line: int) -> When:
    """Read a condition; one that cannot hold is reported at its line, and taken for none."""
    try:
        when = read_when(text.strip().strip("`"))
        slip = unknown_when(when, draft.front.switches) if draft.front.whole else None
    except SlipError as error:
        when, slip = (), error
    if slip is not None:
        column = max(draft.lines[line - 1].find(" when ") + 2, 1)
        draft.findings.add(line, column, slip.code, slip.message, slip.hint)
    return when


def _prose(draft: _Draft, token: Token, content: str) -> None:
    first, after = token.map or (0, 0)
    text = "\n".join(draft.lines[first:after]).strip("\n")
    numbered = [Line(draft.node, draft.lines[place], place + 1, 1) for place in range(first, after)]
    quoting = tuple(line for line in numbered if "{" in line.text)
    linking = tuple(line for line in numbered if "](" in line.text)
    where = (draft.node, draft.direction, text, draft.line, draft.when)
    draft.written.append(Written(*where, quoting, linking))


def _first_line(token: Token) -> int:
    return (token.map or (0, 0))[0] + 1


def _fence(draft: _Draft, token: Token, content: str) -> None:
    words = token.info.split()
    first, after = token.map or (0, 0)
    # The last line may be the first one, which opens the block.
    if after - 1 == first or not _closed(draft.lines[after - 1], token):
        hint = f"end it with {token.markup}"
        draft.findings.add(first + 1, 1, Code.UNCLOSED_BLOCK, "this block is not closed", hint)
        return
    if not words or words[0] not in BLOCKS:
        # Any other code is prose: an example that the reader is shown.
        if words and (hint := did_you_mean(words[0], BLOCKS)):
            draft.findings.add(first + 1, 1, Code.UNKNOWN_BLOCK, f"there is no block {words[0]}", hint)
        _prose(draft, token, content)
        return
    _, condition, choices = f" {token.info} ".partition(" when ")
    if len(words) > 1 and words[1] != "when":
        message, hint = f"after {words[0]} stands nothing, or a condition", "when mode = train"
        column = draft.lines[first].find(words[1], len(token.markup)) + 1
        draft.findings.add(first + 1, column, Code.UNKNOWN_SWITCH, message, hint)
    when = _when(draft, choices, first + 1) if condition else ()
    _read_block(draft, words[0], first + 1, after - 1, draft.when + when)


def _read_block(draft: _Draft, block: str, first: int, after: int, when: When) -> None:
    """Keep what a block says; it is opened on the line ``first``, counted from 1."""
    if block in ("mistake", "question"):
        source = Source(draft.lines[first:after], draft.findings, first)
        _read_table(draft, block, Block(source, draft.node, first, when))
        return
    before = len(draft.findings.problems)
    if any(draft.lines[place].lstrip().startswith(("```", "~~~")) for place in range(first, after)):
        # The next block was opened before this one was closed, and so closed this one.
        draft.findings.add(first, 1, Code.UNCLOSED_BLOCK, "this block is not closed", "end it with ```")
        return
    lines = [replace(line, when=when) for line in _block_lines(draft, block, first, after)]
    if block == "derivation":
        draft.derivations.append(Derivation(draft.node, tuple(lines), draft.direction, when))
        return
    draft.blocks.setdefault(block, []).extend(lines)
    if block == "graph" and not lines and len(draft.findings.problems) == before:
        hint = "write one a line, as in y = 2 * x"
        draft.findings.add(first, 1, Code.NO_GRAPH, "this graph block has no node", hint)


def _read_table(draft: _Draft, block: str, toml: Block) -> None:
    if len(draft.mistakes if block == "mistake" else draft.questions) >= MOST_EXERCISES:
        message = f"a lesson has at most {MOST_EXERCISES} {block}s"
        draft.findings.add(toml.line, 1, Code.TOO_LARGE, message)
        return
    found = read_mistake(toml) if block == "mistake" else read_question(toml)
    if isinstance(found, Mistake):
        draft.mistakes.append(found)
    elif isinstance(found, Question):
        draft.questions.append(found)


def _closed(last: str, token: Token) -> bool:
    mark = last.strip().lstrip(">").strip()
    return len(mark) >= len(token.markup) and set(mark) == {token.markup[0]}


def _block_lines(draft: _Draft, block: str, first: int, after: int) -> Iterator[Line]:
    """Read ``name = text  # caption``, one a line; in a derivation there are no names."""
    for place in range(first, after):
        source, _, caption = draft.lines[place].partition("#")
        if not source.strip():
            continue
        indent = len(source) - len(source.lstrip())
        found = ASSIGNMENT.match(source)
        if block == "derivation":
            yield Line("", source.strip(), place + 1, indent + 1, caption.strip())
        elif found is None:
            message = "this line is not of the form name = formula"
            draft.findings.add(place + 1, indent + 1, Code.NOT_A_LINE, message)
        else:
            text = source[found.end() :].rstrip()
            yield Line(found[1], text, place + 1, found.end() + 1, caption.strip(), found.start(1) + 1)
