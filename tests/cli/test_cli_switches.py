"""Switches of a lesson: flipped by s in a terminal, set by --set, kept with the place, told in JSON."""

import json

import numpy as np
import pytest

LESSON = """\
+++
format = 1
title = "One road is broken"
output = "out"

[sizes]
N = 4
D = 3

[switches]
mode = ["right", "broken", "other"]
factor = [2, 3]

[inputs]
x = { shape = ["N", "D"] }
+++

```graph when mode = right
seen = 1 + x
out = factor * seen
```

```graph when mode = broken
out = x @ x
```

```graph when mode = other
out = factor * x
```
"""
ONLY = LESSON.replace("factor = [2, 3]\n", "").replace("factor", "2").replace('"broken", ', "")
ONLY = ONLY.replace("```graph when mode = broken\nout = x @ x\n```\n\n", "")
ENDS = "(it ends with (3,), (2, 3), (4, 2, 3))"


def frame(opened):
    """Return the screen without its last two lines: the status and the keys."""
    return opened.settle()[:-2]


# --- the key s --------------------------------------------------------------------------------------------


def test_a_switch_is_flipped_and_flipped_back(stepper):
    opened = stepper("dropout", "--backward")
    opened.shows("backward 1 of 2", "node 2   out = kept / keep")
    before = frame(opened)
    opened.send("s")
    opened.shows("flip mode = train, keep = 0.8, scaling = inverted; which (or name=choice):")
    opened.send("mode\r")
    opened.shows("backward 1 of 1   mode = inference", "node 1   out = 1 · x")
    opened.send("s", "scaling=classic\r")
    opened.shows("backward 1 of 1   mode = inference, scaling = classic", "out = keep · x")
    opened.send("s", "scaling\r", "s", "mode\r")
    opened.drops("mode = inference")
    assert frame(opened) == before


def test_an_only_switch_is_flipped_by_the_key_alone(stepper, written):
    opened = stepper(written("only.md", ONLY))
    opened.shows("s switch", "seen = 1 + x")
    opened.send("s")
    opened.shows("forward 1 of 1   mode = other", "out = 2 · x")
    opened.send("s")
    opened.shows("forward 2 of 2   ━", "out = 2 · seen")  # the node that both have


def test_a_key_held_down_flips_through_every_choice(stepper, written):
    opened = stepper(written("only.md", ONLY))
    opened.send("s" * 301)
    opened.shows("mode = other")


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("mood=right", "There is no switch mood (did you mean mode?)"),
        ("mode=brokn", "mode has no choice brokn (did you mean broken?)"),
        ("factor=4", "factor has no choice 4 (there are: 2, 3)"),
        ("mode=broken", "mode = broken cannot be walked: line 24: matmul: the 3 columns of the left"),
    ],
)
def test_a_wrong_flip_leaves_the_frame_and_says_why(stepper, written, wish, said):
    opened = stepper(written("own.md", LESSON))
    opened.send("n", "s", "factor=3\r")
    opened.shows("forward 2 of 2   factor = 3")
    before = frame(opened)
    opened.send("s", f"{wish}\r")
    opened.shows(said)
    after = opened.settle()
    lines = next(at for at, line in enumerate(after) if said in line)
    assert after[:20] == before[:20]
    assert lines >= 21
    opened.send("n")
    opened.shows("backward 1 of 2   factor = 3")
    opened.send("q")
    assert opened.end() == 0


def test_after_a_flip_that_was_taken_back_another_works(stepper, written):
    opened = stepper(written("own.md", LESSON))
    opened.send("s", "mode=broken\r", "s", "mode=other\r", "n")
    opened.shows("backward 1 of 1   mode = other")
    opened.send("s", "mode=broken\r")
    opened.shows("mode = broken cannot be walked", "backward 1 of 1   mode = other")


def test_ctrl_c_at_the_prompt_keeps_place_and_choices(stepper, written):
    path = written("own.md", LESSON)
    opened = stepper(path)
    opened.send("s", "factor=3\r", "n", "s", "mode=o")
    opened.shows("mode=o")
    opened.send(b"\x03")
    assert opened.end() == 130
    assert b"Traceback" not in opened.received
    stepper(path).shows("forward 2 of 2   factor = 3", "back where you left off")


