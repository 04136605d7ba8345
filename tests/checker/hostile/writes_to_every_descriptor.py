import contextlib
import os


def act():
    for descriptor in range(100):
        with contextlib.suppress(OSError):
            os.write(descriptor, b"\x1b[31mgarbage\x00\xff\n" * 10)
