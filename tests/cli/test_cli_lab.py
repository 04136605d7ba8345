"""``bn-tutor lab`` as a whole: in a pipe, in a terminal, and where something is missing."""

import csv
import io
import json
import re
import sys
import time
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

import pexpect
import pytest

from bn_tutor.cli.completion import complete_lab
from bn_tutor.cli.lab_run import SHORT_OF_MEMORY
from bn_tutor.cli.main import app
from bn_tutor.labs.catalogue import LABS
from tests.cli.conftest import PATIENCE, PROGRAM

ROOT = Path(__file__).parents[2]
# The program with another lab in it, which runs in no time; its first argument is how that lab measures.
FAKE = """
import sys
from dataclasses import replace
from bn_tutor.labs import catalogue
from tests.labs import fake
catalogue.LABS = {"fake": replace(fake.LAB, measure=getattr(fake, sys.argv.pop(1)))}
"""
# The program on a single core, so that a run begins no processes.
ALONE = """
import os, sys
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[-1]})
"""
START = """
sys.argv[0] = "bn-tutor"
from bn_tutor.cli.main import main
main()
"""


def without(*modules):
    return "import sys\n" + "".join(f"sys.modules[{name!r}] = None\n" for name in modules)


@pytest.fixture
def lab(run):
    """Run ``bn-tutor lab`` on one core; all must be well."""

    def succeed(*arguments, **changes):
        result = run("lab", *arguments, program=(sys.executable, "-c", ALONE + START), **changes)
        assert (result.returncode, result.stderr) == (0, "")
        return result.stdout

    return succeed


@pytest.fixture
def fake(run):
    """Run the fake lab with a way to measure; returns all that happened."""

    def run_fake(measure, *arguments, before=ALONE, **changes):
        program = (sys.executable, "-c", before + FAKE + START, measure, "lab")
        return run(*arguments, program=program, PYTHONPATH=str(ROOT), **changes)

    return run_fake


@pytest.fixture
def seat(terminal):
    """Open a terminal with the fake lab in it."""

    def open_seat(*arguments, name="fake", measure="measure", before="", after="", **options):
        command = (sys.executable, "-c", before + FAKE + START, measure, "lab")
        if after:
            command = ("bash", "-c", f'"$@"; {after}', "bash", *command)
        return terminal(name, *arguments, command=command, PYTHONPATH=str(ROOT), **options)

    return open_seat


def refused(result, status=2):
    """Return the one line that says what is wrong."""
    assert (result.returncode, result.stdout) == (status, ""), result
    (line,) = result.stderr.splitlines()
    return line.removeprefix("bn-tutor: ")


# --- pages ------------------------------------------------------------------------------------------------


def test_every_lab_is_listed_with_its_question(lab):
    text = lab("list")
    assert text == lab()
    assert re.findall(r"^[\w-]+(?=  )", text, re.M) == list(LABS)
    words = " ".join(text.split())
    assert all(each.question in words for each in LABS.values())


def test_the_list_as_json(lab):
    document = json.loads(lab("--json"))
    assert document["format"] == 1
    assert [each["name"] for each in document["labs"]] == list(LABS)
    for each in document["labs"]:
        assert each["predictions"] and each["claims"] and each["papers"] and each["sizes"]


def test_completion_offers_the_labs_that_there_are():
    assert complete_lab("") == [*sorted(LABS), "list", "claims", "all"]


