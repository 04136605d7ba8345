"""The line and the column of a problem are those of the slip, however the file is laid out."""

from itertools import cycle

import pytest

from bn_tutor.course.lint import lint

from .test_lint_codes import RIGHT, lines_of, with_slips, written

# What is changed, and the slip itself, which must be what the place points at.
PLACES = {
    "indented line of the graph": [("out = w * sq ", "   out = w * squ "), "squ "],
    "second name of a long line": [("out = w * sq ", "out = w * sq * w * swq "), "swq "],
    "name that stands twice": [("out = w * sq ", "out = w * sum(sq @ w, axis=w) "), "w) "],
    "tab before a line": [("out = w * sq ", "\tout = w * squ "), "squ "],
    "line of the backward block": [("dx = 2 * x * dsq", "dx  =  2 * x * dsqu"), "dsqu"],
    "inner operation of other shapes": [("dx = 2 * x * dsq", "dx = 2 * x * (x @ dsq)"), "2 * x * (x @ dsq)"],
    "inner operation of the graph": [("out = w * sq ", "out = w * (sq @ x) "), "sq @ x)"],
    "indented derivation": [("dsq * (x + x)\n2 *", "dsq * (x + x)\n  4 *"), "4 * x"],
    "quote on a later line": [("The slope of", "The slope\nof {value: a},\nof {value: dx} or"), "{value: a}"],
    "quote in a list": [("The slope of", "- one\n- two\n  - {value: a}\n\nThe slope of"), "{value: a}"],
    "quote in a quotation": [("The slope of", "> one\n> {value: a}\n\nThe slope of"), "{value: a}"],
    "second quote of a line": [("The slope of", "{value: x} {shape: a}"), "{shape: a}"],
    "quote after wide signs": [("The slope of", "微分 Σ∂ {value: a}"), "{value: a}"],
    "kind of a quote": [("The slope of", "{valu: x}"), "{valu: x}"],
    "link in a list": [("The slope of", "- one\n- [two](a.md)\n\nThe slope of"), "a.md"],
    "image": [("The slope of", "![a](b.png)"), "b.png"],
    "second link of a line": [("The slope of", "[a](right.md) [b](wrong.md)"), "wrong.md"],
    "second wrong answer": [('["dout * sq"]', '["dout * sq", "sum(sq * dout, axis=0)"]'), "sum(sq * dout"],
    "wrong answers on lines": [('["dout * sq"]', '[\n  "dout * sq",\n  "dw",\n]'), 'dw"'],
    "answer in single quotes": [('answer = "sum(dout * sq, axis=0)"', "answer = 'dout'"), "dout'"],
    "formula of equals": [('equals = "dw"', 'equals = "dw + dv"'), 'dv"'],
    "answer that a longer one holds": [('["dout * sq"]', '["dout * dw", "dw"]'), 'dw"]'],
    "second change": [('"dx = x * dsq"', '["dx = x * dsq", "db = 1"]'), 'db = 1"'],
    "formula of a change": [('"dx = x * dsq"', '"dx = x * dsk"'), "dsk"],
    "key of an input": [('w = { shape = ["D"] }', 'w = { shape = ["D"], dra = "normal" }'), "dra ="],
    "key of another draw": [('w = { shape = ["D"] }', 'w = { p = 0.5, shape = ["D"] }'), "p ="],
    "second size of a shape": [('x = { shape = ["N", "D"] }', 'x = { shape = ["N", "M"] }'), 'M"'],
    "size with a longer one before": [('x = { shape = ["N", "D"] }', 'x = { shape = ["NN", "D"] }'), 'NN"'],
    "table of an input": [('w = { shape = ["D"] }', '[inputs.w]\nshape = ["D"]\ndraw = "norml"'), "draw ="],
    "dotted key of an input": [('w = { shape = ["D"] }', 'w.shape = ["D"]\nw.draw = "norml"'), "w.draw ="],
    "number of a draw": [('w = { shape = ["D"] }', 'w = { shape = ["D"], mean = "a" }'), "mean ="],
    "number that no draw has": [('w = { shape = ["D"] }', 'w = { shape = ["D"], std = -1 }'), "std ="],
    "word after a block's name": [("```derivation", "```derivation mode = a"), "mode ="],
    "quote that is not closed": [("The slope of", "The {value: x\nof"), "{value: x"],
    "size that is none": [("D = 3", "D = 0"), "D = 0"],
    "second lesson": [('output = "out"', 'output = "out"\nrequires = ["gates", "gate"]'), 'gate"]'],
    "second output": [('output = "out"', 'output = ["out", "ou"]'), 'ou"]'],
    "heading with a condition": [("## out", "## out when a = b"), "when a"],
    "heading of a level": [("## out", "#### out"), "#### out"],
    "block with a condition": [("```mistake", "```mistake when a = b"), "when a"],
    "block in a list": [("The slope of", "- one\n\n      two {value: a}\n\nThe slope of"), "{value: a}"],
    "title": [('title = "A scaled square"', 'title = "A scaled square'), "title ="],
    "key twice": [("D = 3", "D = 3\nD = 4"), "D = 4"],
}  # fmt: skip
# TOML's parser says where it gave up, and a bad heading takes the section's prose with it.
ELSEWHERE = {"title", "key twice"}


