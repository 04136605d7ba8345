"""A file as it is read: what it defines, and what is wrong where it is no Python."""

import os

import pytest

from bn_tutor.checker.source import LARGEST_FILE, Source, compiled, read_source
from bn_tutor.course.problem import Problem


def read(tmp_path, content):
    path = tmp_path / "mine.py"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return read_source(path)


TROUBLES = {
    "colon": ("def f(x)\n    return x\n", 1, "not Python: expected ':'"),
    "parameter twice": ("\ndef f(x, x):\n    return x\n", 2, "not Python: duplicate argument 'x'"),
    "break outside": ("x = 1\n\nbreak\n", 3, "not Python: 'break' outside loop"),
    "return outside": ("x = 1\nreturn x\n", 2, "not Python: 'return' outside function"),
    "nonlocal": ("def f():\n    nonlocal a\n", 2, "not Python: no binding for nonlocal 'a'"),
    "future": ("from __future__ import braces\n", 1, "not Python: not a chance"),
    "print": ("def f(x):\n    print x\n", 2, "this is Python 2, and bn-tutor runs Python 3"),
    "magic and slip": ("%matplotlib inline\nx = = 1\n", 2, "not Python: invalid syntax"),
    "zero byte": (b"x = 1\ny = '\0'\n", 2, "this is a binary file, not Python"),
    "latin": ("x = 1\ny = 'ö'\n".encode("latin-1"), 2, "this line is not UTF-8"),
    "coding": ("# coding: spam\n", 1, "the encoding is not known"),
    "coding in the second line": ("#!/bin/env python\n# coding: spam\n", 1, "the encoding is not known"),
    "no text": (b"\xff\xfe bad", 1, "this is not a text file"),
    "large": (b"#" * (LARGEST_FILE + 1), 0, "the file is larger than 1 MB"),
    "deep": (f"x = {'-' * 400}1\n", 0, "this is nested too deeply"),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_what_is_no_python_is_told_at_its_line(tmp_path, name):
    content, line, message = TROUBLES[name]
    found = read(tmp_path, content)
    assert isinstance(found, Problem)
    assert (found.line, found.message[: len(message)]) == (line, message)


def test_a_form_feed_ends_no_line(tmp_path):
    found = read(tmp_path, "a = 1\n\x0c\nb = 'x\x1cy\u2028z'\nc = 3\n")
    assert found.lines[3] == "c = 3"


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices as files")
def test_only_plain_files_are_opened(tmp_path):
    pipe, device, loop = (tmp_path / name for name in ("pipe", "device", "loop"))
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    loop.symlink_to(loop)
    said = [read_source(path).message for path in (pipe, device, loop, tmp_path, tmp_path / "none")]
    assert said[0] == said[1] == "this is no plain file, but a device, a pipe or the like"
    assert said[3:] == ["this is a folder, not a Python file", "there is no such file"]
    assert said[2]


def test_what_a_file_defines(tmp_path):
    found = read(
        tmp_path,
        '"""Says something."""\nif True:\n    def f(x, y=1e-5, *more): pass\n'
        "class A:\n    def m(self, z): return z\nasync def later(): pass\ndef f(x, y=2): return x\n",
    )
    assert isinstance(found, Source)
    assert found.docstring == "Says something."
    assert [(each.name, each.default) for each in found.functions["f"].parameters] == [("x", ""), ("y", "2")]
    assert [each.name for each in found.classes["A"]["m"].parameters] == ["z"]
    assert found.coroutines == {"later": 6}
    assert found.line_of_return("A.m") == 5


def test_a_modulo_that_begins_a_line_is_no_magic(tmp_path):
    found = read(tmp_path, "x = ('%s'\n     % 3)\n")
    assert isinstance(found, Source)


def test_notebook_commands_are_passed_over(tmp_path):
    found = read(tmp_path, "%matplotlib inline\n!pip install numpy\nx = 1\n")
    assert [line for line, _ in compiled(found)] == [3]


def test_only_definitions_are_run(tmp_path):
    found = read(
        tmp_path, "import os\nprint(1)\nx = 2\nfor i in range(3): pass\nwhile True: pass\ndef f(): pass\n"
    )
    assert [line for line, _ in compiled(found)] == [1, 3, 6]


def test_what_comes_from_the_future_holds_for_every_statement(tmp_path):
    import marshal

    found = read(tmp_path, "from __future__ import annotations\ndef f(x: spam): return x\n")
    space = {}
    for _, code in compiled(found):
        exec(marshal.loads(code), space)
    assert space["f"].__annotations__ == {"x": "spam"}


def test_a_notebook_is_told_how_to_become_a_file(tmp_path):
    path = tmp_path / "mine.ipynb"
    path.write_text('{"cells": []}', encoding="utf-8")
    found = read_source(path)
    assert found.message == "this is a notebook, not a Python file"
    assert ".py" in found.hint


DATACLASS = """
@dataclass
class A:
    one: int
    two: float = 1e-5
    KIND: ClassVar[int] = 3
    three: list = field(default_factory=list)
    made: int = field(default=0, init=False)
    four: int = dataclasses.field(default=4)
    _: KW_ONLY
    five: int
"""


def test_a_dataclass_takes_its_fields(tmp_path):
    found = read(tmp_path, DATACLASS + "class B:\n    one: int\n")
    constructor = found.dataclass_constructor("A")
    assert [(each.name, each.default) for each in constructor.parameters] == [
        ("one", ""),
        ("two", "1e-05"),
        ("three", "list"),
        ("four", "4"),
    ]
    assert found.dataclass_constructor("B") is None
