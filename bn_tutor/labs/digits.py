"""The handwritten digits that ship with scikit-learn, which is an extra: ``pip install 'bn-tutor[labs]'``."""

from sklearn.datasets import load_digits

from bn_tutor.labs.samples import Source


def digits() -> Source:
    """Return the 1,797 digits of 8 by 8 pixels (Alpaydin & Kaynak 1998, from the UCI repository)."""
    images, classes = load_digits(return_X_y=True)
    said = f"{len(images):,} handwritten digits of 8 by 8 pixels (UCI, as shipped with scikit-learn)"
    return Source("digits", said, images / 16.0, classes)
