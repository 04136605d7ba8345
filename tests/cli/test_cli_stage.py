"""Where the stepper's tours come from: each told once, anew only where a file or a choice has changed."""

import os

import pytest

from bn_tutor.cli.previewing import Edited
from bn_tutor.cli.stage import Walked
from bn_tutor.cli.targets import Request
from bn_tutor.course.loading import LessonError
from bn_tutor.engine.zoom import Level

LESSON = """\
+++
format = 1
title = "Scaled"
summary = "A factor"

[sizes]
N = 4

[switches]
mode = ["right", "broken", "other"]

[inputs]
x = { shape = ["N"] }
+++

```graph when mode = right
out = 2 * x
```

```graph when mode = broken
out = x @ x @ x
```

```graph when mode = other
out = 3 * x
```
"""
RIGHT, BROKEN, OTHER = ({"mode": mode} for mode in ("right", "broken", "other"))


@pytest.fixture
def path(written):
    return written("own.md", LESSON)


@pytest.fixture
def walked(path):
    return Walked(Request(str(path), {}))


@pytest.fixture
def edited(path):
    return Edited(path, Request(str(path), {}))


def formula(tour):
    return tour.story(Level.NODE).frames[0].node.formula


@pytest.fixture(params=["walked", "edited"])
def stage(request):
    return request.getfixturevalue(request.param)


# --- both -------------------------------------------------------------------------------------------------


def test_a_tour_is_told_once_for_each_choice(stage):
    tour = stage.tour({})
    assert (tour.choices, formula(tour)) == (RIGHT, "2 * x")
    assert stage.tour(RIGHT) is stage.tour({}) is tour
    other = stage.tour(OTHER)
    assert (other.choices, formula(other)) == (OTHER, "3 * x")
    assert stage.tour(OTHER) is other
    assert stage.tour(RIGHT) is tour


def test_what_is_wrong_with_a_choice_is_looked_for_once(stage, monkeypatch):
    stage.tour({})
    with pytest.raises(LessonError) as first:
        stage.tour(BROKEN)
    monkeypatch.setattr("bn_tutor.cli.stage.subject_for", lambda request: pytest.fail("looked again"))
    with pytest.raises(LessonError) as second:
        stage.tour(BROKEN)
    assert second.value.problems == first.value.problems != ()


def test_what_is_wrong_with_one_choice_is_not_wrong_with_another(stage):
    with pytest.raises(LessonError):
        stage.tour(BROKEN)
    assert formula(stage.tour(OTHER)) == "3 * x"


# --- a walk -----------------------------------------------------------------------------------------------


def test_a_walk_begins_with_what_was_asked_for(path):
    walked = Walked(Request(str(path), {}, choices=OTHER))
    assert walked.tour({}) is walked.tour(OTHER)
    assert formula(walked.tour({})) == "3 * x"
    assert formula(walked.tour(RIGHT)) == "2 * x"


def test_a_walk_waits_for_ever_and_says_nothing(walked):
    walked.tour({})
    assert (walked.wait, walked.note()) == (None, "")


def test_a_walk_does_not_see_an_edit(walked, written):
    tour = walked.tour({})
    written("own.md", LESSON.replace("2 * x", "5 * x"))
    assert walked.tour({}) is tour


@pytest.mark.parametrize("choices", [{"mood": "right"}, {"mode": "gone"}])
def test_a_walk_refuses_choices_that_there_are_not(walked, choices):
    with pytest.raises(LessonError, match=r"there is no switch mood|mode has no choice gone"):
        walked.tour(choices)


# --- a preview --------------------------------------------------------------------------------------------


def test_a_preview_sees_an_edit(edited, written):
    tour = edited.tour({})
    written("own.md", LESSON.replace("2 * x", "5 * x + 1"))
    assert edited.tour(RIGHT) is not tour
    assert formula(edited.tour(RIGHT)) == "5 * x + 1"


def test_a_preview_sees_what_has_the_same_size_and_time(edited, written, path):
    edited.tour({})
    before = path.stat()
    new = written("new.md", LESSON.replace("2 * x", "5 * x"))
    os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
    new.replace(path)
    assert formula(edited.tour({})) == "5 * x"


def test_a_preview_says_what_lint_found(edited, written):
    edited.tour({})
    assert edited.note().startswith("lint: ")
    assert "line 21: " in edited.note()
    assert "broken" in edited.note()


def test_a_preview_looks_a_few_times_a_second(edited):
    assert 0.1 <= edited.wait <= 0.5


def test_a_file_that_is_gone_is_a_problem_and_no_more(edited, path, written):
    edited.tour({})
    path.unlink()
    with pytest.raises(LessonError):
        edited.tour(OTHER)
    written("own.md", LESSON)
    assert formula(edited.tour(OTHER)) == "3 * x"


@pytest.mark.parametrize(
    ("old", "new", "choices"),
    [("mode", "kind", {"kind": "right"}), ("other", "third", RIGHT), ('"broken", ', "", OTHER)],
)
def test_choices_that_an_edit_took_away_are_the_first_ones_again(edited, written, old, new, choices):
    edited.tour(OTHER)
    text = LESSON.replace(old, new)
    if old == '"broken", ':
        text = text.replace("```graph when mode = broken\nout = x @ x @ x\n```\n", "")
    written("own.md", text)
    assert edited.tour(OTHER).choices == choices


def test_a_slip_in_the_chosen_variant_is_no_reason_to_show_another(edited, written):
    edited.tour(OTHER)
    written("own.md", LESSON.replace("3 * x", "3 * z"))
    with pytest.raises(LessonError, match="z is not defined"):
        edited.tour(OTHER)
