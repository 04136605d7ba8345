"""Floor 1: the graph engine. NumPy only: no text files, no screen."""
