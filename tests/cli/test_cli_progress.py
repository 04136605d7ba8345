"""``progress``, ``progress export`` and ``progress reset``, as a learner and a script use them."""

import csv
import io
import json
import os
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from bn_tutor.practice.answer_log import keep
from tests.cli.conftest import PROGRAM
from tests.practice.progress_answers import NOON, answer, asked, written

LESSON = "```graph\nfirst = x + 1\nsecond = 2 * first\n```\n"


@pytest.fixture
def log(state_folder):
    """Keep answers that were given some days ago, at this time of the day; returns the log's path."""
    now = datetime.now(UTC) - timedelta(minutes=1)

    def kept(*parts):
        for each in (each for part in parts for each in part):
            moved = type(each)(**{**vars(each), "at": each.at - NOON + now})
            assert keep(moved, state_folder) == ""
        return state_folder / "answers.jsonl"

    return kept


@pytest.fixture
def practised(log):
    return log(
        asked("+", day=-2, question="shape/dmu"),
        asked("--+", day=-1, question="number/dvar", mistake="sum-missing"),
        asked("r", day=-8, question="shape/dw", lesson="linear"),
    )


@pytest.fixture
def progress(run):
    """Run ``progress``; it must succeed. Returns what it printed, and what it told."""

    def done(*arguments, status=0, **changes):
        result = run("progress", *arguments, **changes)
        assert "Traceback" not in result.stderr
        assert result.returncode == status, result.stderr
        return result.stdout, [line.removeprefix("bn-tutor: ") for line in result.stderr.splitlines()]

    return done


@pytest.fixture
def refused(run):
    def done(*arguments, status=2, **changes):
        result = run("progress", *arguments, **changes)
        assert (result.returncode, result.stdout) == (status, "")
        (line,) = result.stderr.splitlines()
        return line.removeprefix("bn-tutor: ")

    return done


# --- the page ---------------------------------------------------------------------------------------------


def test_without_answers_it_says_how_to_begin(progress):
    assert progress() == ("No answer is kept yet. Begin with:\n  bn-tutor quiz batchnorm\n", [])


def test_the_page(progress, practised):
    text, told = progress(TZ="UTC")
    lines = text.splitlines()
    assert told == []
    assert lines[:2] == [
        "Days with practice: 3; 2 in a row now, 2 at best",
        "Right at the first try: 1 of 3",
    ]
    assert "batchnorm  50 % right at the first try; 2 questions" in lines
    cells = " ".join(lines[5:8]).split()
    names = ["mu", "xmu", "sq", "var", "sqrtvar", "ivar", "xhat", "gammax", "out"]
    assert [cell for cell in cells if cell in names] == names
    assert "2× in 1 question" in text
    assert "3 questions are due: linear 1, batchnorm 2." in lines
    assert "  bn-tutor quiz --due" in lines


def test_one_lesson(progress, practised):
    text, _ = progress("linear")
    assert "linear  0 % right at the first try; 1 question\n" in text
    assert "batchnorm" not in text


def test_a_lesson_without_answers(progress, practised):
    assert progress("gates")[0] == "No answer is kept yet. Begin with:\n  bn-tutor quiz gates\n"


def test_a_lesson_file_is_known_by_its_name(progress, log, written):
    log(asked("+", question="shape/dsecond", lesson="own"))
    path = written("own.md", LESSON)
    assert "● second 100 %" in progress(path)[0]


def test_a_lesson_that_is_found_nowhere_has_its_nodes_from_the_log(progress, log):
    log(asked("+", question="shape/dz", lesson="gone") + asked("r", 0, 1, question="shape/da", lesson="gone"))
    assert "  ● z 100 %   ○ a 0 %\n" in progress("gone")[0]


def test_of_lessons_that_share_a_name_no_graph_is_taken(progress, log, written, tmp_path):
    (tmp_path / "lessons").mkdir()
    written("lessons/gates.md", LESSON)
    log(asked("+", question="shape/dq", lesson="gates"))
    assert "  ● q 100 %\n" in progress("gates")[0]


@pytest.mark.parametrize("columns", [10, 40, 200])
def test_the_page_fits_the_width(progress, practised, columns):
    lines = progress(COLUMNS=str(columns))[0].splitlines()
    assert [line for line in lines if len(line) > columns] == []


