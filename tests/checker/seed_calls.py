"""Loads a learner's source and calls its functions: what each gives for one case, by name."""

import ast
import contextlib
import importlib.util
import io
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from seed_truth import Array, Case

_MODULE = "seeded_source"
_GRADIENTS = ("dx", "dgamma", "dbeta")
# The names under which classes leave the gradients of gamma and beta.
_LEFT = {
    "dgamma": ("dgamma", "grad_gamma", "gamma_grad", "d_gamma", "dGamma"),
    "dbeta": ("dbeta", "grad_beta", "beta_grad", "d_beta", "dBeta"),
}
# Ways of calling a forward function, by what it is given after x, gamma and beta.
STYLES: Mapping[str, Callable[[Case, dict], tuple]] = {
    "parameters": lambda case, settings: (settings,),
    "eps": lambda case, settings: (case.eps,),
    "nothing": lambda case, settings: (),
}
# Ways of making an object of a class; what it lacks is set as attributes.
CONSTRUCTIONS: Mapping[str, Callable[[type, Case], object]] = {
    "all three": lambda made, case: made(case.gamma.copy(), case.beta.copy(), case.eps),
    "two": lambda made, case: made(case.gamma.copy(), case.beta.copy()),
    "nothing": lambda made, case: made(),
    "features": lambda made, case: made(case.x.shape[1]),
}
Observed = dict[str, dict[str, object]]


@dataclass(frozen=True)
class Pair:
    """A forward and a backward function of one kind, or a class, and the way in which they are called."""

    kind: str
    forward: str
    backward: str
    style: str

    @property
    def is_class(self) -> bool:
        return self.forward == self.backward


def load(source: str) -> types.ModuleType:
    """Run the source as a module, without the imports of modules that are not here."""
    tree = ast.parse(source)
    tree.body = [statement for statement in tree.body if not _is_missing(statement)]
    module = types.ModuleType(_MODULE)
    sys.modules[_MODULE] = module
    try:
        exec(compile(tree, _MODULE, "exec"), module.__dict__)
    finally:
        del sys.modules[_MODULE]
    return module


def _is_missing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import):
        return any(not _is_here(alias.name) for alias in statement.names)
    if isinstance(statement, ast.ImportFrom):
        return bool(statement.level) or not _is_here(statement.module or "")
    return False


def _is_here(name: str) -> bool:
    return importlib.util.find_spec(name.split(".")[0]) is not None


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Keep warnings, prints and NumPy's errors of a learner's code to itself."""
    streams = contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO())
    with warnings.catch_warnings(), np.errstate(all="ignore"), streams[0], streams[1]:
        warnings.simplefilter("ignore")
        yield


def observed(module: types.ModuleType, pair: Pair, case: Case) -> Observed:
    """Return what the pair gives for a case; what raises is an Exception in place of the values."""
    found: Observed = {"forward": {}, "backward": {}}
    _noted(found, "raised", lambda: _trained(module, pair, case, found))
    if not pair.is_class:
        _noted(found, "test raised", lambda: _tested(module, pair, case, found))
    return found


def _noted(found: Observed, word: str, action: Callable[[], None]) -> None:
    try:
        action()
    except Exception as problem:
        found["forward"][word] = problem


def _trained(module: types.ModuleType, pair: Pair, case: Case, found: Observed) -> None:
    if pair.is_class:
        _instance(module, pair, case, found)
        return
    settings = _settings(case, "train")
    out, cache = getattr(module, pair.forward)(*_arguments(pair, case, settings))
    share = [np.mean(np.asarray(out) != 0)]
    found["forward"] |= {"out": np.copy(out), "share": share, **_averages(settings)}
    given = getattr(module, pair.backward)(case.upstream.copy(), cache)
    found["backward"] |= _gradients(given)


def _tested(module: types.ModuleType, pair: Pair, case: Case, found: Observed) -> None:
    given = getattr(module, pair.forward)(*_arguments(pair, case, _settings(case, "test")))
    found["forward"]["test out"] = np.copy(given[0])
    if case.kind == "dropout":
        found["backward"]["test dx"] = getattr(module, pair.backward)(case.upstream.copy(), given[1])


def _settings(case: Case, mode: str) -> dict[str, object]:
    if case.kind == "dropout":
        return {"p": case.p, "mode": mode, "seed": case.seed}
    averages = {"running_mean": case.running_mean.copy(), "running_var": case.running_var.copy()}
    return {"mode": mode, "eps": case.eps, "momentum": case.momentum, **averages}


def _averages(settings: Mapping[str, object]) -> dict[str, object]:
    return {name: settings[name] for name in ("running_mean", "running_var") if name in settings}


def _arguments(pair: Pair, case: Case, settings: dict[str, object]) -> tuple:
    if case.kind == "dropout":
        return case.x.copy(), settings
    gamma, beta = case.gamma.copy(), case.beta.copy()
    last = STYLES[pair.style](case, settings)
    if case.kind == "spatial_groupnorm":
        gamma, beta = gamma.reshape(1, -1, 1, 1), beta.reshape(1, -1, 1, 1)
        last = (case.groups, *last)
    return case.x.copy(), gamma, beta, *last


def _gradients(given: object) -> dict[str, object]:
    if isinstance(given, Mapping):
        return dict(given)
    if isinstance(given, Sequence):
        return dict(zip(_GRADIENTS, given, strict=False))
    return {"dx": given}


def _instance(module: types.ModuleType, pair: Pair, case: Case, found: Observed) -> None:
    made = CONSTRUCTIONS[pair.style](getattr(module, pair.forward), case)
    given: dict[str, Array | float] = {"gamma": case.gamma.copy(), "beta": case.beta.copy(), "eps": case.eps}
    for name, value in given.items():
        if hasattr(made, name):
            setattr(made, name, value)
    found["forward"]["out"] = np.copy(made.forward(case.x.copy()))
    gradients = _gradients(made.backward(case.upstream.copy()))
    left = {name: _left(made, names) for name, names in _LEFT.items() if name not in gradients}
    found["backward"] |= gradients | {name: value for name, value in left.items() if value is not None}


def _left(made: object, names: Sequence[str]) -> object:
    return next((getattr(made, name) for name in names if hasattr(made, name)), None)
