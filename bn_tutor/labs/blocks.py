"""The layers of the labs' networks, each written in the lesson language.

In a block's lines ``{x}`` stands for what comes in and ``{i}`` for the number of the layer; the last line is
what goes out. Nothing else is needed to train a block: its backward pass is that of its operations.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from math import prod
from random import Random

from bn_tutor.course.draws import bernoulli, normal
from bn_tutor.engine.gradients import Array
from bn_tutor.engine.shapes import Shape

# "N" stands for the number of samples in the batch.
Sizes = tuple[str | int, ...]
EPS = 1e-5
KEEP = 0.9


@dataclass(frozen=True)
class Start:
    """How an array begins: its shape, and numbers about ``mean``, all alike where ``std`` is 0."""

    shape: Sizes
    mean: float = 0.0
    std: float = 0.0


@dataclass(frozen=True)
class Carried:
    """A value that is handed from step to step and gets no gradient, such as a running average.

    After each step it becomes keep * itself + (1 - keep) * the node ``follows``. Where that node is a biased
    variance, ``unbiased`` says of how many numbers for each sample of the batch: M in all, and the node is
    taken times M / (M - 1), as PyTorch does. 0 leaves it as it is.
    """

    start: Start
    follows: str
    keep: float = 0.0
    unbiased: int = 0


@dataclass(frozen=True)
class Drawn:
    """A value that is drawn anew for each step, such as a dropout mask."""

    shape: Sizes
    draw: Callable[[Random, Shape], Array]


@dataclass(frozen=True)
class Block:
    """One layer: its lines in training, and at inference where they differ there."""

    lines: str
    inference: str = ""
    parameters: Mapping[str, Start] = field(default_factory=dict)
    carried: Mapping[str, Carried] = field(default_factory=dict)
    drawn: Mapping[str, Drawn] = field(default_factory=dict)


def dense(inputs: int, outputs: int, *, gain: float = 2.0, bias: bool = True) -> Block:
    """Multiply by a matrix whose entries have the variance gain / inputs (He et al. 2015: 2 for ReLU)."""
    weights = {"w{i}": Start((inputs, outputs), std=(gain / inputs) ** 0.5)}
    if not bias:
        return Block("h{i} = {x} @ w{i}  # linear layer", parameters=weights)
    lines = "xw{i} = {x} @ w{i}\nh{i} = xw{i} + b{i}  # linear layer"
    return Block(lines, parameters={**weights, "b{i}": Start((outputs,))})


def convolution(channels: int, filters: int, size: int = 3) -> Block:
    """Convolve, with as many positions going out as come in ("same"); no bias, since BN follows."""
    std = (2.0 / (channels * size * size)) ** 0.5
    lines = f"h{{i}} = conv2d({{x}}, w{{i}}, padding={size // 2})  # convolution"
    return Block(lines, parameters={"w{i}": Start((filters, channels, size, size), std=std)})


def max_pool(size: int = 2) -> Block:
    """Keep the largest of each ``size`` by ``size`` window."""
    return Block(f"pool{{i}} = max_pool2d({{x}}, {size})  # the largest of each window")


def reshaped(*shape: int) -> Block:
    """Lay each sample out anew."""
    return Block(f"r{{i}} = reshape({{x}}, (N, {', '.join(map(str, shape))}))")


def relu() -> Block:
    """Set what is negative to 0."""
    return Block("act{i} = relu({x})  # what is negative becomes 0")


_STATISTICS = """\
mu{{i}} = mean({{x}}, axis={axis}, keepdims=true)  # of the batch
xmu{{i}} = {{x}} - mu{{i}}
sq{{i}} = xmu{{i}} ** 2
var{{i}} = mean(sq{{i}}, axis={axis}, keepdims=true)  # of the batch, biased
sqrtvar{{i}} = sqrt(var{{i}} + {eps})
"""
_NORMALIZED = """\
ivar{i} = 1 / sqrtvar{i}
xhat{i} = xmu{i} * ivar{i}  # normalized
"""
_AFFINE = """\
gammax{i} = gamma{i} * xhat{i}
bn{i} = gammax{i} + beta{i}  # a learned scale and shift
"""
_FROZEN = """\
xmu{{i}} = {{x}} - rmu{{i}}
sqrtvar{{i}} = sqrt(rvar{{i}} + {eps})
"""


def batchnorm(width: int, *, shape: tuple[int, ...] = (), eps: float = EPS, keep: float = KEEP) -> Block:
    """Normalize each feature over the batch; at inference, with running averages (Ioffe & Szegedy 2015).

    ``shape`` is that of one channel's map, where the input has channels.
    """
    axis, kept = _axes(width, shape)
    tail = _NORMALIZED + _AFFINE
    return Block(
        lines=_STATISTICS.format(axis=axis, eps=eps) + tail,
        inference=_FROZEN.format(eps=eps) + tail,
        parameters=_affine(kept),
        carried=_averages(kept, keep, prod(shape)),
    )


def _axes(width: int, shape: tuple[int, ...]) -> tuple[str, Sizes]:
    """Return the axes that a channel's statistics are taken over, and the shape that they leave."""
    if not shape:
        return "0", (1, width)
    return f"(0, {', '.join(str(2 + at) for at in range(len(shape)))})", (1, width, *(1 for _ in shape))


