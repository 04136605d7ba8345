import atexit


def fail():
    raise ValueError("too late")


def act():
    atexit.register(fail)
