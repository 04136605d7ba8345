import tracemalloc
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from bn_tutor.course import building
from bn_tutor.course.building import MOST_NODES
from bn_tutor.course.loading import LessonError, load, record, sizes_of, upstream_of
from bn_tutor.course.places import shipped_folder
from bn_tutor.engine.zoom import Level

from .lessons import FRONT, GRAPH_LINE, SMALL, parsed, with_front, with_graph, with_input, written


def graph_problems(text):
    """Return what ``record`` complains about, in a lesson that the reader takes."""
    with pytest.raises(LessonError) as caught:
        record(parsed(text))
    return [str(problem) for problem in caught.value.problems]


def refusal(lesson, **replaced):
    with pytest.raises(LessonError) as caught:
        record(lesson, **replaced)
    return str(caught.value)


# --- which lesson -----------------------------------------------------------------------------------------


def test_shipped_lesson_is_loaded_by_its_name():
    lesson = load("batchnorm")
    assert (lesson.name, lesson.title) == ("batchnorm", "Batch normalization, node by node")
    assert lesson.path == str(shipped_folder() / "batchnorm.md")


@pytest.mark.parametrize("kind", [str, Path])
def test_lesson_is_loaded_by_its_path(kind, tmp_path):
    lesson = load(kind(written(tmp_path, SMALL)))
    assert (lesson.name, lesson.path) == ("lesson", str(tmp_path / "lesson.md"))


def test_unknown_name_is_refused_with_the_closest_one():
    with pytest.raises(LessonError) as caught:
        load("batchnrom")
    expected = "batchnrom: error: there is no lesson batchnrom (did you mean batchnorm?)"
    assert str(caught.value) == expected


@pytest.mark.parametrize("name", ["none.md", "a\0b.md", "a" * 5000 + ".md"], ids=["none", "nul", "long"])
def test_path_of_no_file_is_refused(name):
    with pytest.raises(LessonError, match="there is no file"):
        load(name)


def test_folder_is_no_lesson(tmp_path):
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(LessonError, match=r"there is no file .*folder\.md"):
        load(tmp_path / "folder.md")


def test_problems_of_the_form_are_raised(problems):
    assert problems(FRONT + "prose\n")[0].startswith(
        "lesson.md:1:1: error[no-graph]: there is no graph block"
    )


# --- numbers ----------------------------------------------------------------------------------------------


def test_values_follow_the_graph():
    recording = record(parsed(with_graph("y = w * x", "z = sum(y, axis=0)")))
    np.testing.assert_array_equal(recording["y"], recording["w"] * recording["x"])
    np.testing.assert_array_equal(recording.output, recording["y"].sum(axis=0))


def test_everything_is_float64():
    recording = record(load("batchnorm"), inputs={"gamma": np.ones(3, dtype=np.int32)})
    assert {value.dtype for value in recording.values.values()} == {np.dtype(np.float64)}


def test_stream_of_seed_0_is_frozen():
    x = record(load("batchnorm"), seed=0)["x"]
    expected = [1.8141947574820458, 0.3853945708868669, 1.3627566267540765]
    np.testing.assert_allclose(x[0], expected, rtol=1e-13)
    np.testing.assert_allclose(x[3, 2], -0.6853903203969036, rtol=1e-13)


def test_stream_of_the_upstream_is_frozen():
    expected = [-0.29991464546951313, -0.6435380678859982, -0.8186232285510198]
    np.testing.assert_allclose(upstream_of((4, 3), 0)[0], expected, rtol=1e-13)


def test_same_seed_gives_the_same_numbers():
    lesson = load("batchnorm")
    first, second = record(lesson, seed=7), record(lesson, seed=7)
    assert all(np.array_equal(first[name], second[name]) for name in first.values)


def test_another_seed_gives_other_numbers():
    lesson = load("batchnorm")
    assert not np.any(record(lesson, seed=0)["x"] == record(lesson, seed=1)["x"])
    assert not np.any(upstream_of((4, 3), 0) == upstream_of((4, 3), 1))


def test_numbers_of_an_input_do_not_depend_on_another():
    lesson = parsed(with_graph("y = w * x"))
    small, large = record(lesson), record(lesson, sizes={"N": 100})
    np.testing.assert_array_equal(small["w"], large["w"])
    alone = record(parsed(SMALL.replace('x = { shape = ["N", "D"] }', "x = { shape = [] }")))
    np.testing.assert_array_equal(small["w"], alone["w"])


