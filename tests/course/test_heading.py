import pytest

from bn_tutor.course.catalogue import entries
from bn_tutor.course.heading import LONGEST_FRONT, Heading, heading, node_names, summary
from bn_tutor.course.loading import load
from bn_tutor.course.places import SHIPPED, shipped_folder

from .lessons import written

SHIPPED_LESSONS = [entry for entry in entries() if entry.source == SHIPPED]


def test_node_names_are_the_graphs():
    nodes = "mu xmu sq var sqrtvar ivar xhat gammax out"
    assert node_names(shipped_folder() / "batchnorm.md") == tuple(nodes.split())


@pytest.mark.parametrize("entry", SHIPPED_LESSONS, ids=lambda entry: entry.name)
def test_every_lesson_has_a_summary_and_nodes(entry):
    lesson = load(entry.path)
    assert heading(entry.path) == Heading(lesson.summary, frozenset(lesson.requires))
    assert lesson.summary != ""
    assert {line.name for line in lesson.graph} <= set(node_names(entry.path))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("+++\n+++\n", ""),
        ("+++\nsummary =\n+++\n", ""),
        ("+++\nsummary = 'a  b'\n+++\n", "a b"),
        ("+++\nsummary = 'a +++ b'\n+++\n", "a +++ b"),
        ("+++\nsummary = 'a'\n", ""),
        ("text\n+++\nsummary = 'a'\n+++\n", ""),
        ('+++\nsummary = "a\\u001b[2Jb"\n+++\n', "a[2Jb"),
        ("\ufeff+++\nsummary = 'a'\n+++\n", "a"),
        ("+++\nsummary = " + "[" * 10_000 + "\n+++\n", ""),
        ("+++\r\nsummary = 'a'\r\n+++\r\n", "a"),
        ("+++\nsummary = 'a'\n" + "# x\n" * LONGEST_FRONT + "+++\n", ""),
    ],
    ids=["empty", "no key", "no TOML", "text", "marks", "open", "late", "escape", "byte order mark", "deep",
         "line ends", "endless"],
)  # fmt: skip
def test_summary_is_one_plain_line_or_empty(text, expected, tmp_path):
    assert summary(written(tmp_path, text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set()),
        ("requires = []", set()),
        ("requires = ['a', 'b', 'a']", {"a", "b"}),
        ("requires = ['a', 3, ['b']]", {"a"}),
        ("requires = 'a'", set()),
        ("requires = { a = 1 }", set()),
    ],
)
def test_what_a_lesson_requires(text, expected, tmp_path):
    assert heading(written(tmp_path, f"+++\n{text}\n+++\n")).requires == expected


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"```graph\n", b"```graph\nmu\n= 3\n```\n"])
def test_file_that_is_no_lesson_has_no_summary_and_no_strange_names(content, tmp_path):
    path = written(tmp_path, content)
    assert summary(path) == ""
    assert set(node_names(path)) <= {"mu"}


def test_nodes_of_all_graph_blocks(tmp_path):
    blocks = [
        "```graph\na = x\n# b = x\n```", "```\nc = x\n```", "```graph when mode = train\nd = a\n```",
        "```graph when mode = inference\nd = 2 * a\n```", "```backward\nda = dd\n```",
    ]  # fmt: skip
    assert node_names(written(tmp_path, "\n".join(blocks))) == ("a", "d")


@pytest.mark.parametrize("kind", ["missing", "folder", "huge"])
def test_file_that_cannot_be_read(kind, tmp_path):
    path = tmp_path / "lesson.md"
    if kind == "folder":
        path.mkdir()
    elif kind == "huge":
        with path.open("wb") as file:
            file.truncate(1 << 40)
    assert (summary(path), node_names(path)) == ("", ())
