import numpy as np


def act():
    np.save = np.savez = np.load = lambda *arguments, **keywords: None
