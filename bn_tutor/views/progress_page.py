"""A learner's progress on one page: streaks, each lesson's graph as a map of what is known, habits, dates.

Nothing on it is told by colour alone: each cell of the map has a sign and a number, too.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from rich.text import Text

from bn_tutor.practice.progress import Habit, Mastery, Streak
from bn_tutor.practice.report import LessonProgress, Report
from bn_tutor.practice.schedule import Review
from bn_tutor.views.days import day_text
from bn_tutor.views.grid import Row, grid_lines
from bn_tutor.views.look import FAINT, RIGHT, WRONG, Look
from bn_tutor.views.wrapping import wrapped

# From which share on a node has which sign, in which colour.
LEVELS: Sequence[tuple[float, str, str]] = ((0.8, "●", RIGHT), (0.5, "◉", "yellow"), (0.0, "○", WRONG))
NOT_ASKED = "-"
LEGEND = "right at the first try: ● 80 % and more  ◉ 50 % and more  ○ less  - not asked"
GAP = 3
MOST_HABITS = 12
MOST_DAYS = 4
USUAL_LESSON = "batchnorm"


def progress_lines(
    report: Report,
    look: Look,
    titles: Mapping[str, str] | None = None,
    lessons: Sequence[str] = (),
) -> list[Text]:
    """Return the page; where there is nothing to tell, how to begin with these ``lessons``.

    ``titles`` says in words what the ids of mistakes mean, as far as it is known.
    """
    if not report.times:
        return _beginning(lessons or [USUAL_LESSON], look)
    parts = [_streaks(report, look), _map(report.lessons, look), _habits(report, titles or {}, look)]
    parts.append(_dates(report, look))
    return [line for at, part in enumerate(filter(None, parts)) for line in ([Text()] if at else []) + part]


def _beginning(lessons: Sequence[str], look: Look) -> list[Text]:
    parts = [look.text("No answer is kept yet. Begin with:"), look.text("  bn-tutor quiz", "cyan")]
    for lesson in lessons:
        parts[1].append(look.shown(f" {lesson}"), style="cyan")
    return [line for part in parts for line in wrapped(part, look.width, hanging=2)]


# --- streaks ----------------------------------------------------------------------------------------------


def _streaks(report: Report, look: Look) -> list[Text]:
    lines = [_row("Days with practice", report.days, "", look)]
    lines.append(_row("Right at the first try", report.right, f" of {report.times:,}", look))
    if report.skipped:
        lines[-1].append(f"; {report.skipped:,} skipped")
    return [part for line in lines for part in wrapped(line, look.width, hanging=2)]


def _row(name: str, streak: Streak, of_all: str, look: Look) -> Text:
    line = look.text(f"{name}: ", "bold").append(f"{streak.total:,}", style="bold cyan").append(of_all)
    # A row of one is none.
    return line.append(f"; {streak.now} in a row now, {streak.longest} at best" if streak.longest > 1 else "")


# --- what is known ----------------------------------------------------------------------------------------


def _map(lessons: Sequence[LessonProgress], look: Look) -> list[Text]:
    lines = _heading("What you know", look) if lessons else []
    for lesson in lessons:
        lines += wrapped(_headline(lesson, look), look.width, hanging=2)
        lines += _cells(lesson.nodes, look)
    has_signs = lessons and not look.plain
    return lines + (wrapped(look.text(LEGEND, FAINT), look.width, hanging=2) if has_signs else [])


def _headline(lesson: LessonProgress, look: Look) -> Text:
    known = lesson.mastery
    times = f", asked {_counted(known.times, 'time')}" if known.times > known.questions else ""
    said = f"  {_percent(known)} right at the first try; {_counted(known.questions, 'question')}{times}"
    return look.text(lesson.lesson, "bold cyan").append(look.shown(said))


def _cells(nodes: Mapping[str, Mastery | None], look: Look) -> list[Text]:
    """Return the nodes in order, as many on a line as there is room for; in plain output one a line."""
    cells = [_cell(name, known, look) for name, known in nodes.items()]
    widest = max((cell.cell_len for cell in cells), default=0)
    columns = 1 if look.plain else max((look.width - 2 + GAP) // (widest + GAP), 1)
    lines = []
    for first in range(0, len(cells), columns):
        line = Text("  ", no_wrap=True)
        for cell in cells[first : first + columns]:
            line.append_text(cell).append(" " * (widest - cell.cell_len + GAP))
        line.rstrip()
        lines += wrapped(line, look.width, hanging=4) if line.cell_len > look.width else [line]
    return lines


def _cell(name: str, known: Mastery | None, look: Look) -> Text:
    if known is None:
        return look.text(f"{name}: not asked" if look.plain else f"{NOT_ASKED} {name}", FAINT)
    sign, colour = next((sign, colour) for least, sign, colour in LEVELS if known.share >= least)
    line = look.text(f"{name}: " if look.plain else f"{sign} {name} ")
    line.stylize(f"bold {colour}", 0, 0 if look.plain else 1)
    return line.append(_percent(known), style=colour)


def _heading(text: str, look: Look) -> list[Text]:
    return wrapped(look.text(text, "bold"), look.width)


def _percent(known: Mastery) -> str:
    return f"{100 * known.share:.0f} %"


# --- habits -----------------------------------------------------------------------------------------------


def _habits(report: Report, titles: Mapping[str, str], look: Look) -> list[Text]:
    if not report.habits:
        return []
    rows = [_habit_row(habit, report.today, titles, look) for habit in report.habits[:MOST_HABITS]]
    (lines,) = grid_lines([rows], look)
    more = len(report.habits) - len(rows)
    rest = [look.text(f"and {more} more: --json has all of them", FAINT)] if more else []
    return [
        look.text("Habits", "bold"),
        *lines,
        *(part for line in rest for part in wrapped(line, look.width)),
    ]


def _habit_row(habit: Habit, today: date, titles: Mapping[str, str], look: Look) -> Row:
    times = f"{habit.times}× in {_counted(habit.questions, 'question')}"
    last = f"last {day_text(habit.last, today)}"
    note = f"gone for {habit.chances} chances" if habit.is_gone else last
    title = titles.get(habit.mistake) or habit.mistake.replace("-", " ")
    name = look.text(title, FAINT if habit.is_gone else "bold")
    return Row(name, ": ", look.text(times), Text(), look.text(note, RIGHT if habit.is_gone else FAINT))


# --- dates ------------------------------------------------------------------------------------------------


def _dates(report: Report, look: Look) -> list[Text]:
    now = _now_due(report.due)
    days = sorted(report.coming.items())[:MOST_DAYS]
    coming = "; ".join(f"{count} {day_text(day, report.today)}" for day, count in days)
    more = "; more later" if len(report.coming) > len(days) else ""
    lines = [look.text(now, "bold" if report.due else "")]
    if report.due:
        lines.append(look.text("  bn-tutor quiz --due", "cyan"))
    if coming:
        lines.append(look.text(f"{'Then' if report.due else 'Come back for'} {coming}{more}."))
    return [*_heading("Review", look), *(part for each in lines for part in wrapped(each, look.width, 2))]


def _now_due(found: Sequence[Review]) -> str:
    lessons: dict[str, int] = {}
    for review in found:
        lessons[review.item.lesson] = lessons.get(review.item.lesson, 0) + 1
    if not lessons:
        return "Nothing is due today."
    verb = "is" if len(found) == 1 else "are"
    parts = ", ".join(f"{lesson} {count}" for lesson, count in lessons.items())
    return f"{_counted(len(found), 'question')} {verb} due: {parts}."


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count:,} {word}s"
