"""Every lab there is: it is listed, its parts fit each other, and every claim has one."""

from pathlib import Path

import pytest

from bn_tutor.labs import catalogue
from bn_tutor.labs.catalogue import LABS
from bn_tutor.labs.lab import Word

FOLDER = Path(catalogue.__file__).parent
# What is said of batch norm, in words of its claim, and the labs that must give the verdict.
SAID = {
    "internal covariate shift": "shift",
    "larger learning rates": "learning-rate",
    "makes L2 unnecessary": "weight-decay",
    "makes dropout unnecessary": "dropout",
    "acts as a regularizer": "batch-size",
    "give better statistics": "batch-size",
    "Tiny batches": "batch-size",
    "N(0, 1)": "exact",
    "as L1 and L2 do": "weight-decay",
    "gradient through the variance": "exact",
    "training=True": "convnet",
    "needs no scale": "dropout",
    "bias right before BN": "exact",
    "vanish": "depth",
    "Two domains": "two-domains",
    "97%": "convnet",
    "14 by 14": "exact",
}
every_lab = pytest.mark.parametrize("lab", LABS.values(), ids=list(LABS))


def test_every_file_with_a_lab_is_in_the_catalogue_under_its_own_name():
    files = {path.stem for path in FOLDER.glob("*.py") if "\nLAB = " in path.read_text(encoding="utf-8")}
    assert {name.replace("-", "_") for name in LABS} == files


@pytest.mark.parametrize(("words", "name"), SAID.items())
def test_what_is_said_of_batch_norm_is_tested(words, name):
    assert any(words in finding.claim for finding in LABS[name].findings)


@every_lab
def test_sizes_fit(lab):
    assert lab.quick.keys() <= lab.sizes.keys()
    assert lab.check(lab.sizes) == lab.check({**lab.sizes, **lab.quick}) == ""


@every_lab
def test_each_cell_is_run_once(lab):
    cells = [tuple(sorted(cell.items())) for cell in lab.cells(lab.sizes)]
    assert len(set(cells)) == len(cells) > 0
    assert not any("seed" in cell for cell in lab.cells(lab.sizes))


@every_lab
def test_findings_can_come_out_either_way(lab):
    names = [finding.name for finding in lab.findings]
    assert len(set(names)) == len(names)
    for finding in lab.findings:
        assert len({outcome.word for outcome in finding.outcomes.values()}) > 1, finding.name
        for outcome in finding.outcomes.values():
            assert outcome.word not in (Word.TOO_FEW, Word.NOT_RUN)
            assert len(outcome.predicted) <= 65
            assert not outcome.concluded.endswith((".", ":"))


@every_lab
def test_the_rule_of_a_verdict_can_be_looked_up(lab):
    for finding in lab.findings:
        function, _, path = finding.rule.partition(" in ")
        assert f"def {function}(" in (FOLDER.parents[1] / path).read_text(encoding="utf-8")


@every_lab
def test_something_is_to_be_read(lab):
    assert lab.papers
    assert lab.question.endswith("?")
