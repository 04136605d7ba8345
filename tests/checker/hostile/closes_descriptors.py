import os


def act():
    os.closerange(0, 100)
