from pathlib import Path


def act():
    Path(__file__).write_text("# nothing to see\n")