def test_inputs_of_the_same_shape_have_different_numbers():
    values = record(load("batchnorm"), sizes={"N": 1})
    assert not np.any(values["gamma"] == values["beta"])


def test_level_is_chosen():
    lesson = load("batchnorm")
    counts = {}
    for level in Level:
        nodes = record(lesson, level=level).graph.nodes
        counts[level] = sum(not node.is_source for node in nodes)
    assert counts == {Level.LAYER: 1, Level.NODE: 9, Level.OPERATION: 10}


@pytest.mark.parametrize("order", [("y_1 = x + 1", "y = x * 2 + 5"), ("y = x * 2 + 5", "y_1 = x + 1")])
def test_name_like_that_of_an_inner_operation_is_free(order):
    recording = record(parsed(with_graph(*order, "z = y + y_1")))
    np.testing.assert_array_equal(recording["y"], recording["x"] * 2 + 5)
    np.testing.assert_array_equal(recording["y_1"], recording["x"] + 1)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [("x * power(2, -1)", 0.5), ("x * square(1000000000000000)", 1e30), ("x * (1 / sqrt(4))", 0.5)],
)
def test_whole_numbers_are_computed_with_as_floats(formula, expected):
    recording = record(parsed(with_graph(f"y = {formula}")), inputs={"x": np.ones((4, 3))})
    np.testing.assert_allclose(recording.output, np.full((4, 3), expected), rtol=1e-15)


def test_division_by_zero_gives_what_numpy_gives_without_a_warning():
    recording = record(parsed(with_graph("y = 1 / (x * 0)", "z = log(-y * y)")))
    assert np.isinf(recording["y"]).all() and np.isnan(recording["z"]).all()


# --- sizes, seed and inputs replaced ----------------------------------------------------------------------


def test_sizes_are_replaced():
    recording = record(load("batchnorm"), sizes={"N": 7, "D": 2})
    assert (recording["x"].shape, recording["mu"].shape) == ((7, 2), (2,))


def test_inputs_are_replaced_and_bring_their_sizes():
    data = [[1, 2], [3, 4], [5, 7]]
    recording = record(load("batchnorm"), inputs={"x": data})
    np.testing.assert_array_equal(recording["x"], data)
    np.testing.assert_array_equal(recording["mu"], [3.0, 13 / 3])
    assert recording["gamma"].shape == (2,)


def test_input_given_as_a_list_of_numbers_is_replaced():
    recording = record(parsed(with_input("value = [1.0, 2.0]")), inputs={"z": [3.0, 4.0]})
    np.testing.assert_array_equal(recording.output, [6.0, 8.0])


def test_sizes_of_the_lesson_are_replaced_in_order():
    lesson = load("batchnorm")
    assert sizes_of(lesson, {}, {}) == {"N": 4, "D": 3}
    assert sizes_of(lesson, {"N": 5}, {"gamma": np.ones(2)}) == {"N": 5, "D": 2}


REFUSED = [
    ({"sizes": {"M": 5}}, "there is no size M (there are: N, D)"),
    ({"sizes": {"Nn": 5}}, "there is no size Nn (did you mean N?)"),
    ({"inputs": {"gama": [1, 2, 3]}}, "there is no input gama (did you mean gamma?)"),
    ({"inputs": {"qqq": 1}}, "there is no input qqq (there are: x, gamma, beta, eps)"),
    ({"inputs": {"x": [1, 2, 3]}}, "x must have the shape (N, D), not (3,)"),
    ({"inputs": {"gamma": 1}}, "gamma must have the shape (D,), not ()"),
    ({"inputs": {"x": [[1, 2]]}, "sizes": {"D": 3}}, "the data has D = 2, but 3 was asked for"),
    (
        {"inputs": {"x": [[1, 2]], "gamma": [1, 2, 3]}},
        "gamma has shape (3,): D = 3 does not fit D = 2",
    ),
]


@pytest.mark.parametrize(("replaced", "message"), REFUSED)
def test_replacement_that_does_not_fit_is_refused(replaced, message):
    lesson = load("batchnorm")
    assert refusal(lesson, **replaced) == f"batchnorm: error: {message}"


