"""What is said of batch norm, and what the last runs say to it."""

from dataclasses import dataclass
from pathlib import Path

from bn_tutor.labs.lab import Finding, Lab, Verdict, Word
from bn_tutor.labs.report import Report


@dataclass(frozen=True)
class Evidence:
    """A claim, with its verdict and the run that it rests on; neither where its lab was not run yet.

    ``path`` is where the rows of the run are kept.
    """

    lab: Lab
    finding: Finding
    verdict: Verdict | None
    report: Report | None
    path: Path

    @property
    def word(self) -> Word:
        """What becomes of the claim."""
        return self.verdict.word if self.verdict else Word.NOT_RUN


def evidence_of(lab: Lab, report: Report | None, path: Path) -> tuple[Evidence, ...]:
    """Return the evidence on each claim of a lab."""
    if report is None:
        return tuple(Evidence(lab, finding, None, None, path) for finding in lab.findings)
    return tuple(Evidence(lab, verdict.finding, verdict, report, path) for verdict in report.verdicts)
