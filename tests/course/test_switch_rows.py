import pytest

from bn_tutor.course.codes import Code
from bn_tutor.course.key_places import Source
from bn_tutor.course.lesson import Switch
from bn_tutor.course.loading import LessonError, record
from bn_tutor.course.problem import Findings, SlipError
from bn_tutor.course.switch_rows import MOST_CHOICES, MOST_SWITCHES, read_switches, read_when, unknown_when

from .lessons import SMALL, parsed, problems, with_front

FORMS = 'ddof = [0, 1], or mode = ["train", "inference"], or axis = { batch = [0], layer = [1] }'


def with_switch(line, sizes="N = 4\nD = 3"):
    """Return a lesson with one switch, on line 7."""
    return with_front("[sizes]", *sizes.split("\n"), "[switches]", line)


# --- what is read -----------------------------------------------------------------------------------------

CHOICES = {
    'mode = ["train", "inference"]': {"train": "train", "inference": "inference"},
    'mode = ["one"]': {"one": "one"},
    'mode = ["a-b_c", "A1"]': {"a-b_c": "a-b_c", "A1": "A1"},
    "ddof = [0, 1]": {"0": 0, "1": 1},
    "rmax = [3, 1.5, -0.5]": {"3": 3, "1.5": 1.5, "-0.5": -0.5},
    "axis = { batch = [0, 2, 3], layer = [1] }": {"batch": (0, 2, 3), "layer": (1,)},
    "shape = { one = ['D'], two = ['N', 'D'], odd = ['D', 2] }": {
        "one": ("D",),
        "two": ("N", "D"),
        "odd": ("D", 2),
    },
    "none = { all = [] }": {"all": ()},
}


@pytest.mark.parametrize("line", CHOICES)
def test_choices_are_read_with_their_labels_in_order(line):
    (switch,) = parsed(with_switch(line)).switches
    assert switch == Switch(line.split()[0], CHOICES[line])
    assert list(switch.choices) == list(CHOICES[line])


def test_whole_numbers_stay_whole():
    (switch,) = parsed(with_switch("ddof = [0, 1.0]")).switches
    assert [type(value) for value in switch.choices.values()] == [int, float]


def test_lesson_has_no_switches_where_there_is_no_table():
    assert parsed(SMALL).switches == ()
    assert parsed(SMALL).choices == {}


def test_switches_may_be_a_table_of_tables():
    text = with_front("[switches.axis]", "batch = [0]", "layer = [1]")
    assert parsed(text).switches == (Switch("axis", {"batch": (0,), "layer": (1,)}),)


# --- what is refused --------------------------------------------------------------------------------------

UNREADABLE = [
    "mode = []",
    "mode = {}",
    "mode = 'train'",
    "mode = 3",
    "mode = true",
    "mode = [true, false]",
    "mode = ['train', 1]",
    "mode = ['two words']",
    "mode = ['']",
    "mode = ['1st']",
    "mode = ['train', 'Ünd']",
    "mode = ['a,b']",
    "mode = ['" + "a" * 32 + "']",
    "mode = [1e16]",
    "mode = [nan]",
    "mode = [-inf]",
    "mode = [1" + "0" * 400 + "]",
    "mode = [[0, 1], [1]]",
    "mode = { a = 0 }",
    "mode = { a = ['Q'] }",
    "mode = { a = [0.5] }",
    "mode = { a = [true] }",
    "mode = { a = [[0]] }",
    "mode = { 'a b' = [0] }",
    "mode = { a = [0], b = 'D' }",
    "mode = { a = [" + "0, " * 40 + "] }",
    f"mode = {list(range(MOST_CHOICES + 1))}",
    f"mode = {[f'a{place}' for place in range(1000)]}",
]


@pytest.mark.parametrize("line", UNREADABLE, ids=lambda line: ascii(line[:24]))
def test_choices_of_another_form_are_reported_at_their_place(line):
    message = f"the choices of the switch mode cannot be read ({FORMS})"
    assert problems(with_switch(line)) == [f"lesson.md:7:1: error[wrong-value]: {message}"]


def test_most_choices_are_read():
    assert len(parsed(with_switch(f"mode = {list(range(MOST_CHOICES))}")).switches[0].choices) == MOST_CHOICES


@pytest.mark.parametrize("value", ["3", "[]", "'mode'", "true"])
def test_switches_must_be_a_table(value):
    expected = f"lesson.md:3:1: error[wrong-value]: switches must be a table of at most 8 ({FORMS})"
    assert problems(with_front(f"switches = {value}")) == [expected]


def test_there_are_no_more_switches_than_can_be_flipped():
    lines = [f"s{place} = [0, 1]" for place in range(MOST_SWITCHES)]
    assert len(parsed(with_front("[switches]", *lines)).switches) == MOST_SWITCHES
    (found,) = problems(with_front("[switches]", *lines, "one_more = [0, 1]"))
    assert found.startswith("lesson.md:3:2: error[wrong-value]: switches must be a table of at most 8")


