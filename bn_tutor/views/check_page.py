"""What a check found: each function with its verdict, then for each wrong line what is wrong with it."""

import re
from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len
from rich.text import Text

from bn_tutor.checker.crashes import NO_RETURN
from bn_tutor.checker.report import Crash, FileReport, FunctionReport, Result, Verdict
from bn_tutor.checker.trial import Aspect
from bn_tutor.course.problem import Problem
from bn_tutor.views.check_page_line import Place, accused_lines, compared, head_lines
from bn_tutor.views.check_page_parts import code_lines, said
from bn_tutor.views.look import RIGHT, WRONG, Look
from bn_tutor.views.problem_list import source_of
from bn_tutor.views.wrapping import broken, indented, wrapped

_MARKS = {Verdict.RIGHT: ("✓", RIGHT), Verdict.WRONG: ("✗", WRONG), Verdict.ERROR: ("✗", WRONG)}
# What is told of a function stands beside its name where so much room is left.
BESIDE = 36
MOST_PRINTED = 6
_QUOTED = re.compile(r"'(\w+)'")
_AVERAGES = ("running_mean", "running_var")
_IN_TEST_MODE = f" ({Aspect.TEST})"


def check_lines(report: FileReport, look: Look, *, show_fix: bool, by: str = "--show-fix") -> list[Text]:
    """Return the whole page; ``by`` what a fix is shown that is not yet."""
    lines = _overview(report, look)
    for problem in report.problems:
        lines += _problem(report, problem, look)
    for function in report.functions:
        if function.first_crash and not _same_crash(report, function):
            lines += _crashed(report, function, look)
    for place in places(report):
        lines += [*accused_lines(place, look, show_fix=show_fix, by=by), Text()]
    for function in report.functions:
        lines += _not_accused(report, function, look)
    if report.verdict is not Verdict.RIGHT and report.printed.strip():
        lines += _printed(report.printed, look)
    return cropped([*lines, *_ending(report, look)], look)


def cropped(lines: Sequence[Text], look: Look) -> list[Text]:
    """Return the lines cut at the width: the last guard, for what could not be wrapped."""
    for line in lines:
        line.truncate(look.width)
    return list(lines)


def places(report: FileReport) -> list[Place]:
    """Return the accused lines of a file, counted."""
    pairs = [(function, accused) for function in report.functions for accused in function.accused]
    return [
        Place(report.path, report.lines, function, accused, number, len(pairs))
        for number, (function, accused) in enumerate(pairs, 1)
    ]


# --- every function at a glance -------------------------------------------------------------------------


def _overview(report: FileReport, look: Look) -> list[Text]:
    """Return a few words on each function, beside its name or below it."""
    names = max((cell_len(look.shown(each.name)) for each in report.functions), default=0)
    marks = max(cell_len(look.shown(mark)) for mark, _ in _MARKS.values())
    left = 1 + marks + 1 + names + 3
    lines: list[Text] = []
    for function in report.functions:
        mark, colour = _MARKS[function.verdict]
        head = look.text(f" {look.shown(mark):<{marks}} ", f"bold {colour}")
        head.append(look.shown(function.name), style="bold")
        told = [
            *_told(report, function, look),
            *(look.text(f"note: {note}", "yellow") for note in function.notes),
        ]
        if look.width - left >= BESIDE:
            lines += _beside(head, told, left, look)
        else:
            lines += broken(head, look.width)
            lines += [line for text in told for line in indented(text, look.width, 4)]
    return [*lines, Text()] if lines else []


def _beside(head: Text, told: Sequence[Text], left: int, look: Look) -> list[Text]:
    rows = [line for text in told for line in broken(text, look.width - left - 1)] or [Text()]
    head.append(" " * (left - head.cell_len))
    return [(Text(" " * left) if at else head).append_text(row) for at, row in enumerate(rows)]


def _told(report: FileReport, function: FunctionReport, look: Look) -> list[Text]:
    """Return what came out of a function: what stopped it, what is wrong, and what is right."""
    if first := _same_crash(report, function):
        return [look.text(f"could not be looked at, since {first} stops before it", WRONG)]
    if crash := function.first_crash:
        return [look.text(_stopped(crash), WRONG)]
    told = [look.text(_off(name, result), WRONG) for name, result in _of(function, Verdict.WRONG)]
    if right := _joined([name for name, _ in _of(function, Verdict.RIGHT)]):
        told.append(look.text(f"{right}: right{_batches(function)}", RIGHT))
    return told


def _of(function: FunctionReport, verdict: Verdict) -> Iterator[tuple[str, Result]]:
    """Yield the results with a verdict."""
    yield from ((name, result) for name, result in function.results.items() if result.verdict is verdict)


def _same_crash(report: FileReport, function: FunctionReport) -> str:
    """Return the function before this one that stopped at the same line: a forward pass does so for both."""
    for other in report.functions:
        if other is function:
            break
        if other.first_crash and other.first_crash == function.first_crash and other.first_crash.line:
            return other.name
    return ""


def _stopped(crash: Crash) -> str:
    if crash.type == "NotImplementedError":
        return "not written yet"
    if crash.type == NO_RETURN:
        return "returns nothing"
    where = f" in line {crash.line}" if crash.line else ""
    return f"stops{where}: {crash.type}"