def test_the_page_in_ascii(progress, practised):
    text, _ = progress(encoding="ascii", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert "* mu 100 %" in text
    assert "o var 0 %" in text


def test_the_page_for_a_screen_reader(progress, practised):
    assert "\n  mu: 100 %\n  xmu: not asked\n" in progress(ACCESSIBLE="1")[0]


def test_in_a_pipe_there_are_no_colours(progress, practised):
    assert "\x1b" not in progress()[0]


def test_in_a_terminal_there_are(terminal, practised):
    opened = terminal(command=(*PROGRAM, "progress"), rows=40)
    opened.shows("● mu 100 %", "Review")
    assert {"green", "red"} <= opened.colours
    assert opened.end() == 0


def test_it_ends_quietly_where_the_reader_goes_away(shell, practised):
    result = shell('"$@" progress | head -1')
    assert (result.returncode, result.stderr, len(result.stdout.splitlines())) == (0, "", 1)


def test_days_are_the_learners_own(progress, log):
    log(asked("+"))
    east, west = "XYZ-14", "XYZ+11"  # never on the same day
    today = [json.loads(progress("--json", TZ=zone)[0])["today"] for zone in (east, west)]
    assert (date.fromisoformat(today[0]) - date.fromisoformat(today[1])).days in (1, 2)


# --- as a document ----------------------------------------------------------------------------------------


def test_json(progress, practised):
    found = json.loads(progress("--json", TZ="UTC")[0])
    assert set(found) == {
        *("format", "today", "asked", "days", "right"),
        *("lessons", "habits", "due", "coming", "skipped", "skipped_questions"),
    }
    assert found["skipped_questions"] == 0
    assert (found["format"], found["asked"], found["days"]["in_a_row"]) == (1, 3, 2)
    assert [each["lesson"] for each in found["lessons"]] == ["batchnorm", "linear"]
    assert [node["node"] for node in found["lessons"][0]["nodes"]][:4] == ["mu", "xmu", "sq", "var"]
    (habit,) = found["habits"]
    assert (habit["mistake"], habit["times"], habit["gone"]) == ("sum-missing", 2, False)
    due = [(each["lesson"], each["question"]) for each in found["due"]]
    assert sorted(due) == [("batchnorm", "number/dvar"), ("batchnorm", "shape/dmu"), ("linear", "shape/dw")]


def test_json_counts_questions_that_were_passed_over(progress, practised):
    line = json.loads(practised.read_bytes().splitlines()[0])
    passed = [{**line, "session": name, "question": "shape/dsq", "verdict": "skipped"} for name in "ab"]
    practised.write_text(practised.read_text() + "".join(f"{json.dumps(each)}\n" for each in passed))
    found = json.loads(progress("--json", TZ="UTC")[0])
    assert (found["skipped_questions"], found["asked"], found["skipped"]) == (2, 3, [])


def test_json_of_nothing(progress):
    assert json.loads(progress("--json")[0])["lessons"] == []


# --- what is wrong with the log ---------------------------------------------------------------------------


def test_skipped_lines_are_told_in_one_line_and_kept(progress, practised):
    newer = practised.read_bytes().splitlines(True)[0].replace(b'"format": 1', b'"format": 9')
    practised.write_bytes(b"hello\n" + practised.read_bytes() + newer + b'{"torn\n' + b"\xff\n" * 3 + b"{")
    before = practised.read_bytes()
    text, told = progress()
    assert "batchnorm  50 %" in text
    assert told == [
        "answers.jsonl: 7 lines were skipped, and kept: line 1 is no answer of bn-tutor; "
        "line 7 is from a newer version of bn-tutor; line 8 is torn or damaged; and 4 more"
    ]
    assert json.loads(progress("--json")[0])["skipped"][0] == {
        "line": 1,
        "lines": 1,
        "reason": "is no answer of bn-tutor",
    }
    assert practised.read_bytes() == before


def test_one_skipped_line(progress, state_folder):
    written(state_folder, b"x\n")
    assert progress()[1] == ["answers.jsonl: 1 line was skipped, and kept: line 1 is no answer of bn-tutor"]


def test_many_skipped_lines(progress, state_folder):
    written(state_folder, b"x\n" * 12_000)
    assert progress()[1][0].startswith("answers.jsonl: 12,000 lines were skipped")


def test_a_log_that_cannot_be_read_is_told(refused, state_folder):
    (state_folder / "answers.jsonl").mkdir(parents=True)
    for arguments in ([], ["--json"], ["export"]):
        assert refused(*arguments, status=1) == f"{state_folder}/answers.jsonl: Is a directory"


def test_nothing_of_the_log_steers_the_terminal(progress, state_folder):
    evil = "\x1b[2Je\u202evil\x07"
    written(state_folder, answer(lesson=evil, node=evil, question=evil, mistake=evil, answer=evil))
    for arguments in ([], ["--json"], ["export"], ["export", "--format", "csv"]):
        text, _ = progress(*arguments)
        assert not set("\x1b\x07\u202e") & set(text), arguments


# --- refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["batchnrm"], "there is no lesson batchnrm, and no answer to one (did you mean batchnorm?)"),
        (["qqqq"], "there is no lesson qqqq, and no answer to one (bn-tutor lesson list lists the lessons)"),
        (["--yes"], "--yes goes with reset, not with the page"),
        (["--force"], "--force goes with export, not with the page"),
        (["batchnorm", "--format", "csv"], "--format goes with export, not with the page"),
        (["export", "--json"], "--json goes with the page, not with export"),
        (["reset", "--force"], "--force goes with export, not with reset"),
        (["export", "--format", "xml"], "--format is json or csv, not 'xml'"),
        (["export", "a", "b"], "export writes one file, not 2"),
        (["reset", "batchnorm"], "reset is of all progress: it takes no lesson"),
    ],
)
def test_what_makes_no_sense_is_refused(refused, arguments, complaint):
    assert refused(*arguments) == complaint


