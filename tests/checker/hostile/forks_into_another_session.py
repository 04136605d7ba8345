# Twice, so that the grandchild is nobody's child, in a session and group of its own.
import os
import time


def act():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(1000)
        os._exit(0)
