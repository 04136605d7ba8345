"""Lab ``depth``: what becomes of signal and gradients in a deep network that is not yet trained."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import isfinite, nan, pi

import numpy as np

from bn_tutor.engine.gradients import Array
from bn_tutor.engine.graph import Recording
from bn_tutor.engine.replay import gradients, replay
from bn_tutor.labs.lab import Finding, Lab, Outcome, Panel, Setting, Word
from bn_tutor.labs.network import Mode, Model, Network, fresh
from bn_tutor.labs.optimizers import optimizer
from bn_tutor.labs.rows import Row, Rows
from bn_tutor.labs.stacks import WITH, WITHOUT, stack, without_variance
from bn_tutor.labs.training import ONE, Step, last, run_through, training

# Times the weights of He et al. 2015, which keep the signal's size in a network of ReLUs.
SCALES = (0.5, 1.0, 2.0)
# What is looked at, as far as the network is deep.
PLACES = (1, 2, 5, 10, 20, 30, 40)
# Within a factor of ten, either way, a size counts as kept; it is a power of ten, as are the measures.
KEPT = 1.0
# A gradient counts as steady where a layer changes it by less than this factor, either way, which is tenfold
# in 50 layers. It is asked for each layer, so that the verdict does not hang on the number of layers.
STEADY = 10 ** (1 / 50)
# Powers of ten; the z leaves no minus before a 0.0.
FORM = "{:z.1f}"
# A wide layer with BN and ReLU makes the squared gradient pi / (pi - 1) times as large: half of the ReLUs
# pass it on, and it is divided by the variance of what a ReLU makes of N(0, 1), which is (pi - 1) / (2 pi).
IN_THEORY = (pi / (pi - 1)) ** 0.5
# Deeper than that the graph alone takes seconds.
DEEPEST = 200
# At twice the weights a signal without BN grows tenfold within 4 layers; fewer could not tell BN from none.
SHALLOWEST = 5
# The step that is walked is one of a network of so many layers at most: its walk has 15 nodes a layer.
WALKED = 4
MEASURES = ("signal", "way", "weights")


# --- what is run ------------------------------------------------------------------------------------------


def begun(net: Network, layers: int, scale: float, seed: int, count: int) -> Model:
    """Return the first numbers, those of the hidden layers' weights times ``scale``."""
    model = fresh(net, seed, count)
    scaled = {f"w{number}": scale * model.parameters[f"w{number}"] for number in range(1, layers + 1)}
    return replace(model, parameters={**model.parameters, **scaled})


def line(norm: str, scale: float) -> str:
    """Return the name of a network in the tables."""
    return f"{norm} x {scale:g}"


def places(depth: int) -> list[int]:
    """Return the layers that are looked at."""
    return [place for place in PLACES if place < depth] + [depth]


def cells(sizes: Mapping[str, int]) -> Sequence[Row]:
    """One for each kind of network, scale and layer; ``line`` names the first two.

    A ``layer`` of the deepest network is also the last of the network that has so many ``layers``.
    """
    return [
        {"line": line(norm, scale), "norm": norm, "scale": scale, "layer": layer, "layers": layer}
        for layer in places(sizes["depth"])
        for norm in (WITH, WITHOUT)
        for scale in SCALES
    ]


def check(sizes: Mapping[str, int]) -> str:
    """Say what is wrong with the sizes, or nothing."""
    if wrong := without_variance(sizes):
        return wrong
    if sizes["depth"] < SHALLOWEST:
        return f"In a few layers all sizes stay within ten times: let depth be {SHALLOWEST} at least."
    if sizes["depth"] > DEEPEST:
        return f"A depth above {DEEPEST} is too much for a graph in which each node is kept."
    return ""


