def __getattr__(name):
    return lambda *arguments: (arguments[0], None)