# --- export -----------------------------------------------------------------------------------------------


def test_export_to_stdout(progress, practised):
    document = json.loads(progress("export")[0])
    assert [each["question"] for each in document["answers"]] == [
        *["shape/dmu", "number/dvar", "number/dvar", "number/dvar", "shape/dw"]
    ]
    table = list(csv.DictReader(io.StringIO(progress("export", "-", "--format", "csv")[0])))
    assert [row["try"] for row in table] == ["1", "1", "2", "3", "1"]


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        (["my.json"], '{\n "format": 1'),
        (["my.csv"], "at,session,"),
        (["my.CSV"], "at,session,"),
        (["my.txt"], '{\n "format": 1'),
        (["my.txt", "--format", "csv"], "at,session,"),
    ],
)
def test_export_to_a_file(progress, practised, tmp_path, arguments, start):
    form = "JSON" if start.startswith("{") else "CSV"
    assert progress("export", *arguments) == ("", [f"{arguments[0]} holds 5 answers, as {form}"])
    assert (tmp_path / arguments[0]).read_text(encoding="utf-8").startswith(start)


def test_export_of_nothing(progress):
    assert json.loads(progress("export")[0]) == {"format": 1, "answers": []}


def test_no_file_is_overwritten_unless_that_is_asked_for(progress, refused, practised, tmp_path):
    file = tmp_path / "my.csv"
    file.write_text("mine")
    assert refused("export", "my.csv", status=1) == "my.csv is there already: --force overwrites it"
    assert file.read_text() == "mine"
    progress("export", "my.csv", "--force")
    assert file.read_text().startswith("at,")


def test_the_log_is_not_overwritten_whatever_is_asked_for(refused, practised):
    before = practised.read_bytes()
    told = refused("export", practised, "--force", status=1)
    assert (told, practised.read_bytes()) == (f"{practised} is the log itself", before)


def test_an_export_that_cannot_be_written_is_told(refused, practised, tmp_path):
    assert refused("export", "no/folder.csv", status=1) == "no/folder.csv: No such file or directory"
    assert refused("export", ".", "--force", status=1) == ".: Is a directory"
    assert refused("export", "/dev/full", "--force", status=1) == "/dev/full: No space left on device"
    assert refused("export", "x" * 5000, status=1).endswith(": File name too long")