@pytest.mark.parametrize("size", [0, -1, 2.5, "4"])
def test_size_that_is_no_size_is_refused(size):
    assert refusal(load("batchnorm"), sizes={"N": size})


# --- problems of the formulas -----------------------------------------------------------------------------


def test_all_lines_are_checked_at_once(problems):
    text = with_graph("a = w * xx", "b = summ(a)", "w = x * 2", "N = x * 2", "c = b + a", "  d = x +")
    assert problems(text) == [
        "lesson.md:14:9: error[unknown-name]: xx is not defined before this line (did you mean x?)",
        "lesson.md:15:5: error[unknown-operation]: there is no operation summ (did you mean sum?)",
        "lesson.md:16:1: error[name-taken]: the name w is taken (each name is defined once)",
        "lesson.md:17:1: error[name-taken]: the name N is taken (each name is defined once)",
        "lesson.md:19:10: error[not-a-formula]: not a formula: invalid syntax",
    ]


def test_name_defined_twice_is_reported_at_the_name(problems):
    found = problems(with_graph("mean_of_x = mean(x)", "mean_of_x = x * 2"))
    assert found == [
        "lesson.md:15:1: error[name-taken]: the name mean_of_x is taken (each name is defined once)"
    ]


def test_node_is_not_used_before_its_line(problems):
    found = problems(with_graph("y = 2 * zed", "zed = x * 2"))
    assert found == ["lesson.md:14:9: error[unknown-name]: zed is not defined before this line"]


def test_names_of_inner_operations_are_not_for_the_lesson(problems):
    found = problems(with_graph("yy = x * 2 + 1", "z = yy_1 * 2"))
    assert found == [
        "lesson.md:15:5: error[unknown-name]: yy_1 is not defined before this line (did you mean yy?)"
    ]


def test_shapes_that_do_not_fit_are_reported_at_their_line(problems):
    found = problems(with_graph("y = w * x", "z = x @ x"))
    message = "matmul: the 3 columns of the left do not meet the 4 rows of the right"
    assert found == [f"lesson.md:15:5: error[shapes-disagree]: {message}"]


def test_shapes_that_do_not_fit_are_all_reported(problems):
    found = problems(with_graph("y = x @ x", "z = reshape(x, (5,))", "v = sum(x, axis=2)"))
    assert [problem.split(":")[1] for problem in found] == ["14", "15", "16"]


def test_shapes_that_do_not_fit_are_reported_beside_unknown_names(problems):
    found = problems(with_graph("y = x @ x", "z = qqq * 2"))
    assert [problem.split(":")[1] for problem in found] == ["14", "15"]


def test_unknown_output_is_reported_at_its_line(problems):
    found = problems(with_front("title = 'a'", "output = 'yy'"))
    assert found[0].startswith("lesson.md:4:")
    assert "error[unknown-output]: the output yy is not a node of the graph (did you mean y?)" in found[0]


def test_input_must_not_take_the_name_of_a_size(problems):
    assert problems(SMALL.replace("w = {", "N = {").replace("w * x", "N * x"))


WRONG_ARGUMENTS = [
    "sum(x, axis=1.5)",
    "sum(x, axis=true)",
    "sum(x, axis=0j)",
    "mean(x, axis=(0, 0.5))",
    "sum(x, axis=((0, 1), 1))",
    "reshape(x, (N / 2, 6))",
    "reshape(x, ((1, 2), 3))",
    "reshape(x, none)",
    "reshape(x, (true, 12))",
    "broadcast_to(x, none)",
    "transpose(x, 5)",
    "transpose(x, (1.0, 0))",
    "concatenate(x, x, axis=none)",
    "concatenate(x, x, axis=(0, 1))",
    "concatenate(x, w, axis=1)",
    "concatenate(x, sum(x, axis=1), axis=1)",
    "power(x, (1, 2))",
    "power(x, none)",
    "clip(x, none, 2)",
    "clip(x, (0, 1), 2)",
    "clip(x, 2, 1)",
    "take(x, 2.5)",
    "x[::0]",
    "x[0, 0, 0]",
    "x[4]",
    "reshape(x, (" + "1, " * 70 + "12))",
]


@pytest.mark.parametrize("formula", WRONG_ARGUMENTS)
def test_argument_that_does_not_fit_is_a_problem_of_its_line(formula):
    assert graph_problems(with_graph(f"y = {formula}"))[0].startswith("lesson.md:14:")


