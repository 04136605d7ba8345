import builtins
import io


def closed(*arguments, **keywords):
    raise PermissionError("closed")


def act():
    builtins.open = io.open = closed