def test_claims_rest_on_the_last_run(lab, state_folder):
    before = json.loads(lab("claims", "--json"))["claims"]
    assert [each["lab"] for each in before] == [name for name in LABS for _ in LABS[name].findings]
    assert {(each["verdict"], each["run"]) for each in before} == {("not yet run", None)}
    assert f"{len(before)} claims. not yet run: {len(before)}" in lab("claims")
    lab("exact", "--seed", "3", "--size", "N=16")
    after = {each["finding"]: each for each in json.loads(lab("claims", "--json"))["claims"]}
    assert after["bias-before"]["verdict"] == "holds"
    assert after["no-gaussian"]["verdict"] == "does not hold"
    run = after["bias-before"]["run"]
    assert (run["seeds"], run["sizes"]) == ([3, 4, 5, 6, 7], {"N": 16, "D": 5})
    assert Path(run["rows"]) == state_folder / "labs" / "exact-other.json"
    text = " ".join(lab("claims").split())
    assert "seeds 3 to 7, N 16; with other seeds: bn-tutor lab exact --seed 8" in text
    assert "“A bias right before BN has a gradient of exactly zero”: ✓ holds" in text


def test_a_record_that_cannot_be_read_is_told_on_the_page_of_claims(run, state_folder):
    path = state_folder / "labs" / "exact.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    result = run("lab", "claims", COLUMNS="120")
    assert result.returncode == 0
    assert result.stderr == f"bn-tutor: {path}: it is no JSON; run it again: bn-tutor lab exact\n"
    assert "“A bias right before BN has a gradient of exactly zero”: not yet run" in result.stdout


# --- what cannot be asked for -----------------------------------------------------------------------------

REFUSED = {
    "exakt": "there is no lab exakt (did you mean exact?)",
    "exact --size n=5": "--size: the lab exact has no size n (did you mean N?)",
    "exact --size depth=5": "--size: the lab exact has no size depth (there are: N, D)",
    "exact --size N=2": "--size: N must be 3 or more: of two samples none can lean to one side",
    "exact --size N=0": "--size N=0: a size is a whole number from 1 to 1,000,000",
    "exact --size N=200000": "--size N=200000: a lab takes sizes up to 100,000",
    "exact --size N": "--size takes NAME=NUMBER, such as N=6, not 'N'",
    "learning-rate --size batch=1439": "--size batch=1439: there are 1,438 samples to train on",
    "exact --predict 9": "--predict is a number from 1 to 2",
    "exact --data foo": "--data is digits or synthetic, not foo",
    "exact --csv nowhere/rows.csv": "nowhere/rows.csv cannot be written: there is no folder nowhere",
    "exact --csv .": ". is a folder",
    "exact --csv there.csv": "there.csv is there already: --force overwrites it",
    "exact --svg there.csv": "there.csv is there already: --force overwrites it",
    "exact --csv a --svg a": "--csv and --svg name the same file",
    "exact --walk --json": "--json is for a run of a lab: bn-tutor lab NAME --json",
    "claims --csv a": "--csv is for a run of a lab: bn-tutor lab NAME --csv",
    "all --json": "--json is for a run of a lab: bn-tutor lab NAME --json",
    "all --csv a": "--csv is for a run of a lab: bn-tutor lab NAME --csv",
    "all --size N=5": "--size and --walk are for one lab: bn-tutor lab NAME",
    "list --predict 1": "--predict is for a run of a lab: bn-tutor lab NAME --predict",
}


@pytest.mark.parametrize("line", REFUSED)
def test_what_cannot_be_done_is_told_before_anything_else(line, written, tmp_path, monkeypatch, capsys):
    written("there.csv", "mine")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BN_TUTOR_STATE", str(tmp_path / "state"))
    assert app(["lab", *line.split()], standalone_mode=False) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"bn-tutor: {REFUSED[line]}\n")
    assert (tmp_path / "there.csv").read_text() == "mine"


def test_what_cannot_be_done_has_an_exit_status(run):
    assert refused(run("lab", "exakt")) == REFUSED["exakt"]
    assert refused(run("lab", "zzz")) == f"there is no lab zzz (there are: {', '.join(LABS)})"


@pytest.mark.parametrize("option", ["--seeds 0", "--seeds 1001", "--seed -1", "--predict 0"])
def test_numbers_out_of_range_are_refused(run, option):
    result = run("lab", "exact", *option.split())
    assert (result.returncode, result.stdout) == (2, "")
    assert f"Invalid value for '{option.split()[0]}'" in result.stderr


