"""How a class keeps running averages, and how it is told that training is over."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bn_tutor.checker.families import meant_by
from bn_tutor.checker.source import Function

_AVERAGE = r"_?(?:running|moving|run|avg|ema|r|global)_?{}_?"
_MEAN, _VARIANCE = _AVERAGE.format(r"(?:mean|mu|avg|average)"), _AVERAGE.format(r"(?:var|variance)")
_MOMENTUM = r"_?momentum_?"
# Attributes that say whether a layer is being trained, if it has no method for that.
_FLAGS = r"_?(?:is_)?train(?:ing|_mode)?_?|_?mode_?"


@dataclass(frozen=True)
class Averages:
    """The attributes that hold the running averages, and the momentum if it has a name."""

    mean: str
    variance: str
    momentum: str = ""


def averages_of(text: str) -> Averages | None:
    """Return the attributes of a class that hold running averages; None where it is not clear."""
    mean, variance, momentum = (_attributes(text, name) for name in (_MEAN, _VARIANCE, _MOMENTUM))
    if len(mean) != 1 or len(variance) != 1:
        return None
    return Averages(mean[0], variance[0], momentum[0] if len(momentum) == 1 else "")


def switch(forward: Function, methods: Mapping[str, Function] | Iterable[str], text: str) -> str | None:
    """Return how test mode is reached: by a parameter (an empty text), the method eval, or an attribute.

    None where there is no way that is known.
    """
    if any(meant_by(each.name, ["training", "mode"]) for each in forward.parameters):
        return ""
    if "eval" in methods:
        return "eval"
    flags = [name for name in _attributes(text, _FLAGS) if name not in methods]
    return flags[0] if len(flags) == 1 else None


def _attributes(text: str, pattern: str) -> list[str]:
    spoken = dict.fromkeys(re.findall(r"\bself\.(\w+)", text))
    return [name for name in spoken if re.fullmatch(pattern, name, re.I)]
