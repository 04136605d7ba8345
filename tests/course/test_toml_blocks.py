"""The blocks of mistakes and questions: what is read, where each formula stands, and what is refused."""

import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.key_places import Source
from bn_tutor.course.lesson import Line, Mistake
from bn_tutor.course.problem import MOST_PROBLEMS, Findings
from bn_tutor.course.question_kinds import KINDS
from bn_tutor.course.toml_blocks import MOST_WRONG, Block, read_mistake, read_question, toml_table

WHEN = (("mode", "test"),)
ABOVE = 10  # the block is opened on this line of the file


def block(text, findings):
    return Block(Source(text.splitlines(), findings, ABOVE), "y", ABOVE, WHEN)


def mistake(text):
    findings = Findings("a.md")
    return read_mistake(block(text, findings)), findings.problems


def question(text):
    findings = Findings("a.md")
    return read_question(block(text, findings)), findings.problems


def problems(read, text):
    """Return what is wrong with a block, as (line, column, code, message with hint)."""
    found, problems = read(text)
    assert found is None
    return [
        (each.line, each.column, each.code, each.message + (f" ({each.hint})" if each.hint else ""))
        for each in problems
    ]


def with_line(text, key, line):
    """Return the block with another line for a key, or none."""
    assert sum(each.startswith(f"{key} =") for each in text.splitlines()) == 1
    lines = [line if each.startswith(f"{key} =") else each for each in text.splitlines()]
    return "\n".join(each for each in lines if each is not None)


MISTAKE = """\
id = "a-slip"
change = "dx = 2 * dy"
say = "What it is."
"""
CHOICE = """\
id = "a"
kind = "choice"
ask = "What?"
right = "this"
wrong = ["that", "those"]
"""
NUMBER = """\
id = "a"
kind = "number"
ask = "How many?"
answer = "sum(y)"
"""
SHAPE = """\
id = "a"
kind = "shape"
ask = "Which shape?"
answer = "y"
"""
FORMULA = """\
id = "a"
kind = "formula"
ask = "Which formula?"
answer = "2 * x"
equals = "y"
"""
QUESTIONS = {"choice": CHOICE, "number": NUMBER, "shape": SHAPE, "formula": FORMULA}
EVERY = [(mistake, MISTAKE), *((question, text) for text in QUESTIONS.values())]
every_block = pytest.mark.parametrize(("read", "text"), EVERY, ids=["mistake", *QUESTIONS])


# --- what is read -----------------------------------------------------------------------------------------


def test_there_is_a_block_of_every_kind_here():
    assert set(QUESTIONS) == set(KINDS)


def test_mistake_is_read():
    found, none = mistake(MISTAKE)
    assert none == []
    line = Line("dx", "2 * dy", 12, 16)
    assert found == Mistake("a-slip", (line,), "What it is.", "y", when=WHEN)
    assert (found.line, found.changes[0].name_column) == (10, 11)


@pytest.mark.parametrize("kind", QUESTIONS)
def test_question_is_read(kind):
    found, none = question(QUESTIONS[kind] + 'why = "because"\nhint = "look"\n')
    assert none == []
    assert (found.id, found.kind, found.node, found.line, found.when) == ("a", kind, "y", 10, WHEN)
    assert (found.why, found.hint) == ("because", "look")
    assert found.ask.endswith("?")


def test_keys_of_each_kind_are_kept_with_their_places():
    choice, number, formula = (question(text)[0] for text in (CHOICE, NUMBER, FORMULA))
    assert choice.key == Line("right", "this", 14, 10)
    assert choice.wrong == (Line("wrong", "that", 15, 11), Line("wrong", "those", 15, 19))
    assert (number.key, number.wrong, number.equals) == (Line("answer", "sum(y)", 14, 11), (), None)
    assert (formula.key, formula.equals) == (Line("answer", "2 * x", 14, 11), Line("equals", "y", 15, 11))


def test_why_and_hint_are_empty_where_they_are_not_written():
    assert (question(SHAPE)[0].why, question(SHAPE)[0].hint) == ("", "")


@pytest.mark.parametrize("kind", ["number", "shape", "formula"])
def test_wrong_answers_may_stand_beside_a_key(kind):
    found, _ = question(QUESTIONS[kind] + 'wrong = "x"\n')
    assert [line.text for line in found.wrong] == ["x"]


def test_choices_may_be_formulas():
    found, _ = question(CHOICE + 'equals = "y"\n')
    assert found.equals == Line("equals", "y", 16, 11)


