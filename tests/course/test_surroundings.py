"""What a lesson says about other files, about its own sections and names; one fault after another."""

import os

import pytest

from bn_tutor.course.catalogue import entries
from bn_tutor.course.codes import Code
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.reader import read_lesson
from bn_tutor.course.surroundings import MOST_BRACKETS, check_surroundings

from .lessons import SMALL, with_front

links = pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Return an empty folder for lessons, in which the working directory has none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BN_TUTOR_LESSONS", raising=False)
    folder = tmp_path / "course"
    folder.mkdir()
    return folder


@pytest.fixture
def problems(home):
    """Return a function: text of a lesson -> what is wrong around it, as (line, column, code, message)."""

    def found(text, name="own"):
        path = home / f"{name}.md"
        path.write_text(text, encoding="utf-8")
        lesson = read_lesson(path)
        assert isinstance(lesson, Lesson), lesson
        return [
            (each.line, each.column, each.code, each.message + (f" ({each.hint})" if each.hint else ""))
            for each in check_surroundings(lesson, path)
        ]

    return found


def requiring(*names, title="a"):
    return with_front(f"title = '{title}'", f"requires = {list(names)}")


def write(folder, name, *requires):
    (folder / f"{name}.md").write_text(requiring(*requires), encoding="utf-8")


# --- lessons that are required ----------------------------------------------------------------------------


def test_lesson_that_requires_nothing_is_no_fault(problems):
    assert problems(SMALL) == []


def test_shipped_lessons_may_be_required_from_anywhere(problems):
    assert problems(requiring("gates", "batchnorm")) == []


def test_lessons_beside_it_may_be_required(problems, home):
    write(home, "first")
    write(home, "second", "first", "gates")
    assert problems(requiring("second", "first")) == []


def test_lesson_that_there_is_not_is_found_with_the_closest_one(problems, home):
    write(home, "softplus")
    found = problems(requiring("softpluss", "zzzzzz", "gates"))
    assert [each[2:] for each in found] == [
        (Code.UNKNOWN_LESSON, "there is no lesson softpluss to require (did you mean softplus?)"),
        (Code.UNKNOWN_LESSON, "there is no lesson zzzzzz to require"),
    ]
    assert {each[0] for each in found} == {4}


@pytest.mark.parametrize("name", ["gates.md", "../course/first", "GATES!", "a b", "README"])
def test_lesson_is_required_by_its_name_alone(problems, home, name):
    write(home, "first")
    (home / "README.md").write_text("how to", encoding="utf-8")
    assert [each[2] for each in problems(requiring(name))] == [Code.UNKNOWN_LESSON]


def test_lesson_that_requires_itself_is_found(problems):
    ((line, _, code, message),) = problems(requiring("own"))
    assert (line, code) == (4, Code.CIRCLE)
    assert message == "own cannot require itself (a lesson can only build on earlier ones)"


@pytest.mark.parametrize("length", [2, 3, 10])
def test_circle_is_found_however_long(problems, home, length):
    names = [f"l{place}" for place in range(1, length)]
    for name, following in zip(names, [*names[1:], "own"], strict=True):
        write(home, name, following)
    ((_, _, code, message),) = problems(requiring("l1"))
    assert (code, message.split(" (")[0]) == (Code.CIRCLE, "l1 requires own in its turn")


def test_circle_of_others_is_not_this_lessons(problems, home):
    write(home, "one", "two")
    write(home, "two", "one")
    assert problems(requiring("one", "two")) == []


def test_lesson_that_another_one_requires_too_is_no_circle(problems, home):
    write(home, "base")
    write(home, "left", "base")
    write(home, "right", "base")
    assert problems(requiring("left", "right", "base")) == []


def test_lesson_of_another_folder_does_not_hide_one_beside_it(problems, home):
    # Beside the file there is another lesson called gates, which requires this one.
    assert "gates" in [entry.name for entry in entries()]
    write(home, "gates", "own")
    assert [each[2] for each in problems(requiring("gates"))] == [Code.CIRCLE]


def test_lesson_beside_it_that_is_no_lesson_requires_nothing(problems, home):
    (home / "odd.md").write_bytes(b"\xff")
    (home / "folder.md").mkdir()
    assert problems(requiring("odd")) == []
    assert [each[2] for each in problems(requiring("folder"))] == [Code.UNKNOWN_LESSON]


# --- links ------------------------------------------------------------------------------------------------

