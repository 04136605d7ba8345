import warnings


def act():
    warnings.simplefilter("error")
