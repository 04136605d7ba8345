"""``lesson list``, and walks by name, where lessons come from several places, whole and broken."""

import json
import os
import sys
from pathlib import Path

import pytest

SHIPPED = Path(__file__).resolve().parents[2] / "lessons"
SUMMARY = "Nine nodes forward, ten small steps back"
LESSON = """\
+++
format = 1
title = "Twice"
summary = "Twice x"
requires = [%s]
[inputs]
x = { shape = [2] }
+++

```graph
y = 2 * x
```
"""
STEERING = "e\x1b[31mvil\x9b2J\u202e\nname"
PROGRAM = "from bn_tutor.cli.main import main; main()"


@pytest.fixture
def lesson(tmp_path):
    """Write a lesson below the working directory; returns its path."""

    def write(path, requires="", content=LESSON):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        # Each file says where it lies, and so differs from its namesakes: a copy would be no clash.
        file.write_text(content % requires + f"\n{path}\n" if content == LESSON else content)
        return file

    return write


@pytest.fixture
def pack(tmp_path, lesson):
    """Lay a lesson pack as an installer does; returns the environment in which Python finds it."""

    def lay(value="some_pack.lessons", names=("packed",), name="some-pack"):
        site = tmp_path / "site"
        for each in names:
            lesson(f"site/some_pack/lessons/{each}.md")
        (site / "some_pack").mkdir(parents=True, exist_ok=True)
        (site / "some_pack" / "__init__.py").write_text(
            "from pathlib import Path; Path('imported').touch(); 1 / 0\n"
        )
        folder = site / "some_pack-1.0.dist-info"
        folder.mkdir(parents=True)
        (folder / "entry_points.txt").write_text(f"[bn_tutor.lessons]\n{name} = {value}\n")
        return {"PYTHONPATH": os.fspath(site)}

    return lay


@pytest.fixture
def listed(run):
    """Run ``lesson list``; it must succeed. Returns its lines and those on stderr."""

    def listing(*options, **changes):
        result = run("lesson", "list", *options, **changes)
        assert result.returncode == 0
        return result.stdout.splitlines(), result.stderr.splitlines()

    return listing


@pytest.fixture
def rows(listed):
    def listing(**changes):
        (line,), told = listed("--json", **changes)
        assert told == []
        return json.loads(line)

    return listing


# --- shipped lessons --------------------------------------------------------------------------------------


def test_only_shipped_lessons_have_no_column_for_where_they_come_from(listed):
    lines, told = listed(COLUMNS="120")
    assert f"  batchnorm              {SUMMARY}" in lines
    assert len(lines) == len(set(SHIPPED.glob("*.md")) - {SHIPPED / "README.md"})
    assert (told, [line for line in lines if "shipped" in line]) == ([], [])


def test_lessons_that_do_not_fit_stand_above_their_summaries(listed):
    lines, _ = listed(COLUMNS="60")
    assert lines[lines.index("  batchnorm") + 1] == f"    {SUMMARY}"


def test_json_tells_name_summary_source_and_path(rows):
    assert {
        "name": "batchnorm",
        "summary": SUMMARY,
        "source": "shipped",
        "path": f"{SHIPPED}/batchnorm.md",
    } in rows()


# --- other places -----------------------------------------------------------------------------------------


def test_every_place_is_listed_with_its_name(listed, rows, lesson, pack, tmp_path):
    lesson("lessons/later.md", "'own'")
    lesson("lessons/own.md")
    single = lesson("else/single.md")
    folder = lesson("folder/named.md").parent
    changes = {"BN_TUTOR_LESSONS": f"{folder}{os.pathsep}{single}", **pack()}
    found = [(row["name"], row["source"]) for row in rows(**changes) if row["source"] != "shipped"]
    assert found == [
        ("own", "./lessons"), ("later", "./lessons"), ("named", "BN_TUTOR_LESSONS"),
        ("single", "BN_TUTOR_LESSONS"), ("packed", "pack some-pack"),
    ]  # fmt: skip
    assert rows(**changes)[-1]["path"] == f"{tmp_path}/site/some_pack/lessons/packed.md"
    lines, told = listed(COLUMNS="130", **changes)
    assert "  batchnorm              shipped           " + SUMMARY in lines
    assert lines[-1] == "  packed                 pack some-pack    Twice x"
    assert told == []


def test_every_place_can_be_walked_by_name(walk, lesson, pack, tmp_path):
    lesson("lessons/own.md")
    lesson("folder/named.md")
    changes = {"BN_TUTOR_LESSONS": "folder", **pack()}
    for name in ("own", "named", "packed"):
        assert walk(name, **changes).startswith(f" {name}   forward 1 of 1")
    assert not (tmp_path / "imported").exists()


def test_readme_is_no_lesson(rows, lesson):
    lesson("lessons/README.md")
    assert "README" not in {row["name"] for row in rows()}


# --- clashes ----------------------------------------------------------------------------------------------