def pointed_at(text, problem):
    line = text.split("\n")[problem.line - 1]
    return line[problem.column - 1 :]


@pytest.mark.parametrize("name", [name for name in PLACES if name not in ELSEWHERE])
def test_place_is_that_of_the_slip(tmp_path, name):
    slip, wanted = PLACES[name]
    text = with_slips([slip])
    written(tmp_path, RIGHT, "right.md")
    found = lint(written(tmp_path, text), "lesson.md")
    assert any(pointed_at(text, problem).startswith(wanted) for problem in found), [*map(str, found)]


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_line_of_what_is_no_toml_is_true(tmp_path, name):
    slip, wanted = PLACES[name]
    text = with_slips([slip])
    (problem,) = lint(written(tmp_path, text), "lesson.md")
    assert text.split("\n")[problem.line - 1].startswith(wanted)


# --- line ends and marks at the beginning -----------------------------------------------------------------

SLIPS = [("{value: w}", "{value: v}"), ("2 * x * dsq", "3 * x * dsq"), ("N = 4", "N = 4\nn-n = 3")]
ENDS = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("before", ["", "\ufeff"], ids=["", "BOM"])
@pytest.mark.parametrize("slips", [SLIPS[:2], SLIPS[2:]], ids=["numbers", "front matter"])
def test_line_ends_and_a_byte_order_mark_move_no_place(tmp_path, end, before, slips):
    text = with_slips(slips)
    expected = lines_of(written(tmp_path, text))
    assert len(expected) == len(slips)
    assert lines_of(written(tmp_path, before + text.replace("\n", ENDS[end]))) == expected


def test_mixed_line_ends_move_no_place(tmp_path):
    text = with_slips(SLIPS[:2])
    expected = lines_of(written(tmp_path, text))
    ends = cycle(["\n", "\r\n", "\r", "\r\n"])  # no \n stands behind a \r, which would make one end of two
    mixed = "".join(line + next(ends) for line in text.split("\n"))
    assert lines_of(written(tmp_path, mixed)) == expected


@pytest.mark.parametrize("end", ["", "\n", "\n\n\n", "  \n", "\r\n\r\n"], ids=repr)
def test_end_of_the_file_makes_no_difference(tmp_path, end):
    assert lines_of(written(tmp_path, RIGHT.rstrip() + end)) == []


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"], ids=ascii)
def test_sign_that_python_takes_for_a_line_end_is_none(tmp_path, sign):
    text = with_slips([("The columns", f"The {sign} columns"), ("2 * x * dsq", "3 * x * dsq")])
    (problem,) = lint(written(tmp_path, text), "lesson.md")
    assert (problem.line, problem.column) == (27, 6)
