"""A quiz session: which question comes next, what an answer leads to. Pure: no screen, no clock, no file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bn_tutor.practice.answer import Outcome
from bn_tutor.practice.asked import LETTERS, Asked, Verdict, Wants

MOST_TRIES = 3
LONGEST_ANSWER = 2000


class Word(StrEnum):
    """What can be typed in place of an answer; the text is what the help says."""

    HINT = "h: a hint"
    REVEAL = "r: the answer"
    SKIP = "s: another question"
    HELP = "?: help"
    QUIT = "q: the end"


_MORE_WORDS = {"show": Word.REVEAL, "exit": Word.QUIT}
_WORDS: Mapping[str, Word] = {
    **{word.value[0]: word for word in Word},
    **{word.name.lower(): word for word in Word},
    **_MORE_WORDS,
}
# Typed in front of a word, it is no answer in any case: a lesson may have a value that is called h.
MARK = ":"


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

    ``reveals`` says that the worked step and its frame are due, ``helps`` that the help is; ``is_over`` that
    the question is done.
    """

    say: str
    right: bool | None = None
    hint: str = ""
    reveals: bool = False
    helps: bool = False
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
    word = word_of(asked, typed)
    if word is not None:
        return _worded(session, asked, word)
    if not typed:
        return session, Reply("Type an answer, or ? for help.")
    if len(typed) > LONGEST_ANSWER:
        return session, Reply(f"That has {len(typed):,} characters: an answer is short.")
    return _judged(session, asked, typed, asked.judge(typed))


def word_of(asked: Asked, typed: str) -> Word | None:
    """Return the word that was typed in place of an answer; what can be judged is an answer, and no word."""
    name = typed.lower().removeprefix(MARK)
    word = _WORDS.get(name)
    is_marked = typed.startswith(MARK)
    return None if word and not is_marked and asked.judge(typed).right is not None else word


def hidden_words(asked: Asked) -> tuple[str, ...]:
    """Return the letters that are answers to this question, so that the words they stand for need a mark."""
    letters = [word.value[0] for word in Word]
    if asked.wants is Wants.NUMPY:
        # To judge a formula takes a moment: only what is a value of the lesson can be one.
        letters = [letter for letter in letters if asked.run and letter in asked.run.values]
    return tuple(letter for letter in letters if asked.judge(letter).right is not None)


def _worded(session: Session, asked: Asked, word: Word) -> tuple[Session, Reply]:
    if word is Word.HINT and session.hinted and asked.hint:
        return session, Reply("There is no further hint; r shows the answer.")
    if word is Word.HINT:
        return replace(session, hinted=True), Reply(
            asked.hint or "There is no hint for this one.", hint=asked.hint
        )
    if word is Word.HELP:
        return session, Reply("", helps=True)
    if word is Word.QUIT:
        return replace(session, asked=None, done=True), Reply("", is_over=True)
    outcome = Outcome.REVEALED if word is Word.REVEAL else Outcome.SKIPPED
    kept = Try(asked, session.tries + 1, outcome, session.hinted)
    say = _told_key(asked) if word is Word.REVEAL else "Skipped."
    return _over(session, kept), Reply(say, reveals=word is Word.REVEAL, is_over=True, kept=kept)


def _told_key(asked: Asked) -> str:
    """Return the answer in words: of a choice, what it says, too."""
    at = LETTERS.find(asked.key) if asked.wants is Wants.LETTER and len(asked.key) == 1 else -1
    choice = f") {asked.choices[at]}" if 0 <= at < len(asked.choices) else ""
    return f"The answer is {asked.key}{choice}."


def _judged(session: Session, asked: Asked, typed: str, verdict: Verdict) -> tuple[Session, Reply]:
    if verdict.right is None:
        return session, Reply(verdict.say)
    number = session.tries + 1
    outcome = Outcome.RIGHT if verdict.right else Outcome.WRONG
    kept = Try(asked, number, outcome, session.hinted, typed, verdict.mistake)
    if verdict.right:
        return _over(session, kept), Reply(verdict.say, right=True, is_over=True, kept=kept)
    if number >= MOST_TRIES:
        say = f"{verdict.say} {_told_key(asked)}"
        return _over(session, kept), Reply(say, right=False, reveals=True, is_over=True, kept=kept)
    say, is_told = _once(session, verdict.say, asked.hint)
    hint = asked.hint if number == MOST_TRIES - 1 and not session.hinted else ""
    hinted = session.hinted or is_told or bool(hint)
    again = replace(session, tries=number, hinted=hinted, kept=(*session.kept, kept))
    return again, Reply(say, right=False, hint=hint, kept=kept)


def _once(session: Session, say: str, hint: str) -> tuple[str, bool]:
    """Return what is said of a wrong answer, without a hint given before, and whether that is in it."""
    is_in = bool(hint) and hint in say
    return (say.replace(hint, "").strip() or "Not that one.") if is_in and session.hinted else say, is_in


def _over(session: Session, kept: Try) -> Session:
    return replace(session, asked=None, kept=(*session.kept, kept))


@dataclass(frozen=True)
class Tally:
    """What a session, or one kind of its questions, came to; what was skipped was not asked."""

    asked: int
    right_at_once: int
    right: int
    skipped: int = 0


def tally(tries: Sequence[Try]) -> Tally:
    """Count questions: how many were asked, right at the first try without a hint, right in the end."""
    found = [question[-1] for question in by_question(tries) if not _is_skipped(question)]
    right = [each for each in found if each.outcome is Outcome.RIGHT]
    at_once = [each for each in right if each.number == 1 and not each.hinted]
    return Tally(len(found), len(at_once), len(right), len(by_question(tries)) - len(found))


def by_question(tries: Sequence[Try]) -> list[list[Try]]:
    """Return the tries at each question, in the order in which they were asked."""
    found: dict[int, list[Try]] = {}
    for each in tries:
        found.setdefault(id(each.asked), []).append(each)
    return list(found.values())


def _is_skipped(question: Sequence[Try]) -> bool:
    """To skip a question after a wrong answer is to have missed it."""
    return all(each.outcome is Outcome.SKIPPED for each in question)
