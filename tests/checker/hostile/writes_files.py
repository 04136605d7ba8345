# Into the current folder, its own folder and the home; only the current folder must stay as it was.
from pathlib import Path


def act():
    Path("left_here.txt").write_text("spam")
    (Path.home() / "left_at_home.txt").write_text("spam")
    (Path(__file__).parent / "left_beside.txt").write_text("spam")
