"""A question of the quiz, and what is said to an answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bn_tutor.engine.gradients import Array
from bn_tutor.practice.setting import Setting

LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Wants(StrEnum):
    """What sort of answer a question wants; the text is what a prompt says."""

    LETTER = "letter"
    LETTERS = "letters"
    NUMBER = "number"
    SHAPE = "shape"
    NUMPY = "numpy"
    LINE = "line"


@dataclass(frozen=True)
class Verdict:
    """What the judge says: ``right`` is None where the answer was none that can be judged, and costs no try.

    ``mistake`` is the id of the misconception that a wrong answer comes from, where it could be told.
    """

    right: bool | None
    say: str
    mistake: str = ""


@dataclass(frozen=True, eq=False)
class Asked:
    """One question.

    ``id`` says what is to be learnt and not with which numbers: the same question on other data is the same
    item. ``kind`` is that of its maker, by which questions are counted, and ``wants`` the sort of answer.
    ``given`` is code, and facts, that the question stands on; ``data`` holds the arrays that the answer
    needs; ``choices`` what can be chosen, by letters in this order; ``lines`` code of which one line is the
    answer. ``key`` is the right answer as it would be typed, ``worked`` how one comes to it; the frame that
    explains it is the backward frame of ``node`` on the data of ``run``.
    """

    id: str
    kind: str
    wants: Wants
    node: str
    text: str
    key: str
    judge: Callable[[str], Verdict] = field(repr=False)
    data: Sequence[tuple[str, Array]] = ()
    choices: Sequence[str] = ()
    lines: Sequence[str] = ()
    given: Sequence[str] = ()
    hint: str = ""
    worked: str = ""
    run: Setting | None = None

    @property
    def lesson(self) -> str:
        """The name of the lesson that the question is from."""
        return self.run.lesson.name if self.run else ""


@dataclass(frozen=True)
class Draft:
    """A question that could be asked: ``make`` works it out, and returns None where it cannot be decided."""

    id: str
    make: Callable[[], Asked | None] = field(repr=False)


def chosen(answer: str, choices: Sequence[str]) -> int | None:
    """Return which choice an answer means: its letter, its number from 1, or its text; None for none."""
    text = answer.strip().strip(".()").lower()
    if len(text) == 1 and text in LETTERS[: len(choices)]:
        return LETTERS.index(text)
    if text.isdecimal() and text.isascii() and len(text) < 4 and 1 <= int(text) <= len(choices):
        return int(text) - 1
    same = [at for at, choice in enumerate(choices) if _bare(choice) == _bare(answer)]
    return same[0] if len(same) == 1 else None


def _bare(text: str) -> str:
    return "".join(text.split()).lower()


def judge_choice(choices: Sequence[str], right: int, reasons: Sequence[str] = ()) -> Callable[[str], Verdict]:
    """Return the judge of a choice; ``reasons`` says of each choice what is wrong with it."""

    def judge(answer: str) -> Verdict:
        at = chosen(answer, choices)
        if at is None:
            return Verdict(None, f"Choose one of {', '.join(LETTERS[: len(choices)])}.")
        if at == right:
            return Verdict(True, "Right.")
        return Verdict(False, (reasons[at] if reasons else "") or "Not that one.")

    return judge
