"""The shipped lessons, by name, and all their variants."""

from pathlib import Path

from bn_tutor.course.loading import load
from bn_tutor.course.variants import variants

FOLDER = Path(__file__).resolve().parents[2] / "lessons"
NAMES = sorted(path.stem for path in FOLDER.glob("*.md") if path.stem.upper() != "README")


def shipped(name):
    """Return a shipped lesson, whatever folders of lessons the tester has."""
    return load(str(FOLDER / f"{name}.md"))


def every_variant():
    """Return each variant of each lesson with what to call it."""
    found = [(name, each) for name in NAMES for each in variants(shipped(name))]
    return {"-".join((name, *each.choices.values())): each for name, each in found}
