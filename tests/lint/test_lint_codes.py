"""Each code has a lesson that is right but for one slip: lint says that one, at its place, and no other."""

import difflib
import os
from pathlib import Path

import pytest

from bn_tutor.course import verifying
from bn_tutor.course.codes import WARNINGS, Code
from bn_tutor.course.lint import lint
from bn_tutor.course.problem import MOST_PROBLEMS
from bn_tutor.course.reader import LARGEST_FILE, LONGEST_LINE, MOST_LINES
from bn_tutor.engine.proof import Disproof

BROKEN = Path(__file__).with_name("broken")
RIGHT = (BROKEN / "right.md").read_text(encoding="utf-8")
EXPECTED = (BROKEN / "expected.txt").read_text(encoding="utf-8").splitlines()
FIXTURES = sorted(path.stem for path in BROKEN.glob("*.md") if path.stem != "right")
# These take a file that is no text, an engine that is wrong, or very many slips.
WITHOUT_FIXTURE = {Code.UNREADABLE, Code.NOT_UTF8, Code.WRONG_LOCAL_GRADIENT, Code.AND_MORE}
# The text that stands at the line and the column of each problem.
POINTED_AT = {
    "accepted-option": "sum(sq * dout",
    "bad-data-file": 'file = "weights.csv"',
    "bad-name": "batch-size",
    "broken-chain": "x * dsq",
    "broken-link": "slopes.md",
    "circle": 'circle"]',
    "computes-nothing": "scaled",
    "hidden-mistake": "dx = x * dsq * 2",
    "misplaced-heading": "### backwards",
    "missing-gradient": "dx =",
    "missing-key": 'id = "no-factor"',
    "missing-prose": "out = w * sq",
    "name-taken": "sq = 2 * x",
    "no-backward": "+++",
    "no-front-matter": "format",
    "no-graph": "+++",
    "not-a-formula": "(x * dsq",
    "not-a-line": "dsq <- w",
    "not-finite": "far =",
    "not-in-language": "var(axis=0)",
    "not-toml": "A scaled",
    "rejected-key": "sum(dout * x",
    "same-id": "```mistake",
    "same-mistake": "dx = dsq * x",
    "second-section": "## sq",
    "shapes-disagree": "2 * x @ dsq",
    "too-large": "sizes]",
    "unclosed-block": "```question",
    "unknown-block": "```derivaton",
    "unknown-change": "dxs =",
    "unknown-draw": 'draw = "gaussian"',
    "unknown-format": "format = 2",
    "unknown-key": "titel =",
    "unknown-kind": 'kind = "essay"',
    "unknown-lesson": 'gate"]',
    "unknown-name": "squ,",
    "unknown-operation": "summ(",
    "unknown-output": 'y"',
    "unknown-section": "## squares",
    "unknown-size": 'd"]',
    "unknown-switch": "when mode",
    "unproven-variants": "switches]",
    "unused-input": "b =",
    "unused-line": "squares =",
    "wrong-argument": "x)",
    "wrong-gradient": "3 * x",
    "wrong-number": "2 / 0",
    "wrong-quote": "{value: weights}",
    "wrong-shape": "dout * sq",
    "wrong-value": 'N = "four"',
}


def lines_of(path):
    return [str(problem) for problem in lint(path, path.name)]


