import sys


def act():
    for name in list(sys.modules):
        if name not in ("sys", "builtins"):
            sys.modules[name] = None
    del sys.modules["numpy"]
