"""A terminal tutor for the backward pass of batch normalization.

The engine, for notebooks and scripts::

    import numpy as np
    import bn_tutor

    lesson = bn_tutor.load("batchnorm")
    recording = bn_tutor.record(lesson, seed=1)
    upstream = np.random.default_rng(2).normal(size=recording.output.shape)
    for step in bn_tutor.replay(recording, upstream):
        print(step.node.name, step.upstream.shape)
    dx = bn_tutor.gradients(recording, upstream)["x"]

And the quiz: ``bn_tutor.quiz("batchnorm", count=5)``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bn_tutor.version import __version__

if TYPE_CHECKING:
    from bn_tutor.cli.quiz_notebook import quiz
    from bn_tutor.course.loading import load, record
    from bn_tutor.engine.replay import gradients, replay
    from bn_tutor.engine.tracing import trace

__all__ = ["__version__", "gradients", "load", "quiz", "record", "replay", "trace"]

_HOMES = {
    "load": "bn_tutor.course.loading",
    "record": "bn_tutor.course.loading",
    "gradients": "bn_tutor.engine.replay",
    "quiz": "bn_tutor.cli.quiz_notebook",
    "replay": "bn_tutor.engine.replay",
    "trace": "bn_tutor.engine.tracing",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for.

    The command line imports this package too, and ``bn-tutor --help`` must not pay for NumPy.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
