import threading
import time


def for_ever():
    while True:
        time.sleep(0.05)


def act():
    threading.Thread(target=for_ever).start()
