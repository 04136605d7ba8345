"""Every shipped lesson once more, from its paper and not from its file, to be differentiated by autograd.

An oracle takes the lesson's inputs by name and, by keyword alone, what it needs of the lesson's sizes and
switches: numbers as floats, tuples and words by the label of the choice. It returns the output, or a tuple
of outputs. Where a lesson stages, an oracle takes another way to the same numbers if there is one.
"""

import autograd.numpy as anp
from autograd.tracer import getval

# --- gates and layers -------------------------------------------------------------------------------------


def gates(x, y, w, b):
    return anp.sum(x * b + (x + y) * w * x, axis=0)


def linear(x, w, b):
    return anp.einsum("nd,dk->nk", x, w) + b


def cross_entropy(logits, labels):
    """Return the mean over the samples of minus the logarithm of the probability of the right class."""
    shift = getval(logits).max()
    of_all = anp.log(anp.sum(anp.exp(logits - shift), axis=1)) + shift
    return anp.mean(of_all - anp.sum(logits * labels, axis=1))


def rectified(a):
    return a * (getval(a) > 0)


# --- normalizations ---------------------------------------------------------------------------------------


def normalized(x, axes, eps):
    """Take away the mean over some axes and divide by the root of the biased variance plus eps."""
    centred = x - anp.mean(x, axis=axes, keepdims=True)
    return centred / anp.sqrt(anp.var(x, axis=axes, keepdims=True) + eps)


def per_channel(parameter):
    """Put a channel's parameter beside images of the layout (N, C, H, W)."""
    return anp.reshape(parameter, (-1, 1, 1))


def batchnorm(x, gamma, beta, eps):
    """Ioffe & Szegedy 2015, Algorithm 1."""
    return gamma * normalized(x, (0,), eps) + beta


def batchnorm_inference(x, gamma, beta, running_mean, running_var, eps, *, mode):
    """Ioffe & Szegedy 2015, Algorithm 2, and Algorithm 1 in training."""
    if mode == "train":
        return batchnorm(x, gamma, beta, eps)
    scale = gamma / anp.sqrt(running_var + eps)
    return scale * x + (beta - scale * running_mean)


def batchnorm2d(x, gamma, beta, eps):
    """Ioffe & Szegedy 2015, section 3.2: a channel's statistics are taken over the images and all places."""
    return per_channel(gamma) * normalized(x, (0, 2, 3), eps) + per_channel(beta)


def layernorm(x, gamma, beta, eps):
    """Ba, Kiros & Hinton 2016, over the axes at the end that gamma has."""
    axes = tuple(range(x.ndim - gamma.ndim, x.ndim))
    return gamma * normalized(x, axes, eps) + beta


def instancenorm(x, gamma, beta, eps):
    """Ulyanov, Vedaldi & Lempitsky 2016: every channel of every image by itself."""
    return per_channel(gamma) * normalized(x, (2, 3), eps) + per_channel(beta)


def groupnorm(x, gamma, beta, eps, *, G, axis):  # noqa: N803 (G is the size's own name)
    """Wu & He 2018, section 3, which also says which sets of entries make the other three."""
    whole = {"batch": (0, 2, 3), "layer": (1, 2, 3), "instance": (2, 3)}
    if axis in whole:
        xhat = normalized(x, whole[axis], eps)
    else:
        width = x.shape[1] // G
        groups = [x[:, start : start + width] for start in range(0, x.shape[1], width)]
        xhat = anp.concatenate([normalized(group, (1, 2, 3), eps) for group in groups], axis=1)
    return per_channel(gamma) * xhat + per_channel(beta)


def rmsnorm(x, gamma, eps):
    """Zhang & Sennrich 2019."""
    squares = anp.einsum("nd,nd->n", x, x) / x.shape[1]
    return gamma * x * anp.reshape(squares + eps, (-1, 1)) ** -0.5


def batch_renorm(x, gamma, beta, running_mean, running_sigma, eps, *, rmax, dmax):
    """Ioffe 2017, Algorithm 1: r and d are constants to the gradient."""
    mean = anp.mean(x, axis=0)
    sigma = anp.sqrt(anp.var(x, axis=0) + eps)
    r = anp.clip(getval(sigma) / running_sigma, 1 / rmax, rmax)
    d = anp.clip((getval(mean) - running_mean) / running_sigma, -dmax, dmax)
    return gamma * ((x - mean) / sigma * r + d) + beta


def cross_iteration_bn(x, x1, x2, w, w1, w2, gamma, beta, eps):
    """Yao et al. 2021, section 3, with a window of three iterations and no gradient into the past.

    The paper's slopes of the old statistics with respect to the old weights are written out.
    """
    now = anp.dot(x, w)
    means, squares = [anp.mean(now, axis=0)], [anp.mean(now**2, axis=0)]
    for rows, weights in ((x1, w1), (x2, w2)):
        old, step = anp.dot(rows, weights), getval(w) - weights
        slope_of_square = 2 * anp.dot(rows.T, old) / rows.shape[0]
        means.append(anp.mean(old, axis=0) + anp.dot(anp.mean(rows, axis=0), step))
        squares.append(anp.mean(old**2, axis=0) + anp.sum(slope_of_square * step, axis=0))
    mean = sum(means) / 3
    square = sum(anp.maximum(nu, mu**2) for mu, nu in zip(means, squares, strict=True)) / 3
    return gamma * (now - mean) / anp.sqrt(square - mean**2 + eps) + beta


def sync_bn(x1, x2, gamma, beta, eps):
    """Batch normalization of all rows, and each worker's own part of what comes out."""
    out = batchnorm(anp.concatenate([x1, x2]), gamma, beta, eps)
    return out[: x1.shape[0]], out[x1.shape[0] :]


# --- what stands around them ------------------------------------------------------------------------------


def bias_before_bn(x, w, b, gamma, beta, eps):
    return batchnorm(linear(x, w, b), gamma, beta, eps)


def softmax_cross_entropy(logits, labels):
    return cross_entropy(logits, labels)


def mlp_with_bn(x, w1, gamma, beta, w2, b2, labels, eps):
    hidden = rectified(batchnorm(anp.dot(x, w1), gamma, beta, eps))
    return cross_entropy(linear(hidden, w2, b2), labels)


def dropout(x, mask, *, mode, keep, scaling):
    """Srivastava et al. 2014, section 4, and the inverted form, which scales in training."""
    if mode == "train":
        return anp.where(mask == 1, x / keep if scaling == "inverted" else x, 0.0)
    return x + 0.0 if scaling == "inverted" else x * keep


ORACLES = {
    "gates": gates,
    "linear": linear,
    "softmax-cross-entropy": softmax_cross_entropy,
    "mlp-with-bn": mlp_with_bn,
    "bias-before-bn": bias_before_bn,
    "batchnorm": batchnorm,
    "batchnorm-closed-form": batchnorm,
    "batchnorm-inference": batchnorm_inference,
    "batchnorm2d": batchnorm2d,
    "layernorm": layernorm,
    "instancenorm": instancenorm,
    "groupnorm": groupnorm,
    "rmsnorm": rmsnorm,
    "dropout": dropout,
    "batch-renorm": batch_renorm,
    "cross-iteration-bn": cross_iteration_bn,
    "sync-bn": sync_bn,
}