def _affine(shape: Sizes) -> dict[str, Start]:
    return {"gamma{i}": Start(shape, mean=1.0), "beta{i}": Start(shape)}


def _averages(kept: Sizes, keep: float, numbers: int = 1) -> dict[str, Carried]:
    """Return running averages of statistics over so many numbers for each sample."""
    return {
        "rmu{i}": Carried(Start(kept), "mu{i}", keep),
        "rvar{i}": Carried(Start(kept, mean=1.0), "var{i}", keep, unbiased=numbers),
    }


def layernorm(width: int, *, eps: float = EPS) -> Block:
    """Normalize each sample over its features (Ba, Kiros & Hinton 2016); the batch plays no part."""
    lines = _STATISTICS.format(axis=1, eps=eps) + _NORMALIZED + _AFFINE
    return Block(lines, parameters=_affine((1, width)))


def groupnorm(width: int, groups: int, *, eps: float = EPS) -> Block:
    """Normalize each sample over groups of its features (Wu & He 2018); the batch plays no part."""
    split = f"xg{{i}} = reshape({{x}}, (N, {groups}, {width // groups}))  # features in groups\n"
    statistics = _STATISTICS.format(axis=2, eps=eps).replace("{x}", "xg{i}")
    normalized = _NORMALIZED.replace("xhat{i} =", "xhatg{i} =")
    joined = f"xhat{{i}} = reshape(xhatg{{i}}, (N, {width}))\n"
    return Block(split + statistics + normalized + joined + _AFFINE, parameters=_affine((1, width)))


def batchnorm_in_groups(width: int, groups: int, each: int, *, eps: float = EPS, keep: float = KEEP) -> Block:
    """Batch norm whose statistics are of ``each`` samples, for each of the ``groups`` that make up a batch.

    Known as ghost batch norm (Hoffer, Hubara & Soudry 2017). The running averages follow the groups' means
    and their unbiased variances, both averaged over the groups.
    """
    split = f"xg{{i}} = reshape({{x}}, ({groups}, {each}, {width}))  # samples in groups\n"
    statistics = _STATISTICS.format(axis=1, eps=eps).replace("{x}", "xg{i}")
    normalized = _NORMALIZED.replace("xhat{i} =", "xhatg{i} =")
    joined = f"xhat{{i}} = reshape(xhatg{{i}}, (N, {width}))\n"
    unbiased = each / (each - 1)
    seen = f"seenmu{{i}} = mean(mu{{i}}, axis=0)\nseenvar{{i}} = mean(var{{i}}, axis=0) * {unbiased}\n"
    return Block(
        lines=split + statistics + seen + normalized + joined + _AFFINE,
        inference=_FROZEN.format(eps=eps) + _NORMALIZED + _AFFINE,
        parameters=_affine((1, width)),
        carried={
            "rmu{i}": Carried(Start((1, width)), "seenmu{i}", keep),
            "rvar{i}": Carried(Start((1, width), mean=1.0), "seenvar{i}", keep),
        },
    )


_RENORMALIZED = """\
xbn{{i}} = xmu{{i}} / sqrtvar{{i}}  # as in batchnorm
sigma{{i}} = sqrt(rvar{{i}} + {eps})  # of the running average
r{{i}} = stop_gradient(clip(sqrtvar{{i}} / sigma{{i}}, {rmin}, {rmax}))  # scale correction
d{{i}} = stop_gradient(clip((mu{{i}} - rmu{{i}}) / sigma{{i}}, -{dmax}, {dmax}))  # shift correction
xhat{{i}} = xbn{{i}} * r{{i}} + d{{i}}  # renormalized
"""


def batch_renorm(
    width: int, *, rmax: float = 3.0, dmax: float = 5.0, eps: float = EPS, keep: float = KEEP
) -> Block:
    """Correct the batch's statistics towards the running averages (Ioffe 2017; r and d are constants)."""
    corrected = _RENORMALIZED.format(eps=eps, rmin=1 / rmax, rmax=rmax, dmax=dmax)
    return Block(
        lines=_STATISTICS.format(axis=0, eps=eps) + corrected + _AFFINE,
        inference=_FROZEN.format(eps=eps) + _NORMALIZED + _AFFINE,
        parameters=_affine((1, width)),
        carried=_averages((1, width), keep),
    )


