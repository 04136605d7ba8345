"""Networks of hidden layers, each linear, a norm or nothing, and ReLU: what most labs train."""

from collections.abc import Mapping
from functools import lru_cache

from bn_tutor.labs.blocks import EPS, Block, batchnorm, dense, relu, together
from bn_tutor.labs.network import Network, network
from bn_tutor.labs.samples import CLASSES, SIDE

WITH, WITHOUT = "with BN", "without BN"
PIXELS = SIDE * SIDE


def hidden(inputs: int, width: int, *after: Block) -> Block:
    """Return a hidden layer: linear, what comes ``after``, and ReLU. Where nothing comes, it has a bias."""
    return together(dense(inputs, width, bias=not after), *after, relu())


def stacked(name: str, width: int, layers: int, *after: Block) -> Network:
    """Return a network of hidden layers alike, and a linear layer that scores the classes."""
    blocks = [hidden(inputs, width, *after) for inputs in (PIXELS, *(width,) * (layers - 1))]
    return network(name, *blocks, scoring(width))


def scoring(width: int) -> Block:
    """Return the last layer; no ReLU follows, so its weights are smaller."""
    return dense(width, CLASSES, gain=1.0)


@lru_cache(maxsize=32)
def stack(norm: str, width: int, layers: int, eps: float = EPS) -> Network:
    """Return a network of hidden layers ``WITH`` or ``WITHOUT`` BN, with the same first weights in both."""
    after = (batchnorm(width, eps=eps),) if norm == WITH else ()
    return stacked(f"{layers} hidden layers {norm}", width, layers, *after)


def without_variance(sizes: Mapping[str, int]) -> str:
    """Say what is wrong with a batch of one, or nothing."""
    if sizes["batch"] >= 2:
        return ""
    return "A batch needs 2 samples or more: the variance of a single one is 0, and BN makes all of it 0."