def measure(cell: Row, setting: Setting) -> Mapping[str, float]:
    """Run one batch forward and backward. All measures are powers of ten, and so 0 for "the same size".

    ``signal``: after the layer against the input. ``way``: in a network that ends with this layer, the
    gradient at its first layer against that at its last. ``weights``: the layer's in the deepest network.
    A measure is absent where nothing comes through: 0 is the size of what is dead, and of no other.
    """
    layers, depth = int(cell["layers"]), setting.sizes["depth"]
    norm, scale = str(cell["norm"]), float(cell["scale"])
    deepest = _recorded(norm, scale, depth, setting)
    own = deepest if layers == depth else _recorded(norm, scale, layers, setting)
    with np.errstate(all="ignore"):
        arriving = gradients_at(own, {"h1", f"h{layers}"})
        found = {
            "signal": power(_size(deepest[f"act{layers}"])) - power(_size(deepest["x"])),
            "way": power(_norm(arriving["h1"])) - power(_norm(arriving[f"h{layers}"])),
            "weights": power(_norm(gradients(deepest, ONE)[f"w{layers}"])),
        }
    return {name: value for name, value in found.items() if isfinite(value)}


def _recorded(norm: str, scale: float, layers: int, setting: Setting) -> Recording:
    net, count = stack(norm, setting.sizes["width"], layers), setting.sizes["batch"]
    batch = setting.data().train.at(np.arange(count))
    with np.errstate(all="ignore"):
        return run_through(net, begun(net, layers, scale, setting.seed, count), batch, Mode.TRAIN)


def gradients_at(recording: Recording, nodes: set[str]) -> dict[str, Array]:
    """Return the gradient of the loss that arrives at each of these nodes."""
    return {step.node.name: step.upstream for step in replay(recording, ONE) if step.node.name in nodes}


def _norm(values: Array) -> float:
    """Return the root of the sum of squares, which themselves may be too large or small for floats."""
    largest = float(np.max(np.abs(values)))
    return largest * float(np.sqrt(np.sum((values / largest) ** 2))) if largest else 0.0


def _size(values: Array) -> float:
    return _norm(values) / values.size**0.5


def power(value: float) -> float:
    """Return the logarithm to the base 10; nan for 0 and for what is no number: neither has a size."""
    return float(np.log10(value)) if 0 < value < np.inf else nan


def walked(setting: Setting) -> tuple[Network, Step]:
    """Return the first step of a network of a few layers with BN."""
    net = stack(WITH, setting.sizes["width"], min(WALKED, setting.sizes["depth"]))
    samples, count = setting.data().train, setting.sizes["batch"]
    return net, last(training(net, samples, optimizer("sgd", 0.1), count=count, steps=1, seed=setting.seed))


# --- what the rows show -----------------------------------------------------------------------------------


def is_dead(rows: Rows) -> bool:
    """Return whether a network is dead, so that a measure is absent: its ReLUs let nothing through."""
    return not all(isfinite(float(row.get(name, nan))) for row in rows for name in MEASURES)


def farthest(measured: str, norm: str, rows: Rows) -> float:
    """Return the largest power of ten, up or down, of one seed's rows, whatever layer and scale."""
    return max(abs(value) for value in rows.where(norm=norm).values(measured))


def decide_signal(rows: Rows) -> str:
    """Say which outcome one seed's rows show for the signal."""
    if is_dead(rows):
        return "untold"
    with_it, without = (farthest("signal", norm, rows) <= KEPT for norm in (WITH, WITHOUT))
    if with_it:
        return "needless" if without else "keeps"
    return "worse" if without else "neither"


def decide_gradients(rows: Rows) -> str:
    """Say which outcome one seed's rows show for the gradients with BN."""
    if is_dead(rows):
        return "untold"
    factors = [a_layer(WITH, scale, rows) for scale in SCALES]
    grows, shrinks = max(factors) > STEADY, min(factors) < 1 / STEADY
    return "both" if grows and shrinks else "grows" if grows else "shrinks" if shrinks else "steady"


def apart(norm: str, rows: Rows) -> float:
    """Return by how many powers of ten the scales are apart, at most, in the gradients' way back."""
    own = rows.where(norm=norm)
    values = [own.where(layers=float(layers)).values("way") for layers in own.different("layers")]
    return max(max(each) - min(each) for each in values)