def _off(name: str, result: Result) -> str:
    return f"{result.say} in {Aspect.TEST}" if name.endswith(_IN_TEST_MODE) else result.say


def _joined(names: Sequence[str]) -> str:
    """Return names of results in words; what belongs together is told together."""
    told = []
    for name in names:
        base = name.removesuffix(_IN_TEST_MODE)
        if base == name:
            told.append(f"{name} in both modes" if name + _IN_TEST_MODE in names else name)
        elif base not in names:
            told.append(f"{base} in {Aspect.TEST}")
    if set(_AVERAGES) <= set(told):
        told = [each for each in told if each not in _AVERAGES] + [str(Aspect.RUNNING)]
    return ", ".join(told)


def _batches(function: FunctionReport) -> str:
    count = len({looked.data for looked in function.looked})
    if function.verdict is not Verdict.RIGHT or count < 2:
        return ""
    return f" on {count} batches"


# --- what keeps a file, or a function, from being checked -------------------------------------------------


def _problem(report: FileReport, problem: Problem, look: Look) -> list[Text]:
    """Return a problem at its line, with the hint."""
    lines = head_lines("", problem.path, problem.line, "", look)
    source = report.lines or (source_of(problem.path) if problem.line else [])
    lines += code_lines(source, problem.line, look, column=problem.column)
    lines += [Text()] if len(lines) > 1 else []
    lines += said("problem", problem.message, look, WRONG)
    lines += said("hint", problem.hint, look, "cyan") if problem.hint else []
    return [*lines, Text()]


def _crashed(report: FileReport, function: FunctionReport, look: Look) -> list[Text]:
    crash = function.first_crash
    assert crash is not None
    head = head_lines("", report.path, crash.line, function.name, look)
    named = _QUOTED.search(crash.message)
    code = code_lines(report.lines, crash.line, look, named[1] if named else "", function.line)
    lines = [*head, *code, *([Text()] if code else [])]
    lines += said("stopped", crash.say, look, WRONG)
    if crash.message not in crash.say and crash.type != "NotImplementedError":
        lines += said("Python", f"{crash.type}: {crash.message}", look, "dim")
    return [*lines, Text()]


# --- what is wrong, and no line is accused of it ----------------------------------------------------------


def _not_accused(report: FileReport, function: FunctionReport, look: Look) -> list[Text]:
    """Say why a wrong function has no line accused; show its first wrong result instead."""
    if function.accused or function.verdict is not Verdict.WRONG:
        return []
    lines = wrapped(look.text(function.name, "bold"), look.width, indent=1)
    if before := _builds_on(report, function):
        say = f"Mend {before} first: this one works on what it leaves, and may be right itself."
        return [*lines, *said("why", say, look), Text()]
    wrong = next((each for _, each in _of(function, Verdict.WRONG) if each.given is not None), None)
    if wrong is not None and wrong.given is not None:
        lines += compared(wrong.name, wrong.given, wrong.right, look)
    say = (
        "No single line can be blamed for this. Print each line's value and shape, and compare with the walk."
    )
    return [*lines, *said("why", say, look), Text()]


def _builds_on(report: FileReport, function: FunctionReport) -> str:
    """Return the wrong function that one builds on: of the same name, but for forward and backward."""
    for other in report.functions:
        if other is function:
            return ""
        if _stem(other.name) == _stem(function.name) and other.verdict is not Verdict.RIGHT:
            return other.name
    return ""


def _stem(name: str) -> str:
    return re.sub(r"(forward|fwd|backward|bwd|backprop|__call__).*$", "", name)


# --- the end --------------------------------------------------------------------------------------------


def _printed(printed: str, look: Look) -> list[Text]:
    lines = [line for line in printed.splitlines() if line.strip()][-MOST_PRINTED:]
    return [
        *said("printed", "what the file printed, the last lines:", look, "dim"),
        *_rows(lines, look),
        Text(),
    ]


def _rows(lines: Sequence[str], look: Look) -> list[Text]:
    rows = [look.text(f"   {line.expandtabs()}", "dim") for line in lines]
    for row in rows:
        row.truncate(look.width)
    return rows


def _ending(report: FileReport, look: Look) -> list[Text]:
    """Return the verdict on the file."""
    say, style = _verdict(report)
    return wrapped(look.text(say, f"bold {style}"), look.width, indent=1)


def _verdict(report: FileReport) -> tuple[str, str]:
    right = [each.name for each in report.functions if each.verdict is Verdict.RIGHT]
    if report.verdict is Verdict.RIGHT:
        return (f"✓ {report.path} is right. Well done!", RIGHT)
    if report.verdict is Verdict.ERROR:
        return (f"{report.path} could not be checked{_but(right)}.", WRONG)
    lines = [line for each in report.functions for line in sorted({one.line for one in each.accused})]
    lines = list(dict.fromkeys(lines))
    where = f": {_lines(lines)}" if lines else ""
    return (f"Not right yet{where}{_but(right)}.", WRONG)


def _lines(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"look at line {numbers[0]}"
    return f"look at lines {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def _but(right: Sequence[str]) -> str:
    return f"; {', '.join(right)} {'is' if len(right) == 1 else 'are'} right" if right else ""


def results_right(report: FileReport) -> Mapping[str, set[str]]:
    """Return the names of the right results of each function."""
    return {each.name: {name for name, _ in _of(each, Verdict.RIGHT)} for each in report.functions}