def test_plain_shows_how_the_switches_stand_and_the_new_frame(terminal, written):
    opened = terminal(written("own.md", LESSON), "--plain")
    opened.shows("seen = 1 + x")
    opened.send("s")
    opened.shows("\nmode = right, factor = 2\nflip a switch (name, or name=choice):")
    opened.send("mode=other\r")
    opened.shows("\nmode=other\n own   forward 1 of 1   mode = other\n")
    opened.send("s", "mode=broken\r")
    opened.shows("mode=broken\nmode = broken cannot be walked: line 24: matmul")
    opened.send("q")
    assert opened.end() == 0


# --- kept with the place ----------------------------------------------------------------------------------


def test_choices_are_kept_with_the_place(stepper):
    opened = stepper("dropout")
    opened.send("s", "mode\r", "s", "scaling\r", "q")
    assert opened.end() == 0
    opened = stepper("dropout")
    # The first frame is no place to come back to.
    opened.shows("forward 1 of 2   ━")
    opened.send("s", "keep\r", "n", "q")
    assert opened.end() == 0
    opened = stepper("dropout")
    opened.shows("forward 2 of 2   keep = 0.5", "back where you left off")
    opened.send("s", "keep\r", "q")
    assert opened.end() == 0
    stepper("dropout").shows("forward 2 of 2   ━", "back where you left off")


def test_choices_that_were_asked_for_are_others_than_those_that_were_kept(stepper):
    opened = stepper("dropout", "--set", "keep=0.5")
    opened.shows("forward 1 of 2   keep = 0.5")
    opened.send("n", "q")
    opened.end()
    opened = stepper("dropout")
    opened.shows("forward 1 of 2   ━")
    opened.send("q")
    opened.end()
    opened = stepper("dropout", "--set", "keep=0.5")
    opened.send("n", "s", "mode\r")
    opened.shows("forward 1 of 1   mode = inference, keep = 0.5")


def test_choices_that_the_lesson_has_lost_are_passed_over(stepper, written):
    path = written("own.md", LESSON)
    opened = stepper(path)
    opened.send("s", "factor=3\r", "n", "q")
    opened.end()
    written("own.md", LESSON.replace("factor = [2, 3]", "factor = [2, 5]"))
    stepper(path).shows("forward 2 of 2   ━", "back where you left off")


def test_kept_choices_cannot_steer_the_terminal(stepper, written, state_folder):
    path = written("own.md", LESSON)
    opened = stepper(path)
    opened.send("n", "q")
    opened.end()
    kept = json.loads((state_folder / "places.json").read_text())
    kept["places"][str(path)]["choices"] = {"mode\x1b[2J": "\x1b]0;title\x07"}
    (state_folder / "places.json").write_text(json.dumps(kept))
    opened = stepper(path)
    opened.shows("forward 2 of 2   ━", "back where you left off")
    assert b"title" not in opened.received


# --- --set ------------------------------------------------------------------------------------------------


def test_what_cannot_be_set_is_refused_with_one_line(complaints, written):
    written("own.md", LESSON)
    written("own.py", "def f(x, gamma, beta, eps):\n    return gamma * x + beta\n")
    form = "--set takes SWITCH=CHOICE, such as mode=train, not "
    refused = {
        ("dropout", "--set", "mood=train"): "dropout: error: there is no switch mood (did you mean mode?)",
        (
            "dropout",
            "--set",
            "zzz=1",
        ): "dropout: error: there is no switch zzz (there are: mode, keep, scaling)",
        ("dropout", "--set", "mode=trian"): "dropout: error: mode has no choice trian (did you mean train?)",
        ("dropout", "--set", "keep=7"): "dropout: error: keep has no choice 7 (there are: 0.8, 0.5)",
        ("dropout", "--set", "mode=train", "--set", "keep=1"): (
            "dropout: error: keep has no choice 1 (there are: 0.8, 0.5)"
        ),
        (
            "batchnorm",
            "--set",
            "mode=train",
        ): "batchnorm: error: there is no switch mode (it has no switches)",
        ("dropout", "--set", "mode"): f"{form}'mode'",
        ("dropout", "--set", "mode="): f"{form}'mode='",
        ("dropout", "--set", "=train"): f"{form}'=train'",
        ("dropout", "--set", ""): f"{form}''",
        ("dropout", "--set", "\x1b[2Jmode\n"): f"{form}'[2Jmode'",
        ("dropout", "--set", "\x1b[2Jmode\n=x"): (
            "dropout: error: there is no switch [2Jmode (did you mean mode?)"
        ),
        ("own.py:f", "--set", "mode=train"): "--set flips the switches of a lesson; a function has none",
        ("own.md", "--set", "mode=broken"): (
            "own.md:24:7: error[shapes-disagree]: matmul: the 3 columns of the left do not meet"
            " the 4 rows of the right"
        ),
    }
    assert complaints(refused) == refused


