"""The labs there are, in the order in which they are listed."""

from collections.abc import Mapping
from types import MappingProxyType

from bn_tutor.labs import convnet, exact, learning_rate
from bn_tutor.labs.lab import Lab

LABS: Mapping[str, Lab] = MappingProxyType(
    {module.LAB.name: module.LAB for module in (exact, learning_rate, convnet)}
)
