import sys


def act():
    print("\x1b]0;owned\x07\x1b[2J\x1b[31m")
    print("\x1b]0;owned\x07\x1b[2J\x1b[31m", file=sys.stderr)
