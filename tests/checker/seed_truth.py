"""Right values by closed forms, and the data on which a learner's functions are held against them.

Nothing here comes from bn_tutor: what seeds the bugs must not share its mistakes with what finds them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

Array = np.ndarray
Values = Mapping[str, object]

# The axes over which each kind takes its mean, once x has the shape that ``_grouped`` gives it.
_AXES = {"batchnorm": (0,), "layernorm": (1,), "spatial_batchnorm": (0, 2, 3), "spatial_groupnorm": (2,)}
# How far the share of kept values may stray from the probability, in 12,000 draws: seven deviations.
_STRAY = 0.03


@dataclass(frozen=True, eq=False)
class Case:
    """One batch with its parameters, its upstream gradient and the settings of the layer.

    Two cases are equal where they are the same object: so what was computed for one can be kept.
    """

    kind: str
    x: Array
    upstream: Array
    gamma: Array
    beta: Array
    running_mean: Array
    running_var: Array
    eps: float = 1e-5
    momentum: float = 0.9
    groups: int = 1
    p: float = 0.5
    seed: int = 0


@lru_cache(maxsize=8)
def cases(kind: str) -> list[Case]:
    """Return the batches for a kind: another shape, scale, eps and momentum in each."""
    rng = np.random.default_rng(20)
    if kind == "dropout":
        return [_case(rng, kind, (120, 100), p=0.3, seed=5), _case(rng, kind, (40, 300), p=0.8, seed=9)]
    shapes = [(6, 4), (5, 7), (7, 3)]
    groups = [1, 1, 1]
    if kind.startswith("spatial"):
        shapes, groups = [(3, 6, 2, 5), (4, 6, 3, 2), (2, 8, 3, 4)], [2, 3, 2]
    settings = zip(shapes, groups, (1e-5, 0.5, 1e-5), (0.9, 0.7, 0.4), (1.6, 0.8, 0.01), strict=True)
    return [
        _case(rng, kind, shape, scale, eps=eps, momentum=momentum, groups=number)
        for shape, number, eps, momentum, scale in settings
    ]


def _case(
    rng: np.random.Generator, kind: str, shape: tuple[int, ...], scale: float = 1.0, **settings
) -> Case:
    features = shape[1]
    drawn = {
        "x": scale
        * (rng.normal(size=shape) + rng.normal(size=features).reshape(-1, *[1] * (len(shape) - 2))),
        "upstream": rng.normal(size=shape),
        "gamma": rng.uniform(0.5, 2, features) * rng.choice([-1, 1], features),
        "beta": rng.normal(size=features),
        "running_mean": rng.normal(size=features),
        "running_var": rng.uniform(0.5, 2, features),
    }
    return Case(kind, **drawn, **settings)


def right_values(case: Case, reading: float | None, seen: Mapping[str, Values]) -> dict[str, Values]:
    """Return the right values of the forward and of the backward function.

    The reading is an eps that stands in the file in place of the given one, or None. Only dropout looks at
    what was seen: which values were kept, and so whether p keeps or drops.
    """
    if case.kind == "dropout":
        return _dropout(case, seen)
    return _norm(case, reading or case.eps)


@lru_cache(maxsize=64)
def _norm(case: Case, eps: float) -> dict[str, Values]:
    return {**_forward(case, eps), **_backward(case, eps)}


def _grouped(case: Case, values: Array) -> Array:
    if case.kind == "spatial_groupnorm":
        return values.reshape(values.shape[0], case.groups, -1)
    return values


def _wide(case: Case, parameter: Array) -> Array:
    return parameter.reshape(1, -1, *[1] * (case.x.ndim - 2))


def _normalized(case: Case, eps: float) -> tuple[Array, Array]:
    x, axes = _grouped(case, case.x), _AXES[case.kind]
    root = np.sqrt(x.var(axis=axes, keepdims=True) + eps)
    return (x - x.mean(axis=axes, keepdims=True)) / root, root


def _forward(case: Case, eps: float) -> dict[str, Values]:
    xhat = _normalized(case, eps)[0].reshape(case.x.shape)
    gamma, beta = _wide(case, case.gamma), _wide(case, case.beta)
    found = {"out": gamma * xhat + beta}
    if case.kind in ("batchnorm", "spatial_batchnorm"):
        found |= _running(case)
        root = np.sqrt(_wide(case, case.running_var) + eps)
        found["test out"] = gamma * (case.x - _wide(case, case.running_mean)) / root + beta
    return {"forward": found}


def _running(case: Case) -> dict[str, Array]:
    old, new, axes = case.momentum, 1 - case.momentum, _AXES[case.kind]
    return {
        "running_mean": old * case.running_mean + new * case.x.mean(axis=axes),
        "running_var": old * case.running_var + new * case.x.var(axis=axes),
    }


def _backward(case: Case, eps: float) -> dict[str, Values]:
    xhat, root = _normalized(case, eps)
    axes = _AXES[case.kind]
    inner = _grouped(case, case.upstream * _wide(case, case.gamma))
    along = xhat * (inner * xhat).mean(axis=axes, keepdims=True)
    dx = (inner - inner.mean(axis=axes, keepdims=True) - along) / root
    others = (0, *range(2, case.x.ndim))
    dgamma = (case.upstream * xhat.reshape(case.x.shape)).sum(axis=others)
    found = {"dx": dx.reshape(case.x.shape), "dgamma": dgamma, "dbeta": case.upstream.sum(axis=others)}
    return {"backward": found}


def _dropout(case: Case, seen: Mapping[str, Values]) -> dict[str, Values]:
    kept = np.zeros(case.x.shape)
    if np.shape(seen["forward"].get("out")) == case.x.shape:
        kept = np.asarray(seen["forward"]["out"]) != 0
    share = float(np.mean(kept))
    keep = min(case.p, 1 - case.p, key=lambda each: abs(each - share))
    # A share that is near enough counts as right, whatever was drawn.
    forward = {
        "share": np.array([share if abs(share - keep) < _STRAY else keep]),
        "out": case.x * kept / keep,
        "test out": case.x,
    }
    return {"forward": forward, "backward": {"dx": case.upstream * kept / keep, "test dx": case.upstream}}


def distance(value: object, right: Array) -> float:
    """Return the greatest difference over the greatest right value; infinite where the shapes are at odds.

    Axes of length one do not count: (1, D) for (D,) is no mistake.
    """
    try:
        found = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return np.inf
    if found.size != right.size or np.squeeze(found).shape != np.squeeze(right).shape:
        return np.inf
    off = np.abs(found.reshape(right.shape) - right).max() / max(np.abs(right).max(), 1e-300)
    return float(off) if np.isfinite(off) else np.inf
