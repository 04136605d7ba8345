"""Frames as literal text, kept in the folder ``frames``, one file a frame.

To write them anew after a change that is meant: UPDATE_FRAMES=1 pytest tests/views/test_view_frames.py. The
run rewrites what differs and fails for it; look at the difference, then run again.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from bn_tutor.engine.zoom import Level
from bn_tutor.views.look import Look
from bn_tutor.walk.demonstrations import Order
from bn_tutor.walk.keys import Key
from bn_tutor.walk.state import start

FOLDER = Path(__file__).parent / "frames"
USUAL = Look()
UPDATE = bool(os.environ.get("UPDATE_FRAMES"))
ENTER = Key.ENTER
FORWARD = {"mu": 0, "sqrtvar": 4}
BACKWARD = {"out": 9, "gammax": 10, "xhat": 11, "ivar": 12, "sqrtvar": 13, "xmu": 16, "mu": 17, "x": 18}


@dataclass(frozen=True)
class Case:
    """A frame, the keys pressed there, and how it is drawn; without a height it is drawn in full."""

    place: int
    keys: tuple[str, ...] = ()
    look: Look = USUAL
    height: int | None = 24
    level: Level = Level.NODE
    order: Order = Order.RIGHT
    # With outputs named, a frame not of batch norm but of a function that has them all.
    outputs: tuple[str, ...] = ()


CASES = {
    "forward_first": Case(FORWARD["mu"]),
    "forward_sqrtvar": Case(FORWARD["sqrtvar"]),
    "backward_gammax": Case(BACKWARD["gammax"]),
    "backward_gammax_whole": Case(BACKWARD["gammax"], height=None),
    "backward_sqrtvar": Case(BACKWARD["sqrtvar"]),
    "backward_ivar": Case(BACKWARD["ivar"]),
    "backward_xmu": Case(BACKWARD["xmu"], height=40),
    "backward_x": Case(BACKWARD["x"], height=40),
    "element": Case(BACKWARD["xhat"], ("e", *"2,1", ENTER), height=40),
    "jacobian": Case(BACKWARD["mu"], ("J",), height=40),
    "predict_asked": Case(BACKWARD["gammax"], ("p",), height=30),
    "predict_wrong": Case(BACKWARD["gammax"], ("p", *"(4, 3)", ENTER), height=30),
    "predict_right": Case(BACKWARD["ivar"], ("p", "-", ENTER)),
    "operation_level": Case(10, level=Level.OPERATION),
    "operation_add_in_root": Case(15, level=Level.OPERATION),
    "layer_level": Case(1, level=Level.LAYER, height=40),
    "verdict_recursive": Case(20, order=Order.RECURSIVE, height=30),
    "verdict_twice": Case(29, order=Order.TWICE, height=30),
    "keys": Case(0, ("?",)),
    "graph_narrow": Case(BACKWARD["xhat"], ("v",)),
    "graph_beside_120": Case(BACKWARD["xhat"], look=Look(120), height=30),
    "graph_hidden_120": Case(BACKWARD["xhat"], ("v",), look=Look(120), height=30),
    "width_40": Case(BACKWARD["sqrtvar"], look=Look(40), height=40),
    "width_20": Case(BACKWARD["ivar"], look=Look(20), height=60),
    "ascii": Case(BACKWARD["sqrtvar"], look=Look(ascii=True)),
    "ascii_graph_120": Case(BACKWARD["xhat"], look=Look(120, ascii=True)),
    "plain": Case(BACKWARD["gammax"], look=Look(plain=True), height=None),
    "precision_6": Case(FORWARD["sqrtvar"], look=Look(120, precision=6)),
    "several_outputs_fed": Case(3, height=40, outputs=("out", "h")),
    "several_outputs_feeding": Case(5, look=Look(120), outputs=("out", "h")),
}


def hold(folder, name, drawn, update=UPDATE):
    """Hold what is drawn against what is kept; with ``update``, keep it before the difference is told."""
    file = folder / f"{name}.txt"
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    if update and drawn != kept:
        file.write_text(drawn, encoding="utf-8")
    assert drawn.split("\n") == kept.split("\n")


@pytest.mark.parametrize("name", CASES)
def test_a_frame_is_drawn_as_it_is_kept(lesson_tour, several_tour, press_all, draw, draw_whole, name):
    case = CASES[name]
    tour = several_tour(case.outputs, case.order) if case.outputs else lesson_tour(case.order)
    state = press_all(tour, start(tour, place=case.place, level=case.level), *case.keys)
    lines = draw(tour, state, case.look, case.height) if case.height else draw_whole(tour, state, case.look)
    hold(FOLDER, name, "\n".join(lines) + "\n")


def test_every_kept_frame_is_drawn():
    assert {file.stem for file in FOLDER.iterdir()} == set(CASES)


# --- holding ----------------------------------------------------------------------------------------------


def test_a_difference_of_one_space_is_told(tmp_path):
    (tmp_path / "frame.txt").write_text("a b\n", encoding="utf-8")
    hold(tmp_path, "frame", "a b\n", update=False)
    with pytest.raises(AssertionError):
        hold(tmp_path, "frame", "a  b\n", update=False)
    assert (tmp_path / "frame.txt").read_text(encoding="utf-8") == "a b\n"


def test_an_update_rewrites_and_still_fails_once(tmp_path):
    with pytest.raises(AssertionError):
        hold(tmp_path, "frame", "∂\n", update=True)
    hold(tmp_path, "frame", "∂\n", update=True)
    assert (tmp_path / "frame.txt").read_text(encoding="utf-8") == "∂\n"
