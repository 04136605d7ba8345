"""What tells whether a file was saved: looked at often, and cheap."""

from pathlib import Path

# How often a file that is being edited is looked at, in seconds.
LOOK_AGAIN = 0.3
Stamp = tuple[int, int, int]
# An editor may take the file away for a moment.
GONE: Stamp = (0, 0, 0)


def stamp_of(path: Path) -> Stamp:
    """Return when a file was written, its size and which file it is, as another may take its place."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return GONE
    return found.st_mtime_ns, found.st_size, found.st_ino
