"""One sample, a constant column, eps = 0: every frame is drawn, and says what inf and nan mean."""

import numpy as np
import pytest

from bn_tutor.engine.zoom import Level
from bn_tutor.views.look import Look
from bn_tutor.walk.state import State, press

GENERATOR = np.random.default_rng(11)
CONSTANT_COLUMN = np.column_stack([GENERATOR.normal(size=4), np.full(4, 2.0), GENERATOR.normal(size=4)])
DATA = {
    "one sample": {"x": GENERATOR.normal(size=(1, 3))},
    "one number": {"x": GENERATOR.normal(size=(1, 1)), "gamma": np.ones(1), "beta": np.zeros(1)},
    "constant column": {"x": CONSTANT_COLUMN},
    "constant column without eps": {"x": CONSTANT_COLUMN, "eps": 0.0},
    "one sample without eps": {"x": GENERATOR.normal(size=(1, 3)), "eps": 0.0},
    "huge": {"x": GENERATOR.normal(size=(4, 3)) * 1e200},
    "tiny": {"x": GENERATOR.normal(size=(4, 3)) * 1e-200, "eps": 0.0},
    "zeros": {"x": np.zeros((4, 3)), "gamma": np.zeros(3), "beta": np.zeros(3)},
}
NOTE = "inf is what a division by zero gives"


@pytest.fixture(autouse=True)
def silent():
    """Divide by zero without a warning, as the walk does."""
    with np.errstate(all="ignore"):
        yield


@pytest.mark.parametrize("name", DATA)
def test_every_frame_is_drawn(data_tour, every_state, draw, too_wide, name):
    tour = data_tour(**DATA[name])
    for state in every_state(tour, element=(0, 0), jacobian=True):
        assert too_wide(draw(tour, state, height=100), 80) == []


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("look", [Look(40), Look(120, ascii=True), Look(plain=True)], ids=str)
def test_every_look_draws_them(data_tour, every_state, draw_whole, name, look):
    tour = data_tour(**DATA[name])
    states = [state for state in every_state(tour) if state.level is Level.NODE]
    assert all(draw_whole(tour, state, look) for state in states)


@pytest.mark.parametrize("name", DATA)
def test_every_frame_can_be_asked_about(data_tour, draw, name):
    tour = data_tour(**DATA[name])
    for place in range(len(tour.story(Level.NODE).frames)):
        state = State(place=place)
        for _ in range(3):
            state = press(tour, press(tour, state, "p"), "enter")
        assert draw(tour, state)


def whole_text(tour, draw_whole, place):
    return " ".join(" ".join(draw_whole(tour, State(place=place))).split())


def test_inf_and_nan_are_shown_and_explained(data_tour, draw_whole):
    tour = data_tour(**DATA["constant column without eps"])
    forward, backward = whole_text(tour, draw_whole, 5), whole_text(tour, draw_whole, 13)
    assert " inf " in forward
    assert NOTE in forward
    assert "nan" in backward
    assert NOTE in backward


@pytest.mark.parametrize("name", ["one sample", "constant column", "zeros"])
def test_finite_numbers_need_no_note(data_tour, draw_whole, name):
    tour = data_tour(**DATA[name])
    assert not any(NOTE in whole_text(tour, draw_whole, place) for place in range(19))


@pytest.mark.parametrize("look", [Look(30), Look(plain=True)], ids=str)
def test_where_there_is_no_note_there_is_no_label_for_one(tour, draw_whole, look):
    assert [place for place in range(19) if " note" in draw_whole(tour, State(place=place), look)] == []


def test_one_sample_has_a_gradient_of_zero(data_tour, draw_whole):
    tour = data_tour(**DATA["one sample"])
    lines = draw_whole(tour, State(place=18))
    columns = next(line for line in lines if line.startswith(" (1, 3)"))
    assert columns.count("(1, 3)") == 3
    assert lines[lines.index(columns) + 1].split()[-3:] == ["0", "0", "0"]
