"""The catalogue for one run: distinct mistakes, none of them right, the lesson's own words first."""

from dataclasses import replace
from functools import cache, partial

import numpy as np
import pytest

from bn_tutor.course import known_mistakes, wrong_passes
from bn_tutor.course.known_mistakes import mistakes_in, mistakes_of
from bn_tutor.course.loading import names_of, record, upstreams_of
from bn_tutor.course.misconceptions import Misconception
from bn_tutor.course.mistakes import outcome
from bn_tutor.course.proof_runs import proof_run
from bn_tutor.course.slips import Slip, Wrong, on_each_edge
from bn_tutor.course.wrong_passes import same
from bn_tutor.engine.zoom import Level

from .lessons import parsed
from .shipped import NAMES, every_variant, shipped

SEEDS = 20


@cache
def batchnorm(seed=0):
    return mistakes_of(shipped("batchnorm"), seed=seed)


def ids(found):
    return [each.id for each in found]


def by_id(found):
    return {each.id: each for each in found}


def every_id(mistakes, *names, given=()):
    """Return the ids of all mistakes that are offered, those that were merged under another's name, too."""
    found = mistakes.of(*names, given=given)
    return {name for each in found for name in (each.id, *each.also)}


def inputs_of(mistakes):
    graph = mistakes.run.flow.recording.graph
    return [f"d{node.name}" for node in graph.inputs if node.name in mistakes.run.flow.totals]


# --- never right ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", every_variant().values(), ids=every_variant())
def test_no_mistake_is_right(lesson, monkeypatch):
    """Not on the learner's numbers, whatever they are."""
    proof = proof_run(lesson)
    monkeypatch.setattr(known_mistakes, "proof_run", lambda _: proof)
    for seed in range(SEEDS if not lesson.switches else 4):
        mistakes = mistakes_of(lesson, seed=seed)
        names = inputs_of(mistakes)
        for each in mistakes.of(*names):
            assert any(not same(value, mistakes.right[name]) for name, value in each.values.items()), each.id
            assert all(np.all(np.isfinite(value)) for value in each.values.values())


@pytest.mark.parametrize("name", NAMES)
def test_no_mistake_is_right_in_any_gradient(name):
    mistakes = mistakes_of(shipped(name), seed=3)
    proof = proof_run(shipped(name))
    for gradient in mistakes.run.targets:
        for each in mistakes.of(gradient):
            assert not same(each.value, mistakes.right[gradient])
            if each.id in proof.passes:
                value = proof.passes[each.id].value(proof.targets[gradient])
                assert not same(value, proof.right[gradient]), (gradient, each.id)


def test_vanishing_term_of_dmu_is_no_mistake(monkeypatch):
    """The road from mu through the variance brings exactly zero: who leaves it out is right."""
    proof = proof_run(shipped("batchnorm"))
    monkeypatch.setattr(known_mistakes, "proof_run", lambda _: proof)
    for seed in range(SEEDS):
        found = every_id(mistakes_of(shipped("batchnorm"), seed=seed), "dmu")
        assert "road-dropped@sq-0" not in found
        assert not any("at sq" in name and name.startswith("one of several") for name in found)
        assert "road-dropped@xhat-0" in found
    # In x's own gradient it is no zero at all.
    assert "road-dropped@sq-0" not in every_id(batchnorm(), "dmu") and any(
        "one of several roads missing, at sq" in each.also for each in batchnorm().of("dx")
    )


def test_vanishing_term_of_dmu_where_the_variance_is_one_line():
    mistakes = mistakes_of(shipped("batchnorm-closed-form"))
    spots = {name: each for name, each in mistakes.run.passes.items() if name.startswith("road-dropped")}
    vanishing = [name for name, each in spots.items() if each.node == "var" and each.input == "mu"]
    assert vanishing
    for gradient in ("dmu", "dx"):
        assert not any(each.id in vanishing for each in mistakes.of(gradient))
        assert not any("one of several roads missing, at var" in each.also for each in mistakes.of("dmu"))


def test_a_sign_of_what_vanishes_is_no_mistake():
    assert "minus-added@sq-0" not in every_id(batchnorm(), "dmu")


