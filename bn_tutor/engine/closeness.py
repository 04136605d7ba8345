"""How far two arrays are from each other."""

import numpy as np

from bn_tutor.engine.gradients import Array

# What rounding may leave between two ways to compute the same.
TOLERANCE = 1e-9


def equal(one: Array, another: Array, tolerance: float = TOLERANCE) -> bool:
    """Whether two arrays are equal but for rounding, strictly in shape; what is near zero is compared with 1.

    What is inf or nan, as a mistake may come to, equals nothing.
    """
    with np.errstate(all="ignore"):
        return relative_error(np.asarray(one), np.asarray(another), scale=1.0) <= tolerance


def relative_error(value: Array, reference: Array, scale: float = 0.0) -> float:
    """Return the largest difference, relative to the reference's largest element, or to ``scale`` if larger.

    Infinite where the shapes differ; 0 for empty arrays.
    """
    if value.shape != reference.shape:
        return np.inf
    difference = largest(value - reference)
    return difference / (max(largest(reference), scale) or 1.0)


def largest(array: Array) -> float:
    """Return the largest absolute value; 0 for an empty array."""
    return float(np.max(np.abs(array), initial=0.0))
