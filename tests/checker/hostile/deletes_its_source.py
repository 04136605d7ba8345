import os


def act():
    os.remove(__file__)
