from itertools import product

import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.lesson import Section
from bn_tutor.course.problem import SlipError
from bn_tutor.course.variants import MOST_VARIANTS, choose, next_choice, resolved, variants

from .lessons import SMALL, parsed, with_front

QUESTION = '```question{when}\nid = "{id}"\nkind = "shape"\nask = "a"\nanswer = "y"\n```\n'
MISTAKE = '```mistake{when}\nid = "{id}"\nchange = "y = x"\nsay = "a"\n```\n'
BODY = f"""\
Opening for all.

Opening of the test: {{value: test_only}}

```graph
y = x * 2
```

```graph when mode = test
test_only = y * factor
z = test_only - 1
```

```graph when mode = train
z = y + 1
```

```backward
dy = 1 * dz
```

```backward when mode = test
dx = 2 * dy
```

```closed when mode = train and factor = 2
dx = dz
```

## y

general forward {{value: y}}

```derivation
y
```

### backward

general backward

## y when mode = test

special forward {{shape: y}}

```derivation when factor = 2
x * 2
```

## `test_only`

of the test

```derivation
test_only
```

{MISTAKE.format(when="", id="of-a-node")}
{QUESTION.format(when="", id="of-a-node")}

## z

```derivation when mode = train
z
```

{MISTAKE.format(when=" when factor = 2", id="two")}
{QUESTION.format(when=" when mode = test", id="test")}

### backward when mode = train

back in training
"""
TEXT = with_front(
    "output = 'z'",
    "[sizes]",
    "N = 4",
    "D = 3",
    "C = 2",
    "[switches]",
    "mode = ['train', 'test']",
    "factor = [1, 2]",
    "shape = { features = ['D'], images = ['C', 'D'], fixed = [5] }",
    body=BODY,
)


@pytest.fixture(scope="module")
def lesson():
    return parsed(TEXT)


def refusal(lesson, choices):
    with pytest.raises(SlipError) as caught:
        choose(lesson, choices)
    assert caught.value.code == Code.UNKNOWN_SWITCH
    return caught.value.message, caught.value.hint


# --- choices ----------------------------------------------------------------------------------------------


def test_every_switch_begins_with_its_first_choice(lesson):
    assert lesson.choices == {"mode": "train", "factor": "1", "shape": "features"}
    assert choose(lesson).choices == choose(lesson, {}).choices == lesson.choices


def test_switch_that_is_not_named_has_its_first_choice_and_not_the_last_one(lesson):
    chosen = choose(choose(lesson, {"factor": "2"}), {"mode": "test"})
    assert chosen.choices == {"mode": "test", "factor": "1", "shape": "features"}


def test_choices_stand_in_the_order_of_the_switches(lesson):
    chosen = choose(lesson, {"shape": "images", "factor": "2", "mode": "test"})
    assert list(chosen.choices) == ["mode", "factor", "shape"]


def test_word_stands_for_itself_and_is_no_constant(lesson):
    chosen = choose(lesson, {"factor": "2", "shape": "images"})
    assert chosen.constants == {"factor": 2, "shape": ("C", "D")}


FREE = {
    "C,D": ("C,D", ("C", "D")),
    "2,3": ("2,3", (2, 3)),
    "2": ("2", (2,)),
    " N , 3 ": ("N,3", ("N", 3)),
    "007": ("7", (7,)),
    "0": ("0", (0,)),
    "images": ("images", ("C", "D")),
}


@pytest.mark.parametrize("text", FREE)
def test_switch_of_tuples_takes_sizes_and_numbers(text, lesson):
    chosen = choose(lesson, {"shape": text})
    label, value = FREE[text]
    assert (chosen.choices["shape"], chosen.constants["shape"]) == (label, value)


LISTED = "there are: features, images, fixed"
REFUSED = {
    ("mood", "test"): ("there is no switch mood", "did you mean mode?"),
    ("zzz", "test"): ("there is no switch zzz", "there are: mode, factor, shape"),
    ("mode", "tets"): ("mode has no choice tets", "did you mean test?"),
    ("mode", "zzz"): ("mode has no choice zzz", "there are: train, test"),
    ("mode", "N"): ("mode has no choice N", "there are: train, test"),
    ("mode", ""): ("mode has no choice ", "there are: train, test"),
    ("factor", "3"): ("factor has no choice 3", "there are: 1, 2"),
    ("factor", "1.0"): ("factor has no choice 1.0", "did you mean 1?"),
    ("factor", "1,2"): ("factor has no choice 1,2", "did you mean 2?"),
    ("shape", "imags"): ("shape has no choice imags", "did you mean images?"),
    ("shape", "C,Q"): ("shape has no choice Q", LISTED),
    ("shape", "C;D"): ("shape has no choice C;D", LISTED),
    ("shape", ""): ("shape has no choice ", LISTED),
    ("shape", "2,"): ("shape has no choice ", LISTED),
    ("shape", "-1"): ("shape has no choice -1", LISTED),
    ("shape", "1.5"): ("shape has no choice 1.5", LISTED),
    ("shape", "٣"): ("shape has no choice ٣", LISTED),
    ("shape", "²"): ("shape has no choice ²", LISTED),
    ("shape", "9" * 10): (f"shape has no choice {'9' * 10}", LISTED),
    ("shape", "mode"): ("shape has no choice mode", LISTED),
}


