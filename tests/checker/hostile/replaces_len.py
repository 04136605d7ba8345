import builtins


def act():
    builtins.len = lambda thing: 0
