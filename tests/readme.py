"""Writes the blocks of the README that the program itself can tell: a frame, the commands, what they answer.

Run it as ``python -m tests.readme``; tests/test_readme.py fails where the README is not what it would write.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from typer.testing import CliRunner

from bn_tutor.cli.main import app
from bn_tutor.course.loading import load, record, upstream_of
from bn_tutor.engine.zoom import Level
from bn_tutor.views.look import Look
from bn_tutor.views.screen import screen
from bn_tutor.walk.state import start
from bn_tutor.walk.story import Tour
from bn_tutor.walk.subject import Subject

README = Path(__file__).resolve().parent.parent / "README.md"
_BLOCK = re.compile(r"(<!-- written: (\w+) -->\n```text\n).*?(\n```\n)", re.S)
# What is made wrong in the lesson that ``lesson new`` writes, and what is answered in the quiz.
SLIP = ("dscaled = dshifted\n", "dscaled = dshifted * w\n")
ASKED, ANSWER = "Write dgamma,", "dgamma = dout * xhat"
MOST_SEEDS = 100
# A learner's file, with one slip.
CHECKED = """\
import numpy as np

def batchnorm_forward(x, gamma, beta, eps):
    mean, var = x.mean(axis=0), x.var(axis=0)
    std = np.sqrt(var + eps)
    xhat = (x - mean) / std
    return gamma * xhat + beta, (xhat, std, gamma)

def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).mean(axis=0)
    g = dout * gamma
    dx = (g - g.mean(axis=0) - xhat * (g * xhat).mean(axis=0)) / std
    return dx, dgamma, dbeta
"""


def frame() -> str:
    """The frame of node 6 on the way back, as an 80 by 24 terminal shows it."""
    lesson = load("batchnorm")
    recording = record(lesson, level=Level.OPERATION)
    upstream = upstream_of(recording.output.shape, seed=0)
    tour = Tour(Subject("batchnorm", recording, upstream, 0, lesson.sizes, lesson))
    lines = screen(tour, start(tour, place=12), Look(width=80), 24).lines
    return "\n".join(line.plain.rstrip() for line in lines)


def help_of(*words: str) -> Callable[[], str]:
    """Return what --help prints of a command."""

    def run() -> str:
        result = CliRunner(env={"COLUMNS": "90", "TERMINAL_WIDTH": "90"}).invoke(app, [*words, "--help"])
        return result.output.replace("Usage: root", "Usage: bn-tutor").strip()

    return run


@contextmanager
def folder() -> Iterator[CliRunner]:
    """Run commands in an empty folder, which is their state folder, too."""
    runner = CliRunner(env={"COLUMNS": "80", "BN_TUTOR_STATE": "."})
    with TemporaryDirectory() as place, chdir(place):
        yield runner


def lint() -> str:
    """What lint says of the lesson that ``lesson new`` writes, with a slip in it."""
    with folder() as runner:
        runner.invoke(app, ["lesson", "new", "my-layer", "--folder", "."])
        path = Path("my-layer.md")
        path.write_text(path.read_text(encoding="utf-8").replace(*SLIP), encoding="utf-8")
        said = runner.invoke(app, ["lesson", "lint", "my-layer.md"]).output
    return _trimmed(said.partition("\n\n")[0])


def feedback() -> str:
    """A question of the quiz, a wrong answer to it, and what is said of that; the first seed that asks it."""
    words = ["quiz", "batchnorm", "--kind", "formula", "--count", "1", "--answers", "-", "--seed"]
    with folder() as runner:
        runs = (runner.invoke(app, [*words, str(seed)], input=f"{ANSWER}\n") for seed in range(MOST_SEEDS))
        parts = next(run.output for run in runs if ASKED in run.output).split("\n\n")
    first = next(at for at, part in enumerate(parts) if ASKED in part)
    judged = next(at for at, part in enumerate(parts) if part.lstrip().startswith("✗"))
    # What a person types does not stand in what a run with --answers prints.
    question = "\n\n".join(parts[first:judged])
    return _trimmed(f"{question}\n\ndgamma (numpy)> {ANSWER}\n{parts[judged]}")


def accused() -> str:
    """What check says of a learner's file with one slip."""
    with folder() as runner:
        Path("my_bn.py").write_text(CHECKED, encoding="utf-8")
        return _trimmed(runner.invoke(app, ["check", "my_bn.py"]).output)


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines())


BLOCKS: Mapping[str, Callable[[], str]] = {
    "frame": frame,
    "commands": help_of(),
    "walk": help_of("walk"),
    "lint": lint,
    "feedback": feedback,
    "quiz": help_of("quiz"),
    "accused": accused,
    "check": help_of("check"),
    "lab": help_of("lab"),
}


def rewritten(text: str) -> str:
    """Return the README with every written block made anew."""
    return _BLOCK.sub(lambda found: found[1] + BLOCKS[found[2]]() + found[3], text)


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
