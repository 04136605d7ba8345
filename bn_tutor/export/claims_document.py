"""The labs, and the claims with their evidence, as JSON."""

import json
from collections.abc import Sequence
from typing import Any

from bn_tutor.labs.claims import Evidence
from bn_tutor.labs.lab import Lab

FORMAT = 1


def labs_json(labs: Sequence[Lab]) -> str:
    """Return one JSON document with every lab, its sizes, and what may come out."""
    return json.dumps({"format": FORMAT, "labs": [_lab(lab) for lab in labs]}, indent=1) + "\n"


def _lab(lab: Lab) -> dict[str, Any]:
    return {
        "name": lab.name,
        "title": lab.title,
        "question": lab.question,
        "about": lab.about,
        "sizes": dict(lab.sizes),
        "quick": dict(lab.quick),
        "predictions": [outcome.predicted for outcome in lab.findings[0].outcomes.values()],
        "claims": [finding.claim for finding in lab.findings],
        "papers": list(lab.papers),
    }


def claims_json(evidence: Sequence[Evidence]) -> str:
    """Return one JSON document with every claim, its verdict, and the run that it rests on."""
    return json.dumps({"format": FORMAT, "claims": [_claim(each) for each in evidence]}, indent=1) + "\n"


def _claim(evidence: Evidence) -> dict[str, Any]:
    report, verdict = evidence.report, evidence.verdict
    run = None
    if report is not None:
        run = {
            "date": report.date,
            "data": report.source,
            "seeds": list(report.seeds),
            "quick": report.is_quick,
            "sizes": dict(report.sizes),
            "rows": str(evidence.path),
        }
    return {
        "claim": evidence.finding.claim,
        "lab": evidence.lab.name,
        "finding": evidence.finding.name,
        "verdict": evidence.word.value,
        "sentences": list(verdict.sentences) if verdict else [],
        "rule": evidence.finding.rule,
        "run": run,
    }
