"""A run of a lab for other programs: one JSON document, or its rows as CSV."""

import csv
import io
import json
from typing import Any

from bn_tutor.labs.lab import Verdict
from bn_tutor.labs.panels import series_of
from bn_tutor.labs.records import record_document, written
from bn_tutor.labs.report import Report
from bn_tutor.labs.rows import Spread


def lab_json(report: Report) -> str:
    """Return one JSON document: the run with all its rows, its panels over the seeds, and its verdicts."""
    lab = report.lab
    document = {
        **record_document(report),
        "question": lab.question,
        "papers": list(lab.papers),
        "stopped": report.is_stopped,
        "predicted": report.predicted or None,
        "verdicts": [_verdict(each) for each in report.verdicts],
        "panels": [_panel(at, report) for at in range(len(lab.panels))],
    }
    return json.dumps(document, indent=1) + "\n"


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "finding": verdict.finding.name,
        "claim": verdict.finding.claim,
        "verdict": verdict.word.value,
        "outcome": verdict.outcome or None,
        "seeds": dict(verdict.votes),
        "sentences": list(verdict.sentences),
        "rule": verdict.finding.rule,
    }


def _panel(at: int, report: Report) -> dict[str, Any]:
    panel = report.lab.panels[at]
    lines = [
        {
            panel.by: series.name,
            "points": [{panel.across: written(place), **_spread(each)} for place, each in series.points],
        }
        for series in series_of(panel, report.whole)
    ]
    return {"title": panel.title, "value": panel.value, "lines": lines}


def _spread(values: Spread) -> dict[str, Any]:
    named = {"median": values.middle, "lowest": values.low, "highest": values.high}
    return {name: written(value) for name, value in named.items()}


def lab_csv(report: Report) -> str:
    """Return every row, also those of seeds that were not run to their end; a column for each name.

    What is no number, such as nan, is an empty cell.
    """
    names = list(dict.fromkeys(name for row in report.rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, ["lab", "data", *names], lineterminator="\n")
    writer.writeheader()
    for row in report.rows:
        values = {name: written(value) for name, value in row.items()}
        writer.writerow({"lab": report.lab.name, "data": report.source, **values})
    return text.getvalue()