KEPT = [
    "[a](https://example.org/none.md)",
    "[a](http://example.org)",
    "[a](mailto:someone@example.org)",
    "[a](//example.org/none.md)",
    "[a](#there)",
    "[a](there.md)",
    "[a](./there.md)",
    "[a](there.md#section)",
    "[a](there.md?raw=1#section)",
    "[a](../course/there.md)",
    "[a](there.md 'a title')",
    "[a](<with blank.md>)",
    "[a](with%20blank.md)",
    "[a](%C3%BC.md)",
    "[a](ü.md)",
    "[a](deep/picture.png)",
    "[a](deep)",
    "![a](deep/picture.png)",
    "[![a](deep/picture.png)](there.md)",
    "[a]()",
    "<https://example.org/none.md>",
    "`[a](none.md)`",
    "\\[a](none.md)",
    "a [b](there.md) c [d](deep) e",
    "```python\nfunctions[i](none)\n```",
    "    functions[i](none)",
]


@pytest.mark.parametrize("text", KEPT)
def test_link_that_leads_somewhere_is_no_fault(problems, home, text):
    for name in ("there.md", "with blank.md", "ü.md"):
        (home / name).write_text("a", encoding="utf-8")
    (home / "deep").mkdir()
    (home / "deep" / "picture.png").write_bytes(b"")
    assert problems(SMALL + text + "\n") == []


# The text, the column where the link leads to, and what is named.
BROKEN = [
    ("[a](none.md)", 5, "none.md"),
    ("see ![a](none.png) there", 10, "none.png"),
    ("[a](none.md#section)", 5, "none.md#section"),
    ("[![a](there.png)](none.md)", 19, "none.md"),
    ("[![a](none.png)](there.png)", 7, "none.png"),
    ("[a](none%20here.md)", 5, "none%20here.md"),
    ("[a](<none here.md>)", 1, "none%20here.md"),
    ("*[a](none.md)*", 6, "none.md"),
    ("- [a](none.md)", 7, "none.md"),
    ("> [a](none.md)", 7, "none.md"),
    ("| [a](none.md)", 7, "none.md"),
    ("[a](none.md 'a title')", 5, "none.md"),
    ("[a](../none.md)", 5, "../none.md"),
    ("[a](%00.md)", 5, "%00.md"),
    ("[a](lesson.md/none)", 5, "lesson.md/none"),
]


@pytest.mark.parametrize(("text", "column", "target"), BROKEN, ids=[text[:24] for text, *_ in BROKEN])
def test_link_that_leads_nowhere_is_found(problems, home, text, column, target):
    (home / "there.png").write_bytes(b"")
    (found,) = problems(SMALL + f"before\n\n{text}\n")
    assert found == (18, column, Code.BROKEN_LINK, f"there is no file {target}")


@pytest.mark.parametrize(("more", "code"), [("", Code.BROKEN_LINK), ("\\[", Code.TOO_LARGE)])
def test_links_are_looked_for_among_so_many_brackets(problems, more, code):
    last = MOST_BRACKETS - 3 * 2500 - 1
    text = "".join("](" + "![" * count + "\n\n" for count in (2500, 2500, 2500, last))
    found = problems(f"{SMALL}{text}{more}[a](none.md)\n")
    assert [(line, each) for line, _, each, _ in found] == [(24, code)]


def test_target_that_no_file_can_have_is_found(problems):
    ((line, column, code, _),) = problems(SMALL + f"[a](a{'b' * 5000}.md)\n")
    assert (line, column, code) == (16, 5, Code.BROKEN_LINK)


def test_link_around_an_image_and_the_image_are_both_looked_at(problems):
    found = problems(SMALL + "[![a](one.png)](two.md)\n")
    assert sorted(each[1] for each in found) == [7, 17]


def test_links_are_found_in_sections_and_lists_of_any_choice(problems):
    body = "```graph\ny = x * 2\n```\n## y when mode = b\n\none\n\n### backward\n\n- two\n- [a](none.md)\n"
    found = problems(with_front("[switches]", "mode = ['a', 'b']", body=body))
    assert found == [(18, 7, Code.BROKEN_LINK, "there is no file none.md")]


def test_link_whose_text_goes_over_a_line_is_found(problems):
    assert problems(SMALL + "[one\ntwo](none.md)\n") == [
        (17, 6, Code.BROKEN_LINK, "there is no file none.md")
    ]


def test_all_links_that_lead_nowhere_are_found(problems):
    found = problems(SMALL + "[a](one.md) [b](own.md) [c](two.md)\n\n[d](three.md)\n")
    assert [(each[0], each[1]) for each in found] == [(16, 5), (16, 29), (18, 5)]