@pytest.mark.parametrize("choice", REFUSED, ids=" ".join)
def test_unknown_switch_or_choice_is_refused_with_a_hint(choice, lesson):
    assert refusal(lesson, dict([choice])) == REFUSED[choice]


def test_lesson_without_switches_takes_no_choice():
    assert refusal(parsed(SMALL), {"mode": "test"}) == ("there is no switch mode", "it has no switches")


def test_given_choices_are_not_changed(lesson):
    choices = {"mode": "test"}
    choose(lesson, choices)
    assert choices == {"mode": "test"}


# --- what a variant holds ---------------------------------------------------------------------------------


def names(lines):
    return [line.name for line in lines]


def test_lines_are_those_for_all_and_those_for_the_choice_in_file_order(lesson):
    train, test = choose(lesson), choose(lesson, {"mode": "test"})
    assert [(line.name, line.text) for line in train.graph] == [("y", "x * 2"), ("z", "y + 1")]
    assert names(test.graph) == ["y", "test_only", "z"]
    assert (names(train.backward), names(test.backward)) == (["dy"], ["dy", "dx"])


@pytest.mark.parametrize("mode", ["train", "test"])
@pytest.mark.parametrize("factor", ["1", "2"])
def test_condition_of_two_switches_holds_where_both_do(mode, factor, lesson):
    chosen = choose(lesson, {"mode": mode, "factor": factor})
    assert names(chosen.closed) == (["dx"] if (mode, factor) == ("train", "2") else [])


def test_prose_for_a_choice_replaces_the_general_one(lesson):
    train, test = choose(lesson), choose(lesson, {"mode": "test"})
    assert train.sections["y"] == Section("general forward {value: y}", "general backward")
    assert test.sections["y"] == Section("special forward {shape: y}", "general backward")


def test_general_prose_stays_where_none_is_written_for_the_choice(lesson):
    assert choose(lesson, {"mode": "test"}).sections["y"].backward == "general backward"
    assert choose(lesson).sections["z"] == Section("", "back in training")
    assert choose(lesson, {"mode": "test"}).sections["z"] == Section("", "")


def test_section_is_found_by_the_first_heading_of_what_is_shown():
    body = "```graph\ny = x * 2\n```\n## y\n\nzero\n\n## y when a = p\n\none\n"
    lesson = parsed(with_front("[switches]", "a = ['p', 'q']", body=body))
    assert (lesson.sections["y"].line, choose(lesson, {"a": "q"}).sections["y"].line) == (15, 11)


def test_only_quotes_that_are_shown_are_kept(lesson):
    train, test = choose(lesson), choose(lesson, {"mode": "test"})
    assert [line.text for line in train.quoting if line.name == "y"] == ["general forward {value: y}"]
    assert [line.text for line in test.quoting if line.name == "y"] == ["special forward {shape: y}"]


def test_opening_is_for_all(lesson):
    assert choose(lesson).opening == "Opening for all.\n\nOpening of the test: {value: test_only}"


def test_sections_of_nodes_that_a_variant_has_not_are_dropped(lesson):
    train, test = choose(lesson), choose(lesson, {"mode": "test"})
    assert (set(train.sections), set(test.sections)) == ({"y", "z"}, {"y", "z", "test_only"})
    assert "of-a-node" not in [each.id for each in (*train.mistakes, *train.questions)]
    assert [each.id for each in (*test.mistakes, *test.questions)] == ["of-a-node", "of-a-node", "test"]
    assert [each.node for each in train.derivations] == ["y", "z"]
    assert [each.node for each in test.derivations] == ["y", "test_only"]


def test_parts_for_a_choice_are_kept_for_it_alone(lesson):
    both = choose(lesson, {"mode": "test", "factor": "2"})
    assert [each.id for each in both.mistakes] == ["of-a-node", "two"]
    assert [each.lines[0].text for each in both.derivations] == ["y", "x * 2", "test_only"]


