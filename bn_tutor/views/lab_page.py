"""The pages of a lab: its question with what may be predicted, and what the run came to."""

from collections.abc import Callable, Sequence

from rich.text import Text

from bn_tutor.labs.lab import LEAST_SEEDS, Lab, Panel, Verdict, Word, usual_sizes
from bn_tutor.labs.panels import Series, series_of
from bn_tutor.labs.report import Report
from bn_tutor.views.lab_table import table_lines
from bn_tutor.views.look import FAINT, RIGHT, WRONG, Look
from bn_tutor.views.wrapping import broken, moved, wrapped

# How a panel is drawn above its table, where that is possible.
Plot = Callable[[Panel, Sequence[Series], Look], list[Text]]
LABEL = 9
# In a window that is narrower, labels would leave too little for the text.
NARROW = 50
STYLES = {Word.HOLDS: RIGHT, Word.FAILS: WRONG, Word.PARTLY: "yellow", Word.UNDECIDED: "yellow"}
SIGNS = {Word.HOLDS: "✓", Word.FAILS: "✗"}


def question_lines(lab: Lab, look: Look) -> list[Text]:
    """Return what the lab asks, and what is done to find out."""
    head = look.text("lab ").append(look.shown(lab.name), "bold").append(look.shown(f"   {lab.title}"))
    parts = [head, look.text(lab.question), look.text(lab.about, FAINT)]
    return [line for part in parts for line in [*wrapped(part, look.width - 1, indent=1), Text()]]


def choice_lines(lab: Lab, look: Look) -> list[Text]:
    """Return what may be predicted, numbered from 1."""
    outcomes = lab.findings[0].choices.values()
    lines = wrapped(look.text("What do you expect?"), look.width - 1, indent=1)
    for number, outcome in enumerate(outcomes, 1):
        choice = look.text(f"{number}  ", "bold").append(look.shown(outcome.predicted))
        lines += wrapped(choice, look.width - 1, hanging=3, indent=3)
    return lines


def report_lines(report: Report, look: Look, plot: Plot | None) -> list[Text]:
    """Return the page of a run: what it was run on, each panel, each verdict, and what to read."""
    lines = [*_facts(report, look), Text()]
    for panel in report.lab.panels:
        lines += _panel(panel, report, look, plot)
    for verdict in report.verdicts:
        lines += [*_verdict(verdict, look), Text()]
    lines += _prediction(report, look)
    for at, paper in enumerate(report.lab.papers):
        lines += _labelled("" if at else "read", look.text(paper), look)
    walk = "    --walk shows one of its steps" if report.lab.has_images else ""
    return lines + _labelled("again", look.text(again_text(report) + walk, FAINT), look)


def again_text(report: Report) -> str:
    """Return the command that runs the same with other seeds."""
    usual = usual_sizes(report.lab, is_quick=report.is_quick)
    sizes = [f"--size {name}={size}" for name, size in report.sizes.items() if size != usual[name]]
    count = [f"--seeds {len(report.seeds)}"] if len(report.seeds) != LEAST_SEEDS else []
    data = ["--data synthetic"] if report.source == "synthetic" else []
    words = ["--quick"] * report.is_quick + data + sizes + count
    return " ".join(["bn-tutor lab", report.lab.name, f"--seed {max(report.seeds, default=0) + 1}", *words])


def _labelled(label: str, text: Text, look: Look) -> list[Text]:
    """Return a text behind its label; for a screen reader, and in a narrow window, all from the left."""
    if look.plain or look.width < NARROW:
        return wrapped(look.text(f"{label}: " if label else "").append_text(text), look.width)
    first = look.text(f" {label}".ljust(LABEL + 1), "bold")
    lines = broken(text, look.width - LABEL - 2)
    return [first.append_text(lines[0]), *(moved(line, LABEL + 1) for line in lines[1:])]


def _facts(report: Report, look: Look) -> list[Text]:
    data = _labelled("data", look.text(report.said), look) if report.lab.has_images else []
    return [*data, *_labelled("run", look.text(report.facts), look)]


def _panel(panel: Panel, report: Report, look: Look, plot: Plot | None) -> list[Text]:
    series = series_of(panel, report.shown)
    if not series:
        return []
    count = len(report.shown.by_seed())
    title = look.text(panel.title, "bold").append(
        look.shown(f"   median of {count} seeds, and their range" if count > 1 else ""), FAINT
    )
    drawn = plot(panel, series, look) if plot else []
    return [*wrapped(title, look.width - 1, indent=1), *drawn, *table_lines(panel, series, look), Text()]


def verdict_words(word: Word, look: Look) -> Text:
    """Return a claim's fate in a word, with a sign where it is settled."""
    return look.text(f"{SIGNS[word]} {word}" if word in SIGNS else word, verdict_style(word))


def verdict_style(word: Word) -> str:
    """Return the colour of a claim's fate."""
    return STYLES.get(word, FAINT)


def _verdict(verdict: Verdict, look: Look) -> list[Text]:
    claim = look.text(f"“{verdict.finding.claim}”: ").append_text(verdict_words(verdict.word, look))
    lines = _labelled("verdict", claim, look)
    for sentence in verdict.sentences:
        lines += _labelled("", look.text(sentence), look)
    return lines + _labelled("", look.text(f"The rule: {verdict.finding.rule}", FAINT), look)


def _prediction(report: Report, look: Look) -> list[Text]:
    """Say whether the prediction came true, where there was one."""
    predicted, first = report.prediction, report.verdicts[0]
    if predicted is None:
        return []
    told = look.text(f"{predicted.predicted}. ")
    if first.outcome == report.predicted:
        told.append(look.shown("The run shows it too."), RIGHT)
    elif first.outcome:
        shown = first.finding.outcomes[first.outcome].predicted
        told.append(look.shown(f"The run shows: {shown}."), "yellow")
    else:
        told.append(look.shown("The run does not decide it."))
    return [*_labelled("expected", told, look), Text()]