# --- a run in a pipe --------------------------------------------------------------------------------------


def refuse_constant(name):
    raise AssertionError(f"{name} is no JSON")


def parsed(text):
    return json.loads(text, parse_constant=refuse_constant)


def test_one_run_as_json_csv_and_svg(lab, tmp_path):
    document = parsed(lab("exact", "--json", "--csv", "rows.csv", "--svg", "page.svg", "--predict", "1"))
    assert (document["lab"], document["stopped"], document["predicted"]) == ("exact", False, "zero")
    assert (len(document["rows"]), document["planned"]) == (25, 25)
    assert document["verdicts"][0]["seeds"] == {"zero": 5}
    (panel,) = document["panels"]
    assert len(panel["lines"][0]["points"]) == 5
    rows = list(csv.DictReader(io.StringIO((tmp_path / "rows.csv").read_text())))
    assert list(rows[0]) == ["lab", "data", "check", "of what", "seed", "off", "of", "share"]
    assert [{"lab": "exact", "data": "drawn", **each} for each in document["rows"]] == [
        {**row, **{name: float(row[name]) for name in ("off", "of", "share")}, "seed": int(row["seed"])}
        for row in rows
    ]
    text = (tmp_path / "page.svg").read_text(encoding="utf-8")
    assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
    assert set(re.findall(r"https?://[^\"')\s]*", text)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"font-face|url\(|@import|href|<script", text)
    assert "\x1b" not in text and f">exact: {LABS['exact'].title}</text>" in text


def test_a_page_in_a_pipe(lab):
    text = lab("exact", "--predict", "2")
    assert "\x1b" not in text
    assert text.startswith(" lab exact   What needs no training\n")
    assert "   2  they lose it: a Gaussian comes out" in text.splitlines()
    assert " run      25 runs, seeds 0 to 4, " in text
    assert "The run shows: they keep it: the shape stays as it was." in " ".join(text.split())
    assert "digits" not in text


def test_ascii_has_no_sign_that_was_lost(lab):
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "encoding": "ascii"}
    asked = sum(text.count("?") for text in (lab("list"), lab("claims"), LABS["exact"].question))
    texts = [lab(*words, **ascii_only) for words in (["list"], ["claims"], ["exact", "--seeds", "1"])]
    assert all(text.isascii() for text in texts)
    assert sum(text.count("?") for text in texts) == asked


def test_an_existing_file_is_overwritten_where_that_is_asked_for(fake, written):
    path = written("rows.csv", "mine")
    result = fake("measure", "fake", "--data", "synthetic", "--csv", path, "--force", "--seeds", "1")
    assert result.returncode == 0
    assert path.read_text().startswith("lab,data,norm,rate,seed,gain\nfake,synthetic,with BN,0.01,0,2.01\n")


def test_a_full_disk_costs_neither_the_page_nor_the_run(fake, state_folder, tmp_path):
    result = fake(
        "measure", "fake", "--data", "synthetic", "--csv", "/dev/full", "--svg", "page.svg", "--force"
    )
    assert result.returncode == 1
    assert result.stderr == "bn-tutor: /dev/full: No space left on device\n"
    assert "“BN makes it larger”: ✓ holds" in result.stdout
    assert len(parsed((state_folder / "labs" / "fake.json").read_text())["rows"]) == 20
    assert (tmp_path / "page.svg").exists()


def test_a_run_that_cannot_be_kept_is_shown(fake):
    result = fake("measure", "fake", "--data", "synthetic", "--seeds", "1", BN_TUTOR_STATE="/proc/nothing")
    assert result.returncode == 0
    assert re.fullmatch("bn-tutor: not kept for the page of claims: .+\n", result.stderr)
    assert " run      4 runs, seed 0, " in result.stdout


