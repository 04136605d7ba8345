"""Questions on the order of the backward pass: what can come next, and steps to be sorted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from random import Random

from bn_tutor.course.lesson import Line
from bn_tutor.course.parsing import names_in
from bn_tutor.practice.asked import LETTERS, Asked, Draft, Verdict, Wants, judge_choice
from bn_tutor.practice.edges import lines_using, users
from bn_tutor.practice.setting import Setting

MOST_CHOICES = 4
MOST_SORTED = 4


# --- what comes next ------------------------------------------------------------------------------------


def next_node(setting: Setting, random: Random) -> Iterator[Draft]:
    """Ask which node can be handled next; a wrong one is a node whose gradient is not complete."""
    names = [step.node.name for step in setting.steps]
    for at, current in enumerate(names[:-1]):
        yield Draft(f"next/{current}", partial(_next, setting, names, at, random))


def _next(setting: Setting, names: Sequence[str], at: int, random: Random) -> Asked | None:
    handled = names[: at + 1]
    waiting = {
        name: [user for user in users(setting, name) if user not in handled] for name in names[at + 2 :]
    }
    reasons = {
        name: f"d{name} is not complete yet: {_and(left)} still {'send' if len(left) > 1 else 'sends'} to it."
        for name, left in waiting.items()
        if left
    }
    if not reasons:
        return None
    wrong = random.sample(sorted(reasons), min(MOST_CHOICES - 1, len(reasons)))
    return _choice_of_node(setting, handled, names[at + 1], wrong, reasons, random)


def _choice_of_node(
    setting: Setting,
    handled: Sequence[str],
    right: str,
    wrong: list[str],
    reasons: Mapping[str, str],
    random: Random,
) -> Asked:
    choices = random.sample([right, *wrong], len(wrong) + 1)
    return Asked(
        f"next/{handled[-1]}",
        "next",
        Wants.LETTER,
        right,
        f"The backward pass has handled {_and(handled)}. Which of these can it handle next?",
        LETTERS[choices.index(right)],
        judge_choice(choices, choices.index(right), [reasons.get(name, "") for name in choices]),
        choices=choices,
        given=lines_using(setting, choices),
        hint="A node can be handled when every node that uses it has sent its gradient back.",
        worked=f"{right}: all that use it have been handled, so d{right} is complete.",
    )


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


# --- sorting --------------------------------------------------------------------------------------------


def sorted_steps(setting: Setting, random: Random) -> Iterator[Draft]:
    """Some lines of the backward pass, mixed up; any order in which each line has what it needs is right."""
    lines = [line for line in setting.lesson.backward if line.name in setting.values]
    for start in range(0, len(lines) - MOST_SORTED + 1, 2):
        part = lines[start : start + MOST_SORTED]
        needs = _needs(part)
        if sum(map(len, needs)) >= MOST_SORTED - 1:  # else too little is fixed to be worth asking
            yield Draft(f"order/{part[0].name[1:]}", partial(_mixed, part, needs, random))


def _mixed(lines: Sequence[Line], needs: list[set[int]], random: Random) -> Asked:
    order = random.sample(range(len(lines)), len(lines))
    return _sorting(lines, order[::-1] if not _lacking(order, needs) else order, needs)


def _needs(lines: Sequence[Line]) -> list[set[int]]:
    """Return for each line the places of the lines among these that must stand before it."""
    places = {line.name: at for at, line in enumerate(lines)}
    return [
        {places[name] for name in names_in(line.text) if name in places} - {at}
        for at, line in enumerate(lines)
    ]


def _lacking(places: Sequence[int], needs: list[set[int]]) -> tuple[int, int] | None:
    """Return the first line in an order that stands above one which it needs, and that one."""
    for position, at in enumerate(places):
        missing = needs[at] - set(places[:position])
        if missing:
            return at, min(missing)
    return None


def _sorting(lines: Sequence[Line], order: list[int], needs: list[set[int]]) -> Asked:
    return Asked(
        f"order/{lines[0].name[1:]}",
        "order",
        Wants.LETTERS,
        lines[0].name[1:],
        "Put these lines of the backward pass in order, first step first.",
        " ".join(LETTERS[order.index(at)] for at in range(len(lines))),
        _judge_order(lines, order, needs),
        choices=[f"{lines[at].name} = {lines[at].text}" for at in order],
        hint="A line can stand only below the lines whose results it uses.",
        worked="; then ".join(f"{line.name} = {line.text}" for line in lines),
    )


def _judge_order(lines: Sequence[Line], order: list[int], needs: list[set[int]]) -> Callable[[str], Verdict]:
    wanted = list(LETTERS[: len(lines)])

    def judge(answer: str) -> Verdict:
        letters = [sign for sign in answer.lower() if not sign.isspace() and sign not in ",;.-><"]
        if sorted(letters) != wanted:
            return Verdict(None, f"Write each letter once, first step first, such as {' '.join(wanted)}.")
        lacking = _lacking([order[LETTERS.index(letter)] for letter in letters], needs)
        if lacking is None:
            return Verdict(True, "Right: every line finds what it needs.")
        name, needed = (lines[at].name for at in lacking)
        return Verdict(False, f"{name} needs {needed}, which comes after it in your order.")

    return judge
