"""Answers to test with: one that is valid, and whole logs of planted askings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bn_tutor.practice.answer import Answer, Outcome, line_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PLAIN = Answer(
    at=NOON,
    session="00112233445566ff",
    lesson="batchnorm",
    question="shape/dgamma",
    kind="shape",
    node="gamma",
    attempt=1,
    verdict=Outcome.RIGHT,
    hinted=False,
    mistake="",
    answer="(4, 3)",
    seconds=12.3,
    seed=0,
)
SIGNS = {"+": Outcome.RIGHT, "-": Outcome.WRONG, "r": Outcome.REVEALED, "s": Outcome.SKIPPED}


def answer(**changes):
    return replace(PLAIN, **changes)


def asked(tries, day=0, minute=0, mistake="", **changes):
    """Return the answers of one asking: "--+" is right at the third try; day 0 is the day of NOON.

    A ``mistake`` is named at each wrong try. A question is about its own node: "shape/dmu" about mu.
    """
    at = NOON + timedelta(days=day, minutes=minute)
    question = changes.get("question", PLAIN.question)
    kind, _, node = question.partition("/d")
    common = {"kind": kind, "node": node, "session": f"{day:+d}", **changes}
    return [
        answer(
            at=at + timedelta(seconds=number),
            attempt=number,
            verdict=SIGNS[sign],
            mistake=mistake if sign == "-" else "",
            **common,
        )
        for number, sign in enumerate(tries, 1)
    ]


def written(folder, *lines):
    """Write a log of raw lines and answers; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "answers.jsonl"
    path.write_bytes(b"".join(line if isinstance(line, bytes) else line_of(line) for line in lines))
    return path
