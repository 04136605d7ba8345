"""What a lab is asked for on the command line becomes a plan, or a clear word on what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bn_tutor.cli.output import fail
from bn_tutor.cli.targets import parse_sizes
from bn_tutor.course.plain import one_line
from bn_tutor.course.problem import did_you_mean
from bn_tutor.labs.catalogue import LABS
from bn_tutor.labs.lab import Lab, usual_sizes
from bn_tutor.labs.running import LARGEST_SIZE, Plan
from bn_tutor.labs.samples import TRAIN_COUNT, Source, synthetic

INSTALL = "pip install 'bn-tutor[labs]', or '.[labs]' in a checkout"
DIGITS, SYNTHETIC = "digits", "synthetic"
# What a lab is run on that draws its numbers itself.
NO_IMAGES = Source("drawn", "numbers that are drawn from each seed", np.zeros((0, 64)), np.zeros(0))


@dataclass(frozen=True, eq=False)
class Wish:
    """A plan, whether it is a quick one, and what is to be said of its data beforehand."""

    plan: Plan
    is_quick: bool
    note: str = ""


@dataclass(frozen=True)
class Asked:
    """What was asked for, as it was typed; ``walking`` where it is for one step of training."""

    name: str
    seeds: int = 5
    seed: int = 0
    quick: bool = False
    sizes: tuple[str, ...] = ()
    data: str | None = None
    walking: bool = False


def wish_for(asked: Asked) -> Wish:
    """Return the plan; what cannot be done ends the program with exit status 2."""
    lab = lab_named(asked.name)
    chosen = _sizes(lab, parse_sizes(list(asked.sizes)), asked.quick)
    source, note = _source(asked.data, asked.seed, is_needed=lab.has_images or asked.walking)
    return Wish(Plan(lab, chosen, source, range(asked.seed, asked.seed + asked.seeds)), asked.quick, note)


def lab_named(name: str) -> Lab:
    """Return the lab of this name; where there is none, end the program with exit status 2."""
    if name not in LABS:
        hint = did_you_mean(name, LABS) or f"there are: {', '.join(LABS)}"
        fail(f"there is no lab {one_line(name, 60)} ({hint})")
    return LABS[name]


def _sizes(lab: Lab, given: Mapping[str, int], quick: bool) -> dict[str, int]:
    for name, size in given.items():
        if name not in lab.sizes:
            hint = did_you_mean(name, lab.sizes) or f"there are: {', '.join(lab.sizes)}"
            fail(f"--size: the lab {lab.name} has no size {one_line(name, 60)} ({hint})")
        if size > LARGEST_SIZE:
            fail(f"--size {name}={size}: a lab takes sizes up to {LARGEST_SIZE:,}")
    sizes = {**usual_sizes(lab, is_quick=quick), **given}
    if sizes.get("batch", 1) > TRAIN_COUNT:
        fail(f"--size batch={sizes['batch']}: there are {TRAIN_COUNT:,} samples to train on")
    if wrong := lab.check(sizes):
        fail(f"--size: {wrong}")
    return sizes


def _source(data: str | None, seed: int, *, is_needed: bool) -> tuple[Source, str]:
    """Return the images, and what is to be said where they are not those that were to be expected."""
    if data not in (None, DIGITS, SYNTHETIC):
        fail(f"--data is {DIGITS} or {SYNTHETIC}, not {one_line(data or '', 60)}")
    if not is_needed:
        return NO_IMAGES, ""
    if data == SYNTHETIC:
        return synthetic(seed), ""
    try:
        from bn_tutor.labs.digits import digits
    except ImportError:
        extra = f"the handwritten digits come with scikit-learn: {INSTALL}"
        if data == DIGITS:
            fail(f"--data digits: {extra}")
        return synthetic(seed), extra
    return digits(), ""
