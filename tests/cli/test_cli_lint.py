"""``lesson lint`` and ``lesson explain`` as programs: what they print, for whom, and their exit status."""

import json
from pathlib import Path

import pytest

from bn_tutor.course.codes import Code

BROKEN = Path(__file__).parents[1] / "lint" / "broken"
RIGHT = (BROKEN / "right.md").read_text(encoding="utf-8")
WRONG = (BROKEN / "wrong-shape.md").read_text(encoding="utf-8")
WARNED = (BROKEN / "unused-input.md").read_text(encoding="utf-8")
WRONG_MESSAGE = "dw has the shape (4, 3), the gradient has (3,)"
WRONG_LINE = f":26:6: error[wrong-shape]: {WRONG_MESSAGE}"
WARNED_LINE = ":13:1: warning[unused-input]: no line of the graph uses b"
MORE = "bn-tutor lesson explain CODE says more"


@pytest.fixture
def lint(run):
    """Run lint; nothing may be said on stderr. Returns the exit status and what was printed."""

    def linted(*arguments, **changes):
        result = run("lesson", "lint", *arguments, **changes)
        assert result.stderr == ""
        return result.returncode, result.stdout

    return linted


@pytest.fixture
def refuse_lint(run):
    """Run lint, or explain, with what it cannot use: exit status 2, one line on stderr, which is returned."""

    def refused(*arguments, command="lint"):
        result = run("lesson", command, *arguments)
        assert (result.returncode, result.stdout) == (2, "")
        (line,) = result.stderr.splitlines()
        return line.removeprefix("bn-tutor: ")

    return refused


@pytest.fixture
def lessons(written):
    """Write a right, a wrong and a warned lesson into the folder where the program runs."""
    written("right.md", RIGHT)
    written("wrong.md", WRONG)
    written("warned.md", WARNED)


# --- what is proven, and the exit status ------------------------------------------------------------------


@pytest.mark.usefixtures("lessons")
def test_right_lesson(lint):
    assert lint("right.md") == (0, "1 lesson is proven right\n")


@pytest.mark.usefixtures("lessons")
def test_wrong_lesson_is_shown_with_its_line_and_a_mark(lint):
    excerpt = "   26 | dw = dout * sq\n      |      ^"
    expected = f"wrong.md{WRONG_LINE}\n{excerpt} \n\n1 error in 1 of 1 lesson; {MORE}\n"
    assert lint("wrong.md") == (1, expected)


@pytest.mark.usefixtures("lessons")
def test_warnings_alone_do_not_fail(lint):
    status, printed = lint("warned.md", "--format", "short")
    assert (status, printed) == (0, f"warned.md{WARNED_LINE}\n1 lesson is proven right, 1 warning\n")


@pytest.mark.usefixtures("lessons")
def test_folder_is_all_its_lessons_by_name(lint, written):
    written("README.md", "# No lesson\n")
    written("notes.txt", "none either")
    expected = [f"warned.md{WARNED_LINE}", f"wrong.md{WRONG_LINE}"]
    expected += [f"1 error in 1 of 3 lessons, 1 warning; {MORE}"]
    status, printed = lint(".", "--format", "short")
    assert (status, printed.splitlines()) == (1, expected)


@pytest.mark.usefixtures("lessons")
def test_several_paths_each_once_in_their_order(lint, tmp_path):
    (tmp_path / "linked.md").symlink_to("wrong.md")
    paths = ["wrong.md", "right.md", "./wrong.md", tmp_path / "wrong.md", "linked.md", "right.md", "."]
    status, printed = lint(*paths, "--format", "short")
    lines = [f"wrong.md{WRONG_LINE}", f"warned.md{WARNED_LINE}"]
    assert (status, printed.splitlines()) == (1, [*lines, f"1 error in 1 of 3 lessons, 1 warning; {MORE}"])


@pytest.mark.usefixtures("lessons")
def test_file_of_a_folder_that_is_no_lesson_is_left_out(run, written):
    written("notes.md", "# No lesson\n")
    result = run("lesson", "lint", ".", "--format", "github")
    assert result.stderr == "bn-tutor: notes.md: left out, since it does not begin with +++\n"
    assert result.returncode == 1 and "notes.md" not in result.stdout


