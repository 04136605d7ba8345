"""What a lesson says about other things than its numbers: lessons it requires, links, names, sections."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

from bn_tutor.course.catalogue import entries
from bn_tutor.course.codes import Code
from bn_tutor.course.heading import heading
from bn_tutor.course.lesson import Lesson, Line, Mistake, Question, When
from bn_tutor.course.parsing import names_in
from bn_tutor.course.problem import Findings, Problem, did_you_mean

# A lesson has some ten links. Each bracket in prose may begin one, and takes a while to be judged.
MOST_BRACKETS = 10_000


def check_surroundings(lesson: Lesson, path: Path) -> tuple[Problem, ...]:
    """Return what is wrong around a lesson, whatever its switches stand at; ``path`` is its file."""
    findings = Findings(lesson.path)
    whole = lesson.everything or lesson
    _check_required(whole, path, findings)
    _check_links(whole, path.parent, findings)
    _check_sections(whole, findings)
    _check_ids(whole, findings)
    _check_use(whole, findings)
    return tuple(findings.problems)


def _check_required(lesson: Lesson, path: Path, findings: Findings) -> None:
    if not lesson.requires:
        return
    known = {entry.name: entry.path for entry in entries()} | _beside(path)
    for name in lesson.requires:
        if findings.full:
            return
        place = lesson.lines_of.get(f"requires.{name}") or lesson.lines_of.get("requires", (0, 0))
        if name not in known:
            hint = did_you_mean(name, known)
            findings.add(*place, Code.UNKNOWN_LESSON, f"there is no lesson {name} to require", hint)
        elif _leads_to(name, lesson.name, known):
            itself = f"{name} cannot require itself"
            message = itself if name == lesson.name else f"{name} requires {lesson.name} in its turn"
            findings.add(*place, Code.CIRCLE, message, "a lesson can only build on earlier ones")


def _beside(path: Path) -> dict[str, Path]:
    """Return the lessons in the folder of the file, which may be no place that lessons come from."""
    files = (each for each in path.parent.glob("*.md") if each.is_file())
    return {each.stem: each for each in files if each.stem.upper() != "README"}


def _leads_to(name: str, wanted: str, known: Mapping[str, Path]) -> bool:
    """Whether a lesson requires another one, directly or through others."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current == wanted:
            return True
        if current in known and current not in seen:
            waiting += heading(known[current]).requires
        seen.add(current)
    return False


def _check_links(lesson: Lesson, folder: Path, findings: Findings) -> None:
    parser, brackets = MarkdownIt("commonmark"), 0
    for written in (each for each in lesson.written if each.linking):
        brackets += written.text.count("[")
        if brackets > MOST_BRACKETS:
            message = f"from here on no link is looked for: there are more than {MOST_BRACKETS:,} brackets"
            findings.add(written.linking[0].line, 1, Code.TOO_LARGE, message, "make two lessons of it")
        if brackets > MOST_BRACKETS or findings.full:
            return
        for target in _targets(written.text, parser):
            if not _exists(folder, target):
                place = _place_of(target, written.linking)
                findings.add(*place, Code.BROKEN_LINK, f"there is no file {target}")


def _targets(text: str, parser: MarkdownIt) -> Iterator[str]:
    """Yield where the links and images of a text lead; what looks like one in code is none."""
    for block in parser.parse(text):
        for token in block.children or ():
            target = token.attrs.get("href") or token.attrs.get("src")
            if target:
                yield str(target)


def _place_of(target: str, lines: Sequence[Line]) -> tuple[int, int]:
    """Return the line and column of a link; a parser may have written it in another way than the author."""
    for line in lines:
        if target in line.text:
            return line.line, line.text.index(target) + 1
    return lines[0].line, 1


def _exists(folder: Path, target: str) -> bool:
    """Whether a link leads to a file; the network is never asked, and a place within a file not."""
    try:
        parts = urlsplit(target)
        if parts.scheme or parts.netloc or not parts.path:
            return True
        return (folder / unquote(parts.path)).exists()
    except (OSError, ValueError):
        return False


def _check_sections(lesson: Lesson, findings: Findings) -> None:
    known = dict.fromkeys([*(line.name for line in lesson.graph), *(row.name for row in lesson.inputs)])
    wrong = {each.line: each.node for each in lesson.written if each.node and each.node not in known}
    for line, name in wrong.items():
        if findings.full:
            return
        message, hint = f"there is no node {name} for this section", did_you_mean(name, known)
        findings.add(line, 1, Code.UNKNOWN_SECTION, message, hint)


def _check_ids(lesson: Lesson, findings: Findings) -> None:
    seen: dict[str, list[When]] = {}
    parts: tuple[Mistake | Question, ...] = (*lesson.mistakes, *lesson.questions)
    for part in parts:
        others = seen.setdefault(part.id, [])
        if any(_can_meet(part.when, other) for other in others):
            findings.add(part.line, 1, Code.SAME_ID, f"the id {part.id} is taken")
        others.append(part.when)


def _can_meet(one: When, other: When) -> bool:
    """Whether there is a variant that both conditions hold for."""
    chosen = dict(one)
    return all(chosen.get(name, label) == label for name, label in other)


def _check_use(lesson: Lesson, findings: Findings) -> None:
    used = {name for line in lesson.graph for name in names_in(line.text)}
    for row in lesson.inputs:
        if row.name not in used and row.name not in lesson.outputs:
            place = lesson.lines_of.get(row.name, (0, 0))
            findings.add(*place, Code.UNUSED_INPUT, f"no line of the graph uses {row.name}")