def decide_scales(rows: Rows) -> str:
    """Say which outcome one seed's rows show for the scales of the weights."""
    if is_dead(rows):
        return "untold"
    with_it, without = (apart(norm, rows) <= KEPT for norm in (WITH, WITHOUT))
    if with_it:
        return "needless" if without else "alike"
    return "apart"


def a_layer(norm: str, scale: float, rows: Rows) -> float:
    """Return by what factor a gradient changes on its way back through a layer of the deepest network."""
    layers = max(rows.values("layers"))
    way = rows.value("way", norm=norm, scale=scale, layers=layers)
    return float(10 ** (way / (layers - 1)))


def _alive(tell: Callable[[Rows], str], rows: Rows) -> str:
    """Tell what the seeds without a dead network show, and how many have one."""
    seeds = rows.by_seed().values()
    alive = [own for own in seeds if not is_dead(own)]
    if len(alive) == len(seeds):
        return tell(rows)
    dead = f"A network is dead in {len(seeds) - len(alive)} of {len(seeds)}: nothing comes through its ReLUs."
    return f"{tell(Rows(tuple(row for own in alive for row in own)))} {dead}" if alive else dead


def _ends(measured: str, norm: str, rows: Rows) -> str:
    """Tell what the deepest network has at the smallest scale, at 1 and at the largest."""
    deepest = rows.where(norm=norm, layers=max(rows.values("layers")))
    parts = (
        f"{deepest.where(scale=scale).spread(partial(_only, measured)).text(FORM)} at scale {scale:g}"
        for scale in (min(SCALES), 1.0, max(SCALES))
    )
    return f"{norm} {', '.join(parts)}"


def _only(measured: str, rows: Rows) -> float:
    (value,) = rows.values(measured)
    return value


def _evidence_signal(rows: Rows) -> str:
    ends = "; ".join(_ends("signal", norm, rows) for norm in (WITH, WITHOUT))
    return f"Powers of ten after {_depth(rows)} layers: {ends}."


def _evidence_gradients(rows: Rows) -> str:
    factors = ", ".join(f"{_a_layer(norm, rows)} ({norm})" for norm in (WITH, WITHOUT))
    ends = "; ".join(_ends("way", norm, rows) for norm in (WITH, WITHOUT))
    return (
        f"Powers of ten from the last of {_depth(rows)} layers back to the first: {ends}. "
        f"At scale 1 each layer makes it {factors} times as large; for wide layers with BN, theory says "
        f"{IN_THEORY:.2f}."
    )


def _a_layer(norm: str, rows: Rows) -> str:
    return rows.spread(partial(a_layer, norm, 1.0)).text("{:.2f}")


def _evidence_scales(rows: Rows) -> str:
    spans = ", ".join(f"{rows.spread(partial(apart, norm)).text(FORM)} {norm}" for norm in (WITH, WITHOUT))
    return f"Between the scales of the weights lie at most these powers of ten: {spans}."


def _depth(rows: Rows) -> str:
    return f"{max(rows.values('layers')):g}"