def test_lesson_by_its_name(lint, refuse_lint):
    assert lint("gates") == (0, "1 lesson is proven right\n")
    assert refuse_lint("gatess") == "there is no lesson gatess (did you mean gates?)"


@pytest.mark.usefixtures("lessons")
def test_nothing_to_prove(refuse_lint, run, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "README.md").write_text("")
    assert refuse_lint("none.md") == "none.md: there is no such file"
    assert refuse_lint("right.md", "none.md") == "none.md: there is no such file"
    assert refuse_lint("empty") == "empty: there is no lesson in this folder"
    assert refuse_lint("right.md", "--format", "xml") == "--format is full, short, github, json, not 'xml'"
    assert refuse_lint("a" * 5000 + ".md").endswith("…: File name too long")
    without = run("lesson", "lint")
    assert without.returncode == 2 and "PATH" in without.stderr


def test_file_that_is_no_text_is_a_problem_of_that_file(lint, written):
    written("binary.md", b"\x89PNG\r\n\x1a\n\0\0")
    status, printed = lint("binary.md", "--format", "short")
    assert status == 1
    assert printed.startswith("binary.md:1:1: error[not-utf8]: ")


# --- for programs -----------------------------------------------------------------------------------------

ROW = {"path": str, "line": int, "column": int, "severity": str, "code": str, "message": str, "hint": str}


@pytest.mark.usefixtures("lessons")
@pytest.mark.parametrize("option", [["--json"], ["--format", "json"]], ids=["json", "format"])
def test_json_is_a_list_of_tables(lint, option):
    status, printed = lint(".", *option)
    rows = json.loads(printed)
    assert status == 1
    assert [{key: type(value) for key, value in row.items()} for row in rows] == [ROW, ROW]
    assert rows[1] == {
        "path": "wrong.md",
        "line": 26,
        "column": 6,
        "severity": "error",
        "code": "wrong-shape",
        "message": WRONG_MESSAGE,
        "hint": "",
    }


@pytest.mark.usefixtures("lessons")
def test_json_of_nothing_is_an_empty_list(lint):
    assert lint("right.md", "--json") == (0, "[]\n")


def test_json_of_a_file_without_a_place_has_line_0(lint, written):
    written("large.md", "a" * 300_000)
    (row,) = json.loads(lint("large.md", "--json")[1])
    assert (row["line"], row["column"], row["code"]) == (0, 0, "unreadable")


@pytest.mark.usefixtures("lessons")
def test_github_has_a_command_for_each_problem(lint):
    status, printed = lint(".", "--format", "github")
    place = "file=wrong.md,line=26,col=6,title=wrong-shape"
    assert (status, printed.splitlines()) == (
        1,
        [
            "::warning file=warned.md,line=13,col=1,title=unused-input::no line of the graph uses b",
            f"::error {place}::{WRONG_MESSAGE}",
        ],
    )


def test_github_is_not_misled_by_names_and_texts(lint, written):
    link = "[a](100%25::error::b,c%0Ad.md)"
    name = "a,b:c%d::error::e\nf.md"
    written(name, RIGHT.replace("The slope", link))
    status, printed = lint(name, "--format", "github")
    place = "file=a%2Cb%3Ac%25d%3A%3Aerror%3A%3Ae f.md,line=36,col=5,title=broken-link"
    message = "there is no file 100%2525::error::b,c%250Ad.md"
    assert (status, printed) == (1, f"::error {place}::{message}\n")


@pytest.mark.usefixtures("lessons")
def test_github_says_nothing_where_nothing_is_wrong(lint):
    assert lint("right.md", "--format", "github") == (0, "")