LISTS = {
    'change = ["dx = dy", "dw = dz"]': [("dx", "dy", 12, 17), ("dw", "dz", 12, 28)],
    'change = [\n  "dx = dy",\n  "dw = dz",\n]': [("dx", "dy", 13, 9), ("dw", "dz", 14, 9)],
    "change = ['dx = dy',\n'dw = dz']": [("dx", "dy", 12, 17), ("dw", "dz", 13, 7)],
    'change = "dx=dy"': [("dx", "dy", 12, 14)],
    "change = '''dx = dy'''": [("dx", "dy", 12, 18)],
    '  change  =  "dx = dy"': [("dx", "dy", 12, 20)],
    # A text that is written with an escape or more blanks is not found, and its key's place is taken.
    '  change = "dx  =  dy"': [("dx", "dy", 12, 3)],
    'change = "dx = d\\u0079"': [("dx", "dy", 12, 1)],
}


@pytest.mark.parametrize("line", LISTS)
def test_changes_are_found_where_they_stand(line):
    found, none = mistake(with_line(MISTAKE, "change", line))
    assert none == []
    assert [(each.name, each.text, each.line, each.column) for each in found.changes] == LISTS[line]


def test_line_of_a_change_that_an_escape_hides_is_that_of_its_key():
    found, _ = mistake('id = "a"\nsay = "b"\n\nchange = [\n  "dx = \\u0064y",\n]\n')
    assert found.changes[0].line == 14


def test_escapes_are_read_and_what_steers_a_terminal_is_left_out():
    found, _ = mistake(with_line(MISTAKE, "say", r'say = "a\u001b[2J\tb\u202e\"c\"\n"'))
    assert found.say == 'a[2J b"c"'


def test_wrong_answers_over_several_lines_are_found_where_they_stand():
    found, _ = question(with_line(CHOICE, "wrong", 'wrong = [\n  "that",  # not this\n  "those"\n]'))
    assert [(each.text, each.line, each.column) for each in found.wrong] == [
        ("that", 16, 4),
        ("those", 17, 4),
    ]


# --- what is refused --------------------------------------------------------------------------------------

NEEDED = [(mistake, MISTAKE, key) for key in ("id", "change", "say")]
NEEDED += [
    (question, text, key)
    for kind, text in QUESTIONS.items()
    for key in ("id", "ask", KINDS[kind].key, *KINDS[kind].needed)
]


@pytest.mark.parametrize(("read", "text", "key"), NEEDED)
def test_every_key_that_is_missing_is_named(read, text, key):
    assert problems(read, with_line(text, key, None)) == [(11, 1, Code.MISSING_KEY, f"{key} is missing")]


def test_all_keys_that_are_missing_are_named_at_once():
    assert [each[3] for each in problems(mistake, "")] == [
        "id is missing",
        "change is missing",
        "say is missing",
    ]


@pytest.mark.parametrize(("read", "text", "key"), NEEDED)
@pytest.mark.parametrize("value", ["3", "true", "[]", "[3]", "['a', 3]", "{ a = 'b' }", "''", "'  '", "['']"])
def test_every_value_must_be_a_text(read, text, key, value):
    place = [each.split(" =")[0] for each in text.splitlines()].index(key) + ABOVE + 1
    expected = (place, 1, Code.WRONG_VALUE, f"{key} must be a text in quotes")
    assert problems(read, with_line(text, key, f"{key} = {value}")) == [expected]


@pytest.mark.parametrize("key", ["why", "hint", "wrong", "equals"])
@pytest.mark.parametrize("value", ["3", "[]", "false", "[[]]", "''"])
def test_further_values_must_be_texts_too(key, value):
    text = FORMULA if key != "equals" else CHOICE
    line = len(text.splitlines()) + ABOVE + 1
    expected = (line, 1, Code.WRONG_VALUE, f"{key} must be a text in quotes")
    assert problems(question, text + f"{key} = {value}\n") == [expected]


@every_block
@pytest.mark.parametrize("key", ["idd", "anwser", "say2", '"a b"', "[table]"])
def test_every_key_that_is_unknown_is_named(read, text, key):
    line = f"{key}\n" if key.startswith("[") else f"{key} = 'a'\n"
    (found,) = problems(read, text + line)
    assert found[0] == len(text.splitlines()) + ABOVE + 1
    assert found[2] == Code.UNKNOWN_KEY
    assert found[3].startswith(f"there is no key {key.strip('[]').strip(chr(34))}")


def test_closest_key_is_the_hint():
    assert (
        problems(question, NUMBER + 'anser = "y"\n')[0][3] == "there is no key anser (did you mean answer?)"
    )


KEYS_OF_OTHERS = {
    "choice": ["answer", "change", "say"],
    "number": ["right", "equals", "say"],
    "shape": ["right", "equals", "change"],
    "formula": ["right", "say"],
}


