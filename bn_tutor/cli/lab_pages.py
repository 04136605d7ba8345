"""``bn-tutor lab list`` and ``bn-tutor lab claims``."""

import sys
from pathlib import Path

from bn_tutor.cli.output import console_for, show, tell, until_reader_leaves
from bn_tutor.course.plain import one_line
from bn_tutor.course.state_folder import state_folder
from bn_tutor.export.claims_document import claims_json, labs_json
from bn_tutor.labs.catalogue import LABS
from bn_tutor.labs.claims import Evidence, evidence_of
from bn_tutor.labs.lab import Lab
from bn_tutor.labs.records import RecordError, kept, record_path
from bn_tutor.labs.report import Report
from bn_tutor.views.claims_page import claims_lines
from bn_tutor.views.lab_list import lab_list_lines
from bn_tutor.views.look import Look


def show_list(look: Look, *, as_json: bool, no_color: bool) -> None:
    """Write the labs there are, each with its question."""
    with until_reader_leaves():
        if as_json:
            sys.stdout.write(labs_json(list(LABS.values())))
        else:
            show(lab_list_lines(list(LABS.values()), look), console_for(no_color=no_color))


def show_claims(look: Look, *, as_json: bool, no_color: bool) -> None:
    """Write every claim with its verdict from the last runs, and where the evidence lies."""
    found = [each for lab in LABS.values() for each in _evidence(lab.name)]
    with until_reader_leaves():
        if as_json:
            sys.stdout.write(claims_json(found))
        else:
            show(claims_lines(found, look), console_for(no_color=no_color))


def _evidence(name: str) -> tuple[Evidence, ...]:
    """Return what there is on a lab's claims: its last run with its own sizes, else that with others."""
    usual, other = (record_path(state_folder(), name, is_usual=is_usual) for is_usual in (True, False))
    for path in (usual, other):
        if report := _kept(path, LABS[name]):
            return evidence_of(LABS[name], report, path)
    return evidence_of(LABS[name], None, usual)


def _kept(path: Path, lab: Lab) -> Report | None:
    try:
        return kept(path, lab)
    except RecordError as error:
        tell(f"{one_line(str(path), 200)}: {error}; run it again: bn-tutor lab {lab.name}")
        return None
