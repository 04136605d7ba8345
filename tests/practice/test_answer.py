"""The record of an answer: what is written is read back, and nothing else is taken for an answer."""

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_tutor.course.plain import one_line
from bn_tutor.practice.answer import LONGEST_LINE, Answer, AnswerError, Outcome, answer_of, line_of
from tests.practice.progress_answers import PLAIN, answer

RECORD = json.loads(line_of(PLAIN))
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
NAMES = ANY_TEXT.filter(bool)
ANSWERS = st.builds(
    Answer,
    at=st.datetimes(datetime(2000, 1, 2), datetime(2999, 12, 30), timezones=st.just(UTC)),
    session=NAMES,
    lesson=NAMES,
    question=NAMES,
    kind=NAMES,
    node=ANY_TEXT,
    attempt=st.integers(1, 10**6),
    verdict=st.sampled_from(Outcome),
    hinted=st.booleans(),
    mistake=ANY_TEXT,
    answer=st.text(max_size=300).map(lambda text: one_line(text, 200)),
    seconds=st.floats(0, 1e9),
    seed=st.integers(-(10**20), 10**20),
)


def line(**changes):
    return json.dumps({**RECORD, **changes}).encode()


def complaint(data):
    with pytest.raises(AnswerError) as caught:
        answer_of(data)
    return str(caught.value)


@given(ANSWERS)
def test_what_is_written_is_read_back(made):
    assert answer_of(line_of(made)) == made


@given(ANSWERS)
def test_a_line_is_one_line_of_plain_ascii(made):
    written = line_of(made)
    assert written.index(b"\n") == len(written) - 1
    assert written[:-1].decode("ascii").isprintable()


def test_the_record_has_the_agreed_names_and_order():
    assert line_of(answer(at=datetime(2026, 11, 21, 7, 0, 0, 123456, UTC), mistake="sum-missing")) == (
        b'{"format": 1, "at": "2026-11-21T07:00:00.123456+00:00", "session": "00112233445566ff", '
        b'"lesson": "batchnorm", "question": "shape/dgamma", "kind": "shape", "node": "gamma", "try": 1, '
        b'"verdict": "right", "hinted": false, "mistake": "sum-missing", "answer": "(4, 3)", '
        b'"seconds": 12.3, "seed": 0}\n'
    )
    assert {*RECORD, "attempt"} - {"format", "try"} == {field.name for field in fields(Answer)}


def test_a_time_of_another_zone_is_kept_as_the_same_moment():
    east = datetime(2026, 11, 21, 7, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert answer_of(line_of(answer(at=east))).at == east
    assert answer_of(line(at="2026-11-21T07:00:00+05:30")).at == east


def test_keys_that_are_not_known_are_passed_over():
    assert answer_of(line(mood="good", answers=[1, 2])) == PLAIN


def test_a_long_answer_is_kept_in_part_and_flat():
    assert answer_of(line_of(answer(answer="x" * 10_000_000))).answer == "x" * 199 + "…"
    assert answer_of(line_of(answer(answer="a\n\x1b[31mb\tc"))).answer == "a [31mb c"


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"[]", b"null", b"1", b'"text"', b"\xff\xfe", b"\x00" * 40, b"{}", line(format=0)],
)
def test_other_lines_are_no_answers(data):
    assert complaint(data) == "is no answer of bn-tutor"


@pytest.mark.parametrize("data", [line()[:-1], b"{", b'{"seed": ' + b"9" * 9000 + b"}", b"{" * 9000])
def test_a_torn_line_is_called_so(data):
    assert complaint(data) == "is torn or damaged"


def test_a_line_of_another_encoding_is_no_text():
    assert complaint(line()[:-1] + b', "lesson": "\xe9"}') == "is no text"


@pytest.mark.parametrize("number", [2, 7, 10**30])
def test_a_newer_format_is_foreign(number):
    assert complaint(line(format=number)) == "is from a newer version of bn-tutor"


@pytest.mark.parametrize("number", [True, 1.0, "1", None, -1, [1]])
def test_a_format_that_makes_no_sense_is_no_answer(number):
    assert complaint(line(format=number)) == "is no answer of bn-tutor"


@pytest.mark.parametrize(
    ("key", "values"),
    {
        "at": [
            *[None, 3, "", "now", "2026-11-21", "2026-11-21T07:00:00", "2026-13-21T07:00:00+00:00"],
            *["1999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"],
            "20261121T07Z",
        ],
        "session": [None, 3, "", []],
        "lesson": [None, 3, "", {}],
        "question": [None, False, ""],
        "kind": [None, 1.5, ""],
        "node": [None, 0],
        "try": [None, 0, -1, 1.0, True, "1"],
        "verdict": [None, "", "Right", "good", 1, [], {}],
        "hinted": [None, 0, 1, "false"],
        "mistake": [None, 0, []],
        "answer": [None, 3],
        "seconds": [None, -0.1, "1", True, 10**400, 1e13],
        "seed": [None, 1.0, "0", False],
    }.items(),
)
def test_a_value_that_makes_no_sense_is_named(key, values):
    for value in values:
        assert complaint(line(**{key: value})) == f"has no {key} that makes sense", value
    without = {name: value for name, value in RECORD.items() if name != key}
    assert complaint(json.dumps(without).encode()) == f"has no {key} that makes sense"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_seconds_are_finite(number):
    assert complaint(line().replace(b"12.3", number.encode())) == "has no seconds that makes sense"


def test_a_line_that_is_too_long_is_refused_at_once():
    assert complaint(line(mood="x" * LONGEST_LINE)) == "is over 64 kB long"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"at": datetime(2026, 11, 21)}, "has no timezone"),
        ({"at": datetime(1970, 1, 1, tzinfo=UTC)}, "has no at that makes sense"),
        ({"seconds": float("nan")}, "cannot be written: Out of range float values are not JSON compliant"),
        ({"attempt": 0}, "has no try that makes sense"),
        ({"verdict": "good"}, "has no verdict that makes sense"),
        ({"lesson": ""}, "has no lesson that makes sense"),
        ({"lesson": "x" * LONGEST_LINE}, "is over 64 kB long"),
        ({"seed": 10**5000}, "cannot be written: Exceeds the limit"),
        ({"seed": object()}, "cannot be written: Object of type object is not JSON serializable"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(changes, told):
    with pytest.raises(AnswerError, match=told):
        line_of(answer(**changes))
