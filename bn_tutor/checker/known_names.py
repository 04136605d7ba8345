"""What people call the quantities of a layer. Names prove nothing; they only decide between equals."""

import re
from collections.abc import Mapping

# A lesson's name -> what it goes by, in small letters and without anything else.
_KNOWN: Mapping[str, frozenset[str]] = {
    "mu": frozenset({"mu", "mean", "m", "avg", "mub", "samplemean", "batchmean", "xmean", "average"}),
    "xmu": frozenset({"xmu", "xc", "centered", "deviation", "diff", "dev", "xm", "xcentered"}),
    "sq": frozenset({"sq", "squares", "squared", "xmusq"}),
    "var": frozenset({"var", "variance", "sigma2", "sigmasq", "v", "samplevar", "batchvar", "xvar"}),
    "sqrtvar": frozenset({"sqrtvar", "std", "sigma", "sd", "stddev", "root", "s", "samplestd", "stdev"}),
    "ivar": frozenset({"ivar", "istd", "invstd", "stdinv", "rstd", "invsd", "isd", "precision", "invvar"}),
    "xhat": frozenset({"xhat", "xnorm", "xn", "normalized", "z", "norm", "normal", "xnormalized", "xh"}),
}


def is_named(name: str, quantity: str) -> bool:
    """Whether a name is one that people give a quantity: that of the lesson, or another usual one."""
    bare = re.sub(r"[^a-z0-9]", "", name.rpartition(".")[2].lower())
    bare = bare.removeprefix("dl") if bare.startswith("dld") else bare  # the paper's dl/dx
    if bare == quantity.lower():
        return True
    inner = quantity.removeprefix("d")
    if inner != quantity and inner in _KNOWN:
        return bare.startswith("d") and bare[1:] in _KNOWN[inner]
    return bare in _KNOWN.get(quantity, ())