_UNTOLD = Outcome("this run cannot tell", "It cannot be told: a network is dead", Word.UNDECIDED)
_SIGNAL = Finding(
    name="signal",
    claim="Normalizing each layer keeps the signal from vanishing and exploding, whatever the weights' scale",
    outcomes={
        "keeps": Outcome(
            "with BN it keeps its size, without it does not",
            "With BN the signal keeps its size at all scales, and without BN it does not",
            Word.HOLDS,
        ),
        "needless": Outcome(
            "it keeps its size with and without BN",
            "The signal keeps its size at all scales, with and without BN",
            Word.FAILS,
        ),
        "neither": Outcome(
            "it keeps its size neither with nor without BN",
            "The signal does not keep its size at all scales, with BN or without",
            Word.FAILS,
        ),
        "worse": Outcome(
            "only without BN it keeps its size",
            "Without BN the signal keeps its size at all scales, and with BN it does not",
            Word.FAILS,
        ),
        "untold": _UNTOLD,
    },
    decide=decide_signal,
    evidence=partial(_alive, _evidence_signal),
)
_GRADIENTS = Finding(
    name="gradients",
    claim="With BN gradients neither vanish nor explode on their way back",
    outcomes={
        "steady": Outcome(
            "they keep their size",
            "With BN gradients keep their size on their way back, or so nearly that 50 layers change it less "
            "than tenfold",
            Word.HOLDS,
        ),
        "grows": Outcome(
            "they grow, the more the deeper",
            "With BN gradients grow in each layer on their way back, so that 50 layers make them more than "
            "tenfold",
            Word.FAILS,
        ),
        "shrinks": Outcome(
            "they shrink, the more the deeper",
            "With BN gradients shrink in each layer on their way back, so that 50 layers leave less "
            "than a tenth",
            Word.FAILS,
        ),
        "both": Outcome(
            "some grow and others shrink",
            "With BN gradients grow from layer to layer at one scale of the weights, and shrink at another",
            Word.FAILS,
        ),
        "untold": _UNTOLD,
    },
    decide=decide_gradients,
    evidence=partial(_alive, _evidence_gradients),
)
_SCALES = Finding(
    name="scales",
    claim="With BN the gradients' way back does not depend on the weights' scale",
    outcomes={
        "alike": Outcome(
            "it is alike at all scales, only with BN",
            "With BN the gradients' way back is alike at all scales, and without BN it is not",
            Word.HOLDS,
        ),
        "needless": Outcome(
            "it is alike at all scales, with and without BN",
            "The gradients' way back is alike at all scales, with and without BN",
            Word.PARTLY,
        ),
        "apart": Outcome(
            "it depends on the scale with BN, too",
            "With BN, too, the gradients' way back depends on the weights' scale",
            Word.FAILS,
        ),
        "untold": _UNTOLD,
    },
    decide=decide_scales,
    evidence=partial(_alive, _evidence_scales),
)

LAB = Lab(
    name="depth",
    title="What does depth do to signal and gradients?",
    question=(
        "Deep networks, not yet trained, begin with weights of several scales. Does the signal "
        "keep its size from layer to layer, with and without BN?"
    ),
    about=(
        "One batch runs forward and backward through each network; nothing is trained. First weights are "
        f"those of He et al. 2015 times {', '.join(f'{scale:g}' for scale in SCALES)}, the same with and "
        "without BN, and the same in all depths. All measures are powers of ten: 0 is the same size, 3 a "
        "thousand times as large, -3 a thousandth. Within a factor of ten a signal counts as kept, and "
        f"gradients where a layer changes them by less than {STEADY:.3f}, which is tenfold in 50 layers. A "
        "network is dead where its ReLUs let nothing through; then nothing is told."
    ),
    papers=(
        "He, Zhang, Ren & Sun 2015, Delving deep into rectifiers, section 2.2 (weights that keep the size)",
        "Yang, Pennington, Rao, Sohl-Dickstein & Schoenholz 2019, A mean field theory of batch normalization "
        "(gradients of deep networks with BN explode at the start)",
        "Ioffe & Szegedy 2015, section 3.3 (the scale of the weights plays no part)",
    ),
    sizes={"width": 64, "depth": 50, "batch": 64},
    quick={"depth": 20},
    cells=cells,
    measure=measure,
    panels=(
        Panel("Signal after the layer against the input, powers of ten", "signal", "layer", "line", FORM),
        Panel(
            "Gradient at the first layer against the last of so many, powers of ten",
            "way",
            "layers",
            "line",
            FORM,
        ),
        Panel(
            "Gradient of the layer's weights in the deepest network, powers of ten",
            "weights",
            "layer",
            "line",
            FORM,
        ),
    ),
    findings=(_SIGNAL, _GRADIENTS, _SCALES),
    walked=walked,
    check=check,
)
