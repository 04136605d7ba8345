"""A quiz session: which question comes next, what an answer leads to. Pure: no screen, no clock, no file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bn_tutor.practice.answer import Outcome
from bn_tutor.practice.asked import Asked, Verdict

MOST_TRIES = 3
LONGEST_ANSWER = 2000


class Word(StrEnum):
    """What can be typed in place of an answer; the text is what the help says."""

    HINT = "h: a hint"
    REVEAL = "r: the answer"
    SKIP = "s: another question"
    QUIT = "q: the end"


_WORDS = {word.value[0]: word for word in Word} | {word.name.lower(): word for word in Word}


@dataclass(frozen=True)
class Try:
    """One answer to one question, to be kept."""

    asked: Asked
    number: int
    outcome: Outcome
    hinted: bool
    answer: str = ""
    mistake: str = ""


@dataclass(frozen=True)
class Reply:
    """What is to be shown after something was typed.

    ``reveals`` says that the worked step and its frame are due; ``is_over`` that the question is done.
    """

    say: str
    right: bool | None = None
    hint: str = ""
    reveals: bool = False
    is_over: bool = False
    kept: Try | None = None


@dataclass(frozen=True)
class Session:
    """Where a session stands: the question that waits for an answer, if one does, and what was answered."""

    asked: Asked | None = None
    tries: int = 0
    hinted: bool = False
    done: bool = False
    kept: tuple[Try, ...] = ()


def posed(session: Session, asked: Asked) -> Session:
    """Return the session with the next question asked."""
    return replace(session, asked=asked, tries=0, hinted=False)


def answer(session: Session, text: str) -> tuple[Session, Reply]:
    """Return what a typed line leads to. What cannot be judged costs no try."""
    asked = session.asked
    if asked is None:
        return session, Reply("The quiz is over.", is_over=True)
    typed = text.strip()
    word = None if _is_choice(asked, typed) else _WORDS.get(typed.lower())
    if word is not None:
        return _worded(session, asked, word)
    if not typed:
        return session, Reply("Type an answer, or h, r, s, q.")
    if len(typed) > LONGEST_ANSWER:
        return session, Reply(f"That has {len(typed):,} characters: an answer is short.")
    return _judged(session, asked, typed, asked.judge(typed))


def _is_choice(asked: Asked, typed: str) -> bool:
    """A letter that stands for a choice is an answer; choices of five and more would hide a word else."""
    return len(typed) == 1 and ord("a") <= ord(typed.lower()) < ord("a") + len(asked.choices)


def _worded(session: Session, asked: Asked, word: Word) -> tuple[Session, Reply]:
    if word is Word.HINT:
        return replace(session, hinted=True), Reply(
            asked.hint or "There is no hint for this one.", hint=asked.hint
        )
    if word is Word.QUIT:
        return replace(session, asked=None, done=True), Reply("", is_over=True)
    outcome = Outcome.REVEALED if word is Word.REVEAL else Outcome.SKIPPED
    kept = Try(asked, session.tries + 1, outcome, session.hinted)
    say = f"The answer is {asked.key}." if word is Word.REVEAL else "Another one."
    return _over(session, kept), Reply(say, reveals=word is Word.REVEAL, is_over=True, kept=kept)


def _judged(session: Session, asked: Asked, typed: str, verdict: Verdict) -> tuple[Session, Reply]:
    if verdict.right is None:
        return session, Reply(verdict.say)
    number = session.tries + 1
    outcome = Outcome.RIGHT if verdict.right else Outcome.WRONG
    kept = Try(asked, number, outcome, session.hinted, typed, verdict.mistake)
    if verdict.right:
        return _over(session, kept), Reply(verdict.say, right=True, is_over=True, kept=kept)
    if number >= MOST_TRIES:
        say = f"{verdict.say} The answer is {asked.key}."
        return _over(session, kept), Reply(say, right=False, reveals=True, is_over=True, kept=kept)
    hint = asked.hint if number == MOST_TRIES - 1 and not session.hinted else ""
    again = replace(session, tries=number, hinted=session.hinted or bool(hint), kept=(*session.kept, kept))
    return again, Reply(verdict.say, right=False, hint=hint, kept=kept)


def _over(session: Session, kept: Try) -> Session:
    return replace(session, asked=None, kept=(*session.kept, kept))


@dataclass(frozen=True)
class Tally:
    """What a session, or one kind of its questions, came to."""

    asked: int
    right_at_once: int
    right: int


def tally(tries: Sequence[Try]) -> Tally:
    """Count questions: how many were asked, right at the first try without a hint, right in the end."""
    last = {id(each.asked): each for each in tries}
    at_once = [
        each
        for each in last.values()
        if each.outcome is Outcome.RIGHT and each.number == 1 and not each.hinted
    ]
    right = [each for each in last.values() if each.outcome is Outcome.RIGHT]
    return Tally(len(last), len(at_once), len(right))
