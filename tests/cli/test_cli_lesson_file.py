"""``walk FILE.md``: a lesson of one's own, right or broken, and one that tries to steer the terminal."""

import re

import pytest

GOOD = """\
+++
format = 1
title = "Twice"
output = "y"

[sizes]
N = 2

[inputs]
x = { shape = ["N"] }
+++

```graph
y = 2 * x   # twice x
```

## `y`

Twice x.

### backward

Twice dy.
"""
EVIL = (
    GOOD.replace("# twice x", "# caption \x1b]0;title\x07[red]")
    .replace("Twice x.", "Prose \x1b[31m[bold]bold[/bold] \x9b31m :smile: \u202eright to left")
    .replace("Twice dy.", "Back \x1b[2J\x1b[H[link=http://a.b]home[/link]")
)


def test_lesson_file(walk, written):
    lines = walk(written("own.md", GOOD)).splitlines()
    assert lines[0].startswith(" own   forward 1 of 1   ━")
    assert lines[1] == " node 1   y = 2 · x   shape (2,)   twice x"
    assert " why     Twice dy." in lines


def test_lesson_file_by_a_relative_name(walk, written):
    assert walk(written("own.md", GOOD).name).startswith(" own   forward 1 of 1")


def test_broken_lines_are_all_told_with_their_place(refuse, written):
    lines = "a = meen(x, axis=0)\nb = x - z\ny = x *\n"
    written("broken.md", GOOD.replace("y = 2 * x   # twice x\n", lines))
    assert refuse("broken.md") == [
        "bn-tutor: broken.md:14:5: error[unknown-operation]: there is no operation meen (did you mean mean?)",
        "bn-tutor: broken.md:15:9: error[unknown-name]: z is not defined before this line",
        "bn-tutor: broken.md:16:8: error[not-a-formula]: not a formula: invalid syntax",
    ]


def test_broken_front_matter(refuse, written):
    written("broken.md", GOOD.replace("format = 1", "format = 2").replace("title", "titel"))
    assert sorted(refuse("broken.md")) == [
        "bn-tutor: broken.md:2:1: error[unknown-format]: format must be 1 (this version reads no other)",
        "bn-tutor: broken.md:3:1: error[unknown-key]: there is no key titel (did you mean title?)",
    ]


def test_front_matter_and_graph_are_told_at_once(refuse, written):
    written("broken.md", GOOD.replace("format = 1", "format = 2").replace("2 * x ", "2 * z "))
    assert [line.split(": ")[1] for line in refuse("broken.md")] == ["broken.md:2:1", "broken.md:14:9"]


def test_whole_path_is_told(refuse, written):
    path = written("broken.md", GOOD.replace("2 * x ", "2 * z "))
    assert refuse(path)[0].startswith(f"bn-tutor: {path}:14:9: error[unknown-name]: z is not defined")


@pytest.mark.parametrize(
    "content",
    ["", "\n", "+++\nformat = 1\n", "+++\nformat = \n+++\n", "+++\nformat = 1\n+++\n", "text", "+++"],
)
def test_file_that_is_no_lesson(refuse, written, content):
    written("none.md", content)
    assert all(line.startswith("bn-tutor: none.md:") for line in refuse("none.md"))


def test_file_that_is_no_text(complaint, written):
    said = (
        "bytes.md:1:1: error[not-utf8]: the file is not UTF-8 text: byte 1 begins no character"
        " (save it as UTF-8)"
    )
    assert complaint(written("bytes.md", b"\xff\xfe\x00").name) == said


def test_folder_that_is_named_like_a_lesson(complaint, tmp_path):
    (tmp_path / "folder.md").mkdir()
    assert complaint("folder.md").startswith("folder.md: error: ")


def test_lesson_whose_name_has_two_lines(refuse, written):
    path = written("two\nlines.md", GOOD.replace("2 * x ", "2 * z "))
    assert len(refuse(path.name)) == 1


def test_data_and_sizes_for_a_lesson_file(document, written):
    path = written("own.md", GOOD)
    assert len(document(path, "--size", "N=5")["inputs"]["x"]) == 5
    found = document(path, "--data", written("x.json", '{"x": [1, 2, 3], "upstream": [1, 2, 4]}'))
    assert found["gradients"]["x"] == [2.0, 4.0, 8.0]


# --- a lesson that tries to steer the terminal ------------------------------------------------------------


def test_nothing_in_a_lesson_is_a_command_to_the_terminal(walk, written):
    text = walk(written("[bold]e\x1b[31mvil.md", EVIL).name)
    assert not [sign for sign in "\x1b\x9b\x07\u202e" if sign in text]
    assert text.startswith(" [bold]e[31mvil   forward 1 of 1")
    assert "caption ]0;title[red]" in text
    assert "Prose [31m[bold]bold[/bold] 31m :smile: right to left" in text
    assert "Back [2J[H[link=http://a.b]home[/link]" in text


def test_nor_in_a_terminal(stepper, written):
    opened = stepper(written("[bold]e\x1b[31mvil.md", EVIL).name)
    opened.send("n")
    opened.shows("backward 1 of 1", "Back [2J[H[link=")
    opened.send("q")
    assert opened.end() == 0
    assert foreign(opened.received) == b""


def foreign(received):
    """Return the escape and control codes that are not the stepper's own."""
    own = rb"\x1b\[[0-9;]*m|\x1b\[[HKJ]|\x1b\[\?(?:1049|25|2004)[hl]|\r+\n"
    rest = re.sub(own, b"", received).decode()
    return "".join(sign for sign in rest if sign < " " or "\x7f" <= sign <= "\x9f").encode()