@pytest.mark.parametrize(
    ("line", "status", "told"),
    [
        ('"$@" lab exact --seeds 1 | head -1; exit "${PIPESTATUS[0]}"', 0, ""),
        ('"$@" lab exact --seeds 1 > /dev/full', 1, "bn-tutor: No space left on device\n"),
        ('"$@" lab exact --walk --data synthetic | head -1; exit "${PIPESTATUS[0]}"', 0, ""),
    ],
)
def test_a_reader_that_goes_away_and_a_full_disk(shell, state_folder, line, status, told):
    result = shell(line)
    assert (result.returncode, result.stderr) == (status, told)
    # The run took its time, and is kept though nobody reads its page. A disk that is full is told before it.
    assert (state_folder / "labs" / "exact.json").exists() is ("--seeds 1 | head" in line)


def test_walk_in_a_pipe_prints_every_frame(lab):
    text = lab("exact", "--walk", "--data", "synthetic", "--size", "N=3,D=2")
    assert text.startswith(" lab exact, step 1   forward 1 of ")
    assert "backward 1 of " in text
    assert "\x1b" not in text


# --- what a lab itself may do -----------------------------------------------------------------------------


def test_numbers_of_numpy_and_no_numbers_make_a_valid_document(fake, tmp_path):
    options = ["fake", "--json", "--data", "synthetic", "--size", "rates=1", "--csv", "rows.csv"]
    document = parsed(fake("measure_numpy", *options).stdout)
    assert document["rows"][0] == {
        "norm": "with BN", "rate": 0.1, "seed": 0, "gain": 1.5, "count": 3.0, "known": 1.0
    }  # fmt: skip
    result = fake("measure_nothing", *options, "--force")
    assert result.stderr == ""
    document = parsed(result.stdout)
    assert [row["gain"] for row in document["rows"] if row["seed"] == 1] == [None, None]
    assert ",with BN,0.1,1,\n" in (tmp_path / "rows.csv").read_text()
    again = fake("measure", "claims", "--json")
    assert (again.returncode, again.stderr) == (0, "")
    assert parsed(again.stdout)["claims"][0]["run"]["seeds"] == [0, 1, 2, 3, 4]


def test_a_measure_that_raises_is_a_fault_of_ours_and_no_hang(fake):
    result = fake("measure_wrongly", "fake", "--data", "synthetic", before="")
    assert result.returncode == 1
    assert "ZeroDivisionError: planted at 0.01" in result.stderr
    assert "verdict" not in result.stdout


@pytest.mark.parametrize(
    ("measure", "before"), [("measure_too_much", ALONE), ("measure_too_much", ""), ("measure_and_die", "")]
)
def test_short_memory_is_told(fake, measure, before):
    result = fake(measure, "fake", "--json", "--data", "synthetic", before=before)
    assert refused(result, status=1) == SHORT_OF_MEMORY


def test_what_there_is_when_memory_gets_short_is_shown(fake):
    result = fake("measure_and_die_later", "fake", "--json", "--data", "synthetic", before="")
    assert (result.returncode, result.stderr) == (1, f"bn-tutor: {SHORT_OF_MEMORY}\n")
    found = parsed(result.stdout)
    assert found["stopped"] is True
    assert len(found["rows"]) > 0


@pytest.mark.parametrize("options", [["--walk"], ["--quick", "--seeds", "1"]])
def test_sizes_that_give_no_network_are_told_in_a_line(run, options):
    result = run("lab", "shift", "--size", "layers=9999", "--data", "synthetic", *options)
    assert result.returncode in (1, 2)
    assert result.stderr == "bn-tutor: these sizes cannot be run: the graph has more than 5000 nodes\n"


# --- without the extra ------------------------------------------------------------------------------------

INSTALL = "pip install 'bn-tutor[labs]', or '.[labs]' in a checkout"
NO_DIGITS = f"bn-tutor: the handwritten digits come with scikit-learn: {INSTALL}\n"
NO_PLOTS = f"bn-tutor: plots need plotext ({INSTALL}); the tables have the same numbers\n"


