import builtins


def act():
    builtins.print = None
