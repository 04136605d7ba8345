# Each has one child, and all of them wait.
import os
import time


def act():
    for link in range(4):
        if os.fork() != 0:
            if link:
                time.sleep(1000)
                os._exit(0)
            break
    else:
        time.sleep(1000)
        os._exit(0)
