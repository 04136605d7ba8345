"""The labs there are, in the order in which they are listed."""

from collections.abc import Mapping
from types import MappingProxyType

from bn_tutor.labs import convnet, depth, exact, learning_rate, shift
from bn_tutor.labs.lab import Lab

_MODULES = (exact, learning_rate, depth, shift, convnet)

LABS: Mapping[str, Lab] = MappingProxyType({module.LAB.name: module.LAB for module in _MODULES})