def test_a_tuple_that_does_not_fit_is_told_where_it_is_used(refuse):
    lines = refuse("layernorm", "--set", "normalized_shape=C")
    assert len(lines) == 2
    for line in lines:
        place, _, said = line.partition(": error[shapes-disagree]: ")
        assert said == f"x has the shape (4, 2, 3), which does not end with (2,) {ENDS}"
        assert place.partition("layernorm.md:")[2].replace(":", "").isdecimal()


@pytest.mark.parametrize("given", ["2,3", "C,D", " 2 , D "])
def test_a_tuple_of_ones_own(walk, document, given):
    lines = walk("layernorm", "--set", f"normalized_shape={given}").splitlines()
    assert f"normalized_shape = {','.join(part.strip() for part in given.split(','))}" in lines[0]
    assert "mu = mean(x, axis=trailing(x, (2, 3)), keepdims=true)" in lines[1]
    found, two = (document("layernorm", "--set", f"normalized_shape={each}") for each in (given, "two"))
    assert (found["nodes"], found["gradients"]) == (two["nodes"], two["gradients"])


def test_a_tuple_names_sizes_that_can_be_others(document):
    found = document("layernorm", "--set", "normalized_shape=C,D", "--size", "C=5")
    assert np.shape(found["gradients"]["gamma"]) == (5, 3)


def test_json_tells_the_choices(document):
    assert document("dropout")["choices"] == {"mode": "train", "keep": "0.8", "scaling": "inverted"}
    found = document("dropout", "--set", "mode=inference", "--set", "scaling = classic")
    assert found["choices"] == {"mode": "inference", "keep": "0.8", "scaling": "classic"}
    assert [node["formula"] for node in found["nodes"]] == ["keep * x"]
    np.testing.assert_allclose(found["gradients"]["x"], 0.8 * np.array(found["upstream"]), rtol=1e-12)


def test_the_last_word_on_a_switch_counts(document):
    found = document("dropout", "--set", "keep=0.8", "--set", "keep=0.5")
    assert found["choices"]["keep"] == "0.5"


def test_a_pipe_prints_that_variant(walk):
    text = walk("dropout", "--set", "mode=inference")
    heads = [line for line in text.splitlines() if line.startswith(" dropout ")]
    assert len(heads) == 2
    assert all("   mode = inference   " in head for head in heads)
    assert "mask" not in heads[0] + text.splitlines()[1]


def test_setting_what_is_usual_changes_nothing(walk):
    assert walk("dropout", "--set", "mode=train") == walk("dropout")


def test_a_demonstration_of_a_variant(walk):
    text = walk("batchnorm-inference", "--set", "mode=train", "--order", "recursive")
    assert "mode = train" in text.splitlines()[0]
    assert "What a recursion without topological order ends with" in text


def test_lesson_show_shows_the_variant(run):
    result = run("lesson", "show", "dropout", "--set", "mode=inference", "--as", "dot")
    assert (result.returncode, result.stderr) == (0, "")
    assert "out = 1 * x" in result.stdout
    assert "kept" not in result.stdout


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("mood=train", "dropout: error: there is no switch mood (did you mean mode?)"),
        ("mode", "--set takes SWITCH=CHOICE, such as mode=train, not 'mode'"),
    ],
)
def test_lesson_show_refuses_as_walk_does(run, setting, said):
    result = run("lesson", "show", "dropout", "--set", setting)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"bn-tutor: {said}\n")