def test_what_is_right_on_these_numbers_alone_is_not_offered():
    """With one row more than columns N - 1 is D; with N = 1 a mean is a sum."""
    single = mistakes_of(shipped("batchnorm"), sizes={"N": 1})
    assert not any(each.kind in ("mean-for-sum", "share-missing") for each in single.of("dbeta", "dgamma"))
    square = mistakes_of(shipped("batchnorm"), sizes={"N": 3, "D": 3})
    assert not any(same(each.value, square.right["dx"]) for each in square.of("dx"))


def test_shapes_that_agree_by_chance_make_no_mistakes():
    """With N = D = H = K everything has one shape: nobody takes the weights for a hidden layer."""
    same_sizes = dict.fromkeys(("N", "D", "H", "K"), 4)
    square = mistakes_of(shipped("mlp-with-bn"), sizes=same_sizes).of("dw1", "dw2", "dgamma")
    apart = mistakes_of(shipped("mlp-with-bn"), sizes={"N": 6, "D": 5, "H": 4, "K": 3})
    operands = {name for name in apart.run.passes if name.startswith("wrong-operand")}
    assert {each.id for each in square if each.kind == "wrong-operand"} <= operands


# --- planted rows -----------------------------------------------------------------------------------------


@pytest.fixture
def plant(monkeypatch):
    """Put rows in the place of the catalogue, each by a name and a way back from gammax to gamma."""

    def put(**rows):
        def find(back, spot):
            if spot.edge == ("gammax", 0):
                yield Slip(Wrong(lambda upstream: back(spot, upstream)), "It is planted.", "Is it?")

        found = [Misconception(name, name, on_each_edge(partial(find, back))) for name, back in rows.items()]
        monkeypatch.setattr(wrong_passes, "ROWS", found)
        monkeypatch.setattr(known_mistakes, "_ORDER", {name: at for at, name in enumerate(rows)})
        return by_id(batchnorm_without_its_own().of("dgamma"))

    return put


def batchnorm_without_its_own():
    return mistakes_of(replace(shipped("batchnorm"), mistakes=()))


def right(spot, upstream):
    return spot.local.backward(upstream)


def test_a_planted_row_that_is_right_is_never_offered(plant):
    def right_by_another_road(spot, upstream):
        return np.einsum("nd,nd->d", spot.operands[1], upstream)

    assert plant(a=right, b=right_by_another_road) == {}


def test_a_planted_row_that_is_right_but_for_rounding_is_never_offered(plant):
    assert (
        plant(a=lambda spot, upstream: right(spot, upstream) * (1 + 3e-8) - 3e-8 * right(spot, upstream))
        == {}
    )


def test_planted_rows_that_are_the_same_are_one(plant):
    def half(spot, upstream):
        return right(spot, upstream / 2)

    found = plant(first=half, second=lambda spot, upstream: right(spot, upstream) * 0.5)
    assert list(found) == ["first@gammax-0"]
    assert found["first@gammax-0"].also == ("second, at gammax",)


def test_planted_rows_that_differ_by_little_are_two(plant):
    def scaled(factor):
        return lambda spot, upstream: right(spot, upstream) * factor

    assert len(plant(a=scaled(2), b=scaled(2 + 1e-8), c=scaled(1 + 1e-8))) == 3


def test_planted_rows_that_look_the_same_on_these_sizes_are_two(plant):
    """At N = 4 and D = 3 the two cannot be told apart; at other sizes they can."""
    found = plant(
        a=lambda spot, upstream: right(spot, upstream) / (upstream.shape[0] - 1),
        b=lambda spot, upstream: right(spot, upstream) / upstream.shape[1],
    )
    assert len(found) == 2
    one, another = found.values()
    assert same(one.value, another.value)


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0])
def test_planted_rows_that_come_to_nothing_anybody_would_answer(plant, value):
    assert plant(a=lambda spot, upstream: np.full(3, value)) == {}


def test_planted_rows_that_fail(plant):
    assert plant(a=lambda spot, upstream: np.ones((2, 5)) @ upstream) == {}