def test_without_the_extra_it_says_what_is_run_instead_and_how_to_get_it(fake):
    bare = without("sklearn", "plotext") + ALONE
    result = fake("measure", "fake", before=bare)
    assert (result.returncode, result.stderr) == (0, NO_DIGITS + NO_PLOTS)
    assert " data     a synthetic set of 1,797 images" in result.stdout
    assert "●" not in result.stdout and "with BN" in result.stdout
    result = fake("measure", "fake", "--json", before=bare)
    assert (result.returncode, result.stderr) == (0, NO_DIGITS)
    assert parsed(result.stdout)["data"] == "synthetic"
    result = fake("measure", "fake", "--data", "digits", before=bare)
    assert refused(result) == f"--data digits: the handwritten digits come with scikit-learn: {INSTALL}"
    assert fake("measure", "fake", "--data", "synthetic", "--plain", before=bare).stderr == ""


def test_another_library_under_the_name_of_plotext_is_none(fake):
    other = "import sys, types\nsys.modules['plotext'] = types.ModuleType('plotext')\n" + ALONE
    result = fake("measure", "fake", "--data", "synthetic", before=other)
    assert (result.returncode, result.stderr) == (0, NO_PLOTS)


def test_a_lab_without_images_needs_no_digits(run):
    program = (sys.executable, "-c", without("sklearn", "plotext") + ALONE + START)
    result = run("lab", "exact", "--seeds", "1", "--plain", program=program)
    assert (result.returncode, result.stderr) == (0, "")


def test_with_the_extra_digits_and_plots_are_there(fake):
    result = fake("measure", "fake")
    assert (result.returncode, result.stderr) == (0, "")
    assert " data     1,797 handwritten digits of 8 by 8 pixels" in result.stdout
    assert "  ● with BN   ▲ without BN\n" in result.stdout


# --- in a terminal ----------------------------------------------------------------------------------------

PROMPT = "prediction, 1 to 3 (Enter: none)>"


def at_prompt(opened):
    opened.shows("What do you expect?", PROMPT)
    return opened


@pytest.fixture
def asked(seat):
    return lambda *arguments, **options: at_prompt(seat("--data", "synthetic", *arguments, **options))


def interrupt(opened, until):
    """Press Ctrl-C; again where it came just before the program waited for a key, and nothing happened."""
    for _ in range(10):
        opened.send(b"\x03")
        while until not in opened.received and opened.receive(2.0):
            pass
        if until in opened.received:
            return


def test_a_prediction_is_asked_until_it_is_one(asked):
    opened = asked(rows=60, PYTHONUTF8="0", PYTHONIOENCODING="utf-8:strict")
    assert "  1  BN makes it larger" in opened.text
    for times, wrong in enumerate(["9", "0", "-1", "one", "1.0", "²", b"\xff\xfe", "1" * 300], 2):
        opened.send(wrong, "\r")
        opened.says(PROMPT, times)
    opened.send(" 2 \r")
    opened.shows("The run shows: BN makes it larger.", "again    bn-tutor lab fake --seed 5")
    assert b"running" in opened.received
    assert opened.end() == 0


@pytest.mark.parametrize("key", [b"\r", b"\x04"])
def test_no_prediction_is_one_too(asked, key):
    opened = asked(rows=60)
    opened.send(key)
    opened.shows("✓ holds", "again    bn-tutor lab fake --seed 5")
    assert opened.end() == 0
    assert "expected" not in opened.text
    assert f" {PROMPT}" in opened.lines  # the bar has not taken its line


def test_ctrl_c_at_the_prompt_leaves(asked, state_folder):
    opened = asked()
    with suppress(pexpect.EOF):
        interrupt(opened, b"never written")
    assert opened.end() == 130
    assert b"Traceback" not in opened.received
    assert not state_folder.exists()


