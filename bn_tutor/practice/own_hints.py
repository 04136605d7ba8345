"""Hints for a lesson's own questions that bring none; they give no answer away."""

from bn_tutor.course.lesson import Question
from bn_tutor.course.parsing import names_in
from bn_tutor.practice.edges import edges, forward_lines, hint_for, lines_using
from bn_tutor.practice.formula_questions import is_gradient
from bn_tutor.practice.setting import Setting

FALLBACK = "Try each choice on a small example of your own: which of them fail?"


def hint_of(setting: Setting, question: Question) -> str:
    """Return a push for a question: on the edges that its gradient comes by, on a shape, or on its line."""
    wanted = (question.equals or question.key).text
    if question.kind == "shape":
        return _on_shape(setting, wanted)
    asked_for = [name for name in sorted(names_in(wanted)) if is_gradient(setting, name)]
    if question.kind != "choice" or question.equals:
        for name in asked_for[:1]:
            arriving = [edge for _, edge in edges(setting) if edge.input == name[1:]]
            if len(arriving) == 1:
                return hint_for(arriving[0])
            if arriving:
                return f"Through which nodes does {name[1:]} reach the output? What comes back is added up."
    return _on_line(setting, question.node) or (FALLBACK if question.kind == "choice" else "")


def _on_shape(setting: Setting, wanted: str) -> str:
    if is_gradient(setting, wanted):
        return f"A gradient has the shape of what it belongs to, here of {wanted[1:]}."
    if wanted in setting.recording.values:
        return f"Which axes are left in {wanted}, and is an axis kept with length 1?"
    return "Write the shapes below each other, the last axes in line: what does NumPy repeat?"


def _on_line(setting: Setting, node: str) -> str:
    """Return the lines to look at: that of a node, or those that use an input."""
    lines = forward_lines(setting, [node]) or lines_using(setting, [node])
    if not lines:
        return ""
    return f"Look again at {' and '.join(lines[:2])}: what depends on what there?"