_PAST = """\
past{k}_{{i}} = x{k}_{{i}} @ w{k}_{{i}}  # {k} steps ago
move{k}_{{i}} = x{k}_{{i}} @ (stop_gradient(w{{i}}) - w{k}_{{i}})  # how far they have moved since
mu{k}_{{i}} = mean(past{k}_{{i}} + move{k}_{{i}}, axis=0, keepdims=true)  # at today's weights
guess{k}_{{i}} = mean(past{k}_{{i}} ** 2 + 2 * past{k}_{{i}} * move{k}_{{i}}, axis=0, keepdims=true)
nu{k}_{{i}} = maximum(guess{k}_{{i}}, mu{k}_{{i}} ** 2)  # never below the squared mean
"""
_ACROSS = """\
h{{i}} = {{x}} @ w{{i}}  # today's activations
mu0_{{i}} = mean(h{{i}}, axis=0, keepdims=true)
nu0_{{i}} = maximum(mean(h{{i}} ** 2, axis=0, keepdims=true), mu0_{{i}} ** 2)
mu{{i}} = ({means}) / {count}  # over {count} steps
nu{{i}} = ({squares}) / {count}
var{{i}} = maximum(nu{{i}} - mu{{i}} ** 2, 0)  # below 0 by rounding alone
xmu{{i}} = h{{i}} - mu{{i}}
sqrtvar{{i}} = sqrt(var{{i}} + {eps})
"""


def dense_across_steps(
    inputs: int, outputs: int, *, steps: int = 3, gain: float = 2.0, eps: float = EPS, keep: float = KEEP
) -> Block:
    """A linear layer whose BN has the statistics of several steps (Yao et al. 2021, equations 7 to 12).

    Those of earlier steps are moved to today's weights by a first-order Taylor term, as in the lesson
    cross-iteration-bn; gradients flow through today's alone.
    """
    earlier = range(1, steps)
    std = (gain / inputs) ** 0.5
    means, squares = (" + ".join(f"{name}{k}_{{i}}" for k in range(steps)) for name in ("mu", "nu"))
    across = _ACROSS.format(means=means, squares=squares, count=steps, eps=eps)
    past = "".join(_PAST.format(k=k) for k in earlier)
    frozen = "h{i} = {x} @ w{i}\n" + _FROZEN.format(eps=eps).replace("{x}", "h{i}")
    follow = {
        f"{name}{k}_{{i}}": Carried(Start(shape, std=spread), now if k == 1 else f"{name}{k - 1}_{{i}}")
        for k in earlier
        for name, shape, spread, now in (
            ("x", ("N", inputs), 1.0, "{x}"),
            ("w", (inputs, outputs), std, "w{i}"),
        )
    }
    return Block(
        lines=past + across + _NORMALIZED + _AFFINE,
        inference=frozen + _NORMALIZED + _AFFINE,
        parameters={"w{i}": Start((inputs, outputs), std=std), **_affine((1, outputs))},
        carried={**follow, **_averages((1, outputs), keep, steps)},
    )


def dropout(width: int, share: float, *, scaled: bool = True) -> Block:
    """Set a ``share`` of the entries to 0 in training; unless not ``scaled``, divide the others by 1 - share.

    At inference it does nothing (Srivastava et al. 2014, with the scale moved to training).
    """
    kept = 1.0 - share
    lines = f"drop{{i}} = {{x}} * mask{{i}}{f' / {kept}' if scaled else ''}  # dropout"
    mask = Drawn(("N", width), partial(bernoulli, p=kept))
    return Block(lines, inference="drop{i} = 1 * {x}  # nothing is dropped", drawn={"mask{i}": mask})


def moving_noise(width: int, shift: float, spread: float) -> Block:
    """Shift and scale each feature at random, differently in each step (Santurkar et al. 2018, section 2.1).

    In every step each feature is moved by an amount of its own, drawn with the deviation ``shift``, and
    scaled by a factor between 1 / (1 + spread) and 1 + spread. Theirs is drawn for each sample; here all
    samples of a batch are moved alike.
    """
    return Block(
        "noisy{i} = {x} * stretch{i} + push{i}  # another shift and scale in each step",
        inference="noisy{i} = 1 * {x}  # no noise",
        drawn={
            "push{i}": Drawn((1, width), partial(normal, std=shift)),
            "stretch{i}": Drawn((1, width), partial(_stretch, spread=spread)),
        },
    )


def _stretch(random: Random, shape: Shape, spread: float) -> Array:
    return (1.0 + spread) ** normal(random, shape, std=0.5).clip(-1.0, 1.0)


def together(*blocks: Block) -> Block:
    """Make one block of several in a row; all get one number, and so must not share names.

    A first weight is drawn by its name. Where the second layer's is ``w2`` with and without BN, it begins
    alike in both.
    """
    whole = blocks[0]
    for block in blocks[1:]:
        whole = _appended(whole, block)
    return whole


def _appended(first: Block, second: Block) -> Block:
    between = first.lines.rstrip("\n").splitlines()[-1].split(" = ")[0]

    def follow(before: str, after: str) -> str:
        return before.rstrip("\n") + "\n" + after.replace("{x}", between)

    carried = {
        name: Carried(each.start, each.follows.replace("{x}", between), each.keep, each.unbiased)
        for name, each in second.carried.items()
    }
    return Block(
        follow(first.lines, second.lines),
        follow(first.inference or first.lines, second.inference or second.lines),
        {**first.parameters, **second.parameters},
        {**first.carried, **carried},
        {**first.drawn, **second.drawn},
    )
