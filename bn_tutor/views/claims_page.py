"""Every claim, what the last runs say to it, and where the evidence lies."""

from collections.abc import Sequence
from itertools import groupby

from rich.text import Text

from bn_tutor.labs.claims import Evidence
from bn_tutor.labs.lab import Word, usual_sizes
from bn_tutor.labs.report import seeds_text
from bn_tutor.views.lab_page import again_text, verdict_style, verdict_words
from bn_tutor.views.look import FAINT, Look
from bn_tutor.views.wrapping import wrapped


def claims_lines(evidence: Sequence[Evidence], look: Look) -> list[Text]:
    """Return the page, lab by lab."""
    lines: list[Text] = []
    for _, group in groupby(evidence, key=lambda each: each.lab.name):
        lines += [*_of_lab(list(group), look), Text()]
    lines += wrapped(_summary(evidence, look), look.width - 1, indent=1)
    if any(each.report for each in evidence):
        rows = f"The rows of these runs, one file a lab: {evidence[0].path.parent}"
        lines += wrapped(look.text(rows, FAINT), look.width - 1, indent=1)
    return lines


def _of_lab(evidence: Sequence[Evidence], look: Look) -> list[Text]:
    lines = wrapped(_origin(evidence[0], look), look.width - 1, hanging=2, indent=1)
    for each in evidence:
        claim = look.text(f"“{each.finding.claim}”: ").append_text(verdict_words(each.word, look))
        lines += wrapped(claim, look.width - 1, hanging=2, indent=3)
        for sentence in each.verdict.sentences if each.verdict else ():
            lines += wrapped(look.text(sentence, FAINT), look.width - 1, indent=5)
    return lines


def _origin(evidence: Evidence, look: Look) -> Text:
    """Say which run the claims of a lab rest on, or how to run it."""
    head = look.text(evidence.lab.name, "bold cyan")
    report = evidence.report
    if report is None:
        return head.append(look.shown(f"   bn-tutor lab {evidence.lab.name}"), FAINT)
    usual = usual_sizes(report.lab, is_quick=report.is_quick)
    changed = "".join(f", {name} {size}" for name, size in report.sizes.items() if size != usual[name])
    quick = ", quick" if report.is_quick else ""
    data = f", {report.source}" if report.lab.has_images else ""
    run = f"{report.date}{data}, {seeds_text(report.seeds)}{quick}{changed}"
    return head.append(look.shown(f"   {run}; with other seeds: {again_text(report)}"), FAINT)


def _summary(evidence: Sequence[Evidence], look: Look) -> Text:
    counts = [(word, sum(each.word is word for each in evidence)) for word in Word]
    text = look.text(f"{len(evidence)} claims. ")
    for at, (word, count) in enumerate((word, count) for word, count in counts if count):
        text.append(", " if at else "").append_text(look.text(f"{word}: {count}", verdict_style(word)))
    return text
