import atexit
import time


def act():
    atexit.register(time.sleep, 1000)
