import pytest

from .lessons import SMALL, parsed, problems, with_front, with_input

AT_TOP = "lesson.md:1:1: error[no-front-matter]:"
NO_FRONT = f"{AT_TOP} a lesson begins with its front matter between two +++ lines"
NOT_CLOSED = f"{AT_TOP} the front matter is not closed by a second +++ line"

FRONT_MATTER = {
    "missing": ("```graph\ny = x\n```\n", NO_FRONT),
    "not at the top": ("\n" + SMALL, NO_FRONT),
    "unknown key": (
        with_front("titel = 'a'"),
        "lesson.md:3:1: error[unknown-key]: there is no key titel (did you mean title?)",
    ),
    "wrong format": (
        SMALL.replace("format = 1", "format = 2"),
        "lesson.md:2:1: error[unknown-format]: format must be 1 (this version reads no other)",
    ),
    "no format": (
        SMALL.replace("format = 1\n", ""),
        "lesson.md:1:1: error[unknown-format]: format must be 1 (this version reads no other)",
    ),
    "title": (with_front("title = 3"), "lesson.md:3:1: error[wrong-value]: title must be a text in quotes"),
    "output": (
        with_front("output = 3"),
        "lesson.md:3:1: error[wrong-value]: output must be a list of texts in quotes",
    ),
    "list of outputs": (
        with_front("output = ['y', 3]"),
        "lesson.md:3:1: error[wrong-value]: output must be a list of texts in quotes",
    ),
    "requires": (
        with_front("requires = { gates = true }"),
        "lesson.md:3:1: error[wrong-value]: requires must be a list of texts in quotes",
    ),
    "sizes": (
        with_front("sizes = 3"),
        "lesson.md:3:1: error[wrong-value]: sizes must be a table: [sizes], then N = 4",
    ),
    "no inputs": (
        SMALL.replace('x = { shape = ["N", "D"] }\nw = { shape = ["D"] }\n', "").replace("[inputs]\n", ""),
        "lesson.md:1:1: error[missing-key]: a lesson needs [inputs], such as x = { shape = [4, 3] }",
    ),
    "input": (
        SMALL.replace('w = { shape = ["D"] }', "w = 3"),
        "lesson.md:11:1: error[wrong-value]: the input w must be a table: { shape = [4, 3] }",
    ),
    "input's name": (
        SMALL.replace("w = {", "w-2 = {"),
        "lesson.md:11:1: error[bad-name]: w-2 cannot be a name (use letters, digits and _)",
    ),
    "input's key": (
        with_input("shap = [3]"),
        "lesson.md:4:7: error[unknown-key]: the input z has no key shap (did you mean shape?)",
    ),
    "key of another draw": (
        with_input('draw = "normal", low = 1'),
        "lesson.md:4:24: error[unknown-key]: the input z has no key low",
    ),
    "draw": (
        with_input('draw = "norml"'),
        "lesson.md:4:7: error[unknown-draw]: there is no draw norml (did you mean normal?)",
    ),
    "number of a draw": (
        with_input('mean = "a"'),
        "lesson.md:4:7: error[wrong-value]: mean of z must be a number (or a switch that stands for one)",
    ),
    "size of a shape": (
        SMALL.replace('w = { shape = ["D"] }', 'w = { shape = ["DD"] }'),
        "lesson.md:11:17: error[unknown-size]: the size DD of w is not in [sizes] (did you mean D?)",
    ),
    "number of a shape": (
        with_input("shape = [2.5]"),
        "lesson.md:4:7: error[wrong-value]: the shape of z must hold size names or whole numbers",
    ),
}


@pytest.mark.parametrize("case", FRONT_MATTER)
def test_front_matter_problem_is_reported_at_its_place(case):
    text, expected = FRONT_MATTER[case]
    assert problems(text) == [expected]


def test_front_matter_that_is_not_closed_is_reported():
    assert problems("+++\nformat = 1\n```graph\ny = x\n```\n")[0] == NOT_CLOSED


@pytest.mark.parametrize("size", ["0", "-1", "1.5", "true", '"4"', "1_000_001"])
def test_size_is_a_whole_number_in_its_bounds(size):
    text = SMALL.replace("D = 3", f"M = {size}\nD = 3")
    expected = "lesson.md:7:1: error[wrong-value]: the size M must be a whole number from 1 to 1,000,000"
    assert problems(text) == [expected]


@pytest.mark.parametrize("entry", ["-1", "true", "[3]", "1_000_001"])
def test_shape_holds_sizes_and_whole_numbers(entry):
    expected = "lesson.md:4:7: error[wrong-value]: the shape of z must hold size names or whole numbers"
    assert problems(with_input(f"shape = [{entry}]")) == [expected]


