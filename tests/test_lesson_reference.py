"""lessons/README.md says what the code does, and the lesson in it is right."""

import re

import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.lint import lint
from bn_tutor.course.loading import load
from bn_tutor.engine.operations import ROWS
from tests.lesson_reference import LESSON, README, SLIP, TABLES, rewritten

TEXT = README.read_text(encoding="utf-8")


def lessons():
    """Return the lessons that the reference shows, by name."""
    return dict(LESSON.findall(TEXT))


def cells(table):
    """Return the first cell of each row below the heading."""
    return [line.split(" | ")[0].strip("|` ") for line in TABLES[table]().splitlines()[2:]]


# --- tables -----------------------------------------------------------------------------------------------


def test_tables_are_what_the_code_says():
    assert rewritten(TEXT) == TEXT, "run python -m tests.lesson_reference"


def test_every_table_is_in_the_reference():
    assert sorted(re.findall(r"<!-- written: ([\w-]+) -->", TEXT)) == sorted(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_a_stale_table_is_found(name):
    mark = f"<!-- written: {name} -->\n"
    start = TEXT.index(mark) + len(mark)
    stale = TEXT[:start] + "`of long ago`" + TEXT[TEXT.index("<!-- end -->", start) :]
    assert stale != TEXT
    assert rewritten(stale) == rewritten(TEXT)


def test_a_single_stale_cell_is_found():
    for old, new in [("∂out/∂x: 1 / y", "∂out/∂x: y"), ("`answer`", "`anwser`")]:
        assert old in TEXT
        assert rewritten(TEXT.replace(old, new, 1)) == rewritten(TEXT) != TEXT.replace(old, new, 1)


def page(keys, blocks):
    block = "<!-- written: {} -->\n{}<!-- end -->"
    return f"before\n{block.format('keys', keys)} between\n\n{block.format('blocks', blocks)}\nafter\n"


@pytest.mark.parametrize("old", ["", "old\n", "old\n\nolder\n"])
def test_nothing_but_tables_is_rewritten(old):
    assert rewritten(page(old, old)) == page(f"{TABLES['keys']()}\n", f"{TABLES['blocks']()}\n")


def test_rows_are_those_of_the_code():
    assert len(cells("operations")) == len(ROWS)
    assert cells("codes") == [str(code) for code in Code]


@pytest.mark.parametrize("name", ["operations", "draws", "questions", "codes"])
def test_tables_are_whole(name):
    rows = [re.split(r"(?<!\\)\|", line) for line in TABLES[name]().splitlines()]
    assert len({len(row) for row in rows}) == 1
    assert all(cell.strip() for row in rows for cell in row[1:-1])


def test_sample_of_lint_is_of_the_slip_in_the_lesson_shown():
    said = TABLES["slip"]()
    line = next(line for line in lessons()["softplus"].splitlines() if SLIP[0] in line)
    assert "error[unknown-name]: grow is not defined before this line" in said
    assert line.replace(*SLIP) in said and "hint: did you mean grown?" in said


# --- the lesson in it -------------------------------------------------------------------------------------


def test_there_is_a_lesson_in_the_reference():
    assert list(lessons()) == ["softplus"]


@pytest.mark.parametrize("name", lessons())
def test_lesson_in_the_reference_is_proven_right(name, tmp_path):
    path = tmp_path / f"{name}.md"
    path.write_text(lessons()[name], encoding="utf-8")
    assert lint(path) == ()
    lesson = load(path)
    assert lesson.mistakes and lesson.questions and lesson.derivations and lesson.backward


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("dx = dgrown * grown", "dx = dgrown", Code.WRONG_GRADIENT),
        ("dout * sigmoid(x)", "dout * tanh(x)", Code.BROKEN_CHAIN),
        ('"sigmoid(0 * x[0, 0])"', '"1 + 0 * x[0, 0]"', Code.ACCEPTED_OPTION),
        ("{shape: grown}", "{shape: gown}", Code.WRONG_QUOTE),
    ],
)
def test_a_slip_in_the_lesson_would_be_found(right, wrong, code, tmp_path):
    text = lessons()["softplus"]
    assert right in text
    path = tmp_path / "softplus.md"
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    assert code in [each.code for each in lint(path)]


def test_commands_in_the_reference_name_its_lesson():
    commands = re.findall(r"bn-tutor [\w ]+?([\w-]+)\.md", TEXT)
    assert set(commands) <= set(lessons())


def test_places_that_the_contents_lead_to_are_there():
    headings = {
        line.lstrip("#").strip().lower().replace(" ", "-") for line in TEXT.splitlines() if line[:2] == "##"
    }
    targets = re.findall(r"\]\(#([\w-]+)\)", TEXT)
    assert targets and set(targets) <= headings