@pytest.mark.parametrize("kind", QUESTIONS)
def test_keys_of_another_kind_are_unknown(kind):
    for key in KEYS_OF_OTHERS[kind]:
        (found,) = problems(question, QUESTIONS[kind] + f'{key} = "y"\n')
        assert (found[2], found[3].split(" (")[0]) == (Code.UNKNOWN_KEY, f"there is no key {key}")


KINDS_LISTED = "there are: choice, number, shape, formula"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('"chioce"', "there is no kind chioce (did you mean choice?)"),
        ('"zzz"', f"there is no kind zzz ({KINDS_LISTED})"),
        ('""', f"there is no kind ({KINDS_LISTED})"),
        ("3", f"there is no kind 3 ({KINDS_LISTED})"),
        ("['choice']", "there is no kind ['choice'] (did you mean choice?)"),
    ],
)
def test_unknown_kind_is_named(value, message):
    assert problems(question, with_line(CHOICE, "kind", f"kind = {value}")) == [
        (12, 1, Code.UNKNOWN_KIND, message)
    ]


def test_kind_that_is_missing_is_asked_for():
    message = "kind is missing: one of choice, number, shape, formula"
    assert problems(question, with_line(CHOICE, "kind", None)) == [(11, 1, Code.MISSING_KEY, message)]


@pytest.mark.parametrize("count", [MOST_WRONG, MOST_WRONG + 1])
@pytest.mark.parametrize(("read", "text", "key"), [(question, CHOICE, "wrong"), (mistake, MISTAKE, "change")])
def test_lists_are_no_longer_than_can_be_read(read, text, key, count):
    texts = [f"d{place} = x" for place in range(count)]
    found, none = read(with_line(text, key, f"{key} = {texts}"))
    assert (found is None) == bool(none) == (count > MOST_WRONG)
    assert [each.message for each in none] == [f"{key} has 11 texts, 10 are allowed"] * bool(none)


def test_block_is_left_out_where_nothing_more_is_noted():
    findings = Findings("a.md")
    for _ in range(2 * MOST_PROBLEMS):
        findings.add(1, 1, Code.NO_GRAPH, "wrong")
    for read, text in EVERY:
        reader = read_mistake if read is mistake else read_question
        key = "say" if read is mistake else "ask"
        assert reader(block(with_line(text, key, None), findings)) is None


@pytest.mark.parametrize("key", ["right", "equals", "ask", "id"])
def test_only_wrong_answers_may_be_several(key):
    text = CHOICE + ('equals = "y"\n' if key == "equals" else "")
    (found,) = problems(question, with_line(text, key, f"{key} = ['a', 'b']"))
    assert found[2:] == (Code.WRONG_VALUE, f"{key} must be a text in quotes")


@pytest.mark.parametrize("change", ["dx", "dx == dy", "= dy", "2 = dy", "d-x = dy", "dx.y = dy", "dé = dy"])
def test_change_is_a_whole_line(change):
    expected = (12, 11, Code.NOT_A_LINE, "a change is a whole line: name = formula")
    assert problems(mistake, with_line(MISTAKE, "change", f'change = "{change}"')) == [expected]


def test_each_change_that_is_no_line_is_named():
    text = with_line(MISTAKE, "change", 'change = [\n  "dx",\n  "dw = dy",\n  "dz",\n]')
    assert [each[:3] for each in problems(mistake, text)] == [
        (13, 4, Code.NOT_A_LINE),
        (15, 4, Code.NOT_A_LINE),
    ]


@every_block
@pytest.mark.parametrize(
    ("line", "column"),
    [("why =", 6), ("why", 4), ('why = "a', 9), ("id = 'again'", 13), ("why = 'a' 'b'", 11)],
)
def test_what_is_no_toml_is_reported_once_at_its_place(read, text, line, column):
    (found,) = problems(read, text + line + "\n")
    # Where the text ends too early, Python's place is the end of the block, or none.
    assert found[2] == Code.NOT_TOML and found[3].startswith("this is not TOML: ")
    assert found[0] == len(text.splitlines()) + ABOVE + 1 or found[:2] == (ABOVE + 1, 1)
    if found[0] > ABOVE + 1:
        assert found[1] == column


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = 1" + "0" * 5000], ids=["deep", "long"])
def test_toml_that_python_cannot_take_is_reported(text):
    findings = Findings("a.md")
    assert toml_table(Source([text], findings, ABOVE)) is None
    ((line, code),) = [(each.line, each.code) for each in findings.problems]
    assert (line, code) == (11, Code.NOT_TOML)


def test_table_is_what_the_lines_say():
    findings = Findings("a.md")
    table = toml_table(Source(['a = "b"', "[c]", "d = [1, 2]"], findings))
    assert (table, findings.problems) == ({"a": "b", "c": {"d": [1, 2]}}, [])
