"""What typed lines lead to in a session; whatever is typed, it goes on, and nothing is executed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_tutor.practice.answer import Outcome
from bn_tutor.practice.asked import LETTERS, judge_choice
from bn_tutor.practice.session import LONGEST_ANSWER, Session, Tally, answer, hidden_words, posed, tally
from tests.practice.quiz_support import asked_of, one

FORMULA = one("batchnorm", "formula/dgamma")
ALL = asked_of("batchnorm", 0)


def played(asked, *lines):
    session, replies = posed(Session(), asked), []
    for line in lines:
        session, reply = answer(session, line)
        replies.append(reply)
    return session, replies


def outcomes(session):
    return [(each.number, each.outcome.value, each.hinted) for each in session.kept]


def test_right_at_once():
    session, replies = played(FORMULA, FORMULA.key)
    assert outcomes(session) == [(1, "right", False)]
    assert (session.asked, replies[-1].is_over, replies[-1].reveals) == (None, True, False)


def test_wrong_then_right():
    session, replies = played(FORMULA, "dout * xhat", FORMULA.key)
    assert outcomes(session) == [(1, "wrong", False), (2, "right", False)]
    assert session.kept[0].mistake == "sum-missing"
    assert not replies[0].hint
    assert tally(session.kept).right_at_once == 0


def test_a_hint_comes_with_the_second_wrong_try_and_the_answer_with_the_third():
    session, replies = played(FORMULA, "dout", "xhat", "gamma")
    assert outcomes(session) == [(1, "wrong", False), (2, "wrong", False), (3, "wrong", True)]
    assert replies[1].hint == FORMULA.hint
    assert FORMULA.key not in replies[1].say
    assert replies[2].reveals
    assert FORMULA.key in replies[2].say


def test_of_a_choice_the_answer_says_what_was_chosen():
    asked = with_choices(5, 3)
    assert played(asked, "r")[1][0].say == "The answer is d) choice 3."
    assert played(asked, "a", "b", "c")[1][-1].say.endswith("The answer is d) choice 3.")
    assert played(FORMULA, "r")[1][0].say == f"The answer is {FORMULA.key}."


def test_hints_do_not_give_the_answer_away():
    for asked in ALL:
        if asked.kind in ("number", "formula", "shape"):
            assert asked.key not in asked.hint, asked.id


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        *(("r", "revealed"), ("reveal", "revealed"), ("show", "revealed"), (":r", "revealed")),
        *(("S", "skipped"), ("skip", "skipped"), (":skip", "skipped"), (" s ", "skipped")),
    ],
)
def test_reveal_and_skip(word, kept):
    session, replies = played(FORMULA, word)
    assert outcomes(session) == [(1, kept, False)]
    assert replies[0].reveals is (kept == "revealed")
    assert "Another" not in replies[0].say


@pytest.mark.parametrize("word", ["q", "quit", "exit", ":q", "QUIT", ":exit"])
def test_words_that_end_it(word):
    assert played(FORMULA, word)[0].done


@pytest.mark.parametrize("word", ["?", "help", ":?", "Help", ":help"])
def test_words_for_help(word):
    session, (reply,) = played(FORMULA, word)
    assert (reply.helps, reply.kept, session.asked) == (True, None, FORMULA)


@pytest.mark.parametrize("word", ["h", "hint", ":h", ":hint"])
def test_words_for_a_hint(word):
    assert played(FORMULA, word)[1][0].say == FORMULA.hint


# --- words that are answers -------------------------------------------------------------------------------

BN_WITH_R = one("batch-renorm", "formula/dxbn")
MLP_WITH_H = one("mlp-with-bn", "formula/dw1")


@pytest.mark.parametrize(("asked", "letter"), [(BN_WITH_R, "r"), (MLP_WITH_H, "h")])
def test_a_formula_that_is_a_word_is_a_formula(asked, letter):
    session, (reply,) = played(asked, letter)
    assert (reply.right, reply.reveals, session.tries) == (False, False, 1)
    assert hidden_words(asked) == (letter,)
    session, (reply,) = played(asked, f":{letter}")
    assert reply.right is None
    assert reply.reveals or reply.hint


def with_choices(count, right):
    choices = [f"choice {at}" for at in range(count)]
    chosen = one("batchnorm", "local/gammax-gamma")
    return replace(chosen, choices=choices, judge=judge_choice(choices, right), key=LETTERS[right])


@pytest.mark.parametrize("letter", ["h", "q", "r", "s"])
def test_the_letter_of_a_choice_is_no_word(letter):
    at = LETTERS.index(letter)
    _, (reply,) = played(with_choices(at + 1, at), letter)
    assert reply.right is True
    assert letter in hidden_words(with_choices(at + 1, at))
    fewer = with_choices(at, 0)
    assert letter not in hidden_words(fewer)
    assert played(fewer, letter)[1][0].right is None


def test_a_choice_that_is_called_like_a_word_is_chosen_by_it():
    asked = one("mlp-with-bn", "join/h")
    asked = replace(asked, choices=("h", "x"), judge=judge_choice(("h", "x"), 0))
    assert hidden_words(asked) == ("h",)
    assert played(asked, "h")[1][0].right is True


def test_what_a_question_shows_of_its_words_is_what_they_are():
    for asked in [*ALL, *asked_of("mlp-with-bn", 1), *asked_of("batch-renorm", 1)]:
        for letter in "hrsq":
            is_answer = asked.judge(letter).right is not None
            assert (letter in hidden_words(asked)) == is_answer, (asked.id, letter)


# --- counting ---------------------------------------------------------------------------------------------


def test_what_was_skipped_is_counted_apart():
    other, third = one("batchnorm", "formula/dxhat"), one("batchnorm", "formula/dbeta")
    kept = [
        *played(FORMULA, "s")[0].kept,
        *played(other, "7", "s")[0].kept,
        *played(third, third.key)[0].kept,
    ]
    assert tally(kept) == Tally(asked=2, right_at_once=1, right=1, skipped=1)
    assert tally(played(FORMULA, "s")[0].kept) == Tally(0, 0, 0, 1)


def test_quit_keeps_nothing_of_the_question():
    session, _ = played(FORMULA, "q")
    assert (session.done, session.kept) == (True, ())


def test_a_hint_is_remembered_and_costs_no_try():
    session, _ = played(FORMULA, "h", FORMULA.key)
    assert outcomes(session) == [(1, "right", True)]


COST_NOTHING = [
    "",
    "   ",
    "\t",
    "sum(dgammax * xhat, axis=0",
    "__import__('os').system('true')",
    "().__class__.__bases__",
    "lambda: 0",
    "[x for x in (1, 2)]",
    "dgamma",
    "dgammax1",
    "dxhat",
    "dx",
    "xhat.tofile(dout)",
    "xhat.std(axis=0)",
    "dout; xhat",
    "dgamma == dout",
    "1e400 * dout",
    "10**400",
    "dout ** xhat",
    "dout[99]",
    "dout[::0]",
    "dout @ xhat",
    "broadcast_to(dout, (100000, 100000, 4, 3))",
    "reshape(dout, (-1,))[0:2] + reshape(xhat, (5,))",
    "(" * 500 + "dout" + ")" * 500,
    "-" * 900 + "dout",
    "dout + " * 140 + "dout + q",
    "x" * 1500,
    "1 " * (LONGEST_ANSWER + 1),
    "9" * (10 * 1024 * 1024),
    "\x1b[2J\x1b]0;owned\x07",
    "dout\x00",
    "dout\u202e",
    "ⅆout",
    "f'{dout}'",
    "np.",
    "np.linalg.inv(dout)",
    "import os",
    "dgamma =",
    "= sum(dout, axis=0)",
    "sum(dout, axis=7)",
    "sum(dout, axis=dout)",
    "dout if xhat else dout",
    "(xhat := dout)",
]


@pytest.mark.parametrize("line", COST_NOTHING, ids=range(len(COST_NOTHING)))
def test_what_cannot_be_judged_costs_no_try_and_says_why(line):
    session, (reply,) = played(FORMULA, line)
    assert (reply.right, reply.kept, session.tries, session.kept) == (None, None, 0, ())
    assert 8 < len(reply.say) < 400
    assert reply.say.isprintable() or not line.isprintable()


@pytest.mark.parametrize(
    "line",
    ["dout / 0", "0 / 0 * dout", "log(dout - dout)", "1e15 * dout * 1e15", "xhat ** 300", "5", "(dout)"],
)
def test_what_has_no_sensible_value_is_wrong(line):
    session, (reply,) = played(FORMULA, line)
    assert reply.right in (False, None)
    assert len(session.kept) == (reply.right is False)


@pytest.mark.parametrize(
    ("line", "word", "at"),
    [
        ("dgamma = np.sum(dout * xhot, axis=0)", "xhot", "xhot"),
        ("   sum(dout * dxhat, axis=0)", "may not be used", "dxhat"),
        ("np.sum(dout * xhat.tofile, axis=0)", "tofile", "tofile"),
        ("np.add(dout, xhat) + np.foo(dout)", "foo", "np.foo"),
        ("numpy.sum(dout, axis=bad)", "bad", "bad"),
    ],
)
def test_the_column_of_a_slip_is_that_of_what_was_typed(line, word, at):
    verdict = FORMULA.judge(line)
    assert word in verdict.say
    column = int(verdict.say.rpartition("column ")[2].rstrip("."))
    assert abs(column - 1 - line.index(at)) <= (3 if at.startswith("np.") else 0), verdict.say


@given(st.sampled_from(ALL), st.lists(st.text(max_size=60) | st.sampled_from(COST_NOTHING[:9]), max_size=6))
def test_any_lines(asked, lines):
    session, replies = played(asked, *lines)
    assert len(session.kept) <= 3
    assert all(reply.say or reply.is_over for reply in replies)
    assert all(each.outcome in Outcome for each in session.kept)


@pytest.mark.parametrize("asked", ALL[:40], ids=lambda asked: asked.id)
def test_strange_lines_are_never_right(asked):
    for line in ("nan", "inf", "\x1b[A", "true", "None", "()", "[]", "0x1", "z", "-", "∂", "1e5", "999"):
        assert asked.judge(line).right is not True, line
