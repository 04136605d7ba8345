"""Small files for the tests of the checker, and how they are checked in this process."""

from pathlib import Path

from bn_tutor.checker.checking import Wish, check

FORWARD = """
def batchnorm_forward(x, gamma, beta, eps):
    inv_std = 1 / np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std)
"""
BACKWARD = """
def batchnorm_backward(dout, cache):
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    dgamma = (dout * xhat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dx = inv_std * (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0))
    return dx, dgamma, dbeta
"""
HEAD = "import numpy as np\n"
RIGHT = HEAD + FORWARD + BACKWARD


def written(folder, text, name="mine.py"):
    path = Path(folder) / name
    path.write_text(text, encoding="utf-8")
    return path


def checked(folder, text, **wish):
    """Check a text as a file of its own."""
    return check(written(folder, text), Wish(**{"seconds": 20.0, **wish}))


def with_fault(text, right, wrong):
    """Return a text with one thing in it replaced; it has to be there, and only once."""
    assert text.count(right) == 1, (text.count(right), right)
    return text.replace(right, wrong)


def said_of(report, name):
    """Return {result: what is wrong with it} of a function; what is right is left out."""
    (function,) = [each for each in report.functions if each.name == name]
    return {key: result.say for key, result in function.results.items() if result.say}


def crash_of(report, name):
    (function,) = [each for each in report.functions if each.name == name]
    return function.first_crash