# --- reset ------------------------------------------------------------------------------------------------


def copies(state_folder):
    return sorted(path.name for path in state_folder.iterdir())


def test_reset_wants_somebody_to_ask(refused, practised, state_folder):
    assert refused("reset") == "reset asks first, and here is nobody to ask: --yes goes without"
    assert copies(state_folder) == ["answers.jsonl"]


def test_reset_keeps_a_copy_and_says_where(progress, practised, state_folder):
    before = practised.read_bytes()
    text, _ = progress("reset", "--yes", TZ="UTC")
    (name,) = copies(state_folder)
    assert name in {f"answers-{datetime.now(UTC) - timedelta(days=day):%Y-%m-%d}.jsonl" for day in (0, 1)}
    assert text == f"Your answers are kept in {state_folder / name}\n"
    assert (state_folder / name).read_bytes() == before
    assert progress()[0].startswith("No answer is kept yet.")


def test_two_resets_keep_two_copies(progress, log, state_folder):
    for _ in range(2):
        log(asked("+"))
        progress("reset", "--yes")
    assert len(copies(state_folder)) == 2


def test_reset_of_nothing(progress):
    assert progress("reset") == ("", ["there is no progress to reset"])


def test_a_reset_that_cannot_be_done_is_told(run, practised, state_folder):
    code = "import os; from bn_tutor.practice import answer_log as log\n"
    code += "def fail(*_): raise OSError(30, 'Read-only file system')\n"
    code += "log.Path.rename = fail\nfrom bn_tutor.cli.main import main; main()"
    result = run("progress", "reset", "--yes", program=(sys.executable, "-c", code))
    told = f"bn-tutor: {state_folder}/answers.jsonl: Read-only file system; nothing was changed\n"
    assert (result.returncode, result.stdout, result.stderr) == (1, "", told)
    assert copies(state_folder) == ["answers.jsonl"]


@pytest.mark.parametrize(
    ("keys", "status", "is_reset"),
    [
        ("y\r", 0, True),
        ("YES\r", 0, True),
        ("n\r", 1, False),
        ("\r", 1, False),
        ("x" * 3000 + "\r", 1, False),
        ("\x04", 1, False),
        ("\x03", 130, False),
    ],
)
def test_reset_asks_on_a_terminal(terminal, practised, state_folder, keys, status, is_reset):
    opened = terminal(command=(*PROGRAM, "progress", "reset"))
    opened.shows("Forget 5 answers? They are kept in a copy. [y/N]")
    opened.send(keys)
    assert opened.end() == status
    assert (copies(state_folder) != ["answers.jsonl"]) == is_reset
    assert "Traceback" not in opened.text


# --- what is quick stays quick ----------------------------------------------------------------------------


def test_numpy_is_only_imported_for_the_titles_of_mistakes(run, log):
    log(asked("+"))
    code = "import atexit, sys\nsys.argv[0] = 'bn-tutor'\n"
    code += "atexit.register(lambda: print(sorted({'numpy', 'fsrs'} & set(sys.modules)), file=sys.stderr))\n"
    code += "from bn_tutor.cli.main import main; main()"
    program = (sys.executable, "-c", code)
    assert run("progress", program=program).stderr == "['fsrs']\n"
    assert run("progress", "--help", program=program).stderr == "[]\n"
    assert run("progress", "reset", "--yes", program=program).stderr == "[]\n"


@pytest.mark.parametrize(
    ("words", "offered"),
    [("progress ex", "export"), ("progress res", "reset"), ("progress gat", "gates")],
)
def test_completion(run, words, offered):
    variables = {"COMP_WORDS": f"bn-tutor {words}", "COMP_CWORD": "2"}
    code = "import sys; sys.argv[0] = 'bn-tutor'; from bn_tutor.cli.main import main; main()"
    result = run(program=(sys.executable, "-c", code), _BN_TUTOR_COMPLETE="complete_bash", **variables)
    assert result.stdout.split() == [offered]


def test_the_folder_of_the_state_is_the_one_that_is_chosen(progress, log, tmp_path):
    log(asked("+"))
    assert progress(BN_TUTOR_STATE=os.fspath(tmp_path / "elsewhere"))[0].startswith("No answer")
