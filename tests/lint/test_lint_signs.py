"""Nothing in a lesson that steers a terminal reaches lint's output, in whatever place it stands."""

import json

import pytest

from bn_tutor.course.lint import lint
from bn_tutor.export.problem_reports import github_report, json_report
from bn_tutor.views.look import Look
from bn_tutor.views.problem_list import problem_lines

from .test_lint_codes import with_slips, written

SIGNS = {
    "escape": "\x1b[2J",
    "title": "\x1b]0;a\x07",
    "C1": "\x9b2J\x9d0;a\x9c",
    "direction": "\u202e\u2066\u200f",
    "hidden": "\u200b\u2060\ufeff\xad",
    "bell": "\x07\x08\x7f",
    "nul": "\0",
}
ESCAPED = {"escape": r"\u001b[2J", "C1": r"\u009b2J", "direction": r"\u202e", "nul": r"\u0000"}
# Where a text of the file is repeated in a message; @ is where the signs are put.
SPOTS = {
    "key": [("title =", '"t@itel" =')],
    "title": [("title =", "titel =")],
    "size": [("N = 4", 'N = 4\n"n@n" = 4')],
    "value of a size": [("N = 4", 'N = "@"')],
    "input": [("w = {", '"w@" = { shape = [3] }\nw = {')],
    "key of an input": [('{ shape = ["D"] }', '{ shape = ["D"], "sha@" = 1 }')],
    "name of a size": [('{ shape = ["D"] }', '{ shape = ["D@"] }')],
    "draw": [('{ shape = ["D"] }', '{ shape = ["D"], draw = "norm@" }')],
    "file": [('{ shape = ["D"] }', '{ file = "a@.csv" }')],
    "required lesson": [('output = "out"', 'output = "out"\nrequires = ["ga@tes"]')],
    "output": [('output = "out"', 'output = "o@ut"')],
    "switch": [("[inputs]", '[switches]\n"a@" = [1, 2]\n[inputs]')],
    "choice": [("[inputs]", '[switches]\na = ["@"]\n[inputs]')],
    "id": [('id = "no-factor"', 'id = "wei@ght"'), ('id = "weight"', 'id = "wei@ght"')],
    "kind": [('kind = "formula"', 'kind = "form@"')],
    "key of a mistake": [("say =", '"sa@" = "a"\nsay =')],
    "change": [('"dx = x * dsq"', '"d@ = x"')],
    "wrong formula": [('"dx = x * dsq"', '"dx = @ * xx"')],
    "equals": [('equals = "dw"', 'equals = "dw@ + dd"')],
}
PLAIN_SPOTS = {
    "section": [("## out", "## ou@ter")],
    "heading": [("## out", "#### @out")],
    "condition": [("## out", "## out when a@ = b")],
    "block": [("```derivation", "```deriva@ton")],
    "line": [("dsq = w * dout", "dsq @ w * dout")],
    "formula": [("dx = 2 * x * dsq", "dx = 2 * x@x * dsq")],
    "caption": [("out = w * sq ", "out = w * sqq # @")],
    "quote": [("{value: w}", "{value: w@w}")],
    "link": [("The slope", "[a](b@c.md)")],
    "entity": [("The slope", "[a](&#x1b;@.md)")],
}


def printed(found, path):
    """Return all that is printed of problems, in every form."""
    lines = problem_lines([(path, found)], Look(80, 3, False, False), full=True)
    whole = "".join(line.plain for line in lines) + "".join(map(str, found)) + github_report(found)
    return whole.replace("\n", "") + str(json.loads(json_report(found)))


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("spot", [*SPOTS, *PLAIN_SPOTS])
def test_signs_that_steer_are_left_out(tmp_path, spot, sign):
    slips = [(old, new.replace("@", SIGNS[sign])) for old, new in {**SPOTS, **PLAIN_SPOTS}[spot]]
    path = written(tmp_path, with_slips(slips).replace("out = w", f"{SIGNS[sign]}out = w"))
    assert printed(lint(path, f"a{SIGNS[sign]}.md"), path).isprintable()


@pytest.mark.parametrize("sign", ESCAPED)
@pytest.mark.parametrize("spot", SPOTS)
def test_signs_that_steer_are_left_out_where_toml_writes_them_as_escapes(tmp_path, spot, sign):
    slips = [(old, new.replace("@", ESCAPED[sign])) for old, new in SPOTS[spot]]
    path = written(tmp_path, with_slips(slips))
    found = lint(path, "a.md")
    assert printed(found, path).isprintable()