# --- merged -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_no_two_mistakes_are_the_same_on_all_numbers(name):
    mistakes = mistakes_of(shipped(name))
    names = inputs_of(mistakes)
    runs = [mistakes.run, proof_run(shipped(name))]
    asked = known_mistakes.Asked(tuple(names))
    found = ids(mistakes.of(*names))
    values = {each: [run.values(each, asked) for run in runs] for each in found}
    for at, one in enumerate(found):
        for another in found[at + 1 :]:
            assert any(
                not all(same(a, b) and a is not None for a, b in zip(left, right, strict=True))
                for left, right in zip(values[one], values[another], strict=True)
            ), (one, another)


def test_overwritten_with_two_parts_is_the_first_dropped():
    found = by_id(batchnorm().of("dx"))
    assert found["road-dropped@xmu-0"].also == ("contribution overwritten by the last one, at mu",)


def test_overwritten_with_three_parts_is_a_mistake_of_its_own():
    found = by_id(mistakes_of(shipped("cross-iteration-bn")).of("dw"))
    assert found["overwritten@mu0-0"].also == ()


def test_the_lessons_own_mistakes_come_first_and_their_text_wins():
    found = batchnorm().of("dx")
    first = found[0]
    assert first.id == "own/mean-road-forgotten"
    assert first.say == shipped("batchnorm").mistakes[0].say
    assert first.kind == "statistics-as-constants"
    assert "one of several roads missing, at mu" in first.also
    assert first.hint


def test_own_mistake_that_no_row_gives():
    lesson = parsed(
        "+++\nformat = 1\n[inputs]\nx = { shape = [4] }\n+++\n```graph\nout = x ** 3\n```\n"
        "```backward\ndx = 3 * x ** 2 * dout\n```\n"
        '```mistake\nid = "shifted"\nchange = "dx = (x + 1) * dout"\nsay = "Shifted by one."\n```\n'
    )
    first = mistakes_of(lesson).of("dx")[0]
    assert (first.id, first.kind, first.title, first.say) == (
        "own/shifted",
        "shifted",
        "shifted",
        "Shifted by one.",
    )
    assert first.hint == "Look at the line of dx again. What flows into it, and what is its shape?"
    assert first.line == "" and first.also == ()


@pytest.mark.parametrize("lesson", every_variant().values(), ids=every_variant())
def test_own_mistakes_come_to_what_the_whole_lesson_does(lesson):
    mistakes = mistakes_of(lesson)
    run = mistakes.run
    given = {row.name: run.right[row.name] for row in lesson.inputs}
    parts = {
        name: f"d{name}0" if run.flow.recording.graph.parts(name) > 1 else f"d{name}"
        for name in lesson.outputs
    }
    given |= {parts[name]: value for name, value in run.flow.upstream.items()}
    for own in run.own.values():
        wanted = outcome(lesson, given, names_of(lesson, lesson.sizes), own.mistake)
        if wanted.slip is not None:
            assert None in own.values.values()
            continue
        for name, value in wanted.values.items():
            assert same(own.values.get(name, run.right[name]), value), (own.mistake.id, name)


def test_own_mistake_that_can_no_longer_be_computed():
    lesson = parsed(
        "+++\nformat = 1\n[inputs]\nx = { shape = [4, 3] }\nw = { shape = [3] }\n+++\n"
        "```graph\ny = x * w\nout = y * 2\n```\n"
        "```backward\ndy = dout * 2\ndw = sum(dy * x, axis=0)\ndx = dy * w\n```\n"
        '```mistake\nid = "summed"\nchange = "dy = sum(dout * 2, axis=1)"\nsay = "Summed."\n```\n'
    )
    mistakes = mistakes_of(lesson)
    assert ids(mistakes.of("dy"))[0] == "own/summed"
    assert "own/summed" not in ids(mistakes.of("dx")) and "own/summed" not in ids(mistakes.of("dw"))


# --- what is given ----------------------------------------------------------------------------------------


def test_with_what_is_given_only_what_comes_after_it_counts():
    found = batchnorm().of("divar", given=["dxhat"])
    assert all(each.node == "xhat" for each in found)
    assert "own/divar-not-summed" in ids(found)
    assert {each.kind for each in found} >= {"mean-for-sum", "local-missing", "own-value", "wrong-operand"}
    assert len(batchnorm().of("divar")) > len(found)