def test_name_of_a_size_is_taken():
    expected = "lesson.md:7:1: error[name-taken]: the name N is that of a size (each name is defined once)"
    assert problems(with_switch("N = [0, 1]")) == [expected]


@pytest.mark.parametrize("kind", ["[0, 1]", "['a', 'b']", "{ a = [0] }"])
def test_input_does_not_take_the_name_of_a_switch(kind):
    message = "the name x is that of a switch (each name is defined once)"
    assert problems(with_switch(f"x = {kind}"))[0] == f"lesson.md:9:1: error[name-taken]: {message}"


@pytest.mark.parametrize("kind", ["[0, 1]", "{ a = [0] }"])
def test_node_does_not_take_the_name_of_a_switch_that_formulas_may_name(kind):
    with pytest.raises(LessonError) as caught:
        record(parsed(with_switch(f"y = {kind}")))
    message = "the name y is taken (each name is defined once)"
    assert str(caught.value.problems[0]) == f"lesson.md:12:1: error[name-taken]: {message}"


@pytest.mark.parametrize("name", ["'a-b'", "1st", "'a b'", '"é"'])
def test_switch_must_have_a_name_for_formulas(name):
    (found,) = problems(with_switch(f"{name} = [0, 1]"))
    assert found.startswith("lesson.md:7:1: error[bad-name]: ")


def test_every_wrong_switch_is_reported():
    found = problems(with_front("[switches]", "a = []", "b = [0]", "c = ''"))
    assert [problem.split(":")[1] for problem in found] == ["4", "6"]


@pytest.mark.parametrize("table", [{"mode": ["a"] * 3}, {"mode": [1, 1]}])
def test_choice_that_stands_there_twice_is_one(table):
    source = Source(["mode = []"], Findings("a.md"))
    (switch,) = read_switches(source, table, {})
    assert len(switch.choices) == 1


# --- conditions -------------------------------------------------------------------------------------------

WHEN = {
    "mode = train": (("mode", "train"),),
    "mode=train": (("mode", "train"),),
    "  mode  =  train  ": (("mode", "train"),),
    "ddof = -0.5": (("ddof", "-0.5"),),
    "mode = train and ddof = 1": (("mode", "train"), ("ddof", "1")),
    "mode = train, ddof = 1": (("mode", "train"), ("ddof", "1")),
    "mode = train,ddof = 1 and axis = layer": (("mode", "train"), ("ddof", "1"), ("axis", "layer")),
    "band = sandy": (("band", "sandy"),),
    "mode = cut-and-paste": (("mode", "cut-and-paste"),),
    "mode = and-so-on and hand = left": (("mode", "and-so-on"), ("hand", "left")),
    "mode = train and mode = test": (("mode", "train"), ("mode", "test")),
}


@pytest.mark.parametrize("text", WHEN)
def test_condition_is_read(text):
    assert read_when(text) == WHEN[text]


@pytest.mark.parametrize(
    "text",
    ["", " ", "mode", "mode =", "= train", "mode train", "mode = train and", "and", "mode = a,,b = c", ","],
)
def test_condition_of_another_form_is_refused(text):
    with pytest.raises(SlipError) as caught:
        read_when(text)
    slip = caught.value
    assert (slip.code, slip.message) == (Code.UNKNOWN_SWITCH, "after when stands name = choice")
    assert slip.hint == "when mode = train"


SWITCHES = (Switch("mode", {"train": "train", "test": "test"}), Switch("ddof", {"0": 0, "1": 1}))
UNKNOWN = {
    (("mood", "train"),): ("there is no switch mood", "did you mean mode?"),
    (("zzz", "train"),): ("there is no switch zzz", ""),
    (("mode", "tran"),): ("mode has no choice tran", "did you mean train?"),
    (("mode", "zzz"),): ("mode has no choice zzz", "there are: train, test"),
    (("ddof", "01"),): ("ddof has no choice 01", "did you mean 1?"),
    (("mode", "test"), ("ddof", "7")): ("ddof has no choice 7", "there are: 0, 1"),
    (("mode", "Train"),): ("mode has no choice Train", "did you mean train?"),
}


@pytest.mark.parametrize("when", UNKNOWN)
def test_condition_of_a_switch_or_a_choice_that_there_is_not(when):
    slip = unknown_when(when, SWITCHES)
    assert (slip.code, slip.message, slip.hint) == (Code.UNKNOWN_SWITCH, *UNKNOWN[when])


@pytest.mark.parametrize("when", [(), (("mode", "test"),), (("mode", "train"), ("ddof", "1"))])
def test_condition_that_can_hold(when):
    assert unknown_when(when, SWITCHES) is None