TOML = {
    "title =": "lesson.md:3:8: error[not-toml]: this is not TOML: Invalid value",
    'title = "a': "lesson.md:3:11: error[not-toml]: this is not TOML: Illegal character '\\n'",
    "key": "lesson.md:3:4: error[not-toml]: this is not TOML: Expected '=' after a key in a key/value pair",
    "format = 1": "lesson.md:3:11: error[not-toml]: this is not TOML: Cannot overwrite a value",
}


@pytest.mark.parametrize("line", TOML)
def test_toml_error_is_reported_with_its_line(line):
    assert problems(with_front(line)) == [TOML[line]]


def test_deeply_nested_toml_is_reported():
    found = problems(with_front("title = 'a'", "summary = " + "[" * 4000))
    assert found == ["lesson.md:4:1: error[not-toml]: this is not TOML: it is nested too deeply"]


def test_number_of_thousands_of_digits_is_reported():
    found = problems(with_front("title = 'a'", "summary = " + "1" * 4900))
    assert found == ["lesson.md:4:1: error[not-toml]: this is not TOML: a number has too many digits"]


@pytest.mark.parametrize("row", ["draw = []", "draw = ['normal']", "draw = false", 'draw = ""', "draw = 0"])
def test_draw_must_be_a_name(row):
    (found,) = problems(with_input(row))
    assert found.startswith("lesson.md:4:7: error[unknown-draw]: the draw of z must be one of normal, ")


VALUES = ["'abc'", "[[1, 2], [3]]", "{ a = 1 }", "1979-05-27", "1" + "0" * 400, "[" * 70 + "1" + "]" * 70]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[:12])
def test_value_must_be_numbers(value):
    message = "the value of z must be a number, or equally long lists of numbers"
    assert problems(with_input(f"value = {value}")) == [f"lesson.md:4:7: error[wrong-value]: {message}"]


def test_number_of_a_draw_must_fit_a_float():
    (found,) = problems(with_input("mean = 1" + "0" * 400))
    assert found.startswith("lesson.md:4:7: error[wrong-value]: mean of z must be a number")


@pytest.mark.parametrize("key", ["references", "requires", "output"])
@pytest.mark.parametrize("value", ["5", "true", "[['a']]", '["a", 5]', "{ a = 'b' }"])
def test_lists_of_texts_hold_texts_alone(key, value):
    expected = f"lesson.md:3:1: error[wrong-value]: {key} must be a list of texts in quotes"
    assert problems(with_front(f"{key} = {value}")) == [expected]


@pytest.mark.parametrize("value", ["'y'", "['y']"])
def test_text_alone_is_taken_for_a_list_of_one(value):
    lesson = parsed(with_front(f"references = {value}", f"requires = {value}", f"output = {value}"))
    assert lesson.references == lesson.requires == lesson.outputs == ("y",)


def test_place_of_a_key_is_not_that_of_a_longer_one():
    found = problems(SMALL.replace("D = 3", "D = 3\nt = 0"))
    message = "the size t must be a whole number from 1 to 1,000,000"
    assert found == [f"lesson.md:8:1: error[wrong-value]: {message}"]


@pytest.mark.parametrize("key", ["shape = [2]", 'draw = "normal"', "mean = 2.0"])
def test_value_takes_nothing_beside_it(key):
    expected = f"lesson.md:4:27: error[unknown-key]: the input z has a value, and so no {key.split()[0]}"
    assert problems(with_input(f"value = [1.0, 2.0], {key}")) == [expected]


@pytest.mark.parametrize("constant", ['"no"', "0", "[]"])
def test_constant_is_true_or_false(constant):
    expected = "lesson.md:4:20: error[wrong-value]: constant of z must be true or false"
    assert problems(with_input(f"value = 1.0, constant = {constant}")) == [expected]


def test_shape_of_more_axes_than_an_array_has_is_reported():
    expected = "lesson.md:4:7: error[too-large]: the shape of z has more than 32 axes"
    assert problems(with_input(f"shape = [{'1, ' * 40}]")) == [expected]


def test_many_problems_are_cut_short():
    sizes = "".join(f"size{place} = {place + 1}\n" for place in range(2000))
    inputs = "".join(f"in{place} = {{ shape = ['sise{place}'] }}\n" for place in range(2000))
    found = problems(f"+++\nformat = 1\n[sizes]\n{sizes}[inputs]\n{inputs}+++\n")
    assert len(found) == 51 and found[-1] == "lesson.md: error[and-more]: and more"
