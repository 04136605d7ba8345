"""Training on a few samples, so that there is something to overfit, and testing on all others.

Images come normalized by the mean and the deviation of the whole training part of the split. Of those that
are tested here, most are of that part: their pixels, not their classes, enter the normalization. That is so
in all arms alike.
"""

import math
from dataclasses import dataclass

import numpy as np

from bn_tutor.labs.network import Mode, Model, Network
from bn_tutor.labs.samples import Data, Samples
from bn_tutor.labs.training import LOST, run_through, share_right


@dataclass(frozen=True)
class Score:
    """How a network does on some samples at inference: the share it gets right, and the mean loss in nats."""

    accuracy: float
    loss: float


def few_to_train(data: Data, count: int) -> Data:
    """Return the first ``count`` training samples, and as a test all others: more of them, and less noise."""
    train, test = data.train, data.test
    rest = Samples(
        np.concatenate([train.x[count:], test.x]), np.concatenate([train.labels[count:], test.labels])
    )
    return Data(data.few(count).train, rest)


def score(network: Network, model: Model, samples: Samples) -> Score:
    """Score a network at inference; where the loss is no number, nothing is right, and the loss is ``LOST``.

    Nothing that is carried may have one row for each sample.
    """
    with np.errstate(all="ignore"):
        recording = run_through(network, model, samples, Mode.INFERENCE)
    loss, scores = float(recording.output), recording[network.scores]
    if not math.isfinite(loss):
        return Score(0.0, LOST)
    return Score(share_right(scores, samples.labels), min(loss, LOST))