# --- bounds -----------------------------------------------------------------------------------------------

LARGE = (
    "+++\nformat = 1\n[inputs]\na = { shape = [1000000, 1] }\nb = { shape = [1, 1000000] }\n+++\n```graph\n"
)


@contextmanager
def little_memory():
    """Fail where more than ten megabytes are allocated at once."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_large_shapes_are_refused_before_anything_is_made(problems):
    reason = "has the shape (1000000, 1000000), more than is computed here"
    with little_memory():
        found = problems(LARGE + "big = a + b\nbigger = -big\nsmall = sum(big)\n```\n")
    assert found == [
        f"lesson.md:8:7: error[too-large]: big {reason}",
        f"lesson.md:9:10: error[too-large]: bigger {reason}",
    ]


def test_large_shapes_are_refused_before_a_part_is_taken(problems):
    places = ", ".join("0" * 40)
    with little_memory():
        found = problems(LARGE + f"big = a + b\npart = take(big, ({places}))\ny = sum(part)\n```\n")
    assert found[0].startswith("lesson.md:8:7: error[too-large]: big has the shape (1000000, 1000000)")


def test_large_input_is_refused_at_its_line_and_so_is_what_comes_of_it(problems):
    with little_memory():
        found = problems(with_input("shape = [1000000, 1000]"))
    reason = "has the shape (1000000, 1000), more than is computed here"
    assert found == [
        f"lesson.md:4:1: error[too-large]: z {reason}",
        f"lesson.md:7:5: error[too-large]: y {reason}",
    ]


def test_large_sizes_are_refused():
    with little_memory():
        message = refusal(load("batchnorm"), sizes={"N": 1_000_000, "D": 1_000})
    assert "x has the shape (1000000, 1000), more than is computed here" in message


def chain(count):
    return with_graph("a0 = -x", *(f"a{place} = -a{place - 1}" for place in range(1, count)))


def seconds(function, *arguments):
    start = perf_counter()
    function(*arguments)
    return perf_counter() - start


def test_lesson_of_500_nodes_loads_in_under_two_seconds(tmp_path):
    assert seconds(load, written(tmp_path, chain(500))) < 2.0


def test_more_nodes_than_the_limit_are_refused():
    lesson = parsed(chain(MOST_NODES + 1))
    expected = (
        f"lesson.md:{GRAPH_LINE + MOST_NODES - 1}:1: error[too-large]: the graph has more than 5000 nodes"
    )
    assert refusal(lesson) == expected


def test_many_nodes_are_refused_as_soon_as_few(monkeypatch):
    monkeypatch.setattr(building, "MOST_NODES", 1000)
    few, many = parsed(chain(1001)), parsed(chain(4000))
    assert seconds(refusal, many) < 3.0 * seconds(refusal, few) + 0.1


def unknown(count):
    return parsed(with_graph(*(f"name{place} = -nameless{place}" for place in range(count))))


def test_time_for_unknown_names_grows_with_their_number_and_not_its_square():
    assert seconds(refusal, unknown(800)) < 8.0 * seconds(refusal, unknown(200)) + 0.1


@pytest.mark.parametrize("formula", ["take(x, (0, 9), axis=1)", "take(x, 0, axis=3)", "take(x, (-5, 0))"])
def test_index_that_does_not_lie_on_its_axis_is_a_problem_of_its_line(formula):
    (found,) = graph_problems(with_graph(f"y = 2 * {formula}"))
    assert found.startswith("lesson.md:14:9: error[shapes-disagree]: ")


def test_part_that_is_larger_than_the_whole_is_refused():
    places = ", ".join("0" * 100)
    text = LARGE.replace("[1000000, 1]", "[1000000, 2]") + f"y = take(a, ({places}), axis=1)\n```\n"
    with little_memory():
        found = graph_problems(text)
    reason = "y has the shape (1000000, 100), more than is computed here"
    assert found == [f"lesson.md:8:5: error[too-large]: {reason}"]


def test_name_of_an_inner_operation_is_no_output(problems):
    found = problems(with_front("output = 'y_1'", body="```graph\ny = x * 2 + 1\n```\n"))
    message = "the output y_1 is not a node of the graph (did you mean y?)"
    assert found == [f"lesson.md:3:11: error[unknown-output]: {message}"]