@pytest.mark.parametrize("form", ["full", "short", "github", "json"])
def test_escape_sequences_of_a_lesson_reach_no_output(lint, written, form):
    bad = "\x1b]0;a\x07\x1b[2J\x9b31m\u202e"
    text = RIGHT.replace("## out", f"## o{bad}ut").replace("title =", f"{bad}titel =")
    written(f"a{bad}.md", text)
    status, printed = lint(f"a{bad}.md", "--format", form)
    assert status == 1
    assert not [sign for sign in printed if sign != "\n" and not sign.isprintable()]
    assert r"\u001b" not in printed and r"\u202e" not in printed


# --- narrow, without UTF-8, cut off -----------------------------------------------------------------------


def test_excerpt_of_a_narrow_terminal_holds_the_mark(lint, written):
    line = "The slope " + "of a square " * 20 + "{value: no}, " + "twice its root " * 20
    written("long.md", RIGHT.replace("The slope", line))
    excerpt = lint("long.md", COLUMNS="40")[1].splitlines()[1:3]
    assert all(len(each) <= 40 for each in excerpt)
    mark = excerpt[1].index("^")
    assert excerpt[0][mark:].startswith("{value: no}")


def test_mark_stands_under_the_slip_behind_wide_signs_and_hidden_ones(lint, written):
    written("wide.md", RIGHT.replace("The slope", "微分の\x1b\u200b Σ {value: no}"))
    text, mark = lint("wide.md")[1].splitlines()[1:3]
    # Each of the three wide signs takes two cells.
    assert mark.index("^") == text.index("{value: no}") + 3


@pytest.mark.usefixtures("lessons")
@pytest.mark.parametrize("form", ["full", "short", "json"])
def test_pipe_that_takes_ascii_alone(lint, written, form):
    written("signs.md", RIGHT.replace("## out", "## Σ√x").replace("The slope", "微分 {value: no}"))
    changes = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    status, printed = lint("signs.md", "--format", form, **changes)
    assert status == 1 and printed.isascii()
    assert "unknown-section" in printed


def test_github_is_told_in_utf8_whatever_the_terminal_takes(lint, written):
    written("signs.md", RIGHT.replace("## out", "## Σ√x"))
    status, printed = lint("signs.md", "--format", "github", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert status == 1 and "there is no node Σ√x for this section" in printed


@pytest.mark.parametrize("form", ["full", "short", "github", "json"])
def test_reader_that_leaves_is_no_error(shell, written, form):
    written("many.md", RIGHT + "\n" + "".join(f"\n## a{number}\n" for number in range(1000)))
    result = shell(f'"$@" lesson lint many.md --format {form} | head -n 1')
    assert (result.returncode, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) == 1


# --- explain ----------------------------------------------------------------------------------------------


def test_list_of_all_codes(run):
    result = run("lesson", "explain")
    assert (result.returncode, result.stderr) == (0, "")
    assert [line.strip() for line in result.stdout.splitlines()][::2] == list(Code)


@pytest.mark.parametrize(
    "given",
    [
        "unknown-name",
        "error[unknown-name]",
        "UNKNOWN-NAME",
        " unknown-name ",
        "a.md:1:2: error[unknown-name]: x is not defined",
    ],
)
def test_code_is_explained_however_it_is_copied(run, given):
    result = run("lesson", "explain", given)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("unknown-name\n\nA formula uses a name that nothing before it defines.\n")


def test_warning_is_explained_as_it_is_copied(run):
    assert run("lesson", "explain", "warning[unused-input]").stdout.startswith("unused-input\n")


@pytest.mark.parametrize("columns", [40, 80])
def test_explanation_fits_the_screen(run, columns):
    result = run("lesson", "explain", "shapes-disagree", COLUMNS=str(columns))
    assert max(map(len, result.stdout.splitlines())) <= columns


def test_unknown_code_is_answered_with_a_likely_one(refuse_lint):
    complaint = "there is no code unknown-nam (did you mean unknown-name?)"
    assert refuse_lint("unknown-nam", command="explain") == complaint
    complaint = "there is no code zzz (bn-tutor lesson explain lists them)"
    assert refuse_lint("zzz", command="explain") == complaint
    assert "\x1b" not in refuse_lint("\x1b[2J", command="explain")