def test_sections_of_inputs_are_kept():
    text = with_front("[switches]", "mode = ['a', 'b']", body="```graph\ny = x * 2\n```\n## x\n\none\n")
    assert choose(parsed(text), {"mode": "b"}).sections["x"].forward == "one"


def test_prose_for_two_choices_that_both_hold_is_shown_one_after_the_other():
    body = "```graph\ny = x * 2\n```\n## y\n\nzero\n\n## y when a = p\n\none\n\n## y when b = p\n\ntwo\n"
    lesson = parsed(with_front("[switches]", "a = ['p', 'q']", "b = ['p', 'q']", body=body))
    found = [choose(lesson, {"a": a, "b": b}).sections["y"].forward for a, b in product("pq", repeat=2)]
    assert found == ["one\n\ntwo", "one", "two", "zero"]


def test_heading_without_prose_replaces_nothing():
    body = "```graph\ny = x * 2\n```\n## y\n\nzero\n\n## y when a = p\n\n### backward\n\nback\n"
    lesson = parsed(with_front("[switches]", "a = ['p', 'q']", body=body))
    assert lesson.sections["y"] == Section("zero", "back")
    assert choose(lesson, {"a": "q"}).sections["y"] == Section("zero", "")


def test_nothing_of_the_file_is_lost_by_a_choice(lesson):
    test = choose(lesson, {"mode": "test", "factor": "2", "shape": "C,D"})
    assert choose(test) == choose(lesson)
    assert test.everything == choose(lesson).everything
    assert names(test.everything.graph) == ["y", "test_only", "z", "z"]


# --- inputs -----------------------------------------------------------------------------------------------

INPUTS = """\
+++
format = 1
[sizes]
N = 4
D = 3
[switches]
keep = [0.25, 0.75]
shape = { one = ["D"], two = ["N", 2] }
[inputs]
x = { shape = ["N", "shape", 5], draw = "bernoulli", p = "keep" }
w = { shape = "shape", draw = "uniform", low = -1, high = "keep" }
v = { value = [1.0, 2.0] }
+++
```graph
y = x * 2
```
"""


def test_choices_stand_in_the_place_of_switches_in_inputs():
    lesson = parsed(INPUTS)
    x, w, v = choose(lesson, {"keep": "0.75", "shape": "two"}).inputs
    assert (x.shape, x.parameters) == (("N", "N", 2, 5), {"p": 0.75})
    assert (w.shape, w.parameters) == (("N", 2), {"low": -1, "high": 0.75})
    assert (v.shape, v.value) == ((2,), [1.0, 2.0])
    assert [row.shape for row in choose(lesson, {"shape": "D,D"}).inputs[:2]] == [
        ("N", "D", "D", 5),
        ("D", "D"),
    ]


def test_resolved_constants_are_numbers_and_tuples_of_numbers():
    constants = {"factor": 0.5, "shape": ("C", "D", 7), "none": ()}
    found = resolved(constants, {"C": 2, "D": 3})
    assert found == {"C": 2, "D": 3, "factor": 0.5, "shape": (2, 3, 7), "none": ()}


def test_resolved_constants_follow_the_sizes_of_a_run(lesson):
    chosen = choose(lesson, {"shape": "images"})
    assert resolved(chosen.constants, {"C": 10, "D": 20})["shape"] == (10, 20)


# --- all of them ------------------------------------------------------------------------------------------


def test_every_combination_is_made_the_first_choices_first(lesson):
    found = [tuple(each.choices.values()) for each in variants(lesson)]
    assert found == list(product(["train", "test"], ["1", "2"], ["features", "images", "fixed"]))
    assert found == [tuple(each.choices.values()) for each in variants(choose(lesson, {"mode": "test"}))]


def test_lesson_without_switches_has_one_variant():
    assert [each.choices for each in variants(parsed(SMALL))] == [{}]


def test_no_more_variants_are_made_than_are_proven():
    lesson = parsed(with_front("[switches]", *(f"s{place} = {list(range(12))}" for place in range(8))))
    assert len(list(variants(lesson))) == MOST_VARIANTS


@pytest.mark.parametrize(
    ("current", "following"), [("features", "images"), ("images", "fixed"), ("fixed", "features")]
)
def test_next_choice_goes_round(current, following, lesson):
    shape = lesson.switches[2]
    assert next_choice(choose(lesson, {"shape": current}), shape) == following


def test_next_choice_after_a_free_one_is_the_first(lesson):
    assert next_choice(choose(lesson, {"shape": "N,N"}), lesson.switches[2]) == "features"


def test_next_choice_of_the_only_one_is_itself():
    lesson = parsed(with_front("[switches]", "mode = ['one']"))
    assert next_choice(lesson, lesson.switches[0]) == "one"
