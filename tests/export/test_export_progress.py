"""Progress for programs: what is written is read back, and no cell is a formula."""

import csv
import io
import json
from datetime import UTC
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_tutor.export.progress_answers import COLUMNS, answers_csv, answers_json
from bn_tutor.export.progress_document import progress_json
from bn_tutor.practice.answer import answer_of, record_of
from bn_tutor.practice.answer_log import Skipped
from bn_tutor.practice.report import report
from tests.practice.progress_answers import NOON, PLAIN, answer, asked
from tests.practice.test_answer import ANSWERS


def rows(text):
    return list(csv.reader(io.StringIO(text)))


# --- every answer -----------------------------------------------------------------------------------------


@given(st.lists(ANSWERS, max_size=5))
def test_the_json_document_holds_every_answer(made):
    document = json.loads(answers_json(made))
    assert document["format"] == 1
    read = [answer_of(json.dumps({"format": 1, **row}).encode()) for row in document["answers"]]
    assert read == made


def test_the_columns_are_the_records():
    assert ("format", *COLUMNS) == tuple(record_of(PLAIN))
    assert rows(answers_csv([])) == [list(COLUMNS)]


def test_a_row_is_an_answer():
    (_, row) = rows(answers_csv([answer(hinted=True, mistake="sum-missing", seed=-3)]))
    assert dict(zip(COLUMNS, row, strict=True)) == {
        "at": "2026-11-21T12:00:00.000000+00:00",
        "session": "00112233445566ff",
        "lesson": "batchnorm",
        "question": "shape/dgamma",
        "kind": "shape",
        "node": "gamma",
        "try": "1",
        "verdict": "right",
        "hinted": "true",
        "mistake": "sum-missing",
        "answer": "(4, 3)",
        "seconds": "12.3",
        "seed": "-3",
    }


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-0.35", "'-0.35"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\r\n@x", "'@x"),
        ("\x00\x1b=1", "'=1"),
        ("＝1", "'＝1"),
        ("x = 1", "x = 1"),
        ("−0.35", "−0.35"),
        ('say "a, b"', 'say "a, b"'),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(text, cell):
    for name in ("answer", "mistake", "node"):
        (_, row) = rows(answers_csv([answer(**{name: text})]))
        assert row[COLUMNS.index(name)] == cell


@given(st.lists(ANSWERS, max_size=5))
def test_any_answers_make_a_table(made):
    text = answers_csv(made)
    table = rows(text)
    assert [len(row) for row in table] == [len(COLUMNS)] * (len(made) + 1)
    texts = set(COLUMNS) - {"try", "seconds", "seed"}
    cells = [cell for row in table[1:] for name, cell in zip(COLUMNS, row, strict=True) if name in texts]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    assert not any(category(sign) in ("Cc", "Cf", "Cs") for sign in text.replace("\n", ""))


# --- the report -------------------------------------------------------------------------------------------


def document(*parts, skipped=(), order=None):
    found = report([each for part in parts for each in part], NOON, order or {}, seed=0, zone=UTC)
    return json.loads(progress_json(found, skipped))


def test_the_report_of_nothing():
    nothing = {"in_a_row": 0, "longest": 0, "total": 0}
    assert document() == {
        "format": 1,
        "today": "2026-11-21",
        "asked": 0,
        "skipped_questions": 0,
        "days": nothing,
        "right": nothing,
        **{name: [] for name in ("lessons", "habits", "due", "coming", "skipped")},
    }


def test_the_whole_report():
    first = asked("-", day=-9, mistake="sum-missing")
    found = document(
        first,
        asked("+", question="shape/dmu"),
        skipped=[Skipped(4, "is torn or damaged"), Skipped(9, "are no answers either", 3)],
        order={"batchnorm": ["mu", "out"]},
    )
    common = {"questions": 1, "asked": 1}
    assert found == {
        "format": 1,
        "today": "2026-11-21",
        "asked": 2,
        "skipped_questions": 0,
        "days": {"in_a_row": 1, "longest": 1, "total": 2},
        "right": {"in_a_row": 1, "longest": 1, "total": 1},
        "lessons": [
            {
                "lesson": "batchnorm",
                "share": 0.5,
                "questions": 2,
                "asked": 2,
                "stability_days": pytest.approx((0.212 + 2.3065) / 2),
                "nodes": [
                    {"node": "gamma", "share": 0.0, **common, "stability_days": 0.212},
                    {"node": "mu", "share": 1.0, **common, "stability_days": 2.3065},
                    {"node": "out", "share": None, "questions": 0, "asked": 0, "stability_days": None},
                ],
            }
        ],
        "habits": [
            {
                "mistake": "sum-missing",
                "times": 1,
                "questions": 1,
                "last": "2026-11-12",
                "chances_since": 0,
                "gone": False,
            }
        ],
        "due": [
            {
                "lesson": "batchnorm",
                "question": "shape/dgamma",
                "due": "2026-11-13",
                "last": "2026-11-12",
                "stability_days": 0.212,
            }
        ],
        "coming": [
            {
                "lesson": "batchnorm",
                "question": "shape/dmu",
                "due": "2026-11-23",
                "last": "2026-11-21",
                "stability_days": 2.3065,
            }
        ],
        "skipped": [
            {"line": 4, "lines": 1, "reason": "is torn or damaged"},
            {"line": 9, "lines": 3, "reason": "are no answers either"},
        ],
    }


@given(st.lists(ANSWERS, max_size=6))
def test_any_answers_make_a_report(made):
    found = report(made, NOON, {}, zone=UTC)
    text = progress_json(found, ())
    assert json.loads(text)["asked"] == found.times
    assert text.isascii()
