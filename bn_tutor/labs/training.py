"""Training: forward, backward, step, again. The graph and its gradients are the engine's own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from bn_tutor.course.draws import source_of
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording, record
from bn_tutor.engine.replay import gradients
from bn_tutor.labs.network import Mode, Model, Network, draws, fresh, network_graph
from bn_tutor.labs.optimizers import Memory, Optimizer
from bn_tutor.labs.samples import Samples, batches

# The gradient of the loss with respect to itself.
ONE = np.asarray(1.0)
# Above this a loss has left what training could ever mend: chance is log(10) = 2.3.
LOST = 1e6


@dataclass(frozen=True, eq=False)
class Step:
    """One step of training: the run through the graph, its gradients, and the numbers before and after."""

    number: int
    recording: Recording
    gradients: Mapping[str, Array]
    before: Model
    after: Model
    memories: Mapping[str, Memory]

    @property
    def loss(self) -> float:
        """The mean cross-entropy of the batch, in nats."""
        return float(self.recording.output)

    @property
    def is_lost(self) -> bool:
        """Whether the loss is not a number any more, or so large that nothing will come of it."""
        return not self.loss < LOST


def training(
    network: Network,
    samples: Samples,
    optimizer: Optimizer,
    *,
    count: int,
    steps: int,
    seed: int,
) -> Iterator[Step]:
    """Yield the steps of training on batches of ``count``; the last one early where the loss is lost."""
    order, random = source_of(seed, "batches"), source_of(seed, "draws")
    model, memories = fresh(network, seed, count), dict[str, Memory]()
    for number, batch in zip(range(1, steps + 1), batches(samples, count, order)):  # noqa: B905 - the second never ends
        step = train_once(network, model, batch, optimizer, random, number, memories)
        yield step
        if step.is_lost:
            return
        model, memories = step.after, dict(step.memories)


def train_once(
    network: Network,
    model: Model,
    batch: Samples,
    optimizer: Optimizer,
    random: Random,
    number: int,
    memories: Mapping[str, Memory],
) -> Step:
    """Take one step. Numbers too large for floats become inf or nan, which ``is_lost`` tells."""
    with np.errstate(all="ignore"):
        recording = run_through(network, model, batch, Mode.TRAIN, random)
        found = gradients(recording, ONE)
        parameters, kept = {}, {}
        for name, value in model.parameters.items():
            parameters[name], kept[name] = optimizer(value, found[name], memories.get(name, ()), number)
    after = Model(parameters, carried_on(network, model, recording))
    return Step(number, recording, found, model, after, kept)


def run_through(
    network: Network, model: Model, batch: Samples, mode: Mode, random: Random | None = None
) -> Recording:
    """Run a batch forward. ``random`` is where dropout masks and the like come from, in training."""
    drawn = draws(network, random or source_of(0, "draws"), len(batch)) if mode is Mode.TRAIN else {}
    graph = network_graph(network, len(batch), mode)
    return record(graph, {**model.parameters, **model.carried, **drawn, "x": batch.x, "labels": batch.labels})


def carried_on(network: Network, model: Model, recording: Recording) -> dict[str, Array]:
    """Return what is carried after a step, such as running averages."""
    count = len(recording["x"])
    moved = {}
    for name, each in network.carried.items():
        new = recording[each.follows]
        numbers = each.unbiased * count
        if numbers > 1:
            new = new * (numbers / (numbers - 1))
        moved[name] = each.keep * model.carried[name] + (1 - each.keep) * new if each.keep else new
    return moved


def last(steps: Iterator[Step]) -> Step:
    """Run a training to its end and return its last step."""
    step = next(steps)
    for step in steps:  # noqa: B007 - the last one is wanted
        pass
    return step


def accuracy(network: Network, model: Model, samples: Samples, mode: Mode = Mode.INFERENCE) -> float:
    """Return the share of samples whose largest score is that of their class; 0 where scores are nan."""
    return share_right(scores_of(network, model, samples, mode), samples.labels)


def share_right(scores: Array, labels: Array) -> float:
    """Return the share of rows whose largest score is that of their class; 0 where scores are nan."""
    if not np.all(np.isfinite(scores)):
        return 0.0
    return float(np.mean(scores.argmax(axis=1) == labels.argmax(axis=1)))


def scores_of(network: Network, model: Model, samples: Samples, mode: Mode = Mode.INFERENCE) -> Array:
    """Return one score a class for each sample, shape (N, classes)."""
    with np.errstate(all="ignore"):
        whole = replace(model, carried=_of_length(network, model, len(samples)))
        return run_through(network, whole, samples, mode)[network.scores]


def _of_length(network: Network, model: Model, count: int) -> Mapping[str, Array]:
    """Return what is carried with zeros for that which has one row for each sample of another batch."""
    begun = fresh(network, 0, count).carried
    return {
        name: value if value.shape == begun[name].shape else begun[name]
        for name, value in model.carried.items()
    }
