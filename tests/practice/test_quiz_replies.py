"""What is said a second time: hints, the answer, and wrong operands that no catalogue holds."""

import pytest

from bn_tutor.practice.session import Session, answer, posed
from bn_tutor.views.look import Look
from bn_tutor.views.quiz_page import worked_lines
from tests.practice.quiz_support import one


def played(asked, *lines):
    """Return the replies to typed lines."""
    session, replies = posed(Session(), asked), []
    for line in lines:
        session, reply = answer(session, line)
        replies.append(reply)
    return replies


def wrong_letters(asked):
    return [letter for letter in "abcd"[: len(asked.choices)] if letter != asked.key]


def test_a_hint_is_not_said_again_after_it_came_by_itself():
    asked = one("batchnorm", "formula/dxhat")
    _, second, again = played(asked, "2 * dgammax", "3 * dgammax", "h")
    assert second.hint == asked.hint
    assert (again.say, again.hint) == ("There is no further hint; r shows the answer.", "")


def test_a_first_hint_is_given():
    asked = one("batchnorm", "formula/dxhat")
    first, again = played(asked, "h", "h")
    assert (first.say, again.say) == (asked.hint, "There is no further hint; r shows the answer.")


def test_the_second_wrong_choice_is_told_something_else_than_the_first():
    asked = choice_with_a_hint()
    first, second = played(asked, *wrong_letters(asked)[:2])
    assert asked.hint in first.say
    assert asked.hint not in second.say + second.hint
    assert second.say.startswith("Not that one.")


def choice_with_a_hint():
    run = one("batchnorm", "own/which-closed-form").run
    found = [each for each in run.lesson.questions if each.kind == "choice" and not each.equals]
    return one("batchnorm", f"own/{found[0].id}")


def test_a_chain_stands_one_step_a_line():
    asked = one("batchnorm", "whole/dx")
    steps = [line.plain.strip() for line in worked_lines(asked, Look(width=200))]
    assert steps[0] == "dgammax = dout"
    assert steps[-1] == "dx = dx1 + dx2"
    assert len(steps) == len(asked.worked.split("\n")) > 8


@pytest.mark.parametrize("item", ["formula/dxhat", "whole/dgamma", "local/xhat-ivar"])
def test_the_answer_is_not_told_twice(item):
    asked = one("batchnorm", item)
    assert asked.worked
    assert worked_lines(asked, Look(width=200)) == []


@pytest.mark.parametrize(
    ("item", "typed", "said", "mistake"),
    [
        ("formula/dxmu1", "ivar * dout", "This starts from dout.", "other-upstream"),
        ("formula/dxmu2", "2 * x * dsq", "x stands in the place of xmu", "wrong-operand"),
        ("formula/dsqrtvar", "-divar / var", "eps is missing", "eps-forgotten"),
    ],
)
@pytest.mark.parametrize("seed", range(2))
def test_what_was_taken_in_place_of_another_value(item, typed, said, mistake, seed):
    verdict = one("batchnorm", item, seed).judge(typed)
    assert (verdict.right, verdict.mistake) == (False, mistake)
    assert verdict.say.startswith(said)


def test_broadcasting_is_named_only_where_it_holds_on_all_runs():
    """One row of a result that has the same row everywhere on these sizes alone is no broadcasting."""
    asked = one("batchnorm", "formula/dsq")
    assert "By broadcasting" in asked.judge("dvar / N").say
    count = asked.run.sizes["N"]
    assert "By broadcasting" not in asked.judge(f"dvar / {count}").say


@pytest.mark.parametrize("typed", ["np.zeros(D)", "0", "0 * dgammax", "xhat * 0"])
def test_zeros_are_told_as_zeros(typed):
    for item in ("formula/dgamma", "formula/dxmu2"):
        verdict = one("batchnorm", item).judge(typed.replace("dgammax", "x"))
        assert (verdict.right, verdict.say, verdict.mistake) == (False, "That is zero everywhere.", ""), item


@pytest.mark.parametrize("seed", range(4))
def test_nobody_doubles_a_plain_number(seed):
    for item in ("local/mu-x", "local/xmu-mu"):
        try:
            choices = one("batchnorm", item, seed).choices
        except StopIteration:
            continue
        assert not [choice for choice in choices if choice.startswith("2 * (1") or choice == "2 * 1"]