@links
def test_link_to_a_link_to_nowhere_is_found(problems, home):
    (home / "away.md").symlink_to("none.md")
    assert [each[2] for each in problems(SMALL + "[a](away.md)\n")] == [Code.BROKEN_LINK]


def test_network_is_not_asked(problems, monkeypatch):
    monkeypatch.setattr("socket.socket", None)
    assert problems(SMALL + "[a](https://example.org/none.md) ![b](http://localhost:1/c.png)\n") == []


# --- sections, ids, inputs --------------------------------------------------------------------------------


def test_section_of_no_node_is_found_by_its_heading(problems):
    found = problems(SMALL + "## y\n\na\n\n## `yy`\n\nb\n\n## zzz\n")
    assert found == [
        (20, 1, Code.UNKNOWN_SECTION, "there is no node yy for this section (did you mean y?)"),
        (24, 1, Code.UNKNOWN_SECTION, "there is no node zzz for this section"),
    ]


@pytest.mark.parametrize("name", ["N", "sum", "dy", "y_1", "Y"])
def test_sections_are_of_nodes_and_inputs_alone(problems, name):
    text = SMALL.replace("y = w * x", "y = w * x + 1") + f"## {name}\n\na\n"
    assert [each[2] for each in problems(text)] == [Code.UNKNOWN_SECTION]


def test_section_of_another_choices_node_is_no_fault(problems):
    body = "```graph\ny = x * 2\n```\n```graph when mode = b\nz = -y\n```\n## z\n\na\n\n## x\n\nb\n"
    assert problems(with_front("output = 'y'", "[switches]", "mode = ['a', 'b']", body=body)) == []


def mistake(id, when=""):
    return f'```mistake{when}\nid = "{id}"\nchange = "y = x"\nsay = "b"\n```\n'


def question(id, when=""):
    return f'```question{when}\nid = "{id}"\nkind = "shape"\nask = "c"\nanswer = "y"\n```\n'


@pytest.mark.parametrize(("first", "second"), [(mistake, mistake), (question, question), (mistake, question)])
def test_id_that_is_taken_is_found(problems, first, second):
    body = first("a") + first("b")
    line = (SMALL + body).count("\n") + 1
    assert problems(SMALL + body + second("a")) == [(line, 1, Code.SAME_ID, "the id a is taken")]


SWITCHES = ("[switches]", "mode = ['p', 'q']", "other = ['p', 'q']")


@pytest.mark.parametrize(
    ("one", "another", "taken"),
    [
        ("", "", True),
        ("", " when mode = p", True),
        (" when mode = p", "", True),
        (" when mode = p", " when mode = p", True),
        (" when mode = p", " when mode = q", False),
        (" when mode = p", " when other = q", True),
        (" when mode = p and other = p", " when mode = p and other = q", False),
        (" when mode = p and other = p", " when mode = p", True),
    ],
)
def test_id_is_taken_where_both_can_be_there_at_once(problems, one, another, taken):
    body = "```graph\ny = x * 2\n```\n" + mistake("a", one) + question("a", another)
    found = problems(with_front(*SWITCHES, body=body))
    assert [each[2] for each in found] == [Code.SAME_ID] * taken


@pytest.mark.parametrize("name", ["w", "x"])
def test_input_that_no_line_uses_is_a_warning_at_its_line(problems, name):
    other = "x" if name == "w" else "w"
    found = problems(SMALL.replace("w * x", f"{other} * 2"))
    line = 10 if name == "x" else 11
    assert found == [(line, 1, Code.UNUSED_INPUT, f"no line of the graph uses {name}")]


def test_input_that_one_choice_uses_is_used(problems):
    body = "```graph\ny = x * 2\n```\n```graph when mode = b\nz = -w\n```\n"
    text = with_front("output = 'y'", "[switches]", "mode = ['a', 'b']", body=body)
    assert problems(text.replace("x = {", "w = { shape = [2] }\nx = {")) == []


def test_everything_is_found_at_once_whatever_the_switches_stand_at(problems):
    body = "```graph\ny = x * 2\n```\n## `zz` when mode = b\n\n[a](none.md)\n" + mistake("a") + mistake("a")
    text = with_front("requires = 'zzzzz'", "[switches]", "mode = ['a', 'b']", body=body)
    assert {each[2] for each in problems(text)} == {
        Code.UNKNOWN_LESSON,
        Code.BROKEN_LINK,
        Code.UNKNOWN_SECTION,
        Code.SAME_ID,
    }