def children(pid):
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_for(is_so):
    limit = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < limit
        time.sleep(0.02)


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="there is no /proc to look into")
@pytest.mark.parametrize("before", ["", ALONE])
def test_ctrl_c_in_the_middle_shows_what_there_is(seat, before, state_folder):
    opened = seat("--data", "synthetic", "--predict", "1", measure="measure_slowly", before=before, rows=60)
    opened.shows("4/20")
    processes = children(opened.process.pid)
    interrupt(opened, b"stopped")
    assert opened.end() == 130
    assert " run      4 of 20 runs: stopped, seeds 0 to 4, 1 of them whole, " in opened.text
    assert "“BN makes it larger”: too few seeds" in opened.text
    assert b"Traceback" not in opened.received
    assert "running" not in opened.text
    wait_for(lambda: not any(map(is_running, processes)))
    assert len(processes) >= (2 if before == "" else 0)
    assert len(parsed((state_folder / "labs" / "fake.json").read_text())["rows"]) == 4


def test_what_is_typed_during_a_run_does_not_tear_the_bar(seat):
    opened = seat(
        *("--data", "synthetic", "--predict", "1"), measure="measure_slowly", before=ALONE, rows=60,
        after="echo; stty -a",
    )  # fmt: skip
    opened.shows("4/20")
    assert not opened.echoes
    opened.send("typed\r" * 20)
    interrupt(opened, b"stopped")
    opened.shows(" echo ")
    opened.end()
    assert b" echo " in opened.received  # as it was before
    assert b"typed" not in opened.received


def test_without_a_bar_it_is_told_in_lines_how_far_it_is(seat):
    opened = seat("--data", "synthetic", "--predict", "1", "--plain", rows=60)
    opened.shows("5 of 20 runs\n10 of 20 runs\n15 of 20 runs\n20 of 20 runs\n")
    opened.shows("verdict: “BN makes it larger”: ✓ holds")
    assert opened.end() == 0
    assert not re.search(rb"\x1b(?!\[[0-9;]*m)|\r(?!\n)", opened.received)  # colours are no movement
    assert "●" not in opened.text


def test_the_page_has_the_width_that_the_window_got_meanwhile(seat):
    opened = seat("--data", "synthetic", "--predict", "1", measure="measure_slowly", before=ALONE, rows=60)
    opened.shows("4/20")
    opened.resize(40, 60)
    interrupt(opened, b"stopped")
    assert opened.end() == 130
    assert "run: 4 of 20 runs: stopped, seeds 0 to\n4, 1 of them whole, " in opened.text


def test_no_colour_is_honoured(seat):
    for options, changes in ((["--no-color"], {}), ([], {"NO_COLOR": "1"})):
        opened = seat("--data", "synthetic", "--predict", "1", *options, rows=60, before=ALONE, **changes)
        opened.shows("again    bn-tutor lab fake --seed 5")
        assert opened.end() == 0
        assert opened.colours == {"default"}
        assert b"running" in opened.received
        assert not re.search(rb"\x1b\[[0-9;]*(3[0-8]|9[0-7])[;m]", opened.received)


def test_a_step_is_walked_through(terminal):
    opened = terminal("exact", "--walk", "--data", "synthetic", command=(*PROGRAM, "lab"))
    opened.shows("lab exact, step 1   forward 1 of ", "q quit")
    opened.send("G")
    opened.shows("backward")
    opened.send("q")
    assert opened.end() == 0
    again = terminal("exact", "--walk", "--data", "synthetic", command=(*PROGRAM, "lab"))
    again.shows("q quit")
    again.send(b"\x03")
    assert again.end() == 130


def test_a_predicted_number_is_not_asked_for(seat):
    opened = seat("--data", "synthetic", "--predict", "3", rows=60)
    opened.shows("it depends. The run shows: BN makes it larger.")
    assert opened.end() == 0
    assert PROMPT.encode() not in opened.received


def test_all_labs_are_run_without_a_question(seat):
    opened = seat("--data", "synthetic", name="all", rows=60)
    opened.shows(" lab fake", "“BN makes it larger”: ✓ holds")
    assert opened.end() == 0
    assert PROMPT.encode() not in opened.received