def test_name_that_two_lessons_have(listed, complaint, walk, lesson, pack):
    lesson("lessons/same.md")
    changes = pack(names=["same"])
    lines, told = listed(COLUMNS="130", **changes)
    assert lines[-2:] == [
        "  same                   ./lessons       Twice x",
        "  same                   pack some-pack  Twice x",
    ]
    said = complaint("same", **changes)
    assert told == [f"bn-tutor: {said}"]
    assert said.startswith("same: error: 2 lessons have this name: lessons/same.md (./lessons), ")
    assert said.endswith("/site/some_pack/lessons/same.md (pack some-pack) (give the path of one)")
    assert walk("lessons/same.md", **changes).startswith(" same   forward 1 of 1")


def test_name_of_a_shipped_lesson(complaint, document, lesson, written):
    lesson("lessons/batchnorm.md")
    expected = f"batchnorm: error: 2 lessons have this name: {SHIPPED}/batchnorm.md (shipped), "
    assert complaint().startswith(expected + "lessons/batchnorm.md (./lessons) ")
    assert complaint("batchnorm").startswith(expected)
    # Whose inputs a function is given has nothing to do with the names of lessons.
    own = written("own.py", "def f(x, gamma, beta, eps):\n    return gamma * x + beta\n")
    assert set(document(f"{own}:f")["gradients"]) == {"x", "gamma", "beta"}


def test_same_file_by_two_ways(rows, walk, lesson, tmp_path):
    lesson("lessons/own.md")
    (tmp_path / "link").symlink_to(tmp_path / "lessons")
    found = rows(BN_TUTOR_LESSONS=f"lessons{os.pathsep}link{os.pathsep}{SHIPPED}")
    assert [row["source"] for row in found if row["name"] in ("own", "batchnorm")] == ["shipped", "./lessons"]
    assert walk("own", BN_TUTOR_LESSONS="link").startswith(" own ")


# --- what is broken ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("some_pack.none", "there is no folder some_pack/none"),
        ("no_such_pack.lessons", "there is no package no_such_pack"),
        ("a:b", "'a:b' is not the dotted name of a folder in a package (such as my_pack.lessons)"),
    ],
)
def test_broken_pack_is_told_and_breaks_nothing(value, message, listed, walk, pack, tmp_path):
    changes = pack(value)
    lines, told = listed(**changes)
    assert told == [f"bn-tutor: pack some-pack: error: {message}"]
    assert f"  {'batchnorm':<21}  {SUMMARY}" in lines
    assert walk("batchnorm", **changes).startswith(" batchnorm   forward 1 of 9")
    assert not (tmp_path / "imported").exists()


def test_json_stays_json_where_something_is_broken(run, pack):
    result = run("lesson", "list", "--json", BN_TUTOR_LESSONS="none", **pack("none"))
    assert json.loads(result.stdout)
    assert len(result.stderr.splitlines()) == 2


def test_files_that_are_no_lessons_are_listed_and_break_nothing(rows, lesson, tmp_path):
    folder = lesson("lessons/empty.md", content="").parent
    (folder / "bytes.md").write_bytes(b"+++\nsummary = '\xff\x00'\n+++\n")
    (folder / "nowhere.md").symlink_to("none")
    (folder / "folder.md").mkdir()
    os.mkfifo(folder / "pipe.md")
    lesson("lessons/locked.md").chmod(0)
    with (folder / "huge.md").open("wb") as huge:
        huge.truncate(1 << 40)
    found = [row["name"] for row in rows() if row["source"] == "./lessons"]
    assert found == ["bytes", "empty", "huge", "locked"]


def test_nothing_in_a_name_or_a_path_is_a_command_to_the_terminal(run, lesson, pack):
    lesson(f"lessons/{STEERING}.md", content=f'+++\nsummary = "{STEERING!a}"\n+++\n'.replace("'", ""))
    lesson(f"{STEERING}/{STEERING}.md")
    changes = {
        "BN_TUTOR_LESSONS": f"{STEERING}{os.pathsep}no{STEERING}",
        **pack(name="e\x1b[31mvil", names=[STEERING]),
    }
    results = [run("lesson", "list", **changes), run("lesson", "list", "--json", **changes), run(**changes)]
    results += [run("walk", STEERING, **changes), run("walk", "zzz", **changes)]
    assert [result.returncode for result in results] == [0, 0, 0, 2, 2]
    for result in results:
        text = result.stdout + result.stderr
        assert "Traceback" not in text
        assert all(line.isprintable() for line in text.split("\n"))
    assert [len(result.stderr.splitlines()) for result in results] == [2, 2, 0, 1, 1]


# --- completion -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_of_names_from_all_places(run, lesson, pack, tmp_path, shell):
    for name in ("zz-same", "zz-own", "zz$(touch code)", "zz code", "zz\\$(touch code)"):
        lesson(f"lessons/{name}.md", content="never read")
    variables = {
        "_BN_TUTOR_COMPLETE": f"complete_{shell}", "COMP_WORDS": "bn-tutor walk zz", "COMP_CWORD": "2",
        "_TYPER_COMPLETE_ARGS": "bn-tutor walk zz", "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        **pack(names=["zz-same", "zz-packed"]),
    }  # fmt: skip
    program = (sys.executable, "-c", f"import sys; sys.argv[0] = 'bn-tutor'; {PROGRAM}")
    result = run(program=program, **variables)
    for name in ("zz-same", "zz-own", "zz-packed"):
        assert result.stdout.count(name) == 1
    assert "code" not in result.stdout + result.stderr
    assert not (tmp_path / "imported").exists()
