"""Two domains made of one source: images as they are, and others, inverted on a textured ground."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

import numpy as np

from bn_tutor.course.draws import normal, source_of
from bn_tutor.engine.gradients import Array
from bn_tutor.labs.lab import Setting
from bn_tutor.labs.samples import SIDE, Samples, one_hot, permutation

PLAIN, INVERTED = "plain", "inverted"
DOMAINS = (PLAIN, INVERTED)
# What is left of the ground where the texture is darkest.
DARKEST = 0.6

Both = Mapping[str, Samples]


@dataclass(frozen=True, eq=False)
class Domains:
    """Samples of each domain, by its name; no original is trained on in both, all are tested in both."""

    train: Both
    test: Both


def domains(setting: Setting) -> Domains:
    """Split the images: some originals for each domain, all others for the test. Normalize both alike.

    No average of one domain is taken out by itself, so that they stay two different distributions.
    """
    source, seed, count = setting.source, setting.seed, setting.sizes["samples"]
    order = permutation(source_of(seed, "split"), len(source.images))
    places = {PLAIN: order[:count], INVERTED: order[count : 2 * count], "test": order[2 * count :]}
    changed = inverted(source.images, source_of(seed, "texture"))
    images, labels = {PLAIN: source.images, INVERTED: changed}, one_hot(source.classes)
    pooled = np.concatenate([images[name][places[name]] for name in DOMAINS])
    alike = {name: (images[name] - pooled.mean(axis=0)) / pooled.std() for name in DOMAINS}
    return Domains(
        {name: Samples(alike[name][places[name]], labels[places[name]]) for name in DOMAINS},
        {name: Samples(alike[name][places["test"]], labels[places["test"]]) for name in DOMAINS},
    )


def inverted(images: Array, random: Random) -> Array:
    """Turn bright into dark, and darken the ground by a soft texture, another one for each image."""
    texture = normal(random, (len(images), SIDE, SIDE))
    for axis in (1, 2):
        texture = texture + np.roll(texture, 1, axis) + np.roll(texture, -1, axis)
    low, high = texture.min(axis=(1, 2), keepdims=True), texture.max(axis=(1, 2), keepdims=True)
    light = DARKEST + (1 - DARKEST) * (texture - low) / (high - low)
    return (1 - images) * light.reshape(images.shape)