def test_one_contribution_is_given():
    """Where dxmu1 is known, dxmu can only go wrong on the other road."""
    found = batchnorm().of("dxmu", given=["dxmu1", "dsq"])
    assert found and all(each.node == "sq" for each in found if each.id != "own/variance-road-forgotten")


def test_a_mistake_of_the_forward_pass_is_none_where_values_are_given():
    assert "own/eps-outside" in ids(batchnorm().of("dvar"))
    assert "own/eps-outside" not in ids(batchnorm().of("dvar", given=["dsqrtvar"]))


def test_a_gradient_that_there_is_not():
    with pytest.raises(KeyError):
        batchnorm().of("dnothing")


def test_contributions_may_be_asked_for():
    found = by_id(batchnorm().of("dxmu2", given=["dsq"]))
    right = batchnorm().right
    np.testing.assert_allclose(found["number-missing@sq-0"].value, right["xmu"] * right["dsq"])
    # That nothing comes this way is nobody's answer to what comes this way.
    assert not any(each.kind == "road-dropped" for each in found.values())


# --- runs -------------------------------------------------------------------------------------------------


def test_of_a_run_that_is_there_already():
    lesson = shipped("batchnorm")
    recording = record(lesson, seed=4, sizes={"N": 6}, level=Level.OPERATION)
    found = mistakes_in(lesson, recording, upstreams_of(recording, 4), {"N": 6, "D": 3})
    assert ids(found.of("dx")) == ids(mistakes_of(lesson, sizes={"N": 6}, seed=4).of("dx"))
    assert found.of("dx")[0].value.shape == (6, 3)


@pytest.mark.parametrize("name", NAMES)
def test_proofs_use_other_sizes_all_distinct(name):
    lesson = shipped(name)
    run = proof_run(lesson)
    sizes = list(run.sizes.values())
    assert len(set(sizes)) == len(sizes)
    assert run.sizes != dict(lesson.sizes)
    assert all(np.all(np.isfinite(value)) for value in run.right.values())
    assert run.right.get("eps", 0.5) == 0.5


def test_proof_of_a_lesson_with_sizes_that_are_fixed():
    lesson = parsed(
        "+++\nformat = 1\n[sizes]\nN = 2\n[inputs]\nx = { value = [1, 2] }\n+++\n```graph\nout = x * N\n```\n"
    )
    run = proof_run(lesson)
    assert run.right["x"].shape == (2,)
    assert not np.array_equal(run.right["x"], [1, 2])


def test_sizes_that_would_not_fit_are_not_used():
    lesson = parsed(
        '+++\nformat = 1\n[sizes]\nC = 6\nG = 2\n[inputs]\nx = { shape = ["C"] }\n+++\n'
        "```graph\nout = reshape(x, (G, C // G)) ** 2\n```\n"
    )
    assert proof_run(lesson).right["out"].shape == (2, 3)


def test_the_same_every_time():
    first, again = (mistakes_of(shipped("mlp-with-bn"), seed=2).of("dw1") for _ in range(2))
    assert ids(first) == ids(again)
    for one, another in zip(first, again, strict=True):
        assert (one.say, one.also, one.line) == (another.say, another.also, another.line)
        np.testing.assert_array_equal(one.value, another.value)


def test_large_data_are_not_tried(monkeypatch):
    monkeypatch.setattr(known_mistakes, "MOST_NUMBERS", 10)
    assert all(each.id.startswith("own/") for each in batchnorm().of("dx"))


def test_of_very_many_only_the_nearest_are_tried(monkeypatch):
    monkeypatch.setattr(known_mistakes, "MOST_PASSES", 20)
    found = [each for each in batchnorm().of("dx") if not each.id.startswith("own/")]
    assert found and all(each.node in ("mu", "xmu", "sq", "var") for each in found)


def test_numbers_that_are_not_finite():
    """A column without variance, and no eps: nothing can be told, and nothing fails."""
    lesson = parsed(
        "+++\nformat = 1\n[inputs]\nx = { value = [[1, 2], [1, 3]] }\n+++\n"
        "```graph\nmu = mean(x, axis=0)\nvar = mean((x - mu) ** 2, axis=0)\nout = (x - mu) / sqrt(var)\n```\n"
    )
    assert mistakes_of(lesson).of("dx") == ()