def written(folder, content, name="lesson.md"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# --- one slip ---------------------------------------------------------------------------------------------


def test_right_lesson_has_no_problem():
    assert lines_of(BROKEN / "right.md") == []


def test_every_code_has_a_broken_lesson():
    assert set(FIXTURES) | WITHOUT_FIXTURE == set(Code)
    assert len(EXPECTED) == len(FIXTURES) == len(POINTED_AT)


@pytest.mark.parametrize("code", FIXTURES)
def test_broken_lesson_differs_from_the_right_one_in_one_place(code):
    broken = (BROKEN / f"{code}.md").read_text(encoding="utf-8")
    matcher = difflib.SequenceMatcher(None, RIGHT.split("\n"), broken.split("\n"), autojunk=False)
    changes = [change for change in matcher.get_opcodes() if change[0] != "equal"]
    assert 1 <= len(changes) <= 2
    assert sum(max(after - at, to - start) for _, at, after, start, to in changes) <= 10


@pytest.mark.parametrize("code", FIXTURES)
def test_slip_is_told_in_its_line_and_nothing_else_is(code):
    assert lines_of(BROKEN / f"{code}.md") == [line for line in EXPECTED if line.startswith(f"{code}.md:")]


@pytest.mark.parametrize("code", FIXTURES)
def test_problem_has_its_code_and_its_column_is_that_of_the_slip(code):
    (problem,) = lint(BROKEN / f"{code}.md", "lesson.md")
    line = (BROKEN / f"{code}.md").read_text(encoding="utf-8").split("\n")[problem.line - 1]
    assert problem.code == code
    assert problem.severity == ("warning" if code in WARNINGS else "error")
    assert line[problem.column - 1 :].startswith(POINTED_AT[code])


def test_path_is_shown_as_it_is_given():
    (problem,) = lint(BROKEN / "wrong-shape.md", "here/a.md")
    assert str(problem).startswith("here/a.md:26:6: error[wrong-shape]: ")
    (problem,) = lint(BROKEN / "wrong-shape.md")
    assert problem.path == str(BROKEN / "wrong-shape.md")


# --- files that are no text -------------------------------------------------------------------------------


def test_file_that_is_not_there(tmp_path):
    path = tmp_path / "none.md"
    reason = "the file cannot be read: No such file or directory"
    assert lines_of(path) == [f"none.md: error[unreadable]: {reason}"]


def test_folder_and_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe.md")
    reason = "error[unreadable]: the file cannot be read"
    assert lines_of(tmp_path) == [f"{tmp_path.name}: {reason}: Is a directory"]
    assert lines_of(tmp_path / "pipe.md") == [f"pipe.md: {reason}: it is no regular file"]


@pytest.mark.skipif(not os.geteuid(), reason="root may read everything")
def test_file_without_permission(tmp_path):
    path = written(tmp_path, RIGHT)
    path.chmod(0)
    assert lines_of(path) == ["lesson.md: error[unreadable]: the file cannot be read: Permission denied"]


@pytest.mark.parametrize("name", ["a\0b.md", "a" * 5000 + ".md"], ids=["nul", "long"])
def test_name_that_no_file_has(name):
    (problem,) = lint(Path(name))
    assert (problem.code, problem.line) == (Code.UNREADABLE, 0)


def test_file_that_is_too_large(tmp_path):
    path = written(tmp_path, "a" * (LARGEST_FILE + 1))
    assert lines_of(path) == [f"lesson.md: error[unreadable]: the file is larger than {LARGEST_FILE:,} bytes"]


def test_file_with_too_many_lines(tmp_path):
    path = written(tmp_path, RIGHT + "\n" * MOST_LINES)
    count = RIGHT.count("\n") + MOST_LINES + 1
    message = f"the file has {count:,} lines, {MOST_LINES:,} are allowed"
    assert lines_of(path) == [f"lesson.md:{MOST_LINES + 1}:1: error[too-large]: {message}"]


def test_file_with_too_long_a_line(tmp_path):
    path = written(tmp_path, f"{RIGHT}\n{'a' * (LONGEST_LINE + 1)}\n")
    message = f"the line has {LONGEST_LINE + 1:,} characters, {LONGEST_LINE:,} are allowed"
    place = f"{RIGHT.count(chr(10)) + 2}:{LONGEST_LINE + 1}"
    assert lines_of(path) == [f"lesson.md:{place}: error[too-large]: {message}"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
@pytest.mark.parametrize("before", ["", "\ufeff"], ids=["", "BOM"])
def test_byte_that_is_no_utf8_is_found(tmp_path, end, before):
    text = before + RIGHT.replace("The columns", "Die Längen der").replace("\n", end)
    broken = text.encode().replace(b"The slope", b"The \xe9 slope")
    message = "the file is not UTF-8 text: byte {} begins no character (save it as UTF-8)"
    expected = f"lesson.md:36:5: error[not-utf8]: {message.format(broken.index(0xE9) + 1)}"
    assert lines_of(written(tmp_path, broken)) == [expected]


# --- what only a wrong engine, or very many slips, can bring ----------------------------------------------


def test_wrong_local_gradient_of_the_engine(monkeypatch):
    monkeypatch.setattr(verifying, "prove", lambda recording: (Disproof("sq", "x", "forward", 1.0),))
    expected = "right.md:20:1: error[wrong-local-gradient]: the local gradient of sq for x is wrong"
    assert lines_of(BROKEN / "right.md") == [expected]


def test_slope_that_is_infinite(tmp_path):
    slips = [
        ("w = { shape", "z = { value = 0.0 }\nw = { shape"),
        ("out = w * sq ", "out = w * sq + sqrt(z) "),
    ]
    found = lint(written(tmp_path, with_slips(slips)), "lesson.md")
    assert (found[0].line, found[0].code) == (22, Code.WRONG_LOCAL_GRADIENT)


# Too many of one kind; and some of each of two kinds, which are found by different parts of lint.
MANY = {
    "sections": "".join(f"## a{number}\n\n" for number in range(MOST_PROBLEMS + 1)),
    "two kinds": "".join(f"## a{number}\n\n[a](b{number})\n\n" for number in range(MOST_PROBLEMS // 2 + 1)),
    "mistakes": "```mistake\nid = 1\n```\n\n" * MOST_PROBLEMS,
    "many sections": "".join(f"## a{number}\n\n" for number in range(1000)),
}


@pytest.mark.parametrize("kind", MANY)
def test_very_many_problems_end_with_a_word_that_there_are_more(tmp_path, kind):
    found = lint(written(tmp_path, f"{RIGHT}\n{MANY[kind]}"), "lesson.md")
    assert len(found) == MOST_PROBLEMS + 1
    assert str(found[-1]) == "lesson.md: error[and-more]: and more"
    places = [(problem.line, problem.column) for problem in found[:-1]]
    assert places == sorted(places) and all(line > RIGHT.count("\n") for line, _ in places)


def test_as_many_problems_as_are_shown_are_all(tmp_path):
    text = RIGHT + "\n" + "".join(f"## a{number}\n\n" for number in range(MOST_PROBLEMS))
    found = lint(written(tmp_path, text), "lesson.md")
    assert [problem.code for problem in found] == [Code.UNKNOWN_SECTION] * MOST_PROBLEMS


# --- several slips at once --------------------------------------------------------------------------------

# One of each family: where it stands, and what is to be put there.
FAMILIES = {
    Code.UNKNOWN_KEY: ("title =", "titel ="),
    Code.UNUSED_INPUT: ("w = {", 'b = { shape = ["D"], constant = true }\nw = {'),
    Code.WRONG_QUOTE: ("{value: w}", "{value: v}"),
    Code.WRONG_SHAPE: ("sum(dout * sq, axis=0)\ndx", "dout * sq\ndx"),
    Code.WRONG_GRADIENT: ("2 * x * dsq", "3 * x * dsq"),
    Code.BROKEN_LINK: ("twice its root", "[twice](nothing.md) its root"),
    Code.BROKEN_CHAIN: ("dsq * (x + x)\n2 * x", "dsq * (x + x)\n-2 * x"),
    Code.UNKNOWN_CHANGE: ("dx = x * dsq", "dz = x * dsq"),
    Code.UNKNOWN_SECTION: ("## out", "## far\n\nNowhere.\n\n## out"),
    Code.ACCEPTED_OPTION: ('wrong = ["dout * sq"]', 'wrong = ["sum(sq * dout, axis=0)"]'),
}


def with_slips(slips):
    text = RIGHT
    for old, new in slips:
        assert text.count(old) >= 1
        text = text.replace(old, new, 1)
    return text


def test_one_slip_of_each_family_is_told_at_once_in_the_order_of_the_file(tmp_path):
    found = lint(written(tmp_path, with_slips(FAMILIES.values())), "lesson.md")
    assert [problem.code for problem in found] == list(FAMILIES)
    assert [problem.line for problem in found] == sorted(problem.line for problem in found)


def test_each_slip_of_a_family_is_told_alone(tmp_path):
    for code, slip in FAMILIES.items():
        found = lint(written(tmp_path, with_slips([slip])), "lesson.md")
        assert [problem.code for problem in found] == [code]


FORMULAS = {
    Code.NAME_TAKEN: ("out = w * sq", "x = 2 * w\nout = w * sq"),
    Code.UNKNOWN_OPERATION: ("out = w * sq", "a = std(x)\nout = w * sq"),
    Code.NOT_IN_LANGUAGE: ("out = w * sq", "b = x.real\nout = w * sq"),
    Code.NOT_A_FORMULA: ("out = w * sq", "c = 2x\nout = w * sq"),
    Code.SHAPES_DISAGREE: ("out = w * sq", "d = x @ x\nout = w * sq"),
    Code.COMPUTES_NOTHING: ("out = w * sq", "e = x\nout = w * sq"),
    Code.NOT_A_LINE: ("dsq = w", "dsq : w"),
    Code.NOT_TOML: ('id = "no-factor"', "id = no-factor"),
}


def test_slips_in_the_graph_do_not_hide_those_of_form_below(tmp_path):
    found = lint(written(tmp_path, with_slips(FORMULAS.values())), "lesson.md")
    assert [problem.code for problem in found] == list(FORMULAS)


def test_line_that_uses_a_wrong_line_is_not_blamed_for_it(tmp_path):
    (problem,) = lint(written(tmp_path, with_slips([("sq = x ** 2", "sq = x ** 2 + y")])), "lesson.md")
    assert (problem.line, problem.column, problem.code) == (20, 15, Code.UNKNOWN_NAME)


# --- in some choice, or for other sizes only --------------------------------------------------------------

SWITCH = ("[inputs]", '[switches]\nmode = ["one", "two"]\n\n[inputs]')


def test_slip_in_one_choice_says_which(tmp_path):
    two = "```backward when mode = two\ndsq = 2 * dout\n```"
    one = "```backward when mode = one\ndsq = w * dout\n```"
    answer = ("```backward\ndsq = w * dout\n", f"{two}\n{one}\n```backward\n")
    found = lines_of(written(tmp_path, with_slips([SWITCH, answer])))
    assert len(found) == 1 and found[0].startswith("lesson.md:28:7: error[wrong-gradient]: dsq is not what")
    assert found[0].endswith("when mode = two")


def test_slip_that_shows_with_other_sizes_only_says_which(tmp_path):
    slips = [("sq = x ** 2", "sq = x / N"), ("2 * x * dsq", "dsq / 4"), ("dsq * (x + x)\n2 * x * dsq\n", "")]
    slips += [('"dx = x * dsq"', '"dx = dsq"')]
    (problem,) = lint(written(tmp_path, with_slips(slips)), "lesson.md")
    assert (problem.line, problem.column, problem.code) == (27, 6, Code.WRONG_GRADIENT)
    assert problem.message.startswith("dx is not what") and problem.message.endswith(" with N = 5, D = 4")


def test_problem_that_every_run_has_is_told_once(tmp_path):
    slips = [SWITCH, ("2 * x * dsq", "3 * x * dsq")]
    found = lint(written(tmp_path, with_slips(slips)), "lesson.md")
    assert [problem.code for problem in found] == [Code.WRONG_GRADIENT]
    assert "when" not in found[0].message and "with" not in found[0].message


def test_too_many_formulas_over_all_variants(tmp_path):
    switches = "\n".join(f"s{number} = [0, 1]" for number in range(4))
    lines = "dsq = w * dout\n" * 700
    slips = [("[inputs]", f"[switches]\n{switches}\n\n[inputs]"), ("dsq = w * dout\n", lines)]
    (problem,) = lint(written(tmp_path, with_slips(slips)), "lesson.md")
    assert (problem.line, problem.column, problem.code) == (1, 1, Code.TOO_LARGE)
    assert problem.message.endswith("over all its variants; 10,000 are proven")


def test_all_that_a_block_lacks_is_told(tmp_path):
    text = RIGHT.replace('change = "dx = x * dsq"\nsay = "The factor 2 is missing."\n', "")
    assert lines_of(written(tmp_path, text)) == [
        "lesson.md:44:1: error[missing-key]: change is missing",
        "lesson.md:44:1: error[missing-key]: say is missing",
    ]
