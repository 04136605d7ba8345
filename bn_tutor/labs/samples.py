"""What the labs learn from: samples with their classes, split by a seed into training and test."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np

from bn_tutor.course.draws import normal, source_of, unit_interval
from bn_tutor.engine.gradients import Array

CLASSES = 10
SIDE = 8
SYNTHETIC_COUNT = 1_797
TEST_SHARE = 0.2
TRAIN_COUNT = round(SYNTHETIC_COUNT * (1 - TEST_SHARE))


@dataclass(frozen=True, eq=False)
class Source:
    """Images as they come, one flat row each, brightness 0 to 1, and the class of each; and what they are."""

    name: str
    said: str
    images: Array
    classes: Array


@dataclass(frozen=True, eq=False)
class Samples:
    """Rows, one a sample, and their classes as one-hot rows."""

    x: Array
    labels: Array

    def __len__(self) -> int:
        return len(self.x)

    def at(self, places: Array) -> "Samples":
        """Return the samples at these places."""
        return Samples(self.x[places], self.labels[places])


@dataclass(frozen=True, eq=False)
class Data:
    """Samples to train on and others to test with; both normalized by the first's mean and deviation."""

    train: Samples
    test: Samples

    def few(self, count: int) -> "Data":
        """Return the same with only the first ``count`` to train on."""
        return Data(self.train.at(np.arange(count)), self.test)


def synthetic(seed: int = 0) -> Source:
    """Make ten classes of images from a seed: soft random patterns, moved by up to a pixel, with noise.

    Not as easy as it looks: neighbours in class share half of their pattern.
    """
    random = source_of(seed, "synthetic")
    patterns = _soft(normal(random, (CLASSES, SIDE, SIDE)))
    patterns = (patterns + np.roll(patterns, 1, axis=0)) / 2
    classes = np.arange(SYNTHETIC_COUNT) % CLASSES
    moves = (unit_interval(random, 2 * SYNTHETIC_COUNT).reshape(-1, 2) * 3).astype(int) - 1
    images = np.stack(
        [np.roll(patterns[k], move, axis=(0, 1)) for k, move in zip(classes, moves, strict=True)]
    )
    images = images / patterns.std() + 0.6 * normal(random, images.shape)
    said = f"a synthetic set of {SYNTHETIC_COUNT:,} images of 8 by 8 in ten classes, made from seed {seed}"
    return Source("synthetic", said, _unit(images).reshape(len(images), -1), classes)


def _soft(images: Array) -> Array:
    """Average each pixel with its neighbours, so that patterns are larger than a pixel."""
    for axis in (-1, -2):
        images = images + np.roll(images, 1, axis) + np.roll(images, -1, axis)
    return images


def _unit(images: Array) -> Array:
    low, high = images.min(), images.max()
    return (images - low) / (high - low)


def split(source: Source, seed: int) -> Data:
    """Shuffle by the seed, keep a fifth for the test, and normalize all by the training part."""
    order = permutation(source_of(seed, "split"), len(source.images))
    count = round(len(order) * (1 - TEST_SHARE))
    x = source.images[order]
    # One deviation for all pixels: those that are always black have none of their own.
    x = (x - x[:count].mean(axis=0)) / x[:count].std()
    labels = one_hot(source.classes[order])
    return Data(Samples(x[:count], labels[:count]), Samples(x[count:], labels[count:]))


def one_hot(classes: Array) -> Array:
    """Return a row for each class number, with a single 1 at its place."""
    return (classes[:, np.newaxis] == np.arange(CLASSES)).astype(np.float64)


def permutation(random: Random, count: int) -> Array:
    """Return the numbers below ``count`` in a random order."""
    return np.argsort(unit_interval(random, count), kind="stable")


def batches(samples: Samples, count: int, random: Random) -> Iterator[Samples]:
    """Yield batches of ``count`` for ever, in a new order each time round; what is left over sits out."""
    while True:
        order = permutation(random, len(samples))
        for start in range(0, len(order) - count + 1, count):
            yield samples.at(order[start : start + count])
