"""The labs there are, in the order in which they are listed."""

from collections.abc import Mapping
from types import MappingProxyType

from bn_tutor.labs import (
    batch_size,
    convnet,
    depth,
    dropout,
    exact,
    learning_rate,
    shift,
    two_domains,
    weight_decay,
)
from bn_tutor.labs.lab import Lab

_MODULES = (
    exact,
    learning_rate,
    depth,
    batch_size,
    shift,
    weight_decay,
    two_domains,
    convnet,
    dropout,
)

LABS: Mapping[str, Lab] = MappingProxyType({module.LAB.name: module.LAB for module in _MODULES})
